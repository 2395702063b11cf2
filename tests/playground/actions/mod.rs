//! Every key of the help screen does what its line says: one case for every row of the table of actions.
//!
//! [`case`] matches without a default, so that an action without a case does not compile; each case is played once for every key
//! of its row, so that an additional key cannot do something else.

#![allow(clippy::needless_pass_by_value, reason = "each check of the table takes what it may go on pressing keys in")]

mod asking;
mod heat_map;
mod lengths;
mod looking;
mod program;
mod roster;
mod steering;
mod tour;
mod tuning;

use specfuse::playground::state::action::{ACTIONS, Action, Context};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::{Effect, Listing, Screen};

use super::support::{self, press};

/// A pressed key, and its result.
struct Pressed<'a> {
    action: Action,
    /// As the table writes it.
    key: &'a str,
    before: &'a Screen,
    after: Screen,
    effects: Vec<Effect>,
}

/// Where the key is pressed, and what it must have done.
type Case = (fn() -> Screen, fn(Pressed));

#[allow(clippy::too_many_lines, reason = "a line an action")]
fn case(action: Action) -> Case {
    match action {
        Action::Write => (idle_keys, asking::write),
        Action::LeavePrompt => (asking::written, asking::leave_prompt),
        Action::Send => (asking::written, asking::send),
        Action::NewLine => (asking::written, asking::new_line),
        Action::EarlierQuestion => (asking::with_history, asking::earlier),
        Action::LaterQuestion => (asking::in_history, asking::later),
        Action::Edit => (asking::written, asking::edit),
        Action::Again => (answered, asking::again),
        Action::AgainSameSeed => (answered, asking::again_same_seed),
        Action::NewConversation => (answered, asking::new_conversation),
        Action::RunPause => (answering, asking::pause),
        Action::Step => (answering, asking::step),
        Action::Stop => (answering, asking::stop),
        Action::Slower => (idle_keys, asking::slower),
        Action::Faster => (idle_keys, asking::faster),
        Action::ChangeLinger => (answering, asking::change_linger),
        Action::Override => (steering::looking_back, steering::override_winner),
        Action::EditSegment => (steering::looking_back, steering::edit_segment),
        Action::WriteSegment => (steering::looking_back, steering::write_segment),
        Action::Redraft => (steering::on_a_pane, steering::redraft),
        Action::RedraftAll => (steering::looking_back, steering::redraft_all),
        Action::SendAway => (steering::on_a_pane, steering::send_away),
        Action::Lighter => (steering::on_a_pane, steering::lighter),
        Action::Heavier => (steering::on_a_pane, steering::heavier),
        Action::Undo => (steering::something_changed, steering::undo),
        Action::Redo => (steering::something_taken_back, steering::redo),
        Action::Rewind => (steering::looking_back, steering::rewind),
        Action::Branches => (steering::branched, steering::branches),
        Action::Compare => (steering::branched, steering::compare),
        Action::PreviousRound => (answered, looking::previous_round),
        Action::NextRound => (looking::at_the_first_round, looking::next_round),
        Action::Back => (looking::with_everything_open, looking::back),
        Action::FocusNext => (answered, looking::focus_next),
        Action::FocusPrevious => (answered, looking::focus_previous),
        Action::Pane(_) => (looking::nine_members, looking::pane),
        Action::Zoom => (answered, looking::zoom),
        Action::Votes => (answered, looking::votes),
        Action::ScrollUp => (looking::long, looking::scroll_up),
        Action::ScrollDown => (looking::long_at_the_top, looking::scroll_down),
        Action::HalfPageUp => (looking::long, looking::half_page_up),
        Action::HalfPageDown => (looking::long_at_the_top, looking::half_page_down),
        Action::PageUp => (looking::long, looking::page_up),
        Action::PageDown => (looking::long_at_the_top, looking::page_down),
        Action::Top => (looking::long, looking::top),
        Action::End => (looking::long_at_the_top, looking::end),
        Action::Present => (answered, looking::present),
        Action::Heat => (answered, looking::heat),
        Action::Provenance => (answered, looking::provenance),
        Action::Open(Page::Why) => (answered, looking::why),
        Action::Open(Page::Retention) => (answered, looking::chart),
        Action::Open(Page::Single) => (answered, looking::single),
        Action::Open(Page::RoundTime) => (answered, looking::waterfall),
        Action::Open(Page::Log) => (answered, looking::log),
        Action::Open(Page::HeatMap) => (answered, heat_map::opens),
        Action::MapUp => (heat_map::going, heat_map::up),
        Action::MapDown => (heat_map::going, heat_map::down),
        Action::MapLeft => (heat_map::going, heat_map::left),
        Action::MapRight => (heat_map::going, heat_map::right),
        Action::MapOpen => (heat_map::going, heat_map::open),
        Action::MapApply => (heat_map::going, heat_map::apply),
        Action::MapMetric => (heat_map::going, heat_map::metric),
        Action::Sweep => (heat_map::offered, heat_map::sweep),
        Action::SweepStop => (heat_map::going, heat_map::stop),
        Action::MapClose => (heat_map::going, heat_map::close),
        Action::Open(Page::Lengths) => (answered, lengths::opens),
        Action::LengthsLeft => (lengths::going, lengths::left),
        Action::LengthsRight => (lengths::going, lengths::right),
        Action::LengthsUp => (lengths::long, lengths::up),
        Action::LengthsDown => (lengths::long, lengths::down),
        Action::LengthsKeep => (lengths::done, lengths::keep),
        Action::LengthsOpen => (lengths::done, lengths::open),
        Action::LengthsStart => (lengths::offered, lengths::start),
        Action::LengthsStop => (lengths::going, lengths::stop),
        Action::LengthsClose => (lengths::going, lengths::close),
        Action::CopyAnswer => (answered, program::copy_answer),
        Action::CopySegment => (looking::at_the_first_round, program::copy_segment),
        Action::CopyCandidate => (program::focused_on_a_pane, program::copy_candidate),
        Action::SaveTrace => (answered, program::save_trace),
        Action::Export => (answered, program::export),
        Action::OpenTrace => (answered, program::open_trace),
        Action::Palette => (idle_keys, program::palette),
        Action::FindHelp => (idle_keys, program::find_help),
        Action::Open(page @ (Page::Weights | Page::RunTime | Page::Compare)) => panic!("no key of its own opens {page:?}"),
        Action::Open(Page::Help) => (idle_keys, program::help),
        Action::Themes => (idle_keys, program::themes),
        Action::TourNext => (tour::at_the_second_stop, tour::next),
        Action::TourBack => (tour::at_the_second_stop, tour::back),
        Action::Roster => (idle_keys, roster::opens),
        Action::Mouse => (idle_keys, program::mouse),
        Action::Redraw => (answering, program::redraw),
        Action::Suspend => (answering, program::suspend),
        Action::Quit => (idle_keys, program::quit),
        Action::QuitAtOnce => (answering, program::quit_at_once),
        Action::ListUp => (program::in_a_list, program::list_up),
        Action::ListDown => (program::in_a_list, program::list_down),
        Action::Choose => (program::in_a_list, program::choose),
        Action::ClearTyped => (program::in_a_list, program::clear_typed),
        Action::CloseList => (program::in_a_list, program::close_list),
        Action::RosterUp => (roster::open, roster::up),
        Action::RosterDown => (roster::open, roster::down),
        Action::RosterToggle => (roster::open, roster::toggle),
        Action::RosterRole => (roster::open, roster::role),
        Action::RosterHeavier => (roster::open, roster::heavier),
        Action::RosterLighter => (roster::open, roster::lighter),
        Action::RosterConnect => (roster::open, roster::connect),
        Action::RosterScan => (roster::open, roster::scan),
        Action::RosterTake => (roster::open, roster::take),
        Action::RosterClose => (roster::open, roster::close),
        Action::Tune => (answered, tuning::tune),
        Action::SegmentShorter => (answering, tuning::shorter),
        Action::SegmentLonger => (answering, tuning::longer),
        Action::ThresholdLower => (answering, tuning::lower_threshold),
        Action::ThresholdHigher => (answering, tuning::higher_threshold),
        Action::TuneUp => (tuning::open, tuning::up),
        Action::TuneDown => (tuning::open, tuning::down),
        Action::TuneLower => (tuning::on_the_threshold, tuning::lower),
        Action::TuneHigher => (tuning::on_the_threshold, tuning::higher),
        Action::TuneDefault => (tuning::trying, tuning::default),
        Action::TuneDefaults => (tuning::trying, tuning::defaults),
        Action::TuneMore => (tuning::open, tuning::more),
        Action::TuneFind => (tuning::open, tuning::find),
        Action::TuneApply => (tuning::trying, tuning::apply),
        Action::TuneForget => (tuning::trying, tuning::forget),
        Action::TuneClose => (tuning::trying, tuning::close),
        Action::Yes => (program::asked_whether_to_leave, program::yes),
        Action::No => (program::asked_whether_to_leave, program::no),
    }
}

fn idle_keys() -> Screen {
    let mut state = support::state(120, 40);
    state.state.writing.active = false;
    state.prepare();
    state
}

fn answered() -> Screen {
    support::answered(120, 40)
}

fn answering() -> Screen {
    support::answering(120, 40)
}

#[test]
fn every_key_on_the_help_screen_does_what_it_says() {
    for entry in ACTIONS {
        let (scene, check) = case(entry.action);
        for key in entry.keys {
            println!("`{key}`: {}", entry.meaning);
            let before = scene();
            let mut after = before.clone();
            let effects = press(&mut after, key);
            check(Pressed { action: entry.action, key, before: &before, after, effects });
        }
    }
}

/// Each case is played where its action applies: a key must not do its job through another action.
#[test]
fn every_case_is_played_where_its_action_holds() {
    for entry in ACTIONS {
        let context = case(entry.action).0().context();
        assert!(entry.context == Context::Anywhere || entry.context == context, "{}: {context:?}", entry.name);
    }
}

/// Global keys also apply while text is typed, in lists and at questions.
#[test]
fn keys_that_hold_everywhere_do_so_while_text_is_typed_and_in_lists() {
    let scenes: [fn() -> Screen; 4] = [idle_keys, asking::written, program::in_a_list, program::asked_whether_to_leave];
    for scene in scenes {
        for (key, effect) in
            [("ctrl+l", Effect::Redraw), ("ctrl+z", Effect::Suspend), ("ctrl+o", Effect::ListTraces(Listing::Open))]
        {
            assert!(press(&mut scene(), key).contains(&effect), "{key} in {:?}", scene().context());
        }
        let mut state = scene();
        let text = state.writing.question.text();
        assert!(press(&mut state, "ctrl+g").contains(&Effect::Edit(text)));
    }
}
