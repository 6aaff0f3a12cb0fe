//! What an agent and the server say to each other. Binary values are base64 (standard alphabet, padded).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/enrollments`: a computer introduces itself with the one-time secret of its enrollment code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrollment {
    /// The 16 secret bytes of the code, base64.
    pub secret: String,
    /// The computer's name: a label a person reads.
    pub computer: String,
    /// The device's ed25519 public key: 32 bytes, base64.
    pub public_key: String,
}

/// 201 to an [`Enrollment`]: who the computer is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrollmentReply {
    /// The device's id.
    pub device: String,
    /// The office's id.
    pub office: String,
    /// The client certificate for the device's key, PEM.
    pub certificate: String,
    /// The office CA's certificate, PEM.
    pub ca: String,
    /// The ed25519 public key that signs receipts: 32 bytes, base64.
    pub receipt_key: String,
    /// The office's activity policy, e.g. `hours_only`.
    pub policy: String,
    /// The sign-in name of the person whose activity it records.
    pub person: String,
    /// The device epoch to begin with.
    pub device_epoch: u32,
    /// The office's redaction rules, one a line: they hold before the first thing is recorded.
    #[serde(default)]
    pub rules: String,
}

/// 200 to `GET /api/v1/certificate/device`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientCertificate {
    /// For the key that the computer was enrolled with, and the CA's behind it, PEM.
    pub certificate: String,
}

/// What a computer says of itself with `GET /api/v1/streams/1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StreamQuery {
    /// The agent's version, e.g. `0.1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it runs on, e.g. `linux` or `windows`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// How many records wait there to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// Whether recording is paused there: until an instant, `open` until it is lifted, or `no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
}

/// 200 to `POST /api/v1/batches` and to `GET /api/v1/streams/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchReply {
    /// The signed receipt, base64.
    pub receipt: String,
    /// The office's activity policy now.
    pub policy: String,
    /// A mark of the office's redaction rules now, empty without any: a computer that holds others fetches them.
    #[serde(default)]
    pub rules: String,
    /// A mark of the categories that hold for its person, empty for the usual ones: a computer that holds others fetches them.
    #[serde(default)]
    pub categories: Option<String>,
    /// How long the office keeps recorded activity; a computer keeps its own as long.
    #[serde(default)]
    pub keeps: Option<Keeps>,
}

/// How long the office keeps recorded activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Keeps {
    /// After so many days events lose titles and addresses.
    pub detail_days: u64,
    /// After so many months they go altogether.
    pub totals_months: u64,
}
