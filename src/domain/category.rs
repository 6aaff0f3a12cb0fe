//! Categories of recorded activity: a tree of rules, and which of the rules that fit an event names its category.

use std::sync::Arc;

use super::id::UserId;
use super::pattern::Pattern;
use super::text::CanonicalJson;
use super::time::Timestamp;

/// The category of what fits no rule.
pub const UNCATEGORIZED: &str = "Uncategorized";

/// What a rule looks for.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// What must be found; without one the rule fits nothing: a category that only holds others.
    pub pattern: Option<Pattern>,
    /// The fields of an event's data to look at; all of them when empty.
    pub fields: Vec<String>,
    /// A rank of its own in place of its depth's.
    pub priority: Option<i64>,
}

impl Rule {
    /// Does it fit an event with these texts in its data?
    pub fn fits<'a>(&self, texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
        let Some(pattern) = &self.pattern else { return false };
        let looks_at =
            |field: &str| self.fields.is_empty() || self.fields.iter().any(|known| known == field);
        texts.into_iter().any(|(field, text)| looks_at(field) && pattern.finds(text))
    }

    /// How strong the rule is for a category of this depth: ten for each level, so that a priority may stand between two.
    fn rank(&self, depth: usize) -> i64 {
        self.priority.unwrap_or_else(|| i64::try_from(depth).unwrap_or(i64::MAX).saturating_mul(10))
    }
}

/// Which of the rules that fit names the category, by place: the strongest, of equally strong ones the last; as ActivityWatch picks
/// them, so that the deepest category wins. `None`: the event is [`UNCATEGORIZED`].
pub fn pick<'a>(fitting: impl IntoIterator<Item = (usize, usize, &'a Rule)>) -> Option<usize> {
    let mut best: Option<(i64, usize)> = None;
    for (place, depth, rule) in fitting {
        let rank = rule.rank(depth);
        if depth > 0 && best.is_none_or(|(strongest, _)| rank >= strongest) {
            best = Some((rank, place));
        }
    }
    best.map(|(_, place)| place)
}

/// What time is sorted by.
#[derive(Clone, Debug)]
pub struct Trees {
    /// What holds now.
    pub now: Arc<Tree>,
    /// Since when it holds for those who see categories only.
    pub since: Timestamp,
    /// What it is for them before that.
    pub before: Arc<Tree>,
}

impl Trees {
    /// The same at all times.
    pub fn always(tree: Arc<Tree>) -> Self {
        Self { before: Arc::clone(&tree), now: tree, since: Timestamp::EARLIEST }
    }
}

/// A tree of categories, ready to sort by.
#[derive(Clone, Debug, Default)]
pub struct Tree(Vec<(Vec<String>, Rule)>);

impl Tree {
    /// The tree of these categories, each by its names from the outermost one.
    pub const fn new(categories: Vec<(Vec<String>, Rule)>) -> Self {
        Self(categories)
    }

    /// The category of an event with these texts in its data.
    pub fn category<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Vec<String> {
        let fitting = self.0.iter().enumerate();
        let fitting = fitting.filter(|(_, (_, rule))| rule.fits(texts.clone()));
        let best = pick(fitting.map(|(place, (name, rule))| (place, name.len(), rule)));
        best.map_or_else(|| vec![UNCATEGORIZED.to_owned()], |place| self.0[place].0.clone())
    }
}

/// A tree as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories {
    /// The categories, as `wire` says them.
    pub tree: CanonicalJson,
    /// When they were last changed.
    pub changed: Timestamp,
}

/// A change of categories: a person's own, or (without an owner) the office's, which hold for everybody without own ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoryCommand {
    /// From now on these, in place of all there were.
    Set {
        /// Whose.
        owner: Option<UserId>,
        /// The categories, as `wire` says them.
        tree: CanonicalJson,
    },
    /// Back to what holds without them.
    Reset {
        /// Whose.
        owner: Option<UserId>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str, priority: Option<i64>) -> Rule {
        let pattern = (!pattern.is_empty()).then(|| Pattern::new(pattern, false).unwrap());
        Rule { pattern, fields: Vec::new(), priority }
    }

    #[test]
    fn the_deepest_wins_then_the_last_then_nothing() {
        let plain = rule("x", None);
        assert_eq!(pick([(0, 2, &plain), (1, 1, &plain)]), Some(0));
        assert_eq!(pick([(0, 2, &plain), (1, 2, &plain)]), Some(1));
        assert_eq!(pick([(0, 0, &plain)]), None, "a category without a name is none");
        let strong = rule("x", Some(15));
        assert_eq!(pick([(0, 1, &plain), (1, 1, &strong), (2, 2, &plain)]), Some(2));
        assert_eq!(pick([(0, 1, &strong), (1, 1, &plain)]), Some(0));
    }

    #[test]
    fn a_rule_looks_only_where_it_is_told() {
        let data = [("app", "Editor"), ("title", "letter")];
        assert!(rule("letter", None).fits(data));
        let apps = Rule { fields: vec!["app".to_owned()], ..rule("letter", None) };
        assert!(!apps.fits(data));
        assert!(!rule("", None).fits(data), "a rule without a pattern fits nothing");
    }
}
