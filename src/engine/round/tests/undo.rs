//! Undoing and redoing changes.

use super::*;
use crate::engine::fusion::event::SegmentId;

fn endless() -> Table {
    let members = vec![member("a", &["x,"]), member("b", &["y,"]), member("c", &["z,"])];
    let mut table = Table::new(members, &[("x,", -0.1), ("y,", -0.2), ("z,", -0.3)], plain());
    table.order(Command::Pause).unwrap();
    table.play();
    for _ in 0..2 {
        table.order(Command::Step).unwrap();
        table.play();
    }
    assert_eq!(table.machine.run().answer(), "x,x,x,");
    table
}

fn knob(name: &str, value: i64) -> (String, Value) {
    (name.to_owned(), Value::Integer(value))
}

/// Every kind of change by the user.
fn changes() -> Vec<Command> {
    let (b, two) = ("b".to_owned(), Some(SegmentId(2)));
    vec![
        Command::Override { member: b.clone(), segment: two },
        Command::Edit { segment: SegmentId(1), text: "w,".to_owned() },
        Command::Write { segment: None, text: "v,".to_owned() },
        Command::Redraft { member: Some(b.clone()), segment: two },
        Command::Redraft { member: None, segment: two },
        Command::Exclude { member: b.clone() },
        Command::SetParameters { values: vec![knob("segment-tokens", 3), knob("exit-warm-up", 4)] },
        Command::SetWeight { member: b, weight: 3.0 },
        Command::Rewind { to_round: 1 },
        Command::GoTo { segment: SegmentId::QUESTION },
    ]
}

/// The state that a change may affect.
fn state(table: &Table) -> (String, Arc<Params>, Vec<bool>, Vec<Option<f64>>) {
    let run = table.machine.run();
    let members = (0..run.members.len()).map(MemberIndex);
    let active = members.clone().map(|member| run.member(member).is_active()).collect();
    (run.answer(), Arc::clone(&run.params), active, members.map(|member| run.weight_set(member)).collect())
}

#[test]
fn every_change_is_taken_back_and_done_again() {
    for change in changes() {
        let mut table = endless();
        let before = state(&table);
        table.order(change.clone()).unwrap();
        table.play();
        let after = state(&table);
        // A round drawn again comes out the same with this script, but is another segment.
        assert!(after != before || table.machine.run().tree.head() != SegmentId(3), "{change:?}");
        let head = table.machine.run().tree.head();
        table.order(Command::Undo).unwrap();
        assert_eq!((state(&table), table.machine.run().tree.head()), (before, SegmentId(3)), "{change:?}");
        assert_eq!(table.order(Command::Undo), Err(CommandError::NothingToUndo));
        table.order(Command::Redo).unwrap();
        assert_eq!((state(&table), table.machine.run().tree.head()), (after, head), "{change:?}");
        assert_eq!(table.order(Command::Redo), Err(CommandError::NothingToRedo));
    }
}

#[test]
fn all_changes_one_after_the_other_are_taken_back_one_after_the_other() {
    let mut table = endless();
    let mut states = vec![(state(&table), table.machine.run().tree.head())];
    for change in changes() {
        table.order(change).unwrap();
        table.play();
        states.push((state(&table), table.machine.run().tree.head()));
    }
    for expected in states.iter().rev().skip(1) {
        table.order(Command::Undo).unwrap();
        assert_eq!(&(state(&table), table.machine.run().tree.head()), expected);
    }
    for expected in states.iter().skip(1) {
        table.order(Command::Redo).unwrap();
        assert_eq!(&(state(&table), table.machine.run().tree.head()), expected);
    }
}

#[test]
fn a_change_names_the_round_that_was_acted_on() {
    let (b, two) = ("b".to_owned(), Some(SegmentId(2)));
    for (change, expected) in [
        (Command::Override { member: b.clone(), segment: two }, "choosing b's candidate in round 2"),
        (Command::Edit { segment: SegmentId(1), text: "w,".to_owned() }, "editing a segment in round 1"),
        (Command::Redraft { member: Some(b), segment: two }, "drawing b's candidate again in round 2"),
        (Command::Redraft { member: None, segment: two }, "drawing the round's candidates again in round 2"),
        (Command::Write { segment: two, text: "v,".to_owned() }, "writing a segment in round 2"),
        (Command::Write { segment: None, text: "v,".to_owned() }, "writing a segment in round 4"),
    ] {
        let mut table = endless();
        table.order(change.clone()).unwrap();
        assert_eq!(table.machine.run().history.undoable().unwrap().what(), expected, "{change:?}");
    }
}

#[test]
fn what_changes_nothing_is_refused_before_the_run_is_told() {
    let table = endless();
    let run = table.machine.run();
    let one = SegmentId(1);
    let (a, b) = ("a".to_owned(), "b".to_owned());
    for (command, expected) in [
        (Command::Override { member: a.clone(), segment: Some(one) }, Err(CommandError::AlreadyAccepted { member: a })),
        (Command::Override { member: b.clone(), segment: Some(one) }, Ok(())),
        (Command::Edit { segment: one, text: "x,".to_owned() }, Err(CommandError::Unchanged)),
        (Command::Exclude { member: b }, Ok(())),
    ] {
        assert_eq!(refusal::check(run, &command), expected, "{command:?}");
    }
}

#[test]
fn a_member_that_was_brought_back_goes_again_and_what_it_was_doing_with_it() {
    let mut table = endless();
    table.order(Command::Exclude { member: "b".to_owned() }).unwrap();
    table.order(Command::Readmit { member: "b".to_owned() }).unwrap();
    table.order(Command::Resume).unwrap();
    table.order(Command::Undo).unwrap();
    assert!(!table.machine.run().members[1].is_active());
    assert!(table.waiting.iter().all(|effect| !matches!(effect, Effect::Draft { member, .. } if member.0 == 1)));
}

#[test]
fn the_last_drafter_cannot_be_taken_back() {
    let mut table = endless();
    for name in ["b", "a"] {
        table.order(Command::Exclude { member: name.to_owned() }).unwrap();
    }
    table.order(Command::Readmit { member: "a".to_owned() }).unwrap();
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.order(Command::Undo).unwrap();
    assert!(table.machine.run().members[2].is_active());
    // c fails for good in the meantime: then undoing a's return would leave no member.
    table.members[2].says = vec!["!!"];
    table.order(Command::Step).unwrap();
    table.play();
    assert!(!table.machine.run().members[2].is_active());
    assert_eq!(table.order(Command::Undo), Err(CommandError::LastDrafter { member: "a".to_owned() }));
}

#[test]
fn a_new_change_forgets_what_was_taken_back() {
    let mut table = endless();
    table.order(Command::SetParameters { values: vec![knob("segment-tokens", 3)] }).unwrap();
    table.order(Command::Undo).unwrap();
    table.order(Command::SetWeight { member: "a".to_owned(), weight: 2.0 }).unwrap();
    assert_eq!(table.order(Command::Redo), Err(CommandError::NothingToRedo));
}

#[test]
fn several_knobs_are_one_change_and_a_bad_one_refuses_all() {
    let mut table = endless();
    let bad = vec![knob("segment-tokens", 3), knob("segment-tokens", 100_000)];
    assert!(matches!(table.order(Command::SetParameters { values: bad }), Err(CommandError::Parameter(_))));
    assert_eq!(table.machine.run().params.segment_tokens, 10);
    table.order(Command::SetParameters { values: vec![knob("segment-tokens", 3), knob("max-tokens", 7)] }).unwrap();
    assert_eq!(table.machine.run().history.undoable().unwrap().what(), "segment-tokens 3, max-tokens 7");
    table.order(Command::Undo).unwrap();
    assert_eq!(*table.machine.run().params, table.machine.run().header.params);
}
