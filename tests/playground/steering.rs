//! A recorded run in which the user goes back and continues differently, with the real models: its branches, and how the screen
//! shows them.

use specfuse::engine::fusion::branch::Figures;
use specfuse::engine::fusion::event::{Record, SegmentId};
use specfuse::engine::fusion::params::Value;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::round::Command;
use specfuse::playground::state::branches;
use specfuse::playground::state::{Effect, Message};

use crate::support::{self, feed, press};

/// The example continued from its first round with another sum, then with short segments.
fn branched() -> Vec<Record> {
    let knobs = vec![("segment".to_owned(), Value::Name("tokens".to_owned())), ("segment-tokens".to_owned(), Value::Integer(5))];
    let commands = vec![
        Command::Override { member: "lexicon".to_owned(), segment: Some(SegmentId(2)) },
        Command::Rewind { to_round: 1 },
        Command::SetParameters { values: knobs },
        Command::Step,
        Command::Step,
    ];
    support::taken_up(support::answer(), support::built_in(), commands)
}

#[test]
fn a_tree_of_branches_survives_a_reload() {
    let records = branched();
    let run = Run::from_records(&records).unwrap();
    assert_eq!(run.tree.leaves(), [SegmentId(3), SegmentId(4), SegmentId(6)]);
    let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let read: Vec<Record> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Run::from_records(&read).unwrap(), run);
    let texts =
        |segment| run.tree.rounds(segment).iter().map(|round| round.accepted.as_ref().unwrap().text.to_string()).collect();
    let [first, second, third]: [String; 3] = [3, 4, 6].map(|segment| texts(SegmentId(segment)));
    assert!(first.contains("is 75.") && second.starts_with("The capital of Japan is Tokyo.") && !second.contains("is 75."));
    assert!(third.starts_with("The capital of Japan is Tokyo."));
}

#[test]
fn the_screen_knows_what_branches_have_in_common_and_their_figures() {
    let mut state = support::state(120, 40);
    state.state.writing.active = false;
    feed(&mut state, &branched());
    let play = &state.answers.session.answers()[0];
    assert_eq!(branches::ends(play), [SegmentId(3), SegmentId(4), SegmentId(6)]);
    assert_eq!(branches::fork(play, SegmentId(3), SegmentId(6)), 1);
    let figures = Figures::of(&play.run, &play.run.tree.rounds(SegmentId(4)));
    assert_eq!((figures.rounds, figures.steered, figures.ended), (2, 1, false));
    assert_eq!(figures.segments.iter().sum::<usize>(), 2);
    let whole = Figures::of(&play.run, &play.run.tree.rounds(SegmentId(3)));
    assert_eq!((whole.rounds, whole.unanimous, whole.ended), (3, 0, true));
    assert!(whole.mean_score.is_some_and(|score| (0.0..=1.0).contains(&score)) && whole.worked_ms > 0.0);
    press(&mut state, "d");
    press(&mut state, "down");
    press(&mut state, "enter");
    let screen = support::screen(&mut state);
    assert!(screen.contains("1 round in common") && screen.contains("segment-tokens"), "{screen}");
}

#[test]
fn an_answer_before_the_newest_is_not_changed() {
    let mut state = support::answered(120, 40);
    feed(&mut state, support::answer());
    for _ in 0..6 {
        press(&mut state, "[");
    }
    assert_eq!(state.looking.round.map(|look| look.answer), Some(0));
    for key in ["o", "E", "n", "r", "N", "x", "(", ")", "u", "U", "R", "b"] {
        assert_eq!(press(&mut state, key), [], "{key}");
        assert!(state.looking.overlay.is_none(), "{key}");
        assert!(state.notices.notice.as_ref().is_some_and(|notice| notice.text.contains("newest answer")), "{key}");
    }
}

#[test]
fn a_replay_that_is_taken_up_waits_for_members_that_are_being_connected() {
    use specfuse::playground::state::roster::{News, RowId};
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x.jsonl".to_owned(), warning: None });
    feed(&mut state, support::answer());
    state.update(Message::Member(RowId(1), News::Away("gone".to_owned())));
    state.prepare();
    let effects = press(&mut state, "R");
    let [Effect::Connect { members, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(members[0].0, RowId(1));
    let effects = state.update(Message::Member(RowId(1), support::ready(&support::members()[1])));
    let [Effect::TakeUp(taken)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(taken.commands, [Command::Pause, Command::Rewind { to_round: 2 }]);
}
