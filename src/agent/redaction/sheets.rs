//! The two sheets of rules on this computer: `rules`, the person's own, and `office-rules`, as the office sent them.
//!
//! Both are looked at again whenever something is recorded, so that a change counts at once, whoever made it. Must never let anything
//! pass while a sheet does not read: what a person did not want recorded must not be recorded by mistake.

use std::io::ErrorKind;
use std::time::SystemTime;

use super::super::AgentError;
use super::super::folder::Folder;
use crate::domain::activity::EventData;
use crate::domain::redaction::Rules;
use crate::domain::text::RuleSheet;
use crate::wire::activitywatch::{Redacted, redact};
use crate::wire::v1::{RedactionTest, RedactionTested, sheet_mark};

const OWN: &str = "rules";
const OFFICE: &str = "office-rules";

/// A sheet as it stands on the disk.
#[derive(Clone, Debug)]
pub struct Sheet {
    file: &'static str,
    stamp: Option<(SystemTime, u64)>,
    /// Its rules; a sentence when it does not read.
    pub rules: Result<Rules, String>,
}

/// Both sheets.
#[derive(Clone, Debug)]
pub struct Sheets {
    folder: Folder,
    /// The office's.
    pub office: Sheet,
    /// The person's own.
    pub own: Sheet,
}

impl Sheets {
    /// Both as they stand.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn read(folder: &Folder) -> Result<Self, AgentError> {
        let mut sheets =
            Self { folder: folder.clone(), office: Sheet::none(OFFICE), own: Sheet::none(OWN) };
        sheets.look_again()?;
        Ok(sheets)
    }

    /// Reads again what has changed; has something?
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn look_again(&mut self) -> Result<bool, AgentError> {
        let office = self.office.look_again(&self.folder)?;
        Ok(self.own.look_again(&self.folder)? || office)
    }

    /// Is there nothing that any event could fit?
    pub(in crate::agent) fn are_empty(&self) -> bool {
        let is_empty =
            |sheet: &Sheet| matches!(&sheet.rules, Ok(rules) if rules.iter().next().is_none());
        is_empty(&self.office) && is_empty(&self.own)
    }

    /// What is stored of an event for the bucket of this name.
    pub fn hold_over(&self, bucket: &str, data: &EventData) -> Redacted {
        match (&self.office.rules, &self.own.rules) {
            (Ok(office), Ok(own)) => redact([office, own], bucket, data),
            _ => Redacted::Dropped,
        }
    }

    /// What is wrong with them, for the person.
    pub fn faults(&self) -> Vec<String> {
        let fault = |sheet: &Sheet| {
            let why = sheet.rules.as_ref().err()?;
            let path = self.folder.path(sheet.file);
            Some(format!(
                "{} does not read: {why} Until it does, nothing is recorded here.",
                path.display()
            ))
        };
        [&self.office, &self.own].into_iter().filter_map(fault).collect()
    }
}

impl Sheet {
    fn none(file: &'static str) -> Self {
        Self { file, stamp: None, rules: Ok(Rules::default()) }
    }

    fn look_again(&mut self, folder: &Folder) -> Result<bool, AgentError> {
        let stamp = std::fs::metadata(folder.path(self.file))
            .and_then(|told| Ok((told.modified()?, told.len())));
        let stamp = match stamp {
            Ok(stamp) => Some(stamp),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            // There may be rules, and they may say no.
            Err(error) => {
                self.rules = Err(format!("{error}."));
                self.stamp = Some((SystemTime::UNIX_EPOCH, u64::MAX));
                return Ok(true);
            }
        };
        if stamp == self.stamp {
            return Ok(false);
        }
        self.stamp = stamp;
        self.rules = match folder.read(self.file) {
            Ok(text) => rules(&text.unwrap_or_default()),
            Err(error) => {
                // Nothing says that it will look another when it can be read.
                self.stamp = Some((SystemTime::UNIX_EPOCH, u64::MAX));
                Err(error.to_string())
            }
        };
        Ok(true)
    }
}

fn rules(text: &str) -> Result<Rules, String> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        // A letter that does not read would never be found.
        return Err("it is no UTF-8 text. Save it as UTF-8.".to_owned());
    }
    Rules::parse(text).map_err(|error| error.to_string())
}

/// The person's own sheet, as it is written.
///
/// # Errors
/// [`AgentError::File`].
pub fn own(folder: &Folder) -> Result<String, AgentError> {
    Ok(folder.read(OWN)?.unwrap_or_default())
}

/// The office's sheet, as it is written.
///
/// # Errors
/// [`AgentError::File`].
pub fn office(folder: &Folder) -> Result<String, AgentError> {
    Ok(folder.read(OFFICE)?.unwrap_or_default())
}

/// The person's own sheet, from now on.
///
/// # Errors
/// [`AgentError::BadRule`], and then the old one stands; [`AgentError::File`].
pub fn set_own(folder: &Folder, text: &str) -> Result<(), AgentError> {
    let text = with_plain_lines(text);
    check(&text)?;
    folder.create()?;
    folder.write(OWN, &text)
}

/// The person's own sheet, from now on, unless another than that of the mark `seen` stands there: then it stands, and comes back.
///
/// # Errors
/// As [`set_own`].
pub fn replace_own(
    folder: &Folder,
    text: &str,
    seen: &str,
) -> Result<Result<(), String>, AgentError> {
    let stands = own(folder)?;
    if sheet_mark(&stands) != seen {
        return Ok(Err(stands));
    }
    set_own(folder, text).map(Ok)
}

/// One more rule of the person's own; was it not there yet?
///
/// # Errors
/// As [`set_own`].
pub fn add(folder: &Folder, rule: &str) -> Result<bool, AgentError> {
    let mut sheet = own(folder)?;
    if !sheet.is_empty() && !sheet.ends_with('\n') {
        sheet.push('\n');
    }
    // One rule, on a line of its own.
    let one = Rules::parse(rule).map_err(|error| AgentError::BadRule(without_line(&error)))?;
    let known: Vec<String> = sheet.lines().map(|line| line.trim().to_owned()).collect();
    let mut is_new = false;
    for rule in one.iter().map(ToString::to_string).filter(|rule| !known.contains(rule)) {
        sheet.push_str(&format!("{rule}\n"));
        is_new = true;
    }
    set_own(folder, &sheet).map(|()| is_new)
}

/// From now on nothing of the application of this name is recorded here; was it recorded so far?
///
/// # Errors
/// As [`set_own`]; [`AgentError::BadRule`] for what is no name of one application.
pub fn make_private(folder: &Folder, app: &str) -> Result<bool, AgentError> {
    // A name with a line break in it would be rules that nobody agreed to.
    if app.trim().is_empty() || app.contains(char::is_control) {
        let sentence = "This is no name of an application. Write the rule into your rules.";
        return Err(AgentError::BadRule(sentence.to_owned()));
    }
    let app = app.trim();
    // Behind a space, the sign would read as a comment.
    let rule = match app.contains('#') {
        true => format!("drop app ~ ^{}$", regex::escape(app).replace("\\#", "[#]")),
        false => format!("drop app = {app}"),
    };
    add(folder, &rule)
}

/// What is wrong with a rule that stands alone: there are no lines to count.
fn without_line(error: &impl ToString) -> String {
    let said = error.to_string();
    said.strip_prefix("Line 1: ").unwrap_or(&said).to_owned()
}

/// The person's rule of this number, counted from 1, is gone.
///
/// # Errors
/// [`AgentError::BadRule`] when there is none; [`AgentError::File`].
pub fn remove(folder: &Folder, number: usize) -> Result<(), AgentError> {
    let sheet = own(folder)?;
    let mut seen = 0;
    let mut left = String::new();
    for line in sheet.lines() {
        let is_rule = !line.trim().is_empty() && !line.trim().starts_with('#');
        seen += usize::from(is_rule);
        if !(is_rule && seen == number) {
            left.push_str(line);
            left.push('\n');
        }
    }
    if !(1..=seen).contains(&number) {
        let sentence =
            format!("There is no rule {number} of your own. timebook agent rules shows them.");
        return Err(AgentError::BadRule(sentence));
    }
    set_own(folder, &left)
}

/// What the office's rules and the person's own, or the sheet in `sample` in place of the latter, make of it.
///
/// # Errors
/// [`AgentError::BadRule`]; [`AgentError::File`].
pub fn test(folder: &Folder, sample: &RedactionTest) -> Result<RedactionTested, AgentError> {
    let sheets = Sheets::read(folder)?;
    let tried = match &sample.rules {
        Some(text) => Rules::parse(text).map_err(|error| error.to_string()),
        None => sheets.own.rules,
    };
    let (office, tried) = (sheets.office.rules, tried);
    let (office, tried) =
        (office.map_err(AgentError::BadRule)?, tried.map_err(AgentError::BadRule)?);
    sample.under([&office, &tried]).ok_or_else(|| {
        AgentError::BadRule("This is more than one event may hold. Try with less.".to_owned())
    })
}

/// The mark of the office's sheet that is held here.
pub(in crate::agent) fn office_mark(folder: &Folder) -> Result<String, AgentError> {
    Ok(sheet_mark(&office(folder)?))
}

/// The office's sheet, from now on.
///
/// # Errors
/// [`AgentError::BadRule`], and then the old one stands; [`AgentError::File`].
pub(in crate::agent) fn set_office(folder: &Folder, text: &str) -> Result<(), AgentError> {
    check(text)?;
    if office(folder)? == text {
        return Ok(());
    }
    folder.write(OFFICE, text)
}

/// As Windows ends lines, they are none here.
fn with_plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn check(text: &str) -> Result<(), AgentError> {
    RuleSheet::new(text).map_err(|error| AgentError::BadRule(error.to_string()))?;
    Rules::parse(text).map(drop).map_err(|error| AgentError::BadRule(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;
    use crate::wire::json::event_data;

    fn window(app: &str) -> EventData {
        event_data(&serde_json::json!({ "app": app, "title": "t" })).unwrap()
    }

    #[test]
    fn both_sheets_hold_and_a_change_counts_at_once() {
        let data = Data::new();
        let folder = data.folder();
        let mut sheets = Sheets::read(&folder).unwrap();
        assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Kept);
        add(&folder, "drop app = a").unwrap();
        set_office(&folder, "drop app = b").unwrap();
        sheets.look_again().unwrap();
        for app in ["a", "b"] {
            assert_eq!(sheets.hold_over("w", &window(app)), Redacted::Dropped, "{app}");
        }
        remove(&folder, 1).unwrap();
        sheets.look_again().unwrap();
        assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Kept);
        assert!(remove(&folder, 1).is_err() && remove(&folder, 0).is_err());
    }

    #[test]
    fn a_private_application_is_one_rule_and_never_more() {
        let data = Data::new();
        let folder = data.folder();
        assert!(make_private(&folder, "Key+Safe").unwrap());
        assert!(!make_private(&folder, " Key+Safe ").unwrap(), "it is there already");
        assert!(make_private(&folder, "Draw (C #1)").unwrap());
        let rules = "drop app = Key+Safe\ndrop app ~ ^Draw \\(C [#]1\\)$\n";
        assert_eq!(own(&folder).unwrap(), rules);
        for app in ["", "  ", "a\ndrop app ~ .", "a\rdrop app ~ ."] {
            assert!(make_private(&folder, app).is_err(), "{app:?}");
        }
        assert_eq!(own(&folder).unwrap(), rules);
        let sheets = Sheets::read(&folder).unwrap();
        for (app, kept) in [
            ("key+safe", Redacted::Dropped),
            ("draw (c #1)", Redacted::Dropped),
            ("Draw", Redacted::Kept),
        ] {
            assert_eq!(sheets.hold_over("w", &window(app)), kept, "{app}");
        }
    }

    #[test]
    fn nothing_passes_a_sheet_that_does_not_read() {
        let data = Data::new();
        let folder = data.folder();
        folder.write(OWN, "drop everything").unwrap();
        let sheets = Sheets::read(&folder).unwrap();
        assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Dropped);
        let fault = sheets.faults().pop().unwrap();
        assert!(fault.contains("Line 1") && fault.contains("nothing is recorded"), "{fault}");
        assert!(set_own(&folder, "drop nothing").is_err());
        assert_eq!(own(&folder).unwrap(), "drop everything", "the old one stands");
    }

    #[test]
    fn nothing_passes_a_sheet_of_other_letters_or_one_that_cannot_be_opened() {
        let data = Data::new();
        let folder = data.folder();
        std::fs::write(folder.path(OWN), b"drop title ~ Geh\xe4lter").unwrap();
        let mut sheets = Sheets::read(&folder).unwrap();
        assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Dropped);
        let fault = sheets.faults().pop().unwrap();
        assert!(fault.contains("UTF-8") && fault.contains("nothing is recorded"), "{fault}");
        folder.write(OWN, "drop title ~ Gehälter").unwrap();
        sheets.look_again().unwrap();
        assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Kept);
        #[cfg(unix)]
        {
            // A link that leads to itself: there is a sheet, and nobody can read it.
            folder.remove(OWN).unwrap();
            std::os::unix::fs::symlink(folder.path(OWN), folder.path(OWN)).unwrap();
            sheets.look_again().unwrap();
            assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Dropped);
            assert_eq!(sheets.faults().len(), 1);
            folder.remove(OWN).unwrap();
            sheets.look_again().unwrap();
            assert_eq!(sheets.hold_over("w", &window("a")), Redacted::Kept);
        }
    }

    #[test]
    fn lines_end_as_on_windows_too() {
        let data = Data::new();
        let folder = data.folder();
        set_own(&folder, "drop app = a\r\nmask app = b\r\n").unwrap();
        assert_eq!(own(&folder).unwrap(), "drop app = a\nmask app = b\n");
        std::fs::write(folder.path(OWN), "drop app = a\r\nmask app = b").unwrap();
        add(&folder, "drop app = c").unwrap();
        remove(&folder, 1).unwrap();
        assert_eq!(own(&folder).unwrap(), "mask app = b\ndrop app = c\n");
    }

    #[test]
    fn nobodys_rule_is_lost_by_another_who_saves() {
        let data = Data::new();
        let folder = data.folder();
        add(&folder, "drop app = a").unwrap();
        let seen = sheet_mark(&own(&folder).unwrap());
        add(&folder, "drop app = b").unwrap();
        let stands = replace_own(&folder, "mask app = a", &seen).unwrap();
        assert_eq!(stands, Err("drop app = a\ndrop app = b\n".to_owned()));
        let seen = sheet_mark(&own(&folder).unwrap());
        assert_eq!(replace_own(&folder, "mask app = a", &seen).unwrap(), Ok(()));
        assert_eq!(own(&folder).unwrap(), "mask app = a");
    }

    #[test]
    fn a_rule_is_tried_without_being_kept() {
        let data = Data::new();
        let folder = data.folder();
        let sample = RedactionTest {
            rules: Some("cut title ~ t".to_owned()),
            app: Some("a".to_owned()),
            title: Some("tea".to_owned()),
            url: None,
        };
        let tested = test(&folder, &sample).unwrap();
        assert_eq!((tested.outcome.as_str(), tested.title.as_deref()), ("changed", Some("***ea")));
        assert_eq!(tested.because, ["cut title ~ t"]);
        assert_eq!(own(&folder).unwrap(), "");
        assert!(test(&folder, &RedactionTest { rules: Some("x".to_owned()), ..sample }).is_err());
    }
}
