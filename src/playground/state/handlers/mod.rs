//! What each action does: the one place that knows all of them. A handler is given the parts of the state that it may touch, by
//! the type of its kind, and no others.

pub(super) mod asking;
mod commands;
pub(super) mod heat_map;
mod keeping;
mod leaving;
mod lists;
mod looking;
pub(super) mod members;
pub(super) mod mouse;
pub(super) mod recorded;
pub(super) mod records;
mod roster;
pub mod running;
mod scrolling;
mod steering;
pub(super) mod tour;
mod tuning;
pub(super) mod typing;

use std::path::PathBuf;

use super::State;
use super::action::Action;
use super::heat_map::Direction;
use super::message::{Effect, Listing};
use super::overlay::{Against, Overlay};
use super::picker::{Choice, PickerKind};
use asking::Asking;
use heat_map::Sweeping;
use keeping::Keeping;
use leaving::Leaving;
use lists::Lists;
use looking::Viewing;
use recorded::open;
use roster::Composing;
use running::Running;
use scrolling::Scrolling;
use steering::Steering;
use tour::Touring;
use tuning::Tuning;

impl State {
    /// Does what an action says.
    #[allow(clippy::too_many_lines, reason = "a line for every action there is")]
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::QuitAtOnce {
            self.pressed.leaving = false;
        }
        match action {
            Action::Write => Asking::from(self).write(),
            Action::LeavePrompt => Asking::from(self).leave_text(),
            Action::Send => return self.send_text(),
            Action::NewLine => Asking::from(self).new_line(),
            Action::EarlierQuestion => Asking::from(self).text().earlier(),
            Action::LaterQuestion => Asking::from(self).text().later(),
            Action::Edit => return vec![Effect::Edit(Asking::from(self).text().text())],
            Action::Again => return Asking::from(self).again(true),
            Action::AgainSameSeed => return Asking::from(self).again(false),
            Action::NewConversation => return Asking::from(self).new_conversation(),
            Action::RunPause => return Running::from(self).run_pause(),
            Action::Step => return Running::from(self).step(),
            Action::Stop => return Running::from(self).stop(),
            Action::Slower => return Running::from(self).change_speed(-1),
            Action::Faster => return Running::from(self).change_speed(1),
            Action::Override => Steering::from(self).override_winner(),
            Action::EditSegment => Steering::from(self).edit_segment(),
            Action::WriteSegment => Steering::from(self).write_segment(),
            Action::Redraft => return Steering::from(self).redraft(false),
            Action::RedraftAll => return Steering::from(self).redraft(true),
            Action::SendAway => return Steering::from(self).send_away_or_back(),
            Action::Lighter => return Steering::from(self).weigh(-1.0),
            Action::Heavier => return Steering::from(self).weigh(1.0),
            Action::Undo => return Steering::from(self).change_back(false),
            Action::Redo => return Steering::from(self).change_back(true),
            Action::Rewind => return Steering::from(self).rewind(),
            Action::Branches => Steering::from(self).branches(),
            Action::Compare => return Steering::from(self).compare(),
            Action::PreviousRound => Viewing::from(self).previous_round(),
            Action::NextRound => Viewing::from(self).next_round(),
            Action::Back => Viewing::from(self).back(),
            Action::ScrollUp => Scrolling::from(self).scroll(-1),
            Action::ScrollDown => Scrolling::from(self).scroll(1),
            Action::HalfPageUp => Scrolling::from(self).by_half_page(-1),
            Action::HalfPageDown => Scrolling::from(self).by_half_page(1),
            Action::PageUp => Scrolling::from(self).by_page(-1),
            Action::PageDown => Scrolling::from(self).by_page(1),
            Action::Top => Scrolling::from(self).scroll(isize::MIN / 2),
            Action::End => Scrolling::from(self).scroll(isize::MAX / 2),
            Action::FocusNext => Scrolling::from(self).focus_by(1),
            Action::FocusPrevious => Scrolling::from(self).focus_by(-1),
            Action::Pane(number) => Scrolling::from(self).focus_pane(number),
            Action::Zoom => self.looking.zoomed = !self.looking.zoomed,
            Action::Heat => Viewing::from(self).shade(),
            Action::Provenance => self.settings.authors = !self.settings.authors,
            Action::Open(page) => Viewing::from(self).open(page),
            Action::CopyAnswer => return Keeping::from(self).copy("the answer", Keeping::answer),
            Action::CopySegment => return Keeping::from(self).copy("the segment", Keeping::segment),
            Action::CopyCandidate => return Keeping::from(self).copy("the candidate", Keeping::candidate),
            Action::SaveTrace => return Keeping::from(self).save_trace(),
            Action::Export => Keeping::from(self).export(),
            Action::OpenTrace => return vec![Effect::ListTraces(Listing::Open)],
            Action::TourNext => return Touring::from(self).tour_by(1),
            Action::TourBack => return Touring::from(self).tour_by(-1),
            Action::Palette => Lists::from(self).palette(),
            Action::Themes => Lists::from(self).themes(),
            Action::Roster => return Composing::from(self).roster(),
            Action::Mouse => return Viewing::from(self).toggle_mouse(),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return Leaving::from(self).quit(),
            Action::QuitAtOnce => return Leaving::from(self).quit_at_once(),
            Action::ListUp => return Lists::from(self).move_mark(-1),
            Action::ListDown => return Lists::from(self).move_mark(1),
            Action::Choose => return self.choose(),
            Action::ClearTyped => return Lists::from(self).clear_typed(),
            Action::CloseList => return Lists::from(self).close_list(),
            Action::RosterUp => Composing::from(self).roster_move(-1),
            Action::RosterDown => Composing::from(self).roster_move(1),
            Action::RosterToggle => return Composing::from(self).roster_toggle(),
            Action::RosterRole => Composing::from(self).roster_role(),
            Action::RosterHeavier => Composing::from(self).roster_weight(1.0),
            Action::RosterLighter => Composing::from(self).roster_weight(-1.0),
            Action::RosterConnect => return Composing::from(self).roster_connect(),
            Action::RosterScan => return Composing::from(self).scan(),
            Action::RosterTake => return Composing::from(self).roster_take(),
            Action::MapUp => Sweeping::from(self).map_move(Direction::Up),
            Action::MapDown => Sweeping::from(self).map_move(Direction::Down),
            Action::MapLeft => Sweeping::from(self).map_move(Direction::Left),
            Action::MapRight => Sweeping::from(self).map_move(Direction::Right),
            Action::MapOpen => return Sweeping::from(self).map_open(),
            Action::Sweep => return Sweeping::from(self).sweep(),
            Action::SweepStop => return Sweeping::from(self).sweep_stop(),
            Action::Tune | Action::TuneClose => Tuning::from(self).tune(),
            Action::SegmentShorter => return Tuning::from(self).segment_length(-1),
            Action::SegmentLonger => return Tuning::from(self).segment_length(1),
            Action::ThresholdLower => return Tuning::from(self).exit_threshold(-1),
            Action::ThresholdHigher => return Tuning::from(self).exit_threshold(1),
            Action::TuneUp => Tuning::from(self).tune_move(-1),
            Action::TuneDown => Tuning::from(self).tune_move(1),
            Action::TuneLower => Tuning::from(self).tune_by(-1),
            Action::TuneHigher => Tuning::from(self).tune_by(1),
            Action::TuneDefault => Tuning::from(self).tune_default(),
            Action::TuneDefaults => Tuning::from(self).tune_defaults(),
            Action::TuneApply => return Tuning::from(self).tune_apply(),
            Action::TuneForget => Tuning::from(self).tune_forget(),
            Action::Yes => return vec![Effect::Quit],
            Action::RosterClose | Action::MapClose | Action::No => self.looking.overlay = None,
        }
        Vec::new()
    }

    fn send_text(&mut self) -> Vec<Effect> {
        match self.looking.overlay {
            Some(Overlay::Entry(purpose)) => Steering::from(self).accept_entry(purpose),
            Some(_) | None => Asking::from(self).send(),
        }
    }

    /// Takes the marked entry of the list, or what was typed into it.
    fn choose(&mut self) -> Vec<Effect> {
        let Some(Overlay::List(picker)) = self.looking.overlay.take() else { return Vec::new() };
        let typed = picker.typed.trim();
        match (picker.choice().cloned(), picker.kind) {
            (Some(Choice::Action(action)), _) => self.act(action),
            (Some(Choice::Theme(name)), _) => {
                self.settings.theme.clone_from(&name);
                vec![Effect::UseTheme(name)]
            }
            (Some(Choice::Trace(path)), _) => open(&self.answers, &mut self.notices, path),
            (Some(Choice::Candidate { member, segment }), _) => Steering::from(self).choose_candidate(member, segment),
            (Some(Choice::Branch(segment)), _) => Steering::from(self).go_to_branch(segment),
            (Some(Choice::AgainstBranch(segment)), _) => {
                self.looking.compare_with(Against::Branch(segment));
                Vec::new()
            }
            (Some(Choice::AgainstRecorded), _) => vec![Effect::ListTraces(Listing::Compare)],
            (Some(Choice::AgainstRun(path)), _) => vec![Effect::Read(path)],
            (None, PickerKind::ExportAs) if !typed.is_empty() => Keeping::from(self).export_as(PathBuf::from(typed)),
            (None, PickerKind::Against) if !typed.is_empty() => vec![Effect::Read(PathBuf::from(typed))],
            (None, PickerKind::Traces) if !typed.is_empty() => open(&self.answers, &mut self.notices, PathBuf::from(typed)),
            (None, PickerKind::SaveAs) if !typed.is_empty() => vec![Effect::SaveTrace(PathBuf::from(typed))],
            (
                None,
                PickerKind::Traces
                | PickerKind::SaveAs
                | PickerKind::ExportAs
                | PickerKind::Commands
                | PickerKind::Themes
                | PickerKind::Candidates
                | PickerKind::Branches
                | PickerKind::Compare
                | PickerKind::Against,
            ) => Vec::new(),
        }
    }
}
