//! llama.cpp routers that hold fewer models than members want of them.
//!
//! A router unloads a model to load another if it cannot hold more. With two members on a router with room for one model every
//! round loads each of them again, which takes seconds, and nothing on the screen explains that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::member::Member;
use crate::engine::member::llama_server::{Handle, LlamaServer};

/// The members on routers, by address; clones are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Routers(Arc<Mutex<BTreeMap<String, Vec<Handle>>>>);

impl Routers {
    /// Adds a member of the server at this address, and returns a warning if that is a router that cannot hold all the models
    /// that are wanted now.
    pub(super) fn joined(&self, name: &str, address: &str, member: &LlamaServer) -> Option<String> {
        let holds = member.models_at_once()?;
        let mut routers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let members = routers.entry(address.to_owned()).or_default();
        members.retain(|handle| handle.server().is_some());
        members.push(member.handle());
        let models: BTreeSet<String> =
            members.iter().filter_map(Handle::server).map(|server| server.capabilities().model.clone()).collect();
        (models.len() > holds).then(|| warning(name, address, holds, &models))
    }
}

fn warning(name: &str, address: &str, holds: usize, models: &BTreeSet<String>) -> String {
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    let (wanted, models) = (models.len(), models.join(", "));
    let at_once = if holds == 1 { "one model".to_owned() } else { format!("{holds} models") };
    format!(
        "{name}: the router at {address} holds {at_once} at a time, and {wanted} are wanted of it ({models}): it loads one whenever its \
         turn comes, which may take seconds each time; start it with --models-max {wanted}, or give each model a server of its own"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said_with_its_remedy() {
        let models: BTreeSet<String> = ["a".to_owned(), "b".to_owned()].into();
        let said = warning("ann", "http://h:1", 1, &models);
        assert!(
            said.contains("holds one model at a time") && said.contains("(a, b)") && said.contains("--models-max 2"),
            "{said}"
        );
    }
}
