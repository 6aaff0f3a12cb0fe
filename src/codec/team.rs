//! Teams.

use super::frame::Record;
use super::layout::{choice, fields};
use crate::domain::team::{Team, TeamCommand};

fields!(Team { id, name, members, leads });
choice!(TeamCommand { 0 => Put(team), 1 => Delete { team } });

impl Record for Team {
    const NAME: &'static str = "a team";
}
