//! Unequal members: weights by size, drafts that only repeat, base models, and the end by weight.

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::Repeats;

const QUESTION: &str = "How far is the moon?";

/// The table with members of these sizes, asked a question that can be echoed.
pub(super) fn sized(members: Vec<Member>, sizes: &[u64], opinions: &[(&'static str, f32)], params: Params) -> Table {
    let mut table = Table::new(members, opinions, params);
    let sizes = sizes.to_vec();
    table.start_again(
        |header| {
            header.conversation = Conversation::question(QUESTION);
            for (member, size) in header.members.iter_mut().zip(sizes) {
                member.capabilities.parameters = Some(size);
            }
        },
        Vec::new(),
    );
    table
}

fn set_aside(table: &Table) -> Vec<(Vec<String>, Repeats)> {
    let aside = table.records.iter().filter_map(|record| match &record.event {
        Event::SetAside { candidates, repeats } => Some((candidates.iter().map(ToString::to_string).collect(), *repeats)),
        _ => None,
    });
    aside.collect()
}

/// Lets every call come back; verifiers give the end after any candidate this probability.
fn play_with_end(table: &mut Table, end: impl Fn(&str) -> f32) {
    while !table.waiting.is_empty() && !table.finished {
        let input = match table.waiting.remove(0) {
            Effect::Draft { call, member, request, .. } => {
                assert!(request.asks_end);
                let drafted = table
                    .drafted(member)
                    .map(|drafted| Drafted { ends: vec![-9.0, end(table.members[member.0].name).ln()], ..drafted });
                Input::Drafted(call, drafted)
            }
            Effect::Score { call, member, request, .. } => {
                assert!(request.asks_end);
                let logprobs = request.candidates.iter().map(|candidate| vec![table.opinion(&candidate.text); 2]).collect();
                let ends = request.candidates.iter().map(|_| Some(end(table.members[member.0].name).ln())).collect();
                Input::Scored(call, Ok(Scored { ends, ..Scored::tokens(logprobs, 1) }))
            }
            Effect::Extend { .. } | Effect::Measure { .. } | Effect::Predict { .. } => unreachable!("every member drafts"),
            Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
        };
        table.put(input).unwrap();
    }
}

#[test]
fn two_small_members_do_not_outvote_a_large_one() {
    let members = || vec![member("a", &["short."]), member("b", &["short."]), member("c", &["long."])];
    let opinions = [("short.", -1.0), ("long.", -1.2)];
    let mut equal = sized(members(), &[9, 9, 9], &opinions, plain());
    equal.play();
    assert_eq!(equal.machine.run().answer(), "short.", "all find it the more probable");
    let weights = |table: &Table| {
        table.machine.run().rounds[0].ranked.as_ref().unwrap().weights.iter().map(|(_, weight)| *weight).collect::<Vec<_>>()
    };
    assert_eq!(weights(&equal), [1.0; 3]);
    let mut unequal = sized(members(), &[1, 1, 16], &opinions, plain());
    unequal.play();
    assert_eq!(weights(&unequal), [0.5, 0.5, 2.0]);
}

#[test]
fn an_echo_is_set_aside_unscored_and_counts_against_its_author() {
    let members = vec![member("a", &["How far is the moon?"]), member("b", &["It is far."]), member("c", &["Very far."])];
    let mut table = sized(members, &[1, 1, 1], &[("How far is the moon?", -0.1)], plain());
    table.play();
    assert_eq!(set_aside(&table), [(vec!["a".to_owned()], Repeats::Question)]);
    assert_eq!(table.machine.run().answer(), "It is far.");
    assert_eq!(table.scorings, 4, "two candidates, each by the two members that did not write it");
    let ranked = table.machine.run().rounds[0].ranked.clone().unwrap();
    assert_eq!(ranked.candidates.len(), 2);
    let quality = |name: &str| ranked.standings.iter().find(|standing| *standing.member == *name).unwrap().quality.unwrap();
    assert!(quality("a") < quality("b") - 0.4 && quality("a") < quality("c") - 0.4, "{ranked:?}");
}

#[test]
fn what_most_of_the_weight_repeats_has_a_reason() {
    let members = || vec![member("a", &["How far is the moon?"]), member("b", &["It is far."])];
    let opinions = [("How far is the moon?", -0.1)];
    for (sizes, answer) in [([1, 16], "It is far."), ([16, 1], "How far is the moon?"), ([4, 4], "How far is the moon?")] {
        let mut params = plain();
        params.max_rounds = 1;
        let mut table = sized(members(), &sizes, &opinions, params);
        table.play();
        assert_eq!(table.machine.run().answer(), answer, "{sizes:?}");
    }
}

#[test]
fn where_all_repeat_or_the_knob_is_off_nothing_is_set_aside() {
    let echo =
        || vec![member("a", &["How far is the moon?"]), member("b", &["How far is the moon?"]), member("c", &["How far is"])];
    let mut params = plain();
    params.max_rounds = 1;
    let mut all = sized(echo(), &[1, 1, 1], &[], params.clone());
    all.play();
    assert!(set_aside(&all).is_empty() && !all.machine.run().answer().is_empty());
    params.set_aside = false;
    let members = vec![member("a", &["How far is the moon?"]), member("b", &["It is far."]), member("c", &["Very far."])];
    let mut off = sized(members, &[1, 1, 1], &[("How far is the moon?", -0.1)], params);
    off.play();
    assert!(set_aside(&off).is_empty());
    assert_eq!(off.machine.run().answer(), "How far is the moon?");
}

#[test]
fn a_loop_is_set_aside_and_a_refrain_of_most_members_is_not() {
    let mut params = plain();
    params.max_rounds = 3;
    let line = " one more line of it,";
    let looping = vec![
        member("a", &[line]),
        member("b", &[line, " and so on,", " at last,"]),
        member("c", &[" or so,", " then more,", " and on,"]),
    ];
    let mut table = sized(looping, &[1, 1, 1], &[(line, -0.1)], params.clone());
    table.play();
    assert_eq!(table.machine.run().rounds[0].accepted.as_ref().unwrap().text.as_ref(), line);
    assert_eq!(set_aside(&table)[0], (vec!["a".to_owned()], Repeats::Answer));
    let refrain = vec![member("a", &[line]), member("b", &[line]), member("c", &[" or so,"])];
    let mut table = sized(refrain, &[1, 1, 1], &[(line, -0.1)], params);
    table.play();
    assert_eq!(table.machine.run().answer(), line.repeat(3));
}

#[test]
fn a_draft_set_aside_can_be_chosen_by_hand() {
    let members = vec![member("a", &["How far is the moon?"]), member("b", &["It is,"]), member("c", &["Very,"])];
    let mut params = plain();
    params.max_rounds = 1;
    let mut table = sized(members, &[1, 1, 1], &[], params);
    table.order(Command::Pause).unwrap();
    while table.waiting.iter().any(|effect| matches!(effect, Effect::Draft { .. })) {
        table.answer(0);
    }
    assert_eq!(set_aside(&table).len(), 1);
    table.order(Command::Override { member: "a".to_owned(), segment: None }).unwrap();
    assert_eq!(table.machine.run().answer(), "How far is the moon?");
}

#[test]
fn the_answer_ends_where_the_members_by_weight_want_it_to() {
    let members = || vec![member("a", &["far,", "and so on,"]), member("b", &["near,", "or not,"])];
    let opinions = [("far,", -0.1), ("and so on,", -0.1)];
    // The large one is sure, the small one is not.
    let end = |name: &str| if name == "b" { 0.9 } else { 0.1 };
    let mut table = sized(members(), &[1, 16], &opinions, plain());
    play_with_end(&mut table, end);
    assert_eq!((table.machine.run().answer().as_str(), table.outcome()), ("far,", Outcome::Answered));
    let round = &table.machine.run().rounds[0];
    assert!(round.end_was_decided());
    assert!((round.ranked.as_ref().unwrap().end.unwrap() - f64::midpoint(0.4 * 0.1, 1.6 * 0.9)).abs() < 1e-6);
    assert_eq!(table.kinds(|event| matches!(event, Event::RoundStarted { .. })), 1, "no further round is drafted");
    let mut equal = sized(members(), &[9, 9], &opinions, Params { max_rounds: 2, ..plain() });
    play_with_end(&mut equal, |name| if name == "b" { 0.85 } else { 0.1 });
    assert_eq!(equal.outcome(), Outcome::RoundLimit);
}

#[test]
fn where_too_few_know_the_end_it_is_not_decided() {
    let members = vec![member("a", &["far,"]), member("b", &["near,"]), member("c", &["there,"])];
    let mut table = sized(members, &[1, 1, 1], &[("far,", -0.1)], Params { max_rounds: 2, ..plain() });
    // Only the author of the winner reports a probability of its end.
    while !table.waiting.is_empty() && !table.finished {
        match table.waiting.remove(0) {
            Effect::Draft { call, member, .. } => {
                let drafted = table.drafted(member).map(|drafted| Drafted { ends: vec![0.0, 0.0], ..drafted });
                table.put(Input::Drafted(call, drafted)).unwrap();
            }
            Effect::Score { call, request, .. } => {
                let logprobs = request.candidates.iter().map(|candidate| vec![table.opinion(&candidate.text); 2]).collect();
                table.put(Input::Scored(call, Ok(Scored::tokens(logprobs, 1)))).unwrap();
            }
            Effect::Extend { .. } | Effect::Measure { .. } | Effect::Predict { .. } => unreachable!("every member drafts"),
            Effect::Emit(_) | Effect::Cancel(_) | Effect::Finished => unreachable!("only calls wait"),
        }
    }
    assert_eq!(table.outcome(), Outcome::RoundLimit);
    assert!(table.machine.run().rounds.iter().all(|round| round.ranked.as_ref().unwrap().end.is_none()));
}

#[test]
fn a_candidate_chosen_by_hand_does_not_end_the_answer_by_the_members_word() {
    let members = vec![member("a", &["far,", "so."]), member("b", &["near,", "so."])];
    let mut table = sized(members, &[1, 1], &[], plain());
    for _ in 0..2 {
        let Effect::Draft { call, member, .. } = table.waiting.remove(0) else { unreachable!() };
        let drafted = table.drafted(member).map(|drafted| Drafted { ends: vec![0.0, 0.0], ..drafted });
        table.put(Input::Drafted(call, drafted)).unwrap();
    }
    table.order(Command::Override { member: "b".to_owned(), segment: None }).unwrap();
    assert!(!table.machine.run().rounds[0].accepted.as_ref().unwrap().ends);
    table.play();
    assert_eq!(table.machine.run().answer(), "near,so.");
}

#[test]
fn most_of_the_drafters_can_end_the_answer_whatever_the_scores_say() {
    let members = || vec![member("a", &["done."]), member("b", &["done."]), member("c", &["and more,"])];
    let opinions = [("done.", -2.0), ("and more,", -0.1)];
    let mut by_score = sized(members(), &[1, 1, 1], &opinions, Params { max_rounds: 1, ..plain() });
    by_score.play();
    assert_eq!(by_score.machine.run().answer(), "and more,");
    let params = Params { end_majority: true, ..plain() };
    let mut by_majority = sized(members(), &[1, 1, 1], &opinions, params);
    by_majority.play();
    assert_eq!(by_majority.machine.run().answer(), "done.");
}

#[test]
fn a_base_model_verifies_and_drafts_only_alone_or_where_it_is_told_to() {
    let members = || vec![member("a", &["one."]), member("b", &["uno."]), member("c", &["un."])];
    let drafting = |change: &dyn Fn(&mut Header)| {
        let mut table = Table::new(members(), &[], plain());
        table.start_again(change, Vec::new());
        let Some(Event::RoundStarted { drafters, verifiers, .. }) =
            table.records.iter().map(|record| &record.event).find(|event| matches!(event, Event::RoundStarted { .. }))
        else {
            unreachable!("a round begins")
        };
        assert_eq!(verifiers.len(), 3);
        let said = table.kinds(|event| matches!(event, Event::Warning { text } if text.contains("base model")));
        (drafters.iter().map(ToString::to_string).collect::<Vec<_>>().concat(), said)
    };
    let base = |places: &'static [usize], role: Role| {
        move |header: &mut Header| {
            for place in places {
                (header.members[*place].capabilities.chat, header.members[*place].role) = (false, role);
            }
        }
    };
    assert_eq!(drafting(&base(&[1], Role::Auto)), ("ac".to_owned(), 1));
    assert_eq!(drafting(&base(&[1], Role::Both)), ("abc".to_owned(), 0));
    assert_eq!(drafting(&base(&[0, 1, 2], Role::Auto)), ("abc".to_owned(), 0), "there is no other");
}

#[test]
fn a_base_model_that_cannot_score_has_nothing_left_to_do_and_leaves() {
    let members = vec![member("a", &["one,"]), member("b", &["uno,"]), member("c", &["un,"])];
    let mut table = Table::new(members, &[], Params { max_rounds: 4, ..plain() });
    table.start_again(|header| (header.members[1].capabilities.chat, header.members[1].role) = (false, Role::Auto), Vec::new());
    let error = MemberError::Failed("no log-probabilities".to_owned());
    table.play_failing(&error, |name, call| name == "b" && matches!(call, Effect::Score { .. }));
    let left = |event: &Event| matches!(event, Event::Exited { member, reason: ExitReason::Failures { .. } } if &**member == "b");
    assert_eq!(table.kinds(left), 1);
    assert_eq!(table.kinds(|event| matches!(event, Event::TierLowered { .. })), 0, "it does not go on drafting");
}

/// All are asked once, before the first round; a member without a prediction gets the mean weight of the others.
#[test]
fn weights_can_go_by_how_well_the_question_is_predicted() {
    let members = || vec![member("a", &["short."]), member("b", &["short."]), member("c", &["long."])];
    let params = Params { weights: crate::engine::fusion::weights::WeightRule::Prompt, max_rounds: 2, ..plain() };
    let mut table = sized(members(), &[1, 1, 9], &[("short.", -1.0), ("long.", -1.2)], params.clone());
    assert_eq!(table.waiting.iter().filter(|call| matches!(call, Effect::Predict { .. })).count(), 3);
    assert!(table.machine.run().open_round().is_none());
    table.play();
    assert_eq!(table.kinds(|event| matches!(event, Event::Predicted { .. })), 3);
    let weights = table.machine.run().rounds[0].ranked.as_ref().unwrap().weights.clone();
    assert!(weights[2].1 > 2.0 && weights[0].1 < 0.5, "{weights:?}");
    let mut table = sized(members(), &[1, 1, 9], &[], params);
    table.fail(2, MemberError::Refused("no".to_owned()));
    table.play();
    let run = table.machine.run();
    assert_eq!(run.rounds[0].ranked.as_ref().unwrap().weights.iter().map(|(_, weight)| *weight).collect::<Vec<_>>(), [1.0; 3]);
    assert_eq!(run.warnings.iter().filter(|warning| warning.contains("how well c predicts the question")).count(), 1);
}

/// What was to apply from a failing round on applies from the next one on.
#[test]
fn a_weight_survives_a_round_in_which_every_draft_fails() {
    let members = vec![member("a", &["one,", "two,", "three."]), member("b", &["uno,", "dos,", "tres."])];
    let mut table = Table::new(members, &[], plain());
    table.play_some(4);
    table.order(Command::SetWeight { member: "a".to_owned(), weight: 3.0 }).unwrap();
    table.play_some(4);
    table.fail(0, MemberError::Failed("no".to_owned()));
    table.fail(0, MemberError::Failed("no".to_owned()));
    table.play();
    let weights = |round: usize| table.machine.run().rounds[round].ranked.as_ref().unwrap().weights[0].1;
    assert_eq!(format!("{} {}", weights(1), weights(2)), "1 3");
}
