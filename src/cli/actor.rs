//! Who did something, by the name people know them by: the office's answers name them by id, which a name must be able to leave.

use std::collections::BTreeMap;

use serde_json::Value;

use super::call::call_list;
use super::config::Config;
use super::exit::Failure;

/// The sign-in names of everyone with an account, by id.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// As they are now.
    pub(super) async fn load(config: &Config) -> Result<Self, Failure> {
        Ok(Self::of_users(&call_list(config, "/api/v1/users").await?))
    }

    /// As the answer with everyone says.
    pub(super) fn of_users(users: &Value) -> Self {
        let one = |user: &Value| Some((user["id"].as_str()?.into(), user["name"].as_str()?.into()));
        Self(users["items"].as_array().into_iter().flatten().filter_map(one).collect())
    }

    /// `user:ID` as the person's name; anything else, and who is gone, as it is.
    pub(super) fn of(&self, actor: &str) -> String {
        let known = actor.strip_prefix("user:").and_then(|id| self.0.get(id));
        known.cloned().unwrap_or_else(|| actor.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_and_others_stay_as_they_are() {
        let names = Names(BTreeMap::from([("1".to_owned(), "ada".to_owned())]));
        let told = ["user:1", "user:2", "local:root", "system"].map(|actor| names.of(actor));
        assert_eq!(told, ["ada", "user:2", "local:root", "system"]);
    }
}
