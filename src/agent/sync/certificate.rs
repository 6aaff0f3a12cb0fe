//! Has this computer's certificate issued anew before it ends: age never cuts off a computer that is used.
//!
//! Whatever goes wrong here leaves the present one as it is; it is tried again a day later.

use super::Sync;
use crate::agent::identity::Identity;
use crate::clock;
use crate::domain::time::DAY_MS;
use crate::net::ca::needs_renewal;
use crate::net::client::{Answer, Ask, Client};
use crate::wire::v1::sync::ClientCertificate;

const PATH: &str = "/api/v1/certificate/device";

impl Sync {
    /// Looks once a day, while the office answers.
    pub(super) async fn keep_certified(&mut self, server: usize) {
        let now = clock::now();
        if self.certified.is_some_and(|last| last <= now && now.ms_since(last) < DAY_MS) {
            return;
        }
        self.certified = Some(now);
        match needs_renewal(&self.identity.certificate, now.ms().div_euclid(1_000)) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                return tracing::warn!(%error, "this computer's certificate cannot be read");
            }
        }
        let certificate = match self.speak(server, Ask::get(PATH)).await {
            Ok(answer) => certificate(&answer),
            Err(error) => Err(error.to_string()),
        };
        match certificate.and_then(|certificate| self.hold(certificate)) {
            Ok(()) => tracing::info!("this computer's certificate was issued anew"),
            Err(why) => {
                tracing::warn!("this computer's certificate could not be issued anew: {why}")
            }
        }
    }

    /// Uses the certificate from now on, when it fits the key and is on disk.
    fn hold(&mut self, certificate: String) -> Result<(), String> {
        let identity = Identity { certificate, ..self.identity.clone() };
        let clients: Result<Vec<Client>, _> =
            identity.addresses.iter().map(|address| identity.client(address)).collect();
        let clients = clients.map_err(|error| error.to_string())?;
        identity.store(&self.folder).map_err(|error| error.to_string())?;
        (self.identity, self.clients) = (identity, clients);
        Ok(())
    }
}

fn certificate(answer: &Answer) -> Result<String, String> {
    if !answer.status.is_success() {
        return Err(format!("the server answered {}", answer.status));
    }
    let reply: ClientCertificate =
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    Ok(reply.certificate)
}
