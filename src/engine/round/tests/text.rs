//! What the user does to the text: choosing, editing, writing and redrafting, in the open round and in one decided long ago.

use super::*;
use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::run::CallEnd::{Answered, Cancelled};

/// Three rounds were played, the run is paused: "uno,dos,tres,".
fn three_rounds() -> Table {
    let members = vec![
        member("a", &["one,", "two,", "three,", "four,"]),
        member("b", &["uno,", "dos,", "tres,", "cuatro,"]),
        member("c", &["un,", "deux,", "trois,", "quatre,"]),
    ];
    let liked = &[("uno,", -0.1), ("dos,", -0.1), ("tres,", -0.1), ("cuatro,", -0.1), ("deux,", -0.2)];
    let mut table = Table::new(members, liked, plain());
    while table.machine.run().tree.len() < 2 {
        table.answer(0);
    }
    table.order(Command::Pause).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,dos,tres,");
    table
}

fn answer(table: &Table) -> String {
    table.machine.run().answer()
}

#[test]
fn a_decided_round_is_decided_another_way_and_the_old_way_stays() {
    let mut table = three_rounds();
    let scorings = table.scorings;
    table.order(Command::Override { member: "c".to_owned(), segment: Some(SegmentId(2)) }).unwrap();
    assert_eq!((answer(&table).as_str(), table.scorings), ("uno,deux,", scorings), "nobody is asked anything");
    let run = table.machine.run();
    assert_eq!(run.tree.leaves(), [SegmentId(3), SegmentId(4)]);
    assert!(run.rounds[1].accepted.as_ref().unwrap().overridden && run.rounds[1].ranked.is_some());
    assert!(table.waiting.is_empty(), "it was paused and stays so");
    table.order(Command::Step).unwrap();
    table.play();
    assert_eq!(answer(&table), "uno,deux,tres,");
    table.order(Command::GoTo { segment: SegmentId(3) }).unwrap();
    assert_eq!(answer(&table), "uno,dos,tres,");
}

#[test]
fn what_cannot_be_chosen_changes_nothing() {
    let mut table = three_rounds();
    let before = table.records.len();
    let choose = |member: &str, segment| Command::Override { member: member.to_owned(), segment };
    let two = Some(SegmentId(2));
    assert_eq!(table.order(choose("b", two)), Err(CommandError::AlreadyAccepted { member: "b".to_owned() }));
    assert_eq!(table.order(choose("z", two)), Err(CommandError::UnknownMember { name: "z".to_owned() }));
    let gone = Err(CommandError::NoSuchSegment { segment: 9, segments: 3 });
    assert_eq!(table.order(choose("a", Some(SegmentId(9)))), gone);
    assert_eq!(table.order(choose("a", None)), Err(CommandError::NoOpenRound));
    assert_eq!(
        table.order(Command::GoTo { segment: SegmentId(4) }),
        Err(CommandError::NoSuchSegment { segment: 4, segments: 3 })
    );
    assert_eq!(table.order(Command::Edit { segment: SegmentId(2), text: " \n".to_owned() }), Err(CommandError::EmptyText));
    assert_eq!(table.order(Command::Edit { segment: SegmentId(2), text: "dos,".to_owned() }), Err(CommandError::Unchanged));
    assert_eq!(table.order(Command::Write { segment: None, text: String::new() }), Err(CommandError::EmptyText));
    assert_eq!(table.order(Command::Redraft { member: None, segment: None }), Err(CommandError::NoOpenRound));
    let bad = table.order(Command::SetWeight { member: "a".to_owned(), weight: -1.0 });
    assert_eq!(bad, Err(CommandError::BadWeight { weight: "-1".to_owned() }));
    assert_eq!(table.order(Command::Undo), Err(CommandError::NothingToUndo));
    assert_eq!(table.order(Command::Redo), Err(CommandError::NothingToRedo));
    assert_eq!(table.records.len(), before);
}

#[test]
fn an_edited_segment_keeps_its_author_and_says_that_it_was_edited() {
    let mut table = three_rounds();
    table.order(Command::Edit { segment: SegmentId(1), text: "un, deux,".to_owned() }).unwrap();
    let run = table.machine.run();
    let accepted = run.rounds[0].accepted.clone().unwrap();
    assert_eq!((run.answer().as_str(), accepted.tokens), ("un, deux,", 2));
    assert!(accepted.edited && accepted.overridden && run.steered);
    assert_eq!(accepted.author, run.index("b"));
    table.order(Command::Edit { segment: SegmentId(4), text: "once more,".to_owned() }).unwrap();
    assert_eq!((answer(&table).as_str(), table.machine.run().tree.leaves().len()), ("once more,", 3));
    table.order(Command::Step).unwrap();
    let asked = table.waiting.iter().find_map(|effect| match effect {
        Effect::Draft { request, .. } => Some(request.context.accepted.to_vec()),
        _ => None,
    });
    assert_eq!(asked.unwrap(), [Arc::from("once more,")], "the members go on from what the person wrote");
}

#[test]
fn a_person_writes_a_segment_themselves() {
    let mut table = three_rounds();
    table.order(Command::Write { segment: None, text: " my own words,".to_owned() }).unwrap();
    assert_eq!(answer(&table), "uno,dos,tres, my own words,");
    let accepted = table.machine.run().rounds[3].accepted.clone().unwrap();
    assert!(accepted.is_written() && accepted.author.is_none() && accepted.tokens == 3);
    table.order(Command::Write { segment: Some(SegmentId(1)), text: "Well,".to_owned() }).unwrap();
    assert_eq!(answer(&table), "Well,");
    table.order(Command::Edit { segment: SegmentId(5), text: "Well then,".to_owned() }).unwrap();
    assert_eq!(answer(&table), "Well then,");
    assert!(table.machine.run().rounds[0].accepted.as_ref().unwrap().is_written());
    table.order(Command::Resume).unwrap();
    let round = table.machine.run().rounds.len();
    assert_eq!(round, 2, "the members take it from there");
}

#[test]
fn what_a_person_writes_into_an_open_round_ends_it() {
    let mut table = Table::new(three(), LIKED, plain());
    table.answer_of_draft("a");
    table.order(Command::Pause).unwrap();
    table.order(Command::Write { segment: None, text: "Mine,".to_owned() }).unwrap();
    assert_eq!((answer(&table).as_str(), table.cancelled.len()), ("Mine,", 2));
    assert_eq!(table.kinds(|event| matches!(event, Event::Cancelled { candidates, .. } if candidates.is_empty())), 2);
    let ends: Vec<_> = table.machine.run().rounds[0].calls.iter().map(|call| call.end).collect();
    assert_eq!(ends, [Answered, Cancelled, Cancelled]);
}

#[test]
fn one_candidate_of_an_open_round_is_drawn_again() {
    let mut table = Table::new(three(), &[("uno,", -0.1), ("zwei,", -0.01)], plain());
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    table.answer(0);
    let seed_of = |table: &Table| {
        let draft = table.waiting.iter().find_map(|effect| match effect {
            Effect::Draft { request, .. } => Some(request.sampling.seed),
            _ => None,
        });
        draft.unwrap()
    };
    table.members[0].says[0] = "zwei,";
    table.order(Command::Redraft { member: Some("a".to_owned()), segment: None }).unwrap();
    assert!(seed_of(&table) != 0);
    let round = table.machine.run().open_round().unwrap();
    assert_eq!(round.candidates().len(), 2);
    assert!(round.scores().iter().all(|cell| cell.candidate.0 != 0), "what was said of it is void");
    table.order(Command::Pause).unwrap();
    table.play();
    assert_eq!(answer(&table), "zwei,");
    assert!(table.machine.run().steered);
}

#[test]
fn a_candidate_drawn_again_leaves_its_other_authors_what_was_said_of_it() {
    let members = vec![member("a", &["same,"]), member("b", &["same,"]), member("c", &["other,"])];
    let mut table = Table::new(members, &[("same,", -0.1), ("new,", -0.01)], plain());
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    // c scores the candidate of a and b.
    let place = table.waiting.iter().position(|effect| matches!(effect, Effect::Score { member, .. } if member.0 == 2)).unwrap();
    table.answer(place);
    table.members[0].says[0] = "new,";
    table.order(Command::Redraft { member: Some("a".to_owned()), segment: None }).unwrap();
    let round = table.machine.run().open_round().unwrap();
    let (b, c) = (MemberIndex(1), MemberIndex(2));
    assert_eq!((round.candidates()[0].key, round.candidates()[0].authors.as_slice()), (b, &[b][..]));
    assert!(round.score(c, b).is_some_and(|cell| cell.opinion.is_ok()));
    table.order(Command::Pause).unwrap();
    table.play();
    assert_eq!(answer(&table), "new,");
}

#[test]
fn a_decided_round_is_drawn_again_as_a_whole_or_in_part() {
    let mut table = three_rounds();
    table.members[2].says[1] = "zwei,";
    table.opinions.insert("zwei,", -0.01);
    table.order(Command::Redraft { member: Some("c".to_owned()), segment: Some(SegmentId(2)) }).unwrap();
    let drafting = table.waiting.iter().filter(|effect| matches!(effect, Effect::Draft { .. })).count();
    assert_eq!(drafting, 1);
    table.play();
    assert_eq!(answer(&table), "uno,zwei,");
    table.order(Command::Redraft { member: None, segment: Some(SegmentId(1)) }).unwrap();
    assert_eq!(table.waiting.iter().filter(|effect| matches!(effect, Effect::Draft { .. })).count(), 3);
    table.play();
    assert_eq!((answer(&table).as_str(), table.machine.run().tree.leaves().len()), ("uno,", 3));
}

#[test]
fn a_weight_decides_from_the_next_round_on() {
    // Every member prefers its own: the tie goes to a, unless c's weight is higher.
    let own = [("one,", -1.0), ("uno,", -1.0), ("un,", -1.0)];
    let mut table = Table::new(three(), &own, plain());
    table.order(Command::Pause).unwrap();
    table.order(Command::SetWeight { member: "c".to_owned(), weight: 5.0 }).unwrap();
    table.play();
    let weights = |table: &Table, round: usize| -> Vec<f64> {
        let ranked = table.machine.run().rounds[round].ranked.clone().unwrap();
        ranked.weights.iter().map(|(_, weight)| *weight).collect()
    };
    assert_eq!(weights(&table, 0), [1.0, 1.0, 1.0]);
    table.order(Command::Step).unwrap();
    table.play();
    assert_eq!(weights(&table, 1), [1.0, 1.0, 5.0]);
    table.order(Command::Undo).unwrap_err();
}

#[test]
fn under_alignment_a_draft_drawn_again_makes_everything_said_in_the_round_void() {
    let members = vec![member("a", &["one two three,"]), member("b", &["uno dos tres,"]), member("c", &["un deux trois,"])];
    let params = Params { align: crate::engine::fusion::params::Alignment::Words, ..plain() };
    let mut table = Table::new(members, &[], params);
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    table.answer(0);
    assert!(!table.scoring_now().is_empty() && !table.machine.run().open_round().unwrap().scores().is_empty());
    table.members[0].says[0] = "eins,";
    table.order(Command::Redraft { member: Some("a".to_owned()), segment: None }).unwrap();
    assert!(table.scoring_now().is_empty() && table.machine.run().open_round().unwrap().scores().is_empty());
    table.order(Command::Pause).unwrap();
    table.play();
    let texts: Vec<_> = table.machine.run().rounds[0].candidates().iter().map(|candidate| candidate.text.to_string()).collect();
    assert!(texts.iter().all(|text| text.split_whitespace().count() == 1), "{texts:?}");
    assert_eq!(table.machine.run().tree.len(), 1);
}
