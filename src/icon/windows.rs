//! Windows: an icon beside the clock. The system sends its messages to the thread that made the icon, so it has a thread of its own.

use std::thread::{Builder, JoinHandle};

use tokio::sync::{mpsc, oneshot};
use tray_icon::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tray_icon::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::drawing::{SIZES, draw};
use super::{Face, NoIcon};

/// What opens an address in the person's browser.
pub(super) const OPENER: &str = "explorer";

/// An icon that is shown until this is dropped.
pub struct Icon {
    /// Its end takes the icon away.
    faces: mpsc::UnboundedSender<Face>,
    thread: JoinHandle<()>,
}

impl Icon {
    /// Shows the icon; what is chosen in its menu comes through the receiver.
    ///
    /// # Errors
    /// [`NoIcon`] where the system shows none, as to a service.
    pub async fn show(face: Face) -> Result<(Self, mpsc::UnboundedReceiver<&'static str>), NoIcon> {
        let (faces, changes) = mpsc::unbounded_channel();
        let (chosen, choices) = mpsc::unbounded_channel();
        let (shown, hears) = oneshot::channel();
        let thread = Builder::new()
            .name("icon".to_owned())
            .spawn(move || winmsg_executor::block_on(keep(face, changes, chosen, shown)))
            .map_err(no_icon)?;
        hears.await.map_err(no_icon)??;
        Ok((Self { faces, thread }, choices))
    }

    /// Is it still there?
    pub fn is_shown(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Shows another face.
    pub async fn change(&self, face: Face) {
        if self.faces.send(face).is_err() {
            tracing::debug!("the icon is not shown any more");
        }
    }
}

/// Within the loop of messages: until nobody has a face to show any more.
async fn keep(
    mut face: Face,
    mut changes: mpsc::UnboundedReceiver<Face>,
    chosen: mpsc::UnboundedSender<&'static str>,
    shown: oneshot::Sender<Result<(), NoIcon>>,
) {
    let (pressed, mut presses) = mpsc::unbounded_channel();
    listen(&pressed);
    let tray = match build(&face) {
        Ok(tray) => tray,
        Err(error) => return drop(shown.send(Err(error))),
    };
    if shown.send(Ok(())).is_err() {
        return;
    }
    loop {
        tokio::select! {
            next = changes.recv() => {
                let Some(next) = next else { return };
                face = next;
                if let Err(error) = dress(&tray, &face) {
                    tracing::warn!(%error, "the icon could not be changed");
                }
            }
            Some(line) = presses.recv() => {
                let does = face.choices.get(line).map(|choice| choice.does);
                if does.is_some_and(|does| chosen.send(does).is_err()) {
                    tracing::debug!("nobody listens to the icon any more");
                }
            }
        }
    }
}

/// The number of the line that was chosen; a press on the icon chooses the first.
fn listen(pressed: &mpsc::UnboundedSender<usize>) {
    let tell = |pressed: &mpsc::UnboundedSender<usize>, line| {
        if pressed.send(line).is_err() {
            tracing::debug!("the icon's menu outlived it");
        }
    };
    let menu = pressed.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if let Ok(line) = event.id.0.parse() {
            tell(&menu, line);
        }
    }));
    let icon = pressed.clone();
    TrayIconEvent::set_event_handler(Some(move |event| {
        let left = MouseButton::Left;
        if matches!(event, TrayIconEvent::Click { button, button_state: MouseButtonState::Up, .. } if button == left)
        {
            tell(&icon, 0);
        }
    }));
}

fn build(face: &Face) -> Result<TrayIcon, NoIcon> {
    let tray = TrayIconBuilder::new().with_id(face.id).with_menu_on_left_click(false);
    let tray = tray.build().map_err(no_icon)?;
    dress(&tray, face)?;
    Ok(tray)
}

fn dress(tray: &TrayIcon, face: &Face) -> Result<(), NoIcon> {
    let size = SIZES[1];
    let mut picture = draw(face.tone, size);
    // From ARGB to RGBA.
    for pixel in picture.chunks_exact_mut(4) {
        pixel.rotate_left(1);
    }
    let picture = tray_icon::Icon::from_rgba(picture, size.into(), size.into());
    tray.set_icon(Some(picture.map_err(no_icon)?)).map_err(no_icon)?;
    tray.set_tooltip(Some(&face.title)).map_err(no_icon)?;
    let menu = Menu::new();
    for line in std::iter::once(&face.title).chain(&face.lines) {
        menu.append(&MenuItem::new(plain(line), false, None)).map_err(no_icon)?;
    }
    menu.append(&PredefinedMenuItem::separator()).map_err(no_icon)?;
    for (at, choice) in face.choices.iter().enumerate() {
        let line = MenuItem::with_id(at.to_string(), plain(&choice.label), true, None);
        menu.append(&line).map_err(no_icon)?;
    }
    tray.set_menu(Some(Box::new(menu)));
    Ok(())
}

/// An ampersand would mark a key.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn no_icon(error: impl std::fmt::Display) -> NoIcon {
    NoIcon(error.to_string())
}
