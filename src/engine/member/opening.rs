//! A member that is still being opened: its server is loading a model, or has not answered yet. It already has a seat, so that a
//! run can start without it and include it once it is ready.

use std::sync::{Arc, OnceLock};

use tokio::sync::watch;

use super::absent::AbsentMember;
use super::{
    Capabilities, DraftRequest, Drafted, ExtendRequest, Extended, Member, MemberError, Predicted, Progress, Reply, ScoreRequest,
    Scored, Usage,
};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;

/// The result of opening it: the member, or why there is none.
type Outcome = Result<Arc<dyn Member>, String>;

/// A member that can do nothing before it is opened, and then whatever the opened one can.
pub struct OpeningMember {
    before: AbsentMember,
    opened: Arc<OnceLock<Outcome>>,
    done: watch::Receiver<bool>,
}

/// The other end, which hands over the result. If it is dropped unused, the member stays away.
pub struct Opener {
    opened: Arc<OnceLock<Outcome>>,
    done: watch::Sender<bool>,
}

impl OpeningMember {
    /// A member of this kind, and its opener.
    #[must_use]
    pub fn new(kind: &str) -> (Self, Opener) {
        let (sender, done) = watch::channel(false);
        let opened = Arc::new(OnceLock::new());
        let before = AbsentMember::new(kind, "", "it is still being opened".to_owned());
        (Self { before, opened: Arc::clone(&opened), done }, Opener { opened, done: sender })
    }

    fn member(&self) -> Option<&Arc<dyn Member>> {
        self.opened.get().and_then(|outcome| outcome.as_ref().ok())
    }
}

impl Opener {
    /// Ends the opening.
    pub fn finish(self, outcome: Outcome) {
        // There is one opener, so it is not set yet.
        let _ = self.opened.set(outcome);
        let _ = self.done.send(true);
    }
}

impl Member for OpeningMember {
    fn capabilities(&self) -> &Capabilities {
        self.member().map_or_else(|| self.before.capabilities(), |member| member.capabilities())
    }

    fn probing(&self) -> Usage {
        self.member().map_or_else(|| self.before.probing(), |member| member.probing())
    }

    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize> {
        let (opened, mut done) = (Arc::clone(&self.opened), self.done.clone());
        Box::pin(async move {
            // Dropping the opener ends the waiting too.
            let _ = done.wait_for(|done| *done).await;
            match opened.get() {
                Some(Ok(member)) => member.prepare(conversation).await,
                Some(Err(reason)) => Err(MemberError::Refused(reason.clone())),
                None => Err(MemberError::Refused("it was not opened".to_owned())),
            }
        })
    }

    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted> {
        match self.member() {
            Some(member) => member.draft(request, progress),
            None => self.before.draft(request, progress),
        }
    }

    fn score(&self, request: ScoreRequest) -> Reply<Scored> {
        match self.member() {
            Some(member) => member.score(request),
            None => self.before.score(request),
        }
    }

    fn extend(&self, request: ExtendRequest, progress: Progress) -> Reply<Extended> {
        match self.member() {
            Some(member) => member.extend(request, progress),
            None => self.before.extend(request, progress),
        }
    }

    fn measure(&self) -> Reply<DecodeTimes> {
        match self.member() {
            Some(member) => member.measure(),
            None => self.before.measure(),
        }
    }

    fn predict(&self, conversation: Arc<Conversation>) -> Reply<Predicted> {
        match self.member() {
            Some(member) => member.predict(conversation),
            None => self.before.predict(conversation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::scripted::ScriptedMember;

    fn ask(member: &OpeningMember) -> Reply<usize> {
        member.prepare(Arc::new(Conversation::question("?")))
    }

    #[tokio::test]
    async fn it_is_what_it_was_opened_as() {
        let (member, opener) = OpeningMember::new("server");
        assert!(!member.capabilities().tier.scores());
        let waiting = ask(&member);
        opener.finish(Ok(Arc::new(ScriptedMember::saying(&["Yes."], -0.1))));
        assert_eq!(waiting.await, Ok(1));
        assert_eq!((member.capabilities().kind.as_str(), ask(&member).await), ("scripted", Ok(1)));
    }

    #[tokio::test]
    async fn it_stays_away_for_the_reason_that_opening_gave() {
        let (member, opener) = OpeningMember::new("server");
        opener.finish(Err("the connection was refused".to_owned()));
        assert_eq!(ask(&member).await, Err(MemberError::Refused("the connection was refused".to_owned())));
        let (member, opener) = OpeningMember::new("server");
        drop(opener);
        assert!(matches!(ask(&member).await, Err(MemberError::Refused(_))));
    }
}
