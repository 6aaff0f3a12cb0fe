//! Categories of recorded activity, in the shape ActivityWatch keeps them in (`classes` in its settings).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::category::{Rule, Tree};
use crate::domain::pattern::Pattern;
use crate::domain::text::CanonicalJson;

/// A tree has at most this many categories.
pub const MOST_CATEGORIES: usize = 300;
/// It is at most this deep.
const DEEPEST: usize = 8;
/// No name of a category is longer.
const LONGEST_NAME: usize = 100;
/// A rule looks at no more fields.
const MOST_FIELDS: usize = 8;

/// A tree of categories as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Categories {
    /// Whose tree it is: `own`, `office`, or `default` where nobody made one.
    pub of: String,
    /// Of the last change of what is asked for, one's own tree or the office's; 0 where nobody made one, whatever holds then.
    #[serde(default)]
    pub version: u64,
    /// The categories.
    pub categories: Vec<Category>,
}

/// A tree as somebody sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategories {
    /// The categories, at most 300. What ActivityWatch writes beside these fields is left out.
    pub categories: Vec<Category>,
}

/// One category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Its name below those of the categories it belongs to, outermost first.
    pub name: Vec<String>,
    /// What belongs to it.
    #[serde(default)]
    pub rule: CategoryRule,
    /// How it is shown.
    #[serde(default, skip_serializing_if = "CategoryData::is_empty")]
    pub data: CategoryData,
}

/// What belongs to a category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryRule {
    /// `regex`, or `none` for a category that only holds others.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// What is looked for in the texts of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Whether upper and lower case are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore_case: Option<bool>,
    /// Where it looks: `app`, `title`, `url`; everywhere when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select_keys: Option<Vec<String>>,
    /// A rank of its own; ten for each level otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
}

/// How a category is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryData {
    /// `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// How good its time is, as the person sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
}

impl CategoryData {
    const fn is_empty(&self) -> bool {
        self.color.is_none() && self.score.is_none()
    }
}

/// A tree that cannot be taken: where, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The category `{name}` cannot be taken. {why}")]
pub struct BadCategory {
    /// Its name, or its place.
    pub name: String,
    /// A sentence.
    pub why: String,
}

/// The tree ready to sort by.
///
/// # Errors
/// [`BadCategory`] for the first category that breaks a rule.
pub fn tree(categories: &[Category]) -> Result<Tree, BadCategory> {
    if categories.len() > MOST_CATEGORIES {
        let why = format!("A tree has at most {MOST_CATEGORIES} categories. Leave some out.");
        return Err(BadCategory { name: format!("number {}", MOST_CATEGORIES + 1), why });
    }
    let mut all = Vec::new();
    for category in categories {
        let bad = |why: String| {
            let name = category.name.join(" > ").chars().take(LONGEST_NAME).collect();
            BadCategory { name, why }
        };
        let good = |name: &String| {
            (1..=LONGEST_NAME).contains(&name.chars().count())
                && !name.trim().is_empty()
                && !name.chars().any(char::is_control)
        };
        if !(1..=DEEPEST).contains(&category.name.len()) || !category.name.iter().all(good) {
            return Err(bad(format!(
                "Its name has 1 to {DEEPEST} parts of 1 to {LONGEST_NAME} characters."
            )));
        }
        all.push((category.name.clone(), rule(&category.rule).map_err(bad)?));
    }
    Ok(Tree::new(all))
}

fn rule(rule: &CategoryRule) -> Result<Rule, String> {
    let text = match (rule.kind.as_deref(), rule.regex.as_deref()) {
        (Some("regex"), Some(text)) if !text.is_empty() => Some(text),
        (Some("regex" | "none") | None, _) => None,
        _ => return Err("Its rule's type is `regex` or `none`.".to_owned()),
    };
    let ignore_case = rule.ignore_case.unwrap_or_default();
    let pattern = text.map(|text| Pattern::new(text, ignore_case)).transpose();
    let fields = rule.select_keys.clone().unwrap_or_default();
    if fields.len() > MOST_FIELDS || fields.iter().any(|f| f.chars().count() > LONGEST_NAME) {
        return Err(format!("Its rule looks at no more than {MOST_FIELDS} fields."));
    }
    let pattern = pattern.map_err(|error| error.to_string())?;
    Ok(Rule { pattern, fields, priority: rule.priority })
}

/// A tree as it is kept.
///
/// # Errors
/// Not the JSON of one.
pub fn kept_categories(text: &CanonicalJson) -> Result<Vec<Category>, serde_json::Error> {
    serde_json::from_str(text.as_str())
}

/// What everybody begins with, much as in ActivityWatch.
pub fn default_categories() -> Vec<Category> {
    let category = |(name, regex): &(&[&str], &str)| Category {
        name: name.iter().map(|part| (*part).to_owned()).collect(),
        rule: CategoryRule {
            kind: Some(if regex.is_empty() { "none" } else { "regex" }.to_owned()),
            regex: (!regex.is_empty()).then(|| (*regex).to_owned()),
            ignore_case: (!regex.is_empty()).then_some(true),
            ..CategoryRule::default()
        },
        data: CategoryData::default(),
    };
    DEFAULT.iter().map(category).collect()
}

const DEFAULT: &[(&[&str], &str)] = &[
    (&["Work"], "Google Docs|LibreOffice|soffice|WINWORD|EXCEL|POWERPNT|Microsoft (Word|Excel)"),
    (
        &["Work", "Programming"],
        r"GitHub|GitLab|Stack Overflow|\bvim\b|\bcode\b|IntelliJ|Emacs|Terminal|konsole",
    ),
    (&["Work", "Design"], "GIMP|Inkscape|Figma|Photoshop|Illustrator|Blender"),
    (&["Work", "Meetings"], r"Zoom|Microsoft Teams|Google Meet|Webex|Jitsi"),
    (&["Communication"], ""),
    (&["Communication", "Mail"], "Gmail|Thunderbird|Outlook|Evolution"),
    (&["Communication", "Chat"], r"Slack|Element|Signal|Telegram|WhatsApp|Discord|Mattermost"),
    (&["Media"], ""),
    (&["Media", "Video"], r"YouTube|Netflix|\bVLC\b|\bmpv\b"),
    (&["Media", "Music"], "Spotify|Deezer"),
    (&["Media", "Social"], r"Reddit|Facebook|Instagram|Mastodon|LinkedIn"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Tree, BadCategory> {
        tree(&serde_json::from_str::<Vec<Category>>(json).unwrap())
    }

    #[test]
    fn what_activitywatch_writes_is_read_and_sorts_as_there() {
        let tree = of(r##"[
            {"id":0,"name":["Work"],"rule":{"type":"regex","regex":"docs"},"data":{"color":"#0F0","score":10}},
            {"id":1,"name":["Work","Code"],"rule":{"type":"regex","regex":"VIM","ignore_case":true}},
            {"id":2,"name":["Other"],"rule":{"type":null}},
            {"id":3,"name":["Late"],"rule":{"type":"regex","regex":"docs","select_keys":["app"]}}]"##)
        .unwrap();
        let category = |title| tree.category([("app", "x"), ("title", title)]).join(" > ");
        assert_eq!(category("docs"), "Work");
        assert_eq!(category("docs in vim"), "Work > Code");
        assert_eq!(category("else"), "Uncategorized");
        assert_eq!(
            tree.category([("app", "docs")]).join(" > "),
            "Late",
            "of equally deep ones the last"
        );
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        for bad in [
            r#"[{"name":[]}]"#,
            r#"[{"name":["a","b","c","d","e","f","g","h","i"]}]"#,
            r#"[{"name":[" "]}]"#,
            r#"[{"name":["a"],"rule":{"type":"regex","regex":"("}}]"#,
            r#"[{"name":["a"],"rule":{"type":"magic"}}]"#,
        ] {
            assert!(of(bad).unwrap_err().to_string().ends_with('.'), "{bad}");
        }
        let many = vec![default_categories()[0].clone(); MOST_CATEGORIES + 1];
        assert!(tree(&many).is_err());
        assert!(tree(&default_categories()).is_ok());
    }
}
