//! The letters the office writes: small text files in the executable, a subject line and then the text, in English and German.

use crate::domain::mail::MailKind;

/// What a letter says.
#[derive(Clone, Debug)]
pub enum Template {
    /// A link to join.
    Invitation {
        /// The person's sign-in name.
        name: String,
        /// The link.
        link: String,
        /// When it ends, as a person reads it.
        expires: String,
    },
    /// A link to a new password.
    Reset {
        /// The person's sign-in name.
        name: String,
        /// The link.
        link: String,
        /// When it ends, as a person reads it.
        expires: String,
    },
    /// Something a person should know about their account or their week.
    Notice {
        /// The person's sign-in name.
        name: String,
        /// In a few words.
        about: String,
        /// In sentences.
        text: String,
    },
    /// Something an administrator should know.
    Warning {
        /// In a few words.
        about: String,
        /// In sentences.
        text: String,
    },
}

/// A letter, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
}

impl Template {
    pub(super) const fn kind(&self) -> MailKind {
        match self {
            Self::Invitation { .. } => MailKind::Invitation,
            Self::Reset { .. } => MailKind::Reset,
            Self::Notice { .. } | Self::Warning { .. } => MailKind::Warning,
        }
    }

    /// The letter in this language, from this office.
    pub(super) fn letter(&self, language: &str, office: &str) -> Letter {
        let german = language == "de";
        let (file, values): (&str, Vec<(&str, &str)>) = match self {
            Self::Invitation { name, link, expires } => (
                if german { INVITATION_DE } else { INVITATION_EN },
                vec![("name", name), ("link", link), ("expires", expires)],
            ),
            Self::Reset { name, link, expires } => (
                if german { RESET_DE } else { RESET_EN },
                vec![("name", name), ("link", link), ("expires", expires)],
            ),
            Self::Notice { name, about, text } => (
                if german { NOTICE_DE } else { NOTICE_EN },
                vec![("name", name), ("about", about), ("text", text)],
            ),
            Self::Warning { about, text } => (
                if german { WARNING_DE } else { WARNING_EN },
                vec![("about", about), ("text", text)],
            ),
        };
        Letter::filled(file, office, &values)
    }
}

impl Letter {
    /// The letter that shows that mail works.
    pub(super) fn test(language: &str, office: &str) -> Self {
        Self::filled(if language == "de" { TEST_DE } else { TEST_EN }, office, &[])
    }

    /// As one text, subject first.
    pub(super) fn joined(&self) -> String {
        format!("{}\n{}", self.subject, self.text)
    }

    /// From one text.
    pub(super) fn split(text: &str) -> Self {
        let (subject, text) = text.split_once('\n').unwrap_or((text, ""));
        Self { subject: subject.to_owned(), text: text.to_owned() }
    }

    fn filled(file: &str, office: &str, values: &[(&str, &str)]) -> Self {
        let Self { subject, text } = Self::split(file);
        let fill = |text: &str| fill(text, office, values);
        // A line end in a subject would begin another header.
        let subject =
            fill(&subject).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { subject, text: fill(&text) }
    }
}

/// `text` with each `{word}` replaced by its value; values are not looked into again.
fn fill(text: &str, office: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((word, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let found = values.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        filled.push_str(if word == "office" { office } else { found.unwrap_or_default() });
        rest = after;
    }
    filled + rest
}

const INVITATION_EN: &str = include_str!("templates/invitation.en.txt");
const INVITATION_DE: &str = include_str!("templates/invitation.de.txt");
const RESET_EN: &str = include_str!("templates/reset.en.txt");
const RESET_DE: &str = include_str!("templates/reset.de.txt");
const NOTICE_EN: &str = include_str!("templates/notice.en.txt");
const NOTICE_DE: &str = include_str!("templates/notice.de.txt");
const WARNING_EN: &str = include_str!("templates/warning.en.txt");
const WARNING_DE: &str = include_str!("templates/warning.de.txt");
const TEST_EN: &str = include_str!("templates/test.en.txt");
const TEST_DE: &str = include_str!("templates/test.de.txt");

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> [Template; 4] {
        let text = |text: &str| text.to_owned();
        let (name, link, expires) = (text("ada"), text("https://x/join#s"), text("Friday"));
        [
            Template::Invitation {
                name: name.clone(),
                link: link.clone(),
                expires: expires.clone(),
            },
            Template::Reset { name: name.clone(), link, expires },
            Template::Notice { name, about: text("your week"), text: text("It came back.") },
            Template::Warning { about: text("the disk"), text: text("It is full.\nMake room.") },
        ]
    }

    #[test]
    fn every_letter_is_whole_in_each_language() {
        for template in templates() {
            let [en, de] = ["en", "de"].map(|language| template.letter(language, "Lovelace & Co"));
            assert_ne!(en, de);
            for letter in [en, de] {
                assert!(letter.subject.starts_with("Lovelace & Co: "), "{letter:?}");
                assert!(!letter.joined().contains(['{', '}']), "{letter:?}");
                assert_eq!(Letter::split(&letter.joined()), letter);
                let said = match &template {
                    Template::Notice { text, .. } | Template::Warning { text, .. } => text,
                    Template::Invitation { link, .. } | Template::Reset { link, .. } => link,
                };
                assert!(letter.text.contains(said), "{letter:?}");
            }
        }
        assert_ne!(Letter::test("en", "x"), Letter::test("de", "x"));
    }

    #[test]
    fn values_are_values() {
        let about = "{text}\r\nBcc: all@example.org".to_owned();
        let letter = Template::Warning { about, text: "no".to_owned() }.letter("en", "{about}");
        assert_eq!(letter.subject, "{about}: {text}  Bcc: all@example.org");
    }
}
