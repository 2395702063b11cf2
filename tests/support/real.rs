//! Real language models for tests and benchmarks, fetched once into a folder under `target/`.
//!
//! If they cannot be fetched, tests fail if `CI` is set, and otherwise report that they were skipped.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop a test as the tests themselves do")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::llama;

/// The files of these models (or `server`, the program), in their order; see `real_models.py`. `None`: they are not available
/// here, which was reported.
pub fn fetched(names: &[&str]) -> Option<Vec<PathBuf>> {
    let python = llama::python()?;
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("real-models");
    let lock = File::create(target.join("real-models.lock")).unwrap();
    lock.lock().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/real_models.py");
    let mut command = python.interpreter();
    let output = command.arg(script).arg(folder).args(names).stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string()).and_then(|output| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    });
    match output {
        Ok(said) => Some(said.lines().map(PathBuf::from).collect()),
        Err(reason) if std::env::var_os("CI").is_some() => panic!("no real models: {reason}"),
        Err(reason) => {
            println!("left out: no real models: {reason}");
            None
        }
    }
}
