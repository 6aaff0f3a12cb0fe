//! The icon in the notification area: a face, a menu, and what is chosen there. One file per platform.
//!
//! Optional wherever it is used: without a desktop that has such an area there is none, and everything else goes on. Knows no domain
//! type; must never hold anything that the person at this screen may not see.

mod drawing;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(any(target_os = "linux", windows)))]
mod other;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(any(target_os = "linux", windows)))]
use other as platform;
#[cfg(windows)]
use windows as platform;

pub use platform::Icon;

/// What the icon shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Whose icon, for the desktop: a short stable name.
    pub id: &'static str,
    /// How things stand, for the person.
    pub title: String,
    /// The same as a colour and a shape.
    pub tone: Tone,
    /// Lines to read in the menu.
    pub lines: Vec<String>,
    /// What can be chosen in the menu; a press on the icon chooses the first.
    pub choices: Vec<Choice>,
}

/// How things stand: a colour, and a shape for whoever does not tell colours apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be: a tick.
    Good,
    /// Held up for a while: two bars.
    Paused,
    /// Not at all: a square.
    Stopped,
}

/// A line of the menu that does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is read.
    pub label: String,
    /// What is sent when it is chosen.
    pub does: &'static str,
}

/// There is no place for an icon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this session has no notification area ({0})")]
pub struct NoIcon(pub String);

/// Does this session speak German? Otherwise English is spoken.
#[must_use]
pub fn speaks_german() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let language = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    language.is_some_and(|language| language.starts_with("de"))
}

/// Opens an address in the person's browser.
///
/// # Errors
/// What the system said.
pub fn open_in_browser(address: &str) -> std::io::Result<()> {
    let mut command = std::process::Command::new(platform::OPENER);
    command.arg(address).stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn()?;
    // It ends by itself; somebody has to hear of it.
    std::thread::Builder::new().name("opener".to_owned()).spawn(move || child.wait()).map(drop)
}
