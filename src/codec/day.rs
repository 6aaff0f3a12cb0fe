//! Days: one varint, days since 1970-01-01.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::domain::day::Day;

impl Encode for Day {
    fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
        self.number().encode(to)
    }
}

impl<C> Decode<C> for Day {
    fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
        let number = Decode::decode(from)?;
        Self::new(number).ok_or_else(|| {
            DecodeError::OtherString(format!("{number} is no day between 1970 and 2199"))
        })
    }
}
