//! Talking to other servers: nobody yet. Peers come with failover, and with them the transport.
//!
//! Must never answer in a peer's place. The engine counts a missing pre-vote implementation as a granted one, so every
//! call says "unreachable" explicitly.

use openraft::error::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::RPCOption;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use openraft::{OptionalSend, RaftNetworkFactory, RaftNetworkV2};

use super::snapshot::StateCopy;
use super::types::{Snapshot, Types, Vote};

/// Makes connections to peers that cannot be reached.
pub(super) struct NoPeers;

/// A peer that cannot be reached.
pub(super) struct Nobody;

impl RaftNetworkFactory<Types> for NoPeers {
    type Network = Nobody;

    async fn new_client(&mut self, _target: u64, _node: &String) -> Nobody {
        Nobody
    }
}

fn unreachable() -> Unreachable<Types> {
    Unreachable::from_string("this server has no peers")
}

impl RaftNetworkV2<Types> for Nobody {
    type SnapshotData = StateCopy;

    async fn append_entries(
        &mut self,
        _request: AppendEntriesRequest<Types>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<Types>, RPCError<Types>> {
        Err(unreachable().into())
    }

    async fn vote(
        &mut self,
        _request: VoteRequest<Types>,
        _option: RPCOption,
    ) -> Result<VoteResponse<Types>, RPCError<Types>> {
        Err(unreachable().into())
    }

    async fn pre_vote(
        &mut self,
        _request: VoteRequest<Types>,
        _option: RPCOption,
    ) -> Result<VoteResponse<Types>, RPCError<Types>> {
        Err(unreachable().into())
    }

    async fn full_snapshot(
        &mut self,
        _vote: Vote,
        _snapshot: Snapshot,
        _cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<Types>, StreamingError<Types>> {
        Err(unreachable().into())
    }

    async fn transfer_leader(
        &mut self,
        _request: TransferLeaderRequest<Types>,
        _option: RPCOption,
    ) -> Result<TransferLeaderResponse<Types>, RPCError<Types>> {
        Err(unreachable().into())
    }
}
