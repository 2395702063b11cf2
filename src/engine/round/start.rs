//! Before the first round: which members cannot take part, and which only verify.

use super::Machine;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, Role};
use crate::engine::member::MemberError;

impl Machine {
    /// Starts the run. These members cannot take part, or cannot yet.
    pub(super) fn start(&mut self, unprepared: Vec<(MemberIndex, MemberError)>) {
        self.emit(Event::RunStarted(Box::new(self.run.header.clone())));
        self.leave_out(unprepared);
        self.name_base_models();
        self.next_round();
    }

    /// Warns that base models do not draft beside chat models, since the user did not ask for that. By measurement their drafts
    /// echo the question more often than they answer it, while their scores do no harm.
    fn name_base_models(&mut self) {
        let drafters: Vec<MemberIndex> = self.run.drafters().collect();
        let places = (0..self.run.members.len()).map(MemberIndex);
        let quiet = |place: &MemberIndex| {
            let member = self.run.member(*place);
            member.is_active() && member.header.role == Role::Auto && !drafters.contains(place)
        };
        for member in places.filter(quiet).collect::<Vec<_>>() {
            let name = self.name(member);
            let text = format!(
                "{name} is a base model (it has no chat template): it verifies, and does not draft beside models made for \
                 conversation; with the role `both` (--role {name}=both) it does"
            );
            self.emit(Event::Warning { text });
        }
    }
}
