//! Bounded text from outside: every name a person or a program gives has a length and a set of characters.

use std::fmt;

use super::fold;

/// Why a text was refused: what it is, and the rule it breaks. Reads as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadText {
    /// What the text was meant to be, e.g. "A sign-in name".
    pub what: &'static str,
    /// The rule, e.g. "has 1 to 64 characters".
    pub rule: &'static str,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}.", self.what, self.rule)
    }
}

impl std::error::Error for BadText {}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $what:literal, $rule:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, if it keeps the rule.
            ///
            /// # Errors
            /// [`BadText`] names the rule that is broken.
            pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
                let text = text.into();
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(BadText { what: $what, rule: $rule }) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// What a person signs in with.
    UserName: "A sign-in name", "has 1 to 64 lower-case letters, digits or . _ - @", |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b))
    };
    /// A label a person reads: an office, a computer, a token.
    Label: "A name", "has 1 to 100 characters and no control characters", |t| {
        (1..=100).contains(&t.chars().count()) && !fold::trimmed(t).is_empty() && !t.chars().any(char::is_control)
    };
    /// The id an ActivityWatch client gives its bucket.
    BucketName: "A bucket id", "has 1 to 256 characters and no control characters", |t| {
        (1..=256).contains(&t.chars().count()) && !t.chars().any(char::is_control)
    };
    /// A key of the settings an ActivityWatch client stores (aw-server-rust refuses 128 characters and more).
    SettingKey: "A settings key", "has 1 to 127 characters and no control characters", |t| {
        (1..=127).contains(&t.chars().count()) && !t.chars().any(char::is_control)
    };
    /// An IANA time zone, e.g. `Europe/Berlin`. That the zone exists is checked where zones are known.
    ZoneName: "A time zone", "has 1 to 64 letters, digits or / _ - +", |t| {
        (1..=64).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-+".contains(&b))
    };
    /// A short free text: a bucket's type, client and host name, an audit detail.
    ShortText: "This text", "has at most 256 characters and no control characters", |t| {
        t.chars().count() <= 256 && !t.chars().any(char::is_control)
    };
    /// Canonical JSON: sorted keys, no spaces, bounded depth. Made by `wire` from what came in.
    CanonicalJson: "JSON data", "is at most 64 KiB", |t| t.len() <= Self::MOST_BYTES && !t.is_empty();
    /// What a person writes about something.
    NoteText: "A note", "has at most 2000 characters and no control characters but line breaks and tabs", |t| {
        t.chars().count() <= 2_000 && !t.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
    };
    /// A sheet of redaction rules, one a line.
    RuleSheet: "A sheet of rules", "has at most 16000 characters and no control characters but line breaks and tabs", |t| {
        t.chars().count() <= 16_000 && !t.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
    };
    /// A label as names are compared: case does not matter, nor space around it. Made by [`Label::folded`].
    FoldedName: "A folded name", "has 1 to 300 characters and no control characters", |t| {
        (1..=300).contains(&t.chars().count()) && !t.chars().any(char::is_control)
    };
    /// A password hash in PHC form.
    PasswordHash: "A password hash", "is a PHC string of at most 256 characters", |t| {
        t.len() <= 256 && t.starts_with('$')
    };
}

impl Label {
    /// As names are compared. A letter becomes at most two.
    pub fn folded(&self) -> FoldedName {
        FoldedName(fold::folded(&self.0))
    }
}

impl ZoneName {
    /// Where nobody changes the clocks.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }
}

impl NoteText {
    /// No note.
    pub const fn empty() -> Self {
        Self(String::new())
    }
}

impl RuleSheet {
    /// No rules.
    pub const fn empty() -> Self {
        Self(String::new())
    }
}

impl ShortText {
    /// The text cut to fit: control characters become spaces. For our own sentences, never for names.
    pub fn cut(text: &str) -> Self {
        Self(text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(256).collect())
    }
}

impl CanonicalJson {
    /// None is longer.
    pub const MOST_BYTES: usize = 64 * 1024;

    /// `{}`.
    pub fn empty() -> Self {
        Self("{}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_kept_and_read_well() {
        assert!(UserName::new("ada.lovelace").is_ok());
        let error = UserName::new("Ada").unwrap_err().to_string();
        assert_eq!(error, "A sign-in name has 1 to 64 lower-case letters, digits or . _ - @.");
        assert!(Label::new("  ").is_err());
        assert!(BucketName::new("a\nb").is_err());
        assert!(CanonicalJson::new("x".repeat(65 * 1024)).is_err());
        assert_eq!(ShortText::cut("a\nb").as_str(), "a b");
        assert!(NoteText::new("a\n\tb").is_ok() && NoteText::new("a\rb").is_err());
    }

    #[test]
    fn names_fold() {
        let folded = |text: &str| Label::new(text).unwrap().folded();
        assert_eq!(folded(" ÄRZTE & Co "), folded("Ärzte & co"));
        assert_ne!(folded("a"), folded("b"));
        let longest = folded(&"\u{130}".repeat(100));
        assert_eq!(FoldedName::new(longest.as_str()), Ok(longest), "the longest can be read again");
    }
}
