//! Lazy drafting: which member drafts ahead, what is kept, and what happens to a round in which one of the two fails or leaves.

use super::unequal::sized;
use super::*;
use crate::engine::fusion::lazy::DraftRule;
use crate::engine::fusion::run::{DraftState, Round};

fn lazily(draft: DraftRule) -> Params {
    Params { draft, ..plain() }
}

/// A small member that drafts, a large one that keeps what it finds likely, and one in between that has nothing to do.
fn team(params: Params) -> Table {
    let members = vec![
        member("small", &["the moon", " is", " cheese"]),
        member("middle", &["nothing"]),
        member("large", &[" there", " far", " away."]),
    ];
    sized(members, &[1, 5, 9], &[("the moon", -0.1), (" is", -0.2), (" cheese", -8.0)], params)
}

fn warnings(table: &Table) -> String {
    table.machine.run().warnings.join("\n")
}

#[test]
fn the_large_one_keeps_what_it_finds_likely_and_adds_a_token_of_its_own() {
    let mut table = team(lazily(DraftRule::Forced));
    table.play();
    let run = table.machine.run();
    assert_eq!((run.answer().as_str(), table.outcome()), ("the moon there is far away.", Outcome::Answered));
    let kept: Vec<_> = run.rounds.iter().map(|round| round.kept_ahead().unwrap()).collect();
    assert_eq!(kept, [(1, 1), (1, 1), (0, 1)]);
    let parts: Vec<_> = run.rounds.iter().map(|round| round.accepted_parts()).collect();
    assert_eq!(parts[0], [(Some(MemberIndex(0)), "the moon"), (Some(MemberIndex(2)), " there")]);
    assert_eq!(parts[2], [(Some(MemberIndex(2)), " away.")]);
    let rejected = |round: &Round| round.finished(MemberIndex(2)).unwrap().kept.unwrap().rejected;
    assert_eq!((rejected(&run.rounds[0]), rejected(&run.rounds[2])), (None, Some(-8.0)));
    let summary = run.summary.clone().unwrap();
    assert_eq!((summary.rounds, summary.unanimous_rounds, summary.draft_calls, summary.score_calls), (3, 0, 6, 0));
    assert_eq!(summary.members.iter().map(|member| member.tokens).collect::<Vec<_>>(), [2, 0, 3]);
    assert_eq!(warnings(&table).matches("large alone judges").count(), 1);
    assert!(warnings(&table).contains("without part: middle"));
}

#[test]
fn it_is_used_where_a_measurement_says_that_it_pays() {
    let mut table = team(lazily(DraftRule::Lazy));
    table.play();
    assert_eq!(table.kinds(|event| matches!(event, Event::Measured { .. })), 2, "once each");
    assert!(table.machine.run().rounds.iter().all(|round| round.ahead.is_some()));
}

#[test]
fn where_it_does_not_pay_every_member_drafts_and_the_figures_are_said() {
    let mut table =
        sized(vec![member("small", &["no."]), member("large", &["yes."])], &[8, 9], &[("yes.", -0.1)], lazily(DraftRule::Lazy));
    table.play();
    assert_eq!(table.machine.run().answer(), "yes.");
    assert_eq!(table.machine.run().rounds[0].drafters.len(), 2);
    let said = warnings(&table);
    assert!(said.contains("about 0.") && said.contains("large takes 9.0 ms") && said.contains("--draft forced"), "{said}");
}

#[test]
fn what_cannot_be_measured_is_said_and_asked_once() {
    let mut table = team(lazily(DraftRule::Lazy));
    table.fail(0, MemberError::Refused("no clock".to_owned()));
    table.play();
    assert_eq!(warnings(&table).matches("large could not be measured: no clock").count(), 1);
    assert!(table.machine.run().rounds.iter().all(|round| round.ahead.is_none()));
}

#[test]
fn without_two_that_can_every_member_drafts_and_it_is_said_once() {
    for sizes in [&[4, 4, 4][..], &[]] {
        let members = vec![member("a", &["one,"]), member("b", &["two,"]), member("c", &["three,"])];
        let mut table = sized(members, sizes, &[], Params { max_rounds: 3, ..lazily(DraftRule::Forced) });
        table.play();
        assert!(table.machine.run().rounds.iter().all(|round| round.drafters.len() == 3));
        assert_eq!(warnings(&table).matches("lazy drafting needs two members").count(), 1);
    }
}

#[test]
fn a_draft_that_does_not_come_costs_the_round_nothing_else() {
    let mut table = team(lazily(DraftRule::Forced));
    table.fail(0, MemberError::Failed("no".to_owned()));
    let Some(Effect::Extend { request, .. }) = table.waiting.first() else { panic!("{:?}", table.waiting) };
    assert!(request.draft.is_empty());
    table.play();
    assert_eq!(table.machine.run().answer(), " there is far away.");
}

#[test]
fn one_that_cannot_draft_leaves_and_the_next_smallest_drafts_ahead() {
    let mut table = team(lazily(DraftRule::Forced));
    table.fail(0, MemberError::Refused("gone".to_owned()));
    table.play();
    let ahead: Vec<_> = table.machine.run().rounds.iter().map(|round| round.ahead.as_ref().unwrap().member.0).collect();
    assert_eq!(ahead, [0, 1, 1]);
}

#[test]
fn a_verifier_that_goes_while_the_other_drafts_ends_the_round() {
    let mut table = team(lazily(DraftRule::Forced));
    table.order(Command::Exclude { member: "large".to_owned() }).unwrap();
    assert_eq!(table.cancelled.len(), 1, "nobody waits for the draft");
    table.play_some(2);
    let round = table.machine.run().open_round().unwrap().clone();
    assert_eq!((round.ahead.map(|ahead| ahead.member), round.drafters), (Some(MemberIndex(0)), vec![MemberIndex(1)]));
}

#[test]
fn a_drafter_sent_away_is_not_waited_for() {
    let mut table = team(lazily(DraftRule::Forced));
    table.order(Command::Exclude { member: "small".to_owned() }).unwrap();
    assert!(matches!(table.waiting[..], [Effect::Extend { .. }]), "{:?}", table.waiting);
    let round = table.machine.run().open_round().unwrap();
    assert!(matches!(round.ahead.as_ref().unwrap().draft, DraftState::Failed(_)));
}

#[test]
fn an_empty_draft_is_no_failure() {
    let members = vec![member("small", &["_"]), member("large", &["far", " away."])];
    let mut table = sized(members, &[1, 9], &[], lazily(DraftRule::Forced));
    table.play();
    assert_eq!(table.machine.run().answer(), "far away.");
    assert_eq!(table.kinds(|event| matches!(event, Event::DraftFailed { .. })), 0);
}

#[test]
fn no_more_is_written_than_the_answer_may_hold() {
    for most in 1..6 {
        let members = vec![member("small", &["so far"]), member("large", &[" on"])];
        let params = Params { max_tokens: most, max_rounds: 1, ..lazily(DraftRule::Forced) };
        let mut table = sized(members, &[1, 9], &[("so far", -0.1)], params);
        table.play();
        assert_eq!(
            (table.machine.run().tokens(), table.outcome()),
            (most, Outcome::TokenLimit),
            "steps are not counted as rounds"
        );
    }
}

#[test]
fn drawing_again_takes_the_draft_up_again() {
    let mut table = team(lazily(DraftRule::Forced));
    table.play();
    let first = crate::engine::fusion::event::SegmentId(1);
    table.order(Command::Redraft { member: None, segment: Some(first) }).unwrap_err();
    let mut table = team(lazily(DraftRule::Forced));
    table.play_some(3);
    table.order(Command::Redraft { member: None, segment: Some(first) }).unwrap();
    assert!(matches!(table.waiting[..], [Effect::Extend { .. }]), "{:?}", table.waiting);
    table.play();
    assert_eq!(table.outcome(), Outcome::Answered);
}
