//! The functions of the language by name, and what each takes.

use std::collections::HashMap;
use std::rc::Rc;

use super::fault::{Fault, Held, Meter};
use super::run::{Run, interpret, short};
use super::transform::{address, class, filter, flood, merge, overlap, title};
use super::value::{Dict, Span, Value, dict_of_json};
use crate::domain::activity::Event;
use crate::wire::activitywatch::clipped;

/// Calls a function. The table of all there are.
pub(super) fn call(run: &Run<'_>, name: &str, arguments: Vec<Value>) -> Result<Value, Fault> {
    let meter = run.meter;
    let held = meter.hold(0)?;
    let mut all = Arguments { name, given: arguments.into_iter().enumerate(), meter, held };
    let function: fn(&Run<'_>, &mut Arguments<'_>) -> Result<Value, Fault> = match name {
        "find_bucket" => find_bucket,
        "query_bucket" => query_bucket,
        "query_bucket_eventcount" => query_bucket_eventcount,
        "query_bucket_names" => query_bucket_names,
        "filter_keyvals" => |_, a| filter::keyvals(a, true),
        "exclude_keyvals" => |_, a| filter::keyvals(a, false),
        "filter_keyvals_regex" => |_, a| filter::keyvals_regex(a),
        "limit_events" => |_, a| filter::limit(a),
        "filter_period_intersect" => |_, a| overlap::intersect(a),
        "period_union" => |_, a| overlap::union(a),
        "union_no_overlap" => |_, a| overlap::union_no_overlap(a),
        "merge_events_by_keys" => |_, a| merge::by_keys(a),
        "merge_subwatcher_fields" => |_, a| merge::subwatcher_fields(a),
        "chunk_events_by_key" => |_, a| merge::chunk(a),
        "concat" => |_, a| merge::concat(a),
        "sort_by_timestamp" => |_, a| merge::sort_by_timestamp(a),
        "sort_by_duration" => |_, a| merge::sort_by_duration(a),
        "sum_durations" => |_, a| merge::sum_durations(a),
        "flood" => |_, a| flood::flood(a),
        "split_url_events" => |_, a| address::split(a),
        "simplify_window_titles" => |_, a| title::simplify(a),
        "categorize" => |_, a| class::categorize(a),
        "tag" => |_, a| class::tag(a),
        "contains" => |_, a| contains(a),
        "nop" => |_, _| Value::number(1.0),
        "print" => |_, a| Ok(a.rest(Value::Null)),
        _ => {
            let name = short(name);
            return Err(interpret(format!(
                "There is no function `{name}`. Look for its name in ActivityWatch's documentation."
            )));
        }
    };
    let value = function(run, &mut all)?;
    all.end()?;
    Ok(value)
}

/// What a function was given.
pub(super) struct Arguments<'a> {
    name: &'a str,
    given: std::iter::Enumerate<std::vec::IntoIter<Value>>,
    pub(super) meter: &'a Meter<'a>,
    /// What was copied out of them counts until the function is done.
    held: Held,
}

impl Arguments<'_> {
    pub(super) fn optional(&mut self) -> Option<(usize, Value)> {
        self.given.next()
    }

    fn next(&mut self) -> Result<(usize, Value), Fault> {
        self.given.next().ok_or_else(|| {
            interpret(format!("`{}` is called with too few values. Give it more.", self.name))
        })
    }

    /// Nothing must be left.
    fn end(&mut self) -> Result<(), Fault> {
        match self.given.next() {
            None => Ok(()),
            Some(_) => Err(interpret(format!(
                "`{}` is called with too many values. Leave some out.",
                self.name
            ))),
        }
    }

    /// Takes whatever is left.
    fn rest(&mut self, value: Value) -> Value {
        self.given.by_ref().for_each(drop);
        value
    }

    pub(super) fn events(&mut self) -> Result<Vec<Span>, Fault> {
        let (place, value) = self.next()?;
        self.spans(place, &value)
    }

    /// Events of each value that is left.
    pub(super) fn all_events(&mut self) -> Result<Vec<Span>, Fault> {
        let mut all = Vec::new();
        while let Some((place, value)) = self.optional() {
            all.extend(self.spans(place, &value)?);
        }
        Ok(all)
    }

    fn spans(&mut self, place: usize, value: &Value) -> Result<Vec<Span>, Fault> {
        let Value::List(list) = value else {
            return Err(self.wrong(place, "a list of events", value));
        };
        self.take::<Span>(list.inner.len())?;
        let spans = list.inner.iter().map(|item| match item {
            Value::Event(event) => Ok(event.inner.clone()),
            other => Err(self.wrong(place, "a list of events", other)),
        });
        spans.collect()
    }

    /// So many more are copied.
    pub(super) fn take<T>(&mut self, count: usize) -> Result<(), Fault> {
        self.meter.step(count)?;
        self.held.more(count.saturating_mul(size_of::<T>()))
    }

    pub(super) fn text(&mut self) -> Result<Rc<str>, Fault> {
        match self.next()? {
            (_, Value::Text(text)) => Ok(text),
            (place, other) => Err(self.wrong(place, "a text", &other)),
        }
    }

    pub(super) fn values(&mut self) -> Result<Vec<Value>, Fault> {
        match self.next()? {
            (_, Value::List(list)) => {
                self.take::<Value>(list.inner.len())?;
                Ok(list.inner.clone())
            }
            (place, other) => Err(self.wrong(place, "a list", &other)),
        }
    }

    pub(super) fn texts(&mut self) -> Result<Vec<Rc<str>>, Fault> {
        let (place, value) = self.next()?;
        let Value::List(list) = &value else {
            return Err(self.wrong(place, "a list of texts", &value));
        };
        self.take::<Rc<str>>(list.inner.len())?;
        let texts = list.inner.iter().map(|item| match item {
            Value::Text(text) => Ok(text.clone()),
            other => Err(self.wrong(place, "a list of texts", other)),
        });
        texts.collect()
    }

    pub(super) fn number(&mut self) -> Result<f64, Fault> {
        match self.next()? {
            (_, Value::Number(number)) => Ok(number.as_f64().unwrap_or(f64::MAX)),
            (place, other) => Err(self.wrong(place, "a number", &other)),
        }
    }

    pub(super) fn any(&mut self) -> Result<Value, Fault> {
        Ok(self.next()?.1)
    }

    pub(super) fn wrong(&self, place: usize, wanted: &str, given: &Value) -> Fault {
        Fault::function(format!(
            "`{}` takes {wanted} as value {}, and was given {}.",
            self.name,
            place + 1,
            given.kind()
        ))
    }

    pub(super) fn refuse(&self, why: &str) -> Fault {
        Fault::function(format!("`{}` {why}", self.name))
    }
}

/// The same name, else one that begins so (aw-server-rust), else one that holds it (aw-server); of several the first by name.
fn find_bucket(run: &Run<'_>, arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let wanted = arguments.text()?;
    let host = match arguments.optional() {
        None | Some((_, Value::Null)) => None,
        Some((_, Value::Text(host))) => Some(host).filter(|host| !host.is_empty()),
        Some((place, other)) => return Err(arguments.wrong(place, "a computer's name", &other)),
    };
    let buckets = buckets(run)?;
    let of_host = |host_of: &str| host.as_deref().is_none_or(|host| host == host_of);
    let names: Vec<&String> =
        buckets.iter().filter(|(_, host)| of_host(host)).map(|(name, _)| name).collect();
    let found = names
        .iter()
        .find(|name| ***name == *wanted)
        .or_else(|| names.iter().find(|name| name.starts_with(&*wanted)))
        .or_else(|| names.iter().find(|name| name.contains(&*wanted)));
    found.map(Value::text).ok_or_else(|| {
        let of = host.as_deref().map(|host| format!(" of the computer `{}`", short(host)));
        let (wanted, of) = (short(&wanted), of.unwrap_or_default());
        Fault::function(format!(
            "There's no bucket like '{wanted}'{of}. Ask /api/0/buckets/ for the names."
        ))
    })
}

/// Name and hostname of every bucket.
fn buckets(run: &Run<'_>) -> Result<Vec<(String, String)>, Fault> {
    run.meter.look()?;
    let buckets = run.source.buckets()?;
    run.meter.step(buckets.len())?;
    Ok(buckets)
}

/// The events, cut to the period, newest first.
fn query_bucket(run: &Run<'_>, arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (name, period, meter) = (arguments.text()?, run.period()?, run.meter);
    let mut spans: Vec<Value> = Vec::new();
    let mut known: HashMap<String, Rc<Dict>> = HashMap::new();
    let mut take = |event: Event| {
        meter.step(1)?;
        let event = clipped(event, Some(period.start), Some(period.window_end));
        let text = event.data.json.as_str();
        let data = match known.get(text) {
            Some(data) => data.clone(),
            None => {
                let data = parsed(text, meter)?;
                known.insert(text.to_owned(), data.clone());
                data
            }
        };
        let span = Span {
            id: Some(event.id.0),
            start: event.start.ms() * 1_000,
            duration: i64::try_from(event.duration_ms).unwrap_or_default() * 1_000,
            data,
        };
        spans.push(Value::event(span, meter)?);
        Ok(())
    };
    meter.look()?;
    let is_known = run.source.events(&name, &period, &mut |page| {
        meter.look()?;
        page.into_iter().try_for_each(&mut take)
    })?;
    if !is_known {
        return Err(no_bucket(&name));
    }
    Value::list(spans, meter)
}

fn query_bucket_eventcount(run: &Run<'_>, arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let name = arguments.text()?;
    run.meter.look()?;
    let count = run.source.count(&name, &run.period()?)?;
    let count = count.ok_or_else(|| no_bucket(&name))?;
    Ok(Value::Number(count.into()))
}

fn query_bucket_names(run: &Run<'_>, _: &mut Arguments<'_>) -> Result<Value, Fault> {
    let names = buckets(run)?.into_iter().map(|(name, _)| Value::text(name));
    Value::list(names.collect(), run.meter)
}

/// Is the value in the list, or the key in the object?
fn contains(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (place, within) = arguments.next()?;
    let sought = arguments.any()?;
    match (&within, &sought) {
        (Value::List(list), sought) => {
            for item in &list.inner {
                if item.same(sought, arguments.meter)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        (Value::Dict(dict), Value::Text(key)) => Ok(Value::Bool(dict.field(key).is_some())),
        (Value::Dict(_), other) => Err(arguments.wrong(place + 1, "a text", other)),
        (other, _) => Err(arguments.wrong(place, "a list or an object", other)),
    }
}

fn no_bucket(name: &str) -> Fault {
    Fault::function(format!("There's no bucket named '{}'", short(name)))
}

/// An event's data. What is stored is an object.
fn parsed(text: &str, meter: &Meter<'_>) -> Result<Rc<Dict>, Fault> {
    meter.step(text.len())?;
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(fields)) => dict_of_json(fields, meter),
        _ => Dict::new(std::collections::BTreeMap::new(), meter),
    }
}
