//! The leaves of a block: short numbers, and text as it stands in JSON.

use super::damaged;
use crate::codec::CodecError;

/// Appends `number`, seven bits a byte, the lowest first; every byte but the last has its highest bit set.
pub(super) fn put(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(0x80 | low_bits(number));
        number >>= 7;
    }
    to.push(low_bits(number));
}

/// Appends a number that may be negative: 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …
pub(super) fn put_signed(to: &mut Vec<u8>, number: i64) {
    put(to, (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
}

/// Numbers, one after the other.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    /// The next number, in its only spelling.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, CodecError> {
        // Most are this short.
        let (number, rest) = match self.0 {
            [a @ 0..0x80, rest @ ..] => (u64::from(*a), rest),
            [a, b @ 1..0x80, rest @ ..] => (low(*a) | u64::from(*b) << 7, rest),
            [a, b @ 0x80..=0xff, c @ 1..0x80, rest @ ..] => {
                (low(*a) | low(*b) << 7 | u64::from(*c) << 14, rest)
            }
            _ => return self.long_number(),
        };
        self.0 = rest;
        Ok(number)
    }

    fn long_number(&mut self) -> Result<u64, CodecError> {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let (&byte, rest) = self.0.split_first().ok_or_else(|| damaged("it ends early"))?;
            self.0 = rest;
            let bits = low(byte);
            if shift > 63 || (shift == 63 && bits > 1) || (byte == 0 && shift > 0) {
                return Err(damaged("a number is too long"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    /// The next number that may be negative.
    pub(super) fn signed(&mut self) -> Result<i64, CodecError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    /// The next number, which is less than `limit`.
    pub(super) fn below(&mut self, limit: usize) -> Result<usize, CodecError> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|number| *number < limit)
            .ok_or_else(|| damaged("a number is too large"))
    }

    /// How many numbers there can still be: what a list is never longer than.
    pub(super) const fn most(&self) -> usize {
        self.0.len()
    }
}

/// Appends `text` as it stands between the quotes of a JSON string.
pub(super) fn push_escaped(json: &mut String, text: &str) {
    // Looks at every byte: many at once are faster than one after the other until the first.
    let special =
        |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
    if text.bytes().fold(0, |found, byte| found | special(byte)) == 0 {
        json.push_str(text);
        return;
    }
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let Some(escape) = escape(byte) else { continue };
        json.push_str(&text[clean..at]);
        clean = at + 1;
        if escape == b'u' {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            json.push_str("\\u00");
            json.push(char::from(HEX[usize::from(byte >> 4)]));
            json.push(char::from(HEX[usize::from(byte & 15)]));
        } else {
            json.push('\\');
            json.push(char::from(escape));
        }
    }
    json.push_str(&text[clean..]);
}

/// No byte becomes more than these: `\u0000`.
pub(super) const LONGEST_ESCAPE: usize = 6;

/// How many bytes [`push_escaped`] appends.
pub(super) fn escaped_len(text: &str) -> usize {
    let more = |byte| match escape(byte) {
        None => 0,
        Some(b'u') => 5,
        Some(_) => 1,
    };
    text.len() + text.bytes().map(more).sum::<usize>()
}

/// What stands after the backslash, if the byte needs one.
const fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        b'\t' => Some(b't'),
        0x08 => Some(b'b'),
        0x0c => Some(b'f'),
        0x00..0x20 => Some(b'u'),
        _ => None,
    }
}

/// What a byte of a number adds to it.
const fn low(byte: u8) -> u64 {
    (byte & 0x7f) as u64
}

const fn low_bits(number: u64) -> u8 {
    (number & 0x7f) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_have_one_spelling() {
        let powers = (0..64).map(|bit| 1_u64 << bit);
        for number in powers.flat_map(|power| [power - 1, power, power + 1]).chain([u64::MAX]) {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(Numbers(&bytes).number().unwrap(), number);
        }
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, number);
            assert_eq!(Numbers(&bytes).signed().unwrap(), number);
        }
        let bad = [&[][..], &[0x80], &[0x80, 0], &[0x80, 0x80], &[0x80, 0x80, 0], &[0xff; 11]];
        for bad in bad {
            assert!(Numbers(bad).number().is_err(), "{bad:?}");
        }
        let over = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert!(Numbers(&over).number().is_err());
    }

    #[test]
    fn text_is_escaped_as_the_json_writer_does() {
        let all: String = (0..=0x1ff_u32).filter_map(char::from_u32).collect();
        for text in ["", "plain", all.as_str()] {
            let mut json = String::new();
            push_escaped(&mut json, text);
            assert_eq!(format!("\"{json}\""), serde_json::to_string(text).unwrap());
            assert_eq!(json.len(), escaped_len(text));
        }
    }
}
