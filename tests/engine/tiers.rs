//! Members that judge, that report no log-probabilities, that can do less than they promised, that cost money.

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::event::{Price, ScoreTier, Usage};
use specfuse::engine::fusion::score::Opinion;

use super::*;

#[tokio::test]
async fn a_judge_prefers_among_all_candidates_once_every_draft_is_in() {
    let mut seats = team();
    seats[2] = seat(
        "c",
        ScriptedMember::saying(&["Sky,", " is wet."], -4.0)
            .thinking("The sky,", -0.1)
            .thinking(" is blue.", -0.1)
            .judging(ScoreTier::Labels),
    );
    let run = play(setup(seats, &[])).await;
    assert_eq!(run.answer(), "The sky, is blue.");
    for round in &run.rounds {
        let judged: Vec<f32> = round
            .candidates()
            .iter()
            .map(|candidate| match round.score(MemberIndex(2), candidate.key).map(|cell| &cell.opinion) {
                Some(Ok(Opinion::Preference(share))) => *share,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(judged.len(), 3, "its own candidate too");
        assert!((judged.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        // Every score of the round is a share, so the fused ones are shares too.
        let fused: f64 = round.ranked.as_ref().unwrap().candidates.iter().filter_map(|candidate| candidate.score).sum();
        assert!((fused - 1.0).abs() < 1e-5, "{fused}");
    }
    assert_eq!(rescore(&run, &run.params).iter().filter(|round| round.differs).count(), 0);
}

#[tokio::test]
async fn judges_alone_choose_and_let_go_too() {
    let judge = |name: &str, segments: &[&str]| {
        let member = ScriptedMember::saying(segments, -1.0).without_logprobs().otherwise(-2.0);
        seat(
            name,
            member.thinking("The sky,", -0.1).thinking(" is blue.", -0.1).thinking("mud", -9.0).judging(ScoreTier::Ranking),
        )
    };
    let seats = vec![judge("a", &["The sky,", " is green."]), judge("b", &["A sky,", " is blue."]), judge("c", &["mud", "mud"])];
    let run = play(setup(seats, &[("exit", "evidence"), ("exit-warm-up", "0"), ("exit-floor", "0.1")])).await;
    assert_eq!((run.answer().as_str(), outcome(&run)), ("The sky, is blue.", Outcome::Answered));
    let first = run.rounds[0].ranked.as_ref().unwrap();
    let quality = |name: &str| first.standings.iter().find(|standing| &*standing.member == name).unwrap().quality.unwrap();
    assert!(quality("a") > quality("c") + 2.0, "{} {}", quality("a"), quality("c"));
}

#[tokio::test]
async fn a_member_that_tells_no_log_probabilities_scores_its_own_draft_by_a_call() {
    let mut seats = team();
    seats[0] = seat(
        "a",
        ScriptedMember::saying(&["The sky,", " is green."], -0.1).without_logprobs().thinking("The sky,", -0.2).otherwise(-3.0),
    );
    let run = play(setup(seats, &[])).await;
    let first = &run.rounds[0];
    let own = first.score(MemberIndex(0), MemberIndex(0)).unwrap().logprobs().unwrap()[0];
    assert!((own + 0.2).abs() < 1e-6, "{own}");
    assert!(first.score(MemberIndex(1), MemberIndex(1)).is_none(), "who tells them is not asked again");
    assert_eq!(first.ranked.as_ref().unwrap().candidates[0].candidate.as_ref(), "a");
}

#[tokio::test]
async fn a_way_of_scoring_that_fails_is_lowered_for_the_rest_of_the_run_and_visibly() {
    let mut seats = team();
    seats[1] = seat(
        "b",
        ScriptedMember::saying(&["A sky,", " is blue."], -0.2)
            .thinking("The sky,", -0.3)
            .thinking(" is blue.", -0.1)
            .otherwise(-3.0)
            .lowered_to(ScoreTier::Ranking),
    );
    seats[2] = seat("c", ScriptedMember::saying(&["Sky,", " is wet."], -4.0).lowered_to(ScoreTier::None));
    let records = records(setup(seats, &[])).await;
    let lowered: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::TierLowered { member, tier, .. } => Some((&**member, *tier, record.round)),
            _ => None,
        })
        .collect();
    assert_eq!(lowered.len(), 2, "each once: {lowered:?}");
    assert!(lowered.contains(&("b", ScoreTier::Ranking, 1)) && lowered.contains(&("c", ScoreTier::None, 1)));
    let run = Run::from_records(&records).unwrap();
    assert_eq!(run.answer(), "The sky, is blue.");
    assert!(run.rounds[0].score(MemberIndex(1), MemberIndex(0)).unwrap().is_judgement());
    assert!(run.rounds[0].score(MemberIndex(2), MemberIndex(0)).unwrap().opinion.is_err(), "it abstains");
    assert_eq!(run.rounds[1].verifiers, [MemberIndex(0), MemberIndex(1)], "who cannot score is not asked in the next round");
    assert!(run.members.iter().all(specfuse::engine::fusion::run::MemberState::is_active), "nobody leaves for it");
}

#[tokio::test]
async fn what_will_never_work_ends_a_member_at_once() {
    let mut seats = team();
    seats.push(seat("d", ScriptedMember::new(vec![Line::Refuse("the key was refused".to_owned())])));
    let run = play(setup(seats, &[("max-failures", "9")])).await;
    assert_eq!(run.answer(), "The sky, is blue.");
    let exit = run.members[3].exit.as_ref().unwrap();
    assert_eq!((exit.round, exit.reason.in_words().as_str()), (1, "the key was refused"));
}

#[tokio::test]
async fn prices_make_costs() {
    let mut seats = team();
    seats[0].price = Some(Price { input: 1.0, cached: None, output: 1e6 });
    let mut records = records(setup(seats, &[])).await;
    // A scripted member does not count tokens: pretend that its server did.
    let used = Usage::counted(1_000_000, 0, 2);
    let drafts = records.iter_mut().filter_map(|record| match &mut record.event {
        Event::DraftFinished(draft) if &*draft.member == "a" => Some(draft),
        _ => None,
    });
    drafts.for_each(|draft| draft.usage = used);
    let run = Run::from_records(&records).unwrap();
    let summary = run.summarise();
    assert_eq!((summary.cost, summary.members[0].cost, summary.members[1].cost), (Some(6.0), Some(6.0), None));
    assert_eq!(summary.members[0].usage.output_tokens, 4);
}
