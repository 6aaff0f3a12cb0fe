//! The handlers of `/api/v1`, one file a noun: each turns JSON into a call of a capability, and what comes back into JSON.

pub(super) mod audit;
pub(super) mod batches;
pub(super) mod catalog;
pub(super) mod changes;
pub(super) mod customers;
pub(super) mod devices;
pub(super) mod doctor;
pub(super) mod enrollments;
pub(super) mod events;
pub(super) mod exports;
pub(super) mod invitations;
pub(super) mod jobs;
pub(super) mod links;
pub(super) mod office;
pub(super) mod office_settings;
pub(super) mod projects;
pub(super) mod quarantine;
pub(super) mod reports;
pub(super) mod session;
pub(super) mod sessions;
pub(super) mod setup;
pub(super) mod tags;
pub(super) mod tasks;
pub(super) mod teams;
pub(super) mod tokens;
pub(super) mod users;
