//! Asks the members of a run whether they can take its prompt, and how long to wait for those that do not answer.
//!
//! Owns who is ready when a run begins. A member that is not is waited for beside the run, which it joins when it is.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::driver::{Unready, guarded};
use super::fusion::MemberIndex;
use super::fusion::conversation::Conversation;
use super::fusion::event::Role;
use super::member::{MemberError, Reply};
use super::{Seat, SetupError};

/// How long members that are not ready are waited for, at least, once enough others are.
const GRACE: Duration = Duration::from_secs(2);
/// How long as a multiple of what the slowest of those took.
const PATIENCE: u32 = 2;

/// Who takes part, and who does not or not yet.
pub(super) struct Readiness {
    /// Members that cannot hold the prompt, or have not said yet whether they can.
    pub(super) unprepared: Vec<(MemberIndex, MemberError)>,
    /// The latter, with what they will say.
    pub(super) unready: Vec<Unready>,
}

/// A member that is being asked; it is given back when the rest is not waited for.
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

/// Asks every member whether it can hold the prompt. Borrows only what threads can share, which a clock is not: so a run can be
/// begun from any task.
///
/// # Errors
/// When no member that drafts can take the prompt.
pub(super) async fn prepare(seats: &[Seat], conversation: &Conversation, seconds: usize) -> Result<Readiness, SetupError> {
    let conversation = Arc::new(conversation.clone());
    let begun = Instant::now();
    let mut asked: FuturesUnordered<Asked> = seats
        .iter()
        .enumerate()
        .map(|(place, seat)| {
            let reply: Reply<usize> = Box::pin(guarded(seat.member.prepare(Arc::clone(&conversation)), seconds as u64));
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
        let enough = drafters > 0 && 2 * replies >= seats.len();
        until = enough.then(|| Instant::now() + GRACE.max(begun.elapsed() * PATIENCE));
    }
    let unready: Vec<Unready> = asked.into_iter().filter_map(|asked| Some((asked.member, asked.reply?))).collect();
    unprepared.extend(unready.iter().map(|(member, _)| (*member, MemberError::NotReady)));
    unprepared.sort_by_key(|(member, _)| *member);
    if drafters == 0 {
        let reason = |(member, error): &(MemberIndex, MemberError)| format!("{}: {error}", seats[member.0].name);
        let reasons = unprepared.iter().map(reason).collect::<Vec<_>>().join("; ");
        return Err(SetupError::PromptTooLong { reasons });
    }
    Ok(Readiness { unprepared, unready })
}
