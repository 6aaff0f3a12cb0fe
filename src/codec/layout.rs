//! Two small tables of layout: the order of a record's fields, and the tags of a choice.
//!
//! They implement bincode's traits for the domain's own types, so that the bytes are spelled out here and the domain stays free
//! of them. The order of fields and every tag are promises: append, never reorder, never reuse. From the same tables comes the form in
//! JSON (`json.rs`), by the names of fields and variants.

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
        impl crate::codec::json::Json for $type {
            fn to_json(&self) -> serde_json::Value {
                crate::codec::json::object([$((stringify!($field), crate::codec::json::Json::to_json(&self.$field))),*])
            }
            fn from_json(value: serde_json::Value) -> Result<Self, crate::codec::json::BadJson> {
                let mut inside = crate::codec::json::Inside::of(value);
                let made = Self { $($field: inside.field(stringify!($field))?),* };
                inside.end()?;
                Ok(made)
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
        impl crate::codec::json::Json for $type {
            fn to_json(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant $(($value))? $({ $($field),* })? => {
                        let inside = None
                            $(.or(Some(crate::codec::json::Json::to_json($value))))?
                            $(.or(Some(crate::codec::json::object([
                                $((stringify!($field), crate::codec::json::Json::to_json($field))),*
                            ]))))?;
                        crate::codec::json::variant(stringify!($variant), inside)
                    })*
                }
            }
            #[allow(unused_mut, reason = "a variant with nothing in it takes nothing out")]
            fn from_json(value: serde_json::Value) -> Result<Self, crate::codec::json::BadJson> {
                let (name, mut inside) = crate::codec::json::Inside::of_variant(value)?;
                let made = match name.as_str() {
                    $(stringify!($variant) => {
                        $(let $value = inside.whole()?;)?
                        $($(let $field = inside.field(stringify!($field))?;)*)?
                        Self::$variant $(($value))? $({ $($field),* })?
                    })*
                    _ => return Err(crate::codec::json::BadJson::unknown(&name)),
                };
                inside.end()?;
                Ok(made)
            }
        }
    };
}

pub(super) use {choice, fields};
