//! Categories.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::category::{Categories, CategoryCommand};

fields!(Categories { tree, changed });
choice!(CategoryCommand { 0 => Set { owner, tree }, 1 => Reset { owner } });

impl Record for Categories {
    const NAME: &'static str = "categories";
}
