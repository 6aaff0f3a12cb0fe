//! What a query's variables hold. Values never change: a function answers new ones, and what is the same is shared.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Number, Value as Json};

use super::fault::{DEEPEST_VALUE, Fault, Held, MOST_VALUES, Meter};

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    List(Rc<Node<Vec<Value>>>),
    Dict(Rc<Dict>),
    Event(Rc<Node<Span>>),
}

/// An object, and the data of an event.
pub(super) type Dict = Node<BTreeMap<Rc<str>, Value>>;

/// Something that holds values, with what it weighs.
#[derive(Debug)]
pub(super) struct Node<T> {
    pub(super) inner: T,
    /// How many values would be printed.
    weight: u64,
    depth: u32,
    _held: Held,
}

/// An event while functions work on it. Times in microseconds, because halves of gaps are finer than what is stored.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) id: Option<u64>,
    /// Whole milliseconds only: what is finer is cut off, as aw-core cuts it ([`Span::begin`]).
    pub(super) start: i64,
    pub(super) duration: i64,
    pub(super) data: Rc<Dict>,
}

impl Span {
    pub(super) const fn end(&self) -> i64 {
        self.start.saturating_add(self.duration)
    }

    /// Begins then, its length unchanged.
    pub(super) const fn begin(&mut self, at: i64) {
        self.start = at - at.rem_euclid(1_000);
    }
}

impl Value {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Rc::from(text.as_ref()))
    }

    pub(super) fn list(items: Vec<Self>, meter: &Meter<'_>) -> Result<Self, Fault> {
        let (weight, depth) = weigh(items.iter())?;
        meter.step(items.len())?;
        let texts: usize = items.iter().map(Self::text_bytes).sum();
        let _held = meter.hold(NODE_BYTES + items.len() * size_of::<Self>() + texts)?;
        Ok(Self::List(Rc::new(Node { inner: items, weight, depth, _held })))
    }

    pub(super) fn events(spans: Vec<Span>, meter: &Meter<'_>) -> Result<Self, Fault> {
        let events: Result<_, _> = spans.into_iter().map(|span| Self::event(span, meter)).collect();
        Self::list(events?, meter)
    }

    pub(super) fn event(span: Span, meter: &Meter<'_>) -> Result<Self, Fault> {
        let (weight, depth) = (bounded_weight(span.data.weight)?, bounded_depth(span.data.depth)?);
        let _held = meter.hold(NODE_BYTES + size_of::<Span>())?;
        Ok(Self::Event(Rc::new(Node { inner: span, weight, depth, _held })))
    }

    /// A number that JSON can write.
    pub(super) fn number(number: f64) -> Result<Self, Fault> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = number.fract() == 0.0 && number.abs() < EXACT;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        let written =
            if whole { Some(Number::from(number as i64)) } else { Number::from_f64(number) };
        let none = || Fault::function("A number became too large. Calculate with smaller ones.");
        written.map(Self::Number).ok_or_else(none)
    }

    /// Seconds, exactly as aw-server prints them.
    pub(super) fn seconds(microseconds: i64) -> Self {
        let text = seconds_text(microseconds);
        Self::Number(text.parse().unwrap_or_else(|_| Number::from(0)))
    }

    /// What a JSON text says.
    pub(super) fn of_json(json: Json, meter: &Meter<'_>) -> Result<Self, Fault> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => Self::Number(number),
            Json::String(text) => Self::text(text),
            Json::Array(items) => {
                let items: Result<_, _> =
                    items.into_iter().map(|item| Self::of_json(item, meter)).collect();
                Self::list(items?, meter)?
            }
            Json::Object(fields) => Self::Dict(dict_of_json(fields, meter)?),
        })
    }

    /// What its text takes, if it is one: whoever holds it counts it.
    fn text_bytes(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }

    fn weight(&self) -> u64 {
        match self {
            Self::List(node) => node.weight,
            Self::Dict(node) => node.weight,
            Self::Event(node) => node.weight,
            _ => 1,
        }
    }

    fn depth(&self) -> u32 {
        match self {
            Self::List(node) => node.depth,
            Self::Dict(node) => node.depth,
            Self::Event(node) => node.depth,
            _ => 0,
        }
    }

    /// Do both say the same? Numbers are compared as numbers.
    pub(super) fn same(&self, other: &Self, meter: &Meter<'_>) -> Result<bool, Fault> {
        meter.step(1)?;
        Ok(match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b || a.as_f64() == b.as_f64(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                Rc::ptr_eq(a, b) || {
                    let mut all = a.inner.len() == b.inner.len();
                    for (a, b) in a.inner.iter().zip(&b.inner) {
                        all = all && a.same(b, meter)?;
                    }
                    all
                }
            }
            (Self::Dict(a), Self::Dict(b)) => same_data(a, b, meter)?,
            (Self::Event(a), Self::Event(b)) => {
                let (a, b) = (&a.inner, &b.inner);
                (a.start, a.duration) == (b.start, b.duration)
                    && same_data(&a.data, &b.data, meter)?
            }
            _ => false,
        })
    }

    /// For a sentence: what kind of value it is.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "True or False",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Dict(_) => "an object",
            Self::Event(_) => "an event",
        }
    }
}

impl Dict {
    pub(super) fn new(
        fields: BTreeMap<Rc<str>, Value>,
        meter: &Meter<'_>,
    ) -> Result<Rc<Self>, Fault> {
        let (weight, depth) = weigh(fields.values())?;
        let texts: usize =
            fields.iter().map(|(key, value)| FIELD_BYTES + key.len() + value.text_bytes()).sum();
        meter.step(fields.len())?;
        let _held = meter.hold(NODE_BYTES + texts)?;
        Ok(Rc::new(Self { inner: fields, weight, depth, _held }))
    }

    pub(super) fn field(&self, key: &str) -> Option<&Value> {
        self.inner.get(key)
    }

    /// Its fields that are texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.iter().filter_map(|(key, value)| match value {
            Value::Text(text) => Some((&**key, &**text)),
            _ => None,
        })
    }

    /// The same with these fields, too.
    pub(super) fn with<const N: usize>(
        &self,
        fields: [(&str, Value); N],
        meter: &Meter<'_>,
    ) -> Result<Rc<Self>, Fault> {
        let mut all = self.inner.clone();
        all.extend(fields.map(|(key, value)| (Rc::from(key), value)));
        Self::new(all, meter)
    }
}

pub(super) fn same_data(a: &Rc<Dict>, b: &Rc<Dict>, meter: &Meter<'_>) -> Result<bool, Fault> {
    if Rc::ptr_eq(a, b) {
        return Ok(true);
    }
    if a.inner.len() != b.inner.len() {
        return Ok(false);
    }
    for ((key, a), (other, b)) in a.inner.iter().zip(&b.inner) {
        if key != other || !a.same(b, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn dict_of_json(
    fields: serde_json::Map<String, Json>,
    meter: &Meter<'_>,
) -> Result<Rc<Dict>, Fault> {
    let field = |(key, value): (String, Json)| Ok((key.into(), Value::of_json(value, meter)?));
    let fields: Result<_, Fault> = fields.into_iter().map(field).collect();
    Dict::new(fields?, meter)
}

/// `1.0`, `0.25`, `-0.000001`.
pub(super) fn seconds_text(microseconds: i64) -> String {
    let sign = if microseconds < 0 { "-" } else { "" };
    let (whole, part) =
        (microseconds.unsigned_abs() / 1_000_000, microseconds.unsigned_abs() % 1_000_000);
    if part == 0 {
        return format!("{sign}{whole}.0");
    }
    format!("{sign}{whole}.{part:06}").trim_end_matches('0').to_owned()
}

fn weigh<'a>(values: impl Iterator<Item = &'a Value>) -> Result<(u64, u32), Fault> {
    let (mut weight, mut depth) = (0, 0);
    for value in values {
        weight = value.weight().saturating_add(weight);
        depth = depth.max(value.depth());
    }
    Ok((bounded_weight(weight)?, bounded_depth(depth)?))
}

fn bounded_weight(weight: u64) -> Result<u64, Fault> {
    if weight > MOST_VALUES { Err(Fault::bound("makes too many values")) } else { Ok(weight + 1) }
}

fn bounded_depth(depth: u32) -> Result<u32, Fault> {
    if depth >= DEEPEST_VALUE {
        Err(Fault::bound("nests values too deeply"))
    } else {
        Ok(depth + 1)
    }
}

/// What a node takes beside what it holds.
const NODE_BYTES: usize = 64;
/// What a field takes beside its texts.
const FIELD_BYTES: usize = 64;
