//! Targets.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::target::{Target, TargetCommand, WorkingDays};

/// One byte, bit 0 for Monday.
impl Encode for WorkingDays {
    fn encode<E: Encoder>(&self, to: &mut E) -> Result<(), EncodeError> {
        self.bits().encode(to)
    }
}

impl<C> Decode<C> for WorkingDays {
    fn decode<D: Decoder<Context = C>>(from: &mut D) -> Result<Self, DecodeError> {
        let bits = Decode::decode(from)?;
        Self::new(bits).ok_or_else(|| DecodeError::OtherString("a week has seven days".to_owned()))
    }
}

fields!(Target { person, from, week_minutes, days });
choice!(TargetCommand { 0 => Set(target), 1 => Remove { person, from } });

impl Record for Target {
    const NAME: &'static str = "a target";
}
