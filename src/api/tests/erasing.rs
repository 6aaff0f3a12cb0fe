//! Erasing a person over HTTP, and the computer that follows.

use data_encoding::BASE64;

use super::computers::Agent;
use super::*;
use crate::codec::erasure;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::erasure::{ErasureCommand, ROWS_A_STEP};
use crate::domain::id::RequestId;
use crate::service::secrets::OfficeKey;
use crate::store::log::{LogFile, LogOptions};
use crate::store::storage::Storage;

#[tokio::test]
async fn a_person_is_erased_and_their_computer_is_told_and_says_so() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let (bytes, _) = agent.batch(1, [0; 32], None);
    agent.send(&desk, &bytes).await.expect(StatusCode::OK);
    let (ada, bo) = (desk.sign_in("ada").await, desk.sign_in("bo").await);
    let path = "/api/v1/users/cy/erase";
    desk.post(&bo, path, &json!({})).await.problem(403, "forbidden");
    desk.post(&ada, path, &json!({})).await.problem(409, "still_enabled");
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    let body = json!({"name": "cy & sons", "note": "", "archived": false});
    desk.post(&ada, "/api/v1/customers", &body).await.expect(StatusCode::CREATED);
    let begun = desk.post(&ada, path, &json!({})).await.expect(StatusCode::OK).json();
    let erasure = &begun["erasure"];
    assert_eq!(erasure["state"], "waiting", "{erasure}");
    assert_eq!(erasure["computers"][0]["state"], "pending");
    assert!(erasure["copies"].as_str().unwrap().contains("delete them by hand"));
    assert_eq!(begun["mentions"][0]["noun"], "customer");
    assert_eq!(begun["mentions"].as_array().unwrap().len(), 1);
    desk.post(&ada, path, &json!({})).await.problem(404, "unknown_user");
    let users = desk.get(&ada, "/api/v1/users").await.items();
    assert!(users.iter().all(|user| user["name"] != "cy"));
    // What the computer still sends is not even set aside; it gets the order, signed.
    let key = BASE64.decode(agent.id("receipt_key").as_bytes()).unwrap();
    let (more, _) = agent.batch(2, [0; 32], None);
    for reply in
        [agent.send(&desk, &more).await, desk.get(&agent.caller, "/api/v1/streams/1").await]
    {
        let order = reply.problem(410, "erase")["order"].as_str().unwrap().to_owned();
        let order = BASE64.decode(order.as_bytes()).unwrap();
        let order = erasure::open(&order, key.as_slice().try_into().unwrap()).unwrap();
        assert_eq!(order.device.to_string(), agent.id("device"));
    }
    assert_eq!(desk.get(&terminal(), "/api/v1/quarantine").await.items().len(), 0);
    let confirm = "/api/v1/erasures/confirm";
    desk.post(&computer(&agent.id("office")), confirm, &json!({}))
        .await
        .problem(404, "unknown_erasure");
    for _ in 0..2 {
        desk.post(&agent.caller, confirm, &json!({})).await.expect(StatusCode::NO_CONTENT);
    }
    desk.get(&bo, "/api/v1/erasures").await.problem(403, "forbidden");
    let all = desk.get(&ada, "/api/v1/erasures").await.items();
    assert_eq!(
        (&all[0]["state"], &all[0]["computers"][0]["state"]),
        (&json!("done"), &json!("done"))
    );
    assert_eq!(desk.audited("erasure.whole").await, 1);
    let entries = desk.get(&ada, "/api/v1/audit?limit=1000").await.items();
    let says =
        |key: &str| entries.iter().any(|e| e[key].as_str().unwrap().split(' ').any(|w| w == "cy"));
    assert!(!says("subject") && !says("about"));
    assert!(entries.iter().any(|e| e["about"] == "bo (manager)"), "others keep their names");
    assert_eq!(desk.door.read(read::broken_audit_entry).await.unwrap(), None);
}

#[tokio::test]
async fn what_broke_off_is_gone_on_with() {
    let desk = Desk::with_people().await;
    let ada = desk.sign_in("ada").await;
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    let cy = desk.door.read(read::users).await.unwrap().into_iter();
    let person = cy.filter(|user| user.name.as_str() == "cy").map(|user| user.id).next().unwrap();
    // As a server leaves it that was killed right after the beginning.
    commit(&desk.door, ErasureCommand::Begin { person }).await;
    let state = |all: Vec<Value>| all[0]["state"].clone();
    assert_eq!(state(desk.get(&ada, "/api/v1/erasures").await.items()), "erasing");
    assert_eq!(desk.accounts.go_on_erasing(now).await.unwrap(), 1);
    assert_eq!(state(desk.get(&ada, "/api/v1/erasures").await.items()), "done");
    assert_eq!(desk.accounts.go_on_erasing(now).await.unwrap(), 0);
}

/// Up to the last step, and killed before either file was written anew; what then is left of it goes with the next start.
async fn killed_before_the_files(forget_log: bool) {
    let desk = Desk::with_people().await;
    let (ada, cy) = (desk.sign_in("ada").await, desk.sign_in("cy").await);
    // Enough of it that free space is not all used again by what comes next.
    let note = "zebra-4711 ".repeat(150);
    for hour in 0..12 {
        let moment = |minute: u32| format!("2026-11-20T{hour:02}:{minute:02}:00Z");
        let worked = json!({"start": moment(0), "end": moment(30), "note": note});
        desk.post(&cy, "/api/v1/entries", &worked).await.expect(StatusCode::CREATED);
    }
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    let cy = desk.door.read(read::users).await.unwrap().into_iter();
    let person = cy.filter(|user| user.name.as_str() == "cy").map(|user| user.id).next().unwrap();
    // What was booked is on disk in the state's file.
    desk.door.shrink().await.unwrap().expect("nothing else is going on");
    assert!(file_says(&desk._folder, "timebook.redb", "zebra-4711"));
    let steps = [
        ErasureCommand::Begin { person },
        ErasureCommand::Step { person, rows: ROWS_A_STEP },
        ErasureCommand::Step { person, rows: ROWS_A_STEP },
    ];
    for command in steps {
        commit(&desk.door, command).await;
    }
    if forget_log {
        // Pushed out by what others wrote meanwhile: nothing in the log says any more that there is something to do.
        assert!(desk.door.forget_log(std::time::Duration::from_secs(20)).await);
    }
    desk.post(&ada, "/api/v1/customers", &json!({"name": "Later"}))
        .await
        .expect(StatusCode::CREATED);
    let Desk { router, door, accounts, mail, services, _folder: folder, .. } = desk;
    drop((router, accounts, mail, services));
    door.close().await.unwrap();
    assert_eq!(log_says(&folder, "zebra-4711"), !forget_log);
    assert!(file_says(&folder, "timebook.redb", "zebra-4711"), "nothing went yet");
    let options = DoorOptions { dir: folder.path().to_owned(), ..DoorOptions::default() };
    let door = DataDoor::open(options).await.unwrap();
    let key = Arc::new(OfficeKey::generate());
    let accounts = Accounts::new(door.clone(), key).unwrap();
    assert_eq!(accounts.go_on_erasing(now).await.unwrap(), 0);
    assert_eq!(door.cleared().await.unwrap(), 1);
    drop(accounts);
    door.close().await.unwrap();
    assert!(!log_says(&folder, "Later"), "all of what was applied by then");
    // Nor does free space of either file, for whoever reads its bytes.
    assert!(!file_says(&folder, "timebook.redb", "zebra-4711"));
    assert!(!file_says(&folder, "log.redb", "zebra-4711"));
}

#[tokio::test]
async fn both_files_are_rid_of_what_was_erased_also_after_a_crash_before_that() {
    killed_before_the_files(false).await;
}

#[tokio::test]
async fn and_also_when_the_log_let_go_of_it_before_the_crash() {
    killed_before_the_files(true).await;
}

async fn commit(door: &DataDoor, command: ErasureCommand) {
    door.commit(envelope(command)).await.unwrap();
}

fn envelope(command: ErasureCommand) -> Envelope {
    Envelope {
        request: RequestId(crate::clock::ascending_id()),
        at: now(),
        actor: Actor::System,
        command: Command::Erasure(command),
    }
}

/// Does the file hold these bytes anywhere, also where nothing is any more?
fn file_says(folder: &TempDir, file: &str, words: &str) -> bool {
    let bytes = std::fs::read(folder.path().join(file)).unwrap();
    bytes.windows(words.len()).any(|at| at == words.as_bytes())
}

/// Does an entry of the log hold these bytes?
fn log_says(folder: &TempDir, words: &str) -> bool {
    let path = folder.path().join("log.redb");
    let options = LogOptions {
        path,
        storage: Storage::default(),
        on_failure: Box::new(|error| panic!("{error}")),
    };
    let log = LogFile::open(options).unwrap();
    let entries = log.read(0..u64::MAX).unwrap();
    log.close();
    entries.iter().any(|(_, bytes)| bytes.windows(words.len()).any(|at| at == words.as_bytes()))
}
