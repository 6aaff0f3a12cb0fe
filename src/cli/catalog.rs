//! What the commands about customers, projects, tasks and tags have in common: finding one by its name or id, changing it as it is, and
//! telling how it went.

use http::Method;
use serde_json::{Value, json};

use super::call::{call, call_on_version, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

/// A sort of record with its address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noun {
    /// As a sentence says it, e.g. "customer".
    pub(super) name: &'static str,
    /// Below `/api/v1/`.
    pub(super) path: &'static str,
}

pub(super) const CUSTOMER: Noun = Noun { name: "customer", path: "customers" };
pub(super) const PROJECT: Noun = Noun { name: "project", path: "projects" };
pub(super) const TASK: Noun = Noun { name: "task", path: "tasks" };
pub(super) const TAG: Noun = Noun { name: "tag", path: "tags" };

pub(super) const TEAM: Noun = Noun { name: "team", path: "teams" };

/// Items a page when everything is asked for.
const PAGE: usize = 500;

impl Noun {
    /// Adds one with these fields.
    pub(super) async fn add(self, config: &Config, fields: Value) -> Result<(), Failure> {
        let path = format!("/api/v1/{}", self.path);
        let made = call(config, Method::POST, &path, Some(fields)).await?;
        if config.json {
            print::json(&made);
        } else {
            print::line(&format!("Added the {} {}.", self.name, told(&made)));
        }
        Ok(())
    }

    /// All of them that `query` (`key=value&…`, or nothing) picks.
    pub(super) async fn all(self, config: &Config, query: &str) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/{}?limit={PAGE}{cursor}&{query}", self.path);
            let mut page = call(config, Method::GET, path.trim_end_matches('&'), None).await?;
            if let Some(found) = page["items"].as_array_mut() {
                items.append(found);
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={}", part(next)),
                None => return Ok(items),
            }
        }
    }

    /// The one of this name or id among those `query` picks.
    ///
    /// # Errors
    /// A sentence when there is none, or more than one.
    pub(super) async fn find(
        self,
        config: &Config,
        which: &str,
        query: &str,
    ) -> Result<Value, Failure> {
        let wanted = which.trim().to_lowercase();
        let is = |item: &Value, key: &str| {
            item[key].as_str().is_some_and(|text| text.trim().to_lowercase() == wanted)
        };
        let all = self.all(config, query).await?;
        let mut found: Vec<Value> =
            all.into_iter().filter(|item| is(item, "id") || is(item, "name")).collect();
        match (found.pop(), found.len()) {
            (Some(one), 0) => Ok(one),
            (None, _) => Err(Failure::failed(format!(
                "There is no {} called {which}. See: timebook {} list",
                self.name, self.name
            ))),
            (Some(_), more) => Err(Failure::failed(format!(
                "There are {} {} called {which}. Name one by its id, from: timebook {} list",
                more + 1,
                self.path,
                self.name
            ))),
        }
    }

    /// The id of the one of this name or id.
    pub(super) async fn id(self, config: &Config, which: &str) -> Result<Value, Failure> {
        Ok(self.find(config, which, "").await?["id"].take())
    }

    /// Changes `record`, as it was found, by `fields`; what they do not say stays.
    pub(super) async fn change(
        self,
        config: &Config,
        mut record: Value,
        fields: Value,
    ) -> Result<(), Failure> {
        let (path, version) = (self.path_of(&record), version(&record));
        if let Some(all) = record.as_object_mut() {
            for known in ["id", "version", "created", "modified"] {
                all.remove(known);
            }
            all.extend(fields.as_object().cloned().unwrap_or_default());
        }
        let changed = call_on_version(config, Method::PUT, &path, Some(record), version).await?;
        if config.json {
            print::json(&changed);
        } else {
            print::line(&format!("Changed the {} {}.", self.name, told(&changed)));
        }
        Ok(())
    }

    /// Puts `record` out of the lists for new work, or back into them.
    pub(super) async fn archive(
        self,
        config: &Config,
        record: Value,
        undo: bool,
    ) -> Result<(), Failure> {
        self.change(config, record, json!({ "archived": !undo })).await
    }

    /// Deletes `record`, as it was found.
    pub(super) async fn delete(self, config: &Config, record: Value) -> Result<(), Failure> {
        let path = self.path_of(&record);
        call_on_version(config, Method::DELETE, &path, None, version(&record)).await?;
        print::done(config.json, &format!("Deleted the {} {}.", self.name, told(&record)));
        Ok(())
    }

    fn path_of(self, record: &Value) -> String {
        format!("/api/v1/{}/{}", self.path, part(record["id"].as_str().unwrap_or_default()))
    }
}

/// Shows `items` in `columns`; each id in the column `of` as the name it has in `names`, which only a table needs.
pub(super) fn show(
    config: &Config,
    mut items: Vec<Value>,
    columns: &[&str],
    names: &[(&str, &[Value])],
    empty: &str,
) {
    if !config.json {
        for item in &mut items {
            for (column, records) in names {
                if let Some(named) = records.iter().find(|r| r["id"] == item[*column]) {
                    item[*column] = named["name"].clone();
                }
            }
        }
    }
    super::list(config, &json!({ "items": items }), columns, empty);
}

/// What was given on the command line, as fields: nothing is said of the others.
pub(super) fn given<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect())
}

/// Hours and minutes as minutes: `40`, `1:30`.
pub(super) fn minutes(text: &str) -> Result<u32, String> {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let rule = || format!("{text} is no budget. Write hours, or hours and minutes like 1:30");
    let hours: u32 = hours.parse().map_err(|_| rule())?;
    let minutes: u32 = minutes.parse().ok().filter(|minutes| *minutes < 60).ok_or_else(rule)?;
    hours.checked_mul(60).and_then(|hours| hours.checked_add(minutes)).ok_or_else(rule)
}

/// A budget as it is given: so many minutes, or `none` to take it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget(Option<u32>);

impl Budget {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text == "none" {
            Ok(Self(None))
        } else {
            minutes(text).map(|minutes| Self(Some(minutes)))
        }
    }

    pub(super) fn json(self) -> Value {
        json!(self.0)
    }
}

fn version(record: &Value) -> u64 {
    record["version"].as_u64().unwrap_or_default()
}

fn told(record: &Value) -> String {
    let word = |key: &str| record[key].as_str().unwrap_or_default();
    format!("{} ({})", word("name"), word("id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_hours_and_minutes() {
        assert_eq!((minutes("40"), minutes("1:30"), minutes("0:05")), (Ok(2_400), Ok(90), Ok(5)));
        for bad in ["", ":", "1:60", "1:", "-1", "1.5", "99999999999", "4294967295"] {
            assert!(minutes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_budget_is_taken_away_by_a_word() {
        assert_eq!(Budget::read("none").map(Budget::json), Ok(Value::Null));
        assert_eq!(Budget::read("1:30").map(Budget::json), Ok(json!(90)));
        assert!(Budget::read("None at all").is_err());
    }

    #[test]
    fn what_was_not_given_is_not_said() {
        let fields = given([("name", Some(json!("a"))), ("colour", None)]);
        assert_eq!(fields, json!({"name": "a"}));
    }
}
