//! `timebook user erase` and `erasures`: the end of what is recorded about a person.

use http::Method;
use serde_json::Value;

use super::actor::Names;
use super::call::{call, call_list, part};
use super::config::Config;
use super::exit::Failure;
use super::print;

pub(crate) async fn erase(config: &Config, name: &str, confirm: &str) -> Result<(), Failure> {
    if name != confirm {
        return Err(Failure::usage(
            "--name and --confirm say different names. Nothing was erased; give the same name twice.",
        ));
    }
    let path = format!("/api/v1/users/{}/erase", part(name));
    let answer = call(config, Method::POST, &path, None).await?;
    if config.json {
        print::json(&answer);
        return Ok(());
    }
    let erasure = &answer["erasure"];
    let counts = erasure["counts"].as_object();
    let counts: Vec<String> = counts
        .map(|counts| counts.iter().map(|(sort, n)| format!("{n} {}", sort.replace('_', " "))))
        .into_iter()
        .flatten()
        .collect();
    match erasure["state"].as_str() {
        Some("erasing") => print::line(
            "It takes longer and goes on in the background: see `timebook user erasures`.",
        ),
        _ => print::line(&format!("Erased on the server: {}.", counts.join(", "))),
    }
    let pending = computers(erasure).filter(|computer| computer["state"] == "pending").count();
    if pending > 0 {
        print::line(&format!("{pending} computers erase their own copy when they come next."));
    }
    for mention in answer["mentions"].as_array().into_iter().flatten() {
        let word = |key: &str| mention[key].as_str().unwrap_or_default();
        print::complain(&format!(
            "The {} {} says this name: look whether it means the person.",
            word("noun"),
            word("id")
        ));
    }
    print::complain(erasure["copies"].as_str().unwrap_or_default());
    Ok(())
}

pub(crate) async fn list(config: &Config) -> Result<(), Failure> {
    let answer = call_list(config, "/api/v1/erasures").await?;
    if config.json {
        print::json(&answer);
        return Ok(());
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = Names::load(config).await?;
    let rows: Vec<Vec<String>> = items.iter().map(|erasure| row(erasure, &names)).collect();
    print::table(&["person", "state", "asked", "by", "computers"], &rows, "Nobody was erased.");
    Ok(())
}

fn row(erasure: &Value, names: &Names) -> Vec<String> {
    let word = |key: &str| erasure[key].as_str().unwrap_or_default().to_owned();
    let done = computers(erasure).filter(|computer| computer["state"] == "done").count();
    let told = format!("{done} of {} done", computers(erasure).count());
    vec![word("person"), word("state"), print::when(&word("asked")), names.of(&word("by")), told]
}

fn computers(erasure: &Value) -> impl Iterator<Item = &Value> {
    erasure["computers"].as_array().into_iter().flatten()
}
