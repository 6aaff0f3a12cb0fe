//! The server's own certificate: kept sealed, issued anew when names or addresses change or a third of its life is left.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::founding::{Authority, FoundingError, put, unsealed};
use crate::consensus::Door;
use crate::domain::time::Timestamp;
use crate::net::ca::{ServerLeaf, server_leaf_is_stale};

const CHAIN: &str = "server-certificate";
const KEY: &str = "server-key";

/// A certificate chain and its key, PEM.
pub struct Leaf {
    /// Leaf first, then the CA.
    pub chain_pem: String,
    /// Its private key.
    pub key_pem: Zeroizing<String>,
}

/// The leaf for these names and addresses: the one kept while it is good, else a fresh one.
///
/// # Errors
/// [`FoundingError`].
pub async fn leaf(
    door: &Door,
    authority: &Authority,
    names: &[String],
    addresses: &[IpAddr],
    now: Timestamp,
) -> Result<Leaf, FoundingError> {
    let seconds = now.ms() / 1_000;
    let chain = unsealed(door, &authority.key, CHAIN).await?;
    if let (Some(chain), Some(key)) = (chain, unsealed(door, &authority.key, KEY).await?) {
        let chain_pem = String::from_utf8_lossy(&chain).into_owned();
        if !server_leaf_is_stale(&authority.ca, &chain_pem, names, addresses, seconds)? {
            return Ok(Leaf {
                chain_pem,
                key_pem: Zeroizing::new(String::from_utf8_lossy(&key).into_owned()),
            });
        }
    }
    let ServerLeaf { chain_pem, key_pem, left_out } =
        authority.ca.issue_server(names, addresses, seconds)?;
    if !left_out.is_empty() {
        tracing::warn!(
            ?left_out,
            "the office's own certificate covers only private addresses and the names it was founded with: browsers will warn at these, unless --certificate gives a public one"
        );
    }
    // What cannot be kept now is issued anew at the next start.
    if door.rests() {
        return Ok(Leaf { chain_pem, key_pem });
    }
    // The chain last: a key without its chain is issued anew.
    put(door, &authority.key, KEY, key_pem.as_bytes(), now).await?;
    put(door, &authority.key, CHAIN, chain_pem.as_bytes(), now).await?;
    tracing::info!(?names, ?addresses, "issued the server's certificate");
    Ok(Leaf { chain_pem, key_pem })
}
