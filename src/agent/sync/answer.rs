//! What a server's answer says. Nothing in it is believed but a receipt whose signature, office, device and stream are right.

use data_encoding::BASE64;
use serde::Deserialize;

use crate::agent::erase;
use crate::agent::identity::Identity;
use crate::codec;
use crate::domain::batch::{ACTIVITY_STREAM, Receipt};
use crate::domain::erasure::EraseOrder;
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::{SECOND_MS, Timestamp};
use crate::net::client::Answer;
use crate::wire::v1::sync::Keeps;

/// Codes by which the server refuses this computer for good.
const FINAL_CODES: [&str; 3] = ["device_revoked", "revoked_device", "unknown_device"];
/// The code by which the server says that a batch contradicts what it has.
const CONFLICT_CODE: &str = "conflict";
/// No sentence of a server is shown longer, in characters.
const LONGEST_SENTENCE: usize = 300;

/// An answer, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Where the server stands, signed.
    Receipt {
        receipt: Receipt,
        /// The office's policy now, when the answer says it.
        policy: Option<ActivityPolicy>,
        /// The mark of the office's redaction rules now, when the answer says it.
        rules: Option<String>,
        /// The mark of the categories that hold for the person now, when the answer says it.
        categories: Option<String>,
        /// How long the office keeps things, when the answer says it.
        keeps: Option<Keeps>,
        /// Whether the status says that what was sent was taken.
        accepted: bool,
    },
    /// This computer is refused for good.
    Refused(String),
    /// What was recorded here is to be erased; signed.
    Erase(EraseOrder),
    /// What was sent contradicts what the server has: ask where it stands.
    Conflict(String),
    /// Anything else: try again later, after what the server asks for.
    No { sentence: String, wait_ms: u64 },
}

/// The fields of an answer or a problem that matter here; a newer server may say more.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    receipt: Option<String>,
    order: Option<String>,
    policy: Option<String>,
    rules: Option<String>,
    categories: Option<String>,
    keeps: Option<Keeps>,
    code: Option<String>,
    detail: Option<String>,
    next: Option<String>,
}

pub(super) fn read(answer: &Answer, identity: &Identity) -> Said {
    let body: Option<Body> = serde_json::from_slice(&answer.body).ok();
    let readable = body.is_some();
    let body = body.unwrap_or_default();
    if let Some(text) = &body.receipt {
        let receipt = BASE64.decode(text.as_bytes()).ok();
        let receipt = receipt.and_then(|bytes| codec::receipt::open(&bytes, &identity.receipt_key));
        return match receipt.filter(|receipt| is_ours(receipt, identity)) {
            Some(receipt) => {
                // A policy this program does not know must not let anything out.
                let known = |name: String| ActivityPolicy::from_name(&name).unwrap_or_default();
                let policy = body.policy.map(known);
                let Body { rules, categories, keeps, .. } = body;
                let accepted = answer.status.is_success();
                Said::Receipt { receipt, policy, rules, categories, keeps, accepted }
            }
            None => no(
                "The server's receipt is not this office's for this computer. Nothing was taken off the list.",
            ),
        };
    }
    if let Some(text) = &body.order {
        let order = BASE64.decode(text.as_bytes()).ok();
        return match order.and_then(|bytes| erase::order(&bytes, identity)) {
            Some(order) => Said::Erase(order),
            None => no(
                "The server's order to erase is not this office's for this computer. Everything is kept.",
            ),
        };
    }
    let sentence = sentence(answer, &body, readable);
    if body.code.as_deref().is_some_and(|code| FINAL_CODES.contains(&code)) {
        return Said::Refused(sentence);
    }
    if body.code.as_deref() == Some(CONFLICT_CODE) {
        return Said::Conflict(sentence);
    }
    Said::No { sentence, wait_ms: retry_after_ms(answer) }
}

fn is_ours(receipt: &Receipt, identity: &Identity) -> bool {
    receipt.office == identity.office
        && receipt.device == identity.device
        && receipt.stream == ACTIVITY_STREAM
}

fn no(sentence: &str) -> Said {
    Said::No { sentence: sentence.to_owned(), wait_ms: 0 }
}

fn sentence(answer: &Answer, body: &Body, readable: bool) -> String {
    let said = match (&body.detail, &body.next) {
        (Some(detail), Some(next)) => format!("{detail} {next}"),
        (Some(detail), None) => detail.clone(),
        _ if readable => format!("The server answered {} without a receipt.", answer.status),
        _ => format!("The server answered {} with something that does not read.", answer.status),
    };
    said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_SENTENCE).collect()
}

/// `Retry-After` in seconds; the form with a date is rare and not worth trusting clocks for.
fn retry_after_ms(answer: &Answer) -> u64 {
    let seconds = answer.headers.get(http::header::RETRY_AFTER);
    let seconds: Option<u64> = seconds.and_then(|text| text.to_str().ok()?.trim().parse().ok());
    seconds.unwrap_or(0).saturating_mul(SECOND_MS)
}

/// How far our clock is ahead of the server's; negative when behind. `None` when the answer does not say.
pub(super) fn clock_skew_ms(answer: &Answer, now: Timestamp) -> Option<i64> {
    let date = answer.headers.get(http::header::DATE)?.to_str().ok()?;
    let server = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(now.ms() - server.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::identity::tests::identity;
    use ed25519_dalek::SigningKey;
    use http::{HeaderMap, StatusCode};

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    fn receipt() -> Receipt {
        let identity = identity();
        Receipt {
            office: identity.office,
            server_epoch: 1,
            device: identity.device,
            stream: ACTIVITY_STREAM,
            device_epoch: 1,
            applied_seq: 3,
            applied_hash: [4; 32],
            safe_seq: 0,
        }
    }

    fn signed(receipt: &Receipt, key: u8) -> String {
        let bytes = codec::receipt::sign(receipt, &SigningKey::from_bytes(&[key; 32]));
        let keeps = r#"{"detail_days":30,"totals_months":6,"new":1}"#;
        format!(
            r#"{{"receipt":"{}","policy":"app_totals","keeps":{keeps},"new":1}}"#,
            BASE64.encode(&bytes)
        )
    }

    #[test]
    fn a_receipt_is_believed_only_when_it_is_ours() {
        let expected = |accepted| Said::Receipt {
            receipt: receipt(),
            policy: Some(ActivityPolicy::AppTotals),
            rules: None,
            categories: None,
            keeps: Some(Keeps { detail_days: 30, totals_months: 6 }),
            accepted,
        };
        assert_eq!(read(&answer(200, &signed(&receipt(), 8)), &identity()), expected(true));
        assert_eq!(read(&answer(409, &signed(&receipt(), 8)), &identity()), expected(false));
        let other = |change: fn(&mut Receipt)| {
            let mut receipt = receipt();
            change(&mut receipt);
            signed(&receipt, 8)
        };
        for body in [
            signed(&receipt(), 9),
            other(|r| r.office = crate::domain::id::OfficeId::from_bytes([9; 16])),
            other(|r| r.device = crate::domain::id::DeviceId::from_bytes([9; 16])),
            other(|r| r.stream = 2),
            r#"{"receipt":"AAAA"}"#.to_owned(),
            r#"{"receipt":"AAAA","policy":"#.to_owned(),
            "{}".to_owned(),
            String::new(),
            "[".repeat(10_000),
        ] {
            let said = read(&answer(200, &body), &identity());
            assert!(matches!(said, Said::No { wait_ms: 0, .. }), "{body}: {said:?}");
        }
    }

    #[test]
    fn an_unknown_policy_lets_nothing_out() {
        let body = signed(&receipt(), 8).replace("app_totals", "everything");
        let said = read(&answer(200, &body), &identity());
        assert!(matches!(said, Said::Receipt { policy: Some(ActivityPolicy::HoursOnly), .. }));
    }

    #[test]
    fn a_gap_says_nothing_of_the_policy() {
        let body = signed(&receipt(), 8).replace(r#","policy":"app_totals""#, "");
        let said = read(&answer(409, &body), &identity());
        assert_eq!(
            said,
            Said::Receipt {
                receipt: receipt(),
                policy: None,
                rules: None,
                categories: None,
                keeps: Some(Keeps { detail_days: 30, totals_months: 6 }),
                accepted: false
            }
        );
        let conflict = read(&answer(409, r#"{"code":"conflict","detail":"No."}"#), &identity());
        assert_eq!(conflict, Said::Conflict("No.".to_owned()));
    }

    #[test]
    fn a_revoked_computer_is_told_from_a_server_in_trouble() {
        let problem = r#"{"code":"device_revoked","detail":"This computer was revoked.","next":"Ask the administrator."}"#;
        let sentence = "This computer was revoked. Ask the administrator.".to_owned();
        assert_eq!(read(&answer(403, problem), &identity()), Said::Refused(sentence));
        let mut busy = answer(503, r#"{"code":"busy","detail":"Not\nnow."}"#);
        busy.headers.insert("retry-after", "7".parse().unwrap());
        let said = Said::No { sentence: "Not now.".to_owned(), wait_ms: 7_000 };
        assert_eq!(read(&busy, &identity()), said);
    }

    #[test]
    fn a_disabled_persons_computer_tries_again() {
        let problem = r#"{"code":"user_disabled","detail":"This account is disabled.","next":"Ask an administrator."}"#;
        let said = read(&answer(403, problem), &identity());
        assert!(matches!(said, Said::No { wait_ms: 0, .. }), "{said:?}");
    }

    #[test]
    fn the_clocks_are_compared() {
        let mut told = answer(200, "");
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        assert_eq!(clock_skew_ms(&told, now), None);
        told.headers.insert("date", "Sun, 22 Nov 2026 07:41:41 GMT".parse().unwrap());
        assert_eq!(clock_skew_ms(&told, now), Some(10_000));
        told.headers.insert("date", "yesterday".parse().unwrap());
        assert_eq!(clock_skew_ms(&told, now), None);
    }
}
