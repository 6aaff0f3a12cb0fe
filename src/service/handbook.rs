//! The handbook: short chapters on what people do with Timebook, in each language of the page; inside the executable.

/// A chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its name in addresses and on the command line.
    pub id: &'static str,
    /// Markdown: a title, paragraphs, and commands indented by four spaces.
    markdown: &'static str,
}

impl Chapter {
    /// What it is about.
    pub fn title(&self) -> &'static str {
        let first = self.markdown.lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }

    /// What it says, without its title.
    pub fn text(&self) -> &'static str {
        self.markdown.split_once('\n').map_or("", |(_, rest)| rest).trim()
    }
}

/// All chapters in the language `de`, or in English for any other.
pub fn chapters(language: &str) -> &'static [Chapter] {
    if language == "de" { &DE } else { &EN }
}

/// The chapters in which each of the words stands, the ones with them in the title first; all without words.
pub fn search(language: &str, words: &[String]) -> Vec<Chapter> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let has = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let found =
        chapters(language).iter().filter(|chapter| has(chapter.markdown) || has(chapter.id));
    let mut found: Vec<Chapter> = found.copied().collect();
    found.sort_by_key(|chapter| !has(chapter.title()) && !has(chapter.id));
    found
}

macro_rules! book {
    ($language:literal: $($id:literal $file:literal),* $(,)?) => {
        [$(Chapter {
            id: $id,
            markdown: include_str!(concat!("../../handbook/", $language, "/", $file)),
        }),*]
    };
}

macro_rules! books {
    ($($name:ident $language:literal),*) => {$(
        static $name: [Chapter; 12] = book!($language:
            "beginning" "01-beginning.md",
            "people" "02-people.md",
            "computers" "03-computers.md",
            "privacy" "04-privacy.md",
            "time" "05-time.md",
            "backups" "06-backups.md",
            "restoring" "07-restoring.md",
            "stopping" "08-stopping.md",
            "certificate" "09-certificate.md",
            "mail" "10-mail.md",
            "trouble" "11-trouble.md",
            "elsewhere" "12-elsewhere.md",
        );
    )*};
}

books!(EN "en", DE "de");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chapter_is_there_in_both_languages_with_the_same_commands() {
        let commands = |chapter: &Chapter| -> Vec<String> {
            let lines = chapter.text().lines().filter(|line| line.starts_with("    "));
            lines.map(|line| line.split('"').step_by(2).collect()).collect()
        };
        for (en, de) in EN.iter().zip(&DE) {
            assert_eq!(en.id, de.id);
            assert!(!en.title().is_empty() && !de.title().is_empty() && en.title() != de.title());
            assert_eq!(commands(en), commands(de), "{}", en.id);
        }
    }

    #[test]
    fn words_find_their_chapter() {
        let found = |language: &str, words: &[&str]| -> Vec<&str> {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            search(language, &words).iter().map(|chapter| chapter.id).collect()
        };
        assert_eq!(found("en", &["Certificate"])[0], "certificate");
        assert_eq!(found("de", &["Wiederherstellungscode", "leer"]), ["restoring"]);
        assert_eq!(found("en", &["bucket", "sealed"]), ["backups"]);
        assert_eq!(found("en", &[]).len(), EN.len());
        assert!(found("en", &["rhinoceros"]).is_empty());
    }
}
