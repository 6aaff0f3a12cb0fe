//! Enrolment against an office of the test's own, over real TLS.

use super::*;
use crate::agent::folder::tests::Data;
use crate::agent::identity::read_policy;
use crate::agent::tests::office::Office;

const SECRET: [u8; 16] = [5; 16];
const NEXT_SECRET: [u8; 16] = [6; 16];
/// The discard port: nobody listens there.
const NOBODY: &str = "127.0.0.1:9";

async fn try_to(
    data: &Data,
    code: &EnrollmentCode,
    again: bool,
) -> Result<EnrollmentDone, AgentError> {
    enroll(EnrollOptions { data: data.0.clone(), code: code.to_text(), again }).await
}

fn epoch(data: &Data) -> u32 {
    Identity::read(&data.folder()).unwrap().unwrap().device_epoch
}

#[tokio::test]
async fn a_code_enrolls_one_computer_once() {
    let (office, data) = (Office::start(&[SECRET, NEXT_SECRET]).await, Data::new());
    let code = office.code(&[NOBODY], SECRET);
    let done = try_to(&data, &code, false).await.unwrap();
    assert_eq!((done.person.as_str(), done.policy), ("ada", ActivityPolicy::AppTotals));
    assert_eq!(read_policy(&data.folder()).unwrap(), ActivityPolicy::AppTotals);
    assert_eq!(epoch(&data), 1);
    assert!(data.folder().read(PENDING_FILE).unwrap().is_none());

    let twice = try_to(&data, &code, false).await.unwrap_err().to_string();
    assert!(twice.contains("already enrolled") && twice.contains("--again"), "{twice}");
    let other = Data::new();
    let used = try_to(&other, &code, false).await.unwrap_err();
    assert_eq!((used.to_string().as_str(), used.exit_code()), ("No. Ask.", 3));

    try_to(&data, &office.code(&[], NEXT_SECRET), true).await.unwrap();
    assert_eq!(epoch(&data), 2, "each enrolment starts afresh");
    assert!(!Identity::read(&data.folder()).unwrap().unwrap().send_whole_book);
}

#[tokio::test]
async fn the_offices_rules_hold_before_the_first_contact() {
    let (office, data) = (Office::start(&[SECRET]).await, Data::new());
    office.known.lock().unwrap().rules = "drop everything".to_owned();
    let code = office.code(&[], SECRET);
    let refused = try_to(&data, &code, false).await.unwrap_err().to_string();
    assert!(refused.contains("Line 1"), "{refused}");
    assert!(Identity::read(&data.folder()).unwrap().is_none(), "nothing is recorded past them");
    office.known.lock().unwrap().rules = "drop app = KeePassXC".to_owned();
    try_to(&data, &code, false).await.unwrap();
    assert_eq!(redaction::office(&data.folder()).unwrap(), "drop app = KeePassXC");
}

#[tokio::test]
async fn a_damaged_identity_is_mended_by_enrolling_again() {
    let (office, data) = (Office::start(&[SECRET, NEXT_SECRET]).await, Data::new());
    try_to(&data, &office.code(&[], SECRET), false).await.unwrap();
    let path = data.folder().path("identity.json");
    for damage in [&b""[..], b"{\"version\":", b"\xff\xfe"] {
        std::fs::write(&path, damage).unwrap();
        let code = office.code(&[], NEXT_SECRET);
        let advice = try_to(&data, &code, false).await.unwrap_err().to_string();
        assert!(advice.contains("--again"), "{advice}");
    }
    try_to(&data, &office.code(&[], NEXT_SECRET), true).await.unwrap();
    assert!(Identity::read(&data.folder()).unwrap().is_some());
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    let (office, data) = (Office::start(&[SECRET]).await, Data::new());
    office.known.lock().unwrap().loses_answer = true;
    let code = office.code(&[], SECRET);
    try_to(&data, &code, false).await.unwrap_err();
    assert!(Identity::read(&data.folder()).unwrap().is_none());
    try_to(&data, &code, false).await.unwrap();
    assert_eq!(office.known.lock().unwrap().keys.len(), 1);
}

#[tokio::test]
async fn a_server_that_forgot_this_computer_gets_the_whole_book() {
    let (office, data) = (Office::start(&[SECRET, NEXT_SECRET]).await, Data::new());
    try_to(&data, &office.code(&[], SECRET), false).await.unwrap();
    office.known.lock().unwrap().refuses = Some((403, "unknown_device"));
    try_to(&data, &office.code(&[], NEXT_SECRET), true).await.unwrap();
    assert!(Identity::read(&data.folder()).unwrap().unwrap().send_whole_book);
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_nothing_is_sent_or_changed() {
    let (office, data) = (Office::start(&[SECRET]).await, Data::new());
    let mut code = office.code(&[], SECRET);
    let text = code.to_text();
    let mistyped =
        EnrollOptions { data: data.0.clone(), code: text.replace('A', "B"), again: false };
    let error = enroll(mistyped).await.unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    code.ca_fingerprint = [0; 32];
    let error = try_to(&data, &code, false).await.unwrap_err().to_string();
    assert!(error.contains("Nothing was sent"), "{error}");
    code.addresses = vec![NOBODY.to_owned()];
    let error = try_to(&data, &code, false).await.unwrap_err();
    assert!(error.to_string().contains(NOBODY) && error.exit_code() == 4, "{error}");
    assert!(office.known.lock().unwrap().keys.is_empty());
    assert!(Identity::read(&data.folder()).unwrap().is_none());
}

#[tokio::test]
async fn another_offices_code_does_not_take_what_waits() {
    let (office, other, data) =
        (Office::start(&[SECRET]).await, Office::start(&[SECRET]).await, Data::new());
    try_to(&data, &office.code(&[], SECRET), false).await.unwrap();
    let mut before = Identity::read(&data.folder()).unwrap().unwrap();
    before.office = crate::domain::id::OfficeId::from_bytes([1; 16]);
    before.store(&data.folder()).unwrap();
    let error = try_to(&data, &other.code(&[], SECRET), true).await.unwrap_err().to_string();
    assert!(error.contains("another office"), "{error}");
    assert_eq!(Identity::read(&data.folder()).unwrap().unwrap().device, before.device);
}
