//! Tries a file in a child process before this one loads it.
//!
//! A damaged file can make llama.cpp end its process, and its log, which would go over the screen, is the only source of the
//! reason why a file is refused. So this program starts itself again for the file ([`child`]) and reads the outcome ([`run`]).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use tokio::process::Command;

use super::error::LlamaCppError;
use super::load::Plan;
use super::process::Log;
use crate::clean::clean_line;
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::ending::{self, Ending};
use crate::engine::member::in_process::{Stop, Until};
use crate::engine::member::{Context, Hints, Local, MemberError, Sampling, ScoreRequest};

/// The hidden command of this program that tries a file.
pub const COMMAND: &str = "try-model";

/// The child's last output if the file is good.
const GOOD: &str = "good";

/// Tokens that the trial draws and scores.
const TOKENS: usize = 2;

/// Has `program`, which is this one, try a file.
///
/// # Errors
/// Names why the file cannot be run in this process.
pub async fn run(program: &Path, path: &Path, local: &Local) -> Result<(), LlamaCppError> {
    let file = path.display().to_string();
    let start = |problem: String| LlamaCppError::Start { file: file.clone(), what: "the process that tries it", problem };
    let mut command = Command::new(program);
    command.arg(COMMAND).args(arguments(path, local)).env("GGML_NO_BACKTRACE", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| start(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.trim_end().ends_with(GOOD) {
        return Ok(());
    }
    Err(reason(&file, output.status, &said, &String::from_utf8_lossy(&output.stderr)))
}

/// The child's arguments: the file, then the user's settings for running it.
fn arguments(path: &Path, local: &Local) -> Vec<OsString> {
    let number = |number: Option<usize>| number.map(|number| number.to_string());
    let said = [
        ("--device", local.device.clone()),
        ("--threads", number(local.threads)),
        ("--gpu-layers", local.gpu_layers.map(|layers| layers.to_string())),
        ("--context", number(local.context)),
    ];
    let said = said.into_iter().filter_map(|(name, value)| value.map(|value| [OsString::from(name), OsString::from(value)]));
    [OsString::from(path)].into_iter().chain(said.flatten()).collect()
}

/// The file and the settings in these arguments; `None` if they are not those of [`run`].
fn read(arguments: &[OsString]) -> Option<(PathBuf, Local)> {
    let (path, mut rest) = arguments.split_first()?;
    let mut local = Local::default();
    while let [name, value, others @ ..] = rest {
        let value = value.to_str()?;
        match name.to_str()? {
            "--device" => local.device = Some(value.to_owned()),
            "--threads" => local.threads = Some(value.parse().ok()?),
            "--gpu-layers" => local.gpu_layers = Some(value.parse().ok()?),
            "--context" => local.context = Some(value.parse().ok()?),
            _ => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some((PathBuf::from(path), local))
}

/// The child's work: loads the file, drafts and scores a few tokens. Returns what to print and whether the file is good.
#[must_use]
pub fn child(arguments: &[OsString]) -> (String, bool) {
    let Some((path, local)) = read(arguments) else { return ("it tries one model file for this program".to_owned(), false) };
    match attempt(path, local) {
        Ok(()) => (GOOD.to_owned(), true),
        Err(problem) => (problem, false),
    }
}

fn attempt(path: PathBuf, local: Local) -> Result<(), String> {
    let file = path.display().to_string();
    let said = |error: LlamaCppError| error.to_string();
    let plan = Plan::logging(path, local, Log::Shown).map_err(said)?;
    let model = plan.model(|_| ()).map_err(said)?;
    let (mut session, _) = plan.session(&model).map_err(said)?;
    let context = Context { conversation: Arc::new(Conversation::question("Hello")), accepted: Arc::new([]) };
    let sampling = Sampling { temperature: 0.0, top_p: 1.0, seed: 0 };
    let complete = |_: &str, count: usize| count >= TOKENS;
    // Every message starts with the file, whose name may contain anything.
    let without_file = |error: &MemberError| error.to_string().trim_start_matches(&format!("{file}: ")).to_owned();
    let failed = |stop: Stop| match stop {
        // A context that is too small for this, or a template that cannot write it, is a problem of the prompt.
        Stop::Cancelled | Stop::Failed(MemberError::ContextFull { .. }) => String::new(),
        Stop::Failed(error) if without_file(&error).contains("chat_template") => String::new(),
        Stop::Failed(error) => format!("{file}: {}", without_file(&error)),
    };
    let drafted =
        session.draft(&context, sampling, Until::complete(&complete), &Hints::default(), &mut |_| (), &|| false).map_err(failed);
    let candidates = vec![CandidateText::new(" One", true), CandidateText::new(" Two", false)];
    let scored = session.score(&ScoreRequest::exact(context, candidates), &|| false).map_err(failed);
    let faults = [drafted.err(), scored.err()];
    faults.into_iter().flatten().find(|fault| !fault.is_empty()).map_or(Ok(()), Err)
}

/// What the end of the child means.
fn reason(file: &str, status: ExitStatus, said: &str, log: &str) -> LlamaCppError {
    let from_log = logged(log);
    match Ending::of(status) {
        Ending::Instructions => LlamaCppError::Instructions { file: file.to_owned() },
        Ending::Killed => LlamaCppError::Killed { file: file.to_owned() },
        Ending::Signal(number) => {
            LlamaCppError::Ended { file: file.to_owned(), how: format!("signal {number}"), reason: from_log }
        }
        Ending::Exit => {
            // The child names the file itself.
            let said = clean_line(said.trim());
            let said = said.strip_prefix(file).map_or(said.as_str(), |rest| rest.trim_start_matches(": ")).to_owned();
            let known = said.strip_prefix("llama.cpp cannot load it: ");
            match known {
                // "null result" is all that the bindings report; the log has more.
                Some(_) if !from_log.is_empty() => LlamaCppError::Load { file: file.to_owned(), reason: from_log },
                Some(reason) => LlamaCppError::Load { file: file.to_owned(), reason: reason.to_owned() },
                None if said.is_empty() => LlamaCppError::Load { file: file.to_owned(), reason: from_log },
                None => LlamaCppError::Tried { file: file.to_owned(), problem: said },
            }
        }
    }
}

/// The line with the error: of this program's own panic, of llama.cpp's log, otherwise the last one.
fn logged(log: &str) -> String {
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // A panic's message is on the line after its location.
    let panicked = lines.iter().position(|line| line.contains("panicked at")).and_then(|place| lines.get(place + 1));
    let of_log = || ending::reason(lines.iter().copied()).or_else(|| lines.last().map(|line| ending::shown(line)));
    panicked.map(|line| ending::shown(line)).or_else(of_log).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn the_child_is_told_what_the_user_said() {
        let local = Local { device: Some("cpu".to_owned()), threads: Some(3), gpu_layers: None, context: Some(99) };
        let arguments = arguments(Path::new("a b.gguf"), &local);
        assert_eq!(read(&arguments), Some((PathBuf::from("a b.gguf"), local)));
        assert_eq!(read(&arguments[..2]), None);
        assert_eq!(read(&["x".into(), "--threads".into(), "many".into()]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn the_end_of_the_child_is_put_into_words() {
        let said = |status: i32, said: &str, log: &str| reason("x.gguf", ExitStatus::from_raw(status), said, log).to_string();
        let code = 1 << 8;
        assert!(said(4, "", "").contains("compiled for a newer processor"));
        assert!(said(9, "", "").contains("memory ran out"));
        let aborted = said(6, "", "load: fine\n/src/llama-hparams.cpp:9: GGML_ASSERT(il < n_layer) failed\n");
        assert!(aborted.ends_with("ended the process (signal 6); GGML_ASSERT(il < n_layer) failed"), "{aborted}");
        let panicked = said(101 << 8, "", "thread 'main' panicked at src/model.rs:1:2:\nit does not fit\nstack backtrace:\n");
        assert_eq!(panicked, "x.gguf: llama.cpp cannot load it: it does not fit");
        let cut = said(code, "", "gguf_init_from_reader: failed to read header\nllama_model_load: error loading model: no\n");
        assert!(cut.contains("failed to read header"), "{cut}");
        let log = "llama_model_load: error loading model: tensor 'a' is out of bounds\nllama_model_load_from_file_impl: failed\n";
        let refused = said(code, "x.gguf: llama.cpp cannot load it: null result from llama cpp\n", log);
        assert_eq!(refused, "x.gguf: llama.cpp cannot load it: tensor 'a' is out of bounds");
        let recurrent = said(code, "x.gguf: a recurrent model, whose state\n", "");
        assert_eq!(recurrent, "x.gguf: a recurrent model, whose state");
        assert!(said(code, "", "\u{1b}[2Jlast words").ends_with("last words"));
    }
}
