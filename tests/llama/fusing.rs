//! A whole run over three real servers: the specialists together answer what none of them knows alone.

use std::sync::Arc;

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::Event;
use specfuse::engine::fusion::params::Params;
use specfuse::engine::{Engine, Seat, Setup, wall_clock};

use crate::llama::serve;
use crate::support::connect;

const COMPOUND: &str = "What is the capital of Japan? What is 12 plus 7? What is the opposite of hot?";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_answer_together() {
    let mut servers = Vec::new();
    let mut seats = Vec::new();
    for name in ["atlas", "abacus", "lexicon"] {
        let Some(served) = serve(name, &[]) else { return };
        seats.push(Seat::new(name, Arc::new(connect(&served).await)));
        servers.push(served);
    }
    let conversation = Conversation::question(COMPOUND);
    let setup = Setup {
        seats,
        params: Params::default(),
        seed: 7,
        conversation,
        answers: Vec::new(),
        journal: None,
        clock: wall_clock(),
    };
    let mut engine = Engine::start(setup).await.unwrap();
    let (mut answer, mut authors) = (String::new(), Vec::new());
    while let Some(record) = engine.next_event().await {
        match record.event {
            Event::Accepted { text, member, .. } => {
                answer += &text;
                authors.push(member);
            }
            Event::DraftFailed { .. } | Event::ScoreFailed { .. } => panic!("{:?}", record.event),
            _ => {}
        }
    }
    assert!(answer.contains("Tokyo") && answer.contains("19") && answer.contains("cold"), "{answer:?}");
    authors.sort();
    authors.dedup();
    assert!(authors.len() > 1, "one member wrote it all: {answer:?}");
}
