//! Regular expressions that people and programs bring along: searched in time linear in what they look at, each bounded in size.
//!
//! The dialect is the one both ActivityWatch servers share, without what only a backtracking search can do (looking around, going back
//! to a group).

use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// No pattern is longer, in bytes.
pub const LONGEST_PATTERN: usize = 4_096;
/// A compiled pattern takes at most this many bytes, and its scratch space as many.
const LARGEST_BYTES: usize = 128 * 1024;
/// Groups in groups.
const DEEPEST: u32 = 32;

/// A regular expression, ready to search.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// Too long.
    #[error("This expression is too long. Write at most {LONGEST_PATTERN} bytes.")]
    TooLong,
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
        RegexBuilder::new(text)
            .case_insensitive(ignore_case)
            .size_limit(LARGEST_BYTES)
            .dfa_size_limit(LARGEST_BYTES)
            .nest_limit(DEEPEST)
            .build()
            .map(Self)
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
    fn what_could_hang_or_fill_the_program_is_refused_with_a_sentence() {
        for (bad, word) in [
            ("(", "unclosed group"),
            ("(?=a)", "look-around"),
            (r"(a)\1", "backreferences"),
            (r"(\w{100}){100}", "too much memory"),
            (&"a".repeat(LONGEST_PATTERN + 1), "too long"),
            (&format!("{}a{}", "(".repeat(40), ")".repeat(40)), "nest"),
        ] {
            let refused = Pattern::new(bad, false).unwrap_err().to_string();
            assert!(refused.contains(word) && refused.ends_with('.'), "{bad:.20}: {refused}");
        }
    }
}
