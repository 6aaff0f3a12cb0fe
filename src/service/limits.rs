//! How fast a secret may be tried: pure arithmetic over failures, nothing locked for good.
//!
//! After [`FREE_FAILURES`] failures each further try must wait, twice as long each time up to [`LONGEST_WAIT_MS`]. Failures count for
//! the address and for the name. An address from which the name signed in well before counts for that name apart from everything else:
//! a stranger elsewhere never slows the owner down, colleagues behind one address do not pay for each other, and yet whoever sits there
//! guesses no faster. Signing in as oneself makes nothing else forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

use super::error::ServiceError;
use crate::domain::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// So many failures cost nothing: people mistype.
const FREE_FAILURES: u32 = 5;
/// The wait after the first failure that costs.
const FIRST_WAIT_MS: u64 = SECOND_MS;
/// No wait is longer.
const LONGEST_WAIT_MS: u64 = MINUTE_MS;
/// Failures are forgotten when nothing failed for this long.
const FORGET_MS: u64 = 15 * MINUTE_MS;
/// A good sign-in makes its address known for the name for this long.
const KNOWN_MS: u64 = 30 * DAY_MS;
/// At most this many entries of each kind; the one unused for longest gives way.
const MOST_ENTRIES: usize = 10_000;

/// What the limits say to one more try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Go on.
    No,
    /// Not before this long from now.
    Ms(u64),
}

/// Failures of late.
#[derive(Default)]
pub(super) struct Limits {
    names: HashMap<String, Tally>,
    addresses: HashMap<IpAddr, Tally>,
    known: HashMap<(String, IpAddr), Known>,
}

/// A name signed in well from an address.
#[derive(Clone, Copy)]
struct Known {
    seen: Timestamp,
    /// What failed there for this name since.
    failures: Tally,
}

#[derive(Clone, Copy)]
struct Tally {
    failures: u32,
    last: Timestamp,
}

impl Limits {
    /// May `name` be tried from `address` now? An empty name counts for the address only.
    fn check(&self, name: &str, address: IpAddr, now: Timestamp) -> Wait {
        let address = network(address);
        let until = match self.known.get(&(name.to_owned(), address)) {
            Some(known) if known.holds(now) => known.failures.free_at(now),
            _ => {
                let of = |tally: Option<&Tally>| tally.map_or(now, |tally| tally.free_at(now));
                of(self.addresses.get(&address)).max(of(self.names.get(name)))
            }
        };
        match until.ms_since(now) {
            0 => Wait::No,
            ms => Wait::Ms(ms),
        }
    }

    /// Goes on only when [`Limits::check`] says so.
    ///
    /// # Errors
    /// [`ServiceError::TooManyTries`].
    pub(super) fn admit(
        &self,
        name: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        match self.check(name, address, now) {
            Wait::No => Ok(()),
            Wait::Ms(ms) => Err(ServiceError::TooManyTries { seconds: ms.div_ceil(1_000) }),
        }
    }

    /// A try failed. Is it the one from which on waiting begins?
    pub(super) fn failed(&mut self, name: &str, address: IpAddr, now: Timestamp) -> bool {
        let address = network(address);
        if let Some(known) = self.known.get_mut(&(name.to_owned(), address))
            && known.holds(now)
        {
            return known.failures.count(now) == FREE_FAILURES;
        }
        if !name.is_empty() {
            count(&mut self.names, name.to_owned(), now);
        }
        count(&mut self.addresses, address, now) == FREE_FAILURES
    }

    /// Somebody signs in with another name from now on: what failed of late, and where they are known, goes with them.
    pub(super) fn renamed(&mut self, old: &str, new: &str) {
        if old == new {
            return;
        }
        if let Some(tally) = self.names.remove(old) {
            self.names.insert(new.to_owned(), tally);
        }
        let theirs: Vec<_> = self.known.keys().filter(|(name, _)| name == old).cloned().collect();
        for key in theirs {
            if let Some(known) = self.known.remove(&key) {
                self.known.insert((new.to_owned(), key.1), known);
            }
        }
    }

    /// A try succeeded: that address is known for that name now, and what failed there for this name is forgotten.
    pub(super) fn succeeded(&mut self, name: &str, address: IpAddr, now: Timestamp) {
        if !name.is_empty() {
            make_room(&mut self.known, |known| known.seen);
            let known = Known { seen: now, failures: Tally { failures: 0, last: now } };
            self.known.insert((name.to_owned(), network(address)), known);
        }
    }
}

impl Known {
    fn holds(&self, now: Timestamp) -> bool {
        now.ms_since(self.seen) < KNOWN_MS
    }
}

impl Tally {
    /// From when on the next try is free.
    fn free_at(&self, now: Timestamp) -> Timestamp {
        if self.failures < FREE_FAILURES || self.is_forgotten(now) {
            return now;
        }
        let doublings = (self.failures - FREE_FAILURES).min(16);
        self.last.plus_ms((FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS))
    }

    /// One more failure; with how many there are now.
    fn count(&mut self, now: Timestamp) -> u32 {
        let before = if self.is_forgotten(now) { 0 } else { self.failures };
        *self = Tally { failures: before.saturating_add(1), last: now };
        self.failures
    }

    fn is_forgotten(&self, now: Timestamp) -> bool {
        now.ms_since(self.last) >= FORGET_MS
    }
}

fn count<K: Hash + Eq>(tallies: &mut HashMap<K, Tally>, key: K, now: Timestamp) -> u32 {
    if !tallies.contains_key(&key) {
        make_room(tallies, |tally| tally.last);
    }
    tallies.entry(key).or_insert(Tally { failures: 0, last: now }).count(now)
}

/// Below the limit again: the older half goes at once, so that the search for it stays rare.
fn make_room<K: Hash + Eq, V>(map: &mut HashMap<K, V>, age: impl Fn(&V) -> Timestamp) {
    if map.len() < MOST_ENTRIES {
        return;
    }
    let mut ages: Vec<Timestamp> = map.values().map(&age).collect();
    ages.sort_unstable();
    let middle = ages[ages.len() / 2];
    map.retain(|_, value| age(value) > middle);
}

/// One customer's network counts as one: whoever has one IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const STRANGER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn at(ms: i64) -> Timestamp {
        Timestamp::new(1_000_000 + ms).unwrap()
    }

    fn after_failures(count: u32) -> Limits {
        let mut limits = Limits::default();
        for _ in 0..count {
            limits.failed("ada", STRANGER, at(0));
        }
        limits
    }

    #[test]
    fn mistyping_is_free_and_guessing_is_not() {
        assert_eq!(after_failures(4).check("ada", STRANGER, at(0)), Wait::No);
        assert_eq!(after_failures(5).check("ada", STRANGER, at(0)), Wait::Ms(1_000));
        assert_eq!(after_failures(7).check("ada", STRANGER, at(0)), Wait::Ms(4_000));
        assert_eq!(after_failures(500).check("ada", STRANGER, at(0)), Wait::Ms(60_000));
        assert_eq!(after_failures(7).check("ada", STRANGER, at(4_000)), Wait::No);
    }

    #[test]
    fn a_stranger_never_shuts_the_owner_out() {
        let mut limits = Limits::default();
        limits.succeeded("ada", HOME, at(0));
        for _ in 0..50 {
            limits.failed("ada", STRANGER, at(1));
        }
        assert_eq!(limits.check("ada", HOME, at(2)), Wait::No);
        assert!(matches!(limits.check("ada", STRANGER, at(2)), Wait::Ms(_)));
        assert!(matches!(limits.check("bob", STRANGER, at(2)), Wait::Ms(_)), "the address pays");
        let elsewhere = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 3));
        assert!(matches!(limits.check("ada", elsewhere, at(2)), Wait::Ms(_)), "the name pays");
        assert_eq!(limits.check("bob", elsewhere, at(2)), Wait::No);
    }

    #[test]
    fn behind_one_address_nobody_guesses_faster_and_nobody_pays_for_others() {
        let mut limits = Limits::default();
        limits.succeeded("ada", HOME, at(0));
        limits.succeeded("bob", HOME, at(0));
        for _ in 0..5 {
            limits.failed("ada", HOME, at(1));
            limits.succeeded("eve", HOME, at(1));
        }
        assert_eq!(
            limits.check("ada", HOME, at(1)),
            Wait::Ms(1_000),
            "eve's own sign-in frees nothing"
        );
        assert_eq!(limits.check("bob", HOME, at(1)), Wait::No);
        assert_eq!(limits.check("eve", HOME, at(1)), Wait::No);
        limits.succeeded("ada", HOME, at(2_000));
        assert_eq!(limits.check("ada", HOME, at(2_000)), Wait::No);
        let mut strangers = after_failures(9);
        strangers.succeeded("eve", STRANGER, at(0));
        assert!(
            matches!(strangers.check("ada", STRANGER, at(0)), Wait::Ms(_)),
            "the address still pays"
        );
    }

    #[test]
    fn another_name_neither_frees_who_guesses_nor_holds_up_who_is_known() {
        let mut limits = after_failures(9);
        limits.succeeded("ada", HOME, at(0));
        limits.renamed("ada", "ada.l");
        let elsewhere = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 3));
        assert!(matches!(limits.check("ada.l", elsewhere, at(0)), Wait::Ms(_)), "the name pays on");
        assert_eq!(limits.check("ada.l", HOME, at(0)), Wait::No);
        assert_eq!(limits.check("ada", elsewhere, at(0)), Wait::No, "the old name is nobody's");
        limits.renamed("ada.l", "ada.l");
        assert!(matches!(limits.check("ada.l", elsewhere, at(0)), Wait::Ms(_)));
    }

    #[test]
    fn quiet_forgets_and_success_resets() {
        let quiet = i64::try_from(FORGET_MS).unwrap();
        assert_eq!(after_failures(500).check("ada", STRANGER, at(quiet)), Wait::No);
        let mut limits = after_failures(9);
        limits.succeeded("ada", STRANGER, at(0));
        assert_eq!(limits.check("ada", STRANGER, at(0)), Wait::No);
    }

    /// Names are anybody's invention: those that somebody tried are forgotten again, the one of late last, and never who signs in well.
    #[test]
    fn names_are_remembered_up_to_a_bound_and_the_latest_longest() {
        let mut limits = Limits::default();
        limits.succeeded("ada", HOME, at(0));
        for n in 0..25_000 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0b00_0000 + n));
            limits.failed(&format!("n{n}"), from, at(i64::from(n)));
        }
        assert!(limits.names.len() <= MOST_ENTRIES && limits.addresses.len() <= MOST_ENTRIES);
        assert!(limits.names.contains_key("n24999") && !limits.names.contains_key("n0"));
        assert!(limits.known.contains_key(&("ada".to_owned(), HOME)), "who is known is no victim");
        for n in 0..25_000 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0b00_0000 + n));
            limits.succeeded("eve", from, at(i64::from(n)));
        }
        assert!(limits.known.len() <= MOST_ENTRIES);
        assert_eq!(limits.check("n24999", STRANGER, at(25_000)), Wait::No, "one failure is free");
    }

    #[test]
    fn one_network_counts_once_and_memory_is_bounded() {
        let mut limits = Limits::default();
        for host in 0..6 {
            let address = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host));
            limits.failed("", address, at(0));
        }
        let another = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 1, 2, 3, 4));
        assert!(matches!(limits.check("", another, at(0)), Wait::Ms(_)));
        for n in 0..25_000 {
            limits.failed(&format!("n{n}"), HOME, at(n));
        }
        assert!(limits.names.len() <= MOST_ENTRIES);
    }
}
