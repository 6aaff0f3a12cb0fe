//! What is promised of the bytes: frozen samples of everything, `FORMAT.md` complete, and the fuzz targets' seeds still good.

mod format;
mod golden;
mod samples;
mod seeds;
mod signed;

use std::path::PathBuf;

/// A file of the repository.
fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The sources of this room without its tests, each with its name.
fn sources() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(file("src/codec")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".rs") && name != "tests.rs" {
            let text = text(&format!("src/codec/{name}"));
            sources.push((name, text));
        }
    }
    sources
}

/// What every stored record is called in messages, read from the sources: its `NAME`, or its row in `values!`.
fn record_names() -> Vec<String> {
    let mut names = Vec::new();
    for (_, source) in sources() {
        let mut rest = source.as_str();
        while let Some(at) = rest.find("const NAME: &'static str = \"") {
            rest = &rest[at + 28..];
            names.push(rest[..rest.find('"').unwrap()].to_owned());
        }
        if let Some((_, values)) = source.split_once("\nvalues!(") {
            let values = &values[..values.find(");").unwrap()];
            names.extend(values.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names.sort();
    names
}
