//! Reads `requests.txt` and sends it to one server. It must never look at what an answer means, apart from keeping ids.

use crate::harness::Http;
use serde_json::Value;
use std::collections::BTreeMap;

/// One request and what came back.
#[derive(Debug)]
pub struct Step {
    pub name: String,
    /// The request as written.
    pub told: String,
    pub status: u16,
    pub text: String,
}

pub fn run(http: &Http) -> Vec<Step> {
    run_all(http, include_str!("requests.txt"))
}

/// The requests of a text, in order.
pub fn run_all(http: &Http, requests: &str) -> Vec<Step> {
    let mut ids = BTreeMap::new();
    let lines = requests.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|line| step(http, line, &mut ids)).collect()
}

fn step(http: &Http, line: &str, ids: &mut BTreeMap<String, String>) -> Step {
    let (name, told) = line
        .strip_prefix('[')
        .and_then(|l| l.split_once("] "))
        .unwrap_or_else(|| panic!("no name: {line}"));
    let (request, keep) =
        told.rsplit_once(" -> ").map_or((told, None), |(request, keep)| (request, Some(keep)));
    let filled = ids
        .iter()
        .fold(request.to_owned(), |text, (key, id)| text.replace(&format!("{{{key}}}"), id));
    let mut parts = filled.splitn(3, ' ');
    let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let body = parts.next().unwrap_or_default();
    let type_ = if body.is_empty() { "" } else { "application/json" };
    let reply =
        http.send(method, path, type_, body.into()).unwrap_or_else(|e| panic!("{line}: {e}"));
    if let Some(key) = keep {
        let answer: Value = serde_json::from_str(&reply.text).unwrap_or_default();
        let id = answer
            .pointer("/id")
            .or(answer.pointer("/0/id"))
            .map_or("0".into(), ToString::to_string);
        ids.insert(key.into(), id);
    }
    Step { name: name.into(), told: told.into(), status: reply.status, text: reply.text }
}
