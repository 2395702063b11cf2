//! What each action does, one line each.

use super::asking::Asking;
use super::heat_map::Sweeping;
use super::keeping::Keeping;
use super::leaving::Leaving;
use super::lengths::Comparing;
use super::lists::Lists;
use super::looking::Viewing;
use super::recorded::Recordings;
use super::roster::Composing;
use super::running::Running;
use super::scrolling::Scrolling;
use super::steering::Steering;
use super::tour::Touring;
use super::tuning::Tuning;
use crate::playground::state::State;
use crate::playground::state::action::Action;
use crate::playground::state::heat_map::Direction;
use crate::playground::state::message::{Effect, Listing};
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::picker::MemberAction;

/// The result of an action: effects, or nothing to do outside.
trait Outcome {
    fn effects(self) -> Vec<Effect>;
}

impl Outcome for () {
    fn effects(self) -> Vec<Effect> {
        Vec::new()
    }
}

impl Outcome for Vec<Effect> {
    fn effects(self) -> Vec<Effect> {
        self
    }
}

impl Outcome for Effect {
    fn effects(self) -> Vec<Effect> {
        vec![self]
    }
}

macro_rules! table {
    ($state:ident: $($action:pat => $does:expr,)*) => {
        /// Performs an action.
        pub(super) fn act($state: &mut State, action: Action) -> Vec<Effect> {
            use Action::*;
            match action {
                $($action => Outcome::effects($does),)*
            }
        }
    };
}

table! { state:
    Write => Asking::from(state).write(),
    LeavePrompt => Asking::from(state).leave_text(),
    Send => state.send_text(),
    NewLine => Asking::from(state).new_line(),
    EarlierQuestion => Asking::from(state).text().earlier(),
    LaterQuestion => Asking::from(state).text().later(),
    Edit => Effect::Edit(Asking::from(state).text().text()),
    Again => Asking::from(state).again(true),
    AgainSameSeed => Asking::from(state).again(false),
    NewConversation => Asking::from(state).new_conversation(),
    RunPause => state.next_moment().unwrap_or_else(|| Running::from(state).run_pause()),
    Step => Running::from(state).step(),
    Stop => Running::from(state).stop(),
    Slower => Running::from(state).change_speed(-1),
    Faster => Running::from(state).change_speed(1),
    ChangeLinger => Running::from(state).change_linger(),
    Override => Steering::from(state).override_winner(),
    EditSegment => Steering::from(state).edit_segment(),
    WriteSegment => Steering::from(state).write_segment(),
    Redraft => Steering::from(state).with_member(MemberAction::Redraft),
    RedraftAll => Steering::from(state).redraft_all(),
    SendAway => Steering::from(state).with_member(MemberAction::SendAway),
    Lighter => Steering::from(state).with_member(MemberAction::Lighter),
    Heavier => Steering::from(state).with_member(MemberAction::Heavier),
    Undo => Steering::from(state).change_back(false),
    Redo => Steering::from(state).change_back(true),
    Rewind => Steering::from(state).rewind(),
    Branches => Steering::from(state).branches(),
    Compare => Steering::from(state).compare(),
    PreviousRound => Viewing::from(state).previous_round(),
    NextRound => Viewing::from(state).next_round(),
    Back => Recordings::from(state).back(),
    ScrollUp => Scrolling::from(state).scroll(-1),
    ScrollDown => Scrolling::from(state).scroll(1),
    HalfPageUp => Scrolling::from(state).by_half_page(-1),
    HalfPageDown => Scrolling::from(state).by_half_page(1),
    PageUp => Scrolling::from(state).by_page(-1),
    PageDown => Scrolling::from(state).by_page(1),
    Top => Scrolling::from(state).scroll(isize::MIN / 2),
    End => Scrolling::from(state).scroll(isize::MAX / 2),
    FocusNext => Scrolling::from(state).focus_by(1),
    FocusPrevious => Scrolling::from(state).focus_by(-1),
    Pane(number) => Scrolling::from(state).focus_pane(number),
    Zoom => state.fill_the_screen(|looking| looking.zoomed = !looking.zoomed),
    Votes => state.fill_the_screen(Looking::votes),
    Present => state.present(),
    Heat => Viewing::from(state).shade(),
    Provenance => state.settings.authors = !state.settings.authors,
    Open(page) => Viewing::from(state).open(page),
    CopyAnswer => Keeping::from(state).copy("the answer", Keeping::answer),
    CopySegment => Keeping::from(state).copy("the segment", Keeping::segment),
    CopyCandidate => Keeping::from(state).copy_candidate(),
    SaveTrace => Keeping::from(state).save_trace(),
    Export => Keeping::from(state).export(),
    OpenTrace => Effect::ListTraces(Listing::Open),
    TourNext => Touring::from(state).tour_by(1),
    TourBack => Touring::from(state).tour_by(-1),
    Palette => super::lists::palette(state),
    FindHelp => Lists::from(state).find_help(),
    Themes => Lists::from(state).themes(),
    Roster => Composing::from(state).roster(),
    Mouse => Viewing::from(state).toggle_mouse(),
    Redraw => Effect::Redraw,
    Suspend => Effect::Suspend,
    Quit => state.quit(),
    QuitAtOnce => Leaving::from(state).quit_at_once(),
    ListUp => Lists::from(state).move_mark(-1),
    ListDown => Lists::from(state).move_mark(1),
    Choose => state.choose(),
    ClearTyped => Lists::from(state).clear_typed(),
    CloseList => Lists::from(state).close_list(),
    RosterUp => Composing::from(state).roster_move(-1),
    RosterDown => Composing::from(state).roster_move(1),
    RosterToggle => Composing::from(state).roster_toggle(),
    RosterRole => Composing::from(state).roster_role(),
    RosterHeavier => Composing::from(state).roster_weight(1.0),
    RosterLighter => Composing::from(state).roster_weight(-1.0),
    RosterConnect => Composing::from(state).roster_connect(),
    RosterScan => Composing::from(state).scan(),
    RosterTake => Composing::from(state).roster_take(),
    MapUp => Sweeping::from(state).map_move(Direction::Up),
    MapDown => Sweeping::from(state).map_move(Direction::Down),
    MapLeft => Sweeping::from(state).map_move(Direction::Left),
    MapRight => Sweeping::from(state).map_move(Direction::Right),
    MapOpen => Sweeping::from(state).map_open(),
    MapApply => super::heat_map::apply(state),
    MapMetric => Sweeping::from(state).next_metric(),
    Sweep => Sweeping::from(state).sweep(),
    SweepStop => Sweeping::from(state).sweep_stop(),
    LengthsLeft => Comparing::from(state).move_by(-1),
    LengthsRight => Comparing::from(state).move_by(1),
    LengthsUp => Scrolling::from(state).scroll(-1),
    LengthsDown => Scrolling::from(state).scroll(1),
    LengthsKeep => super::lengths::keep(state),
    LengthsOpen => Comparing::from(state).open(),
    LengthsStart => Comparing::from(state).start(),
    LengthsStop => Comparing::from(state).stop(),
    Tune | TuneClose => Tuning::from(state).tune(),
    SegmentShorter => Tuning::from(state).segment_length(-1),
    SegmentLonger => Tuning::from(state).segment_length(1),
    ThresholdLower => Tuning::from(state).exit_threshold(-1),
    ThresholdHigher => Tuning::from(state).exit_threshold(1),
    TuneUp => Tuning::from(state).tune_move(-1),
    TuneDown => Tuning::from(state).tune_move(1),
    TuneLower => Tuning::from(state).tune_by(-1),
    TuneHigher => Tuning::from(state).tune_by(1),
    TuneDefault => Tuning::from(state).tune_default(),
    TuneDefaults => Tuning::from(state).tune_defaults(),
    TuneMore => Tuning::from(state).tune_more(),
    TuneFind => Tuning::from(state).tune_find(),
    TuneApply => Tuning::from(state).tune_apply(),
    TuneForget => Tuning::from(state).tune_forget(),
    Yes => Effect::Quit,
    RosterClose | MapClose | LengthsClose | No => state.looking.overlay = None,
}
