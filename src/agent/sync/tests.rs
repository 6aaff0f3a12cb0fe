//! The agent against an office of the test's own, over real TLS.

use super::*;
use crate::agent::book::HERE;
use crate::agent::enroll::{EnrollOptions, enroll};
use crate::agent::folder::tests::Data;
use crate::agent::identity::read_policy;
use crate::agent::tests::office::Office;
use crate::compat::activitywatch::book::Book;
use crate::domain::activity::{ActivityCommand, BucketAbout};
use crate::domain::batch::Operation;
use crate::domain::project::Project;
use crate::domain::text::{BucketName, CanonicalJson, ShortText};
use crate::store::read::sync::each;

const SECRET: [u8; 16] = [5; 16];

async fn enrolled(office: &Office, addresses: &[&str]) -> (Data, ActivityBook, Sync) {
    let data = Data::new();
    let code = office.code(addresses, SECRET).to_text();
    enroll(EnrollOptions { data: data.0.clone(), code, again: false }).await.unwrap();
    let folder = data.folder();
    let identity = Identity::read(&folder).unwrap().unwrap();
    let recorded = (read_policy(&folder).unwrap(), false);
    let book = ActivityBook::open(&folder, &identity, recorded, clock::now()).unwrap();
    let (sync, _) = Sync::new(folder, identity, book.clone()).unwrap();
    (data, book, sync)
}

async fn record(book: &ActivityBook, bucket: &str) {
    let text = |text| ShortText::new(text).unwrap();
    let data = CanonicalJson::empty();
    let about = BucketAbout { kind: text("k"), client: text("c"), hostname: text("h"), data };
    let name = BucketName::new(bucket).unwrap();
    let create = ActivityCommand::CreateBucket { device: HERE, name, about, created: None };
    book.change(HERE, create).await.unwrap();
}

fn arrived(office: &Office) -> usize {
    let known = office.known.lock().unwrap();
    known.operations.iter().filter(|o| matches!(o, Operation::PutBucket { .. })).count()
}

#[tokio::test]
async fn delivers_once_and_follows_the_policy() {
    let office = Office::start(&[SECRET]).await;
    let (data, book, mut sync) = enrolled(&office, &[]).await;
    assert_eq!(sync.ask(0).await, Ok(Met::Heard { more: false }));
    assert_eq!(read_policy(&data.folder()).unwrap(), ActivityPolicy::FullDetail);
    assert_eq!(book.policy(), ActivityPolicy::FullDetail);
    record(&book, "one").await;
    assert_eq!(sync.send(0).await, Ok(Met::Heard { more: false }));
    assert_eq!(book.counts().await.unwrap().waiting, 0);
    assert_eq!(sync.send(0).await, Ok(Met::Heard { more: false }));
    assert_eq!(arrived(&office), 1);
    let contact = sync.contact.borrow().clone();
    assert_eq!(contact.standing, Dealings::Fine);
    assert_eq!(contact.notes(), Vec::<String>::new());
}

#[tokio::test]
async fn trouble_and_refusals_keep_everything() {
    let office = Office::start(&[SECRET]).await;
    let (_data, book, mut sync) = enrolled(&office, &[]).await;
    record(&book, "one").await;
    for (status, code, met) in [
        (500, "failed", Met::Failed { wait_ms: 0 }),
        (400, "bad", Met::Failed { wait_ms: 0 }),
        (403, "device_revoked", Met::Refused),
        (404, "unknown_device", Met::Refused),
    ] {
        office.known.lock().unwrap().refuses = Some((status, code));
        assert_eq!(sync.send(0).await, Ok(met), "{code}");
        assert_eq!(book.counts().await.unwrap().waiting, 1);
        assert!(sync.contact.borrow().notes()[0].contains("No. Ask."));
    }
    office.known.lock().unwrap().refuses = None;
    assert_eq!(sync.send(0).await, Ok(Met::Heard { more: false }));
    assert_eq!(arrived(&office), 1);
}

#[tokio::test]
async fn an_order_empties_the_book_and_is_confirmed_once_the_office_hears_it() {
    let office = Office::start(&[SECRET]).await;
    let (data, book, mut sync) = enrolled(&office, &[]).await;
    record(&book, "one").await;
    office.known.lock().unwrap().orders = true;
    // The office does not hear of it the first time: it stays begun, and recording is over already.
    let refuse_confirmation = sync.identity.clone();
    let said = sync.speak(0, Ask::get("/api/v1/streams/1")).await;
    office.known.lock().unwrap().refuses = Some((500, "failed"));
    assert_eq!(sync.hear(said, true).await, Ok(Met::Failed { wait_ms: 0 }));
    assert!(!Erased::read(&data.folder()).unwrap().unwrap().confirmed);
    assert_eq!(book.counts().await.unwrap().waiting, 0);
    record(&book, "two").await;
    assert_eq!(book.buckets(HERE).await.unwrap(), Vec::new(), "nothing is recorded any more");
    assert!(Identity::read(&data.folder()).unwrap().is_some(), "it must still be able to say so");
    office.known.lock().unwrap().refuses = None;
    assert_eq!(sync.ask(0).await, Ok(Met::Refused));
    assert_eq!(office.known.lock().unwrap().confirmed, [refuse_confirmation.device]);
    assert_eq!(sync.contact.borrow().standing, Dealings::Erased);
    assert!(Erased::finish(&data.folder()).unwrap());
    assert!(Identity::read(&data.folder()).unwrap().is_none());
    let told = crate::agent::status::status(&data.folder(), clock::now()).unwrap();
    assert!(told.notes.iter().any(|note| note.contains("was erased")), "{told:?}");
}

#[tokio::test]
async fn a_copy_that_is_too_old_is_thrown_away_and_made_anew() {
    let office = Office::start(&[SECRET]).await;
    let (_data, book, mut sync) = enrolled(&office, &[]).await;
    let projects = async || {
        let read = book.write(|desk| {
            let mut ids = Vec::new();
            each::<Project>(desk.writer.as_reader(), None, |project| {
                ids.push(project.id.bytes()[0]);
                std::ops::ControlFlow::Continue(())
            })?;
            Ok(ids)
        });
        read.await.unwrap()
    };
    office.known.lock().unwrap().projects = vec![1, 2];
    sync.refresh(0).await.unwrap();
    assert_eq!(projects().await, [1, 2]);
    // One was deleted while this computer was off, for so long that nobody remembers.
    office.known.lock().unwrap().projects = vec![2];
    sync.refreshed = None;
    sync.refresh(0).await.unwrap();
    assert_eq!((projects().await, sync.refreshed), (vec![], None), "asked for again at once");
    sync.refresh(0).await.unwrap();
    assert_eq!(projects().await, [2]);
    assert!(sync.refreshed.is_some());
    let asked = &office.known.lock().unwrap().copies;
    let new = "since=0&limit=500";
    assert_eq!(asked[..], [new, "since=7&limit=500&epoch=1", new], "the epoch is told");
}

#[tokio::test]
async fn a_stranger_in_the_servers_place_is_told_nothing() {
    let (office, stranger) = (Office::start(&[SECRET]).await, Office::start(&[]).await);
    let (_data, book, mut sync) = enrolled(&office, &[]).await;
    record(&book, "one").await;
    sync.clients = vec![sync.identity.client(&stranger.address.to_string()).unwrap()];
    assert_eq!(sync.send(0).await, Ok(Met::Failed { wait_ms: 0 }));
    assert!(matches!(sync.contact.borrow().standing, Dealings::Untrusted(_)));
    assert_eq!(book.counts().await.unwrap().waiting, 1);
    assert_eq!(arrived(&stranger), 0);
}

#[tokio::test]
async fn runs_by_itself_and_finds_the_address_that_answers() {
    let office = Office::start(&[SECRET]).await;
    let (_data, book, sync) = enrolled(&office, &["127.0.0.1:9"]).await;
    let sending = tokio::spawn(sync.run());
    record(&book, "one").await;
    let all = async {
        while book.counts().await.unwrap().waiting > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
    assert_eq!(arrived(&office), 1);
    sending.abort();
}
