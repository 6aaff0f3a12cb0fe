//! Records as JSON, by the names of `FORMAT.md`: what an office takes along to read with anything, and brings back.
//!
//! Reading is strict: a field that is missing, left over or breaks its rule is refused, and what comes back is the same value.

mod domain;
mod plain;

use std::fmt::Display;

use serde_json::{Map, Value};
use thiserror::Error;

/// A value with a form in JSON.
pub trait Json: Sized {
    /// That form.
    fn to_json(&self) -> Value;

    /// The value in this form.
    ///
    /// # Errors
    /// [`BadJson`] where it is not one.
    fn from_json(value: Value) -> Result<Self, BadJson>;

    /// The form of many: bytes are not a list of numbers.
    fn list_to_json(list: &[Self]) -> Value {
        Value::Array(list.iter().map(Self::to_json).collect())
    }

    /// Many in this form.
    ///
    /// # Errors
    /// [`BadJson`].
    fn list_from_json(value: Value) -> Result<Vec<Self>, BadJson> {
        match value {
            Value::Array(list) => list.into_iter().map(Self::from_json).collect(),
            _ => Err(BadJson::new("a list is wanted")),
        }
    }
}

/// Why JSON is not the value that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadJson(String);

impl BadJson {
    pub(crate) fn new(why: impl Display) -> Self {
        Self(why.to_string())
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self(format!("{name:?} is not known"))
    }

    fn within(self, field: &str) -> Self {
        Self(format!("{field}: {}", self.0))
    }
}

/// An object of these fields.
pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A variant: its name, or an object of its name and what is inside.
pub(super) fn variant(name: &str, inside: Option<Value>) -> Value {
    match inside {
        None => Value::String(name.to_owned()),
        Some(inside) => object([(name, inside)]),
    }
}

/// What is inside of a record or a variant, taken out piece by piece.
pub(super) enum Inside {
    Nothing,
    Whole(Value),
    Fields(Map<String, Value>),
}

impl Inside {
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self::Fields(fields),
            other => Self::Whole(other),
        }
    }

    /// The variant's name, and what is inside.
    pub(super) fn of_variant(value: Value) -> Result<(String, Self), BadJson> {
        match value {
            Value::String(name) => Ok((name, Self::Nothing)),
            Value::Object(object) if object.len() == 1 => {
                let (name, inside) =
                    object.into_iter().next().ok_or_else(|| BadJson::new("it is empty"))?;
                Ok((name, Self::of(inside)))
            }
            _ => Err(BadJson::new("a name, or an object of one name, is wanted")),
        }
    }

    pub(super) fn field<T: Json>(&mut self, name: &str) -> Result<T, BadJson> {
        let Self::Fields(fields) = self else { return Err(BadJson::new("an object is wanted")) };
        let value = fields.remove(name);
        let value = value.ok_or_else(|| BadJson(format!("{name:?} is missing")))?;
        T::from_json(value).map_err(|bad| bad.within(name))
    }

    pub(super) fn whole<T: Json>(&mut self) -> Result<T, BadJson> {
        match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Err(BadJson::new("its value is missing")),
            Self::Whole(value) => T::from_json(value),
            Self::Fields(fields) => T::from_json(Value::Object(fields)),
        }
    }

    pub(super) fn end(&self) -> Result<(), BadJson> {
        match self {
            Self::Nothing => Ok(()),
            Self::Fields(fields) => match fields.keys().next() {
                None => Ok(()),
                Some(name) => Err(BadJson::unknown(name)),
            },
            Self::Whole(_) => Err(BadJson::new("nothing more is wanted")),
        }
    }
}
