//! Chance that can be run again: one number decides every choice of a test. A fault names the seed; `tests/RANDOM.md` keeps those that
//! once found something.

/// SplitMix64: small, good enough to choose moments, the same on every machine.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }
}

/// The seeds to run for `test`: the one asked for, or the usual one and all that found something before.
pub fn seeds(test: &str) -> Vec<u64> {
    if let Some(seed) = number("TIMEBOOK_SEED") {
        return vec![seed];
    }
    let known = include_str!("../../RANDOM.md").lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        (cells.next()? == test).then(|| cells.next()?.parse().ok())?
    });
    std::iter::once(1).chain(known).collect()
}

/// Rounds of kill -9: 20 in the suite, more behind `./verify --long`.
pub fn rounds() -> u64 {
    number("TIMEBOOK_ROUNDS").unwrap_or(20)
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}
