//! How many connections a door holds, in all and per address. Counts only; the door decides when to ask.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Traffic;
use crate::net::Limits;

/// The places at one door.
pub(super) struct Places {
    free: Arc<Semaphore>,
    all: u32,
    per_address: usize,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    pub(super) traffic: Arc<Traffic>,
}

/// A connection's place, free again on drop.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    address: IpAddr,
    places: Arc<Places>,
}

impl Places {
    pub(super) fn new(limits: &Limits, traffic: Arc<Traffic>) -> Arc<Self> {
        let all = u32::try_from(limits.connections.clamp(1, Semaphore::MAX_PERMITS))
            .unwrap_or(u32::MAX >> 3);
        Arc::new(Self {
            free: Arc::new(Semaphore::new(all as usize)),
            all,
            per_address: limits.connections_per_address,
            by_address: Mutex::new(HashMap::new()),
            traffic,
        })
    }

    /// Waits until the door has a free place.
    pub(super) async fn wait(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        permit.expect("this semaphore is never closed")
    }

    /// Seats a connection, or `None` when its address has all it may have.
    pub(super) fn take(
        self: &Arc<Self>,
        permit: OwnedSemaphorePermit,
        address: IpAddr,
    ) -> Option<Place> {
        let address = counted_as(address);
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.entry(address).or_insert(0);
        if *count >= self.per_address {
            self.traffic.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        *count += 1;
        self.traffic.accepted.fetch_add(1, Ordering::Relaxed);
        Some(Place { _permit: permit, address, places: Arc::clone(self) })
    }

    /// Places taken now.
    pub(super) fn taken(&self) -> usize {
        (self.all as usize).saturating_sub(self.free.available_permits())
    }

    /// Waits until nobody is left.
    pub(super) async fn empty(&self) {
        // All permits together are free only when every connection gave its own back.
        let everything = self.free.acquire_many(self.all).await;
        drop(everything);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_address = self.places.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
        self.places.traffic.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// An IPv6 user has a whole /64 to choose addresses from: it counts as one.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
    }
}
