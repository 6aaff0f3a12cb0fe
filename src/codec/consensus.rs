//! Bytes of the replicated log and of its marks: entry, vote, position, membership.
//!
//! Written by hand, field by field, so that no change in the consensus engine's own types can change what is on a disk.
//! Never decodes a command: to the log it is opaque bytes. All integers are big-endian. Layouts (FORMAT.md, "Log"):
//!
//! ```text
//! entry       schema u8 = 1 | kind u8 (0 blank, 1 command, 2 membership, 3 commands) | term u64 | node u64 | index u64 | body | check 8
//! commands    per command: length u32 | bytes
//! vote        schema u8 = 1 | term u64 | node u64 | granted u8 (0, 1) | check 8
//! position    schema u8 = 1 | term u64 | node u64 | index u64 | check 8
//! membership  schema u8 = 1 | has_position u8 | [term u64 | node u64 | index u64] | voters | nodes | check 8
//! pair        schema u8 = 1 | id 16 bytes | check 8
//! count       schema u8 = 1 | u64 | check 8
//! voters      groups u8 | per group: count u16 | id u64 ...
//! nodes       count u16 | per node: id u64 | address length u16 | address UTF-8
//! ```
//!
//! `check` is the first 8 bytes of the BLAKE3 hash of everything before it: a torn or altered record is refused, never guessed at.

mod fields;

use std::collections::{BTreeMap, BTreeSet};

use super::frame::CodecError;
use fields::Fields;

/// A place in the log: the leader (term, node) that wrote the entry, and its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Term of the leader that wrote the entry.
    pub term: u64,
    /// Node id of that leader.
    pub node: u64,
    /// Index in the log, counted from 0 without holes.
    pub index: u64,
}

/// The vote a node has given: it must never give another one in the same term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteRecord {
    /// Term voted in.
    pub term: u64,
    /// Node voted for.
    pub node: u64,
    /// A majority granted it: that node leads.
    pub granted: bool,
}

/// Who votes and who is known, and the log position that said so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MembershipRecord {
    /// Position of the entry that set this membership; none before the first.
    pub position: Option<Position>,
    /// One group of voters, or two while a change is under way.
    pub voters: Vec<BTreeSet<u64>>,
    /// Every known node (voters and learners) and its address (`host:port`, empty on a single server).
    pub nodes: BTreeMap<u64, String>,
}

/// How many there were so far: commands that were applied to the state, or erasures that a server's files are rid of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub u64);

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Where it stands.
    pub position: Position,
    /// What it says.
    pub body: LogBody,
}

/// What a log entry carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogBody {
    /// Nothing: a new leader's first entry.
    Blank,
    /// Encoded command envelopes, in the order they are applied.
    Commands(Vec<Vec<u8>>),
    /// A change of membership; its `position` is the entry's own and is not stored twice.
    Membership(MembershipRecord),
}

impl LogEntry {
    /// The stored bytes. Fails only when a membership has more nodes or longer addresses than the format can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CodecError> {
        match &self.body {
            LogBody::Blank => Ok(entry_bytes(self.position, KIND_BLANK, &[])),
            LogBody::Commands(commands) => commands_bytes(self.position, commands),
            LogBody::Membership(membership) => {
                let mut body = Vec::new();
                put_members(&mut body, membership)?;
                Ok(entry_bytes(self.position, KIND_MEMBERSHIP, &body))
            }
        }
    }

    /// Reads an entry back.
    pub fn from_bytes(bytes: &[u8]) -> Result<LogEntry, CodecError> {
        let mut fields = Fields::open("a log entry", bytes)?;
        let kind = fields.byte()?;
        let position = fields.position()?;
        let body = match kind {
            KIND_BLANK => LogBody::Blank,
            // How the first Timebook wrote one command.
            KIND_COMMAND => LogBody::Commands(vec![fields.rest().to_vec()]),
            KIND_COMMANDS => LogBody::Commands(fields.commands()?),
            KIND_MEMBERSHIP => {
                let mut membership = fields.members()?;
                membership.position = Some(position);
                LogBody::Membership(membership)
            }
            _ => return Err(fields.impossible()),
        };
        fields.end()?;
        Ok(LogEntry { position, body })
    }
}

/// The stored bytes of an entry of commands, without copying them into a [`LogEntry`] first. Fails only when a command is longer
/// than the format can hold.
///
/// # Errors
/// [`CodecError`].
pub fn commands_bytes(position: Position, commands: &[Vec<u8>]) -> Result<Vec<u8>, CodecError> {
    let length = commands.iter().map(|command| LENGTH_BYTES + command.len()).sum();
    let mut out = entry_start(position, KIND_COMMANDS, length);
    for command in commands {
        let length = u32::try_from(command.len())
            .map_err(|_| CodecError::damaged("a log entry", "a command is longer than fits"))?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(command);
    }
    Ok(seal(out))
}

impl VoteRecord {
    /// The stored bytes.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = vec![SCHEMA];
        out.extend_from_slice(&self.term.to_be_bytes());
        out.extend_from_slice(&self.node.to_be_bytes());
        out.push(u8::from(self.granted));
        seal(out)
    }

    /// Reads a vote back.
    pub fn from_bytes(bytes: &[u8]) -> Result<VoteRecord, CodecError> {
        let mut fields = Fields::open("a vote", bytes)?;
        let (term, node) = (fields.u64()?, fields.u64()?);
        let granted = fields.flag()?;
        fields.end()?;
        Ok(VoteRecord { term, node, granted })
    }
}

impl Position {
    /// The stored bytes.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = vec![SCHEMA];
        put_position(&mut out, self);
        seal(out)
    }

    /// Reads a position back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Position, CodecError> {
        let mut fields = Fields::open("a log position", bytes)?;
        let position = fields.position()?;
        fields.end()?;
        Ok(position)
    }
}

impl MembershipRecord {
    /// The stored bytes. Fails only when there are more nodes or longer addresses than the format can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![SCHEMA, u8::from(self.position.is_some())];
        if let Some(position) = self.position {
            put_position(&mut out, position);
        }
        put_members(&mut out, self)?;
        Ok(seal(out))
    }

    /// Reads a membership back.
    pub fn from_bytes(bytes: &[u8]) -> Result<MembershipRecord, CodecError> {
        let mut fields = Fields::open("a membership", bytes)?;
        let position = if fields.flag()? { Some(fields.position()?) } else { None };
        let mut membership = fields.members()?;
        membership.position = position;
        fields.end()?;
        Ok(membership)
    }
}

/// The mark that a log file and a state file belong together: 16 random bytes, the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair(pub [u8; 16]);

impl Count {
    /// The stored bytes.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = vec![SCHEMA];
        out.extend_from_slice(&self.0.to_be_bytes());
        seal(out)
    }

    /// Reads a count back.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Count, CodecError> {
        let mut fields = Fields::open("a count", bytes)?;
        let count = Count(fields.u64()?);
        fields.end()?;
        Ok(count)
    }
}

impl Pair {
    /// The stored bytes.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = vec![SCHEMA];
        out.extend_from_slice(&self.0);
        seal(out)
    }

    /// Reads a pair mark back.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Pair, CodecError> {
        let mut fields = Fields::open("a pair mark", bytes)?;
        let pair = Pair(fields.take()?);
        fields.end()?;
        Ok(pair)
    }
}

fn entry_bytes(position: Position, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = entry_start(position, kind, body.len());
    out.extend_from_slice(body);
    seal(out)
}

/// An entry up to its body, with room for the rest.
fn entry_start(position: Position, kind: u8, body_bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(ENTRY_OVERHEAD + body_bytes);
    out.push(SCHEMA);
    out.push(kind);
    put_position(&mut out, position);
    out
}

fn put_position(out: &mut Vec<u8>, position: Position) {
    out.extend_from_slice(&position.term.to_be_bytes());
    out.extend_from_slice(&position.node.to_be_bytes());
    out.extend_from_slice(&position.index.to_be_bytes());
}

fn put_members(out: &mut Vec<u8>, membership: &MembershipRecord) -> Result<(), CodecError> {
    let too_many =
        |_| CodecError::damaged("a membership", "it has more nodes or longer addresses than fit");
    out.push(u8::try_from(membership.voters.len()).map_err(too_many)?);
    for group in &membership.voters {
        out.extend_from_slice(&u16::try_from(group.len()).map_err(too_many)?.to_be_bytes());
        for id in group {
            out.extend_from_slice(&id.to_be_bytes());
        }
    }
    out.extend_from_slice(&u16::try_from(membership.nodes.len()).map_err(too_many)?.to_be_bytes());
    for (id, address) in &membership.nodes {
        out.extend_from_slice(&id.to_be_bytes());
        out.extend_from_slice(&u16::try_from(address.len()).map_err(too_many)?.to_be_bytes());
        out.extend_from_slice(address.as_bytes());
    }
    Ok(())
}

/// Appends the check value.
fn seal(mut out: Vec<u8>) -> Vec<u8> {
    let check = blake3::hash(&out);
    out.extend_from_slice(&check.as_bytes()[..CHECK_BYTES]);
    out
}

const SCHEMA: u8 = 1;
const CHECK_BYTES: usize = 8;
const ENTRY_OVERHEAD: usize = 2 + 24 + CHECK_BYTES;
const KIND_BLANK: u8 = 0;
const KIND_COMMAND: u8 = 1;
const KIND_MEMBERSHIP: u8 = 2;
const KIND_COMMANDS: u8 = 3;
const LENGTH_BYTES: usize = 4;

#[cfg(test)]
mod tests;
