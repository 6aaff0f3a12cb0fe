//! Categories and tags by rules.

use std::rc::Rc;

use super::super::fault::{Fault, Held, Meter};
use super::super::function::Arguments;
use super::super::value::{Dict, Value};
use super::remade;
use crate::domain::category::{Rule, UNCATEGORIZED, pick};

/// A rule looks at no more fields.
const MOST_FIELDS: usize = 8;

/// Each event with its `$category`: the deepest that fits.
pub(in super::super) fn categorize(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, classes) = (a.events()?, classes(a)?);
    let none = Value::list(vec![Value::text(UNCATEGORIZED)], a.meter)?;
    let mut depths = Vec::new();
    for (name, _) in &classes.all {
        match name {
            Value::List(path) => depths.push(path.inner.len()),
            other => return Err(a.wrong(1, "rules for categories, each a list of names", other)),
        }
    }
    let spans = remade(spans, a.meter, |data| {
        let fitting = fitting(&classes, data, a.meter)?;
        let fitting = fitting.iter().map(|place| (*place, depths[*place], &classes.all[*place].1));
        let category = pick(fitting).map_or(&none, |place| &classes.all[place].0);
        data.with([("$category", category.clone())], a.meter)
    })?;
    Value::events(spans, a.meter)
}

/// Each event with its `$tags`: all that fit.
pub(in super::super) fn tag(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, classes) = (a.events()?, classes(a)?);
    let spans = remade(spans, a.meter, |data| {
        let fitting = fitting(&classes, data, a.meter)?;
        let tags = fitting.into_iter().map(|place| classes.all[place].0.clone());
        data.with([("$tags", Value::list(tags.collect(), a.meter)?)], a.meter)
    })?;
    Value::events(spans, a.meter)
}

/// Rules with the names they give.
struct Classes {
    all: Vec<(Value, Rule)>,
    _held: Held,
}

/// The places of the rules that fit.
fn fitting(classes: &Classes, data: &Rc<Dict>, meter: &Meter<'_>) -> Result<Vec<usize>, Fault> {
    let length: usize = data.texts().map(|(_, text)| 1 + text.len()).sum();
    let mut fitting = Vec::new();
    for (place, (_, rule)) in classes.all.iter().enumerate() {
        meter.step(1 + length)?;
        if rule.fits(data.texts()) {
            fitting.push(place);
        }
    }
    Ok(fitting)
}

/// Pairs of a name and a rule.
fn classes(a: &mut Arguments<'_>) -> Result<Classes, Fault> {
    const PAIRS: &str = "a list of pairs of a name and a rule";
    let values = a.values()?;
    let mut held = a.meter.hold(0)?;
    let mut all = Vec::new();
    for pair in &values {
        let Value::List(pair) = pair else { return Err(a.wrong(1, PAIRS, pair)) };
        let [name, Value::Dict(fields)] = &pair.inner[..] else {
            return Err(a.refuse("takes pairs of a name and a rule."));
        };
        let rule = rule(a, fields)?;
        let names: usize = rule.fields.iter().map(|name| size_of::<String>() + name.len()).sum();
        // A pair more, with a place among the depths and among those that fit.
        a.meter.step(1 + rule.fields.len())?;
        held.more(size_of::<(Value, Rule)>() + 2 * size_of::<usize>() + names)?;
        all.push((name.clone(), rule));
    }
    Ok(Classes { all, _held: held })
}

fn rule(a: &Arguments<'_>, fields: &Dict) -> Result<Rule, Fault> {
    let ignore_case = match fields.field("ignore_case") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(ignore)) => *ignore,
        Some(_) => return Err(a.refuse("takes rules whose `ignore_case` is True or False.")),
    };
    let pattern = match fields.field("regex") {
        None | Some(Value::Null) => None,
        Some(Value::Text(text)) if text.is_empty() => None,
        Some(Value::Text(text)) => Some((*a.meter.pattern(text, ignore_case)?).clone()),
        Some(_) => return Err(a.refuse("takes rules whose `regex` is a text.")),
    };
    let names = match fields.field("select_keys") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::List(list)) if list.inner.len() > MOST_FIELDS => {
            return Err(a.refuse("takes rules that look at 8 fields at most."));
        }
        Some(Value::List(list)) => list
            .inner
            .iter()
            .map(|name| match name {
                Value::Text(name) => Ok(name.to_string()),
                _ => Err(a.refuse("takes rules whose `select_keys` are texts.")),
            })
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(a.refuse("takes rules whose `select_keys` is a list of texts.")),
    };
    let priority = match fields.field("priority").or_else(|| fields.field("weight")) {
        None => None,
        Some(Value::Number(number)) if number.as_i64().is_some() => number.as_i64(),
        Some(_) => return Err(a.refuse("takes rules whose priority is a whole number.")),
    };
    Ok(Rule { pattern, fields: names, priority })
}
