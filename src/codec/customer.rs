//! Customers and the edits of them.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::customer::Customer;
use crate::domain::sync::{Edit, Synced};

fields!(Customer { name, colour, note, archived });
fields!(Synced<Customer> { id, meta, body });
choice!(Edit<Customer> {
    0 => Add { id, body },
    1 => Set { id, expect, body },
    2 => Delete { id, expect },
    3 => Restore { id, expect, body },
});

impl Record for Synced<Customer> {
    const NAME: &'static str = "a customer";
}
