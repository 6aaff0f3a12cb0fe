//! What every story uses: the real executable as a server and as an agent, foreign clients in their own Python environments, a TCP proxy
//! that misbehaves on demand, and one way to wait. A story never starts a process or waits in any other way.

pub mod agent;
pub mod bus;
pub mod clock;
pub mod command;
pub mod compositor;
pub mod computer;
pub mod desktop;
pub mod fake_office;
pub mod folder;
pub mod http;
pub mod namespace;
pub mod process;
pub mod program;
pub mod proxy;
pub mod python;
pub mod recording;
pub mod report;
pub mod seed;
pub mod server;
pub mod session;
pub mod terminal;
pub mod wait;

pub use agent::Agent;
pub use clock::Clock;
pub use folder::Folder;
pub use http::Http;
pub use proxy::{Mood, Proxy};
pub use server::{Role, Server};
