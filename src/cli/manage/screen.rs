//! What the window shows and what its keys mean. No I/O: keys and facts go in, wishes come out.

use std::path::{Path, PathBuf};

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::deed::Deed;
use super::facts::{Facts, Standing};
use super::rows;
use crate::cli::exit::Failure;

/// A page of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Status,
    People,
    Computers,
    Jobs,
    Backups,
    Log,
}

impl Page {
    pub(super) const ALL: [Page; 6] =
        [Page::Status, Page::People, Page::Computers, Page::Jobs, Page::Backups, Page::Log];

    pub(super) fn title(self) -> &'static str {
        match self {
            Page::Status => "Status",
            Page::People => "People",
            Page::Computers => "Computers",
            Page::Jobs => "Jobs",
            Page::Backups => "Backups",
            Page::Log => "Log",
        }
    }

    /// Where its list is asked for.
    pub(super) fn path(self) -> Option<&'static str> {
        match self {
            Page::Status => None,
            Page::People => Some("/api/v1/sessions?limit=500"),
            Page::Computers => Some("/api/v1/devices?limit=500"),
            Page::Jobs => Some("/api/v1/jobs?limit=500"),
            Page::Backups => Some("/api/v1/backups"),
            // From its end.
            Page::Log => Some("/api/v1/audit?before=9007199254740991&limit=200"),
        }
    }

    fn at(self, step: isize) -> Page {
        let all = Self::ALL;
        let now = all.iter().position(|page| *page == self).unwrap_or(0);
        let count = isize::try_from(all.len()).unwrap_or(1);
        let then = (isize::try_from(now).unwrap_or(0) + step).rem_euclid(count);
        all[usize::try_from(then).unwrap_or(0)]
    }
}

/// What the person wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Leave,
    /// The page changed: its list is wanted at once.
    Look,
    Do(Deed),
}

/// What lies over the page.
#[derive(Debug)]
pub(super) enum Dialog {
    /// A question whose yes does this.
    Ask { question: String, deed: Deed },
    /// A new administrator, field after field.
    Administrator(Form),
    /// Something to be read until a key is pressed.
    Told(String),
}

/// The words of a new administrator.
#[derive(Default)]
pub(super) struct Form {
    /// Name, password, and the password again.
    pub(super) fields: [String; 3],
    pub(super) at: usize,
    pub(super) fault: Option<&'static str>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A password is in it.
        f.debug_struct("Form").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Form {
    pub(super) const LABELS: [&str; 3] = ["Name", "Password", "Again"];

    fn on_key(&mut self, code: KeyCode) -> Option<Deed> {
        self.fault = None;
        match code {
            KeyCode::Tab | KeyCode::Down => self.at = (self.at + 1) % self.fields.len(),
            KeyCode::BackTab | KeyCode::Up => {
                self.at = (self.at + self.fields.len() - 1) % self.fields.len();
            }
            KeyCode::Backspace => drop(self.fields[self.at].pop()),
            KeyCode::Char(letter) if self.fields[self.at].len() < MOST_LETTERS => {
                self.fields[self.at].push(letter);
            }
            KeyCode::Enter if self.at + 1 < self.fields.len() => self.at += 1,
            KeyCode::Enter => return self.done(),
            _ => {}
        }
        None
    }

    fn done(&mut self) -> Option<Deed> {
        let [name, password, again] = &self.fields;
        if name.trim().is_empty() {
            (self.at, self.fault) = (0, Some("The name is empty."));
        } else if password != again {
            (self.at, self.fault) = (1, Some("The two passwords differ. Type both again."));
            (self.fields[1], self.fields[2]) = (String::new(), String::new());
        } else {
            let (name, password) = (name.trim().to_owned(), password.clone());
            return Some(Deed::AddAdministrator { name, password });
        }
        None
    }
}

/// The window.
pub(super) struct Screen {
    pub(super) data: PathBuf,
    pub(super) facts: Facts,
    page: Page,
    pub(super) selected: usize,
    pub(super) dialog: Option<Dialog>,
    /// What was done last, or went wrong.
    pub(super) notice: Option<Result<String, String>>,
    /// What is being done.
    pub(super) working: Option<&'static str>,
}

impl Screen {
    pub(super) fn new(data: &Path) -> Screen {
        Screen {
            data: data.to_owned(),
            facts: Facts::default(),
            page: Page::Status,
            selected: 0,
            dialog: None,
            notice: None,
            working: None,
        }
    }

    pub(super) fn page(&self) -> Page {
        self.page
    }

    /// The keys that do something now, for the bottom of the window.
    pub(super) fn keys(&self) -> Vec<(&'static str, &'static str)> {
        let mut keys = Vec::new();
        match &self.facts.standing {
            Standing::Down => keys.push(("s", "Start")),
            Standing::Runs(status) if status["state"] == "stopped" => keys.push(("s", "Start")),
            Standing::Runs(status) if status["state"] == "started" => keys.push(("x", "Stop")),
            Standing::Runs(_) | Standing::Odd(_) | Standing::Unknown => {}
        }
        match self.page {
            Page::Status => keys.push(("a", "Add administrator")),
            Page::People => keys.push(("e", "End session")),
            Page::Jobs => keys.push(("c", "Cancel job")),
            Page::Backups => {
                keys.extend([("b", "Back up now"), ("v", "Verify"), ("r", "Restore")]);
            }
            Page::Computers | Page::Log => {}
        }
        keys.extend([("Tab", "Next page"), ("↑↓", "Choose"), ("q", "Leave")]);
        keys
    }

    /// Takes what was seen; a page that was left meanwhile is not shown on another one.
    pub(super) fn on_facts(&mut self, facts: Facts) {
        if facts.page == self.page {
            self.selected = self.selected.min(facts.items.len().saturating_sub(1));
            self.facts = facts;
        }
    }

    pub(super) fn on_done(&mut self, outcome: Result<String, Failure>) {
        self.working = None;
        match outcome {
            Ok(told) if told.contains('\n') => self.dialog = Some(Dialog::Told(told)),
            other => self.notice = Some(other.map_err(|failure| failure.sentence)),
        }
    }

    pub(super) fn on_event(&mut self, event: &Event) -> Option<Wish> {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return None };
        // Windows tells releases too.
        if *kind == KeyEventKind::Release {
            return None;
        }
        if modifiers.contains(KeyModifiers::CONTROL) {
            return (*code == KeyCode::Char('c')).then_some(Wish::Leave);
        }
        match self.dialog.take() {
            Some(dialog) => self.on_dialog(dialog, *code),
            None => self.on_key(*code),
        }
    }

    fn on_dialog(&mut self, dialog: Dialog, code: KeyCode) -> Option<Wish> {
        match dialog {
            _ if code == KeyCode::Esc => None,
            Dialog::Told(text) => {
                // Not by a key that was meant for something else: what is told may be a secret that is told once.
                if code != KeyCode::Enter {
                    self.dialog = Some(Dialog::Told(text));
                }
                None
            }
            Dialog::Ask { deed, .. } if matches!(code, KeyCode::Char('y' | 'Y')) => self.wish(deed),
            Dialog::Ask { question, deed } => {
                if !matches!(code, KeyCode::Char('n' | 'N')) {
                    self.dialog = Some(Dialog::Ask { question, deed });
                }
                None
            }
            Dialog::Administrator(mut form) => match form.on_key(code) {
                Some(deed) => self.wish(deed),
                None => {
                    self.dialog = Some(Dialog::Administrator(form));
                    None
                }
            },
        }
    }

    fn on_key(&mut self, code: KeyCode) -> Option<Wish> {
        let down = matches!(self.facts.standing, Standing::Down);
        let state = match &self.facts.standing {
            Standing::Runs(status) => status["state"].as_str().unwrap_or_default(),
            Standing::Down | Standing::Odd(_) | Standing::Unknown => "",
        };
        match (code, self.page) {
            (KeyCode::Char('q') | KeyCode::Esc, _) => return Some(Wish::Leave),
            (KeyCode::Tab | KeyCode::Right, page) => return self.turn_to(page.at(1)),
            (KeyCode::BackTab | KeyCode::Left, page) => return self.turn_to(page.at(-1)),
            (KeyCode::Char(digit @ '1'..='9'), _) => {
                let at = usize::from(digit as u8 - b'1');
                return self.turn_to(*Page::ALL.get(at)?);
            }
            (KeyCode::Up, _) => self.selected = self.selected.saturating_sub(1),
            (KeyCode::Down, _) => {
                let last = self.facts.items.len().saturating_sub(1);
                self.selected = (self.selected + 1).min(last);
            }
            (KeyCode::Char('s'), _) if down => return self.wish(Deed::Start),
            (KeyCode::Char('s'), _) if state == "stopped" => return self.wish(Deed::IntoService),
            (KeyCode::Char('x'), _) if state == "started" => self.ask_to_stop(),
            (KeyCode::Char('a'), Page::Status) => {
                self.dialog = Some(Dialog::Administrator(Form::default()));
            }
            (KeyCode::Char('e'), Page::People) => {
                let (id, item) = self.chosen()?;
                let question =
                    format!("End this session of {}? That browser must sign in again.", item[0]);
                self.dialog = Some(Dialog::Ask { question, deed: Deed::EndSession(id) });
            }
            (KeyCode::Char('c'), Page::Jobs) => {
                let (id, item) = self.chosen()?;
                let question = format!("Cancel {} of {}?", item[0], item[1]);
                self.dialog = Some(Dialog::Ask { question, deed: Deed::CancelJob(id) });
            }
            (KeyCode::Char('b'), Page::Backups) => return self.wish(Deed::BackUp),
            (KeyCode::Char('v'), Page::Backups) => {
                let (name, _) = self.chosen()?;
                return self.wish(Deed::VerifyBackup(name));
            }
            (KeyCode::Char('r'), Page::Backups) => {
                let (name, item) = self.chosen()?;
                let question = format!(
                    "Put everything back as it was at {}? What is there now is saved first; everybody signs in anew.",
                    item[1]
                );
                let deed = if down { Deed::RestoreHere(name) } else { Deed::Restore(name) };
                self.dialog = Some(Dialog::Ask { question, deed });
            }
            _ => {}
        }
        None
    }

    fn ask_to_stop(&mut self) {
        let Standing::Runs(status) = &self.facts.standing else { return };
        let of = |key: &str| status[key].as_u64().unwrap_or_default();
        let question = format!(
            "Take the server out of service? Signed in: {}. Long work that is broken off: {}. Everybody comes back signed in.",
            of("users"),
            of("jobs")
        );
        self.dialog = Some(Dialog::Ask { question, deed: Deed::Stop });
    }

    fn chosen(&self) -> Option<(String, Vec<String>)> {
        let item = self.facts.items.get(self.selected)?;
        Some((rows::id(item)?, rows::row(self.page, item, &self.facts.names)))
    }

    fn turn_to(&mut self, page: Page) -> Option<Wish> {
        self.page = page;
        self.selected = 0;
        self.facts.items.clear();
        self.facts.page = page;
        Some(Wish::Look)
    }

    /// One thing at a time: what is under way is waited for.
    fn wish(&mut self, deed: Deed) -> Option<Wish> {
        if self.working.is_some() {
            return None;
        }
        self.notice = None;
        self.working = Some(deed.told());
        Some(Wish::Do(deed))
    }
}

/// A name or password typed here is at most this long.
const MOST_LETTERS: usize = 256;

#[cfg(test)]
mod tests;
