//! Window titles without what changes all the time.

use regex::Regex;

use super::super::fault::Fault;
use super::super::function::Arguments;
use super::super::value::Value;
use super::remade;

/// Without a count in brackets at the front; a window's title also without frames per second and the mark of what is not saved.
pub(in super::super) fn simplify(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, key) = (a.events()?, a.text()?);
    let [count, frames, mark] =
        [r"^\([0-9]+\)\s*", r"FPS:\s+[0-9\.]+", r"^(●|\*)\s*"].map(expression);
    let spans = remade(spans, a.meter, |data| {
        let Some(Value::Text(text)) = data.field(&key) else { return Ok(data.clone()) };
        a.meter.step(text.len())?;
        let mut text = count.replace(text, "").into_owned();
        if &*key == "title" && data.field("app").is_some() {
            text = frames.replace_all(&text, "FPS: ...").into_owned();
            text = mark.replace(&text, "").into_owned();
        }
        data.with([(&*key, Value::text(text))], a.meter)
    })?;
    Value::events(spans, a.meter)
}

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("one of the three above, which the tests compile")
}
