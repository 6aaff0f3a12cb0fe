//! Who the people of a file are here, where that was said.

use std::collections::BTreeMap;

use crate::service::error::ServiceError;
use crate::wire::import::ImportRow;

/// More people than an office has are a mistake.
const MOST_MAPPED: usize = 10_000;

/// By what the file calls them, whatever its case: the sign-in name here.
#[derive(Debug, Default)]
pub(super) struct Mapped(BTreeMap<String, String>);

impl Mapped {
    /// Reads lines of what the file says, `=`, and the sign-in name.
    pub(super) fn read(text: &str) -> Result<Self, ServiceError> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let read = lines.take(MOST_MAPPED).map(|line| {
            // A name in a file may hold the sign, a sign-in name cannot.
            let (in_file, name) = line.rsplit_once('=')?;
            let is_whole = !in_file.trim().is_empty() && !name.trim().is_empty();
            is_whole.then(|| (in_file.trim().to_lowercase(), name.trim().to_owned()))
        });
        read.collect::<Option<_>>().map(Self).ok_or_else(|| {
            ServiceError::bad_input(
                "bad_people",
                "Who somebody of the file is here is said as NAME IN THE FILE=SIGN-IN NAME.",
                "Write one of these a line.",
            )
        })
    }

    /// Everybody who is named as somebody.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.values()
    }

    /// Whose the row is, by its address or its name.
    pub(super) fn of(&self, row: &ImportRow) -> Option<&String> {
        let called = [&row.email, &row.user].into_iter().flatten();
        called.into_iter().find_map(|called| self.0.get(&called.to_lowercase()))
    }
}

/// What a person sees of how the file calls somebody; empty when it names nobody.
pub(super) fn shown(row: &ImportRow) -> String {
    let called = row.email.as_deref().or(row.user.as_deref()).unwrap_or_default();
    called.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_the_file_says_and_a_sign_in_name() {
        let read = Mapped::read("Ada L.=ada\n\n a=b@office.test = bo \n").unwrap();
        assert_eq!(read.names().collect::<Vec<_>>(), ["bo", "ada"]);
        for bad in ["ada", "=ada", "Ada L.=", " = "] {
            assert_eq!(Mapped::read(bad).unwrap_err().code(), "bad_people", "{bad}");
        }
    }
}
