//! The door as its callers see it, and the engine's own storage suite against our storage.
//!
//! Must never sleep: what takes time is waited for.

mod behaviour;
mod installing;
mod opening;
#[cfg(feature = "faults")]
mod power_cut;
mod shrinking;
mod suite;

use super::*;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::{ClusterId, OfficeId, RequestId};
use crate::domain::office::{NEWEST_LEVEL, Office, OfficeCommand};
use crate::domain::outcome::Outcome;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::store::hash::state_hash;
use crate::store::read;
use crate::store::scratch::Scratch;

fn options(scratch: &Scratch) -> DoorOptions {
    DoorOptions { dir: scratch.path().to_owned(), ..DoorOptions::default() }
}

/// A door of this folder with an office in it.
async fn founded(scratch: &Scratch) -> Door {
    let door = Door::open(options(scratch)).await.unwrap();
    assert_eq!(door.commit(found()).await.unwrap(), Outcome::Done);
    door
}

/// Runs a test on a runtime like the server's.
fn run(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test);
}

fn envelope(request: u64, command: Command) -> Envelope {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&request.to_be_bytes());
    let (request, at) = (RequestId::from_bytes(id), Timestamp::new(1_800_000_000_000).unwrap());
    Envelope { request, at, actor: Actor::System, command }
}

fn found() -> Envelope {
    let office = Office {
        id: OfficeId::from_bytes([1; 16]),
        cluster: ClusterId::from_bytes([2; 16]),
        server_epoch: 0,
        level: NEWEST_LEVEL,
        name: None,
        policy: ActivityPolicy::default(),
        receipt_key: [3; 32],
        founded: Timestamp::new(1_800_000_000_000).unwrap(),
        wrapped_key: None,
        setup: None,
    };
    envelope(u64::MAX, Command::Office(OfficeCommand::Found(office)))
}

/// A command that leaves a countable trace: one audit entry.
fn note(number: u64) -> Envelope {
    let subject = ShortText::cut(&number.to_string());
    envelope(number, Command::Audit(AuditNote { action: ShortText::cut("test"), subject }))
}

/// The numbers of all notes in the state, in the order they were applied.
async fn notes(door: &Door) -> Vec<u64> {
    let read = door.read(|reader| {
        let entries = read::audit(reader, 0, usize::MAX)?;
        Ok(entries.into_iter().filter_map(|entry| entry.subject.as_str().parse().ok()).collect())
    });
    read.await.unwrap()
}

async fn hash(door: &Door) -> [u8; 32] {
    door.read(|reader| state_hash(reader)).await.unwrap()
}
