//! Steps of removing what is too old, and what they removed.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::outcome::Noun;
use crate::domain::retention::{RetentionCommand, Swept};

fields!(Swept { floor, events, thinned, traces, looks });
choice!(RetentionCommand {
    0 => Drop { bucket, before, rows },
    1 => Thin { bucket, from, before, rows },
    2 => Purge { records, before },
    3 => Forget { person, before, rows },
    4 => Tell,
});

impl Record for Swept {
    const NAME: &'static str = "what was swept";
}

/// A sort of record as its number in keys.
impl bincode::Encode for Noun {
    fn encode<E: bincode::enc::Encoder>(
        &self,
        to: &mut E,
    ) -> Result<(), bincode::error::EncodeError> {
        super::key::Key::to_bytes(self).first().copied().unwrap_or_default().encode(to)
    }
}

impl<C> bincode::Decode<C> for Noun {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        from: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        let number: u8 = bincode::Decode::decode(from)?;
        super::key::Key::from_bytes(&[number]).map_err(|bad: super::CodecError| {
            bincode::error::DecodeError::OtherString(bad.to_string())
        })
    }
}
