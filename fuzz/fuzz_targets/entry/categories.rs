//! Any bytes as the categories somebody brings along: refused with a sentence, or a tree that sorts an event into a category of its own.

use super::wire::v1::{MOST_CATEGORIES, NewCategories, tree};

const UNCATEGORIZED: &str = "Uncategorized";

pub(super) fn run(data: &[u8]) {
    let Ok(sent) = serde_json::from_slice::<NewCategories>(data) else { return };
    let kept = serde_json::to_vec(&sent).expect("what was read can be written");
    let again: NewCategories = serde_json::from_slice(&kept).expect("and read again");
    assert_eq!(sent, again);
    match tree(&sent.categories) {
        Ok(tree) => {
            assert!(sent.categories.len() <= MOST_CATEGORIES);
            let texts = [("app", "Editor"), ("title", "a b.rs"), ("url", "https://a.example/b?c")];
            let found = tree.category(texts);
            let known = sent.categories.iter().any(|category| category.name == found);
            assert!(known || found == [UNCATEGORIZED], "{found:?} is no category of this tree");
        }
        Err(bad) => assert!(!bad.to_string().is_empty()),
    }
}
