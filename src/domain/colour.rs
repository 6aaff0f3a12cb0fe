//! A colour, as three bytes: what people tell customers, projects and tags apart by.

use std::fmt;
use std::str::FromStr;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour(pub [u8; 3]);

/// Why a text is no colour. Reads as one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadColour;

impl fmt::Display for BadColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("A colour is # and six hexadecimal digits, like #3366cc.")
    }
}

impl std::error::Error for BadColour {}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = BadColour;

    fn from_str(text: &str) -> Result<Self, BadColour> {
        let digits = text.strip_prefix('#').ok_or(BadColour)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadColour);
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| BadColour);
        Ok(Self([part(0)?, part(2)?, part(4)?]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_and_refuses_everything_else() {
        assert_eq!("#3366CC".parse::<Colour>().unwrap().to_string(), "#3366cc");
        for bad in ["", "#", "3366cc", "#3366c", "#3366cc0", "#+366cc", "#33é6c", "red"] {
            assert_eq!(bad.parse::<Colour>(), Err(BadColour), "{bad}");
        }
    }
}
