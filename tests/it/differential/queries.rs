//! The same queries to the pinned aw-server and to the agent's door.

use super::meaning::{self, Allowed, Part};
use super::{reference, script};
use crate::harness::{Agent, Role, Server};
use serde_json::json;

/// Where we answer otherwise on purpose.
const ALLOWED: &[Allowed] = &[
    Allowed {
        names: &["*"],
        part: Part::Field("message"),
        reason: "the sentence is ours; clients look at the status and at `type`",
    },
    Allowed {
        names: &[
            "concat",
            "union without overlap",
            "union the other way",
            "chunks",
            "chunks backwards",
        ],
        part: Part::Field("id"),
        reason: "aw-server counts over all buckets, we count in each",
    },
    Allowed {
        names: &["find the same name first"],
        part: Part::Body,
        reason: "as aw-server-rust: the same name before one that only holds it, which was made earlier",
    },
    Allowed {
        names: &["under another name"],
        part: Part::Body,
        reason: "as aw-server-rust: a function changes nothing it was given",
    },
    Allowed {
        names: &["by an object"],
        part: Part::Whole,
        reason: "aw-server cannot merge by a value that is an object; aw-server-rust and we can",
    },
    Allowed {
        names: &["a wrong expression"],
        part: Part::Status(400),
        reason: "aw-server answers 500 to what the caller got wrong",
    },
];

/// What both have recorded before they are asked.
const BUCKETS: &str = r#"
[1] POST /api/0/buckets/a_win {"client":"t","type":"x","hostname":"h"}
[2] POST /api/0/buckets/win {"client":"t","type":"currentwindow","hostname":"h"}
[3] POST /api/0/buckets/afk {"client":"t","type":"afkstatus","hostname":"h"}
[4] POST /api/0/buckets/lap {"client":"t","type":"x","hostname":"h"}
[5] POST /api/0/buckets/odd {"client":"t","type":"x","hostname":"h"}
[6] POST /api/0/buckets/titles {"client":"t","type":"x","hostname":"h"}
[7] POST /api/0/buckets/aw-watcher-web-firefox {"client":"t","type":"web.tab.current","hostname":"other"}
[8] POST /api/0/buckets/win/events [{"timestamp":"2026-03-01T09:00:00Z","duration":10,"data":{"app":"Editor","title":"main.rs"}},{"timestamp":"2026-03-01T09:00:13Z","duration":7.5,"data":{"app":"Mail","title":"inbox"}},{"timestamp":"2026-03-01T09:00:20.501Z","duration":4,"data":{"app":"Editor","title":"abcd main.rs"}},{"timestamp":"2026-03-01T09:00:24.600Z","duration":10,"data":{"app":"Editor","title":"abcd main.rs"}},{"timestamp":"2026-03-01T09:00:45Z","duration":0,"data":{"app":"Browser","title":"a page"}},{"timestamp":"2026-03-01T09:00:48Z","duration":30.25,"data":{"app":"Browser","title":"a page"}},{"timestamp":"2026-03-02T09:00:00Z","duration":1,"data":{"app":"Mail","title":"tomorrow"}}]
[9] POST /api/0/buckets/afk/events [{"timestamp":"2026-03-01T09:00:05Z","duration":20,"data":{"status":"not-afk"}},{"timestamp":"2026-03-01T09:00:25Z","duration":20,"data":{"status":"afk"}},{"timestamp":"2026-03-01T09:00:45Z","duration":300,"data":{"status":"not-afk"}}]
[10] POST /api/0/buckets/lap/events [{"timestamp":"2026-03-01T09:00:02Z","duration":20,"data":{"k":1}},{"timestamp":"2026-03-01T09:00:12Z","duration":3,"data":{"k":2}},{"timestamp":"2026-03-01T09:00:14Z","duration":9,"data":{"k":2}},{"timestamp":"2026-03-01T09:00:30Z","duration":10,"data":{"k":3}},{"timestamp":"2026-03-01T09:00:39.950Z","duration":10,"data":{"k":4,"title":"lap"}}]
[11] POST /api/0/buckets/odd/events [{"timestamp":"2026-03-01T09:00:00Z","duration":1,"data":{"list":[1,2],"n":1,"audible":true}},{"timestamp":"2026-03-01T09:00:01Z","duration":2,"data":{"m":1,"audible":false}},{"timestamp":"2026-03-01T09:00:03Z","duration":4,"data":{"n":1.0,"m":null}},{"timestamp":"2026-03-01T09:00:07Z","duration":8,"data":{"n":{"deep":1}}}]
[12] POST /api/0/buckets/titles/events [{"timestamp":"2026-03-01T09:00:00Z","duration":1,"data":{"app":"g","title":"(12) ● a FPS: 59.2 b"}},{"timestamp":"2026-03-01T09:00:01Z","duration":1,"data":{"title":"* (1) FPS: 1"}},{"timestamp":"2026-03-01T09:00:02Z","duration":1,"data":{"app":"g","title":"* saved not"}}]
[13] POST /api/0/buckets/aw-watcher-web-firefox/events [{"timestamp":"2026-03-01T09:00:01Z","duration":8,"data":{"url":"https://www.a.example:8/b/c;p?q=1#f","title":"A"}},{"timestamp":"2026-03-01T09:00:15Z","duration":4,"data":{"url":"about:blank","title":"B"}},{"timestamp":"2026-03-01T09:00:22Z","duration":4,"data":{"url":"HTTP://user@B.example?x/y","title":"C"}},{"timestamp":"2026-03-01T09:00:30Z","duration":4,"data":{"url":"file:///home/x;y","title":"D"}},{"timestamp":"2026-03-01T09:00:50Z","duration":4,"data":{"title":"no address"}}]
"#;

#[test]
fn queries_are_answered_as_aw_server_answers_them() {
    let (_home, _process, reference) = reference();
    let server = Server::start();
    server.add_user("ada", Role::Admin);
    let agent = Agent::start(&server, "ada");
    let queries: Vec<String> = include_str!("queries.txt")
        .lines()
        .filter(|line| line.starts_with('['))
        .map(request)
        .collect();
    let queries = queries.join("\n");
    let ask = |http| {
        let filled = script::run_all(http, BUCKETS);
        assert!(filled.iter().all(|step| step.status == 200), "{filled:#?}");
        script::run_all(http, &queries)
    };
    let (theirs, ours) = (ask(&reference), ask(&agent.http()));
    let answered = theirs.iter().filter(|step| step.status == 200).count();
    assert!(answered > 50, "only {answered} queries were answered at all");
    let faults = meaning::compare(&theirs, &ours, ALLOWED);
    assert!(faults.is_empty(), "{} differences:\n\n{}", faults.len(), faults.join("\n\n"));
}

/// `[name] query` or `[name] @period period query` as a request.
fn request(line: &str) -> String {
    let (name, told) = line.split_once("] ").unwrap();
    let (periods, query) = match told.strip_prefix('@') {
        None => (vec!["2026-03-01/2026-03-02"], told),
        Some(told) => {
            // Periods begin with a digit, a query never does.
            let is_query = |word: &str| !word.starts_with(|c: char| c.is_ascii_digit());
            let at =
                told.split(' ').take_while(|word| !is_query(word)).map(|word| word.len() + 1).sum();
            let (periods, query) = told.split_at(at);
            (periods.split_whitespace().collect(), query)
        }
    };
    let body = json!({"timeperiods": periods, "query": [query]});
    format!("{name}] POST /api/0/query/ {body}")
}
