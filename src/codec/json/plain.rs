//! JSON of what every language has: numbers, texts, lists, and bytes as base64 or hexadecimal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

use super::{BadJson, Json, object};

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Json for $number {
            fn to_json(&self) -> Value {
                Value::from(*self)
            }
            fn from_json(value: Value) -> Result<Self, BadJson> {
                let number = value.as_u64().ok_or_else(|| BadJson::new("a whole number is wanted"))?;
                Self::try_from(number).map_err(|_| BadJson::new("the number is too large"))
            }
        }
    )*};
}

numbers!(u16, u32, u64);

impl Json for i64 {
    fn to_json(&self) -> Value {
        Value::from(*self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        value.as_i64().ok_or_else(|| BadJson::new("a whole number is wanted"))
    }
}

impl Json for u8 {
    fn to_json(&self) -> Value {
        Value::from(*self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        u32::from_json(value)?.try_into().map_err(|_| BadJson::new("the number is too large"))
    }
    fn list_to_json(list: &[Self]) -> Value {
        Value::String(BASE64.encode(list))
    }
    fn list_from_json(value: Value) -> Result<Vec<Self>, BadJson> {
        let text = String::from_json(value)?;
        BASE64.decode(text.as_bytes()).map_err(|_| BadJson::new("base64 is wanted"))
    }
}

impl<const N: usize> Json for [u8; N] {
    fn to_json(&self) -> Value {
        Value::String(HEXLOWER.encode(self))
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        let bytes = HEXLOWER.decode(String::from_json(value)?.as_bytes()).unwrap_or_default();
        bytes.try_into().map_err(|_| BadJson(format!("{N} bytes are wanted, in hexadecimal")))
    }
}

impl Json for bool {
    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        value.as_bool().ok_or_else(|| BadJson::new("true or false is wanted"))
    }
}

impl Json for String {
    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(BadJson::new("a text is wanted")),
        }
    }
}

impl Json for () {
    fn to_json(&self) -> Value {
        Value::Null
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        if value.is_null() { Ok(()) } else { Err(BadJson::new("null is wanted")) }
    }
}

/// `null`, or the value; a value that is `null` itself stands in an object of its own.
impl<T: Json> Json for Option<T> {
    fn to_json(&self) -> Value {
        match self.as_ref().map(T::to_json) {
            Some(Value::Null) => object([(SOME, Value::Null)]),
            Some(value) => value,
            None => Value::Null,
        }
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        match value {
            Value::Null => Ok(None),
            Value::Object(fields)
                if fields.len() == 1 && fields.get(SOME) == Some(&Value::Null) =>
            {
                T::from_json(Value::Null).map(Some)
            }
            value => T::from_json(value).map(Some),
        }
    }
}

/// No field is called this.
const SOME: &str = "Some";

impl<T: Json> Json for Vec<T> {
    fn to_json(&self) -> Value {
        T::list_to_json(self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        T::list_from_json(value)
    }
}

impl<T: Json> Json for Box<T> {
    fn to_json(&self) -> Value {
        T::to_json(self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: Json> Json for Arc<T> {
    fn to_json(&self) -> Value {
        T::to_json(self)
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: Json + Ord> Json for BTreeSet<T> {
    fn to_json(&self) -> Value {
        Value::Array(self.iter().map(T::to_json).collect())
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Vec::from_json(value).map(|list: Vec<T>| list.into_iter().collect())
    }
}

/// A list of pairs: not every key is a text.
impl<K: Json + Ord, V: Json> Json for BTreeMap<K, V> {
    fn to_json(&self) -> Value {
        let pair = |(key, value): (&K, &V)| Value::Array(vec![key.to_json(), value.to_json()]);
        Value::Array(self.iter().map(pair).collect())
    }
    fn from_json(value: Value) -> Result<Self, BadJson> {
        Vec::from_json(value).map(|list: Vec<(K, V)>| list.into_iter().collect())
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident)*;)*) => {$(
        impl<$($name: Json),*> Json for ($($name,)*) {
            #[expect(non_snake_case, reason = "each is called as its type is")]
            fn to_json(&self) -> Value {
                let ($($name,)*) = self;
                Value::Array(vec![$($name.to_json()),*])
            }
            fn from_json(value: Value) -> Result<Self, BadJson> {
                let Value::Array(list) = value else { return Err(BadJson::new("a list is wanted")) };
                if list.len() != $count {
                    return Err(BadJson::new(concat!("a list of ", $count, " is wanted")));
                }
                let mut list = list.into_iter();
                Ok(($($name::from_json(list.next().unwrap_or_default())?,)*))
            }
        }
    )*};
}

tuples! {
    2: A B;
    3: A B C;
}
