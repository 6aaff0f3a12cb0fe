//! Enrolment of a computer, public: the one-time secret is the proof. And its next certificate, to whoever holds the present one.

use axum::extract::State;
use axum::{Extension, Json};
use data_encoding::BASE64;

use crate::api::Services;
use crate::api::answer::Created;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent, bytes};
use crate::api::v1::batches::device;
use crate::net::Peer;
use crate::service::devices::NewComputer;
use crate::wire::v1::sync::{ClientCertificate, Enrollment, EnrollmentReply};

pub(in crate::api) async fn enroll(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    Sent(sent): Sent<Enrollment>,
) -> Result<Created<EnrollmentReply>, Failure> {
    let (secret, public_key) =
        (bytes("secret", &sent.secret)?, bytes("public_key", &sent.public_key)?);
    let new = NewComputer { secret, computer: sent.computer, public_key };
    let rules = services.tracking.rules().await?;
    let enrolled = services.devices.enroll(new, peer.address.ip(), (services.now)()).await?;
    Ok(Created(EnrollmentReply {
        device: enrolled.device.to_string(),
        office: enrolled.office.to_string(),
        certificate: enrolled.certificate,
        ca: enrolled.ca,
        receipt_key: BASE64.encode(&enrolled.receipt_key),
        policy: enrolled.policy.name().to_owned(),
        person: enrolled.person.to_string(),
        device_epoch: enrolled.device_epoch,
        rules: rules.map_or_else(String::new, |rules| rules.sheet.to_string()),
    }))
}

pub(in crate::api) async fn certificate(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<ClientCertificate>, Failure> {
    let certificate = services.devices.certificate(device(&asker)?, (services.now)()).await?;
    Ok(Json(ClientCertificate { certificate }))
}
