//! Two small tables of layout: the order of a record's fields, and the tags of a choice.
//!
//! They implement bincode's traits for the domain's own types, so that the bytes are spelled out here and the domain stays free
//! of them. The order of fields and every tag are promises: append, never reorder, never reuse.

/// Fields of a struct in the order they are written.
macro_rules! fields {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl bincode::Encode for $type {
            fn encode<E: bincode::enc::Encoder>(&self, to: &mut E) -> Result<(), bincode::error::EncodeError> {
                $(bincode::Encode::encode(&self.$field, to)?;)*
                Ok(())
            }
        }
        impl<C> bincode::Decode<C> for $type {
            fn decode<D: bincode::de::Decoder<Context = C>>(from: &mut D) -> Result<Self, bincode::error::DecodeError> {
                Ok(Self { $($field: bincode::Decode::decode(from)?),* })
            }
        }
    };
}

/// Variants of an enum by their tag, one byte. Unit, one-value and named-field variants.
macro_rules! choice {
    ($type:ty { $($tag:literal => $variant:ident $(($value:ident))? $({ $($field:ident),* $(,)? })?),* $(,)? }) => {
        impl bincode::Encode for $type {
            fn encode<E: bincode::enc::Encoder>(&self, to: &mut E) -> Result<(), bincode::error::EncodeError> {
                match self {
                    $(Self::$variant $(($value))? $({ $($field),* })? => {
                        bincode::Encode::encode(&($tag as u8), to)?;
                        $(bincode::Encode::encode($value, to)?;)?
                        $($(bincode::Encode::encode($field, to)?;)*)?
                        Ok(())
                    })*
                }
            }
        }
        impl<C> bincode::Decode<C> for $type {
            fn decode<D: bincode::de::Decoder<Context = C>>(from: &mut D) -> Result<Self, bincode::error::DecodeError> {
                let tag: u8 = bincode::Decode::decode(from)?;
                match tag {
                    $($tag => {
                        $(let $value = bincode::Decode::decode(from)?;)?
                        $($(let $field = bincode::Decode::decode(from)?;)*)?
                        Ok(Self::$variant $(($value))? $({ $($field),* })?)
                    })*
                    other => Err(bincode::error::DecodeError::OtherString(format!(
                        concat!(stringify!($type), " has no variant {}"), other
                    ))),
                }
            }
        }
    };
}

pub(super) use {choice, fields};
