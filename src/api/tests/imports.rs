//! Time from other products: looked at, brought in once and whole, taken out again but for what was changed.

use super::*;
use crate::domain::outcome::{HoursRefusal, Noun, Outcome, Refusal};

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
    let rows = preview["accepted"].as_array().unwrap();
    assert_eq!((rows.len(), &preview["refused_rows"]), (4, &json!(0)));
    assert_eq!(
        rows[0],
        json!({"line": 2, "person": "cy", "start": "2026-11-02T08:00:00Z", "end": "2026-11-02T09:30:00Z",
            "project": "Website", "note": "one"})
    );
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
        job["sentence"]
            .as_str()
            .unwrap()
            .starts_with("1 time entry came in, 4 were there already."),
        "{job}"
    );
    assert_eq!(desk.get(&ada, "/api/v1/projects").await.items().len(), 2);
    assert_eq!(desk.audited("import.done").await, 2);
}

#[tokio::test]
async fn a_look_says_what_is_closed_and_what_is_booked_already() {
    let desk = Desk::with_people().await;
    let (bo, cy) = (desk.sign_in("bo").await, desk.sign_in("cy").await);
    let secret = json!({"name": "Secret", "members": []});
    desk.post(&bo, "/api/v1/projects", &secret).await.expect(StatusCode::CREATED);
    let booked = json!({"start": "2026-11-18T08:30:00Z", "end": "2026-11-18T09:30:00Z"});
    desk.post(&cy, "/api/v1/entries", &booked).await.expect(StatusCode::CREATED);
    let lock = json!({"before": "2026-11-01", "reason": "October is paid"});
    desk.put(&bo, "/api/v1/lock", &lock).await.expect(StatusCode::OK);
    for (day, step) in
        [("2026-11-02", "submit"), ("2026-11-09", "submit"), ("2026-11-09", "approve")]
    {
        let who = if step == "submit" { &cy } else { &bo };
        let path = format!("/api/v1/timesheets/cy/{day}/{step}");
        desk.post(who, &path, &json!({})).await.expect(StatusCode::OK);
    }
    let row = |day: &str, project: &str| {
        format!("Cy,cy@office.test,,{project},,work,No,{day},09:00:00,{day},10:00:00,01:00:00,\n")
    };
    let heading = TOGGL.lines().next().unwrap();
    let fine = format!("{heading}\n{}{}", row("2026-11-18", "Open"), row("2026-11-19", "Open"));
    let shut = [
        row("2026-10-30", "Open"),
        row("2026-11-03", ""),
        row("2026-11-10", ""),
        row("2026-11-20", "Secret"),
    ];
    let look = desk.import(&bo, "/preview?source=toggl", &(fine.clone() + &shut.concat())).await;
    let look = look.expect(StatusCode::OK).json();
    assert_eq!((&look["new"], &look["overlapping"]), (&json!(2), &json!(1)), "{look}");
    let refused: Vec<_> = look["refused"].as_array().unwrap().iter().collect();
    let whys = [
        (4, HoursRefusal::TimeLocked.sentence()),
        (5, HoursRefusal::WeekSubmitted.sentence()),
        (6, HoursRefusal::WeekApproved.sentence()),
        (7, Refusal::NotAMember.sentence()),
    ];
    assert_eq!(refused.len(), whys.len(), "{look}");
    for (refused, (line, why)) in refused.iter().zip(whys) {
        assert_eq!((&refused["line"], &refused["why"]), (&json!(line), &json!(why)));
    }
    let begun = desk.import(&bo, "?source=toggl", &(fine.clone() + &shut[1])).await;
    begun.problem(422, "import_refused");
    assert_eq!(desk.get(&bo, "/api/v1/imports").await.items().len(), 0, "nothing began");
    assert_eq!(desk.imported(&bo, &fine).await["state"], "done", "what was promised is kept");
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
    // Who else there is is not told: an account, a disabled one and none read the same.
    let named = |name: &str| {
        format!(
            "There is nobody here for \"{name}@office.test\" whose time you may enter: add the person, or say whose it is."
        )
    };
    assert_eq!(why(3), named("bo"));
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    desk.delete(&ada, "/api/v1/users/di").await.expect(StatusCode::NO_CONTENT);
    let guesses = format!("{HEAD}{}{}", row("di", "", 0), row("xy", "", 1));
    let preview = desk.import(&cy, "/preview?source=toggl", &guesses).await.json();
    for (place, name) in ["di", "xy"].into_iter().enumerate() {
        assert_eq!(preview["refused"][place]["why"], named(name));
        let path = format!("/preview?source=toggl&person={name}");
        desk.import(&cy, &path, TOGGL).await.problem(404, "unknown_user");
    }
    desk.import(&cy, "/preview?source=toggl&person=bo", TOGGL).await.problem(404, "unknown_user");
    let preview = desk.import(&ada, "/preview?source=toggl", &guesses).await.json();
    assert_eq!(preview["refused"][0]["why"], "The account di is disabled.");
    desk.imported(&ada, TOGGL).await;
    let own = TOGGL.lines().take(3).collect::<Vec<_>>().join("\n").replace("two", "mine") + "\n";
    let job = desk.imported(&cy, &own).await;
    assert!(
        job["sentence"].as_str().unwrap().starts_with("1 time entry came in, 1 was there already."),
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
        job["sentence"].as_str().unwrap().starts_with("3 time entries came in, 1 was"),
        "{job}"
    );
    assert_eq!(desk.entries_of("cy").await.len(), 3);
}

#[tokio::test]
async fn somebody_elses_import_goes_out_only_under_a_proof() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let own = |minute| format!("{HEAD}{}", row("cy", "", minute));
    assert_eq!(desk.imported(&cy, &own(0)).await["state"], "done");
    assert_eq!(desk.imported(&ada, &own(1)).await["state"], "done");
    let_pass(i64::try_from(crate::domain::session::PROOF_LIFE_MS).unwrap());
    let imports = desk.get(&ada, "/api/v1/imports").await.items();
    let undo =
        |place: usize| format!("/api/v1/imports/{}/undo", imports[place]["id"].as_str().unwrap());
    desk.post(&ada, &undo(1), &json!({})).await.problem(403, "step_up_required");
    assert_eq!(desk.entries_of("cy").await.len(), 2, "nothing began");
    let proof = json!({"password": PASSWORD});
    // One's own takes none; after one, the other goes, too.
    for (place, left) in [(0, 1), (1, 0)] {
        let job = desk.post(&ada, &undo(place), &json!({})).await.expect(StatusCode::CREATED);
        assert_eq!(desk.ended(&ada, &job.json()).await["sentence"], "1 record is gone.");
        assert_eq!(desk.entries_of("cy").await.len(), left);
        desk.put(&ada, "/api/v1/session/step-up", &proof).await.expect(StatusCode::OK);
    }
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
    let said = imports.clear(now).await.unwrap();
    assert_eq!(said, format!("The import {id} had broken off: 1 record is gone."));
    assert_eq!(desk.get(&ada, "/api/v1/tags").await.items().len(), 0);
    assert_eq!(imports.clear(now).await.unwrap(), "");
}

const HEAD: &str = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n";

/// A row of somebody's on a project, or on none, in this minute after nine.
fn row(name: &str, project: &str, minute: usize) -> String {
    format!(
        "{name},{name}@office.test,,{project},,one,No,2026-11-04,09:{minute:02}:00,2026-11-04,10:00:00,01:00:00,\n"
    )
}

impl Desk {
    /// Cy leads di, or nobody any more.
    async fn cy_leads(&self, leads: bool) {
        let leads: &[&str] = if leads { &["cy"] } else { &[] };
        let body = json!({"name": "Site", "members": ["di"], "leads": leads});
        let known = self.get(&terminal(), "/api/v1/teams").await.items();
        match known.first() {
            Some(team) => {
                let path = format!("/api/v1/teams/{}", team["id"].as_str().unwrap());
                self.put(&terminal(), &path, &body).await.expect(StatusCode::OK);
            }
            None => {
                self.post(&terminal(), "/api/v1/teams", &body).await.expect(StatusCode::CREATED);
            }
        }
    }

    async fn undone(&self, caller: &Caller) -> String {
        let import = self.get(caller, "/api/v1/imports").await.items().remove(0);
        let undo = format!("/api/v1/imports/{}/undo", import["id"].as_str().unwrap());
        let job = self.post(caller, &undo, &json!({})).await.expect(StatusCode::CREATED).json();
        self.ended(caller, &job).await["sentence"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn who_leads_no_more_neither_brings_in_nor_takes_out_what_is_others() {
    let desk = Desk::with_people().await;
    desk.add("di", "employee").await.expect(StatusCode::CREATED);
    desk.cy_leads(true).await;
    let cy = desk.sign_in("cy").await;
    let two = format!("{HEAD}{}{}", row("di", "", 0), row("cy", "", 1));
    assert_eq!(desk.imported(&cy, &two).await["state"], "done");
    desk.cy_leads(false).await;
    let sentence = desk.undone(&cy).await;
    let told = "1 record is gone. 1 stays, because you may not change it any more.";
    assert_eq!(sentence, told);
    assert_eq!((desk.entries_of("di").await.len(), desk.entries_of("cy").await.len()), (1, 0));
    // Whoever may everything finishes it.
    assert_eq!(desk.undone(&desk.sign_in("ada").await).await, "1 record is gone.");
    assert_eq!(desk.entries_of("di").await.len(), 0);
    // A right that goes while rows come in: what came until then goes out again.
    desk.cy_leads(true).await;
    let rows: String = (0..59).map(|minute| row("di", "", minute)).collect();
    let many = format!("{HEAD}{}", rows.repeat(5));
    let job = desk.import(&cy, "?source=toggl", &many).await.expect(StatusCode::CREATED).json();
    desk.cy_leads(false).await;
    let job = desk.ended(&cy, &job).await;
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job["sentence"].as_str().unwrap().contains("You may not do this any more."), "{job}");
    assert_eq!(desk.entries_of("di").await.len(), 0);
}

#[tokio::test]
async fn a_preview_says_nothing_of_what_the_asker_does_not_see() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    for (name, archived) in [("Secret", false), ("Shelved", true)] {
        let members = json!([desk.user_id("bo").await.to_string()]);
        let body = json!({"name": name, "members": members, "archived": archived});
        desk.post(&ada, "/api/v1/projects", &body).await.expect(StatusCode::CREATED);
    }
    let cy = desk.sign_in("cy").await;
    let names = ["Secret", "Shelved", "Nowhere"];
    let rows: String =
        names.iter().enumerate().map(|(minute, name)| row("cy", name, minute)).collect();
    let file = format!("{HEAD}{rows}");
    let preview = desk.import(&cy, "/preview?source=toggl", &file).await.json();
    for (place, name) in names.iter().enumerate() {
        let why =
            format!("There is no project {name}, and only whoever manages the book adds one.");
        assert_eq!(preview["refused"][place]["why"], why);
    }
    let preview = desk.import(&ada, "/preview?source=toggl", &file).await.json();
    // Whoever sees them is told what stands in the way of cy's time, row by row.
    assert_eq!(preview["refused"][0]["why"], Refusal::NotAMember.sentence());
    assert_eq!(preview["refused"][1]["why"], "The project Shelved is archived.");
}

#[tokio::test]
async fn many_rows_that_say_the_same_are_looked_at_once_each() {
    let desk = Desk::with_people().await;
    let file = HEAD.to_owned() + &row("cy", "", 0).repeat(20_000);
    let cy = desk.sign_in("cy").await;
    let began = std::time::Instant::now();
    let preview = desk.import(&cy, "/preview?source=toggl", &file).await.json();
    assert_eq!(preview["new"], 20_000, "{preview}");
    let people = json!([{"in_file": "cy@office.test", "name": "cy", "rows": 20_000}]);
    assert_eq!(preview["people"], people);
    // Each looked at once more for every one before it: 200 million hashes, and minutes.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_entry_of_somebody_else_under_a_rows_id_is_not_taken_for_it() {
    use crate::domain::command::{Actor, Command, Envelope};
    use crate::domain::entry::{Entry, EntryCommand};
    use crate::domain::id::{EntryId, ReplicaId, RequestId};
    use crate::domain::sync::Stamp;
    use crate::domain::text::{NoteText, UserName};
    let desk = Desk::with_people().await;
    let person = async |name: &str| {
        let name = UserName::new(name).unwrap();
        let found = desk.door.read(move |r| crate::store::read::user_by_name(r, &name));
        found.await.unwrap().unwrap().id
    };
    let (cy, bo) = (person("cy").await, person("bo").await);
    // What everybody can work out: the id that a record of TimeTagger's would get.
    let mut hasher = blake3::Hasher::new_derive_key("timebook imported entry v1");
    for part in [b"timetagger".as_slice(), &cy.bytes(), b"key\nabc"] {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.update(&0_u64.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    (bytes[6], bytes[8]) = ((bytes[6] & 0x0f) | 0x80, (bytes[8] & 0x3f) | 0x80);
    let body = Entry {
        person: bo,
        project: None,
        task: None,
        start: now().minus_ms(9_000),
        end: Some(now()),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    };
    let (id, replica) = (EntryId::from_bytes(bytes), ReplicaId::from_bytes([7; 16]));
    let stamp = Stamp { modified: now(), replica };
    let file = r#"{"records": [{"key": "abc", "t1": 1793000000, "t2": 1793003600, "ds": "one"}]}"#;
    let asker = desk.sign_in("cy").await;
    let preview = desk.import(&asker, "/preview?source=timetagger", file).await.json();
    assert_eq!((&preview["new"], &preview["refused"]), (&json!(1), &json!([])));
    let offer = EntryCommand::Offer { id, body, stamp, deleted: false };
    let envelope = Envelope {
        request: RequestId(crate::clock::ascending_id()),
        at: now(),
        actor: Actor::User(bo),
        command: Command::Entry(offer),
    };
    desk.door.commit(envelope).await.unwrap();
    let preview = desk.import(&asker, "/preview?source=timetagger", file).await.json();
    assert_eq!((&preview["new"], &preview["there"]), (&json!(0), &json!(0)), "{preview}");
    let why = preview["refused"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("A time entry of somebody else has the id"), "{preview}");
    desk.import(&asker, "?source=timetagger", file).await.problem(422, "import_refused");
}

#[tokio::test]
async fn what_cannot_be_taken_out_again_is_told_and_goes_later() {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let rows: String = (0..300).map(|minute| row("cy", "", minute % 60)).collect();
    let mut changes = desk.door.changes();
    let file = format!("{HEAD}{rows}");
    let job = desk.import(&cy, "?source=toggl", &file).await.expect(StatusCode::CREATED).json();
    // Somebody closes the time while it comes in.
    loop {
        match changes.next().await.unwrap() {
            crate::consensus::News::Changed(change) if change.noun == Noun::Entry => break,
            _ => {}
        }
    }
    let lock = json!({"before": "2026-11-10", "reason": "paid"});
    desk.put(&ada, "/api/v1/lock", &lock).await.expect(StatusCode::OK);
    let job = desk.ended(&cy, &job).await;
    let stay = desk.entries_of("cy").await.len();
    assert!(0 < stay && stay < 300, "{stay}");
    let sentence = job["sentence"].as_str().unwrap();
    let import = desk.get(&cy, "/api/v1/imports").await.items().remove(0);
    let id = import["id"].as_str().unwrap();
    let (records, why) = match stay {
        1 => ("1 record is".to_owned(), "1 stays, because its time is closed.".to_owned()),
        _ => (format!("{stay} records are"), format!("{stay} stay, because their time is closed.")),
    };
    let told = format!(" {records} not taken out yet: timebook import undo {id}. {why}");
    assert!(job["state"] == "failed" && sentence.contains(&told), "{job}");
    let back = json!({"reason": "a mistake"});
    desk.put(&ada, "/api/v1/lock/back", &back).await.expect(StatusCode::OK);
    assert_eq!(desk.undone(&cy).await, format!("{records} gone."));
    assert_eq!(desk.entries_of("cy").await.len(), 0);
}

#[tokio::test]
async fn the_oldest_of_ones_own_imports_gives_way_and_nobody_elses() {
    use crate::domain::command::{Actor, Command, Envelope};
    use crate::domain::id::{ImportId, RequestId};
    use crate::domain::import::{Import, ImportCommand, ImportState, Source};
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    let one = |minute| format!("{HEAD}{}", row("cy", "", minute));
    assert_eq!(desk.imported(&ada, &one(0)).await["state"], "done");
    assert_eq!(desk.imported(&cy, &one(1)).await["state"], "done");
    let commit = async |by: &Actor, command| {
        let (request, at) = (RequestId(crate::clock::ascending_id()), now());
        let envelope =
            Envelope { request, at, actor: by.clone(), command: Command::Import(command) };
        desk.door.commit(envelope).await.unwrap()
    };
    let cys = Actor::User(desk.user_id("cy").await);
    let begin = async || {
        let (id, state) = (ImportId(crate::clock::ascending_id()), ImportState::Running);
        let (source, by, begun) = (Source::Toggl, cys.clone(), now());
        let import = Import { id, source, by, begun, state, entries: 0, catalog: 0 };
        (id, commit(&cys, ImportCommand::Begin(import)).await)
    };
    for _ in 0..99 {
        let (id, _) = begin().await;
        commit(&cys, ImportCommand::End { import: id }).await;
    }
    let full = begin().await.1;
    assert_eq!(full, Outcome::Refused(crate::domain::outcome::Refusal::TooMany));
    let first = desk.get(&cy, "/api/v1/imports").await.items().pop().unwrap();
    assert_eq!(desk.imported(&cy, &one(2)).await["state"], "done");
    let left = desk.get(&cy, "/api/v1/imports").await.items();
    assert_eq!((left.len(), left.iter().any(|import| import["id"] == first["id"])), (100, false));
    let undo = format!("/api/v1/imports/{}/undo", first["id"].as_str().unwrap());
    desk.post(&cy, &undo, &json!({})).await.problem(404, "unknown_import");
    assert_eq!(desk.entries_of("cy").await.len(), 3, "what it added stays");
    assert_eq!(desk.get(&ada, "/api/v1/imports").await.items().len(), 101);
    assert_eq!(desk.audited("import.forget").await, 1);
    let first = first["id"].as_str().unwrap().parse().unwrap();
    let records = desk.door.read(move |reader| read::import::records(reader, first, None, 10));
    assert_eq!(records.await.unwrap(), []);
    // What is there already makes no import, and so forgets none.
    let again = desk.imported(&cy, &one(2)).await;
    assert_eq!(again["sentence"], "0 time entries came in, 1 was there already.");
    assert_eq!(desk.audited("import.forget").await, 1);
}

#[tokio::test]
async fn people_the_file_calls_otherwise_are_named_and_said_to_be_somebody() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    let file = format!("{HEAD}{}{}{}", row("anna", "", 0), row("anna", "", 1), row("bo", "", 2));
    let look =
        desk.import(&ada, "/preview?source=toggl", &file).await.expect(StatusCode::OK).json();
    assert_eq!(look["unknown"], json!([{"in_file": "anna@office.test", "rows": 2}]));
    let said = "source=toggl&people=ANNA@office.test%3Dcy";
    let look = desk.import(&ada, &format!("/preview?{said}"), &file).await.json();
    assert_eq!((&look["unknown"], &look["new"]), (&json!([]), &json!(3)), "{look}");
    assert_eq!(look["people"][0], json!({"in_file": "anna@office.test", "name": "cy", "rows": 2}));
    let job = desk.import(&ada, &format!("?{said}"), &file).await.expect(StatusCode::CREATED);
    assert_eq!(desk.ended(&ada, &job.json()).await["state"], "done");
    assert_eq!((desk.entries_of("cy").await.len(), desk.entries_of("bo").await.len()), (2, 1));
    for (people, status, code) in
        [("anna", 422, "bad_people"), ("anna%3Dnobody", 404, "unknown_user")]
    {
        let path = format!("/preview?source=toggl&people={people}");
        desk.import(&ada, &path, &file).await.problem(status, code);
    }
    // Whoever may not enter somebody's time cannot say that it is theirs either.
    let cy = desk.sign_in("cy").await;
    let path = "/preview?source=toggl&people=anna@office.test%3Dbo";
    desk.import(&cy, path, &file).await.problem(404, "unknown_user");
}
