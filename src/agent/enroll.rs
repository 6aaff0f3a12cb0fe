//! Enrolment: from a code a person copied to an identity on disk.
//!
//! Nothing is sent before the server has proved, by the fingerprint in the code, to be the office's. The fresh key is on disk before it
//! is sent: when the answer is lost, the same code asked again with the same key gives the same device. The identity's file is the
//! one moment at which the enrolment counts.

use std::path::PathBuf;

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use http::StatusCode;

use super::AgentError;
use super::book::ActivityBook;
use super::erase::Erased;
use super::folder::Folder;
use super::identity::{Identity, bytes_of, fresh_key, store_policy};
use super::redaction;
use crate::clock;
use crate::codec::enrollment_code::EnrollmentCode;
use crate::domain::policy::ActivityPolicy;
use crate::net::client::{Answer, Ask, Client, ClientError};
use crate::net::trust::fetch_ca;
use crate::wire::v1::sync::{Enrollment, EnrollmentReply};

/// The key of an enrolment that has not been answered yet, and the code it was for.
const PENDING_FILE: &str = "enrolling";

/// What to enroll with.
#[derive(Clone, Debug)]
pub struct EnrollOptions {
    /// The data directory.
    pub data: PathBuf,
    /// The code, as it was copied.
    pub code: String,
    /// Enroll although it is enrolled; what is not sent yet goes under the new identity.
    pub again: bool,
}

/// An enrolment that worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentDone {
    /// What the office calls this computer.
    pub device: String,
    /// The sign-in name of the person whose activity it records.
    pub person: String,
    /// What managers may see.
    pub policy: ActivityPolicy,
}

/// Enrolls this computer.
///
/// # Errors
/// [`AgentError`], each with what to do next; then nothing has changed.
pub async fn enroll(options: EnrollOptions) -> Result<EnrollmentDone, AgentError> {
    let code = EnrollmentCode::from_text(&options.code)?;
    let folder = Folder::of(&options.data);
    folder.create()?;
    let _lock = folder.lock()?;
    let before = match Identity::read(&folder) {
        // It says itself that enrolling again mends it.
        Err(AgentError::Unreadable { .. }) if options.again => None,
        read => read?,
    };
    if before.is_some() && !options.again {
        return Err(AgentError::AlreadyEnrolled);
    }
    let (address, ca) = first_contact(&code).await?;
    let key = pending_key(&folder, &code)?;
    let reply = introduce(&code, &address, &ca, &key).await?;
    let forgotten = match &before {
        Some(before) => is_forgotten(before).await,
        None => false,
    };
    let rules = reply.rules.clone();
    let (identity, policy) = identity(reply, key, &code, &ca)?;
    if before.as_ref().is_some_and(|before| before.office != identity.office) {
        return Err(AgentError::OtherOffice);
    }
    let stands = ActivityBook::device_epoch(&folder)?;
    let before_epoch = before.map_or(0, |before| before.device_epoch);
    let device_epoch = identity.device_epoch.max(stands.max(before_epoch).saturating_add(1));
    let identity = Identity { device_epoch, send_whole_book: forgotten, ..identity };
    Erased::finish(&folder)?;
    store_policy(&folder, policy, clock::now())?;
    // They hold before the first thing is recorded, with the office in reach or not.
    redaction::set_office(&folder, &rules)?;
    identity.store(&folder)?;
    Erased::forget(&folder)?;
    folder.remove(PENDING_FILE)?;
    let device = identity.device.to_string();
    Ok(EnrollmentDone { device, person: identity.person, policy })
}

/// The first address at which the office of the code answers, and its CA.
async fn first_contact(code: &EnrollmentCode) -> Result<(String, String), AgentError> {
    let mut tried = Vec::new();
    let mut impostor = None;
    for address in &code.addresses {
        match fetch_ca(address, code.ca_fingerprint).await {
            Ok(ca) => return Ok((address.clone(), ca)),
            Err(ClientError::Untrusted(why)) => {
                impostor = Some(AgentError::Impostor { address: address.clone(), why });
            }
            Err(error) => tried.push(format!("{address} ({})", short(&error))),
        }
    }
    Err(impostor.unwrap_or_else(|| AgentError::Unreachable(tried.join(", "))))
}

fn short(error: &ClientError) -> String {
    match error {
        ClientError::Unreachable(why) | ClientError::Broken(why) => why.clone(),
        ClientError::TimedOut => "no answer".to_owned(),
        other => other.to_string(),
    }
}

/// The key to introduce this computer with: the one an unanswered try with the same code already used, else a fresh one.
fn pending_key(folder: &Folder, code: &EnrollmentCode) -> Result<SigningKey, AgentError> {
    let mark = BASE64.encode(blake3::hash(&code.secret).as_bytes());
    let kept = folder.read(PENDING_FILE)?.unwrap_or_default();
    let mut lines = kept.lines();
    if let (Some(known), Some(seed)) = (lines.next(), lines.next().and_then(bytes_of))
        && known == mark
    {
        return Ok(SigningKey::from_bytes(&seed));
    }
    let key = fresh_key();
    folder.write(PENDING_FILE, &format!("{mark}\n{}\n", BASE64.encode(key.as_bytes())))?;
    Ok(key)
}

async fn introduce(
    code: &EnrollmentCode,
    address: &str,
    ca: &str,
    key: &SigningKey,
) -> Result<EnrollmentReply, AgentError> {
    let computer: String = gethostname::gethostname()
        .to_string_lossy()
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect();
    let enrollment = Enrollment {
        secret: BASE64.encode(&code.secret),
        computer: if computer.trim().is_empty() { "computer".to_owned() } else { computer },
        public_key: BASE64.encode(key.verifying_key().as_bytes()),
    };
    let body = serde_json::to_vec(&enrollment).map_err(|e| AgentError::BadAnswer(e.to_string()))?;
    let client = Client::pinned(ca, None, &[address.to_owned()])?;
    let ask = Ask::post("/api/v1/enrollments", "application/json", body.into());
    let answer = client.send(ask).await?;
    if answer.status != StatusCode::CREATED {
        return Err(AgentError::Refused(refusal(&answer)));
    }
    serde_json::from_slice(&answer.body).map_err(|error| AgentError::BadAnswer(error.to_string()))
}

/// The server's own sentence and next step.
fn refusal(answer: &Answer) -> String {
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |field: &str| problem.get(field).and_then(serde_json::Value::as_str);
    match (text("detail"), text("next")) {
        (Some(detail), Some(next)) => format!("{detail} {next}"),
        (Some(detail), None) => {
            format!("{detail} Ask the administrator for a new enrollment code.")
        }
        _ => format!("The server answered {}. Try again in a moment.", answer.status),
    }
}

/// Does the office no longer know the computer that was enrolled here (restored from before its enrolment)? Then it has nothing that
/// was recorded here. Whoever cannot be asked is taken to know it.
async fn is_forgotten(before: &Identity) -> bool {
    for address in &before.addresses {
        let Ok(client) = before.client(address) else { continue };
        let Ok(answer) = client.send(Ask::get("/api/v1/streams/1")).await else { continue };
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        return problem.get("code").and_then(serde_json::Value::as_str) == Some("unknown_device");
    }
    false
}

fn identity(
    reply: EnrollmentReply,
    key: SigningKey,
    code: &EnrollmentCode,
    ca: &str,
) -> Result<(Identity, ActivityPolicy), AgentError> {
    let bad = |what: &str| AgentError::BadAnswer(format!("{what} is missing or damaged"));
    let identity = Identity {
        office: reply.office.parse().map_err(|_| bad("the office's id"))?,
        device: reply.device.parse().map_err(|_| bad("the computer's id"))?,
        device_epoch: reply.device_epoch,
        person: reply.person,
        key,
        certificate: reply.certificate,
        // The one whose fingerprint the code carries, not whichever the answer names.
        ca: ca.to_owned(),
        receipt_key: bytes_of(&reply.receipt_key).ok_or_else(|| bad("the receipt key"))?,
        addresses: code.addresses.clone(),
        send_whole_book: false,
    };
    let first = identity.addresses.first().ok_or_else(|| bad("the server's address"))?;
    identity.client(first).map_err(|error| AgentError::BadAnswer(error.to_string()))?;
    let policy = ActivityPolicy::from_name(&reply.policy).unwrap_or_default();
    Ok((identity, policy))
}

#[cfg(test)]
mod tests;
