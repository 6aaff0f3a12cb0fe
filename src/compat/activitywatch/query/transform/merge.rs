//! Events put together, in order, and added up.

use std::collections::HashMap;
use std::collections::btree_map::BTreeMap;
use std::rc::Rc;

use super::super::fault::{Fault, Meter};
use super::super::function::Arguments;
use super::super::print;
use super::super::value::{Dict, Span, Value, same_data};
use super::overlap::common;

pub(in super::super) fn concat(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let all = a.all_events()?;
    Value::events(all, a.meter)
}

pub(in super::super) fn sort_by_timestamp(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let mut spans = a.events()?;
    spans.sort_by_key(|span| span.start);
    Value::events(spans, a.meter)
}

/// The longest first.
pub(in super::super) fn sort_by_duration(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let mut spans = a.events()?;
    spans.sort_by_key(|span| std::cmp::Reverse(span.duration));
    Value::events(spans, a.meter)
}

pub(in super::super) fn sum_durations(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let spans = a.events()?;
    Ok(Value::seconds(spans.iter().fold(0, |sum: i64, span| sum.saturating_add(span.duration))))
}

/// The values of all keys of an event, as text.
const LONGEST_COMBINATION: usize = 1024 * 1024;

/// One event for each combination of the keys' values, their durations added; only the keys stay in the data. As in aw-core, a key
/// that is missing leaves no gap in the combination.
pub(in super::super) fn by_keys(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (spans, keys) = (a.events()?, a.texts()?);
    if keys.is_empty() {
        return Value::events(spans, a.meter);
    }
    let mut merged: Vec<Span> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut by_data: HashMap<*const Dict, usize> = HashMap::new();
    let mut held = a.meter.hold(0)?;
    for span in &spans {
        a.meter.step(1)?;
        if let Some(place) = by_data.get(&Rc::as_ptr(&span.data)) {
            let known: &mut Span = &mut merged[*place];
            known.duration = known.duration.saturating_add(span.duration);
            continue;
        }
        // A key that is missing costs a look, too.
        a.meter.step(keys.len())?;
        let mut combination = String::new();
        let mut data = BTreeMap::new();
        for key in &keys {
            if combination.len() > LONGEST_COMBINATION {
                return Err(Fault::bound("merges by too long values"));
            }
            if let Some(value) = span.data.field(key) {
                print::key(&mut combination, value, a.meter)?;
                data.insert(key.clone(), value.clone());
            }
        }
        let place = match places.get(&combination) {
            Some(place) => {
                let known = &mut merged[*place];
                known.duration = known.duration.saturating_add(span.duration);
                *place
            }
            None => {
                let mut first = Span { id: None, data: Dict::new(data, a.meter)?, ..span.clone() };
                first.begin(span.start);
                merged.push(first);
                held.more(combination.len())?;
                places.insert(combination, merged.len() - 1);
                merged.len() - 1
            }
        };
        by_data.insert(Rc::as_ptr(&span.data), place);
    }
    Value::events(merged, a.meter)
}

/// Neighbours with the same value of a key as one event, with what it was made of in `subevents`. It ends at the first event without
/// the key, and what comes after the list's last event begins anew, both as in aw-core.
pub(in super::super) fn chunk(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    const PULSE: i64 = 5_000_000;
    let (spans, key) = (a.events()?, a.text()?);
    let end = spans.last().map_or(0, Span::end);
    let mut chunks: Vec<(Span, Value, Vec<Value>)> = Vec::new();
    for span in spans {
        a.meter.step(1)?;
        let Some(value) = span.data.field(&key).cloned() else { break };
        let event = Value::event(span.clone(), a.meter)?;
        let near = span.start - end < PULSE;
        match chunks.last_mut() {
            Some((chunk, held, inside)) if near && held.same(&value, a.meter)? => {
                chunk.duration = chunk.duration.saturating_add(span.duration);
                inside.push(event);
            }
            _ => chunks.push((Span { id: None, ..span }, value, vec![event])),
        }
    }
    let made = chunks.into_iter().map(|(chunk, value, inside)| {
        let inside = Value::list(inside, a.meter)?;
        let data = BTreeMap::from([(key.clone(), value), (Rc::from("subevents"), inside)]);
        Ok(Span { data: Dict::new(data, a.meter)?, ..chunk })
    });
    Value::events(made.collect::<Result<_, Fault>>()?, a.meter)
}

/// Events cut where those of another watcher begin and end, each part with the other's values of these keys.
pub(in super::super) fn subwatcher_fields(a: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (base, mut others, keys) = (a.events()?, a.events()?, a.texts()?);
    let others_win = match a.optional() {
        None => false,
        Some((_, Value::Text(text))) if &*text == "base_wins" => false,
        Some((_, Value::Text(text))) if &*text == "sub_wins" => true,
        Some(_) => return Err(a.refuse("takes `base_wins` or `sub_wins` as its fourth value.")),
    };
    if others.is_empty() || keys.is_empty() {
        return Value::events(base, a.meter);
    }
    others.sort_by_key(|span| span.start);
    // The latest end so far, so that a search finds the first one that may reach an event.
    let mut latest = i64::MIN;
    let ends: Vec<i64> = others
        .iter()
        .map(|span| {
            latest = latest.max(span.end());
            latest
        })
        .collect();
    let mut all = Vec::new();
    for event in base {
        let first = ends.partition_point(|end| *end <= event.start);
        let mut touching = Vec::new();
        for other in others[first..].iter().take_while(|other| other.start < event.end()) {
            a.meter.step(1)?;
            if other.end() > event.start && common(&event, other).is_some() {
                touching.push(other);
            }
        }
        if touching.is_empty() {
            all.push(event);
        } else {
            parts(&event, &touching, &keys, others_win, a.meter, &mut all)?;
        }
    }
    Value::events(all, a.meter)
}

/// The parts of one event.
fn parts(
    event: &Span,
    touching: &[&Span],
    keys: &[Rc<str>],
    others_win: bool,
    meter: &Meter<'_>,
    all: &mut Vec<Span>,
) -> Result<(), Fault> {
    let within = |at: i64| at.clamp(event.start, event.end());
    let mut cuts = vec![event.start, event.end()];
    cuts.extend(touching.iter().flat_map(|other| [within(other.start), within(other.end())]));
    cuts.sort_unstable();
    cuts.dedup();
    let first = all.len();
    for cut in cuts.windows(2) {
        let &[from, to] = cut else { continue };
        let mut part = Span { duration: to - from, ..event.clone() };
        part.begin(from);
        meter.step(touching.len())?;
        let best = touching
            .iter()
            .filter(|other| common(&Span { start: from, ..part.clone() }, other).is_some())
            .reduce(|best, other| {
                if (other.start, other.end()) > (best.start, best.end()) { other } else { best }
            });
        if let Some(best) = best {
            let mut data = part.data.inner.clone();
            for key in keys {
                if let Some(value) = best.data.field(key)
                    && (others_win || !data.contains_key(key))
                {
                    data.insert(key.clone(), value.clone());
                }
            }
            part.data = Dict::new(data, meter)?;
        }
        let last = all[first..].last_mut();
        match last {
            Some(last) if last.end() == part.start && same_data(&last.data, &part.data, meter)? => {
                last.duration += part.duration;
            }
            _ => all.push(part),
        }
    }
    Ok(())
}
