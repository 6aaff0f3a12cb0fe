//! How things stand, in the few lines of a menu: the same that the agent's own page shows.

use jiff::tz::TimeZone;

use super::super::AgentError;
use super::super::book::ActivityBook;
use super::super::commands::{self, Heard};
use super::super::folder::Folder;
use super::super::redaction::Sheets;
use super::super::status::Status;
use super::super::track::{self, Ask, Shown};
use super::{ID, OPEN, STOP_TIMER};
use crate::icon::{Choice, Face, Tone};
use crate::wire::v1::to_the_minute;

/// So many of the office's latest commands are shown.
const COMMANDS: usize = 3;
/// A menu is no place for a longer text.
const MOST_CHARACTERS: usize = 60;

/// What the lines are made of.
pub(super) struct Standing {
    status: Status,
    timer: Option<Shown>,
    /// How many rules the person and the office have; none for a sheet that does not read, which the status tells.
    rules: (usize, usize),
    commands: Vec<Heard>,
}

impl Standing {
    /// As it is now.
    ///
    /// # Errors
    /// [`AgentError`] when a file or the book does not read.
    pub(super) async fn now(folder: &Folder, book: &ActivityBook) -> Result<Self, AgentError> {
        // Without a book there is no timer, and everything else is still to be seen.
        let timer = match book.is_erased() {
            true => None,
            false => track::do_it(book, Ask::Status).await?.entry,
        };
        let sheets = Sheets::read(folder)?;
        let [own, office] = [&sheets.own, &sheets.office]
            .map(|sheet| sheet.rules.as_ref().map_or(0, |rules| rules.iter().count()));
        let commands = commands::heard(folder)?;
        Ok(Self { status: Status::now(folder)?, timer, rules: (own, office), commands })
    }
}

/// All of it, in the person's language and zone.
pub(super) fn face(standing: &Standing, german: bool, zone: &TimeZone) -> Face {
    let words = Words { german, zone };
    let Standing { status, timer, rules, commands } = standing;
    let (tone, title) = words.title(status);
    let mut lines = vec![words.timer(timer.as_ref())];
    lines.push(format!("{}: {}", words.say("Not sent yet", "Noch nicht gesendet"), status.waiting));
    lines.push(words.rules(*rules));
    lines.extend(commands.iter().take(COMMANDS).map(|command| words.command(command)));
    Face { id: ID, title, tone, lines, choices: words.choices(status, timer.is_some()) }
}

struct Words<'a> {
    german: bool,
    zone: &'a TimeZone,
}

impl Words<'_> {
    fn say(&self, english: &str, german: &str) -> String {
        if self.german { german } else { english }.to_owned()
    }

    fn title(&self, status: &Status) -> (Tone, String) {
        match &status.paused_until {
            Some(until) if until.starts_with("until") => {
                (Tone::Paused, self.say("Paused until you say", "Pause, bis Sie es sagen"))
            }
            Some(until) => {
                let until = to_the_minute(until, self.zone);
                (Tone::Paused, format!("{} {until}", self.say("Paused until", "Pause bis")))
            }
            None if status.recording => (Tone::Good, self.say("Recording", "Zeichnet auf")),
            None => (Tone::Stopped, self.say("Not recording", "Zeichnet nicht auf")),
        }
    }

    fn timer(&self, timer: Option<&Shown>) -> String {
        let Some(timer) = timer else { return self.say("No timer runs", "Keine Stoppuhr läuft") };
        let since = to_the_minute(&timer.start, self.zone);
        let begin = format!("{} {since}", self.say("Timer since", "Stoppuhr seit"));
        let note = Some(&timer.note).filter(|note| !note.is_empty());
        let on = [timer.customer.as_ref(), timer.project.as_ref(), timer.task.as_ref(), note];
        let on: Vec<&str> = on.into_iter().flatten().map(String::as_str).collect();
        if on.is_empty() { begin } else { format!("{begin}: {}", short(&on.join(" · "))) }
    }

    fn rules(&self, (own, office): (usize, usize)) -> String {
        if own + office == 0 {
            return self.say("No rules", "Keine Regeln");
        }
        match self.german {
            true => format!("Regeln: {own} eigene, {office} des Büros"),
            false => format!("Rules: {own} of yours, {office} of the office"),
        }
    }

    fn command(&self, command: &Heard) -> String {
        let what = match command.what.as_str() {
            "policy" => {
                let policy = match command.detail.as_str() {
                    "hours_only" => self.say("hours only", "nur Stunden"),
                    "category_totals" => self.say("totals by category", "Summen je Kategorie"),
                    "app_totals" => self.say("totals by application", "Summen je Anwendung"),
                    "full_detail" => self.say("full detail", "alle Einzelheiten"),
                    other => other.to_owned(),
                };
                format!("{}: {policy}", self.say("others may see", "andere sehen"))
            }
            "rules" => self.say("other rules", "andere Regeln"),
            "erase" => {
                self.say("erase everything recorded here", "alles hier Aufgezeichnete löschen")
            }
            other => other.to_owned(),
        };
        let at = to_the_minute(&command.at, self.zone);
        format!("{} {at}: {}", self.say("Office,", "Büro,"), short(&what))
    }

    fn choices(&self, status: &Status, timer_runs: bool) -> Vec<Choice> {
        let choice =
            |does, english: &str, german: &str| Choice { label: self.say(english, german), does };
        let mut choices = vec![choice(OPEN, "Open…", "Öffnen…")];
        if timer_runs {
            choices.push(choice(STOP_TIMER, "Stop the timer", "Stoppuhr anhalten"));
        }
        if status.paused_until.is_some() {
            choices.push(choice("off", "Record again", "Wieder aufzeichnen"));
        }
        choices.extend([
            choice("15m", "Pause for 15 minutes", "15 Minuten pausieren"),
            choice("1h", "Pause for an hour", "Eine Stunde pausieren"),
            choice("today", "Pause for today", "Für heute pausieren"),
            choice("on", "Pause until I say", "Pausieren, bis ich es sage"),
        ]);
        choices
    }
}

/// Its begin, where it is longer than a menu takes.
fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(short("plain"), "plain");
        assert_eq!(short(&"ü".repeat(MOST_CHARACTERS)), "ü".repeat(MOST_CHARACTERS));
        assert_eq!(short(&"ü".repeat(61)), format!("{}…", "ü".repeat(60)));
    }
}
