//! Regular expressions that people and programs bring along: searched in time linear in what they look at, each bounded in size.
//!
//! The dialect is the one both ActivityWatch servers share, without what only a backtracking search can do (looking around, going back
//! to a group).

use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// No pattern is longer, in bytes.
pub const LONGEST_PATTERN: usize = 4_096;
/// A compiled pattern takes at most this many bytes, and its scratch space as many.
const LARGEST_BYTES: usize = 128 * 1024;
/// Groups in groups.
const DEEPEST: u32 = 32;

/// Classes of many characters (`\w`, `\D`, `\p{Greek}`, `[[:alpha:]]`) in one expression: each costs as much to read as a page of text.
const MOST_CLASSES: usize = 64;

/// A regular expression, ready to search. Clones share one machine and its scratch space.
#[derive(Clone, Debug)]
pub struct Pattern(Arc<Regex>);

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// Too long.
    #[error("This expression is too long. Write at most {LONGEST_PATTERN} bytes.")]
    TooLong,
    /// Too many classes.
    #[error(
        "This expression has more than {MOST_CLASSES} classes such as \\w. Write a simpler one."
    )]
    TooManyClasses,
    /// Small as text, but not as a machine: `(\w{100}){100}`.
    #[error("This expression needs too much memory. Write a simpler one.")]
    TooLarge,
    /// Not an expression; with what is wrong.
    #[error(
        "This is no regular expression: {0}. Looking around and back references are not known here."
    )]
    Wrong(String),
}

impl Pattern {
    /// The pattern of this text.
    ///
    /// # Errors
    /// [`BadPattern`].
    pub fn new(text: &str, ignore_case: bool) -> Result<Self, BadPattern> {
        if text.len() > LONGEST_PATTERN {
            return Err(BadPattern::TooLong);
        }
        if has_too_many_classes(text) {
            return Err(BadPattern::TooManyClasses);
        }
        RegexBuilder::new(text)
            .case_insensitive(ignore_case)
            .size_limit(LARGEST_BYTES)
            .dfa_size_limit(LARGEST_BYTES)
            .nest_limit(DEEPEST)
            .build()
            .map(|regex| Self(Arc::new(regex)))
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => BadPattern::TooLarge,
                other => BadPattern::Wrong(last_line(&other.to_string())),
            })
    }

    /// Is it found anywhere in `text`?
    pub fn finds(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Are there more classes of many characters than one expression may have? They are counted before it is read, because reading is what takes
/// long: a set of many of them is folded for each. A backslash that is itself escaped may count, too: it is a bound.
pub(super) fn has_too_many_classes(text: &str) -> bool {
    let named = text.matches("[:").count();
    let pairs = text.as_bytes().windows(2);
    let escaped = pairs.filter(|pair| pair[0] == b'\\' && b"wWdDsSpP".contains(&pair[1]));
    named + escaped.count() > MOST_CLASSES
}

/// The parser draws the pattern with a mark under the fault; the sentence stands below.
fn last_line(error: &str) -> String {
    let line = error.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().trim_start_matches("error: ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_anywhere_and_without_regard_to_case_when_asked() {
        assert!(Pattern::new("Git(Hub|Lab)", false).unwrap().finds("on GitLab today"));
        assert!(!Pattern::new("github", false).unwrap().finds("GitHub"));
        assert!(Pattern::new("ÄRGER", true).unwrap().finds("ärger"));
    }

    #[test]
    fn a_clone_is_the_same_machine() {
        let one = Pattern::new("a", false).unwrap();
        assert!(Arc::ptr_eq(&one.0, &one.clone().0));
    }

    #[test]
    fn what_could_hang_or_fill_the_program_is_refused_with_a_sentence() {
        for (bad, word) in [
            ("(", "unclosed group"),
            ("(?=a)", "look-around"),
            (r"(a)\1", "backreferences"),
            (r"(\w{100}){100}", "too much memory"),
            (&"a".repeat(LONGEST_PATTERN + 1), "too long"),
            (&format!("[{}]", r"[\w&&\w]".repeat(40)), "classes"),
            (&"[[:alpha:]]".repeat(65), "classes"),
            (&format!("{}a{}", "(".repeat(40), ")".repeat(40)), "nest"),
        ] {
            let refused = Pattern::new(bad, false).unwrap_err().to_string();
            assert!(refused.contains(word) && refused.ends_with('.'), "{bad:.20}: {refused}");
        }
    }
}
