//! The categories that hold for the person, as the office told them last; until then, those everybody begins with.

use serde::{Deserialize, Serialize};

use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::domain::category::Tree;
use crate::wire::v1::{self as wire, default_categories, tree};

const FILE: &str = "categories.json";

/// A tree with its mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::agent) struct HeldCategories {
    /// By which the office names it; empty for the usual one.
    pub(in crate::agent) mark: String,
    /// The tree, and whose it is.
    pub(in crate::agent) categories: wire::Categories,
}

impl Default for HeldCategories {
    fn default() -> Self {
        let categories = wire::Categories {
            of: "default".to_owned(),
            version: 0,
            categories: default_categories(),
        };
        Self { mark: String::new(), categories }
    }
}

impl HeldCategories {
    /// What the office told; a sentence when it is no tree to sort by.
    pub(in crate::agent) fn of(mark: String, categories: wire::Categories) -> Result<Self, String> {
        tree(&categories.categories).map_err(|error| error.to_string())?;
        Ok(Self { mark, categories })
    }

    /// What is held here; a file that does not read is as none.
    pub(in crate::agent) fn read(folder: &Folder) -> Result<Self, AgentError> {
        let text = folder.read(FILE)?.unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Holds it from now on.
    pub(in crate::agent) fn store(&self, folder: &Folder) -> Result<(), String> {
        let text = serde_json::to_string(self).map_err(|error| error.to_string())?;
        folder.write(FILE, &text).map_err(|error| error.to_string())
    }

    /// Ready to sort by.
    pub(super) fn tree(&self) -> Result<Tree, AgentError> {
        tree(&self.categories.categories).map_err(|error| AgentError::BadAsk(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    #[test]
    fn what_the_office_told_is_held_and_nothing_else() {
        let data = Data::new();
        let folder = data.folder();
        assert_eq!(HeldCategories::read(&folder).unwrap(), HeldCategories::default());
        let told: wire::Categories = serde_json::from_str(
            r#"{"of":"office","categories":[{"name":["Desk"],"rule":{"type":"regex","regex":"Mail"}}]}"#,
        )
        .unwrap();
        let held = HeldCategories::of("m".to_owned(), told.clone()).unwrap();
        held.store(&folder).unwrap();
        assert_eq!(HeldCategories::read(&folder).unwrap(), held);
        let sorted = held.tree().unwrap().category([("app", "Mail")]).join(" > ");
        assert_eq!(sorted, "Desk");
        let mut bad = told;
        bad.categories[0].rule.regex = Some("(".to_owned());
        assert!(HeldCategories::of("n".to_owned(), bad).is_err());
        folder.write(FILE, "{").unwrap();
        assert_eq!(HeldCategories::read(&folder).unwrap().mark, "");
    }
}
