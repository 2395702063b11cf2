//! Asks, and counts what asking used, even if a judgement fails half-way.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use super::{Ask, Asks, JudgeError, Judged, Reply, Spent};
use crate::engine::member::MemberError;

/// A judgement in progress.
pub(super) struct Meter<'a> {
    asks: &'a dyn Asks,
    spent: Mutex<Spent>,
}

/// Why one question of a judgement has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    Call(MemberError),
    NoLabels(String),
    Unreadable(String),
}

impl From<MemberError> for Unanswered {
    fn from(error: MemberError) -> Self {
        Self::Call(error)
    }
}

impl<'a> Meter<'a> {
    pub(super) fn new(asks: &'a dyn Asks) -> Self {
        Self { asks, spent: Mutex::default() }
    }

    pub(super) async fn ask(&self, ask: Ask) -> Result<Reply, MemberError> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner).calls += 1;
        let reply = self.asks.ask(ask).await?;
        self.spent.lock().unwrap_or_else(PoisonError::into_inner).usage += reply.usage;
        Ok(reply)
    }

    pub(super) fn judged(&self, preferences: Vec<f32>) -> Judged {
        let Spent { usage, calls } = self.spent();
        Judged { preferences, usage, calls }
    }

    pub(super) fn failed(&self, why: Unanswered) -> JudgeError {
        let spent = self.spent();
        match why {
            Unanswered::Call(source) => JudgeError::Call { source, spent },
            Unanswered::NoLabels(reason) => JudgeError::NoLabels { reason, spent },
            Unanswered::Unreadable(reply) => JudgeError::Unreadable { reply, spent },
        }
    }

    fn spent(&self) -> Spent {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs calls at the same time and returns their results in order, or the first error in that order.
pub(super) async fn together<T, E>(calls: Vec<impl Future<Output = Result<T, E>> + Send>) -> Result<Vec<T>, E> {
    let mut calls: Vec<Pin<Box<_>>> = calls.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<Result<T, E>>> = calls.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (call, result) in calls.iter_mut().zip(&mut results).filter(|(_, result)| result.is_none()) {
            if let Poll::Ready(value) = call.as_mut().poll(context) {
                *result = Some(value);
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}
