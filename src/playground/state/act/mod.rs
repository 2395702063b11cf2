//! What each action does: the one place that knows all of them; each kind has a file of its own.

mod asking;
mod heat_map;
mod keeping;
mod leaving;
mod lists;
mod looking;
mod roster;
mod running;
mod steering;
mod tour;
mod tuning;

use super::State;
use super::action::Action;
use super::heat_map::Direction;
use super::message::{Effect, Listing};
use super::overlay::{Overlay, Scroll};

impl State {
    /// Does what an action says.
    #[allow(clippy::too_many_lines, reason = "a line for every action there is")]
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::QuitAtOnce {
            self.leaving = false;
        }
        match action {
            Action::Write => self.write(),
            Action::LeavePrompt => self.leave_text(),
            Action::Send => return self.send_text(),
            Action::NewLine => self.new_line(),
            Action::EarlierQuestion => self.text().earlier(),
            Action::LaterQuestion => self.text().later(),
            Action::Edit => return vec![Effect::Edit(self.text().text())],
            Action::Again => return self.again(true),
            Action::AgainSameSeed => return self.again(false),
            Action::NewConversation => return self.new_conversation(),
            Action::RunPause => return self.run_pause(),
            Action::Step => return self.step(),
            Action::Stop => return self.stop(),
            Action::Slower => return self.change_speed(-1),
            Action::Faster => return self.change_speed(1),
            Action::Override => self.override_winner(),
            Action::EditSegment => self.edit_segment(),
            Action::WriteSegment => self.write_segment(),
            Action::Redraft => return self.redraft(false),
            Action::RedraftAll => return self.redraft(true),
            Action::SendAway => return self.send_away_or_back(),
            Action::Lighter => return self.weigh(-1.0),
            Action::Heavier => return self.weigh(1.0),
            Action::Undo => return self.change_back(false),
            Action::Redo => return self.change_back(true),
            Action::Rewind => return self.rewind(),
            Action::Branches => self.branches(),
            Action::Compare => return self.compare(),
            Action::PreviousRound => self.previous_round(),
            Action::NextRound => self.next_round(),
            Action::Back => self.back(),
            Action::ScrollUp => self.scroll(-1),
            Action::ScrollDown => self.scroll(1),
            Action::HalfPageUp => self.scroll(-self.half_page()),
            Action::HalfPageDown => self.scroll(self.half_page()),
            Action::PageUp => self.scroll(-self.page()),
            Action::PageDown => self.scroll(self.page()),
            Action::Top => self.scroll(isize::MIN / 2),
            Action::End => self.scroll(isize::MAX / 2),
            Action::FocusNext => self.focus_by(1),
            Action::FocusPrevious => self.focus_by(-1),
            Action::Pane(number) => self.focus_pane(number),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Heat => self.shade(),
            Action::Provenance => self.settings.authors = !self.settings.authors,
            Action::Why => self.toggle(Overlay::Why(Scroll::default())),
            Action::Chart => self.chart(),
            Action::Single => self.toggle(Overlay::Single(Scroll::default())),
            Action::Waterfall => self.waterfall(),
            Action::Log => self.toggle(Overlay::Log(Scroll::default())),
            Action::HeatMap => self.heat_map(),
            Action::Help => self.toggle(Overlay::Help(Scroll::default())),
            Action::CopyAnswer => return self.copy("the answer", |state| state.session.newest().map(|play| play.run.answer())),
            Action::CopySegment => return self.copy("the segment", Self::segment),
            Action::CopyCandidate => return self.copy("the candidate", Self::candidate),
            Action::SaveTrace => return self.save_trace(),
            Action::Export => self.export(),
            Action::OpenTrace => return vec![Effect::ListTraces(Listing::Open)],
            Action::TourNext => return self.tour_by(1),
            Action::TourBack => return self.tour_by(-1),
            Action::Palette => self.palette(),
            Action::Themes => self.themes(),
            Action::Roster => return self.roster(),
            Action::Mouse => return self.toggle_mouse(),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return self.quit(),
            Action::QuitAtOnce => return self.quit_at_once(),
            Action::ListUp => return self.move_mark(-1),
            Action::ListDown => return self.move_mark(1),
            Action::Choose => return self.choose(),
            Action::ClearTyped => return self.clear_typed(),
            Action::CloseList => return self.close_list(),
            Action::RosterUp => self.roster_move(-1),
            Action::RosterDown => self.roster_move(1),
            Action::RosterToggle => return self.roster_toggle(),
            Action::RosterRole => self.roster_role(),
            Action::RosterHeavier => self.roster_weight(1.0),
            Action::RosterLighter => self.roster_weight(-1.0),
            Action::RosterConnect => return self.roster_connect(),
            Action::RosterScan => return self.scan(),
            Action::RosterTake => return self.roster_take(),
            Action::MapUp => self.map_move(Direction::Up),
            Action::MapDown => self.map_move(Direction::Down),
            Action::MapLeft => self.map_move(Direction::Left),
            Action::MapRight => self.map_move(Direction::Right),
            Action::MapOpen => return self.map_open(),
            Action::Sweep => return self.sweep(),
            Action::SweepStop => return self.sweep_stop(),
            Action::Tune | Action::TuneClose => self.tune(),
            Action::SegmentShorter => return self.segment_length(-1),
            Action::SegmentLonger => return self.segment_length(1),
            Action::ThresholdLower => return self.exit_threshold(-1),
            Action::ThresholdHigher => return self.exit_threshold(1),
            Action::TuneUp => self.tune_move(-1),
            Action::TuneDown => self.tune_move(1),
            Action::TuneLower => self.tune_by(-1),
            Action::TuneHigher => self.tune_by(1),
            Action::TuneDefault => self.tune_default(),
            Action::TuneDefaults => self.tune_defaults(),
            Action::TuneApply => return self.tune_apply(),
            Action::TuneForget => self.tune_forget(),
            Action::Yes => return vec![Effect::Quit],
            Action::RosterClose | Action::MapClose | Action::No => self.overlay = None,
        }
        Vec::new()
    }
}
