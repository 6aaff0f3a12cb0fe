//! Redaction: rules by which recorded activity is left out, masked or cut before anything of it is stored.
//!
//! A sheet of rules is text, one rule a line, read from top to bottom. A line that begins with `#` is a comment; behind a rule there is none:
//!
//! ```text
//! # Nothing of it is kept:
//! drop app   = KeePassXC
//! # The application and the time stay; title, address and the rest do not:
//! mask title ~ \b(salary|dismissal)\b
//! # What matches goes:
//! cut  url   ~ [?&]token=[^&]*
//! ```
//!
//! `=` compares the whole, `~` looks for a regular expression; neither minds upper or lower case. Expressions are searched in time
//! linear in what they look at, and each is bounded: a sheet from outside can neither hang nor fill the program.

use std::fmt;

use regex::{Regex, RegexBuilder};

use super::pattern::has_too_many_classes;
use super::text::RuleSheet;
use super::time::Timestamp;

/// A sheet has at most this many rules.
pub const MOST_RULES: usize = 100;
/// No rule's pattern is longer, in characters.
pub const LONGEST_PATTERN: usize = 500;
/// A compiled expression takes at most this many bytes, and its scratch space as many.
const LARGEST_EXPRESSION_BYTES: usize = 96 * 1024;
/// Groups in groups in an expression.
const DEEPEST: u32 = 32;
/// What stands where something was masked or cut.
pub const MASK: &str = "***";

/// The office's rules, which hold on every computer of the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeRules {
    /// The sheet.
    pub sheet: RuleSheet,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// A change of the office's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedactionCommand {
    /// From now on these, in place of all there were.
    Set(RuleSheet),
}

/// What happens with an event that a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// What the expression matches is replaced by [`MASK`].
    Cut,
    /// Application, presence and length stay; everything else is replaced or left out.
    Mask,
    /// Nothing is stored.
    Drop,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The application; for a watcher of web pages, its browser.
    App,
    /// The window's or page's title.
    Title,
    /// The page's address.
    Url,
    /// Every text in the event.
    Any,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What happens.
    pub action: Action,
    /// Where it looks.
    pub field: Field,
    test: Test,
    /// The line, as it was written.
    words: String,
}

#[derive(Clone, Debug)]
enum Test {
    /// In lower case.
    Is(String),
    Finds(Regex),
}

/// A sheet of rules, ready to use.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Rule>);

/// Why a sheet was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Line {line}: {why} A rule reads like one of: drop app = NAME, mask title ~ EXPRESSION, cut url ~ EXPRESSION."
)]
pub struct BadRule {
    /// 1, 2, 3, …
    pub line: usize,
    /// A sentence.
    pub why: String,
}

impl Rules {
    /// Reads a sheet: all of it or none.
    ///
    /// # Errors
    /// [`BadRule`], for the first line that is none.
    pub fn parse(sheet: &str) -> Result<Self, BadRule> {
        let mut rules = Vec::new();
        for (line, text) in (1..).zip(sheet.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let rule = Rule::parse(text).map_err(|why| BadRule { line, why })?;
            if rules.len() == MOST_RULES {
                let why = format!("a sheet has at most {MOST_RULES} rules.");
                return Err(BadRule { line, why });
            }
            rules.push(rule);
        }
        Ok(Self(rules))
    }

    /// The rules, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there none?
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Self, String> {
        let (action, rest) = word(line);
        let (field, rest) = word(rest);
        let (sign, pattern) = word(rest);
        let action = match action {
            "drop" => Action::Drop,
            "mask" => Action::Mask,
            "cut" => Action::Cut,
            other => return Err(format!("{other:?} is none of drop, mask and cut.")),
        };
        let field = match field {
            "app" => Field::App,
            "title" => Field::Title,
            "url" => Field::Url,
            "any" => Field::Any,
            other => return Err(format!("{other:?} is none of app, title, url and any.")),
        };
        if !["=", "~"].contains(&sign) {
            return Err(format!("{sign:?} is neither = nor ~."));
        }
        if pattern.is_empty() {
            return Err("it does not say what to look for.".to_owned());
        }
        if pattern.chars().count() > LONGEST_PATTERN {
            return Err(format!("what to look for is longer than {LONGEST_PATTERN} characters."));
        }
        let mut pairs = pattern.chars().zip(pattern.chars().skip(1));
        if pairs.any(|(first, next)| first.is_whitespace() && next == '#') {
            // It would be looked for, and never be found.
            return Err("a comment stands on a line of its own; to look for the sign # after a space, use ~ and write [#].".to_owned());
        }
        let test = match sign {
            "~" => Test::Finds(expression(pattern)?),
            _ => Test::Is(pattern.to_lowercase()),
        };
        Ok(Self { action, field, test, words: line.to_owned() })
    }

    /// Does it fit `text`?
    pub fn fits(&self, text: &str) -> bool {
        match &self.test {
            Test::Is(whole) => text.to_lowercase() == *whole,
            Test::Finds(expression) => expression.is_match(text),
        }
    }

    /// `text` without what fits.
    pub fn cut(&self, text: &str) -> String {
        match &self.test {
            Test::Is(_) if self.fits(text) => MASK.to_owned(),
            Test::Is(_) => text.to_owned(),
            Test::Finds(expression) => {
                expression.replace_all(text, regex::NoExpand(MASK)).into_owned()
            }
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// The first word, and what follows it without the space between.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

fn expression(pattern: &str) -> Result<Regex, String> {
    if has_too_many_classes(pattern) {
        return Err("this expression has too many classes such as \\w.".to_owned());
    }
    let built = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(LARGEST_EXPRESSION_BYTES)
        .dfa_size_limit(LARGEST_EXPRESSION_BYTES)
        .nest_limit(DEEPEST)
        .build();
    let expression = built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            "the expression takes too much memory; write a shorter one.".to_owned()
        }
        // The last line says what is wrong; those before show where.
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("the expression does not read ({}).", last.trim_start_matches("error: "))
        }
    })?;
    if expression.is_match("") {
        return Err("the expression matches nothing at all, and so everything.".to_owned());
    }
    Ok(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Rule {
        Rules::parse(line).unwrap().0.remove(0)
    }

    #[test]
    fn a_sheet_is_read_from_top_to_bottom() {
        let sheet = "# private\n\n drop app = KeePassXC \nmask title ~ \\bsalary\\b\ncut  url\t~ [?&]token=[^&]*\n";
        let rules = Rules::parse(sheet).unwrap();
        let kinds: Vec<_> = rules.iter().map(|rule| (rule.action, rule.field)).collect();
        use {Action::*, Field::*};
        assert_eq!(kinds, [(Drop, App), (Mask, Title), (Cut, Url)]);
        assert_eq!(rules.iter().next().unwrap().to_string(), "drop app = KeePassXC");
    }

    #[test]
    fn the_whole_is_compared_or_a_part_is_found() {
        assert!(one("drop app = KeePassXC").fits("keepassxc"));
        assert!(!one("drop app = KeePassXC").fits("keepassxc 2"));
        assert!(one("drop title ~ bank").fits("My BANK - Firefox"));
        assert_eq!(one("cut url ~ token=[^&]*").cut("x?token=7&a=$1"), "x?***&a=$1");
        assert_eq!(one("cut title = Secret").cut("secret"), MASK);
    }

    #[test]
    fn a_slip_names_its_line_and_the_next_step() {
        for (sheet, part) in [
            ("\nremove app = x", "\"remove\" is none of drop"),
            ("\ndrop window = x", "none of app, title"),
            ("\ndrop app x", "neither = nor ~"),
            ("\ndrop app =", "what to look for"),
            ("\ndrop app ~ (", "does not read (unclosed group)"),
            ("\ndrop app ~ x*", "and so everything"),
            ("\ndrop app ~ (\\w{100}){100}", "too much memory"),
        ] {
            let sentence = Rules::parse(sheet).unwrap_err().to_string();
            assert!(sentence.starts_with("Line 2: ") && sentence.contains(part), "{sentence}");
            assert!(sentence.contains("mask title ~ EXPRESSION"), "{sentence}");
        }
    }

    #[test]
    fn a_comment_behind_a_rule_is_told_and_not_looked_for() {
        let doc = include_str!("redaction.rs").lines().filter_map(|line| line.strip_prefix("//! "));
        let sheet: Vec<&str> = doc
            .skip_while(|line| *line != "```text")
            .skip(1)
            .take_while(|line| *line != "```")
            .collect();
        assert_eq!(Rules::parse(&sheet.join("\n")).unwrap().len(), 3);
        for (rule, comment) in [
            ("drop app = KeePassXC", "   # nothing of it is kept"),
            ("mask title ~ salary", "\t# x"),
            ("cut url ~ token=[^&]*", " #x"),
        ] {
            let sentence = Rules::parse(&format!("{rule}{comment}")).unwrap_err().to_string();
            assert!(
                sentence.starts_with("Line 1: a comment stands on a line of its own"),
                "{sentence}"
            );
        }
        assert!(one("drop title ~ (a|b) [#]1").fits("b #1"));
        assert!(
            one("drop title ~ #private").fits("x #private y") && one("drop title = C#").fits("c#")
        );
    }

    #[test]
    fn everything_is_bounded() {
        let many = "drop app = x\n".repeat(MOST_RULES);
        assert_eq!(Rules::parse(&many).unwrap().len(), MOST_RULES);
        assert_eq!(Rules::parse(&format!("{many}drop app = y")).unwrap_err().line, MOST_RULES + 1);
        let long = format!("drop app = {}", "x".repeat(LONGEST_PATTERN + 1));
        assert!(Rules::parse(&long).is_err());
        assert!(Rules::parse(&format!("drop app ~ [{}]", r"\w&&".repeat(80))).is_err());
        assert!(
            Rules::parse(&format!("drop app ~ {}x{}", "(".repeat(40), ")".repeat(40))).is_err()
        );
    }

    #[test]
    fn what_explodes_elsewhere_takes_linear_time() {
        let rule = one("drop title ~ (a+)+$");
        assert!(!rule.fits(&format!("{}!", "a".repeat(100_000))));
    }
}
