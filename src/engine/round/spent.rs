//! What calls used, as their bills tell it.
//!
//! Owns which event books what: a draft or a scoring that came back tells its own usage, if all of it is known by then; what
//! is used beside that (by calls that failed or were dropped, by requests that end after their call) has an event of its own.

use super::{CallId, Machine};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, Usage};

/// What a call used that no event tells yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    call: CallId,
    member: MemberIndex,
    usage: Usage,
    /// Whether nothing more will come of it.
    settled: bool,
}

impl Machine {
    /// A call's bill is this high.
    pub(super) fn billed(&mut self, call: CallId, member: MemberIndex, usage: Usage, settled: bool) {
        if let Some(owed) = self.owed.iter_mut().find(|owed| owed.call == call) {
            (owed.usage, owed.settled) = (usage, settled);
        } else {
            self.owed.push(Owed { call, member, usage, settled });
        }
    }

    /// What a call that came back used, to be told with what it brought: as its bill says, or its reply where it has no bill.
    /// What is not settled yet is told later.
    pub(super) fn paid(&mut self, call: CallId, replied: Usage) -> Usage {
        match self.owed.iter().position(|owed| owed.call == call) {
            Some(place) if self.owed[place].settled => self.owed.swap_remove(place).usage,
            Some(_) => Usage::default(),
            None => replied,
        }
    }

    /// What came back was of no use, but was paid for.
    pub(super) fn owe(&mut self, call: CallId, member: MemberIndex, usage: Usage) {
        if !usage.is_zero() {
            self.owed.push(Owed { call, member, usage, settled: true });
        }
    }

    /// Tells what calls that are not under way any more used, as far as that is settled; at the `end` of the run all of it.
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
