//! Free JSON from outside made canonical: one text for one meaning, bounded in size and depth.
