//! Linux: a StatusNotifierItem on the session's D-Bus. A desktop that starts later takes it up then.

use futures_util::StreamExt;
use ksni::menu::{MenuItem, StandardItem};
use ksni::{Handle, ToolTip, Tray, TrayMethods};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zbus::{Connection, MessageStream};

use super::drawing::{SIZES, draw};
use super::{Face, NoIcon};

/// What opens an address in the person's browser.
pub(super) const OPENER: &str = "xdg-open";

/// An icon that is shown until this is dropped, wherever the desktop shows such.
pub struct Icon {
    shown: Handle<Shown>,
    /// Ends with the bus: the library that shows the icon does not tell.
    bus: JoinHandle<()>,
}

struct Shown {
    face: Face,
    chosen: mpsc::UnboundedSender<&'static str>,
}

impl Icon {
    /// Shows the icon; what is chosen in its menu comes through the receiver.
    ///
    /// # Errors
    /// [`NoIcon`] without a session bus.
    pub async fn show(face: Face) -> Result<(Self, mpsc::UnboundedReceiver<&'static str>), NoIcon> {
        let connection = Connection::session().await.map_err(|error| NoIcon(error.to_string()))?;
        let (chosen, choices) = mpsc::unbounded_channel();
        let shown = Shown { face, chosen };
        let handle = shown.assume_sni_available(true).spawn().await;
        let handle = handle.map_err(|error| NoIcon(error.to_string()))?;
        Ok((Self { shown: handle, bus: tokio::spawn(watch(connection)) }, choices))
    }

    /// Is there a bus to show it on?
    pub fn is_shown(&self) -> bool {
        !self.bus.is_finished()
    }

    /// Shows another face.
    pub async fn change(&self, face: Face) {
        self.shown.update(|shown| shown.face = face).await;
    }
}

impl Drop for Icon {
    fn drop(&mut self) {
        self.bus.abort();
        drop(self.shown.shutdown());
    }
}

/// Listens, though nobody says anything, until the bus is gone.
async fn watch(connection: Connection) {
    let mut messages = MessageStream::from(connection);
    while let Some(Ok(_)) = messages.next().await {}
}

impl Shown {
    fn choose(&self, does: &'static str) {
        if self.chosen.send(does).is_err() {
            tracing::debug!(does, "nobody listens to the icon any more");
        }
    }
}

impl Tray for Shown {
    fn id(&self) -> String {
        self.face.id.to_owned()
    }

    fn title(&self) -> String {
        self.face.title.clone()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let picture = |size: u16| ksni::Icon {
            width: size.into(),
            height: size.into(),
            data: draw(self.face.tone, size),
        };
        SIZES.into_iter().map(picture).collect()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.face.title.clone(),
            description: self.face.lines.join("\n"),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        if let Some(first) = self.face.choices.first() {
            self.choose(first.does);
        }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let lines = std::iter::once(&self.face.title).chain(&self.face.lines);
        let read = lines.map(|line| {
            StandardItem { label: plain(line), enabled: false, ..StandardItem::default() }.into()
        });
        let choices = self.face.choices.iter().map(|choice| {
            let does = choice.does;
            StandardItem {
                label: plain(&choice.label),
                activate: Box::new(move |shown: &mut Self| shown.choose(does)),
                ..StandardItem::default()
            }
            .into()
        });
        read.chain([MenuItem::Separator]).chain(choices).collect()
    }
}

/// An underscore would mark a key.
fn plain(text: &str) -> String {
    text.replace('_', "__")
}
