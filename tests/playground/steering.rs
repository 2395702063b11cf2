//! A recorded run in which the user goes back and continues differently, with the real models: its branches, and how the screen
//! shows them.

use specfuse::engine::fusion::branch::Figures;
use specfuse::engine::fusion::event::{Event, Record, SegmentId};
use specfuse::engine::fusion::params::Value;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::engine::round::Command;
use specfuse::playground::state::action::Page;
use specfuse::playground::state::branches;
use specfuse::playground::state::overlay::{Against, Overlay, Recorded};
use specfuse::playground::state::parts::looking::Look;
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

/// What the tour teaches first: take a round back, shorten the segments, go on, compare.
#[test]
fn a_round_taken_back_and_drafted_in_shorter_segments_can_be_compared() {
    let records = support::answer();
    let mut state = support::answered(120, 40);
    let effects = press(&mut state, "R");
    let [Effect::TakeUp(taken)] = &effects[..] else { panic!("{effects:?}") };
    let mut commands: Vec<Command> = taken.commands.iter().filter(|command| **command != Command::Pause).cloned().collect();
    let back = support::taken_up(records, support::built_in(), commands.clone());
    let rewound = back.iter().position(|record| matches!(record.event, Event::Rewound { .. })).unwrap() + 1;
    feed(&mut state, &back[records.len()..rewound]);
    let effects = press(&mut state, "-");
    let [Effect::Order(shorter)] = &effects[..] else { panic!("{effects:?}") };
    let said = state.notices.notice.as_ref().unwrap().text.to_string();
    assert!(said.contains("by 3 words, was by sentence; from the next round"), "{said}");
    assert!(matches!(&press(&mut state, "space")[..], [Effect::Order(_)]));
    commands.extend([shorter.clone(), Command::Step]);
    let again = support::taken_up(records, support::built_in(), commands);
    feed(&mut state, &again[rewound..]);
    let third = |records: &[Record]| Run::from_records(records).unwrap().rounds[2].accepted.as_ref().unwrap().text.to_string();
    assert_eq!(third(&again).split_whitespace().count(), 3, "{}", third(&again));
    assert!(third(records).split_whitespace().count() > 3, "{}", third(records));
    press(&mut state, "d");
    press(&mut state, "enter");
    let screen = support::screen(&mut state);
    assert!(screen.contains("by 3 words") || screen.contains("segment-words"), "{screen}");
    assert!(!screen.contains("identical"), "{screen}");
}

/// The round that only ends the answer is skipped, unless it is the selected one.
#[test]
fn taking_back_goes_to_the_last_round_that_was_written() {
    let seats = || vec![support::seat("a", ScriptedMember::saying(&["One.", ""], -0.1))];
    let records = support::scripted_run(seats(), &[], Vec::new());
    let run = Run::from_records(&records).unwrap();
    assert!(run.rounds.len() == 2 && run.answer().trim() == "One.", "{:?}", run.answer());
    for (selects, to_round) in [(false, 0), (true, 1)] {
        let mut state = support::asked(120, 40, &records);
        state.state.looking.round = selects.then_some(Look { answer: 0, round: 1 });
        let effects = press(&mut state, "R");
        let [Effect::TakeUp(taken)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(taken.commands, [Command::Pause, Command::Rewind { to_round }]);
    }
}

#[test]
fn a_comparison_says_when_both_answers_are_identical() {
    let shown = |against: &[Record]| {
        let mut state = support::answered(120, 40);
        let answer = support::asked(120, 40, against).answers.session.answer(0).clone();
        let recorded = Recorded { file: "x.jsonl".into(), answer };
        state.state.looking.against = Some(Against::Recorded(Box::new(recorded)));
        state.state.looking.overlay = Some(Overlay::page(Page::Compare));
        support::screen(&mut state)
    };
    let (same, other) = (shown(support::answer()), shown(&branched()));
    assert!(same.contains("identical") && !other.contains("identical"), "{same}\n{other}");
}

/// The run plays on while the list is open: the choice is about the round whose candidates were listed.
#[test]
fn a_choice_stays_about_the_round_whose_candidates_were_listed() {
    let decision = |record: &Record| record.round == 2 && matches!(record.event, Event::Accepted { .. });
    let (before, after) = support::answer().split_at(support::answer().iter().position(decision).unwrap());
    let mut state = support::asked(120, 40, before);
    press(&mut state, "o");
    let listed: Vec<String> = support::list(&state).entries().map(|item| item.title.to_string()).collect();
    feed(&mut state, after);
    assert!(support::newest(&state).rounds.len() > 2, "the round was decided beneath");
    assert_eq!(support::list(&state).entries().map(|item| item.title.to_string()).collect::<Vec<_>>(), listed);
    // The winner is the first: to choose that changes nothing.
    press(&mut state, "down");
    let effects = press(&mut state, "enter");
    let [Effect::TakeUp(taken)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&taken.commands[..], [Command::Override { segment: Some(SegmentId(2)), .. }]), "{:?}", taken.commands);
    assert!(state.notices.notice.as_ref().unwrap().text.starts_with("round 2: you chose"));
}

#[test]
fn choosing_the_winner_again_leaves_a_finished_answer_finished() {
    let mut state = support::answered(80, 24);
    for key in ["[", "["] {
        press(&mut state, key);
    }
    let (before, round) = (support::newest(&state).clone(), state.looking.round);
    press(&mut state, "o");
    // The winner of the round is the first of the list.
    assert!(press(&mut state, "enter").is_empty());
    assert_eq!((support::newest(&state), state.looking.round), (&before, round));
    let said = &state.notices.notice.as_ref().unwrap().text;
    assert!(said.contains("candidate is the accepted one"), "{said}");
}

#[test]
fn the_box_for_a_segment_shows_no_example_question() {
    let mut state = support::answered(80, 24);
    press(&mut state, "n");
    let shown = support::screen(&mut state);
    let inside = shown.lines().skip_while(|line| !line.contains("write the next segment")).skip(1);
    let inside: Vec<&str> = inside.take_while(|line| line.starts_with('│')).collect();
    let empty = |line: &&str| line.trim_matches('│').trim().is_empty();
    assert!(!inside.is_empty() && inside.iter().all(empty), "{shown}");
}
