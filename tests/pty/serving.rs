//! The playground with real llama.cpp servers.

use specfuse::engine::fusion::run::Run;

use crate::home::{ANSWER, ENTER, Home, QUESTION, leaves};
use crate::llama::serve;

#[test]
fn three_servers_write_an_answer_that_is_watched() {
    let served: Option<Vec<_>> = ["atlas", "abacus", "lexicon"].into_iter().map(|name| serve(name, &[])).collect();
    let Some(served) = served else { return };
    let home = Home::new();
    let mut arguments = vec!["--seed", "1"];
    arguments.extend(served.iter().flat_map(|server| ["--model", server.url.as_str()]));
    let mut playing = home.opens(&arguments);
    playing.plays("A atlas is ready: ");
    playing.plays("C lexicon is ready: ");
    playing.types(QUESTION);
    playing.types(ENTER);
    playing.plays("★ answered");
    leaves(playing, "q", "the last run is kept");
    let run = Run::from_records(&home.trace().records).unwrap();
    assert_eq!(run.answer(), ANSWER);
    assert!(run.members.iter().all(|member| member.header.capabilities.kind == "llama-server" && !member.usage.is_zero()));
}
