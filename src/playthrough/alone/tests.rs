use super::*;
use crate::engine::member::scripted::ScriptedMember;
use crate::engine::member::{Capabilities, Member, Reply, ScoreRequest, Scored};

/// How a test member fails to draft.
#[derive(Clone, Copy)]
enum Failing {
    BeforeItsReply,
    Within,
    Never,
}

struct Broken(Capabilities, Failing);

impl Broken {
    fn new(failing: Failing) -> Self {
        Self(Capabilities::in_process("broken", "none"), failing)
    }
}

impl Member for Broken {
    fn capabilities(&self) -> &Capabilities {
        &self.0
    }

    fn prepare(&self, _conversation: Arc<Conversation>) -> Reply<usize> {
        Box::pin(async { Ok(0) })
    }

    fn draft(&self, _request: DraftRequest, _progress: Progress) -> Reply<Drafted> {
        match self.1 {
            Failing::BeforeItsReply => panic!("at once"),
            Failing::Within => Box::pin(async { panic!("later") }),
            Failing::Never => Box::pin(std::future::pending()),
        }
    }

    fn score(&self, _request: ScoreRequest) -> Reply<Scored> {
        Box::pin(std::future::pending())
    }
}

async fn asked(member: Arc<dyn Member>) -> Alone {
    let params = Params { draft_seconds: 7, ..Params::default() };
    alone(&Seat::new("a", member), &params, &Conversation::question("Capital of Japan?"), 1).await
}

#[tokio::test(start_paused = true)]
async fn a_member_alone_has_the_limits_of_a_run_and_its_panics_are_its_own() {
    for (failing, said) in [(Failing::BeforeItsReply, "at once"), (Failing::Within, "later"), (Failing::Never, "7 s")] {
        match asked(Arc::new(Broken::new(failing))).await {
            Alone::Failed(error) => assert!(error.to_string().contains(said), "{error}"),
            other => panic!("{other:?}"),
        }
    }
    match asked(Arc::new(ScriptedMember::saying(&["It is Tokyo."], -0.5))).await {
        Alone::Answered(answer) => assert!(answer.text == "It is Tokyo." && answer.ended, "{answer:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_member_that_only_verifies_is_not_asked() {
    let seat = Seat::new("a", Arc::new(ScriptedMember::saying(&["No."], -0.5)));
    let seat = Seat { role: Role::Verify, ..seat };
    let asked = alone(&seat, &Params::default(), &Conversation::question("?"), 1).await;
    assert!(matches!(asked, Alone::NotAsked), "{asked:?}");
}
