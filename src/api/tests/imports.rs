//! Time from other products: looked at, brought in once and whole, taken out again but for what was changed.

use super::*;

const TOGGL: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
    Cy,cy@office.test,Acme,Website,Design,one,Yes,2026-11-02,09:00:00,2026-11-02,10:30:00,01:30:00,\"travel, home\"\n\
    Cy,cy@office.test,Acme,Website,,two,No,2026-11-03,09:00:00,2026-11-03,10:00:00,01:00:00,\n\
    Cy,cy@office.test,Acme,Website,,two,No,2026-11-03,09:00:00,2026-11-03,10:00:00,01:00:00,\n\
    Bo,bo@office.test,,Inner,,three,No,2026-11-03,11:00:00,2026-11-03,11:15:00,00:15:00,\n";

impl Desk {
    async fn import(&self, caller: &Caller, path: &str, file: &str) -> Reply {
        let path = format!("/api/v1/imports{path}");
        let body = file.as_bytes().to_vec();
        self.send(caller, Method::POST, &path, "application/octet-stream", body).await
    }

    async fn imported(&self, caller: &Caller, file: &str) -> Value {
        let job = self.import(caller, "?source=toggl", file).await.expect(StatusCode::CREATED);
        self.ended(caller, &job.json()).await
    }

    async fn entries_of(&self, name: &str) -> Vec<Value> {
        let path = format!(
            "/api/v1/entries?person={name}&from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z"
        );
        self.get(&terminal(), &path).await.expect(StatusCode::OK).items()
    }
}

#[tokio::test]
async fn looked_at_first_then_brought_in_once() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let preview =
        desk.import(&ada, "/preview?source=toggl", TOGGL).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&preview["rows"], &preview["new"], &preview["there"]),
        (&json!(4), &json!(4), &json!(0))
    );
    assert_eq!(preview["total_ms"], 13_500_000);
    assert_eq!(preview["customers"], json!(["Acme"]));
    assert_eq!(preview["projects"], json!(["Website", "Inner"]));
    assert_eq!(
        (&preview["tasks"], &preview["tags"]),
        (&json!(["Design"]), &json!(["travel", "home"]))
    );
    assert_eq!(preview["people"][0], json!({"in_file": "cy@office.test", "name": "cy", "rows": 3}));
    assert_eq!(desk.get(&ada, "/api/v1/projects").await.items().len(), 0, "nothing was changed");
    let job = desk.imported(&ada, TOGGL).await;
    assert_eq!(job["state"], "done", "{job}");
    assert!(job["sentence"].as_str().unwrap().starts_with("4 time entries came in, 0 were"));
    let mine = desk.entries_of("cy").await;
    assert_eq!(mine.len(), 3, "two rows that say the same are two entries");
    assert!(
        mine.iter().any(|entry| entry["start"] == "2026-11-02T08:00:00Z"),
        "in Berlin: {mine:?}"
    );
    assert_eq!(desk.entries_of("bo").await.len(), 1);
    // Once more, and with a row more: only that one comes in.
    let more = TOGGL.to_owned()
        + "Cy,cy@office.test,acme,website,design,four,No,2026-11-04,09:00:00,2026-11-04,10:00:00,01:00:00,HOME\n";
    let preview = desk.import(&ada, "/preview?source=toggl", &more).await.json();
    assert_eq!((&preview["new"], &preview["there"]), (&json!(1), &json!(4)));
    assert_eq!((&preview["projects"], &preview["tags"]), (&json!([]), &json!([])));
    let job = desk.imported(&ada, &more).await;
    assert!(
        job["sentence"].as_str().unwrap().starts_with("1 time entries came in, 4 were"),
        "{job}"
    );
    assert_eq!(desk.get(&ada, "/api/v1/projects").await.items().len(), 2);
    assert_eq!(desk.audited("import.done").await, 2);
}

#[tokio::test]
async fn one_wrong_row_and_nothing_comes_in() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let wrong = TOGGL.to_owned()
        + "Eve,eve@else.where,,X,,five,No,2026-11-04,09:00:00,2026-11-04,10:00:00,1,\n\
           Cy,cy@office.test,,X,,six,No,2026-11-04,09:00:00,2026-11-04,08:00:00,1,\n\
           Cy,cy@office.test,,X,,seven,No,2027-11-04,09:00:00,2027-11-04,10:00:00,1,\n";
    let preview =
        desk.import(&ada, "/preview?source=toggl", &wrong).await.expect(StatusCode::OK).json();
    let refused = preview["refused"].as_array().unwrap();
    let told: Vec<_> = refused.iter().map(|fault| fault["line"].as_u64().unwrap()).collect();
    assert_eq!(told, [6, 7, 8]);
    assert!(refused[0]["why"].as_str().unwrap().contains("\"eve@else.where\""));
    assert_eq!(refused[1]["why"], "This ends before it begins.");
    let reply = desk.import(&ada, "?source=toggl", &wrong).await;
    let problem = reply.problem(422, "import_refused");
    assert!(problem["detail"].as_str().unwrap().contains("line 6"), "{problem}");
    assert_eq!(desk.entries_of("cy").await.len(), 0);
    desk.import(&ada, "?source=excel", TOGGL).await.problem(422, "unknown_source");
    desk.import(&ada, "?source=kimai", TOGGL).await.problem(422, "bad_file");
    desk.import(&ada, "?source=toggl&person=nobody", TOGGL).await.problem(404, "unknown_user");
    // Whoever does not manage the book brings in their own time, on what there is.
    let preview =
        desk.import(&cy, "/preview?source=toggl", TOGGL).await.expect(StatusCode::OK).json();
    let why = |at: usize| preview["refused"][at]["why"].as_str().unwrap().to_owned();
    assert!(why(0).contains("only whoever manages the book"), "{preview}");
    assert_eq!(why(3), "You may not enter time of bo.");
    desk.imported(&ada, TOGGL).await;
    let own = TOGGL.lines().take(3).collect::<Vec<_>>().join("\n").replace("two", "mine") + "\n";
    let job = desk.imported(&cy, &own).await;
    assert!(
        job["sentence"].as_str().unwrap().starts_with("1 time entries came in, 1 were"),
        "{job}"
    );
    let imports = desk.get(&cy, "/api/v1/imports").await.items();
    assert_eq!(imports.len(), 1, "one's own");
}

#[tokio::test]
async fn an_import_goes_out_again_but_for_what_was_changed() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    desk.imported(&ada, TOGGL).await;
    let mine = desk.entries_of("cy").await;
    let changed = mine.iter().find(|entry| entry["note"] == "one").unwrap();
    let path = format!("/api/v1/entries/{}", changed["id"].as_str().unwrap());
    let body = json!({"start": changed["start"], "end": changed["end"], "note": "changed", "project": changed["project"]});
    desk.put(&cy, &path, &body).await.expect(StatusCode::OK);
    let import = desk.get(&ada, "/api/v1/imports").await.items().remove(0);
    assert_eq!((&import["entries"], &import["catalog"]), (&json!(4), &json!(6)));
    let undo = format!("/api/v1/imports/{}/undo", import["id"].as_str().unwrap());
    desk.post(&cy, &undo, &json!({})).await.problem(404, "unknown_import");
    let job = desk.post(&ada, &undo, &json!({})).await.expect(StatusCode::CREATED).json();
    let job = desk.ended(&ada, &job).await;
    let sentence = job["sentence"].as_str().unwrap();
    // The entry that was changed, and the project and customer it stands on.
    assert!(sentence.starts_with("7 records are gone. 3 stay,"), "{sentence}");
    assert!(sentence.contains(changed["id"].as_str().unwrap()), "{sentence}");
    let left = desk.entries_of("cy").await;
    assert_eq!((left.len(), &left[0]["note"]), (1, &json!("changed")));
    assert_eq!(desk.entries_of("bo").await.len(), 0);
    let names: Vec<_> = desk
        .get(&ada, "/api/v1/projects")
        .await
        .items()
        .iter()
        .map(|p| p["name"].clone())
        .collect();
    assert_eq!(names, ["Website"]);
    assert_eq!(desk.get(&ada, "/api/v1/imports").await.items()[0]["state"], "undone");
    // What went out comes in again, and what stayed is not doubled.
    let job = desk.imported(&ada, TOGGL).await;
    assert!(
        job["sentence"].as_str().unwrap().starts_with("3 time entries came in, 1 were"),
        "{job}"
    );
    assert_eq!(desk.entries_of("cy").await.len(), 3);
}

#[tokio::test]
async fn an_import_that_broke_off_is_taken_out() {
    use crate::domain::command::{Actor, Command, Envelope};
    use crate::domain::id::{ImportId, RequestId, TagId};
    use crate::domain::import::{Import, ImportCommand, ImportEdit, ImportState, Source};
    let desk = Desk::with_people().await;
    let id = ImportId(crate::clock::ascending_id());
    let (source, by, begun) = (Source::Kimai, Actor::System, now());
    let import =
        Import { id, source, by, begun, state: ImportState::Running, entries: 0, catalog: 0 };
    let name = crate::domain::text::Label::new("half").unwrap();
    let body = crate::domain::tag::Tag { name, colour: None, archived: false };
    let tag = TagId(crate::clock::ascending_id());
    let edit = ImportEdit::Tag(crate::domain::sync::Edit::Add { id: tag, body });
    for command in [ImportCommand::Begin(import), ImportCommand::Add { import: id, edit }] {
        let envelope = Envelope {
            request: RequestId(crate::clock::ascending_id()),
            at: now(),
            actor: Actor::System,
            command: Command::Import(command),
        };
        desk.door.commit(envelope).await.unwrap();
    }
    let ada = desk.sign_in("ada").await;
    assert_eq!(desk.get(&ada, "/api/v1/tags").await.items().len(), 1);
    let imports = Imports::new(desk.door.clone());
    assert_eq!(imports.clear(now).await.unwrap(), 1);
    assert_eq!(desk.get(&ada, "/api/v1/tags").await.items().len(), 0);
    assert_eq!(imports.clear(now).await.unwrap(), 0);
}
