//! Chance that falls the same for the same seed. Every person and day has dice of their own, so that any day can be made alone and a
//! change in one leaves the others as they were.

use uuid::Uuid;

/// A row of throws.
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of this seed for what `of` names.
    pub(super) fn of(seed: u64, of: &[u64]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for number in std::iter::once(&seed).chain(of) {
            hasher.update(&number.to_le_bytes());
        }
        let hash = hasher.finalize();
        let (first, _) = hash.as_bytes().split_first_chunk().expect("a hash has 32 bytes");
        Self(fastrand::Rng::with_seed(u64::from_le_bytes(*first)))
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        self.0.u64(least..=most)
    }

    /// True so many times in a hundred.
    pub(super) fn in_hundred(&mut self, times: u64) -> bool {
        self.0.u64(0..100) < times
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.0.usize(0..from.len())]
    }

    /// One of them, the first far more often than the last, as people use some programs far more than others.
    pub(super) fn prefer<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let lowest = (0..3).map(|_| self.0.usize(0..from.len())).min();
        &from[lowest.unwrap_or(0)]
    }

    /// Mostly short, sometimes long; `mean` on average.
    pub(super) fn around(&mut self, mean: u64) -> u64 {
        // The product of two even throws falls off much as real stretches of attention do.
        self.0.u64(1..=2 * mean) * self.0.u64(1..=200) / 100
    }

    /// An id.
    pub(super) fn id(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.0.u128(..).to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_and_others_do_not() {
        let throw = |seed, of: &[u64]| Dice::of(seed, of).id();
        assert_eq!(throw(1, &[2, 3]), throw(1, &[2, 3]));
        assert_ne!(throw(1, &[2, 3]), throw(2, &[2, 3]));
        assert_ne!(throw(1, &[2, 3]), throw(1, &[3, 2]));
    }

    #[test]
    fn around_comes_to_its_mean() {
        let mut dice = Dice::of(1, &[]);
        let sum: u64 = (0..20_000).map(|_| dice.around(60)).sum();
        assert!((55..67).contains(&(sum / 20_000)), "{}", sum / 20_000);
    }
}
