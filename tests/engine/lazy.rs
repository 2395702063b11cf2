//! Lazy drafting with real models: what the verifier keeps exactly is its own answer.

use std::path::Path;
use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Event;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::{Engine, Seat, Setup};

use crate::params;

const QUESTIONS: [&str; 4] =
    ["What is the capital of Japan?", "What is 17 plus 25?", "What is the opposite of brave?", "Who wrote Hamlet?"];

fn built_in(name: &str) -> Seat {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/models/{name}.gguf"));
    Seat::new(name, Arc::new(EmbeddedMember::open_file(&path).unwrap()))
}

async fn answered(names: &[&str], question: &str, changes: &[(&str, &str)]) -> Run {
    let cold = [("temperature", "0"), ("max-tokens", "40")];
    let changes: Vec<(&str, &str)> = cold.iter().chain(changes).copied().collect();
    let setup = Setup {
        seats: names.iter().map(|name| built_in(name)).collect(),
        params: params(&changes),
        seed: 3,
        conversation: Conversation::question(question),
        answers: Vec::new(),
        journal: None,
        clock: specfuse::engine::wall_clock(),
    };
    let mut engine = Engine::start(setup).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = engine.next_event().await {
        records.push(record);
    }
    Run::from_records(&records).unwrap()
}

#[tokio::test]
async fn what_is_kept_exactly_is_the_verifiers_own_answer() {
    let (mut kept, mut drafted) = (0, 0);
    for question in QUESTIONS {
        let alone = answered(&["abacus"], question, &[]).await;
        for rest in ["0", "3"] {
            let lazily = [("draft", "forced"), ("keep", "exact"), ("draft-confidence", "0.2"), ("draft-rest", rest)];
            let run = answered(&["babble", "abacus"], question, &lazily).await;
            assert_eq!(run.answer(), alone.answer(), "{question} {rest}");
            assert!(run.rounds.iter().all(|round| round.scores().is_empty() && round.ahead.is_some()));
            let parts = run.rounds.iter().flat_map(|round| round.accepted_parts());
            assert_eq!(parts.map(|(_, text)| text).collect::<String>(), run.answer());
            for (of_round, all) in run.rounds.iter().filter_map(|round| round.kept_ahead()) {
                (kept, drafted) = (kept + of_round, drafted + all);
            }
        }
    }
    assert!(kept > 8 && drafted > kept, "{kept} of {drafted} kept");
}

/// On any machine, the measurement leads to a decision that is recorded.
#[tokio::test]
async fn it_is_measured_whether_it_pays() {
    let run = answered(&["babble", "abacus"], QUESTIONS[0], &[("draft", "lazy")]).await;
    assert!(run.members.iter().all(|member| member.times.is_some_and(specfuse::engine::fusion::lazy::DecodeTimes::are_times)));
    let lazily = run.rounds.iter().all(|round| round.ahead.is_some());
    let said = run.warnings.join(" ");
    assert!(if lazily { said.contains("abacus alone judges") } else { said.contains("every member drafts") }, "{said}");
}

#[tokio::test]
async fn what_is_not_in_this_process_has_no_part_in_it() {
    let scripted = crate::seat("script", specfuse::engine::member::scripted::ScriptedMember::saying(&["Yes."], -0.1));
    let mut setup = crate::setup(vec![scripted, built_in("abacus")], &[("draft", "forced")]);
    setup.conversation = Conversation::question(QUESTIONS[0]);
    let mut engine = Engine::start(setup).await.unwrap();
    let mut said = String::new();
    while let Some(record) = engine.next_event().await {
        if let Event::Warning { text } = &record.event {
            said.push_str(text);
        }
    }
    assert!(said.contains("lazy drafting needs two members in this process"), "{said}");
}
