//! The table of routes: path, method, who may call it, what it takes and gives. Router, description and tests all come from here.

mod activity;
mod backup;
mod book;
mod entry;
mod hours;

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use super::route::Access::{Device, Public, Right, SignedIn};
use super::route::Route;
use super::{download, openapi, operation, v1};
use crate::domain::right::Right::{
    ControlServer, ManageComputers, ManagePeople, ManageServer, ReadAudit, SetPolicy, ViewServer,
};
use crate::wire::v1 as wire;

/// The query of a list that takes nothing but where it begins.
const PAGE: &[(&str, bool)] = &[("limit", false), ("cursor", false)];

/// Every route but the foreign door, the page and the figures for operators.
#[rustfmt::skip]
pub(super) fn table() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let mut table = vec![
        route(read.clone(), "/api/v1/setup", Public, "Whether the set-up link can still be used", get(v1::setup::state))
            .gives::<wire::SetupState>(200),
        route(make.clone(), "/api/v1/setup", Public, "Make the first administrator", post(v1::setup::set_up))
            .takes::<wire::Setup>().gives::<wire::SetupDone>(201),
        route(make.clone(), "/api/v1/setup/look", Public, "Whether this set-up link can still be used", post(v1::setup::look))
            .takes::<wire::SetupLook>().gives::<wire::SetupSeen>(200),
        route(read.clone(), "/api/v1/session", SignedIn, "Who is signed in", get(v1::session::show))
            .gives::<wire::SignedIn>(200).while_stopped(),
        route(make.clone(), "/api/v1/session", Public, "Sign in", post(v1::session::open))
            .takes::<wire::NewSession>().gives::<wire::SignedIn>(200),
        route(remove.clone(), "/api/v1/session", SignedIn, "Sign out", delete(v1::session::close)),
        route(change.clone(), "/api/v1/session/step-up", SignedIn, "Prove again who one is, for dangerous changes", put(v1::session::step_up))
            .takes::<wire::StepUp>().gives::<wire::SteppedUp>(200).while_stopped(),
        route(read.clone(), "/api/v1/session/totp", SignedIn, "Whether codes from an app are asked for at sign-in", get(v1::totp::state))
            .gives::<wire::TotpState>(200),
        route(make.clone(), "/api/v1/session/totp", SignedIn, "A fresh seed for an app", post(v1::totp::begin))
            .gives::<wire::TotpBegun>(201).steps_up(),
        route(change.clone(), "/api/v1/session/totp", SignedIn, "Ask for codes from now on: give one back first", put(v1::totp::confirm))
            .takes::<wire::TotpCode>().gives::<wire::TotpConfirmed>(200).steps_up(),
        route(remove.clone(), "/api/v1/session/totp", SignedIn, "Ask for no codes any more", delete(v1::totp::remove_own)).steps_up(),
        route(remove.clone(), "/api/v1/users/{name}/totp", Right(ManagePeople), "Ask a person for no codes any more: their app is lost", delete(v1::totp::remove)).steps_up(),
        route(read.clone(), "/api/v1/sessions", SignedIn, "Open sessions: one's own, or another person's for whoever manages people", get(v1::sessions::list))
            .asks(&[("user", false), ("limit", false), ("cursor", false)]).lists::<wire::Session>(),
        route(remove.clone(), "/api/v1/sessions/{id}", SignedIn, "End a session", delete(v1::sessions::end)),
        route(read.clone(), "/api/v1/users", SignedIn, "People: everyone for managers, oneself for others", get(v1::users::list))
            .asks(PAGE).lists::<wire::User>().while_stopped(),
        route(make.clone(), "/api/v1/users", Right(ManagePeople), "Add a person", post(v1::users::add))
            .takes::<wire::NewUser>().gives::<wire::UserAdded>(201).steps_up(),
        route(change.clone(), "/api/v1/users/{name}/password", SignedIn, "Set a new password of one's own; ends one's other sessions", put(v1::users::set_password))
            .takes::<wire::Password>(),
        route(change.clone(), "/api/v1/users/{name}/name", Right(ManagePeople), "Give a person another name to sign in with; their sessions and tokens stay", put(v1::users::rename))
            .takes::<wire::NewName>().steps_up().if_match(),
        route(change.clone(), "/api/v1/users/{name}/mail", SignedIn, "Say where a person is written to: oneself, or anybody for whoever manages people", put(v1::users::set_mail))
            .takes::<wire::NewMail>().steps_up().if_match(),
        route(change.clone(), "/api/v1/users/{name}/time-zone", SignedIn, "Say where a person's days begin from now on: one's own, or for whoever manages people; submitted weeks keep their days", put(v1::users::set_zone))
            .takes::<wire::NewZone>().if_match(),
        route(remove.clone(), "/api/v1/users/{name}", Right(ManagePeople), "Disable an account", delete(v1::users::disable)).steps_up().if_match(),
        route(make.clone(), "/api/v1/users/{name}/enable", Right(ManagePeople), "Let a disabled person in again", post(v1::users::enable)).steps_up().if_match(),
        route(change.clone(), "/api/v1/users/{name}/role", Right(ManagePeople), "Give a person another role", put(v1::users::set_role))
            .takes::<wire::NewRole>().steps_up().if_match(),
        route(change.clone(), "/api/v1/users/{name}/grants", Right(ManagePeople), "Say what a person may do beyond their role", put(v1::users::set_grants))
            .takes::<wire::NewGrants>().steps_up().if_match(),
        route(make.clone(), "/api/v1/users/{name}/erase", Right(ManagePeople), "Erase what was recorded about a disabled person, for good", post(v1::erasures::begin))
            .gives::<wire::ErasureBegun>(200).steps_up(),
        route(make.clone(), "/api/v1/users/{name}/export", Right(ManagePeople), "Begin to write everything recorded about a person as JSON lines, as far as the policy shows it", post(v1::exports::person))
            .gives::<wire::Job>(201).steps_up(),
        route(make.clone(), "/api/v1/exports/person", SignedIn, "Begin to write everything recorded about oneself as JSON lines", post(v1::exports::own))
            .gives::<wire::Job>(201),
        route(read.clone(), "/api/v1/erasures", Right(ManagePeople), "People who were erased, and computers that still have to follow", get(v1::erasures::list))
            .asks(PAGE).lists::<wire::Erasure>(),
        route(make.clone(), "/api/v1/erasures/confirm", Device, "Say that the computer's own copy is gone", post(v1::erasures::confirm)),
        route(read.clone(), "/api/v1/teams", SignedIn, "Teams: every one for managers, one's own for others", get(v1::teams::list))
            .asks(PAGE).lists::<wire::Team>(),
        route(make.clone(), "/api/v1/teams", Right(ManagePeople), "Make a team", post(v1::teams::add))
            .takes::<wire::NewTeam>().gives::<wire::Team>(201).steps_up(),
        route(change.clone(), "/api/v1/teams/{id}", Right(ManagePeople), "Give a team another shape", put(v1::teams::change))
            .takes::<wire::NewTeam>().gives::<wire::Team>(200).steps_up().if_match(),
        route(remove.clone(), "/api/v1/teams/{id}", Right(ManagePeople), "Delete a team; its people stay", delete(v1::teams::remove)).steps_up().if_match(),
        route(read.clone(), "/api/v1/links", Right(ManagePeople), "One-time links that can still be used", get(v1::links::list))
            .asks(PAGE).lists::<wire::Link>(),
        route(make.clone(), "/api/v1/links", Right(ManagePeople), "Make a one-time link: to a new password, or to join", post(v1::links::make))
            .takes::<wire::NewLink>().gives::<wire::LinkMade>(201).steps_up(),
        route(remove.clone(), "/api/v1/links/{id}", Right(ManagePeople), "Withdraw a link", delete(v1::links::withdraw)),
        route(make.clone(), "/api/v1/links/look", Public, "What a link is for", post(v1::links::look))
            .takes::<wire::LinkSecret>().gives::<wire::LinkSeen>(200),
        route(make.clone(), "/api/v1/links/use", Public, "Set a password with a link", post(v1::links::use_up))
            .takes::<wire::LinkUse>().gives::<wire::LinkUsed>(200),
        route(read.clone(), "/api/v1/tokens", SignedIn, "API tokens, without their secrets", get(v1::tokens::list))
            .asks(PAGE).lists::<wire::Token>(),
        route(make.clone(), "/api/v1/tokens", SignedIn, "Make an API token", post(v1::tokens::create))
            .takes::<wire::NewToken>().gives::<wire::TokenMade>(201),
        route(remove.clone(), "/api/v1/tokens/{id}", SignedIn, "Revoke an API token", delete(v1::tokens::revoke)),
        route(read.clone(), "/api/v1/devices", SignedIn, "Computers: everyone's for managers, one's own for others", get(v1::devices::list))
            .asks(&[("user", false), ("limit", false), ("cursor", false)]).lists::<wire::Device>(),
        route(remove.clone(), "/api/v1/devices/{id}", SignedIn, "Revoke a computer; what it recorded stays", delete(v1::devices::revoke)).steps_up().if_match(),
        route(read.clone(), "/api/v1/invitations", Right(ManageComputers), "Invitations that can still be used", get(v1::invitations::list))
            .asks(PAGE).lists::<wire::Invitation>(),
        route(make.clone(), "/api/v1/invitations", Right(ManageComputers), "Invite one computer of a person", post(v1::invitations::create))
            .takes::<wire::NewInvitation>().gives::<wire::InvitationMade>(201).steps_up(),
        route(remove.clone(), "/api/v1/invitations/{id}", Right(ManageComputers), "Withdraw an invitation", delete(v1::invitations::withdraw)),
        route(make.clone(), "/api/v1/enrollments", Public, "Enroll a computer with the secret of its invitation", post(v1::enrollments::enroll))
            .takes::<wire::sync::Enrollment>().gives::<wire::sync::EnrollmentReply>(201),
        route(read.clone(), "/api/v1/certificate/device", Device, "Another certificate for the computer that asks, before its own ends", get(v1::enrollments::certificate))
            .gives::<wire::sync::ClientCertificate>(200),
        route(make.clone(), "/api/v1/batches", Device, "Deliver a signed batch", post(v1::batches::deliver))
            .takes_bytes().gives::<wire::sync::BatchReply>(200),
        route(read.clone(), "/api/v1/streams/{stream}", Device, "Where one of the computer's streams stands", get(v1::batches::stream))
            .asks(&[("version", false), ("system", false), ("waiting", false)]).gives::<wire::sync::BatchReply>(200),
        route(read.clone(), "/api/v1/reports/activity", SignedIn, "Totals of a person's recorded activity, per app and per day", get(v1::reports::activity))
            .asks(&[("person", false), ("from", true), ("to", true), ("rows", false), ("bom", false)]).gives::<wire::ActivityReport>(200).gives_csv(),
        route(make.clone(), "/api/v1/exports/activity", SignedIn, "Begin to write recorded activity of a large range as CSV; others' takes the right to export", post(v1::exports::activity))
            .takes::<wire::NewActivityExport>().gives::<wire::Job>(201).steps_up_for_others(),
        route(make.clone(), "/api/v1/imports/preview", SignedIn, "What bringing in a file of another product would do", post(v1::imports::preview))
            .asks(&[("source", true), ("zone", false), ("dates", false), ("person", false), ("people", false)]).takes_bytes().gives::<wire::ImportPreview>(200),
        route(make.clone(), "/api/v1/imports", SignedIn, "Begin to bring in a file of another product: all of it or nothing", post(v1::imports::begin))
            .asks(&[("source", true), ("zone", false), ("dates", false), ("person", false), ("people", false)]).takes_bytes().gives::<wire::Job>(201),
        route(read.clone(), "/api/v1/imports", SignedIn, "Imports, the newest first: one's own, everybody's for whoever manages the book", get(v1::imports::list))
            .asks(PAGE).lists::<wire::Import>(),
        route(make.clone(), "/api/v1/imports/{id}/undo", SignedIn, "Begin to take an import out again; what was changed since stays", post(v1::imports::undo))
            .gives::<wire::Job>(201).steps_up_for_others(),
        route(read.clone(), "/api/v1/settings", SignedIn, "The office's settings that one may read", get(v1::office_settings::list))
            .lists::<wire::Setting>(),
        route(read.clone(), "/api/v1/settings/{key}", SignedIn, "One setting of the office", get(v1::office_settings::show))
            .gives::<wire::Setting>(200),
        route(change.clone(), "/api/v1/settings/{key}", Right(ManageServer), "Set a setting of the office", put(v1::office_settings::set))
            .takes::<wire::NewSetting>().gives::<wire::Setting>(200).steps_up().if_match(),
        route(remove.clone(), "/api/v1/settings/{key}", Right(ManageServer), "Back to the default", delete(v1::office_settings::reset))
            .gives::<wire::Setting>(200).steps_up().if_match(),
        route(read.clone(), "/api/v1/mail", Right(ManageServer), "How mail is doing: what waits, and why", get(v1::mail::show))
            .gives::<wire::Mail>(200),
        route(make.clone(), "/api/v1/mail/test", Right(ManageServer), "Send a letter that shows that mail works, now", post(v1::mail::test))
            .takes::<wire::MailTest>(),
        route(change.clone(), "/api/v1/mail/password", Right(ManageServer), "Keep the mail server's password, sealed", put(v1::mail::set_password))
            .takes::<wire::MailPassword>().steps_up(),
        route(read.clone(), "/api/v1/jobs", SignedIn, "Long work: one's own, everybody's for whoever manages the server", get(v1::jobs::list))
            .asks(PAGE).lists::<wire::Job>().while_stopped(),
        route(read.clone(), "/api/v1/jobs/{id}", SignedIn, "How far a job is; with `wait`, as soon as there is news, at most so many seconds later", get(v1::jobs::show))
            .asks(&[("wait", false), ("seen", false)]).gives::<wire::Job>(200).while_stopped(),
        route(make.clone(), "/api/v1/jobs/{id}/cancel", SignedIn, "End a job that runs", post(v1::jobs::cancel)).while_stopped(),
        route(read.clone(), "/api/v1/jobs/{id}/result", SignedIn, "The file a job made, for whoever asked for it", get(v1::jobs::result)).gives_other("text/csv").gives_lines(),
        route(remove.clone(), "/api/v1/jobs/{id}", SignedIn, "Forget a job that has ended", delete(v1::jobs::delete)),
        route(read.clone(), "/api/v1/quarantine", Right(ManageServer), "Batches that were set aside", get(v1::quarantine::list))
            .asks(PAGE).lists::<wire::Quarantined>(),
        route(make.clone(), "/api/v1/quarantine/{id}/accept", Right(ManageServer), "Try a batch again as if it came now", post(v1::quarantine::accept)).steps_up(),
        route(remove.clone(), "/api/v1/quarantine/{id}", Right(ManageServer), "Throw a batch away", delete(v1::quarantine::throw_away)).steps_up(),
        route(read.clone(), "/api/v1/audit", Right(ReadAudit), "The audit log: after a number, oldest first, or before one, newest first", get(v1::audit::page))
            .asks(&[("after", false), ("before", false), ("limit", false)]).lists::<wire::AuditEntry>().while_stopped(),
        route(read.clone(), "/api/v1/doctor", Right(ManageServer), "Read all of the data once and say whether it is sound", get(v1::doctor::examine))
            .gives::<wire::Checkup>(200).while_stopped(),
        route(read.clone(), "/api/v1/server/status", Right(ViewServer), "How the server is doing now", get(v1::server::status))
            .gives::<wire::ServerStatus>(200).while_stopped(),
        route(read.clone(), "/api/v1/server/concerns", Right(ViewServer), "What whoever looks after the server should see to before it hurts", get(v1::server::concerns))
            .lists::<wire::ServerConcern>().while_stopped(),
        route(read.clone(), "/api/v1/server/history", Right(ViewServer), "How the server did over the last day, a sample a minute", get(v1::server::history))
            .lists::<wire::ServerSample>().while_stopped(),
        route(read.clone(), "/api/v1/server/sessions", Right(ViewServer), "Everybody who is signed in, with their sessions", get(v1::server::sessions))
            .asks(PAGE).lists::<wire::Session>().while_stopped(),
        route(make.clone(), "/api/v1/server/stop", Right(ControlServer), "Take the server out of service, after a warning to everybody; answers before it is stopped", post(v1::server::stop))
            .takes::<wire::NewEnd>().gives::<wire::ServerStanding>(200).while_stopped(),
        route(remove.clone(), "/api/v1/server/stop", Right(ControlServer), "Take an announced stop or restart back", delete(v1::server::call_off)).while_stopped(),
        route(make.clone(), "/api/v1/server/restart", Right(ControlServer), "End the server's process, after a warning to everybody; another one takes its place", post(v1::server::restart))
            .takes::<wire::NewEnd>().gives::<wire::ServerStanding>(200).while_stopped(),
        route(make, "/api/v1/server/start", Right(ControlServer), "Take the server into service again, or call its announced end off; answers when it serves", post(v1::server::start))
            .gives::<wire::ServerStanding>(200).while_stopped(),
        route(read.clone(), "/api/v1/duties", Right(ManageServer), "What this server does in the background, and how that goes", get(v1::duties::list))
            .lists::<wire::Duty>(),
        route(read.clone(), "/api/v1/office", SignedIn, "The office and its activity policy", get(v1::office::show))
            .gives::<wire::Office>(200),
        route(remove, "/api/v1/office/policy/announced", Right(SetPolicy), "Withdraw an announced policy", delete(v1::office::withdraw_policy))
            .gives::<wire::Office>(200).steps_up().if_match(),
        route(read.clone(), "/api/v1/access-log", SignedIn, "Who looked at one's own recorded activity, newest first", get(v1::looks::page))
            .asks(&[("user", false), ("before", false), ("limit", false), ("cursor", false)]).lists::<wire::Look>(),
        route(change, "/api/v1/office/policy", Right(SetPolicy), "Set a stricter activity policy, or announce a looser one", put(v1::office::set_policy))
            .takes::<wire::NewPolicy>().gives::<wire::Office>(200).steps_up().if_match(),
        route(read.clone(), "/api/v1/redaction", SignedIn, "The office's redaction rules: what computers leave out of what they record", get(v1::redaction::show))
            .gives::<wire::RedactionRules>(200),
        route(read.clone(), "/api/v1/redaction/device", Device, "The same, for a computer", get(v1::redaction::show))
            .gives::<wire::RedactionRules>(200),
        route(Method::PUT, "/api/v1/redaction", Right(SetPolicy), "Set other redaction rules, for what is recorded from then on", put(v1::redaction::set))
            .takes::<wire::NewRedactionRules>().gives::<wire::RedactionRules>(200).steps_up().if_match(),
        route(Method::POST, "/api/v1/redaction/test", SignedIn, "What redaction rules make of something; changes and keeps nothing", post(v1::redaction::test))
            .takes::<wire::RedactionTest>().gives::<wire::RedactionTested>(200),
        route(read.clone(), "/api/v1/ca", Public, "The office CA's certificate, PEM", get(v1::office::ca)).gives_other("application/x-pem-file"),
        route(read.clone(), "/api/v1/certificate", Public, "How to know the office CA's certificate again", get(v1::office::certificate))
            .gives::<wire::Certificate>(200),
        route(read.clone(), "/api/v1/handbook", Public, "The handbook, in English or in German", get(v1::handbook::list))
            .asks(&[("language", false)]).lists::<wire::Chapter>().while_stopped(),
        route(read.clone(), "/api/v1/openapi.json", Public, "This description", get(openapi::show)).gives_other("application/json"),
        route(read.clone(), "/download", Public, "The program itself", get(download::show)).gives_other("application/octet-stream"),
        route(read.clone(), "/healthz", Public, "The process lives", get(operation::healthz)).gives_other("text/plain").while_stopped(),
        route(read, "/readyz", Public, "The server can be used now", get(operation::readyz)).gives_other("text/plain").while_stopped(),
    ];
    table.extend(activity::rows());
    table.extend(backup::rows());
    table.extend(book::rows());
    table.extend(entry::rows());
    table.extend(hours::rows());
    table
}
