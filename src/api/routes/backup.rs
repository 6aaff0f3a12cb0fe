//! The rows of backups. All of them answer while the server is out of service, too: that is when somebody has time for them.

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::route::Access::Right;
use crate::api::route::Route;
use crate::api::v1::backups;
use crate::domain::right::Right::{ControlServer, ManageServer};
use crate::wire::v1 as wire;

#[rustfmt::skip]
#[expect(clippy::redundant_clone, reason = "every row reads alike, so that rows can be added at the end")]
pub(super) fn rows() -> Vec<Route> {
    let route = Route::new;
    let (read, make, change, remove) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        route(read.clone(), "/api/v1/backups", Right(ManageServer), "Backups of the whole office in the server's own folder, the newest first", get(backups::list))
            .lists::<wire::Backup>().while_stopped(),
        route(make.clone(), "/api/v1/backups", Right(ManageServer), "Make a backup, verified before it counts; as a job", post(backups::create))
            .gives::<wire::Job>(201).while_stopped(),
        route(read.clone(), "/api/v1/backups/{name}", Right(ManageServer), "Take a backup out of the server: it holds everything, for administrators only", get(backups::download))
            .gives_other("application/octet-stream").steps_up().while_stopped(),
        route(make.clone(), "/api/v1/backups/{name}/verify", Right(ManageServer), "Look whether a backup is sound: every byte, every record; as a job", post(backups::verify))
            .gives::<wire::Job>(201).while_stopped(),
        route(make.clone(), "/api/v1/backups/upload", Right(ManageServer), "Bring a backup of this office: verified before it counts", post(backups::upload))
            .takes_bytes().gives::<wire::Backup>(201).steps_up().while_stopped().takes_long(),
        route(make.clone(), "/api/v1/backups/{name}/restore", Right(ControlServer), "Put the office back as it was in a backup: it is verified as a job; then what is there is saved, everybody is let out, and the server serves what was restored", post(backups::restore))
            .gives::<wire::Job>(201).steps_up().while_stopped(),
        route(change.clone(), "/api/v1/backups/s3/secret", Right(ManageServer), "Keep the secret key of the bucket that copies go to, sealed; for administrators only", put(backups::set_s3_secret))
            .takes::<wire::S3Secret>().steps_up(),
        route(remove.clone(), "/api/v1/backups/{name}", Right(ManageServer), "Delete a backup", delete(backups::delete)).steps_up().while_stopped(),
    ]
}
