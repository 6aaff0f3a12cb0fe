//! Systems whose notification area this program does not reach yet: it needs a loop of the system's own messages on the first thread.

use tokio::sync::mpsc;

use super::drawing::{SIZES, draw};
use super::{Face, NoIcon, Tone};

/// What opens an address in the person's browser.
pub(super) const OPENER: &str = "open";

/// No icon.
pub struct Icon(());

impl Icon {
    /// Says that there is none.
    ///
    /// # Errors
    /// [`NoIcon`], always.
    pub async fn show(
        _face: Face,
    ) -> Result<(Self, mpsc::UnboundedReceiver<&'static str>), NoIcon> {
        let _ = (SIZES, draw as fn(Tone, u16) -> Vec<u8>);
        Err(NoIcon("not on this system yet".to_owned()))
    }

    /// Never called: there is none.
    pub fn is_shown(&self) -> bool {
        false
    }

    /// Never called: there is none.
    pub async fn change(&self, _face: Face) {}
}
