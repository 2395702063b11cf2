//! Asks the members of a run whether they can take its prompt, and decides how long to wait for those that do not answer.
//!
//! Owns which members are ready when a run starts. The run does not wait for the others; they join once they are ready.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::driver::{Unready, guarded};
use super::fusion::MemberIndex;
use super::fusion::conversation::Conversation;
use super::fusion::event::{ExitReason, Role};
use super::fusion::run::Run;
use super::member::{MemberError, Reply, Waits};
use super::{Seat, SetupError};

/// The minimum wait for members that are not ready, once enough others are.
const GRACE: Duration = Duration::from_secs(2);
/// The wait as a multiple of the slowest of those others.
const GRACE_FACTOR: u32 = 2;
/// The minimum time in seconds that a member may take to get ready: its server may be loading its model, which has a separate
/// limit.
const LOADING: u64 = 360;

/// Whether this many members can be asked a question: at least half have answered, and at least one of them drafts.
#[must_use]
pub(crate) fn is_enough(members: usize, settled: usize, drafters: usize) -> bool {
    drafters > 0 && 2 * settled >= members
}

/// How long to wait for the others once enough are ready, which took `elapsed`.
#[must_use]
pub(crate) fn grace(elapsed: Duration) -> Duration {
    GRACE.max(elapsed * GRACE_FACTOR)
}

/// Which members take part, and which do not or not yet.
pub(super) struct Readiness {
    /// Members that cannot hold the prompt, or have not answered yet.
    pub(super) unprepared: Vec<(MemberIndex, MemberError)>,
    /// The latter, with their pending replies.
    pub(super) unready: Vec<Unready>,
}

impl Readiness {
    /// Lets members join that had not joined this run when it was recorded and are ready now.
    pub(super) fn join(&mut self, run: &Run) {
        for (place, member) in run.members.iter().enumerate() {
            let waited = member.exit.as_ref().is_some_and(|exit| exit.reason == ExitReason::NotReady);
            if waited && self.unprepared.iter().all(|(unprepared, _)| unprepared.0 != place) {
                self.unready.push((MemberIndex(place), Box::pin(std::future::ready(Ok(0)))));
            }
        }
    }
}

/// A member being asked; the pending reply is returned if it is not waited for.
struct Asked {
    member: MemberIndex,
    reply: Option<Reply<usize>>,
}

impl Future for Asked {
    type Output = (MemberIndex, Result<usize, MemberError>);

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        let member = self.member;
        match &mut self.reply {
            Some(reply) => reply.as_mut().poll(context).map(|result| (member, result)),
            None => std::task::Poll::Pending,
        }
    }
}

/// Why no run can start with these members. Only of a prompt that is too long can the length be the reason.
fn refusal<'a>(unprepared: &[(MemberIndex, MemberError)], name: impl Fn(MemberIndex) -> &'a String) -> SetupError {
    let reason = |(member, error): &(MemberIndex, MemberError)| {
        let (name, error) = (name(*member), error.to_string());
        // A member without a name of its own is called by its address.
        if error.contains(&format!("//{name}/")) { error } else { format!("{name}: {error}") }
    };
    let reasons = unprepared.iter().map(reason).collect::<Vec<_>>().join("; ");
    let too_long = unprepared.iter().any(|(_, error)| matches!(error, MemberError::ContextFull { .. }));
    if too_long { SetupError::PromptTooLong { reasons } } else { SetupError::NotReached { reasons } }
}

/// Asks every member whether it can hold the prompt. Borrows only what threads can share, which excludes the clock, so that a run
/// can be started from any task.
///
/// # Errors
/// If no member that drafts can take the prompt.
pub(super) async fn prepare(seats: &[Seat], conversation: &Conversation, seconds: usize) -> Result<Readiness, SetupError> {
    let conversation = Arc::new(conversation.clone());
    let begun = Instant::now();
    let mut asked: FuturesUnordered<Asked> = seats
        .iter()
        .enumerate()
        .map(|(place, seat)| {
            let limit = LOADING.max(seconds as u64);
            let prepared = seat.member.prepare(Arc::clone(&conversation));
            let reply: Reply<usize> = Box::pin(async move { guarded(prepared, limit, &Waits::default()).await });
            Asked { member: MemberIndex(place), reply: Some(reply) }
        })
        .collect();
    let mut unprepared = Vec::new();
    let (mut replies, mut drafters) = (0, 0);
    let mut until: Option<Instant> = None;
    loop {
        let reply = match until {
            None => asked.next().await,
            Some(until) => tokio::time::timeout_at(until, asked.next()).await.unwrap_or_default(),
        };
        let Some((member, result)) = reply else { break };
        replies += 1;
        match result {
            Ok(_tokens) => drafters += usize::from(seats[member.0].role != Role::Verify),
            Err(error) => unprepared.push((member, error)),
        }
        until = is_enough(seats.len(), replies, drafters).then(|| Instant::now() + grace(begun.elapsed()));
    }
    let unready: Vec<Unready> = asked.into_iter().filter_map(|asked| Some((asked.member, asked.reply?))).collect();
    unprepared.extend(unready.iter().map(|(member, _)| (*member, MemberError::NotReady)));
    unprepared.sort_by_key(|(member, _)| *member);
    if drafters == 0 {
        return Err(refusal(&unprepared, |member| &seats[member.0].name));
    }
    Ok(Readiness { unprepared, unready })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_blamed_only_if_it_is_the_reason_and_an_address_is_said_once() {
        let names = ["127.0.0.1:9".to_owned(), "small".to_owned()];
        let away = || MemberError::Failed("http://127.0.0.1:9/health: the connection was refused".to_owned());
        let said = |errors: Vec<MemberError>| {
            let errors: Vec<_> = errors.into_iter().enumerate().map(|(place, error)| (MemberIndex(place), error)).collect();
            refusal(&errors, |member| &names[member.0]).to_string()
        };
        assert_eq!(said(vec![away()]), "no model can be reached: http://127.0.0.1:9/health: the connection was refused");
        let both = said(vec![away(), MemberError::ContextFull { needed: 9, limit: 5 }]);
        assert!(both.contains("shorten it") && both.contains("small: the prompt"), "{both}");
    }
}
