//! The machine against scripted members, in every order of arrival.

mod anything;
mod at_once;
mod failing;
mod lazy;
mod linger;
mod oversized;
mod patience;
mod spent;
mod steering;
mod table;
mod taken_up;
mod text;
mod undo;
mod unequal;

use self::table::{Member, Table, call_of, member};
use super::*;
use crate::engine::fusion::event::{ExitReason, OwnSampling, Role};
use crate::engine::fusion::params::{Params, Value};

/// Ten tokens per segment, mean probability, no exits: the numbers are easy to follow.
fn plain() -> Params {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("scoring", "mean-prob"), ("exit", "off"), ("exit-min-members", "1")] {
        params.set_text(name, value).unwrap();
    }
    params
}

fn three() -> Vec<Member> {
    vec![member("a", &["one,", "two."]), member("b", &["uno,", "dos."]), member("c", &["un,", "deux."])]
}

const LIKED: &[(&str, f32)] = &[("uno,", -0.1), ("two.", -0.2)];

#[test]
fn the_best_candidate_of_each_round_is_accepted() {
    let mut table = Table::new(three(), LIKED, plain());
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    assert_eq!(table.outcome(), Outcome::Answered);
    let summary = table.machine.run().summary.clone().unwrap();
    assert_eq!((summary.rounds, summary.draft_calls, summary.score_calls), (2, 6, 12));
    assert_eq!(summary.score_calls_saved, 2 * 3 * 3 - 12);
}

#[test]
fn every_order_of_arrival_gives_the_same_answer_and_the_same_ranking() {
    let mut orders = 0;
    let mut choices: Vec<usize> = Vec::new();
    let mut expected: Option<(String, Vec<Option<f64>>)> = None;
    loop {
        let members = vec![member("a", &["one."]), member("b", &["uno."]), member("c", &["one."])];
        let mut table = Table::new(members, &[("one.", -0.7), ("uno.", -0.4)], plain());
        let mut widths = Vec::new();
        while !table.waiting.is_empty() {
            let step = widths.len();
            widths.push(table.waiting.len());
            table.answer(choices.get(step).copied().unwrap_or(0));
        }
        let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
        let scores = ranked.candidates.iter().map(|candidate| candidate.score).collect();
        let outcome = (table.machine.run().answer(), scores);
        assert_eq!(expected.get_or_insert_with(|| outcome.clone()), &outcome, "order {choices:?}");
        orders += 1;
        choices.resize(widths.len(), 0);
        while let Some(last) = choices.pop() {
            if last + 1 < widths[choices.len()] {
                choices.push(last + 1);
                break;
            }
        }
        if choices.is_empty() {
            break;
        }
    }
    assert!(orders > 20, "only {orders} orders were played");
}

#[test]
fn a_free_verifier_scores_a_finished_candidate_while_others_still_draft() {
    let mut table = Table::new(three(), LIKED, plain());
    table.answer_of_draft("a");
    assert!(table.scoring_now().is_empty(), "one candidate alone may turn out unanimous");
    table.answer_of_draft("b");
    assert_eq!(table.scoring_now(), ["a", "b"], "c still drafts");
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
}

#[test]
fn a_unanimous_round_makes_no_scoring_call() {
    let members = vec![member("a", &["same."]), member("b", &["same."]), member("c", &["same."])];
    let mut table = Table::new(members, &[], plain());
    table.play();
    assert_eq!((table.scorings, table.machine.run().answer().as_str()), (0, "same."));
    let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
    assert!(ranked.unanimous);
    assert_eq!(ranked.candidates[0].authors.len(), 3);
}

#[test]
fn equal_text_that_ends_is_another_candidate_than_text_that_goes_on() {
    let mut table = Table::new(vec![member("a", &["x. "]), member("b", &["x."])], &[("x.", -0.1)], plain());
    table.play();
    assert!(table.scorings > 0);
}

#[test]
fn a_tie_goes_to_the_earlier_member_whoever_came_first() {
    let members = || vec![member("a", &["one."]), member("b", &["uno."])];
    let opinions = [("one.", -0.5), ("uno.", -0.5)];
    let mut table = Table::new(members(), &opinions, plain());
    table.answer_of_draft("b");
    table.play();
    assert_eq!(table.machine.run().answer(), "one.");
}

#[test]
fn a_failing_member_stops_nobody_and_leaves_after_so_many_failures() {
    let members = vec![member("a", &["!"]), member("b", &["b,"]), member("c", &["c,"])];
    let mut params = plain();
    params.max_rounds = 5;
    let mut table = Table::new(members, &[], params);
    table.play();
    assert_eq!(table.machine.run().answer(), "b,b,b,b,b,");
    let exit = table.machine.run().members[0].exit.clone().unwrap();
    assert_eq!(exit.round, 3);
    assert!(matches!(exit.reason, ExitReason::Failures { count: 3, .. }));
    assert_eq!(table.outcome(), Outcome::RoundLimit);
}

#[test]
fn a_member_that_panicked_leaves_at_once_and_its_verdicts_are_missing_not_zero() {
    let members = vec![member("a", &["!!"]), member("b", &["b."]), member("c", &["c."])];
    let mut table = Table::new(members, &[("b.", -0.1), ("c.", -0.3)], plain());
    table.play();
    assert_eq!(table.machine.run().answer(), "b.");
    assert!(matches!(table.machine.run().members[0].exit.as_ref().unwrap().reason, ExitReason::Unusable { .. }));
    let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
    let expected = f64::from((-0.1_f32).exp());
    assert!((ranked.candidates[0].score.unwrap() - expected).abs() < 1e-6, "{ranked:?}");
}

#[test]
fn a_verifier_that_fails_abstains_and_is_not_asked_again() {
    let mut table = Table::new(three(), LIKED, plain());
    for name in ["a", "b", "c"] {
        table.answer_of_draft(name);
    }
    let Effect::Score { call, .. } = table.waiting.remove(0) else { panic!("a scores") };
    table.put(Input::Scored(call, Err(MemberError::TimedOut { seconds: 1 }))).unwrap();
    table.play();
    assert_eq!(table.machine.run().answer(), "uno,two.");
    assert_eq!(table.kinds(|event| matches!(event, Event::ScoreFailed { .. })), 1);
}

#[test]
fn a_reply_that_is_not_about_every_candidate_or_not_a_number_counts_as_a_failure() {
    for logprobs in [vec![], vec![vec![f32::NAN]]] {
        let mut table = Table::new(vec![member("a", &["one."]), member("b", &["uno."])], &[], plain());
        table.answer_of_draft("a");
        table.answer_of_draft("b");
        let Effect::Score { call, .. } = table.waiting.remove(0) else { panic!("a scores") };
        table.put(Input::Scored(call, Ok(Scored::tokens(logprobs, 0)))).unwrap();
        assert_eq!(table.kinds(|event| matches!(event, Event::ScoreFailed { .. })), 1);
    }
}

#[test]
fn when_every_draft_fails_the_round_is_tried_again_until_nobody_is_left() {
    let mut table = Table::new(vec![member("a", &["!"]), member("b", &["_"])], &[], plain());
    table.play();
    let Outcome::NoMembers { error } = table.outcome() else { panic!("nobody is left") };
    assert!(error.contains("returned nothing") || error.contains("script"), "{error}");
    assert_eq!(table.kinds(|event| matches!(event, Event::RoundStarted { .. })), 3);
}

#[test]
fn the_token_limit_ends_the_answer_and_says_so() {
    let mut params = plain();
    params.max_tokens = 3;
    let mut table = Table::new(vec![member("a", &["x,"])], &[], params);
    table.play();
    assert_eq!((table.outcome(), table.machine.run().tokens()), (Outcome::TokenLimit, 3));
}

#[test]
fn a_reply_to_a_dropped_call_changes_nothing() {
    let mut table = Table::new(three(), LIKED, plain());
    let Effect::Draft { call, .. } = table.waiting[0] else { panic!("a drafts") };
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    let records = table.records.len();
    let late = table.drafted(MemberIndex(0));
    table.put(Input::Drafted(call, late)).unwrap();
    table.put(Input::Token(call, DraftToken { text: "x".to_owned(), logprob: Some(0.0) })).unwrap();
    assert_eq!(table.records.len(), records);
}

#[test]
fn members_that_cannot_hold_the_prompt_take_no_part() {
    let mut table = Table::new(three(), LIKED, plain());
    let mut machine = Machine::new(table.machine.run().header.clone());
    let full = MemberError::ContextFull { needed: 900, limit: 512 };
    let effects = machine.handle(0.0, Input::Start(vec![(MemberIndex(1), full)])).unwrap();
    let drafts = effects.iter().filter(|effect| matches!(effect, Effect::Draft { .. })).count();
    assert_eq!(drafts, 2);
    let exit = machine.run().members[1].exit.clone().unwrap();
    assert!(exit.reason.in_words().contains("900 tokens"), "{exit:?}");
    table.play();
}

#[test]
fn aligned_candidates_are_scored_only_when_all_drafts_are_in() {
    let mut params = plain();
    params.set_text("align", "words").unwrap();
    let members = vec![member("a", &["one two three."]), member("b", &["uno dos"]), member("c", &["un."])];
    let mut table = Table::new(members, &[("uno", -0.1)], params);
    table.answer_of_draft("a");
    table.answer_of_draft("b");
    assert!(table.scoring_now().is_empty());
    table.answer_of_draft("c");
    let run = table.machine.run();
    let texts: Vec<_> = run.rounds[0].candidates().iter().map(|candidate| &*candidate.text).collect();
    assert_eq!(texts, ["one", "uno dos", "un."].map(|text| text.split(' ').next().unwrap()));
}

#[test]
fn the_state_of_a_run_is_what_its_records_add_up_to() {
    let mut table = Table::new(three(), LIKED, plain());
    table.order(Command::Pause).unwrap();
    table.order(Command::Exclude { member: "c".to_owned() }).unwrap();
    table.play();
    table.order(Command::Readmit { member: "c".to_owned() }).unwrap();
    table.order(Command::Rewind { to_round: 0 }).unwrap();
    table.order(Command::Resume).unwrap();
    table.play();
    let rebuilt = Run::from_records(&table.records).unwrap();
    assert_eq!(&rebuilt, table.machine.run());
    let lines: Vec<String> = table.records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let read: Vec<Record> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, table.records);
}

#[test]
fn sampling_of_a_member_goes_over_the_knobs() {
    let mut header = Table::new(vec![Member { name: "a", says: vec!["x"] }], &[], Params::default()).machine.run().header.clone();
    header.members[0].sampling = OwnSampling { temperature: Some(0.25), top_p: None };
    let top_p = header.params.top_p as f32;
    let effects = Machine::new(header).handle(0.0, Input::Start(Vec::new())).unwrap();
    let sampling = effects.iter().find_map(|effect| match effect {
        Effect::Draft { request, .. } => Some(request.sampling),
        _ => None,
    });
    assert_eq!(sampling.map(|sampling| (sampling.temperature, sampling.top_p)), Some((0.25, top_p)));
}
