//! Hands calls to a member and returns its answers.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::engine::Engine;
use super::session::Session;
use super::worker::{Answer, Answers, Call, Worker, work};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::turns::Turn;
use crate::engine::member::{
    DraftRequest, Drafted, ExtendRequest, Extended, MemberError, Predicted, Progress, Reply, ScoreRequest, Scored,
};

/// Calls that may wait while one is answered.
const WAITING: usize = 4;

/// A call, and the turn on a shared device that ends with it.
pub(in crate::engine::member) type Handed = (Call, Option<Turn>);

/// Where a member's calls are answered. Clones are the same desk.
#[derive(Clone)]
pub(in crate::engine::member) enum Desk {
    /// On a thread, which receives them from here.
    Thread(mpsc::Sender<Handed>),
    /// On the caller's thread.
    Here(Arc<Mutex<dyn Answers + Send>>),
}

impl Desk {
    /// A desk, and the receiver for the thread that answers its calls.
    pub(in crate::engine::member) fn new() -> (Self, mpsc::Receiver<Handed>) {
        let (calls, waiting) = mpsc::channel(WAITING);
        (Self::Thread(calls), waiting)
    }

    /// A session on a thread of this name. The thread ends once the desk is dropped and its last call answered.
    pub(in crate::engine::member) fn thread<E>(name: &str, session: Session<E>) -> std::io::Result<Self>
    where
        E: Engine + Send + 'static,
    {
        let (desk, waiting) = Self::new();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || work(session, waiting))?;
        Ok(desk)
    }

    /// A session on the callers' threads.
    pub(in crate::engine::member) fn here<E: Engine + Send + 'static>(session: Session<E>) -> Self {
        Self::Here(Arc::new(Mutex::new(Worker::new(session))))
    }

    /// Hands over a call and waits for its answer.
    pub(in crate::engine::member) fn call<T: Send + 'static>(
        &self,
        turn: Option<Turn>,
        call: impl FnOnce(Answer<T>) -> Call + Send + 'static,
    ) -> Reply<T> {
        let (answer, reply) = oneshot::channel();
        match self {
            Self::Thread(calls) => {
                let calls = calls.clone();
                Box::pin(async move {
                    calls.send((call(answer), turn)).await.map_err(|_| gone())?;
                    drop(calls);
                    reply.await.map_err(|_| gone())?
                })
            }
            Self::Here(worker) => {
                let worker = Arc::clone(worker);
                Box::pin(async move {
                    // A panic is caught where the work is done, so it never poisons the lock.
                    worker.lock().unwrap_or_else(PoisonError::into_inner).answer(call(answer));
                    drop(turn);
                    reply.await.map_err(|_| gone())?
                })
            }
        }
    }

    /// Counts the tokens of the prompt.
    pub(in crate::engine::member) fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        self.call(None, move |answer| Call::Prepare(conversation, answer))
    }

    /// Drafts; every token is streamed before the draft is returned.
    pub(in crate::engine::member) fn draft(
        &self,
        request: DraftRequest,
        progress: Progress,
        turn: Option<Turn>,
    ) -> Reply<Drafted> {
        let (sender, mut tokens) = mpsc::unbounded_channel();
        let signs = progress.clone();
        let reply = self.call(turn, move |answer| Call::Draft(request, sender, signs, answer));
        Box::pin(async move {
            let tell = async move {
                while let Some(drawn) = tokens.recv().await {
                    for token in drawn {
                        progress.token(token).await;
                    }
                }
            };
            let (result, ()) = tokio::join!(reply, tell);
            result
        })
    }

    /// Scores candidates.
    pub(in crate::engine::member) fn score(&self, request: ScoreRequest, turn: Option<Turn>) -> Reply<Scored> {
        self.call(turn, move |answer| Call::Score(request, answer))
    }

    /// Extends another's draft.
    pub(in crate::engine::member) fn extend(
        &self,
        request: ExtendRequest,
        progress: Progress,
        turn: Option<Turn>,
    ) -> Reply<Extended> {
        self.call(turn, move |answer| Call::Extend(request, progress, answer))
    }

    /// Times decodes.
    pub(in crate::engine::member) fn measure(&self, turn: Option<Turn>) -> Reply<DecodeTimes> {
        self.call(turn, Call::Measure)
    }

    /// Finds how probable a question is.
    pub(in crate::engine::member) fn predict(&self, conversation: Arc<Conversation>, turn: Option<Turn>) -> Reply<Predicted> {
        self.call(turn, move |answer| Call::Predict(conversation, answer))
    }
}

/// The error of a thread that ended without an answer, which only a bug in it explains.
fn gone() -> MemberError {
    MemberError::Panicked("its thread has ended".into())
}
