//! Steering: what the user changes in the answer, in the selected round.

use super::commands::changeable;
use super::handles::handles;
use super::members::Members;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::run::{Change, Run};
use crate::engine::round::{Command, refusal};
use crate::playground::state::action::Action;
use crate::playground::state::answer::Answer;
use crate::playground::state::branches;
use crate::playground::state::entry::{Purpose, joined};
use crate::playground::state::keymap::Keymap;
use crate::playground::state::layout::Part;
use crate::playground::state::log::Level;
use crate::playground::state::message::{Effect, Listing};
use crate::playground::state::overlay::{Against, Overlay};
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::settings::Settings;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::picker::{Choice, Item, MemberAction, Picker, PickerKind};
use crate::playground::state::roster::Roster;
use crate::playground::state::scene::{figure, matrix};
use crate::playground::state::targets;
use crate::playground::state::tour::Tour;

/// How much one key press changes a weight.
const WEIGHT_STEP: f64 = 0.1;

handles! {
    /// What steering an answer may change.
    Steering
    changes answers: Answers, looking: Looking, writing: Writing, knobs: Knobs, roster: Roster, settings: Settings,
        notices: Notices;
    reads keymap: Keymap, tour: Option<Tour>;
}

impl Steering<'_> {
    pub(super) fn members(&mut self) -> Members<'_> {
        Members {
            answers: self.answers,
            looking: self.looking,
            knobs: self.knobs,
            roster: self.roster,
            settings: self.settings,
            notices: self.notices,
        }
    }

    fn changeable(&mut self) -> Option<&Run> {
        changeable(self.answers, self.looking, self.notices)
    }

    /// The segment accepted in the selected round; `None` while that round is open.
    fn segment_shown(&self) -> Option<SegmentId> {
        let (answer, round) = self.looking.shown(&self.answers.session);
        self.answers.segment_of(answer, round)
    }

    /// Lists the candidates of the selected round, to choose the winner from.
    pub(super) fn override_winner(&mut self) {
        if self.changeable().is_none() {
            return;
        }
        let (at, round) = self.looking.shown(&self.answers.session);
        let answer = self.answers.session.answer(at);
        let Some(round) = round.and_then(|round| answer.round(round)) else {
            return self.notices.say(Level::Info, "there is no round yet");
        };
        let matrix = matrix::matrix(answer, round, &round.params);
        let items = matrix.ranking.order.iter().map(|place| {
            let candidate = &matrix.candidates[*place];
            let author = candidate.authors.first().copied().unwrap_or(candidate.key);
            let score = matrix.ranking.scores[*place].map_or_else(DisplayText::new, figure);
            let text =
                if candidate.text.trim().is_empty() { "(the answer ends here)".into() } else { clean_line(&candidate.text) };
            let member = answer.run.member(author).header.name.to_string();
            Item {
                letters: candidate.authors.iter().map(|author| answer.letter(*author)).collect(),
                ..Item::new(
                    display!("{} {} {score}", answer.letter(author), answer.name(author)),
                    text,
                    Choice::Candidate { member, round: round.number },
                )
            }
        });
        let items: Vec<Item> = items.collect();
        if items.is_empty() {
            return self.notices.say(Level::Info, "there is no candidate in this round yet");
        }
        self.looking.overlay = Some(Overlay::List(Picker::new(PickerKind::Candidates, items)));
    }

    /// Opens the selected segment for editing.
    pub(super) fn edit_segment(&mut self) {
        if self.changeable().is_none() {
            return;
        }
        let Some(segment) = self.segment_shown() else {
            return self.notices.say(Level::Info, "nothing was accepted in this round yet: it can be changed then");
        };
        let text = self.answers.text_of(self.looking.shown(&self.answers.session)).unwrap_or_default();
        self.enter(Purpose::Edit(segment), text.trim_start_matches(' '));
    }

    /// Opens an editor for a segment: the next one, or one in place of the selected one.
    pub(super) fn write_segment(&mut self) {
        if self.changeable().is_none() {
            return;
        }
        let instead = self.looking.round.and_then(|_| self.segment_shown());
        self.enter(Purpose::Write(instead), "");
    }

    fn enter(&mut self, purpose: Purpose, text: &str) {
        match self.writing.segment.set(text) {
            Ok(()) => self.looking.overlay = Some(Overlay::Entry(purpose)),
            Err(error) => self.notices.say(Level::Error, &error.to_string()),
        }
    }

    /// Makes what was written part of the answer.
    pub(super) fn accept_entry(&mut self, purpose: Purpose) -> Vec<Effect> {
        let text = self.writing.segment.text();
        if text.trim().is_empty() {
            // It stays open: nothing the user meant is lost.
            self.notices.say(Level::Info, "a segment cannot be empty: write something, or take the round back instead");
            return Vec::new();
        }
        let Some(answer) = self.answers.session.newest() else { return Vec::new() };
        let command = match purpose {
            Purpose::Edit(segment) => Command::Edit { segment, text: joined_before(answer, Some(segment), &text) },
            Purpose::Write(segment) => Command::Write { segment, text: joined_before(answer, segment, &text) },
        };
        self.looking.overlay = None;
        self.writing.segment.clear();
        if self.refuses(&command) {
            return Vec::new();
        }
        self.members().command(vec![command])
    }

    /// Has all candidates of the selected round drawn again.
    pub(super) fn redraft_all(&mut self) -> Vec<Effect> {
        if self.changeable().is_none() {
            return Vec::new();
        }
        let Some(round) = self.number_shown() else {
            self.notices.say(Level::Info, "there is no round yet");
            return Vec::new();
        };
        self.notices.say(Level::Info, &format!("round {round}: all candidates are drawn again"));
        self.redraw(None)
    }

    fn redraw(&mut self, member: Option<String>) -> Vec<Effect> {
        let segment = self.segment_shown();
        self.looking.round = None;
        self.members().command(vec![Command::Redraft { member, segment }])
    }

    /// The number of the selected round.
    fn number_shown(&self) -> Option<usize> {
        let (answer, round) = self.looking.shown(&self.answers.session);
        self.answers.session.answer(answer).round(round?).map(|round| round.number)
    }

    /// Does this with the member of the focused pane. If none is focused the user chooses the member first: a key acts on nothing
    /// that is not marked.
    pub(super) fn with_member(&mut self, action: MemberAction) -> Vec<Effect> {
        let Some(members) = self.changeable().map(|run| run.members.len()) else { return Vec::new() };
        match self.looking.focus {
            Part::Pane(member) if member.0 < members => self.do_with(action, member),
            Part::Pane(_) | Part::Ranking | Part::Transcript => {
                let (at, round) = self.looking.shown(&self.answers.session);
                let answer = self.answers.session.answer(at);
                let picker = targets::picker(answer, round.and_then(|round| answer.round(round)), action);
                self.looking.overlay = Some(Overlay::List(picker));
                Vec::new()
            }
        }
    }

    /// Does this with a member.
    pub(super) fn do_with(&mut self, action: MemberAction, member: MemberIndex) -> Vec<Effect> {
        match action {
            MemberAction::Redraft => self.redraft(member),
            MemberAction::SendAway => self.send_away_or_back(member),
            MemberAction::Lighter => self.weigh(member, -1.0),
            MemberAction::Heavier => self.weigh(member, 1.0),
            MemberAction::Copy => Vec::new(),
        }
    }

    fn redraft(&mut self, member: MemberIndex) -> Vec<Effect> {
        let Some(run) = self.changeable() else { return Vec::new() };
        let Some(name) = run.members.get(member.0).map(|member| member.header.name.to_string()) else { return Vec::new() };
        let Some(round) = self.number_shown() else {
            self.notices.say(Level::Info, "there is no round yet");
            return Vec::new();
        };
        self.notices.say(Level::Info, &format!("round {round}: the candidate of {name} is drawn again"));
        self.redraw(Some(name))
    }

    fn send_away_or_back(&mut self, member: MemberIndex) -> Vec<Effect> {
        let Some(run) = self.changeable() else { return Vec::new() };
        let Some(member) = run.members.get(member.0) else { return Vec::new() };
        let (name, active) = (member.header.name.to_string(), member.is_active());
        let command = if active { Command::Exclude { member: name.clone() } } else { Command::Readmit { member: name.clone() } };
        if self.refuses(&command) {
            return Vec::new();
        }
        self.notices.say(Level::Info, &format!("{} {name}", if active { "sent away:" } else { "back from the next round on:" }));
        self.members().command(vec![command])
    }

    fn weigh(&mut self, member: MemberIndex, direction: f64) -> Vec<Effect> {
        let Some(run) = self.changeable() else { return Vec::new() };
        let now = run.weights().now().get(member.0).copied().unwrap_or(1.0);
        let Some(name) = run.members.get(member.0).map(|member| member.header.name.to_string()) else { return Vec::new() };
        let weight = ((now + direction * WEIGHT_STEP) * 10.0).round().max(0.0) / 10.0;
        if (weight - now).abs() < f64::EPSILON {
            self.notices.say(Level::Info, &format!("the weight of {name} is {weight} already, and cannot be lower"));
            return Vec::new();
        }
        self.notices.say(Level::Info, &format!("the weight of {name} is {weight} from the next round on (it was {now:.1})"));
        self.members().command(vec![Command::SetWeight { member: name, weight }])
    }

    /// Undoes or redoes a change.
    pub(super) fn change_back(&mut self, redo: bool) -> Vec<Effect> {
        let Some(run) = self.changeable() else { return Vec::new() };
        let change = if redo { run.history.redoable() } else { run.history.undoable() };
        let Some(what) = change.map(Change::what) else {
            self.notices.say(Level::Info, if redo { "nothing was taken back" } else { "nothing was changed yet" });
            return Vec::new();
        };
        self.notices.say(Level::Info, &format!("{}: {what}", if redo { "done again" } else { "taken back" }));
        self.members().command(vec![if redo { Command::Redo } else { Command::Undo }])
    }

    /// Goes back to before the selected round and pauses the run, so that something else can be tried.
    pub(super) fn rewind(&mut self) -> Vec<Effect> {
        if self.changeable().is_none() {
            return Vec::new();
        }
        let Some(number) = self.looking.taken_back(&self.answers.session) else {
            self.notices.say(Level::Info, "there is no round to take back yet");
            return Vec::new();
        };
        let (go_on, branches) = (self.keymap.key(Action::RunPause), self.keymap.key(Action::Branches));
        self.notices.say(
            Level::Info,
            &format!("round {number} and those after it are taken back and kept (`{branches}`): change something, then `{go_on}` goes on"),
        );
        self.members().command(vec![Command::Pause, Command::Rewind { to_round: number - 1 }])
    }

    /// Lists the branches to go to.
    pub(super) fn branches(&mut self) {
        if self.changeable().is_none() {
            return;
        }
        if let Some(answer) = self.answers.session.newest() {
            let picker = branches::picker(answer);
            self.looking.overlay = Some(Overlay::List(picker));
        }
    }

    /// Lists what this branch can be compared with: other branches, and recorded runs.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        let (at, _) = self.looking.shown(&self.answers.session);
        let Some(answer) = self.answers.session.answers().get(at) else {
            self.notices.say(Level::Info, "there is no answer to compare yet");
            return Vec::new();
        };
        let mut items = branches::list(answer, PickerKind::Compare, Choice::AgainstBranch);
        // The tour's own recordings tell its audience nothing.
        match items.as_slice() {
            [] if self.tour.is_some() => {
                let (rewind, go_on) = (self.keymap.key(Action::Rewind), self.keymap.key(Action::RunPause));
                let text = format!(
                    "there is only one answer yet: `{rewind}` takes a round back, then change something, and `{go_on}` writes a second"
                );
                self.notices.say(Level::Info, &text);
                return Vec::new();
            }
            [Item { choice: Choice::AgainstBranch(segment), .. }] if self.tour.is_some() => {
                self.looking.compare_with(Against::Branch(*segment));
                return Vec::new();
            }
            _ => {}
        }
        if items.is_empty() {
            return vec![Effect::ListTraces(Listing::Compare)];
        }
        items.push(Item::new("a recorded run …", "any that was kept", Choice::AgainstRecorded));
        self.looking.overlay = Some(Overlay::List(Picker::new(PickerKind::Compare, items)));
        Vec::new()
    }

    /// Makes this member's candidate the winner.
    pub(super) fn choose_candidate(&mut self, member: &str, round: usize) -> Vec<Effect> {
        let (at, _) = self.looking.shown(&self.answers.session);
        let place = self.answers.session.answer(at).run.rounds.iter().position(|known| known.number == round);
        let command = Command::Override { segment: self.answers.segment_of(at, place), member: member.to_owned() };
        if self.refuses(&command) {
            return Vec::new();
        }
        self.notices.say(Level::Info, &format!("round {round}: you chose the candidate of {member}"));
        self.looking.round = None;
        self.members().command(vec![command])
    }

    /// Whether the run refuses this, which is then said. A finished run stays so: it is not resumed for what changes nothing.
    fn refuses(&mut self, command: &Command) -> bool {
        let Some(run) = self.changeable() else { return true };
        let Err(why) = refusal::check(run, command) else { return false };
        self.notices.say(Level::Info, &why.to_string());
        true
    }

    /// Goes to the end of another branch.
    pub(super) fn go_to_branch(&mut self, segment: SegmentId) -> Vec<Effect> {
        if self.answers.session.newest().is_some_and(|answer| answer.run.tree.head() == segment) {
            self.notices.say(Level::Info, "the answer is on this branch already");
            return Vec::new();
        }
        self.looking.round = None;
        self.members().command(vec![Command::Pause, Command::GoTo { segment }])
    }
}

/// A text as it follows what comes before a segment, or the end.
fn joined_before(answer: &Answer, segment: Option<SegmentId>, text: &str) -> String {
    let tree = &answer.run.tree;
    let end = segment.map_or(tree.head(), |segment| tree.node(segment).map_or(SegmentId::QUESTION, |node| node.parent));
    let before: String =
        tree.rounds(end).iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| &*accepted.text).collect();
    joined(&before, text)
}
