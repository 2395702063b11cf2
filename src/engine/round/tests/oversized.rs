//! Drafts of any size: what a segment holds, and what the answer has room for.

use super::*;
use crate::engine::fusion::candidate::Draft;
use crate::engine::fusion::event::Thought;
use crate::engine::fusion::run::DraftState;

/// Far longer than what the others draft.
const UNREADABLE: &str = "unreadable, unreadable, unreadable, unreadable, unreadable.";

fn draft(tokens: &[&str], ends: bool) -> Drafted {
    let token = |text: &&str| DraftToken { text: (*text).to_owned(), logprob: Some(-0.01) };
    let draft = Draft { tokens: tokens.iter().map(token).collect(), ends, end_logprob: ends.then_some(-0.01) };
    Drafted {
        draft,
        thought: Thought::default(),
        ends: Vec::new(),
        forwards: 1,
        usage: crate::engine::fusion::event::Usage::default(),
    }
}

/// Lets a member's open draft come back, its tokens streamed or not.
fn bring(table: &mut Table, name: &str, drafted: Drafted, told: bool) {
    let index = table.machine.run().index(name).unwrap();
    let place = table.waiting.iter().position(|call| matches!(call, Effect::Draft { member, .. } if *member == index)).unwrap();
    let call = call_of(&table.waiting.remove(place));
    if told {
        for token in &drafted.draft.tokens {
            table.put(Input::Token(call, token.clone())).unwrap();
        }
    }
    table.put(Input::Drafted(call, Ok(drafted))).unwrap();
}

fn finished(table: &Table, member: usize) -> (String, bool) {
    match table.machine.run().rounds[0].draft(MemberIndex(member)) {
        Some(DraftState::Finished(draft)) => (draft.draft.text(), draft.draft.ends),
        other => panic!("{other:?}"),
    }
}

fn small() -> Params {
    let mut params = plain();
    params.set_text("segment-bytes", "64").unwrap();
    params
}

#[test]
fn a_segment_holds_no_more_bytes_than_the_knob_says() {
    let huge = "x".repeat(100_000);
    let words = "word ".repeat(20_000);
    let marks = format!("a{}", "\u{301}".repeat(300));
    let (accents, faces, lines) = ("é".repeat(99), "🙂".repeat(20), "\n".repeat(9_000));
    let table: [(&[&str], &str); 7] = [
        (&[&huge], &"x".repeat(64)),
        (&["one ", &huge], "one"),
        (&[&words], &words[..59]),
        (&[&marks], &marks[..63]),
        (&[&accents, "é"], &"é".repeat(32)),
        (&[&faces, "!", "?"], &"🙂".repeat(16)),
        (&[&lines, "x"], &"\n".repeat(64)),
    ];
    for (tokens, expected) in table {
        for told in [false, true] {
            let mut table = Table::new(three(), LIKED, small());
            bring(&mut table, "a", draft(tokens, true), told);
            assert_eq!(finished(&table, 0), (expected.to_owned(), false), "told: {told}");
            let recorded: usize = table.records.iter().map(|record| serde_json::to_string(record).unwrap().len()).sum();
            assert!(recorded < 20_000, "{recorded} bytes are recorded");
            table.play();
            assert_eq!(table.machine.run(), &Run::from_records(&table.records).unwrap());
        }
    }
}

#[test]
fn a_draft_that_just_fits_is_whole_and_may_end_the_answer() {
    let text = "x".repeat(64);
    for (tokens, ends) in [(vec![text.as_str()], true), (vec![&text[..60], &text[..4]], true)] {
        let mut table = Table::new(three(), LIKED, small());
        bring(&mut table, "a", draft(&tokens, ends), true);
        assert_eq!(finished(&table, 0), (text.clone(), true));
    }
}

/// A member's huge draft, which no other member can read, against two healthy ones, in every order of the members.
#[test]
fn a_candidate_that_no_other_member_could_score_loses_to_one_that_others_scored() {
    let full = MemberError::ContextFull { needed: 9_000, limit: 512 };
    for error in [full, MemberError::TimedOut { seconds: 1 }, MemberError::Failed("413".to_owned())] {
        for hostile in 0..3 {
            for members in [2, 3] {
                let mut all = three();
                all.truncate(members.max(hostile + 1));
                all[hostile].says = vec![UNREADABLE];
                let opinions = [
                    (UNREADABLE, -0.001),
                    ("one,", -2.0),
                    ("uno,", -2.5),
                    ("un,", -3.0),
                    ("two.", -1.0),
                    ("dos.", -1.0),
                    ("deux.", -1.0),
                ];
                let mut table = Table::new(all, &opinions, plain());
                let holds_it = |call: &Effect| match call {
                    Effect::Score { request, .. } => request.candidates.iter().any(|candidate| &*candidate.text == UNREADABLE),
                    _ => false,
                };
                table.play_failing(&error, |_, call| holds_it(call));
                let run = table.machine.run();
                assert!(run.rounds[0].accepted.as_ref().unwrap().author != Some(MemberIndex(hostile)), "{error} {hostile}");
                let ranked = run.rounds[0].ranked.clone().unwrap();
                let last = ranked.candidates.last().unwrap();
                assert!(last.unconfirmed && last.authors == [run.member(MemberIndex(hostile)).header.name.clone()]);
                assert!(run.members.iter().all(|member| member.exit.is_none()), "{error}");
            }
        }
    }
}

#[test]
fn a_sole_verifier_s_own_draft_is_as_good_as_the_others() {
    let mut table = Table::new(three(), &[("one,", -0.1)], plain());
    let only_draft = |header: &mut Header| header.members[1..].iter_mut().for_each(|member| member.role = Role::Draft);
    table.start_again(only_draft, Vec::new());
    while table.machine.run().rounds[0].accepted.is_none() {
        table.answer(0);
    }
    assert_eq!(table.machine.run().answer(), "one,", "nobody failed to score it");
}

#[test]
fn an_answer_has_not_one_token_more_than_max_tokens() {
    let tokens = ["a", "b ", "c", "d", " e", "f", "g ", "h"];
    for unit in ["tokens", "words", "sentence"] {
        for most in 1..=20 {
            let mut params = plain();
            params.set_text("segment", unit).unwrap();
            params.set_text("max-tokens", &most.to_string()).unwrap();
            let mut table = Table::new(vec![member("a", &[])], &[], params);
            while !table.finished {
                bring(&mut table, "a", draft(&tokens, false), true);
            }
            assert_eq!((table.machine.run().tokens(), table.outcome()), (most, Outcome::TokenLimit), "{unit} {most}");
        }
    }
}

#[test]
fn a_last_draft_that_ends_within_the_room_ends_the_answer() {
    for (most, answered) in [(2, false), (3, true), (4, true)] {
        let mut params = plain();
        params.set_text("max-tokens", &most.to_string()).unwrap();
        let mut table = Table::new(vec![member("a", &[])], &[], params);
        bring(&mut table, "a", draft(&["one", " two", " three"], true), true);
        assert_eq!(table.outcome() == Outcome::Answered, answered, "{most}");
        assert_eq!(table.machine.run().tokens(), most.min(3));
    }
}

#[test]
fn a_character_of_several_tokens_is_not_split_by_the_limit() {
    let mut params = plain();
    params.set_text("max-tokens", "1").unwrap();
    let mut table = Table::new(vec![member("a", &[])], &[], params);
    bring(&mut table, "a", draft(&["", "", "🙂", "x"], false), true);
    assert_eq!((table.machine.run().answer().as_str(), table.finished), ("🙂", true));
}

#[test]
fn tokens_of_a_reply_that_counts_no_more_are_not_the_drafts() {
    let mut table = Table::new(vec![member("a", &[]), member("b", &[])], &[], plain());
    let index = table.machine.run().index("a").unwrap();
    let place = table.waiting.iter().position(|call| matches!(call, Effect::Draft { member, .. } if *member == index)).unwrap();
    let call = call_of(&table.waiting[place]);
    table.put(Input::Token(call, DraftToken { text: "Half".to_owned(), logprob: None })).unwrap();
    bring(&mut table, "a", draft(&["All", " of it."], true), false);
    assert_eq!(finished(&table, 0), ("All of it.".to_owned(), true));
}
