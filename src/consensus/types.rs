//! The consensus engine's types, filled with ours, and the way between both and the stored records.
//!
//! Must never persist or send one of the engine's own types: everything on disk goes through `codec::consensus`.

use std::fmt;
use std::io;
use std::sync::Arc;

use openraft::impls::{BoxedErrorSource, InlineBatch, ProgressResponder, leader_id_adv};
use openraft::{EntryPayload, OptionalSend, RaftTypeConfig};

use super::snapshot::StateCopy;
use crate::codec::CodecError;
use crate::codec::consensus::{
    LogBody, LogEntry, MembershipRecord, Position, VoteRecord, commands_bytes,
};
use crate::domain::outcome::Outcome;

/// Names the engine's type parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Types;

impl RaftTypeConfig for Types {
    type D = Logged;
    /// What applying an entry answers: an outcome for each of its commands.
    type R = Vec<Outcome>;
    type NodeId = u64;
    /// A node's address (`host:port`); empty on a single server.
    type Node = String;
    type Term = u64;
    type LeaderId = Leader;
    type Vote = Vote;
    type Payload = EntryPayload<Logged, u64, String>;
    type Entry = Entry;
    type AsyncRuntime = openraft::impls::TokioRuntime;
    type Responder<T>
        = ProgressResponder<Types, T>
    where
        T: OptionalSend + 'static;
    type Batch<T>
        = InlineBatch<T>
    where
        T: OptionalSend + 'static;
    type ErrorSource = BoxedErrorSource;
}

pub(super) type Raft = openraft::Raft<Types, super::machine::Machine>;
pub(super) type Leader = leader_id_adv::LeaderId<u64, u64>;
pub(super) type LogId = openraft::LogId<Leader>;
pub(super) type Vote = openraft::Vote<Leader>;
pub(super) type Entry = openraft::Entry<Leader, EntryPayload<Logged, u64, String>>;
pub(super) type Membership = openraft::StoredMembership<Leader, u64, String>;
pub(super) type SnapshotMeta = openraft::SnapshotMeta<Leader, u64, String>;
pub(super) type Snapshot = openraft::Snapshot<Leader, u64, String, StateCopy>;

/// Encoded command envelopes. What is applied is decoded from exactly these bytes, so that a server that applies
/// them live and one that replays them cannot differ.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Logged(pub(super) Arc<[Vec<u8>]>);

impl Logged {
    /// Bytes of all commands.
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

impl fmt::Debug for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} commands of {} bytes", self.0.len(), self.bytes())
    }
}

pub(super) fn position(id: LogId) -> Position {
    Position { term: id.leader_id.term, node: id.leader_id.node_id, index: id.index }
}

pub(super) fn log_id(position: Position) -> LogId {
    LogId::new(leader(position.term, position.node), position.index)
}

pub(super) fn vote_bytes(vote: &Vote) -> Vec<u8> {
    VoteRecord { term: vote.leader_id.term, node: vote.leader_id.node_id, granted: vote.committed }
        .to_bytes()
}

pub(super) fn vote(bytes: &[u8]) -> Result<Vote, CodecError> {
    let vote = VoteRecord::from_bytes(bytes)?;
    Ok(Vote { leader_id: leader(vote.term, vote.node), committed: vote.granted })
}

pub(super) fn entry_bytes(entry: &Entry) -> Result<Vec<u8>, CodecError> {
    let at = position(entry.log_id);
    let body = match &entry.payload {
        EntryPayload::Normal(logged) => return commands_bytes(at, &logged.0),
        EntryPayload::Blank => LogBody::Blank,
        EntryPayload::Membership(members) => LogBody::Membership(members_record(Some(at), members)),
    };
    LogEntry { position: at, body }.to_bytes()
}

pub(super) fn entry(bytes: &[u8]) -> Result<Entry, CodecError> {
    let LogEntry { position, body } = LogEntry::from_bytes(bytes)?;
    let payload = match body {
        LogBody::Blank => EntryPayload::Blank,
        LogBody::Commands(commands) => EntryPayload::Normal(Logged(commands.into())),
        LogBody::Membership(members) => EntryPayload::Membership(members_value(members)?),
    };
    Ok(Entry { log_id: log_id(position), payload })
}

pub(super) fn membership_bytes(membership: &Membership) -> Result<Vec<u8>, CodecError> {
    members_record(membership.log_id().map(position), membership.membership()).to_bytes()
}

pub(super) fn membership(bytes: &[u8]) -> Result<Membership, CodecError> {
    let members = MembershipRecord::from_bytes(bytes)?;
    let at = members.position.map(log_id);
    Ok(Membership::new(at, members_value(members)?))
}

/// The engine wants I/O errors; the sentence is what matters.
pub(super) fn io(error: impl fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

fn leader(term: u64, node: u64) -> Leader {
    Leader { term, node_id: node }
}

fn members_record(
    at: Option<Position>,
    members: &openraft::Membership<u64, String>,
) -> MembershipRecord {
    MembershipRecord {
        position: at,
        voters: members.get_joint_config().clone(),
        nodes: members.nodes().map(|(id, address)| (*id, address.clone())).collect(),
    }
}

fn members_value(
    members: MembershipRecord,
) -> Result<openraft::Membership<u64, String>, CodecError> {
    openraft::Membership::new(members.voters, members.nodes)
        .map_err(|error| CodecError::damaged("a membership", error))
}
