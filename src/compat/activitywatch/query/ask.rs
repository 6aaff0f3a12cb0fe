//! What is asked: `{"timeperiods": ["start/end", …], "query": ["line", …]}`.

use serde_json::Value;

use super::fault::{Fault, Kind, MOST_SOURCE_BYTES};
use super::source::Period;

/// Periods in one request: a year of days, and some.
const MOST_PERIODS: usize = 400;

/// A query with its periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) periods: Vec<Period>,
}

impl Ask {
    /// What a request's JSON asks. Fields nobody knows are left aside: newer clients send more.
    ///
    /// # Errors
    /// [`Fault`] with the field that is wrong.
    pub fn new(json: &Value, name: &str) -> Result<Self, Fault> {
        let source = texts(json, "query")?.join("\n");
        if source.len() > MOST_SOURCE_BYTES {
            let most = MOST_SOURCE_BYTES / 1024;
            let why = format!("A query is at most {most} KiB long. Write a shorter one.");
            return Err(Fault::new(Kind::Bound, why));
        }
        let periods = texts(json, "timeperiods")?;
        if periods.len() > MOST_PERIODS {
            let why = format!("A query has at most {MOST_PERIODS} periods. Ask for fewer at once.");
            return Err(Fault::new(Kind::Bound, why));
        }
        let periods: Result<_, _> = periods.into_iter().map(Period::parse).collect();
        Ok(Self { name: name.chars().take(256).collect(), source, periods: periods? })
    }
}

fn texts<'a>(json: &'a Value, field: &str) -> Result<Vec<&'a str>, Fault> {
    let items = json.get(field).and_then(Value::as_array);
    let texts = items.and_then(|items| items.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    texts.ok_or_else(|| {
        Fault::new(Kind::Parse, format!("`{field}` must be a list of texts. Send it."))
    })
}
