//! What warnings say, in English and German.

use super::{is_german, when};
use crate::domain::audit::AuditEntry;
use crate::domain::command::Actor;
use crate::domain::look::{ENTRIES, EXPORT};
use crate::domain::office_setting::OfficeSettings;
use crate::domain::session::SessionAbout;
use crate::domain::user::User;
use crate::service::mail::Template;
use crate::store::{Reader, StoreError, read};

/// What is known of an entry for whoever reads of it.
pub(super) struct Words {
    german: bool,
    /// When.
    at: String,
    /// By whom, by name where there is one; empty when it was the reader.
    by: String,
    /// The days of a week, and what they came to.
    pub(super) week: String,
    /// What was said with it.
    pub(super) note: String,
    /// The label of a token, or the name to sign in with.
    pub(super) name: String,
    /// Where a session is.
    pub(super) about: Option<SessionAbout>,
}

impl Words {
    pub(super) fn new(
        reader: &dyn Reader,
        settings: &OfficeSettings,
        entry: &AuditEntry,
        to: &User,
    ) -> Result<Self, StoreError> {
        let german = is_german(settings);
        let by = match &entry.actor {
            Actor::User(id) if *id == to.id => String::new(),
            Actor::User(id) => {
                read::user(reader, *id)?.map_or(String::new(), |u| u.name.to_string())
            }
            Actor::Local(name) if german => format!("{name} am Server"),
            Actor::Local(name) => format!("{name} at the server"),
            Actor::System => "Timebook".to_owned(),
            Actor::Device(_) | Actor::Anyone => String::new(),
        };
        let week = entry.subject.as_str().split_once(' ').map(|(_, week)| week.to_owned());
        let week = week.unwrap_or_default().replace("..", if german { " bis " } else { " to " });
        let (note, name) = (String::new(), String::new());
        Ok(Self { german, at: when(entry.at, to), by, week, note, name, about: None })
    }

    /// In a few words and in sentences, for the person it is about.
    pub(super) fn to_person(&self, action: &str) -> (String, String) {
        let Self { german, at, week, name, .. } = self;
        let by = self.by();
        let (about, what) = match (action, *german) {
            ("session.new_place", false) => (
                "a sign-in from a new place",
                format!(
                    "Your account was signed in to at {at} from a network it was not used from before{}.",
                    self.place()
                ),
            ),
            ("session.new_place", true) => (
                "Anmeldung von einem neuen Ort",
                format!(
                    "Bei Ihrem Konto hat sich am {at} jemand aus einem Netz angemeldet, aus dem es bisher nicht benutzt wurde{}.",
                    self.place()
                ),
            ),
            ("totp.remove", false) => (
                "codes are asked for no more",
                format!(
                    "Since {at} codes from your app are asked for no more when you sign in{by}."
                ),
            ),
            ("totp.remove", true) => (
                "Codes werden nicht mehr verlangt",
                format!(
                    "Seit {at} werden bei der Anmeldung keine Codes aus Ihrer App mehr verlangt{by}."
                ),
            ),
            ("totp.use_recovery", false) => (
                "a one-time code was used",
                format!(
                    "At {at} somebody signed in to your account with one of your one-time codes in place of your app."
                ),
            ),
            ("totp.use_recovery", true) => (
                "ein Einmalcode wurde benutzt",
                format!(
                    "Am {at} hat sich jemand mit einem Ihrer Einmalcodes statt mit Ihrer App angemeldet."
                ),
            ),
            ("token.create", false) => (
                "a new API token",
                format!(
                    "At {at} an API token \"{name}\" was made for your account{by}. Programs that have it act in your name."
                ),
            ),
            ("token.create", true) => (
                "ein neues API-Token",
                format!(
                    "Am {at} wurde für Ihr Konto ein API-Token \"{name}\" angelegt{by}. Programme, die es haben, handeln in Ihrem Namen."
                ),
            ),
            ("user.set_role" | "user.set_grants", false) => (
                "your rights were changed",
                format!(
                    "At {at} what your account may do was changed{by}. See your account on the page."
                ),
            ),
            ("user.set_role" | "user.set_grants", true) => (
                "Ihre Rechte wurden geändert",
                format!(
                    "Am {at} wurde geändert, was Ihr Konto darf{by}. Auf der Seite steht es bei Ihrem Konto."
                ),
            ),
            ("user.rename", false) => (
                "your sign-in name was changed",
                format!(
                    "At {at} your sign-in name was changed{by}. From now on you sign in as \"{name}\", with the password you have."
                ),
            ),
            ("user.rename", true) => (
                "Ihr Anmeldename wurde geändert",
                format!(
                    "Am {at} wurde Ihr Anmeldename geändert{by}. Von nun an melden Sie sich als \"{name}\" an, mit Ihrem bisherigen Passwort."
                ),
            ),
            ("user.disable", false) => (
                "your account was disabled",
                format!(
                    "Your account was disabled at {at}{by}. You cannot sign in any more; what was recorded stays."
                ),
            ),
            ("user.disable", true) => (
                "Ihr Konto wurde gesperrt",
                format!(
                    "Ihr Konto wurde am {at} gesperrt{by}. Sie können sich nicht mehr anmelden; was aufgezeichnet ist, bleibt."
                ),
            ),
            ("device.enroll", false) => (
                "a computer was added",
                format!("At {at} a computer was added that records and books time in your name."),
            ),
            ("device.enroll", true) => (
                "ein Computer wurde hinzugefügt",
                format!(
                    "Am {at} wurde ein Computer hinzugefügt, der in Ihrem Namen aufzeichnet und Zeit bucht."
                ),
            ),
            ("totp.enroll", false) => (
                "codes are asked for from now on",
                format!("Since {at} a code from an app is asked for when you sign in{by}."),
            ),
            ("totp.enroll", true) => (
                "Codes werden jetzt verlangt",
                format!("Seit {at} wird bei der Anmeldung ein Code aus einer App verlangt{by}."),
            ),
            ("activity.view", false) => (
                "somebody took a file with your data",
                format!(
                    "At {at} a file with what is kept about you was written{by}: {}. Your access log says so, too.",
                    self.file()
                ),
            ),
            ("activity.view", true) => (
                "jemand hat eine Datei mit Ihren Daten erstellt",
                format!(
                    "Am {at} wurde eine Datei mit dem erstellt, was über Sie gespeichert ist{by}: {}. Es steht auch in Ihrem Zugriffsprotokoll.",
                    self.file()
                ),
            ),
            ("timesheet.approve", false) => {
                ("your week is approved", format!("Your week {week} was approved at {at}{by}."))
            }
            ("timesheet.approve", true) => (
                "Ihre Woche ist genehmigt",
                format!("Ihre Woche {week} wurde am {at} genehmigt{by}."),
            ),
            ("timesheet.send_back" | "timesheet.reopen" | "timesheet.changed_offline", false) => (
                "your week came back",
                format!(
                    "Your week {week} came back to you at {at}{by}:\n\n{}\n\nMend it and submit it again.",
                    self.note
                ),
            ),
            ("timesheet.send_back" | "timesheet.reopen" | "timesheet.changed_offline", true) => (
                "Ihre Woche kam zurück",
                format!(
                    "Ihre Woche {week} kam am {at} zurück{by}:\n\n{}\n\nBerichtigen Sie sie und reichen Sie sie wieder ein.",
                    self.note
                ),
            ),
            (_, false) => (
                "your password was changed",
                format!(
                    "The password of your account was changed at {at}{by}. Your other sessions have ended."
                ),
            ),
            (_, true) => (
                "Ihr Passwort wurde geändert",
                format!(
                    "Das Passwort Ihres Kontos wurde am {at} geändert{by}. Ihre anderen Sitzungen sind beendet."
                ),
            ),
        };
        let is_week = action.starts_with("timesheet.");
        let advice = match german {
            _ if is_week => "",
            false if action == "activity.view" => "\n\nIf you did not expect that, ask them why.",
            true if action == "activity.view" => {
                "\n\nHaben Sie das nicht erwartet, so fragen Sie nach."
            }
            false => {
                "\n\nIf that was not you, set a new password, end your sessions, and tell your administrator."
            }
            true => {
                "\n\nWaren Sie das nicht, so setzen Sie ein neues Passwort, beenden Ihre Sitzungen und sagen es Ihrer Verwaltung."
            }
        };
        (about.to_owned(), what + advice)
    }

    /// For whoever leads the member whose week waits.
    pub(super) fn to_lead(&self, member: &str) -> (String, String) {
        let Self { at, week, .. } = self;
        if self.german {
            (
                format!("die Woche von {member} wartet"),
                format!(
                    "{member} hat am {at} die Woche {week} eingereicht. Sie wartet darauf, dass Sie sie genehmigen oder zurückgeben."
                ),
            )
        } else {
            (
                format!("the week of {member} waits"),
                format!(
                    "{member} submitted the week {week} at {at}. It waits for you to approve it or send it back."
                ),
            )
        }
    }

    /// For whoever manages the server; `subject` is what the audit log says.
    pub(super) fn to_manager(&self, action: &str, subject: &str) -> (String, String) {
        let (at, by) = (&self.at, self.by());
        let (about, what) = match (action, self.german) {
            ("lock.advance", false) => ("more time is locked", "The lock was moved on"),
            ("lock.advance", true) => ("mehr Zeit ist gesperrt", "Die Sperre wurde vorgerückt"),
            ("lock.move_back", false) => ("locked time was opened", "The lock was moved back"),
            ("lock.move_back", true) => {
                ("gesperrte Zeit wurde geöffnet", "Die Sperre wurde zurückgenommen")
            }
            ("quarantine.add", false) => {
                ("a batch was set aside", "A batch of a computer could not be taken in")
            }
            ("quarantine.add", true) => (
                "eine Lieferung wurde beiseite gelegt",
                "Eine Lieferung eines Computers konnte nicht angenommen werden",
            ),
            ("mail.given_up", false) => ("a letter could not be sent", "A letter was given up"),
            ("mail.given_up", true) => {
                ("ein Brief ging nicht hinaus", "Ein Brief wurde aufgegeben")
            }
            ("backup.failed", false) => {
                ("a backup could not be made", "A backup could not be made by itself")
            }
            ("backup.failed", true) => (
                "eine Sicherung kam nicht zustande",
                "Eine Sicherung konnte nicht von selbst angelegt werden",
            ),
            (_, false) => {
                ("a looser policy is announced", "A looser activity policy was announced")
            }
            (_, true) => (
                "eine lockerere Regelung ist angekündigt",
                "Eine lockerere Regelung für aufgezeichnete Tätigkeit wurde angekündigt",
            ),
        };
        (about.to_owned(), format!("{what} ({at}{by}): {subject}"))
    }

    /// What a file has in it that somebody else took.
    fn file(&self) -> &'static str {
        match (self.week.trim_matches(['(', ')']), self.german) {
            (EXPORT, false) => "recorded activity",
            (EXPORT, true) => "aufgezeichnete Tätigkeit",
            (ENTRIES, false) => "time entries",
            (ENTRIES, true) => "Zeiteinträge",
            (_, false) => "all of your data, as far as they may see it",
            (_, true) => "all Ihre Daten, soweit sie dort zu sehen sind",
        }
    }

    fn by(&self) -> String {
        match (self.by.as_str(), self.german) {
            ("", _) => String::new(),
            (by, false) => format!(", by {by}"),
            (by, true) => format!(", von {by}"),
        }
    }

    fn place(&self) -> String {
        let about = self.about.as_ref();
        about.map(|about| format!(": {} ({})", about.address, about.agent)).unwrap_or_default()
    }
}

/// What goes to a person's old address when they have another one, or none.
pub(super) fn moved(name: &str, german: bool) -> Template {
    let (about, text) = if german {
        (
            "Ihre Adresse wurde geändert",
            "Ihr Konto hat eine andere Mailadresse; an diese hier geht nichts mehr. Waren Sie das nicht, so sagen Sie es Ihrer Verwaltung.",
        )
    } else {
        (
            "your address was changed",
            "Your account has another mail address; nothing goes to this one any more. If that was not you, tell your administrator.",
        )
    };
    Template::Notice { name: name.to_owned(), about: about.to_owned(), text: text.to_owned() }
}
