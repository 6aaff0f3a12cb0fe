//! Which browser a window and a watcher of pages belong to: a page counts while its own browser is in front.

use std::collections::BTreeSet;

/// Names that programs of one browser go by, as words in lower case; the first is what its watcher is called.
const BROWSERS: &[&[&str]] = &[
    &["firefox", "firefoxdeveloperedition", "nightly", "navigator", "mozilla"],
    &["chrome", "chromium"],
    &["edge", "msedge"],
    &["safari"],
    &["brave"],
    &["opera"],
    &["vivaldi"],
    &["librewolf"],
    &["waterfox"],
    &["floorp"],
    &["arc"],
    &["zen"],
    &["orion"],
    &["yandex"],
    &["duckduckgo"],
    &["epiphany"],
    &["browser"],
];
/// What the buckets of watchers of pages begin with.
const WATCHER: &str = "aw-watcher-web-";

/// A watcher of pages, by its bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageWatcher {
    words: BTreeSet<String>,
    browser: Option<usize>,
}

impl PageWatcher {
    /// The watcher that writes the bucket of this name, such as `aw-watcher-web-firefox_laptop`.
    pub fn of_bucket(name: &str) -> Self {
        let name = name.strip_prefix(WATCHER).unwrap_or(name);
        let words = words(name.split('_').next().unwrap_or(name));
        Self { browser: browser(&words), words }
    }

    /// Does it see the pages of the browser that is this application, beside `others` (itself may be among them)? One that goes by no
    /// browser's name sees every browser without a watcher of its own.
    pub fn sees(&self, app: &str, others: &[Self]) -> bool {
        let words = words(app);
        let Some(of_app) = browser(&words) else {
            return self.browser.is_none() && !self.words.is_disjoint(&words);
        };
        match self.browser {
            Some(own) => own == of_app,
            None => !others.iter().any(|other| other.browser == Some(of_app)),
        }
    }
}

/// The browser with one of these words in its name, the most particular one: `Brave Browser` is Brave.
fn browser(words: &BTreeSet<String>) -> Option<usize> {
    BROWSERS.iter().position(|names| names.iter().any(|name| words.contains(*name)))
}

fn words(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "exe")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_sees_its_own_browser() {
        let of = PageWatcher::of_bucket;
        for (bucket, app, sees) in [
            ("aw-watcher-web-firefox", "firefox.exe", true),
            ("aw-watcher-web-firefox_desk", "Navigator", true),
            ("aw-watcher-web-firefox", "Google-chrome", false),
            ("aw-watcher-web-chrome_my-firefox", "Firefox", false),
            ("aw-watcher-web-chrome", "Chromium-browser", true),
            ("aw-watcher-web-edge", "Microsoft Edge", true),
            ("aw-watcher-web-edge", "Ledger Live", false),
            ("aw-watcher-web-brave", "Brave Browser", true),
            ("aw-watcher-web-mullvad", "Mullvad", true),
            ("aw-watcher-web-unknown", "Firefox", true),
            ("pages", "Safari", true),
            ("pages", "Editor", false),
        ] {
            assert_eq!(of(bucket).sees(app, &[]), sees, "{bucket} {app}");
        }
        let others = [of("aw-watcher-web-firefox"), of("aw-watcher-web-unknown")];
        assert!(!others[1].sees("Firefox", &others), "Firefox has a watcher of its own");
        assert!(others[1].sees("Opera", &others));
    }
}
