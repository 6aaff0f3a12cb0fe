//! Window titles without what changes all the time.

use std::sync::LazyLock;

use regex::Regex;

use super::super::fault::Fault;
use super::super::function::Arguments;
use super::super::value::Value;
use super::remade;

/// Without a count in brackets at the front; a window's title also without frames per second and the mark of what is not saved.
pub(in super::super) fn simplify(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, key) = (a.events()?, a.text()?);
    let spans = remade(spans, a.meter, |data| {
        let Some(Value::Text(text)) = data.field(&key) else { return Ok(data.clone()) };
        a.meter.step(text.len())?;
        let mut text = COUNT.replace(text, "").into_owned();
        if &*key == "title" && data.field("app").is_some() {
            text = FRAMES.replace_all(&text, "FPS: ...").into_owned();
            text = MARK.replace(&text, "").into_owned();
        }
        data.with([(&*key, Value::text(text))], a.meter)
    })?;
    Value::events(spans, a.meter)
}

static COUNT: LazyLock<Regex> = LazyLock::new(|| expression(r"^\([0-9]+\)\s*"));
static FRAMES: LazyLock<Regex> = LazyLock::new(|| expression(r"FPS:\s+[0-9\.]+"));
static MARK: LazyLock<Regex> = LazyLock::new(|| expression(r"^(●|\*)\s*"));

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("one of the three above, which the tests compile")
}
