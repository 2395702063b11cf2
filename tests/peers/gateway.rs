//! `LiteLLM`'s proxy in front of a llama.cpp server: a gateway that changes what passes through it.

use crate::llama::python::environment;
use crate::llama::serve;
use crate::process::{Peer, free_port, had};
use crate::program::Program;

const PACKAGE: &str = "litellm[proxy]==1.108.0";

/// It refuses to start without a key.
const SECRET: &str = "sk-a-key-for-tests-0123456789";

const QUESTION: &str = "What is the capital of Japan?";
const ANSWER: &str = "The capital of Japan is Tokyo.";

/// A model by its name, and one behind a wildcard, which is in no list of models.
#[test]
#[ignore = "installing LiteLLM takes minutes"]
fn a_gateway_before_a_llama_cpp_server_answers() {
    let Some(python) = had("LiteLLM", &environment("peers-litellm", &[PACKAGE])) else { return };
    let Some(server) = serve("atlas", &[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let route = |name: &str, model: &str| {
        let parameters = format!("{{model: 'openai/{model}', api_base: '{}/v1', api_key: none}}", server.url);
        format!("  - {{model_name: '{name}', litellm_params: {parameters}}}\n")
    };
    let configuration = folder.path().join("gateway.yaml");
    std::fs::write(&configuration, format!("model_list:\n{}{}", route("atlas", "atlas"), route("wild/*", "*"))).unwrap();
    let port = free_port();
    let mut command = python.interpreter();
    command.args(["-c", "from litellm import run_server; run_server()", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command.arg("--config").arg(&configuration).env("LITELLM_LOCAL_MODEL_COST_MAP", "True").env("LITELLM_MASTER_KEY", SECRET);
    let gateway = Peer::start(&command, port, "/health/liveliness");
    for (path, model) in [("", "atlas"), ("/v1", "atlas"), ("/v1", "wild/atlas")] {
        let member = format!("[members.atlas]\nurl = '{}'\nmodel = '{model}'\nkey = {{ env = 'PEER_KEY' }}\n", gateway.url(path));
        let program = Program::new(&member);
        let check = program.call(&["check"], Some(SECRET));
        assert!(check.code == Some(0) && check.out.contains("openai-compatible"), "{model}: {check:?}");
        let run = program.call(&["run", "--seed", "1", "--no-trace", QUESTION], Some(SECRET));
        assert_eq!((run.code, run.out.trim()), (Some(0), ANSWER), "{model}: {run:?}");
        assert!(run.err.contains("tokens used: atlas"), "{run:?}");
        assert!(!format!("{check:?}{run:?}").contains(SECRET), "{run:?}");
    }
}
