//! Buckets and events.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::activity::{
    ActivityCommand, Bucket, BucketAbout, Event, EventData, NewEvent, SkipKnown,
};

fields!(BucketAbout { kind, client, hostname, data });
fields!(Bucket { number, device, name, about, created, last_event, longest_hot_ms, base });
fields!(EventData { json, app, title, url, afk });
fields!(Event { id, start, duration_ms, policy, data });
fields!(NewEvent { id, start, duration_ms, data });
choice!(SkipKnown { 0 => No, 1 => Yes });
choice!(ActivityCommand {
    0 => CreateBucket { device, name, about, created },
    1 => UpdateBucket { device, name, about },
    2 => DeleteBucket { device, name },
    3 => InsertEvents { device, name, events, skip_known },
    4 => Heartbeat { device, name, event, pulsetime_ms },
    5 => DeleteEvent { device, name, event },
});

impl Record for Bucket {
    const NAME: &'static str = "a bucket";
}

impl Record for Event {
    const NAME: &'static str = "an event";
}
