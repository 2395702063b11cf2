//! How many calls a server answers at the same time, whichever members use it.
//!
//! A limit per member would not be a limit: three members on a server that answers one call at a time would make three calls, two
//! of which wait, or abort each other. So the queue belongs to the address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::member::http::Endpoint;
use crate::engine::member::turns::Turns;

/// The queues by address; clones are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Queues(Arc<Mutex<BTreeMap<String, Queue>>>);

#[derive(Debug)]
struct Queue {
    calls: usize,
    turns: Turns,
}

impl Queues {
    /// The queue of a server that answers this many calls at the same time, for another member on it. If members have different
    /// numbers, the lowest applies to those that come from then on.
    pub(super) fn of(&self, endpoint: &Endpoint, calls: usize) -> Turns {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Queue { calls, turns: Turns::new(u32::try_from(calls).unwrap_or(u32::MAX)) };
        let queue = queues.entry(endpoint.origin()).or_insert_with(new);
        if calls < queue.calls {
            *queue = new();
        }
        queue.turns.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Waker};

    use super::*;
    use crate::engine::member::Progress;

    fn endpoint(address: &str) -> Endpoint {
        Endpoint::new("a", address).unwrap()
    }

    #[tokio::test]
    async fn members_of_one_address_share_its_queue() {
        let queues = Queues::default();
        let first = queues.of(&endpoint("http://h:1/v1"), 1);
        let turn = first.take(&Progress::nowhere()).await;
        let waits = |turns: Turns| {
            let progress = Progress::nowhere();
            let mut take = std::pin::pin!(turns.take(&progress));
            take.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
        };
        assert!(waits(queues.of(&endpoint("http://H:1/other?x=y"), 1)), "the same server");
        assert!(waits(queues.clone().of(&endpoint("http://h:1"), 4)), "also where more is said of it");
        assert!(!waits(queues.of(&endpoint("http://h:2"), 1)));
        assert!(!waits(queues.of(&endpoint("https://h:1"), 1)));
        drop(turn);
        assert!(!waits(queues.of(&endpoint("http://h:1"), 1)));
    }
}
