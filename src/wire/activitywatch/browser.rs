//! Which browser a web watcher watches, and how that browser's windows are called: a rule about an application holds for both.
//!
//! The names are those by which ActivityWatch itself finds a browser's windows, those of Wayland and of Flatpak, and those of browsers that tell
//! a web watcher the name of another. A rule too many fits rather than one too few.

/// Buckets of the web watcher name their browser here, and their events name none.
const WEB_WATCHER: &str = "aw-watcher-web-";

/// What a web watcher calls a browser, and how its windows may be called, in lower case.
const NAMES: &[(&str, &[&str])] = &[
    (
        "chrome",
        &[
            "google chrome",
            "google-chrome",
            "google-chrome-stable",
            "google-chrome-beta",
            "google-chrome-unstable",
            "google chrome beta",
            "google chrome canary",
            "google chrome for testing",
            "com.google.chrome",
            "chrome",
            "chrome.exe",
            "chromium",
            "chromium.exe",
            "chromium-browser",
            "chromium-browser-chromium",
            "org.chromium.chromium",
            "ungoogled-chromium",
            "io.github.ungoogled_software.ungoogled_chromium",
            "brave-browser",
            "brave browser",
            "brave.exe",
            "thorium-browser",
        ],
    ),
    (
        "firefox",
        &[
            "firefox",
            "firefox.exe",
            "firefox-esr",
            "firefox-beta",
            "firefox beta",
            "firefox-nightly",
            "firefox nightly",
            "nightly",
            "firefox-developer-edition",
            "firefox developer edition",
            "firefoxdeveloperedition",
            "firefox-aurora",
            "firefox-default",
            "org.mozilla.firefox",
            "mozilla firefox",
            "navigator",
            "librewolf",
            "librewolf.exe",
            "librewolf-default",
            "io.gitlab.librewolf-community",
            "waterfox",
            "waterfox.exe",
            "waterfox-default",
            "net.waterfox.waterfox",
            "zen",
            "zen.exe",
            "zen browser",
            "zen-browser",
            "zen-alpha",
            "zen-beta",
            "app.zen_browser.zen",
            "floorp",
            "floorp.exe",
            "floorp-default",
            "one.ablaze.floorp",
            "icecat",
            "iceweasel",
            "mullvad browser",
            "mullvadbrowser",
            "tor browser",
        ],
    ),
    (
        "edge",
        &[
            "microsoft edge",
            "microsoft-edge",
            "microsoft-edge-stable",
            "microsoft-edge-beta",
            "microsoft-edge-dev",
            "microsoft edge beta",
            "microsoft edge dev",
            "com.microsoft.edge",
            "edge",
            "msedge",
            "msedge.exe",
            "microsoftedge.exe",
        ],
    ),
    (
        "brave",
        &[
            "brave",
            "brave.exe",
            "brave browser",
            "brave browser beta",
            "brave-browser",
            "brave-browser-beta",
            "brave-browser-nightly",
            "com.brave.browser",
        ],
    ),
    (
        "opera",
        &[
            "opera",
            "opera.exe",
            "opera-stable",
            "opera-beta",
            "opera-developer",
            "opera gx",
            "com.opera.opera",
        ],
    ),
    (
        "vivaldi",
        &["vivaldi", "vivaldi.exe", "vivaldi-stable", "vivaldi-snapshot", "com.vivaldi.vivaldi"],
    ),
    ("safari", &["safari"]),
    ("arc", &["arc", "arc.exe"]),
    ("orion", &["orion"]),
    ("yandex", &["yandex", "yandex-browser", "yandex-browser-beta", "browser.exe"]),
];

/// A browser, as a web watcher calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser<'a>(&'a str);

impl Browser<'static> {
    /// What a web watcher says that does not know its browser.
    pub const UNKNOWN: Self = Self("unknown");
}

impl<'a> Browser<'a> {
    /// `firefox` of `aw-watcher-web-firefox_computer`; nothing for other watchers' buckets.
    pub fn of_bucket(bucket: &'a str) -> Option<Self> {
        let rest = bucket.strip_prefix(WEB_WATCHER)?;
        Some(Self(rest.split_once('_').map_or(rest, |(browser, _)| browser)))
    }

    /// The browsers whose windows may be called so.
    pub fn called(app: &str) -> impl Iterator<Item = Browser<'static>> {
        let app = app.to_lowercase();
        let called = move |(_, names): &&(_, &[&str])| names.contains(&app.as_str());
        NAMES.iter().filter(called).map(|(browser, _)| Browser(browser))
    }

    /// The bucket of its web watcher.
    pub fn bucket(&self) -> String {
        format!("{WEB_WATCHER}{}", self.0)
    }

    /// Does any of its names satisfy `test`?
    pub fn names(&self, test: impl Fn(&str) -> bool) -> bool {
        let known = NAMES.iter().find(|(browser, _)| browser.eq_ignore_ascii_case(self.0));
        test(self.0) || known.is_some_and(|(_, names)| names.iter().any(|name| test(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_both_ways() {
        for (browser, names) in NAMES {
            for name in *names {
                assert_eq!(*name, name.to_lowercase(), "a name is compared in lower case");
                assert!(Browser::called(&name.to_uppercase()).any(|called| called.0 == *browser));
                assert!(Browser(browser).names(|one| one == *name));
            }
        }
        let chrome = Browser::called("Google-chrome").next().unwrap();
        assert_eq!(Browser::of_bucket(&chrome.bucket()), Some(chrome));
        assert_eq!(Browser::called("Mail").next(), None);
        assert_eq!(Browser::of_bucket("aw-watcher-window_pc"), None);
    }
}
