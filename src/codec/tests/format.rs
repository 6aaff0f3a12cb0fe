//! `FORMAT.md` names everything that is stored.

use super::{record_names, sources, text};

/// Every string between `"` on lines that hold `mark`.
fn quoted(source: &str, mark: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| line.contains(mark));
    lines.filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect()
}

#[test]
fn every_record_and_every_table_is_in_it() {
    let format = text("src/codec/FORMAT.md");
    let tables = text("src/store/tables.rs");
    let mut names = record_names();
    assert!(names.len() > 20);
    let table_names: Vec<String> = tables
        .lines()
        .filter(|line| line.contains("-1\""))
        .filter_map(|line| line.split('"').nth(1))
        .map(str::to_owned)
        .collect();
    assert!(table_names.len() > 20, "{table_names:?}");
    names.extend(table_names);
    names.extend(quoted(&text("src/store/log.rs"), "TableDefinition::new("));
    let missing: Vec<_> =
        names.iter().filter(|name| !format.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "FORMAT.md says nothing of {missing:?}");
}

/// Each `fields!` and `choice!` in the sources stands in the document, with the same fields and tags in the same order.
#[test]
fn every_layout_is_in_it_field_by_field() {
    let format = words(&without_types(&text("src/codec/FORMAT.md")));
    let mut layouts = 0;
    for (file, source) in sources().into_iter().filter(|(file, _)| file != "layout.rs") {
        for mark in ["fields!(", "choice!("] {
            for (start, _) in source.match_indices(&format!("\n{mark}")) {
                let body = &source[start + 1 + mark.len()..];
                let body = &body[..body.find(");\n").unwrap()];
                layouts += 1;
                assert!(
                    format.contains(&words(body)),
                    "{file}: FORMAT.md does not say\n{}",
                    body.split_whitespace().collect::<Vec<_>>().join(" ")
                );
            }
        }
    }
    assert!(layouts > 40, "the sources were not read: {layouts} layouts");
}

/// Names, numbers and closing braces, so that both spellings compare.
fn words(text: &str) -> String {
    let spaced = text.replace('}', " } ");
    let words = spaced.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '}');
    words.filter(|word| !word.is_empty()).map(|word| format!(" {word}")).collect()
}

/// The document's `field: type` as the sources' `field`.
fn without_types(text: &str) -> String {
    let mut plain = String::new();
    let mut in_type = false;
    for c in text.chars() {
        in_type = match c {
            ':' => true,
            ',' | '}' | ')' | '\n' => false,
            _ => in_type,
        };
        if !in_type {
            plain.push(c);
        }
    }
    plain
}
