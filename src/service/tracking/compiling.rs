//! Expressions that people bring are compiled here: never on a thread that answers, and one sheet or tree at a time, so that whoever sends
//! costly ones waits for themselves and takes no more than one core.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::Tracking;
use crate::domain::category::Tree;
use crate::domain::text::CanonicalJson;
use crate::service::error::ServiceError;

/// Trees that stay compiled: most people look at one, the office's or their own.
const MOST_TREES: usize = 2;

/// Where it is done, and what was made last.
pub(super) struct Compiling {
    turn: Arc<Semaphore>,
    /// The latest at the end; without a text the one the program comes with.
    trees: Mutex<Vec<(Option<CanonicalJson>, Arc<Tree>)>>,
}

impl Default for Compiling {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), trees: Mutex::default() }
    }
}

impl Compiling {
    /// The tree of this text, if it was made lately.
    pub(super) fn known(&self, text: Option<&CanonicalJson>) -> Option<Arc<Tree>> {
        let trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        trees.iter().find(|(known, _)| known.as_ref() == text).map(|(_, tree)| Arc::clone(tree))
    }

    /// Remembers it.
    pub(super) fn keep(&self, text: Option<CanonicalJson>, tree: &Arc<Tree>) {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        trees.retain(|(known, _)| *known != text);
        if trees.len() >= MOST_TREES {
            trees.remove(0);
        }
        trees.push((text, Arc::clone(tree)));
    }
}

impl Tracking {
    /// Does `work` when it is its turn.
    pub(super) async fn compile<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let broke = || ServiceError::Failed("Reading expressions broke off.".to_owned());
        let turn = self.compiling.turn.clone().acquire_owned().await.map_err(|_| broke())?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "reading expressions broke off");
            broke()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trees_used_last_stay() {
        let compiling = Compiling::default();
        let text = |text: &str| Some(CanonicalJson::new(text).unwrap());
        for name in ["[1]", "[2]", "[3]", "[2]"] {
            compiling.keep(text(name), &Arc::default());
        }
        assert!(compiling.known(text("[1]").as_ref()).is_none());
        assert!(compiling.known(text("[2]").as_ref()).is_some());
        assert!(compiling.known(text("[3]").as_ref()).is_some());
        assert!(compiling.known(None).is_none(), "the default is a tree of its own");
    }
}
