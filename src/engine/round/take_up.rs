//! Resuming a run that had ended or was cut off, from its recorded events: the user can go back in a finished answer, branch a
//! recorded one, or complete one cut off by a kill.

use super::{Machine, Pace};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, Record, Steering};
use crate::engine::fusion::run::{Round, Run};
use crate::engine::fusion::vote::{Electorate, Tally};
use crate::engine::member::MemberError;

impl Machine {
    /// The machine of a run recorded so far; `None` if the first record is not a header. It waits for [`Input::TakeUp`].
    #[must_use]
    pub fn of_records(records: &[Record]) -> Option<Self> {
        let Event::RunStarted(header) = &records.first()?.event else { return None };
        let mut machine = Self::new((**header).clone());
        for record in records {
            machine.run.apply(record);
            machine.now_ms = machine.now_ms.max(record.t_ms);
            let redraft = matches!(&record.event, Event::Steered { action: Steering::Redraft { .. } });
            machine.begun += u64::from(redraft || matches!(&record.event, Event::RoundStarted { .. }));
            if matches!(&record.event, Event::Accepted { .. }) {
                machine.tally_again();
            }
        }
        machine.stand_at_head();
        machine.pace = Pace::Paused;
        Some(machine)
    }

    /// Decides the newest segment's round again from the record, to get its tally.
    fn tally_again(&mut self) {
        let head = self.run.tree.head();
        let Some(node) = self.run.tree.node(head) else { return };
        if head.0 != self.tallies.len() {
            // The trace was edited: another decision of a known round.
            return;
        }
        let parent = self.tallies.get(node.parent.0);
        let mut tally = parent.cloned().unwrap_or_else(|| Tally::new(&self.run.header.members));
        decide_again(&mut tally, &self.run, &node.round);
        self.tallies.push(tally);
    }

    /// Resumes the recorded run, paused.
    pub(super) fn go_on(&mut self, unprepared: &[(MemberIndex, MemberError)]) {
        self.emit(Event::Continued);
        let places = (0..self.run.members.len()).map(MemberIndex);
        let refused =
            |member: MemberIndex| unprepared.iter().any(|(other, error)| *other == member && *error != MemberError::NotReady);
        // Those that had not joined still may.
        self.awaited = places.filter(|member| self.is_not_ready(*member) && !refused(*member)).collect();
        let here = |(member, error): &(MemberIndex, MemberError)| {
            self.run.member(*member).is_active() || (self.is_not_ready(*member) && *error != MemberError::NotReady)
        };
        let here: Vec<_> = unprepared.iter().filter(|member| here(member)).cloned().collect();
        self.leave_out(here);
    }
}

/// Decides a recorded round with the recorded choice.
fn decide_again(tally: &mut Tally, run: &Run, round: &Round) {
    let Some(accepted) = &round.accepted else { return };
    if accepted.is_written() {
        return tally.open(&round.opening);
    }
    let (drafters, verifiers) = (round.counting(&round.drafters), round.electors());
    let who = Electorate { members: &run.members, drafters: &drafters, verifiers: &verifiers };
    tally.decide(round, who, &round.params, round.chosen_by_hand());
}
