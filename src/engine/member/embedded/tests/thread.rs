//! The member's thread and its replicas: faults in it, and its end.

use std::sync::Arc;

use super::{bytes, context};
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::absent::AbsentMember;
use crate::engine::member::embedded::EmbeddedMember;
use crate::engine::member::in_process::{Call, Desk};
use crate::engine::member::turns::{InTurn, Turns};
use crate::engine::member::{DraftRequest, ExtendRequest, Keep, Member, MemberError, Progress, Sampling, ScoreRequest, Working};

fn wait<T>(reply: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(reply)
}

fn request() -> DraftRequest {
    DraftRequest {
        context: context("What is it?", &[]),
        sampling: Sampling { temperature: 0.6, top_p: 0.9, seed: 7 },
        segment: SegmentRule::tokens(12),
        asks_end: false,
        confidence: None,
    }
}

#[test]
fn a_panic_is_an_answer_now_and_later() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let fault = Err(MemberError::Panicked("broken on purpose".into()));
    assert_eq!(wait(member.desk.call(None, Call::Break)), fault);
    assert_eq!(wait(member.prepare(Arc::new(Conversation::question("?")))), fault);
}

#[test]
fn the_thread_ends_with_its_member() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let Desk::Thread(calls) = &member.desk else { panic!("it has a thread") };
    let calls = calls.clone();
    let late = member.prepare(Arc::new(Conversation::question("Still there?")));
    drop(member);
    // A pending reply still comes; the thread ends when no handle is left.
    assert!(wait(late).is_ok());
    let weak = calls.downgrade();
    drop(calls);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_replica_says_the_same_wherever_it_works() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let score = |member: &dyn Member| {
        wait(member.score(ScoreRequest::exact(request().context, vec![CandidateText::new(" A word.", true)])))
    };
    let drafted = wait(member.draft(request(), Progress::nowhere())).unwrap();
    let scored = score(&member).unwrap();
    for working in [Working::OnThread, Working::InPlace] {
        let replica = member.replica(working).unwrap();
        assert_eq!(replica.capabilities(), member.capabilities());
        let again = wait(replica.draft(request(), Progress::nowhere())).unwrap();
        assert_eq!(again.draft, drafted.draft, "{working:?}");
        assert_eq!(score(&*replica).unwrap().opinions, scored.opinions, "{working:?}");
    }
}

#[test]
fn a_draft_is_taken_up_wherever_a_member_works() {
    let member = Arc::new(EmbeddedMember::open("babble", &bytes("babble")).unwrap());
    let DraftRequest { context, sampling, .. } = request();
    let asked = ExtendRequest { context, draft: "A word.".into(), ends: true, keep: Keep::Likely(1e-4), own: 1, sampling };
    let taken = wait(member.extend(asked.clone(), Progress::nowhere())).unwrap();
    assert!(taken.kept > 0 && taken.forwards > 0, "{taken:?}");
    let in_turn: Arc<dyn Member> = Arc::new(InTurn::new(Arc::clone(&member) as Arc<dyn Member>, Turns::default()));
    let others = [Working::OnThread, Working::InPlace].map(|working| member.replica(working).unwrap());
    for other in others.into_iter().chain([in_turn]) {
        let again = wait(other.extend(asked.clone(), Progress::nowhere())).unwrap();
        assert_eq!((again.text(), again.logprobs), (taken.text(), taken.logprobs.clone()));
    }
    let away = AbsentMember::new("server", "", "it is away".to_owned());
    assert_eq!(wait(away.extend(asked, Progress::nowhere())), Err(MemberError::Refused("it is away".to_owned())));
}

#[test]
fn a_replica_in_place_tells_its_tokens_and_survives_a_panic() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let replica = EmbeddedMember::in_place(member.shared.clone(), member.capabilities.clone());
    let (sender, mut told) = tokio::sync::mpsc::channel(100);
    let drafted = wait(replica.draft(request(), Progress::new(3, sender))).unwrap();
    let tokens: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
    assert!(tokens.iter().all(|(call, _)| *call == 3));
    assert_eq!(tokens.into_iter().map(|(_, token)| token).collect::<Vec<_>>(), drafted.draft.tokens);
    let fault = Err(MemberError::Panicked("broken on purpose".into()));
    assert_eq!(wait(replica.desk.call(None, Call::Break)), fault);
    assert_eq!(wait(replica.prepare(Arc::new(Conversation::question("?")))), fault);
    assert!(wait(member.prepare(Arc::new(Conversation::question("?")))).is_ok(), "the others go on");
}
