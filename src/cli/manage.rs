//! `timebook manage`: the Server Manager, a window in a terminal for whoever sits at the server.
//!
//! It asks over the owner-only admin socket, so that it works when nobody can sign in; and with the server down it starts it. Must
//! never open the data itself to look at something: that would keep a server from starting.

mod deed;
mod facts;
mod rows;
mod screen;
mod view;

use std::io::IsTerminal;
use std::time::Duration;

use clap::Args;
use ratatui::crossterm::event::{self, Event};
use ratatui::{DefaultTerminal, Terminal};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval};

use super::arguments::{Common, ServeArguments};
use super::call::must_hold_an_office;
use super::config::Config;
use super::exit::Failure;
use facts::Facts;
use screen::{Screen, Wish};

/// The Server Manager.
#[derive(Args, Debug)]
pub(crate) struct ManageArguments {
    /// How a server is reached that is started from here
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

/// What happens while the window is open.
enum Happening {
    Key(Event),
    Seen(Box<Facts>),
    Done(Result<String, Failure>),
}

/// Shows the window until the person leaves it.
///
/// # Errors
/// There is no terminal, or no office.
pub(crate) async fn run(
    common: &Common,
    config: &Config,
    arguments: &ManageArguments,
) -> Result<(), Failure> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "The Server Manager needs a terminal window. In scripts, use: timebook status --json",
        ));
    }
    must_hold_an_office(config)?;
    let desk = deed::Desk::new(common, config, &arguments.serve)?;
    let mut terminal = ratatui::try_init().map_err(Failure::failed)?;
    let shown = show(&mut terminal, desk).await;
    ratatui::restore();
    shown
}

async fn show(terminal: &mut DefaultTerminal, desk: deed::Desk) -> Result<(), Failure> {
    let (tell, mut happenings) = mpsc::unbounded_channel();
    listen_to_keys(tell.clone());
    let mut screen = Screen::new(desk.data());
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        draw(terminal, &screen)?;
        let happening = tokio::select! {
            happening = next(&mut happenings) => happening,
            _ = tick.tick() => {
                look(&desk, &screen, &tell);
                continue;
            }
        };
        match happening {
            Some(Happening::Key(event)) => match screen.on_event(&event) {
                Some(Wish::Leave) => return Ok(()),
                Some(Wish::Look) => look(&desk, &screen, &tell),
                Some(Wish::Do(deed)) => {
                    let (desk, tell) = (desk.clone(), tell.clone());
                    tokio::spawn(async move {
                        // Nobody listens any more once the window is closed.
                        drop(tell.send(Happening::Done(desk.do_it(deed).await)));
                    });
                }
                None => {}
            },
            Some(Happening::Seen(facts)) => screen.on_facts(*facts),
            Some(Happening::Done(outcome)) => {
                screen.on_done(outcome);
                look(&desk, &screen, &tell);
            }
            None => return Ok(()),
        }
    }
}

async fn next(happenings: &mut UnboundedReceiver<Happening>) -> Option<Happening> {
    happenings.recv().await
}

fn draw<B: ratatui::backend::Backend>(
    terminal: &mut Terminal<B>,
    screen: &Screen,
) -> Result<(), Failure> {
    let drawn = terminal.draw(|frame| view::draw(frame, screen));
    drawn.map(drop).map_err(|error| Failure::failed(format!("The terminal is gone: {error}")))
}

/// Looks at the server anew; what is seen comes back by itself.
fn look(desk: &deed::Desk, screen: &Screen, tell: &UnboundedSender<Happening>) {
    let (desk, tell, page) = (desk.clone(), tell.clone(), screen.page());
    tokio::spawn(async move {
        let facts = Facts::gather(desk.data(), page).await;
        drop(tell.send(Happening::Seen(Box::new(facts))));
    });
}

/// Reads keys on a thread of its own, which ends with the process: a read of the terminal cannot be called off.
fn listen_to_keys(tell: UnboundedSender<Happening>) {
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if tell.send(Happening::Key(event)).is_err() {
                return;
            }
        }
    });
}

/// How often the server is looked at.
const EVERY: Duration = Duration::from_secs(1);
