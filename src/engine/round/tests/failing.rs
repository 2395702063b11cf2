//! A failure ends what a member cannot do, not the member.

use super::table::called;
use super::*;
use crate::engine::fusion::event::ScoreTier;
use crate::engine::fusion::run::MemberState;

fn scores(effect: &Effect) -> bool {
    matches!(effect, Effect::Score { .. })
}

fn broken() -> MemberError {
    MemberError::Failed("no log-probabilities".to_owned())
}

fn longer(rounds: usize) -> Params {
    let mut params = plain();
    params.max_rounds = rounds;
    params
}

fn two() -> Vec<Member> {
    vec![member("a", &["one,"]), member("b", &["uno,"])]
}

fn warnings(table: &Table) -> usize {
    table.kinds(|event| matches!(event, Event::Warning { text } if text.contains("no member can score")))
}

#[test]
fn members_that_draft_well_and_judge_badly_write_the_answer_by_their_own_scores() {
    let mut table = Table::new(two(), &[("uno,", -0.1), ("one,", -3.0)], longer(6));
    table.play_failing(&broken(), |_, call| scores(call));
    assert_eq!(table.machine.run().answer(), "uno,".repeat(6), "the draft whose author is surer of it");
    assert_eq!(table.outcome(), Outcome::RoundLimit);
    assert!(table.machine.run().members.iter().all(|member| member.is_active() && member.tier == ScoreTier::None));
    assert_eq!(table.kinds(|event| matches!(event, Event::TierLowered { tier: ScoreTier::None, .. })), 2);
    assert_eq!(warnings(&table), 1, "it is said once");
    let warned = table.records.iter().position(|record| matches!(record.event, Event::Warning { .. })).unwrap();
    let fourth = table.records.iter().position(|record| record.round == 4).unwrap();
    assert!(warned <= fourth, "before the first round in which it holds");
}

#[test]
fn without_any_score_the_order_of_the_members_decides() {
    let mut table = Table::new(two(), &[], longer(1));
    for name in ["b", "a"] {
        let index = table.machine.run().index(name).unwrap();
        let place = table.waiting.iter().position(|call| called(call) == index).unwrap();
        let Effect::Draft { call, .. } = table.waiting.remove(place) else { panic!("it drafts") };
        let mut drafted = table.drafted(index).unwrap();
        drafted.draft.tokens[0].logprob = None;
        table.put(Input::Drafted(call, Ok(drafted))).unwrap();
    }
    table.play_failing(&broken(), |_, call| scores(call));
    assert_eq!(table.machine.run().answer(), "one,");
}

#[test]
fn one_verifier_that_fails_for_good_goes_on_drafting() {
    for (error, rounds) in [(broken(), 3), (MemberError::TimedOut { seconds: 1 }, 3), (MemberError::Refused("no".to_owned()), 1)]
    {
        let mut table = Table::new(three(), LIKED, longer(5));
        table.members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
        table.play_failing(&error, |name, call| name == "c" && scores(call));
        let run = table.machine.run();
        assert_eq!(run.rounds.len(), 5);
        assert!(run.rounds.iter().all(|round| round.drafters.len() == 3), "{error}");
        let verified = run.rounds.iter().filter(|round| round.verifiers.contains(&MemberIndex(2))).count();
        assert_eq!(verified, rounds, "{error}");
        assert_eq!(warnings(&table), 0);
    }
}

#[test]
fn a_member_that_only_verifies_leaves_when_it_cannot() {
    let mut table = Table::new(three(), LIKED, longer(5));
    table.members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
    table.start_again(|header| header.members[2].role = Role::Verify, Vec::new());
    table.play_failing(&broken(), |name, call| name == "c" && scores(call));
    assert!(matches!(table.machine.run().members[2].exit.as_ref().unwrap().reason, ExitReason::Failures { count: 3, .. }));
    assert_eq!(table.machine.run().rounds.len(), 5);
}

#[test]
fn a_candidate_that_does_not_fit_a_verifier_costs_its_verdict_on_that_candidate_alone() {
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    let mut table = Table::new(three(), LIKED, longer(4));
    table.members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["a long one,"])];
    let holds_it = |call: &Effect| match call {
        Effect::Score { request, .. } => request.candidates.iter().any(|candidate| &*candidate.text == "a long one,"),
        _ => false,
    };
    table.play_failing(&full, |name, call| name == "a" && holds_it(call));
    let run = table.machine.run();
    assert!(run.members.iter().all(|member| member.is_active() && member.tier == ScoreTier::InProcess));
    for round in &run.rounds {
        let said = |candidate: usize| round.score(MemberIndex(0), MemberIndex(candidate)).map(|cell| cell.opinion.is_ok());
        assert_eq!((said(1), said(2)), (Some(true), Some(false)), "round {}", round.number);
    }
}

#[test]
fn a_judge_whose_prompt_does_not_fit_abstains_and_stays() {
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    let mut table = Table::new(three(), LIKED, longer(5));
    table.members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
    table.start_again(|header| header.members[2].capabilities.tier = ScoreTier::Labels, Vec::new());
    table.play_failing(&full, |name, call| name == "c" && scores(call));
    let run = table.machine.run();
    assert!(run.members[2].is_active() && run.members[2].tier == ScoreTier::Labels);
    assert!(run.rounds.iter().all(|round| round.accepted.is_some() && round.drafters.len() == 3));
}

#[test]
fn nobody_leaves_for_being_less_sure_of_itself_than_others_of_themselves() {
    let mut params = longer(12);
    params.exit = crate::engine::fusion::params::ExitKind::Evidence;
    for exit in ["evidence", "paper"] {
        params.set_text("exit", exit).unwrap();
        let members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
        let mut table = Table::new(members, &[("one,", -0.01), ("uno,", -0.02), ("un,", -9.0)], params.clone());
        table.play_failing(&broken(), |_, call| scores(call));
        assert!(table.machine.run().members.iter().all(MemberState::is_active), "{exit}");
    }
}

#[test]
fn an_excluded_member_s_draft_cannot_be_chosen_and_the_refusal_changes_nothing() {
    for others in [&["b"][..], &[]] {
        let mut table = Table::new(three(), LIKED, plain());
        for name in others.iter().chain(&["c"]) {
            table.answer_of_draft(name);
        }
        table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
        let (records, tally) = (table.records.len(), table.machine.tally.clone());
        let refused = table.order(Command::Override { member: "c".to_owned(), segment: None });
        assert_eq!(refused, Err(CommandError::NoCandidate { member: "c".to_owned() }));
        assert_eq!((table.records.len(), &table.machine.tally), (records, &tally));
        table.play();
        assert_eq!(table.machine.run(), &Run::from_records(&table.records).unwrap());
    }
}

#[test]
fn a_scoring_that_fails_while_its_member_drafts_again_leaves_the_round_going() {
    for error in [MemberError::Lowered { to: ScoreTier::Prompt, reason: "no".to_owned() }, MemberError::Panicked("no".to_owned())]
    {
        let mut table = Table::new(three(), LIKED, plain());
        for name in ["a", "b", "c"] {
            table.answer_of_draft(name);
        }
        table.order(Command::Redraft { member: Some("b".to_owned()), segment: None }).unwrap();
        let scoring = |call: &Effect| scores(call) && called(call) == MemberIndex(1);
        if let Some(place) = table.waiting.iter().position(scoring) {
            table.fail(place, error.clone());
        }
        table.play();
        assert!(table.finished, "{error}");
    }
}

#[test]
fn the_only_verifier_does_not_win_by_failing_to_verify() {
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    let members = || vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
    let opinions = &[("one,", -3.0), ("uno,", -0.1), ("un,", -2.0)];
    let mut table = Table::new(members(), opinions, longer(4));
    let only_draft = |header: &mut Header| header.members[1..].iter_mut().for_each(|member| member.role = Role::Draft);
    table.start_again(only_draft, Vec::new());
    table.play_failing(&full, |_, call| scores(call));
    assert_eq!(table.machine.run().answer(), "uno,".repeat(4), "each speaks for its own draft");
    assert_eq!(table.machine.run(), &Run::from_records(&table.records).unwrap());
}

#[test]
fn a_verifier_that_scores_nothing_does_not_make_its_own_draft_win() {
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    for members in [2, 3] {
        let mut all = vec![member("bad", &["odd,"]), member("b", &["uno,"]), member("c", &["un,"])];
        all.truncate(members);
        let mut table = Table::new(all, &[("odd,", -2.5), ("uno,", -0.1), ("un,", -2.0)], longer(4));
        table.play_failing(&full, |name, call| name == "bad" && scores(call));
        assert_eq!(table.machine.run().answer(), "uno,".repeat(4), "{members}");
    }
}

#[test]
fn an_answer_that_fills_the_context_of_its_last_member_is_at_a_limit_and_one_that_never_began_failed() {
    let full = MemberError::ContextFull { needed: 41, limit: 40 };
    for rounds in 0..3 {
        let drafts = std::cell::Cell::new(0);
        let mut table = Table::new(two(), &[("uno,", -0.1), ("one,", -3.0)], longer(6));
        table.play_failing(&full, |_, call| {
            let is_draft = matches!(call, Effect::Draft { .. });
            drafts.set(drafts.get() + usize::from(is_draft));
            is_draft && drafts.get() > 2 * rounds
        });
        assert_eq!(table.machine.run().answer(), "uno,".repeat(rounds));
        match table.outcome() {
            Outcome::ContextLimit => assert!(rounds > 0),
            Outcome::NoMembers { error } => assert!(rounds == 0 && error.contains("its context holds 40"), "{error}"),
            other => panic!("{other:?}"),
        }
    }
}
