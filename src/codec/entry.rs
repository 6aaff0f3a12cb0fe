//! Time entries and the changes of them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::entry::{BookCopy, Entry, EntryCommand, EntryOffer, OfferedEntry, RefusedOffer};
use crate::domain::sync::{Edit, Synced};

fields!(Entry { person, project, task, start, end, cut, note, tags, billable });
fields!(Synced<Entry> { id, meta, body });
choice!(Edit<Entry> {
    0 => Add { id, body },
    1 => Set { id, expect, body },
    2 => Delete { id, expect },
    3 => Restore { id, expect, body },
});
choice!(EntryCommand {
    0 => Edit(edit),
    1 => Offer { id, body, stamp, deleted },
    2 => Split { id, expect, moment, second },
    3 => Stop { person, end },
    4 => Discard { person },
    5 => Both { one, other },
});

fields!(EntryOffer { id, body, modified, deleted });
fields!(RefusedOffer { offer, at, refusal });
fields!(OfferedEntry { offer, seq, refused });
fields!(BookCopy { person, server_epoch, view, since, refreshed });

impl Record for RefusedOffer {
    const NAME: &'static str = "a refused offer";
}

impl Record for OfferedEntry {
    const NAME: &'static str = "an offered time entry";
}

impl Record for BookCopy {
    const NAME: &'static str = "an agent's copy of the book";
}

impl Record for Synced<Entry> {
    const NAME: &'static str = "a time entry";
}
