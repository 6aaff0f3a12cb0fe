//! `timebook help`: what a command takes, or what the handbook says.

use clap::{Command, CommandFactory};
use serde_json::json;

use super::arguments::Arguments;
use super::config::Config;
use super::exit::Failure;
use super::print;
use crate::service::handbook::{self, Chapter};

/// Prints the help of the command that `words` name, or else the chapters in which they stand.
///
/// # Errors
/// When they name nothing and stand nowhere.
pub(crate) fn run(config: &Config, words: &[String]) -> Result<(), Failure> {
    let mut program = Arguments::command();
    program.build();
    if let Some(mut command) = named(&program, words) {
        print::line(command.render_long_help().to_string().trim_end());
        if words.is_empty() {
            print::line("\nThe handbook (timebook help WORD):");
            list(handbook::chapters(&language()));
        }
        return Ok(());
    }
    let found = handbook::search(&language(), words);
    if config.json {
        let item = |chapter: &Chapter| json!({ "id": chapter.id, "title": chapter.title(), "text": chapter.text() });
        print::json(&json!({ "items": found.iter().map(item).collect::<Vec<_>>() }));
        return Ok(());
    }
    match found.as_slice() {
        [] => Err(Failure::usage(format!(
            "Neither a command nor a word of the handbook: {}. `timebook help` lists both.",
            words.join(" ")
        ))),
        [one, others @ ..] => {
            print::line(&format!("{}\n\n{}", one.title(), one.text()));
            if !others.is_empty() {
                print::line("\nAlso in:");
                list(others);
            }
            Ok(())
        }
    }
}

/// The command that all of the words name, one after the other; the whole program without words.
fn named(program: &Command, words: &[String]) -> Option<Command> {
    let mut command = program;
    for word in words {
        command = command.get_subcommands().find(|one| one.get_name() == word.as_str())?;
    }
    Some(command.clone())
}

fn list(chapters: &[Chapter]) {
    for chapter in chapters {
        print::line(&format!("  {:<13}{}", chapter.id, chapter.title()));
    }
}

/// The language of this person's system, as far as the handbook has it.
fn language() -> String {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let is_german = set.is_some_and(|value| value.starts_with("de"));
    if is_german { "de" } else { "en" }.to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// A command that the handbook tells and that does not exist would send its reader into the dark.
    #[test]
    fn every_command_of_the_handbook_is_one() {
        let lines = ["en", "de"].into_iter().flat_map(handbook::chapters).flat_map(|chapter| {
            chapter.text().lines().filter_map(|line| line.strip_prefix("    "))
        });
        let mut seen = 0;
        for line in lines {
            let told = line.split(" > ").next().unwrap().trim_start_matches("sudo ");
            // Between quotes is one word.
            let words = told.split('"').enumerate().flat_map(|(at, part)| {
                if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }
            });
            let parsed = Arguments::try_parse_from(words);
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
            seen += 1;
        }
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn words_name_a_command_or_a_chapter() {
        let mut program = Arguments::command();
        program.build();
        let named = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            named(&program, &words).map(|command| command.get_name().to_owned())
        };
        assert_eq!(named(&[]).as_deref(), Some("timebook"));
        assert_eq!(named(&["backup", "create"]).as_deref(), Some("create"));
        assert_eq!(named(&["certificate"]), None);
    }
}
