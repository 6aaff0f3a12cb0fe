//! Reading the log's records, field by field; the layouts stand in the parent's documentation.

use std::collections::{BTreeMap, BTreeSet};

use super::{CHECK_BYTES, MembershipRecord, Position, SCHEMA};
use crate::codec::frame::CodecError;

/// Reads fields one after the other; every read is bounded by what is there.
pub(super) struct Fields<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Checks the seal and the format byte.
    pub(super) fn open(what: &'static str, bytes: &'a [u8]) -> Result<Fields<'a>, CodecError> {
        let Some((sealed, check)) =
            bytes.len().checked_sub(CHECK_BYTES).and_then(|at| bytes.split_at_checked(at))
        else {
            return Err(CodecError::damaged(what, CUT));
        };
        if blake3::hash(sealed).as_bytes()[..CHECK_BYTES] != *check {
            return Err(CodecError::damaged(what, "its check value does not match"));
        }
        match sealed.split_first() {
            Some((&SCHEMA, rest)) => Ok(Fields { what, rest }),
            Some((&version, _)) if version > SCHEMA => {
                Err(CodecError::Newer { what, version, newest: SCHEMA })
            }
            Some((&version, _)) => {
                Err(CodecError::damaged(what, format!("version {version} was never written")))
            }
            None => Err(CodecError::damaged(what, CUT)),
        }
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.cut())?;
        self.rest = rest;
        Ok(*head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, CodecError> {
        Ok(self.take::<1>()?[0])
    }

    pub(super) fn flag(&mut self) -> Result<bool, CodecError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.impossible()),
        }
    }

    pub(super) fn u16(&mut self) -> Result<u16, CodecError> {
        Ok(u16::from_be_bytes(self.take()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, CodecError> {
        Ok(u64::from_be_bytes(self.take()?))
    }

    pub(super) fn position(&mut self) -> Result<Position, CodecError> {
        Ok(Position { term: self.u64()?, node: self.u64()?, index: self.u64()? })
    }

    pub(super) fn commands(&mut self) -> Result<Vec<Vec<u8>>, CodecError> {
        let mut commands = Vec::new();
        while !self.rest.is_empty() {
            let length =
                usize::try_from(u32::from_be_bytes(self.take()?)).map_err(|_| self.cut())?;
            let (command, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.cut())?;
            commands.push(command.to_vec());
            self.rest = rest;
        }
        Ok(commands)
    }

    pub(super) fn members(&mut self) -> Result<MembershipRecord, CodecError> {
        let mut voters = Vec::new();
        for _ in 0..self.byte()? {
            let mut group = BTreeSet::new();
            for _ in 0..self.u16()? {
                group.insert(self.u64()?);
            }
            voters.push(group);
        }
        let mut nodes = BTreeMap::new();
        for _ in 0..self.u16()? {
            let id = self.u64()?;
            let length = usize::from(self.u16()?);
            let (address, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.cut())?;
            let address = str::from_utf8(address).map_err(|_| self.impossible())?;
            nodes.insert(id, address.to_owned());
            self.rest = rest;
        }
        Ok(MembershipRecord { position: None, voters, nodes })
    }

    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    pub(super) fn end(&self) -> Result<(), CodecError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(CodecError::damaged(self.what, "bytes are left over"))
        }
    }

    pub(super) fn impossible(&self) -> CodecError {
        CodecError::damaged(self.what, "a field holds an impossible value")
    }

    pub(super) fn cut(&self) -> CodecError {
        CodecError::damaged(self.what, CUT)
    }
}

const CUT: &str = "it ends early";
