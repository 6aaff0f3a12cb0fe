//! The enrollment code a person copies to a new computer: where the server is, how to know it, and a one-time secret.
//!
//! ```text
//! "TB1-" base32( version 1: 1 | CA SHA-256: 32 | secret: 16 | count: 1 | (length: 1 | address)* | check: 4 )
//! ```
//! `check` is the first four bytes of BLAKE3 over everything before: a slip of the hand is told at once, without a server.
//! Spaces, line breaks, dashes and case do not matter.

use data_encoding::BASE32_NOPAD;
use thiserror::Error;

/// At most this many addresses in a code.
pub const MOST_ADDRESSES: usize = 8;
const PREFIX: &str = "TB1-";
const CHECK: usize = 4;
/// No code is longer than this, whatever it says.
const LONGEST: usize = 8 * 1024;

/// What an enrollment code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentCode {
    /// `host:port` of the office's servers, the likeliest first.
    pub addresses: Vec<String>,
    /// SHA-256 of the office CA's certificate (DER).
    pub ca_fingerprint: [u8; 32],
    /// Proves the invitation, once.
    pub secret: [u8; 16],
}

/// Why a text is no enrollment code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Something else altogether.
    #[error("This is not an enrollment code: one begins with TB1-.")]
    NotACode,
    /// A character is wrong or missing.
    #[error("The enrollment code is damaged: a character is wrong or missing. Copy it again.")]
    Damaged,
}

impl EnrollmentCode {
    /// The code as text, in groups of six for reading aloud.
    pub fn to_text(&self) -> String {
        let mut bytes = vec![1];
        bytes.extend_from_slice(&self.ca_fingerprint);
        bytes.extend_from_slice(&self.secret);
        let addresses: Vec<&String> =
            self.addresses.iter().filter(|a| a.len() < 256).take(MOST_ADDRESSES).collect();
        bytes.push(u8::try_from(addresses.len()).expect("at most MOST_ADDRESSES"));
        for address in addresses {
            bytes.push(u8::try_from(address.len()).expect("filtered above"));
            bytes.extend_from_slice(address.as_bytes());
        }
        bytes.extend_from_slice(&blake3::hash(&bytes).as_bytes()[..CHECK]);
        let text = BASE32_NOPAD.encode(&bytes);
        let groups: Vec<String> =
            text.as_bytes().chunks(6).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        format!("{PREFIX}{}", groups.join("-"))
    }

    /// What `text` says.
    ///
    /// # Errors
    /// [`CodeError`], each with a next step.
    pub fn from_text(text: &str) -> Result<Self, CodeError> {
        if text.len() > LONGEST {
            return Err(CodeError::NotACode);
        }
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let body = plain.strip_prefix("TB1").ok_or(CodeError::NotACode)?;
        let bytes = BASE32_NOPAD.decode(body.as_bytes()).map_err(|_| CodeError::Damaged)?;
        let at = bytes.len().checked_sub(CHECK).ok_or(CodeError::Damaged)?;
        let (bytes, check) = bytes.split_at(at);
        if blake3::hash(bytes).as_bytes()[..CHECK] != *check {
            return Err(CodeError::Damaged);
        }
        Self::read(bytes).ok_or(CodeError::Damaged)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&[1], rest) = bytes.split_first_chunk::<1>()? else { return None };
        let (&ca_fingerprint, rest) = rest.split_first_chunk::<32>()?;
        let (&secret, rest) = rest.split_first_chunk::<16>()?;
        let (&[count], mut rest) = rest.split_first_chunk::<1>()?;
        if usize::from(count) > MOST_ADDRESSES {
            return None;
        }
        let mut addresses = Vec::new();
        for _ in 0..count {
            let (&length, after) = rest.split_first()?;
            let (address, after) = after.split_at_checked(usize::from(length))?;
            addresses.push(String::from_utf8(address.to_vec()).ok()?);
            rest = after;
        }
        rest.is_empty().then_some(Self { addresses, ca_fingerprint, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_copying_and_tells_a_slip() {
        let code = EnrollmentCode {
            addresses: vec!["timebook.lan:8443".to_owned(), "[::1]:8443".to_owned()],
            ca_fingerprint: [3; 32],
            secret: [4; 16],
        };
        let text = code.to_text();
        assert_eq!(EnrollmentCode::from_text(&text), Ok(code.clone()));
        let sloppy = format!("  {}\n", text.to_lowercase().replace('-', " "));
        assert_eq!(EnrollmentCode::from_text(&sloppy), Ok(code));
        let slip = text.replacen('A', "B", 1);
        assert_eq!(EnrollmentCode::from_text(&slip), Err(CodeError::Damaged));
        assert_eq!(EnrollmentCode::from_text("hello"), Err(CodeError::NotACode));
        for length in 4..text.len() {
            assert!(EnrollmentCode::from_text(&text[..length]).is_err());
        }
    }
}
