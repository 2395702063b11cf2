//! The member's thread: faults in it, and its end.

use std::sync::Arc;

use super::bytes;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::embedded::EmbeddedMember;
use crate::engine::member::embedded::worker::Call;
use crate::engine::member::{Member, MemberError};

fn wait<T>(reply: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(reply)
}

#[test]
fn a_panic_is_an_answer_now_and_later() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let fault = Err(MemberError::Panicked("broken on purpose".into()));
    assert_eq!(wait(member.call(Call::Break)), fault);
    assert_eq!(wait(member.prepare(Arc::new(Conversation::question("?")))), fault);
}

#[test]
fn the_thread_ends_with_its_member() {
    let member = EmbeddedMember::open("babble", &bytes("babble")).unwrap();
    let calls = member.calls.clone();
    let late = member.prepare(Arc::new(Conversation::question("Still there?")));
    drop(member);
    // A reply that was asked for still comes; the thread ends when nobody can ask any more.
    assert!(wait(late).is_ok());
    let weak = calls.downgrade();
    drop(calls);
    assert!(weak.upgrade().is_none());
}
