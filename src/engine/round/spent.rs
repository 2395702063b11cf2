//! What calls used, according to their bills.
//!
//! Owns which event reports what: a draft or a scoring that came back reports its own usage, if all of it is known by then; any
//! other usage (of calls that failed or were dropped, of requests that end after their call) has an event of its own.

use super::{CallId, Machine};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, Usage};

/// What a call used that no event has reported yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    call: CallId,
    member: MemberIndex,
    usage: Usage,
    /// Whether it is final.
    settled: bool,
}

impl Machine {
    /// Updates a call's bill.
    pub(super) fn billed(&mut self, call: CallId, member: MemberIndex, usage: Usage, settled: bool) {
        if let Some(owed) = self.owed.iter_mut().find(|owed| owed.call == call) {
            (owed.usage, owed.settled) = (usage, settled);
        } else {
            self.owed.push(Owed { call, member, usage, settled });
        }
    }

    /// The usage to report with the result of a call: its bill, or its reply's usage if it has no bill. What is not final yet is
    /// reported later.
    pub(super) fn paid(&mut self, call: CallId, replied: Usage) -> Usage {
        match self.owed.iter().position(|owed| owed.call == call) {
            Some(place) if self.owed[place].settled => self.owed.swap_remove(place).usage,
            Some(_) => Usage::default(),
            None => replied,
        }
    }

    /// Records usage for a reply that was useless but had to be paid for.
    pub(super) fn owe(&mut self, call: CallId, member: MemberIndex, usage: Usage) {
        if !usage.is_zero() {
            self.owed.push(Owed { call, member, usage, settled: true });
        }
    }

    /// Reports the final usage of calls that are no longer in progress; at the `end` of the run all of it.
    pub(super) fn tell_owed(&mut self, end: bool) {
        let under_way = |owed: &Owed| self.calls.iter().any(|call| call.id == owed.call);
        let (told, kept): (Vec<_>, Vec<_>) =
            self.owed.iter().copied().partition(|owed| !under_way(owed) && (owed.settled || end));
        self.owed = kept;
        for Owed { member, usage, .. } in told.into_iter().filter(|owed| !owed.usage.is_zero()) {
            let member = self.name(member);
            self.emit(Event::Used { member, usage });
        }
    }
}
