//! How far the state is: the last applied entry and the membership, kept in the state itself.
//!
//! Must never be written in another transaction than the changes it speaks of.

use std::collections::{BTreeMap, BTreeSet};

use openraft::EntryPayload;

use super::types::{self, Entry, LogId, Membership};
use crate::codec::CodecError;
use crate::codec::consensus::{Count, Pair, Position};
use crate::store::tables::CONSENSUS;
use crate::store::{Reader, State, StoreError, Writer};

/// The state's place in the log.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// What ties the state to its log file.
    pub(super) pair: Option<Pair>,
    pub(super) applied: Option<LogId>,
    /// Commands applied so far: the number of the newest is its `server_seq`.
    commands: u64,
    pub(super) membership: Membership,
}

impl Place {
    pub(super) fn read(reader: &dyn Reader) -> Result<Place, StoreError> {
        let pair = match reader.get_bytes(CONSENSUS, PAIR)? {
            Some(bytes) => Some(Pair::from_bytes(&bytes)?),
            None => None,
        };
        let applied = match reader.get_bytes(CONSENSUS, APPLIED)? {
            Some(bytes) => Some(types::log_id(Position::from_bytes(&bytes)?)),
            None => None,
        };
        let membership = match reader.get_bytes(CONSENSUS, MEMBERSHIP)? {
            Some(bytes) => types::membership(&bytes)?,
            None => Membership::default(),
        };
        let commands = match reader.get_bytes(CONSENSUS, COMMANDS)? {
            Some(bytes) => Count::from_bytes(&bytes)?.0,
            // The first Timebook numbered commands by their index in the log.
            None => applied.map_or(0, |applied| applied.index),
        };
        Ok(Place { pair, applied, commands, membership })
    }

    /// Ties a state to a log file, whatever it was tied to before. On disk after the return.
    pub(super) fn set_pair(state: &State, pair: Pair) -> Result<(), StoreError> {
        state.write_durably(|writer| writer.put_bytes(CONSENSUS, PAIR, &pair.to_bytes()))
    }

    /// Makes the state that of a lone server, `node`, tied to the log of `pair`, whatever it was before.
    pub(super) fn take_over(
        &mut self,
        writer: &mut dyn Writer,
        node: u64,
        pair: Pair,
    ) -> Result<(), StoreError> {
        let members = openraft::Membership::new(
            vec![BTreeSet::from([node])],
            BTreeMap::from([(node, String::new())]),
        );
        let members = members.map_err(|error| CodecError::damaged("a membership", error))?;
        self.membership = Membership::new(self.applied, members);
        self.pair = Some(pair);
        writer.put_bytes(CONSENSUS, MEMBERSHIP, &types::membership_bytes(&self.membership)?)?;
        writer.put_bytes(CONSENSUS, PAIR, &pair.to_bytes())?;
        self.write(writer)
    }

    /// The number of the command that is applied next.
    pub(super) fn next_command(&mut self) -> u64 {
        self.commands += 1;
        self.commands
    }

    /// Takes note of an entry that is applied in the transaction at hand.
    pub(super) fn advance(
        &mut self,
        writer: &mut dyn Writer,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        self.applied = Some(entry.log_id);
        if let EntryPayload::Membership(members) = &entry.payload {
            self.membership = Membership::new(Some(entry.log_id), members.clone());
            let bytes: Result<Vec<u8>, CodecError> = types::membership_bytes(&self.membership);
            writer.put_bytes(CONSENSUS, MEMBERSHIP, &bytes?)?;
        }
        Ok(())
    }

    /// Writes how far the transaction at hand gets.
    pub(super) fn write(&self, writer: &mut dyn Writer) -> Result<(), StoreError> {
        if let Some(applied) = self.applied {
            writer.put_bytes(CONSENSUS, APPLIED, &types::position(applied).to_bytes())?;
        }
        writer.put_bytes(CONSENSUS, COMMANDS, &Count(self.commands).to_bytes())
    }
}

/// Key of the last applied position: one `position` record (`codec::consensus`).
const APPLIED: &[u8] = b"applied";
/// Key of the number of commands applied so far: one `count` record.
const COMMANDS: &[u8] = b"commands";
/// Key of the pair mark: one `pair` record.
const PAIR: &[u8] = b"pair";
/// Key of the membership: one `membership` record.
const MEMBERSHIP: &[u8] = b"membership";
