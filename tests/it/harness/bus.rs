//! A session bus of a story's own with a desktop's notification area on it: it takes icons in, reads what they show, and presses on lines of
//! their menus.

use super::Folder;
use super::process::Process;
use super::wait;
use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Structure, Value};

pub struct Bus {
    address: String,
    runtime: tokio::runtime::Runtime,
    connection: zbus::Connection,
    items: Arc<Mutex<Vec<String>>>,
    daemon: Process,
    folder: Folder,
}

/// The notification area: whoever registers is remembered by its name on the bus.
struct Area(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Area {
    fn register_status_notifier_item(&self, _service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().unwrap().to_string();
        self.0.lock().unwrap().push(sender);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Bus {
    #[track_caller]
    pub fn start() -> Self {
        let folder = Folder::new();
        let address = format!("unix:path={}", folder.join("bus").display());
        let daemon = daemon(&address, &folder);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let items = Arc::new(Mutex::new(Vec::new()));
        let connection = connect(&runtime, &address, &items);
        Self { address, runtime, connection, items, daemon, folder }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The session's bus ends.
    #[track_caller]
    pub fn stop(&mut self) {
        self.daemon.stop();
        self.items.lock().unwrap().clear();
    }

    /// And another begins, where the one was.
    #[track_caller]
    pub fn restart(&mut self) {
        _ = std::fs::remove_file(self.address.trim_start_matches("unix:path="));
        self.daemon = daemon(&self.address, &self.folder);
        self.connection = connect(&self.runtime, &self.address, &self.items);
    }

    /// The icon's title.
    pub fn title(&self) -> Result<String, String> {
        self.property("Title").and_then(|value| text(&value))
    }

    /// The bytes of its first picture.
    pub fn picture(&self) -> Result<Vec<u8>, String> {
        let value = self.property("IconPixmap")?;
        let pictures: Vec<(i32, i32, Vec<u8>)> = value.try_into().map_err(told)?;
        pictures.into_iter().next().map(|picture| picture.2).ok_or("no picture".to_owned())
    }

    /// The lines of its menu, by number.
    pub fn menu(&self) -> Result<Vec<(i32, String)>, String> {
        type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (path, item) = ("/MenuBar", self.item()?);
        let body = (0_i32, -1_i32, Vec::<String>::new());
        let reply = self.runtime.block_on(self.connection.call_method(
            Some(item.as_str()),
            path,
            Some("com.canonical.dbusmenu"),
            "GetLayout",
            &body,
        ));
        let (_, root): (u32, Layout) = reply.map_err(told)?.body().deserialize().map_err(told)?;
        let line = |value: &OwnedValue| {
            let line = <&Structure<'_>>::try_from(value).ok()?;
            let [Value::I32(id), Value::Dict(about), ..] = line.fields() else { return None };
            let label: Option<String> = about.get(&"label").ok()?;
            Some((*id, label?))
        };
        Ok(root.2.iter().filter_map(line).collect())
    }

    /// Presses on the line of the menu that reads so.
    #[track_caller]
    pub fn press(&self, label: &str) {
        let menu = self.menu().unwrap();
        let line = menu.iter().find(|line| line.1 == label);
        let id = line.unwrap_or_else(|| panic!("no {label} in {menu:?}")).0;
        let (item, body) = (self.item().unwrap(), (id, "clicked", Value::from(0_i32), 0_u32));
        let pressed = self.runtime.block_on(self.connection.call_method(
            Some(item.as_str()),
            "/MenuBar",
            Some("com.canonical.dbusmenu"),
            "Event",
            &body,
        ));
        pressed.unwrap();
    }

    fn property(&self, name: &str) -> Result<OwnedValue, String> {
        let item = self.item()?;
        let reply = self.runtime.block_on(self.connection.call_method(
            Some(item.as_str()),
            "/StatusNotifierItem",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.kde.StatusNotifierItem", name),
        ));
        reply.map_err(told)?.body().deserialize().map_err(told)
    }

    /// The icon that registered last.
    fn item(&self) -> Result<String, String> {
        self.items.lock().unwrap().last().cloned().ok_or_else(|| "no icon yet".to_owned())
    }
}

fn daemon(address: &str, folder: &Folder) -> Process {
    let mut command = Command::new("dbus-daemon");
    command.args(["--session", "--nofork", "--address", address]);
    Process::start(command, &folder.join("bus.log"))
}

/// The notification area's own connection.
#[track_caller]
fn connect(
    runtime: &tokio::runtime::Runtime,
    address: &str,
    items: &Arc<Mutex<Vec<String>>>,
) -> zbus::Connection {
    wait::until("the bus", wait::LONG, || {
        runtime.block_on(async {
            zbus::connection::Builder::address(address)?
                .name("org.kde.StatusNotifierWatcher")?
                .serve_at("/StatusNotifierWatcher", Area(Arc::clone(items)))?
                .build()
                .await
        })
    })
}

fn text(value: &OwnedValue) -> Result<String, String> {
    <&str>::try_from(value).map(str::to_owned).map_err(told)
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
