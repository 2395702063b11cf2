//! What the user does while a run continues.

use super::*;

#[test]
fn a_person_overrides_the_winner_of_an_open_round() {
    let mut table = Table::new(three(), LIKED, plain());
    table.answer_of_draft("c");
    let early = table.order(Command::Override { member: "a".to_owned(), segment: None });
    assert_eq!(early, Err(CommandError::NoCandidate { member: "a".to_owned() }));
    table.order(Command::Override { member: "c".to_owned(), segment: None }).unwrap();
    assert_eq!(table.cancelled.len(), 2, "the drafts of a and b are dropped");
    table.play();
    assert_eq!(table.machine.run().answer(), "un,two.");
    assert!(table.machine.run().steered);
    assert!(table.machine.run().rounds[0].accepted.as_ref().unwrap().overridden);
}

#[test]
fn an_excluded_member_leaves_at_once_and_the_last_one_cannot() {
    let mut table = Table::new(three(), &[("un,", -0.1)], plain());
    table.answer_of_draft("c");
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.order(Command::Exclude { member: "b".to_owned() }).unwrap();
    assert_eq!(
        table.order(Command::Exclude { member: "a".to_owned() }),
        Err(CommandError::LastDrafter { member: "a".to_owned() })
    );
    assert!(matches!(table.order(Command::Exclude { member: "b".to_owned() }), Err(CommandError::Already { .. })));
    assert!(matches!(table.order(Command::Exclude { member: "z".to_owned() }), Err(CommandError::UnknownMember { .. })));
    table.play();
    assert_eq!(table.machine.run().answer(), "one,two.", "the finished draft of c does not count any more");
}

/// In the round in which a member was excluded nothing of it counts: neither its draft nor its share in another's.
#[test]
fn the_candidate_of_an_excluded_member_cannot_be_chosen() {
    for readmitted in [false, true] {
        let mut table = Table::new(three(), &[("un,", -0.1)], plain());
        table.order(Command::Pause).unwrap();
        table.answer_of_draft("c");
        table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
        if readmitted {
            table.order(Command::Readmit { member: "c".to_owned() }).unwrap();
        }
        let before = table.machine.run().clone();
        let refused = table.order(Command::Override { member: "c".to_owned(), segment: None });
        assert_eq!(refused, Err(CommandError::NoCandidate { member: "c".to_owned() }));
        assert_eq!(*table.machine.run(), before, "a command that is refused changes nothing");
        table.play();
        let segment = table.machine.run().tree.head();
        let decided = table.machine.run().clone();
        let refused = table.order(Command::Override { member: "c".to_owned(), segment: Some(segment) });
        assert_eq!(refused, Err(CommandError::NoCandidate { member: "c".to_owned() }));
        assert_eq!(*table.machine.run(), decided);
    }
}

#[test]
fn a_member_is_brought_back_from_the_next_round_on() {
    let mut table = Table::new(three(), &[("un,", -0.1), ("deux.", -0.1)], plain());
    table.order(Command::Pause).unwrap();
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.play();
    table.order(Command::Readmit { member: "c".to_owned() }).unwrap();
    assert!(matches!(table.order(Command::Readmit { member: "c".to_owned() }), Err(CommandError::Already { .. })));
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "one,deux.");
}

#[test]
fn pause_holds_before_the_next_round_and_step_plays_one() {
    let mut table = Table::new(vec![member("a", &["1,", "2,", "3."])], &[], plain());
    table.order(Command::Pause).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "1,");
    table.order(Command::Step).unwrap();
    table.play();
    assert_eq!((table.machine.run().answer().as_str(), table.finished), ("1,2,", false));
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!((table.machine.run().answer().as_str(), table.finished), ("1,2,3.", true));
    assert_eq!(table.order(Command::Pause), Err(CommandError::Finished));
}

#[test]
fn a_round_that_failed_as_a_whole_while_paused_is_tried_again_on_resuming() {
    let mut table = Table::new(vec![member("a", &["!"])], &[], plain());
    table.order(Command::Pause).unwrap();
    table.play();
    assert!(table.waiting.is_empty() && !table.finished);
    table.members[0].says = vec!["done."];
    table.order(Command::Resume).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "done.");
}

#[test]
fn a_knob_changes_from_the_next_round_on_and_a_bad_value_changes_nothing() {
    let mut table = Table::new(three(), LIKED, plain());
    let value = Value::Name("min-prob".to_owned());
    table.order(Command::SetParameters { values: vec![("scoring".to_owned(), value)] }).unwrap();
    let bad = table.order(Command::SetParameters { values: vec![("scoring".to_owned(), Value::Switch(true))] });
    assert!(matches!(bad, Err(CommandError::Parameter(_))));
    table.play();
    let rules: Vec<_> = table.machine.run().rounds.iter().map(|round| round.params.scoring).collect();
    assert_eq!(rules, [crate::engine::fusion::score::ScoringRule::MeanProb, crate::engine::fusion::score::ScoringRule::MinProb]);
}

#[test]
fn rewinding_takes_back_text_exits_and_evidence() {
    let mut params = plain();
    params.exit = crate::engine::fusion::params::ExitKind::Evidence;
    params.max_rounds = 6;
    let members = vec![member("a", &["x,"]), member("b", &["y,"]), member("c", &["z,"])];
    let mut table = Table::new(members, &[("x,", -0.1), ("y,", -0.2), ("z,", -9.0)], params);
    while table.machine.run().members[2].is_active() {
        table.answer(0);
    }
    let left = table.machine.run().members[2].exit.as_ref().unwrap().round;
    let before = table.machine.run().rounds.iter().filter(|round| round.accepted.is_some()).count();
    assert!(left >= 2 && before >= left, "{left} {before}");
    let too_far = table.order(Command::Rewind { to_round: before + 1 });
    assert_eq!(too_far, Err(CommandError::NoSuchRound { to_round: before + 1, rounds: before }));
    table.order(Command::Rewind { to_round: left - 1 }).unwrap();
    assert!(table.machine.run().members[2].is_active(), "its exit came later and is undone");
    assert_eq!(table.machine.run().answer(), "x,".repeat(left - 1));
    assert_eq!(table.machine.run().tree.leaves().len(), 1);
    table.play();
    let exits = table.kinds(|event| matches!(event, Event::Exited { .. }));
    assert_eq!(exits, 2, "played on, the same evidence lets it go again");
}

#[test]
fn a_repeated_round_draws_from_another_seed() {
    let mut table = Table::new(vec![member("a", &["x,"])], &[], plain());
    let seed = |table: &Table| match &table.waiting[0] {
        Effect::Draft { request, .. } => request.sampling.seed,
        _ => panic!("a drafts"),
    };
    let first = seed(&table);
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    assert_ne!(seed(&table), first);
}

#[test]
fn stopping_keeps_what_was_accepted() {
    let mut table = Table::new(vec![member("a", &["x,"])], &[], plain());
    table.answer(0);
    table.answer(0);
    table.order(Command::Stop).unwrap();
    assert_eq!((table.outcome(), table.machine.run().answer().as_str()), (Outcome::Stopped, "x,x,"));
    assert!(table.waiting.is_empty());
}
