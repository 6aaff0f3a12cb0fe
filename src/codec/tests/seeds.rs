//! Seeds of the fuzz targets.
