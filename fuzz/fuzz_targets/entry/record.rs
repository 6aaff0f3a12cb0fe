//! Any bytes as any record: refused, or read into a value whose own bytes, and whose JSON, read as the same value. Never a panic, never a large
//! allocation for a few bytes.

use std::fmt::Debug;

use super::codec::json::Json;
use super::codec::{Record, decode, encode};
use super::domain;

/// The first byte chooses the record, the rest is its bytes. The order never changes: seeds rely on it.
const RECORDS: &[fn(&[u8])] = &[
    read::<domain::activity::BucketNumber>,
    read::<domain::id::DeviceId>,
    read::<domain::id::InvitationId>,
    read::<domain::id::SessionId>,
    read::<domain::time::Timestamp>,
    read::<domain::id::TokenId>,
    read::<domain::id::UserId>,
    read::<domain::text::CanonicalJson>,
    read::<domain::activity::Bucket>,
    read::<domain::activity::Event>,
    read::<domain::audit::AuditEntry>,
    read::<domain::batch::Batch>,
    read::<domain::batch::Operation>,
    read::<domain::command::Envelope>,
    read::<domain::device::Device>,
    read::<domain::device::StreamState>,
    read::<domain::invitation::Invitation>,
    read::<domain::office::Office>,
    read::<domain::outbox::Queued>,
    read::<domain::outbox::SentBatch>,
    read::<domain::outbox::OutboxStream>,
    read::<domain::outcome::Remembered>,
    read::<domain::quarantine::Quarantined>,
    read::<domain::batch::Receipt>,
    read::<domain::secret::Secret>,
    read::<domain::session::Session>,
    read::<domain::token::Token>,
    read::<domain::user::User>,
    read::<domain::session::SessionAbout>,
    read::<domain::sync::Synced<domain::customer::Customer>>,
    read::<domain::sync::Synced<domain::project::Project>>,
    read::<domain::sync::Synced<domain::task::Task>>,
    read::<domain::sync::Synced<domain::tag::Tag>>,
    read::<domain::sync::HistoryEntry>,
    read::<domain::link::Link>,
    read::<domain::user::Grants>,
    read::<domain::team::Team>,
    read::<domain::totp::Totp>,
    read::<domain::job::Job>,
    read::<domain::office_setting::SettingValue>,
    read::<domain::mail::WaitingMail>,
    read::<domain::look::Look>,
    read::<domain::policy::PolicyChange>,
    read::<domain::sync::Synced<domain::entry::Entry>>,
    read::<domain::timesheet::Timesheet>,
    read::<domain::lock::Lock>,
    read::<domain::lock::HeldEdit>,
    read::<domain::erasure::Erasure>,
    read::<domain::erasure::EraseOrder>,
    read::<domain::answer::Answer>,
    read::<domain::entry::RefusedOffer>,
    read::<domain::entry::OfferedEntry>,
    read::<domain::entry::BookCopy>,
    read::<domain::retention::Swept>,
    read::<domain::import::Import>,
    read::<domain::import::Imported>,
    read::<domain::target::Target>,
    read::<domain::saved_report::SavedReport>,
    read::<domain::told::Mark>,
    read::<domain::tier::Sealed>,
    read::<domain::tier::BlockPart>,
    read::<domain::tier::KeptTotals>,
    read::<domain::user::Contact>,
    read::<domain::warning::Warned>,
    read::<domain::category::Categories>,
    read::<domain::redaction::OfficeRules>,
    read::<domain::tier::MonthHours>,
    read::<domain::tier::MonthApps>,
    read::<domain::outcome::KeptKeys>,
    read::<domain::device::Program>,
];

pub(super) fn run(data: &[u8]) {
    if let Some((selector, bytes)) = data.split_first() {
        RECORDS[usize::from(*selector) % RECORDS.len()](bytes);
    }
}

fn read<R: Record + Json + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(value) = decode::<R>(bytes) {
        let again = encode(&value);
        assert!(again.len() <= bytes.len(), "a writer takes the shortest form");
        assert_eq!(decode::<R>(&again).expect("what was read can be written and read"), value);
        assert_eq!(R::from_json(value.to_json()).expect("its JSON reads"), value);
    }
}
