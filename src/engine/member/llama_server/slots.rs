//! Which slot of a server a request goes to.
//!
//! Owns what each slot holds, as far as this program put it there. On its own a server gives a request the free slot that holds
//! most of its prompt. So a scoring overwrites the draft that its member has just written there, and a request that follows a
//! dropped one within milliseconds, while the server is still working on that, gets another slot and reads the whole prompt
//! again. A request that names its slot waits for it instead.
//!
//! Slots are named only if idle ones stay as they are when a request starts, which `probe` finds out. Newer servers set them
//! aside and empty them if the slots share one cache: a slot that is named then reads the whole prompt (llama.cpp issue 28139),
//! and log-probabilities were seen to be wrong by more than a nat.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The slots of the servers that several members may share; clones are shared.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<Mutex<BTreeMap<String, Arc<Mutex<State>>>>>);

/// The slots of one server.
#[derive(Debug, Default)]
struct State {
    slots: Vec<Slot>,
    /// Whether idle slots stay as they are when a request starts.
    keep: bool,
    /// Counts requests: the slot unused for longest is reused first.
    requests: u64,
    members: u64,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    /// The tokens that it has read.
    holds: Vec<u32>,
    /// How many requests of ours it is working on or that wait for it.
    busy: usize,
    /// The number of the last request.
    used: u64,
    /// The member whose last draft it holds.
    drafted_by: Option<u64>,
}

/// A member's access to the slots of its server; dropping it gives its slot up.
#[derive(Debug)]
pub(super) struct Slots {
    state: Arc<Mutex<State>>,
    member: u64,
}

/// A request's slot for as long as the request lasts.
#[derive(Debug)]
pub(super) struct Place {
    state: Arc<Mutex<State>>,
    id: Option<usize>,
}

impl Shared {
    /// A member's access to the `count` slots of this server.
    pub(super) fn member(&self, server: &str, count: usize, keep: bool) -> Slots {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = Arc::clone(servers.entry(server.to_owned()).or_default());
        drop(servers);
        let member = {
            let mut locked = locked(&state);
            if locked.slots.len() != count || locked.keep != keep {
                // It was started differently since.
                locked.slots = vec![Slot::default(); count];
                locked.keep = keep;
            }
            locked.members += 1;
            locked.members
        };
        Slots { state, member }
    }
}

impl Slots {
    /// The slot for a draft after these tokens.
    pub(super) fn for_draft(&self, tokens: &[u32]) -> Place {
        self.place(tokens, Some(self.member))
    }

    /// The slot for a scoring after these tokens.
    pub(super) fn for_scoring(&self, tokens: &[u32]) -> Place {
        self.place(tokens, None)
    }

    fn place(&self, tokens: &[u32], drafted_by: Option<u64>) -> Place {
        let mut state = locked(&self.state);
        let id = state.choose(tokens, drafted_by);
        if let Some(id) = id {
            state.begin(id, tokens, drafted_by);
        }
        Place { state: Arc::clone(&self.state), id }
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        for slot in &mut locked(&self.state).slots {
            slot.drafted_by = slot.drafted_by.filter(|member| *member != self.member);
        }
    }
}

impl State {
    /// The slot that holds most of these tokens, or the one unused for longest; `None` leaves the choice to the server.
    fn choose(&self, tokens: &[u32], drafted_by: Option<u64>) -> Option<usize> {
        if self.slots.len() < 2 || !self.keep {
            return None;
        }
        let is_mine = |slot: &Slot| drafted_by.is_some() && slot.drafted_by == drafted_by;
        let held = |slot: &Slot| slot.holds.iter().zip(tokens).take_while(|(held, token)| held == token).count();
        let open = self.slots.iter().enumerate().filter(|(_, slot)| slot.drafted_by.is_none() || is_mine(slot));
        // Wait for a busy one: the others hold what other members need.
        let worth = |slot: &Slot| (Reverse(slot.busy), held(slot), is_mine(slot), Reverse(slot.used));
        open.max_by_key(|(_, slot)| worth(slot)).map(|(id, _)| id)
    }

    fn begin(&mut self, id: usize, tokens: &[u32], drafted_by: Option<u64>) {
        self.requests += 1;
        let requests = self.requests;
        if drafted_by.is_some() {
            for slot in self.slots.iter_mut().filter(|slot| slot.drafted_by == drafted_by) {
                slot.drafted_by = None;
            }
        }
        if let Some(slot) = self.slots.get_mut(id) {
            *slot = Slot { holds: tokens.to_vec(), busy: slot.busy + 1, used: requests, drafted_by };
        }
    }
}

impl Place {
    /// The slot to name in the request.
    pub(super) fn id(&self) -> Option<usize> {
        self.id
    }

    /// Records that the request has left these tokens there.
    pub(super) fn leaves(&self, tokens: Vec<u32>) {
        let mut state = locked(&self.state);
        if let Some(slot) = self.id.and_then(|id| state.slots.get_mut(id)) {
            slot.holds = tokens;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        if let Some(slot) = self.id.and_then(|id| state.slots.get_mut(id)) {
            slot.busy = slot.busy.saturating_sub(1);
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Three slots that keep what they hold, or are emptied.
    fn server(keep: bool) -> (Shared, Slots) {
        let shared = Shared::default();
        let member = shared.member("a", 3, keep);
        (shared, member)
    }

    #[test]
    fn a_draft_stays_where_it_is_until_its_member_drafts_again() {
        let (_shared, member) = server(true);
        let draft = member.for_draft(&[1, 2]);
        draft.leaves(vec![1, 2, 3, 4]);
        let drafted = draft.id();
        drop(draft);
        let (first, second) = (member.for_scoring(&[1, 2]), member.for_scoring(&[1, 2]));
        assert_ne!(first.id(), second.id());
        assert!(![first.id(), second.id()].contains(&drafted) && first.id().is_some() && second.id().is_some());
        let third = member.for_scoring(&[1, 2]);
        assert!([first.id(), second.id()].contains(&third.id()), "it waits, though the draft's slot is free");
        drop(third);
        second.leaves(vec![1, 2, 9, 9, 9]);
        let lost = second.id();
        drop((first, second));
        assert_eq!(member.for_draft(&[1, 2, 3, 4]).id(), drafted, "its own draft was accepted");
        assert_eq!(member.for_draft(&[1, 2, 9, 9, 9]).id(), lost, "another's was, which it has scored there");
        assert_ne!(member.for_scoring(&[1, 2, 9, 9, 9]).id(), lost, "it drafts there now");
    }

    #[test]
    fn where_idle_slots_are_emptied_none_is_named() {
        let (_shared, member) = server(false);
        for _ in 0..3 {
            let (draft, scoring) = (member.for_draft(&[1, 2]), member.for_scoring(&[1, 2]));
            draft.leaves(vec![1, 2, 3]);
            assert_eq!((draft.id(), scoring.id()), (None, None));
        }
    }

    #[test]
    fn members_of_one_server_leave_each_other_their_drafts() {
        let shared = Shared::default();
        let members = [shared.member("a", 3, true), shared.member("a", 3, true)];
        let drafted = members.each_ref().map(|member| member.for_draft(&[1]).id());
        assert_ne!(drafted[0], drafted[1]);
        let scoring = members[0].for_scoring(&[1]).id();
        assert!(scoring.is_some() && !drafted.contains(&scoring));
        let third = shared.member("a", 3, true);
        third.for_draft(&[1]);
        assert_eq!(third.for_scoring(&[1]).id(), None, "more members than slots");
        drop(members);
        assert!(third.for_scoring(&[1]).id().is_some(), "those that left give theirs up");
        assert_eq!(shared.member("b", 1, true).for_draft(&[1]).id(), None, "there is no choice");
    }

    proptest! {
        /// A slot that works for one request is given to another only if every slot without a draft is busy; and if slots keep
        /// what they hold, a scoring never gets one that holds a draft.
        #[test]
        fn drafts_stay_and_requests_spread(count in 1_usize..5, keep: bool, steps in prop::collection::vec((0_usize..4, 0_u32..4, any::<bool>()), 0..40)) {
            let shared = Shared::default();
            let members = [shared.member("a", count, keep), shared.member("a", count, keep)];
            let mut working: Vec<(Place, bool)> = Vec::new();
            for (what, token, second) in steps {
                let member = &members[usize::from(second)];
                let tokens = [1, token];
                match what {
                    0 => working.push((member.for_draft(&tokens), true)),
                    1 => working.push((member.for_scoring(&tokens), false)),
                    _ if working.is_empty() => {}
                    _ => {
                        let (place, _) = working.remove(token as usize % working.len());
                        place.leaves(vec![1, token, 5]);
                    }
                }
                let Some((place, _)) = working.last().filter(|_| what < 2) else { continue };
                let state = locked(&place.state);
                let Some(id) = place.id else { continue };
                prop_assert!(keep && (what == 0 || state.slots[id].drafted_by.is_none()));
                let idle = state.slots.iter().any(|slot| slot.busy == 0 && slot.drafted_by.is_none());
                prop_assert!(state.slots[id].busy == 1 || !idle);
                let busy: usize = state.slots.iter().map(|slot| slot.busy).sum();
                prop_assert_eq!(busy, working.iter().filter(|(place, _)| place.id.is_some()).count());
            }
        }
    }
}
