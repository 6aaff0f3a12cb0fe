//! Any bytes as the beginning of a backup, and any text as a head with a good check: refused with a sentence, or read into a head within
//! its bounds that is written and read as the same one.

use super::codec::backup::{Head, MAGIC};

/// The first byte chooses: as they came, or as the JSON of a head with everything around it.
pub(super) fn run(data: &[u8]) {
    let Some((selector, bytes)) = data.split_first() else { return };
    if selector % 2 == 0 {
        return read(bytes);
    }
    let Ok(length) = u32::try_from(bytes.len()) else { return };
    let begin = [&MAGIC[..], &length.to_be_bytes(), bytes].concat();
    let check = blake3::hash(&begin);
    read(&[&begin, &check.as_bytes()[..], &[0; 100]].concat());
}

fn read(bytes: &[u8]) {
    match Head::from_bytes(bytes, bytes.len() as u64) {
        Ok((head, end)) => {
            assert!(end + 32 <= bytes.len() && head.created().is_some());
            // As another program wrote it, it may have stood there longer or shorter.
            let again = head.to_bytes().expect("what was read can be written");
            let (read, _) = Head::from_bytes(&again, 1 << 30).expect("and read");
            assert_eq!(read, head);
        }
        Err(fault) => assert!(fault.to_string().starts_with("it ")),
    }
}
