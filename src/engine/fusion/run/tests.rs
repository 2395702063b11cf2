//! Counts kept up event by event equal a count over all rounds.

use proptest::prelude::*;

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Capabilities, MemberName, OwnSampling};

/// Two members that draft and verify.
fn header() -> Header {
    let capabilities = Capabilities { end_probability: false, ..Capabilities::in_process("scripted", "a script") };
    let member = |name: &str| MemberHeader {
        name: name.into(),
        role: Role::Both,
        weight: None,
        capabilities: capabilities.clone(),
        sampling: OwnSampling::default(),
        price: None,
    };
    Header {
        format: String::new(),
        version: 1,
        program: String::new(),
        members: vec![member("a"), member("b")],
        params: Params::default(),
        seed: 1,
        conversation: Conversation::question("How many?"),
        answers: Vec::new(),
    }
}

/// Events in any order, including orders that no real run has: a trace can be edited.
fn events() -> impl Strategy<Value = (usize, Event)> {
    let names = || -> Vec<MemberName> { vec!["a".into(), "b".into()] };
    let accepted = move |tokens| Event::Accepted {
        member: Some("a".into()),
        authors: vec!["a".into()],
        text: "one".to_owned(),
        tokens,
        ends: false,
        overridden: false,
        edited: false,
    };
    let failed = |member: &str, of: &str| Event::ScoreFailed {
        member: member.into(),
        candidates: vec![of.into()],
        error: "no".to_owned(),
        elapsed_ms: 1.0,
    };
    let score_failed = prop_oneof![Just(failed("a", "b")), Just(failed("b", "a")), Just(failed("c", "a"))];
    let draft_failed = Event::DraftFailed { member: "b".into(), error: "no".to_owned(), elapsed_ms: 1.0 };
    let event = prop_oneof![
        3 => Just(Event::RoundStarted { drafters: names(), verifiers: names(), ahead: None }),
        3 => prop_oneof![0..50_usize, Just(usize::MAX)].prop_map(accepted),
        1 => (0..6_usize).prop_map(|to_round| Event::Rewound { to_round }),
        1 => score_failed,
        1 => Just(draft_failed),
    ];
    (1..6_usize, event)
}

proptest! {
    #[test]
    fn counts_kept_are_counts_made(events in prop::collection::vec(events(), 0..40)) {
        let mut run = Run::new(header());
        for (round, event) in events {
            run.apply(&Record { t_ms: 0.0, round, event });
            let accepted = run.rounds.iter().filter_map(|round| round.accepted.as_ref());
            let tokens = accepted.fold(0_usize, |sum, accepted| sum.saturating_add(accepted.tokens));
            prop_assert_eq!(run.tokens(), tokens);
            for round in &run.rounds {
                let failed = round.drafts.iter().any(|draft| matches!(draft, DraftState::Failed(_)))
                    || round.scores().iter().any(|cell| cell.opinion.is_err());
                prop_assert_eq!(round.has_failure(), failed);
            }
        }
    }
}
