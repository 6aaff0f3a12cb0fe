//! The language over a small book: what each dialect means, and what no query gets past. What aw-server answers to the same queries is
//! compared in `tests/it/differential`.

use std::cell::Cell;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::fault::{DEEPEST_VALUE, MOST_HELD_BYTES};
use super::{Ask, Fault, Kind, Period, Source};
use crate::domain::activity::{Event, EventId, NewEvent};
use crate::domain::policy::ActivityPolicy;
use crate::wire::activitywatch::new_event;
use crate::{compat, domain, wire};

#[path = "../../../../fuzz/fuzz_targets/entry/query.rs"]
mod target;

/// One bucket `aw-watcher-window_desk` with these events, newest first, and an empty one.
struct Small(Vec<Event>);

impl Small {
    fn of(events: &Value) -> Self {
        let events = events.as_array().unwrap().iter().rev().enumerate();
        let event = |(at, json): (usize, &Value)| -> Event {
            let new: NewEvent = new_event(json).unwrap();
            new.numbered(EventId(at as u64 + 1), ActivityPolicy::HoursOnly)
        };
        Self(events.map(event).collect())
    }
}

impl Source for Small {
    fn buckets(&self) -> Result<Vec<(String, String)>, Fault> {
        let names = ["aw-watcher-afk_desk", "aw-watcher-window_desk"];
        Ok(names.map(|name| (name.to_owned(), "desk".to_owned())).to_vec())
    }

    fn events(
        &self,
        bucket: &str,
        _: &Period,
        page: &mut dyn FnMut(Vec<Event>) -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        match bucket {
            "aw-watcher-window_desk" => page(self.0.clone()).map(|()| true),
            "aw-watcher-afk_desk" => Ok(true),
            _ => Ok(false),
        }
    }

    fn count(&self, bucket: &str, _: &Period) -> Result<Option<u64>, Fault> {
        Ok((bucket == "aw-watcher-window_desk").then_some(self.0.len() as u64))
    }
}

fn events() -> Value {
    json!([
        {"timestamp": "2026-01-01T10:00:00Z", "duration": 10, "data": {"app": "a", "title": "one"}},
        {"timestamp": "2026-01-01T10:00:12Z", "duration": 5, "data": {"app": "b", "title": "two"}},
    ])
}

fn ask(query: &str) -> Result<Value, Fault> {
    ask_of(&events(), query, &|| false)
}

fn ask_of(events: &Value, query: &str, stop: &dyn Fn() -> bool) -> Result<Value, Fault> {
    let body = json!({"query": [query], "timeperiods": ["2026-01-01/2026-01-02"]});
    let answer = super::answer(&Ask::new(&body, "")?, &Small::of(events), stop)?;
    let mut answers: Value = serde_json::from_str(&answer).unwrap();
    Ok(answers[0].take())
}

#[test]
fn what_only_one_of_the_two_servers_knows() {
    for (query, wanted) in [
        // aw-server-rust
        ("return 7 - 2 * 3;", json!(15)),
        (
            "a = 1; if a == 2 { b = 1; } elif a == 1 { b = 'x' + 'y'; } else { b = 3; } return b;",
            json!("xy"),
        ),
        ("return contains(['a'], 'a') == contains({'k': 1}, 'k'); # yes", json!(true)),
        ("return query_bucket_names();", json!(["aw-watcher-afk_desk", "aw-watcher-window_desk"])),
        (
            "print(1, 'two'); return TIMEINTERVAL;",
            json!("2026-01-01T00:00:00+00:00/2026-01-02T00:00:00+00:00"),
        ),
        ("return [1] + [2] == [1, 2.0];", json!(true)),
        ("return 1.5;", json!(1.5)),
        // aw-server
        ("RETURN = query_bucket_eventcount('aw-watcher-window_desk')", json!(2)),
        (
            "e = query_bucket(find_bucket('window')); e = simplify_window_titles(e, 'title'); RETURN = sum_durations(e);",
            json!(15.0),
        ),
        ("STARTTIME = '2026-01-01T09:00:00Z'; RETURN = STARTTIME;", json!("2026-01-01T09:00:00Z")),
    ] {
        let got = ask(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
        assert_eq!(
            got.to_string().trim_end_matches(".0"),
            wanted.to_string().trim_end_matches(".0"),
            "{query}"
        );
    }
}

#[test]
fn values_never_change_under_another_name() {
    let query = "e = query_bucket('aw-watcher-window_desk');
        c = categorize(e, [[['Work'], {'type': 'regex', 'regex': 'a'}]]);
        RETURN = e;";
    assert!(!ask(query).unwrap().to_string().contains("$category"));
}

#[test]
fn events_are_printed_as_they_are_read() {
    let got = ask("RETURN = limit_events(query_bucket('aw-watcher-window_desk'), 1);").unwrap();
    let wanted = r#"[{"data":{"app":"b","title":"two"},"duration":5.0,"id":1,"timestamp":"2026-01-01T10:00:12+00:00"}]"#;
    assert_eq!(got.to_string(), wanted);
}

#[test]
fn what_is_wrong_is_said_in_aw_servers_classes() {
    use Kind::{Function, Interpret, Parse};
    for (query, kind, word) in [
        ("a = 1;", Parse, "RETURN"),
        ("RETURN = b;", Interpret, "`b`"),
        ("RETURN = f(1);", Interpret, "`f`"),
        ("RETURN = nop(1);", Interpret, "too many"),
        ("RETURN = flood();", Interpret, "too few"),
        ("RETURN = 1 / 0;", Interpret, "zero"),
        ("RETURN = 1 + 'a';", Interpret, "a text"),
        ("if 1 { a = 1; } RETURN = 1;", Interpret, "True or False"),
        ("RETURN = query_bucket('x');", Function, "no bucket"),
        ("RETURN = find_bucket('x', 'host');", Function, "host"),
        ("RETURN = flood([1]);", Function, "a list of events"),
        ("RETURN = flood([], 'x');", Function, "seconds"),
        ("RETURN = limit_events([], 1.5);", Function, "whole number"),
        ("RETURN = filter_keyvals_regex([], 'a', '(');", Function, "regular expression"),
        ("RETURN = categorize([], [['a', {}]]);", Function, "list of names"),
        ("RETURN = merge_subwatcher_fields([], [], [], 'x');", Function, "sub_wins"),
        ("TIMEINTERVAL = 'x'; RETURN = 1;", Function, "period"),
        ("STARTTIME = 'x'; RETURN = query_bucket('aw-watcher-window_desk');", Function, "time"),
    ] {
        let fault = ask(query).unwrap_err();
        assert_eq!(fault.kind, kind, "{query}: {fault}");
        assert!(fault.message.contains(word), "{query}: {fault}");
    }
}

#[test]
fn no_query_gets_past_its_bounds() {
    let deep = format!("a = [];{}RETURN = 1;", "a = [a];".repeat(DEEPEST_VALUE as usize + 1));
    let wide = format!("a = [1];{}RETURN = 1;", "a = [a, a];".repeat(30));
    let text = format!("a = 'x';{}RETURN = 1;", "a = a + a;".repeat(40));
    let same = format!("a = [1, 1, 1, 1];{}RETURN = a == a + [];", "a = [a, a];".repeat(22));
    let patterns: String =
        (0..600).map(|n| format!("a = filter_keyvals_regex([], 'k', 'p{n}');")).collect();
    for (query, word) in [
        (deep, "too deeply"),
        (wide, "too many values"),
        (text, "too long"),
        (same, "too many values"),
        (patterns, "too many expressions"),
    ] {
        let fault = ask(&query).unwrap_err();
        assert_eq!(fault.kind, Kind::Bound, "{fault}");
        assert!(fault.message.contains(word), "{fault}");
    }
    // Memory: the same few events over and over.
    let read = "query_bucket('aw-watcher-window_desk')";
    let many = format!("e = {read};{}RETURN = 1;", "e = concat(e, e);".repeat(24));
    assert!(ask(&many).unwrap_err().message.contains("too"));
    // What is let go is free again.
    let events: Vec<Value> = (0..50_000)
        .map(|n| json!({"timestamp": format!("2026-01-01T{:02}:00:00Z", n % 24), "duration": 1, "data": {}}))
        .collect();
    let again = format!("{}RETURN = 1;", format!("e = {read};").repeat(60));
    const { assert!(50_000 * 60 * 100 > MOST_HELD_BYTES) };
    ask_of(&json!(events), &again, &|| false).unwrap();
}

/// What functions collect before they make a value of it counts, too: many arguments, many rules, many names, many keys.
#[test]
fn what_a_function_collects_is_counted_before_it_is_there() {
    let read = "query_bucket('aw-watcher-window_desk')";
    let rule = |inside: &str| format!("[[['a'], {{'type': 'regex', 'regex': 'x{inside}'}}]]");
    let rules = format!("r = {};{}", rule(""), "r = r + r;".repeat(21));
    let names = "k = ['x'];".to_owned() + &"k = k + k;".repeat(21);
    let texts = format!("t = 'x';{}", "t = t + t;".repeat(15));
    for (query, word) in [
        (
            format!(
                "e = {read};{}RETURN = concat({}e);",
                "e = concat(e, e);".repeat(17),
                "e, ".repeat(290)
            ),
            "too much memory",
        ),
        (format!("{rules}RETURN = categorize({read}, r);"), "too much memory"),
        (format!("{rules}RETURN = tag({read}, r);"), "too much memory"),
        (
            format!("{names}RETURN = merge_events_by_keys({read}, {});", "k + ".repeat(4) + "k"),
            "too much memory",
        ),
        (format!("{texts}l = [t];{}RETURN = 1;", "l = l + l;".repeat(14)), "too much memory"),
        (
            format!(
                "l = ['app'];{}RETURN = merge_events_by_keys({read}, l);",
                "l = l + l;".repeat(19)
            ),
            "too long values",
        ),
    ] {
        let fault = ask(&query).expect_err(&query[..40]);
        assert_eq!(fault.kind, Kind::Bound, "{query:.60}: {fault}");
        assert!(fault.message.contains(word), "{query:.60}: {fault}");
    }
    let fields = "[[['a'], {'type': 'regex', 'regex': 'x', 'select_keys': k}]]";
    let fault = ask(&format!("{names}RETURN = categorize({read}, {fields});")).unwrap_err();
    assert!(fault.message.contains("8 fields"), "{fault}");
}

/// What takes long without many steps looks at the clock each time, and the steps of all periods are one sum.
#[test]
fn a_query_is_stopped_wherever_it_is() {
    let read = "query_bucket('aw-watcher-window_desk')";
    for (line, looks_each) in [
        ("e = find_bucket('window');".to_owned(), 1),
        ("e = query_bucket_names();".to_owned(), 1),
        ("e = query_bucket_eventcount('aw-watcher-window_desk');".to_owned(), 1),
        (format!("e = {read};"), 2),
        ("e = filter_keyvals_regex([], 'k', 'p{n}');".to_owned(), 1),
        ("e = merge_events_by_keys(q, k);".to_owned(), 1),
    ] {
        let lines: String = (0..20).map(|n| line.replace("{n}", &n.to_string())).collect();
        let keys = "k = ['x'];".to_owned() + &"k = k + k;".repeat(13);
        let looks = Cell::new(0);
        let stop = || {
            looks.set(looks.get() + 1);
            false
        };
        ask_of(&events(), &format!("q = {read};{keys}{lines}RETURN = 1;"), &stop).unwrap();
        assert!(looks.get() >= 20 * looks_each, "{line}: {}", looks.get());
    }
    let periods = vec!["2026-01-01/2026-01-02"; 300];
    let body = json!({"query": ["RETURN = 1;"], "timeperiods": periods});
    let looks = Cell::new(0);
    let stop = || {
        looks.set(looks.get() + 1);
        looks.get() > 9
    };
    let ask = Ask::new(&body, "").unwrap();
    let fault = super::answer(&ask, &Small::of(&events()), &stop).unwrap_err();
    assert!(fault.message.contains("too long"), "{fault}");
    // 300 periods of a million steps each.
    let (text, twice) = ("t = t + t;".repeat(15), "a = t + t;".repeat(15));
    let many = format!("t = 'x';{text}{twice}RETURN = 1;");
    let ask = Ask::new(&json!({"query": [many], "timeperiods": periods}), "").unwrap();
    let fault = super::answer(&ask, &Small::of(&events()), &|| false).unwrap_err();
    assert!(fault.message.contains("too many steps"), "{fault}");
}

#[test]
fn a_query_is_stopped() {
    let looks = Cell::new(0);
    let stop = || {
        looks.set(looks.get() + 1);
        looks.get() > 3
    };
    let fault = ask_of(&events(), &"a = [1, 2, 3];".repeat(10_000), &stop).unwrap_err();
    assert!(fault.message.contains("too long"), "{fault}");
    assert_eq!(looks.get(), 4, "and asked no further");
}

#[test]
fn requests_that_are_none() {
    for body in [
        json!([]),
        json!({"query": "RETURN = 1;", "timeperiods": []}),
        json!({"query": [1], "timeperiods": []}),
        json!({"query": []}),
        json!({"query": [], "timeperiods": ["2026-01-01"]}),
        json!({"query": [], "timeperiods": ["x/y"]}),
        json!({"query": [], "timeperiods": vec!["2026-01-01/2026-01-02"; 401]}),
        json!({"query": ["x".repeat(300_000)], "timeperiods": []}),
    ] {
        assert!(Ask::new(&body, "").is_err(), "{body:.80}");
    }
}

/// The fuzz target on its seeds and on every small change to them.
#[test]
fn target_holds_near_its_seeds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/query");
    let mut count = 0;
    for seed in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(seed.unwrap().path()).unwrap();
        count += 1;
        target::run(&seed);
        for at in 0..seed.len() {
            target::run(&seed[..at]);
            let mut changed = seed.clone();
            for byte in b"\"([{;=,0\xff" {
                changed[at] = *byte;
                target::run(&changed);
            }
        }
    }
    assert!(count > 0);
}
