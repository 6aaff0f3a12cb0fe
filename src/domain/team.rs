//! Teams: people, and the leads who reach them as a manager would, and nobody else.

use std::collections::BTreeSet;

use super::id::{TeamId, UserId};
use super::text::Label;

/// An office has at most this many.
pub const MOST_TEAMS: usize = 1_000;
/// A team has at most this many members, and as many leads.
pub const MOST_MEMBERS: usize = 2_000;

/// Some people, and who leads them. A lead need not be a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// For ever; never reused.
    pub id: TeamId,
    /// As people call it; unique in the office.
    pub name: Label,
    /// Who is in it.
    pub members: BTreeSet<UserId>,
    /// Who reaches the members.
    pub leads: BTreeSet<UserId>,
}

/// A change to teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamCommand {
    /// A new team, or another shape of one.
    Put(Team),
    /// Gone; its people stay.
    Delete {
        /// Which.
        team: TeamId,
    },
}
