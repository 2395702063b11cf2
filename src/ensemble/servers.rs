//! The servers that members use, as far as members on the same server affect each other. Clones are shared.

use super::machine::Machine;
use super::queues::Queues;
use super::routers::Routers;
use crate::engine::member::llama_server::Shared;

#[derive(Debug, Clone, Default)]
pub(super) struct Servers {
    /// The slots of llama.cpp servers, which several members may share.
    pub(super) slots: Shared,
    /// The llama.cpp servers of this machine.
    pub(super) machine: Machine,
    /// The queues of the other servers.
    pub(super) queues: Queues,
    /// The llama.cpp servers that hold several models.
    pub(super) routers: Routers,
}
