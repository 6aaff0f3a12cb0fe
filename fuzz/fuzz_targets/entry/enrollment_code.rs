//! Any text as an enrollment code, and any bytes dressed up as one: read only when it is whole, and written back as the same code.

use data_encoding::BASE32_NOPAD;

use super::codec::enrollment_code::{EnrollmentCode, MOST_ADDRESSES};

/// The first byte chooses: as text, or as the bytes within a code with a good check value.
pub(super) fn run(data: &[u8]) {
    let Some((selector, bytes)) = data.split_first() else { return };
    let text = match selector % 2 {
        0 => String::from_utf8_lossy(bytes).into_owned(),
        _ => {
            let check = blake3::hash(bytes);
            format!("TB1-{}", BASE32_NOPAD.encode(&[bytes, &check.as_bytes()[..4]].concat()))
        }
    };
    if let Ok(code) = EnrollmentCode::from_text(&text) {
        assert!(code.addresses.len() <= MOST_ADDRESSES);
        assert_eq!(EnrollmentCode::from_text(&code.to_text()), Ok(code));
    }
}
