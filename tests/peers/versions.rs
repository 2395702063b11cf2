//! Versions of llama.cpp, months apart: what the program assumes of one is true of the others.

use crate::llama::python::environment;
use crate::llama::{gguf, serve_by};
use crate::process::had;
use crate::program::Program;

const VERSIONS: [&str; 3] = ["0.2.14", "2026.6.9538", "2026.10.11549"];

#[test]
#[ignore = "fetches three versions of llama.cpp"]
fn three_versions_of_llama_cpp_score_exactly() {
    for version in VERSIONS {
        let made = environment(&format!("peers-xllamacpp-{version}"), &[&format!("xllamacpp=={version}")]);
        let Some(python) = had("llama.cpp", &made) else { continue };
        let server = serve_by(&python, &gguf("atlas"), "atlas", &[]);
        let program = Program::new(&format!("[members.atlas]\nurl = '{}'\n", server.url));
        let check = program.check();
        assert!(check.out.contains("continues the raw text  T2 exact, forced decoding"), "{version}: {check:?}");
        let run = program.run(&["What is the capital of Japan?"]);
        assert_eq!((run.code, run.out.trim()), (Some(0), "The capital of Japan is Tokyo."), "{version}: {run:?}");
    }
}
