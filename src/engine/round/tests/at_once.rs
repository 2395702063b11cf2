//! Verifiers that take several calls at the same time.

use super::*;
use crate::engine::fusion::event::ScoreTier;

/// Which candidates a member is scoring now, call by call.
fn scoring(table: &Table, name: &str) -> Vec<Vec<String>> {
    let index = table.machine.run().index(name).unwrap();
    let texts = |effect: &Effect| match effect {
        Effect::Score { member, request, .. } if *member == index => {
            Some(request.candidates.iter().map(|candidate| candidate.text.to_string()).collect())
        }
        _ => None,
    };
    table.waiting.iter().filter_map(texts).collect()
}

/// Removes the oldest scoring of a member from those in progress.
fn taken(table: &mut Table, name: &str) -> CallId {
    let index = table.machine.run().index(name).unwrap();
    let is = |effect: &Effect| matches!(effect, Effect::Score { member, .. } if *member == index);
    let place = table.waiting.iter().position(is).unwrap();
    call_of(&table.waiting.remove(place))
}

fn all_drafted(calls: usize) -> Table {
    let mut table = Table::at_once(calls, three(), LIKED, plain());
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    table
}

#[test]
fn the_last_draft_does_not_wait_until_the_others_are_scored() {
    let table = all_drafted(2);
    assert_eq!(scoring(&table, "a"), [["uno,"], ["un,"]]);
    assert_eq!(scoring(&table, "b"), [["one,"], ["un,"]]);
    assert_eq!(scoring(&table, "c"), [["one,", "uno,"]], "what is there already is asked for together");
    assert_eq!(scoring(&all_drafted(1), "a"), [["uno,"]], "who takes one call at a time gets one");
}

#[test]
fn every_candidate_is_scored_once_and_the_answer_is_the_same() {
    for calls in [1, 2, 9] {
        let mut table = Table::at_once(calls, three(), LIKED, plain());
        table.play();
        assert_eq!(table.machine.run().answer(), "uno,two.");
        assert_eq!(table.scorings, 12);
    }
}

#[test]
fn a_member_that_drafts_scores_beside_it_where_it_takes_another_call() {
    for (calls, scored) in [(1, 0), (2, 1), (9, 1)] {
        let mut table = Table::at_once(calls, three(), LIKED, plain());
        table.answer_of_draft("a");
        assert!(scoring(&table, "c").is_empty(), "one candidate alone may turn out unanimous");
        table.answer_of_draft("b");
        assert_eq!(scoring(&table, "c").len(), scored, "{calls} calls");
        table.play();
        assert_eq!((table.machine.run().answer().as_str(), table.scorings), ("uno,two.", 12));
    }
}

#[test]
fn a_judge_does_not_judge_before_it_has_drafted() {
    let mut table = Table::at_once(9, three(), LIKED, plain());
    let judges = |header: &mut Header| header.members[2].capabilities.tier = ScoreTier::Labels;
    table.start_again(judges, Vec::new());
    table.answer_of_draft("a");
    table.answer_of_draft("b");
    assert!(scoring(&table, "c").is_empty());
    table.answer_of_draft("c");
    assert_eq!(scoring(&table, "c"), [["one,", "uno,", "un,"]], "all candidates against each other, once");
}

#[test]
fn a_late_draft_takes_the_scorings_of_its_member_with_it() {
    let mut table = Table::at_once(9, three(), LIKED, plain());
    table.answer_of_draft("a");
    table.answer_of_draft("b");
    assert_eq!(scoring(&table, "c").len(), 1);
    assert!(table.wait());
    assert!(scoring(&table, "c").is_empty());
    table.play();
    assert!(!table.machine.run().answer().is_empty());
}

#[test]
fn a_lowered_way_of_scoring_drops_the_other_call_and_asks_for_both_anew() {
    let mut table = all_drafted(2);
    let first = taken(&mut table, "a");
    let second = scoring(&table, "a");
    let lowered = MemberError::Lowered { to: ScoreTier::Ranking, reason: "no log-probabilities".to_owned() };
    table.put(Input::Scored(first, Err(lowered))).unwrap();
    assert_eq!((second.len(), table.cancelled.len()), (1, 1));
    assert_eq!(scoring(&table, "a"), [["one,", "uno,", "un,"]], "a judgement is about all candidates");
    assert_eq!(table.kinds(|event| matches!(event, Event::TierLowered { .. })), 1);
    assert_eq!(table.kinds(|event| matches!(event, Event::ScoreFailed { .. })), 0);
}

#[test]
fn the_round_does_not_wait_for_the_other_call_of_a_member_that_leaves() {
    let mut table = all_drafted(2);
    let first = taken(&mut table, "a");
    table.put(Input::Scored(first, Err(MemberError::Refused("no balance".to_owned())))).unwrap();
    assert_eq!((scoring(&table, "a").len(), table.cancelled.len()), (0, 1));
    table.play();
    assert_eq!(table.machine.run().rounds[0].accepted.as_ref().map(|accepted| &*accepted.text), Some("uno,"));
}
