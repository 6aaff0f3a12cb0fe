//! Looks for a server that moved: the local network's directory says where it may be, and only the office's own authority says that it is.

use std::net::SocketAddr;
use std::time::Duration;

use super::Sync;
use crate::agent::plan::Plan;
use crate::clock;
use crate::domain::time::{MINUTE_MS, SECOND_MS};
use crate::net::client::{Ask, Client, MAX_ADDRESSES};
use crate::net::mdns;

impl Sync {
    /// Does so when no server has answered for a while, now and then; one that is found is asked from then on, first.
    pub(super) async fn look_around(&mut self) {
        let now = clock::now();
        let was_lately = self.looked.is_some_and(|at| now.ms_since(at) < LOOK_EVERY_MS);
        // A server on this very computer does not move over the network.
        let is_here = self.identity.addresses.iter().all(|address| is_loopback(address));
        if was_lately || is_here || !self.plan.has_failed_for(LOOK_AFTER_MS, now) {
            return;
        }
        self.looked = Some(now);
        let office = self.identity.office.to_string();
        let found = tokio::task::spawn_blocking(move || mdns::find(&office, PATIENCE)).await;
        let found = match found {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => return tracing::debug!(%error, "no server was looked for"),
            Err(error) => return tracing::warn!(%error, "the look for a server broke off"),
        };
        for address in found {
            if !self.identity.addresses.contains(&address)
                && let Some(client) = self.proven(&address).await
            {
                return self.adopt(address, client);
            }
        }
    }

    /// A client of the server there, if that is the office's: its certificate is of the office's own authority, or it is not talked to.
    async fn proven(&self, address: &str) -> Option<Client> {
        let client = self.identity.client(address).ok()?;
        let ask = Ask { timeout: ANSWER_WITHIN, ..Ask::get("/api/v1/streams/1") };
        match client.send(ask).await {
            Ok(_) => Some(client),
            Err(error) => {
                tracing::info!(address, %error, "what is announced as the office's server is not believed");
                None
            }
        }
    }

    fn adopt(&mut self, address: String, client: Client) {
        tracing::info!(address, "the office's server was found at another address");
        self.identity.addresses.insert(0, address);
        self.identity.addresses.truncate(MAX_ADDRESSES);
        self.clients.insert(0, client);
        self.clients.truncate(MAX_ADDRESSES);
        if let Err(error) = self.identity.store(&self.folder) {
            tracing::warn!(%error, "where the server is now is not kept; it is looked for again after a restart");
        }
        self.answered = 0;
        self.plan = Plan::new(self.clients.len());
    }
}

fn is_loopback(address: &str) -> bool {
    address.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
        || address.starts_with("localhost:")
}

/// A server that restarts is back by then.
const LOOK_AFTER_MS: u64 = 20 * SECOND_MS;
const LOOK_EVERY_MS: u64 = 5 * MINUTE_MS;
const PATIENCE: Duration = Duration::from_secs(3);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
