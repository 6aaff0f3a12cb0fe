//! Any bytes as a block, and any columns packed as they should be: refused, or read into events in order that pack into a block of the
//! same events. Never a panic, never a large allocation for a few bytes.

use super::codec::block::{Block, MOST_EVENTS, Outline, Unpack};
use super::domain::activity::{EventId, LONGEST_EVENT_MS};
use super::domain::text::CanonicalJson;

/// The first byte chooses: the bytes as they came; or as columns and texts, packed, with the second and third byte for the length of the
/// columns.
pub(super) fn run(data: &[u8]) {
    let Some((selector, bytes)) = data.split_first() else { return };
    if selector % 2 == 0 {
        return read(bytes);
    }
    let Some((length, bytes)) = bytes.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_be_bytes(*length)).min(bytes.len());
    let (columns, texts) = bytes.split_at(length);
    let packed = |bytes| zstd::bulk::compress(bytes, 1).expect("packs in memory");
    let (columns, texts) = (packed(columns), packed(texts));
    let mut block = vec![1];
    let mut left = columns.len();
    while left >= 0x80 {
        block.push(0x80 | u8::try_from(left & 0x7f).expect("seven bits"));
        left >>= 7;
    }
    block.push(u8::try_from(left).expect("seven bits"));
    block.extend(columns);
    block.extend(texts);
    read(&block);
}

fn read(bytes: &[u8]) {
    let outline = Outline::unpack(bytes);
    let Ok(block) = Block::unpack(bytes) else { return };
    let outline = outline.expect("of a block that can be read whole");
    let events = block.events();
    assert!((1..=MOST_EVENTS).contains(&events.len()));
    assert!(events.is_sorted_by(|a, b| (a.start, a.id) < (b.start, b.id)));
    for (at, event) in events.iter().enumerate() {
        assert_eq!(block.place(at), (event.start, event.id));
        assert_eq!(block.before((event.start, event.id)), at);
        assert!(event.duration_ms <= LONGEST_EVENT_MS);
        assert!(event.data.json.as_str().len() <= CanonicalJson::MOST_BYTES);
        assert_eq!(event.data.app.as_deref(), block.app(at));
        assert_eq!(outline.place(at), block.place(at));
        assert_eq!(outline.duration_ms(at), event.duration_ms);
        assert_eq!(outline.policy(at), event.policy);
        assert_eq!(outline.app(at), block.app(at));
        assert_eq!(outline.afk(at), event.data.afk);
    }
    assert_eq!(block.before(block.place(0)), 0);
    assert!(block.find(EventId(block.place(0).1.0)).is_some());
    let (mut packed, mut rest) = (Vec::new(), events.as_slice());
    while !rest.is_empty() {
        let (bytes, taken) = Block::pack(rest, usize::MAX);
        let Ok(block) = Block::unpack(&bytes) else {
            assert!(taken == 1, "only a single event may be more than a block holds");
            return;
        };
        packed.extend(block.events());
        rest = &rest[taken..];
    }
    assert_eq!(packed, events);
}
