//! How far long work is: a bar on a terminal, a line for each step elsewhere. On standard error, apart from results.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::print;
use super::status::bytes;
use crate::domain::job::{Pace, Unit};
use crate::service::backup::{Pacing, Watcher};

/// Shows how far work is, and hears of Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    is_unwanted: Arc<AtomicBool>,
}

impl Progress {
    /// From here on Ctrl-C ends the work in order, with nothing left behind.
    pub(super) fn begin() -> Self {
        let progress = Self::default();
        let is_unwanted = Arc::clone(&progress.is_unwanted);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                is_unwanted.store(true, Ordering::Relaxed);
            }
        });
        progress
    }

    /// Whoever works calls this.
    pub(super) fn watcher(&self) -> Watcher {
        let is_unwanted = Arc::clone(&self.is_unwanted);
        let (mut shown, mut pacing) = (Shown::default(), Pacing::default());
        Box::new(move |now| {
            let pace = pacing.of(now);
            let rest = pace
                .and_then(|pace| now.total.saturating_sub(now.done).checked_div(pace.per_second));
            shown.show(now.step.name(), now.done, now.total, &speed(pace, rest));
            if is_unwanted.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
    }
}

/// What stands on the terminal.
#[derive(Default)]
pub(super) struct Shown {
    step: String,
    drawn: Option<Instant>,
}

impl Shown {
    /// So much of so much of this step is done, at this [`speed`].
    pub(super) fn show(&mut self, step: &str, done: u64, total: u64, speed: &str) {
        let is_new = self.step != step;
        if is_new {
            step.clone_into(&mut self.step);
        }
        if !io::stderr().is_terminal() {
            if is_new {
                print::complain(&format!("{step} ..."));
            }
            return;
        }
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= EVERY);
        if is_new || is_due || done >= total {
            self.drawn = Some(Instant::now());
            draw(&bar(step, done, total, speed));
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            draw("");
        }
    }
}

/// How fast it goes and how many seconds are left, as far as either is known.
pub(super) fn speed(pace: Option<Pace>, rest_seconds: Option<u64>) -> String {
    let pace = pace.map(|pace| match pace.unit {
        Unit::Bytes => format!("{} a second", bytes(pace.per_second)),
        Unit::Rows => format!("{} rows a second", pace.per_second),
    });
    let rest = rest_seconds.map(|seconds| format!("{seconds} s to go"));
    [pace, rest].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn bar(step: &str, done: u64, total: u64, speed: &str) -> String {
    let percent = done.min(total).saturating_mul(100).checked_div(total).unwrap_or(100);
    let filled = usize::try_from(percent * WIDTH / 100).unwrap_or(0);
    let rest = usize::try_from(WIDTH).unwrap_or(0).saturating_sub(filled);
    let (full, empty) = ("#".repeat(filled), " ".repeat(rest));
    format!("{step:<10} [{full}{empty}] {percent:>3} %  {speed}")
}

fn draw(line: &str) {
    let mut to = io::stderr().lock();
    // Nowhere is left to say that saying failed.
    drop(write!(to, "\r\x1b[K{line}").and_then(|()| to.flush()));
}

const WIDTH: u64 = 40;
const EVERY: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_longer_than_full() {
        assert!(bar("packing", 1, 2, "").contains("50 %"));
        assert_eq!(bar("packing", 9, 2, ""), bar("packing", 2, 2, ""));
        assert_eq!(bar("packing", 0, 0, "").len(), bar("packing", 0, 10, "").len());
    }

    #[test]
    fn a_speed_tells_what_is_known() {
        let packing = Some(Pace { per_second: 178_200_000, unit: Unit::Bytes });
        assert_eq!(speed(packing, Some(3)), "178.2 MB a second, 3 s to go");
        let copying = Some(Pace { per_second: 300_000, unit: Unit::Rows });
        assert_eq!(speed(copying, None), "300000 rows a second");
        assert_eq!(speed(None, None), "");
    }
}
