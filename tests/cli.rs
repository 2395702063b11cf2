//! The program as the user uses it: the real binary, the real built-in ensemble, real files, pipes and signals.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "cli/evaluating.rs"]
mod evaluating;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/handed_in.rs"]
mod handed_in;
#[cfg(unix)]
#[path = "cli/homes.rs"]
mod homes;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[path = "cli/needs.rs"]
mod needs;
#[path = "cli/words.rs"]
mod words;

use specfuse::engine::fusion::event::Event;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::trace;

const QUESTION: &str = "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave?";
const ANSWER: &str = "The capital of Japan is Tokyo. 27 plus 48 is 75. The opposite of brave is cowardly.\n";

/// A separate home for every test, so that no test sees the user's files or another test's.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_specfuse"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("OLLAMA_MODELS", self.path().join("ollama"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn traces(&self) -> Vec<PathBuf> {
        let folder = self.path().join(".local/share/specfuse/traces");
        fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Asserts an exit code and that standard error contains all of this.
fn fails(output: &Output, code: i32, said: &[&str]) {
    let text = err(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    for part in said {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

#[test]
fn the_readme_question_is_answered_right() {
    let home = Home::new();
    let output = home.run(&["run", "--seed", "1", QUESTION]);
    assert_eq!((out(&output).as_str(), output.status.code()), (ANSWER, Some(0)), "{}", err(&output));
    let summary = err(&output);
    for part in
        ["answered in", "unanimous", "segments:", "drafts", "scorings", "saved", "first segment", "tokens/s", "seed 1", "toys"]
    {
        assert!(summary.contains(part), "`{part}` is missing in: {summary}");
    }
}

#[test]
fn quiet_says_nothing_but_the_answer() {
    let output = Home::new().run(&["run", "-q", "--seed", "1", QUESTION]);
    assert_eq!((out(&output).as_str(), err(&output).as_str()), (ANSWER, ""));
}

#[test]
fn a_prompt_comes_from_standard_input() {
    let home = Home::new();
    for arguments in [&["run", "-q", "--seed", "1", "-"][..], &["run", "-q", "--seed", "1"]] {
        let mut child = home.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{QUESTION}\n").as_bytes()).unwrap();
        assert_eq!(out(&child.wait_with_output().unwrap()), ANSWER);
    }
}

/// What a run decided, without its times: every accepted segment with its authors and score, and every exit.
fn story(lines: &str) -> String {
    let mut told = Vec::new();
    for line in lines.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        match record["event"].as_str().unwrap() {
            "ranked" => {
                let ranked = record["candidates"].as_array().unwrap();
                let scored = |c: &serde_json::Value| format!("{} {:.3}", c["authors"], c["score"].as_f64().unwrap_or(f64::NAN));
                told.push(format!("round {}: {}", record["round"], ranked.iter().map(scored).collect::<Vec<_>>().join("  ")));
            }
            "accepted" => told.push(format!("  {}", record["text"])),
            "exited" => told.push(format!("  {} leaves: {}", record["member"], record["reason"])),
            "run_finished" => told.push(record["outcome"].to_string()),
            _ => {}
        }
    }
    told.join("\n") + "\n"
}

#[test]
fn a_seed_repeats_a_run_to_the_byte_whatever_the_order_of_arrival() {
    let home = Home::new();
    let play = || story(&out(&home.run(&["run", "--json", "--no-trace", "--seed", "42", "--segment", "tokens", QUESTION])));
    let first = play();
    for _ in 0..4 {
        assert_eq!(play(), first);
    }
}

/// To accept new models or a changed method: `UPDATE_GOLDEN=1 cargo test --test cli golden`, and read the diff.
#[test]
fn golden_run_of_the_built_in_ensemble() {
    let home = Home::new();
    for (name, arguments) in [
        ("sentences", &["--seed", "7"][..]),
        ("tokens", &["--seed", "7", "--segment", "tokens"]),
        ("paper", &["--seed", "7", "--preset", "paper"]),
    ] {
        let question = "What is the chemical symbol of gold? On which continent is Kenya? What is 90 minus 17? What is the past tense of swim?";
        let output = home.run(&[&["run", "--json", "--no-trace", question], arguments].concat());
        let told = story(&out(&output));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &told).unwrap();
        }
        assert_eq!(told, fs::read_to_string(&path).unwrap(), "{name}");
    }
}

#[test]
fn what_json_prints_is_what_the_trace_holds_and_adds_up_to_the_answer() {
    let home = Home::new();
    let path = home.path().join("run.jsonl");
    let output = home.run(&["run", "--json", "--seed", "1", "--trace", path.to_str().unwrap(), QUESTION]);
    assert_eq!(out(&output), fs::read_to_string(&path).unwrap());
    let read = trace::read(&path).unwrap();
    let run = Run::from_records(&read.records).unwrap();
    assert_eq!(run.answer() + "\n", ANSWER);
    let Some(Event::RunFinished(finished)) = read.records.last().map(|record| &record.event) else { panic!("it has an end") };
    assert_eq!(finished.summary.rounds, run.rounds.len());
    assert_eq!(Some(&finished.summary), run.summary.as_ref());
    // No token of the prefix is evaluated twice: the drafts, the other members' candidates and the prompt are all there is.
    let bound = (run.members.len() as f64 + 1.5) * finished.summary.tokens as f64;
    for member in &finished.summary.members {
        assert!((member.forwards as f64) < bound, "{} evaluated {} of at most {bound}", member.name, member.forwards);
    }
}

#[test]
fn a_follow_up_question_leans_on_the_one_before() {
    let output = Home::new().run(&["run", "-q", "--seed", "1", "What is the capital of Japan?", "--then", "And of Kenya?"]);
    assert_eq!(out(&output), "The capital of Japan is Tokyo.\nThe capital of Kenya is Nairobi.\n");
}

#[test]
fn every_run_leaves_a_private_trace_unless_told_not_to() {
    let home = Home::new();
    home.run(&["run", "-q", "--no-trace", "Hello!"]);
    assert!(home.traces().is_empty());
    home.run(&["run", "-q", "Hello!"]);
    let traces = home.traces();
    assert_eq!(traces.len(), 1);
    assert!(trace::read(&traces[0]).is_ok());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&traces[0]), mode(traces[0].parent().unwrap())), (0o600, 0o700));
    }
}

#[test]
fn knobs_reach_the_run_from_the_configuration_the_preset_and_the_command_line_in_this_order() {
    let home = Home::new();
    let config = home.path().join("mine.toml");
    fs::write(&config, "[parameters]\nsegment-tokens = 7\nscoring = \"min-prob\"\nmax-rounds = 3\n").unwrap();
    let arguments = [
        "run",
        "--json",
        "--no-trace",
        "--config",
        config.to_str().unwrap(),
        "--preset",
        "paper",
        "--segment-tokens",
        "5",
        "Hello!",
    ];
    let header: serde_json::Value = serde_json::from_str(out(&home.run(&arguments)).lines().next().unwrap()).unwrap();
    let params = &header["params"];
    assert_eq!(
        (&params["segment-tokens"], &params["scoring"], &params["max-rounds"]),
        (&5.into(), &"mean-prob".into(), &3.into())
    );
}

#[test]
fn a_preset_of_ones_own_is_used_by_name() {
    let home = Home::new();
    let config = home.path().join("mine.toml");
    fs::write(&config, "[presets.short]\nsegment = \"tokens\"\nsegment-tokens = 4\n").unwrap();
    let config = config.to_str().unwrap();
    let output = home.run(&["run", "--json", "--no-trace", "--config", config, "--preset", "short", "Hello!"]);
    let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap()).unwrap();
    assert_eq!(header["params"]["segment-tokens"], 4);
    fails(&home.run(&["run", "--config", config, "--preset", "shrt", "Hi"]), 2, &["`shrt`", "fast, short"]);
    fs::write(config, "[presets.short]\nsegmnt = \"tokens\"\n").unwrap();
    fails(&home.run(&["run", "--config", config, "Hi"]), 2, &["mine.toml", "presets.short.segmnt", "`segment`"]);
}

#[test]
fn a_preset_of_ones_own_has_an_effect_and_says_what_it_sets_for_it() {
    let home = Home::new();
    let config = home.path().join("mine.toml");
    fs::write(&config, "[presets.short]\nsegment-tokens = 3\n").unwrap();
    let run = |more: &[&str]| {
        let mut arguments = vec!["run", "--json", "--no-trace", "--config", config.to_str().unwrap(), "--preset", "short"];
        arguments.extend(more);
        let output = home.run(&arguments);
        let header: serde_json::Value = serde_json::from_str(out(&output).lines().next().unwrap()).unwrap();
        (header["params"]["segment"].clone(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (segment, said) = run(&["Hello!"]);
    assert!(segment == "tokens" && said.contains("`segment` is set to tokens"), "{segment} {said}");
    let (segment, said) = run(&["--segment", "words", "Hello!"]);
    assert!(segment == "words" && said.contains("`segment-tokens` has no effect"), "{segment} {said}");
}

#[test]
fn a_file_that_cannot_be_read_is_told_without_a_number() {
    let home = Home::new();
    let folder = home.path().to_str().unwrap();
    fails(&home.run(&["replay", folder]), 2, &["this is a folder: name a trace file"]);
    fails(&home.run(&["export", folder]), 2, &["this is a folder: name a trace file"]);
    fails(&home.run(&["eval", "nofile"]), 2, &["nofile", "there is no such file", "a file of prompts"]);
    fails(&home.run(&["run", "--config", "nofile", "Hi"]), 2, &["nofile", "there is no such file", "a configuration file"]);
}

#[test]
fn the_platforms_own_configuration_is_read() {
    let home = Home::new();
    let folder = home.path().join(".config/specfuse");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[parameters]\nmax-rounds = 0\n").unwrap();
    fails(&home.run(&["run", "Hello!"]), 2, &["config.toml", "max-rounds", "1 to 100000"]);
}

#[test]
fn wrong_usage_says_what_would_be_right() {
    let home = Home::new();
    fails(&home.run(&["run", ""]), 2, &["the prompt is empty"]);
    fails(&home.run(&["run", " \n\t "]), 2, &["the prompt is empty"]);
    fails(&home.run(&["run", "--exit-treshold", "0.5", "Hi"]), 2, &["--exit-threshold"]);
    fails(&home.run(&["run", "--exit-threshold", "5", "Hi"]), 2, &["exit-threshold", "0 to 1"]);
    fails(&home.run(&["run", "--scoring", "best", "Hi"]), 2, &["mean-prob"]);
    fails(&home.run(&["run", "--preset", "papr", "Hi"]), 2, &["paper"]);
    fails(&home.run(&["run", "--members", "atlass", "Hi"]), 2, &["atlass", "atlas"]);
    fails(&home.run(&["run", "--role", "atlas=judge", "Hi"]), 2, &["draft"]);
    fails(&home.run(&["run", "--weight", "atlas=-1", "Hi"]), 2, &["from 0 on"]);
    fails(&home.run(&["run", "--config", "nowhere.toml", "Hi"]), 2, &["nowhere.toml"]);
    fails(&home.run(&["run", "--model", "nowhere.gguf", "Hi"]), 2, &["nowhere.gguf"]);
    fails(&home.run(&["run", "--members", "atlas", "--role", "atlas=verify", "Hi"]), 2, &["no member", "drafts"]);
    fails(&home.run(&[]), 2, &["run"]);
}

#[test]
fn standard_input_that_is_no_text_is_refused() {
    let home = Home::new();
    let mut child = home.command(&["run", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Hi \xff").unwrap();
    fails(&child.wait_with_output().unwrap(), 2, &["standard input: line 1", "not UTF-8", "offset 3"]);
}

#[test]
fn a_prompt_longer_than_every_context_names_members_and_tokens() {
    let home = Home::new();
    let mut child = home.command(&["run", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let megabyte = "What is the capital of Japan? ".repeat(35_000);
    child.stdin.take().unwrap().write_all(megabyte.as_bytes()).unwrap();
    fails(&child.wait_with_output().unwrap(), 1, &["atlas", "babble", "tokens", "512"]);
}

#[test]
fn strange_prompts_are_answered_like_any_other() {
    let home = Home::new();
    for prompt in [
        "a\u{1b}[31mb\u{0}c".replace('\0', "\u{1}"),
        "🙂👩‍👩‍👧‍👦?".to_owned(),
        "مرحبا بالعالم".to_owned(),
        "<|end|><|assistant|>".to_owned(),
    ] {
        let output = home.run(&["run", "--no-trace", "--seed", "1", &prompt]);
        assert_eq!(output.status.code(), Some(0), "{prompt:?}: {}", err(&output));
        assert!(!out(&output).trim().is_empty(), "{prompt:?}");
    }
}

#[test]
fn a_trace_file_that_cannot_be_written_ends_the_command_before_it_begins() {
    let home = Home::new();
    fails(&home.run(&["run", "--trace", "/nowhere/run.jsonl", "Hi"]), 2, &["/nowhere/run.jsonl"]);
    let existing = home.path().join("mine.txt");
    fs::write(&existing, "precious").unwrap();
    fails(&home.run(&["run", "--trace", existing.to_str().unwrap(), "Hi"]), 2, &["mine.txt"]);
    assert_eq!(fs::read_to_string(existing).unwrap(), "precious");
}

#[test]
fn a_trace_folder_that_cannot_be_made_is_a_warning() {
    let home = Home::new();
    fs::write(home.path().join(".local"), "a file where a folder should be").unwrap();
    let output = home.run(&["run", "--seed", "1", QUESTION]);
    assert_eq!((out(&output).as_str(), output.status.code()), (ANSWER, Some(0)));
    assert!(err(&output).contains("warning: no trace"), "{}", err(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error_that_keeps_the_answer() {
    let home = Home::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = home.command(&["run", "--seed", "1", QUESTION]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    fails(&output, 1, &["could not be written", "The capital of Japan is"]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    let home = Home::new();
    let mut child =
        home.command(&["run", "--json", "--seed", "1", QUESTION]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output).contains("panicked")), (Some(0), false), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_cleanly_with_130() {
    let home = Home::new();
    let mut arguments = vec!["run", "--no-trace", "What is the capital of Japan?"];
    for _ in 0..200 {
        arguments.extend(["--then", "And of Kenya?"]);
    }
    let mut child = home.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", err(&output));
    assert!(out(&output).ends_with('\n'));
    assert!(err(&output).contains("stopped in"), "{}", err(&output));
}

#[test]
fn a_run_that_never_starts_leaves_no_trace() {
    let home = Home::new();
    fails(&home.run(&["run", ""]), 2, &["the prompt is empty"]);
    assert!(home.traces().is_empty());
    let path = home.path().join("mine.jsonl");
    fails(&home.run(&["run", "--trace", path.to_str().unwrap(), ""]), 2, &["the prompt is empty"]);
    assert!(!path.exists());
    fs::write(&path, "mine").unwrap();
    fails(&home.run(&["run", "--trace", path.to_str().unwrap(), "Hello!"]), 2, &["mine.jsonl", "exists"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

/// `/dev/full` refuses every byte, as a full disk does.
#[cfg(target_os = "linux")]
mod a_full_disk {
    use super::*;

    fn onto_it(home: &Home, arguments: &[&str]) -> Output {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        home.command(arguments).current_dir(home.path()).stdout(full).output().unwrap()
    }

    #[test]
    fn fails_every_command_that_has_something_to_print_and_says_so() {
        let home = Home::new();
        prompts(&home, PROMPTS);
        home.run(&["run", "-q", "--seed", "1", "--trace", home.path().join("t.jsonl").to_str().unwrap(), "Hello!"]);
        let commands: [&[&str]; 12] = [
            &["--help"],
            &["--version"],
            &["export", "--help"],
            &["run", "Hello!"],
            &["run", "--json", "--no-trace", "Hello!"],
            &["export", "t.jsonl", "--to", "md"],
            &["export", "t.jsonl", "--to", "svg"],
            &["eval", "--limit", "1", "--fused-only", "prompts.jsonl"],
            &["eval", "--limit", "1", "--fused-only", "--json", "prompts.jsonl"],
            &["sweep", "--limit", "1", "--segment-tokens", "5,6", "--segment", "tokens", "--results", "r", "prompts.jsonl"],
            &["check", "--members", "atlas"],
            &["check", "--members", "atlas", "--json"],
        ];
        for command in commands {
            fails(&onto_it(&home, command), 1, &["standard output could not be written: No space left on device"]);
        }
    }

    #[test]
    fn hides_no_error_and_changes_no_code_of_one() {
        let home = Home::new();
        for (command, said) in [
            (&["replay", "no.jsonl"][..], "there is no trace `no.jsonl`"),
            (&["export", "no.jsonl", "--to", "md"], "there is no trace `no.jsonl`"),
            (&["run", "--no-such-option"], "--no-such-option"),
        ] {
            fails(&onto_it(&home, command), 2, &[said]);
        }
    }

    #[test]
    fn fails_a_file_that_was_asked_for_but_not_the_answer() {
        let home = Home::new();
        let output = home.run(&["run", "--seed", "1", "--trace", "/dev/full", QUESTION]);
        fails(&output, 1, &["the trace is not written any further", "/dev/full", "No space left"]);
        assert_eq!(out(&output), ANSWER);
        prompts(&home, PROMPTS);
        let details = ["eval", "--limit", "1", "--fused-only", "--details", "/dev/full", "prompts.jsonl"];
        let output = home.command(&details).current_dir(home.path()).output().unwrap();
        fails(&output, 1, &["--details /dev/full: No space left"]);
        home.run(&["run", "-q", "--seed", "1", "Hello!"]);
        fails(&home.run(&["export", "last", "--to", "md", "-o", "/dev/full", "--force"]), 1, &["/dev/full: No space left"]);
    }
}

#[test]
fn a_reader_that_leaves_at_once_is_no_error_of_any_command() {
    let home = Home::new();
    home.run(&["run", "-q", "--seed", "1", "Hello!"]);
    for arguments in [&["--help"][..], &["export", "last", "--to", "md"], &["run", "-q", "Hello!"]] {
        let mut child = home.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// A conversation far longer than it takes to send a signal.
#[cfg(unix)]
fn long(trace: &str) -> Vec<&str> {
    let mut arguments = vec!["run", "--trace", trace, "What is the capital of Japan?"];
    for _ in 0..200 {
        arguments.extend(["--then", "And of Kenya?"]);
    }
    arguments
}

#[cfg(unix)]
#[test]
fn signals_that_end_a_run_end_it_as_ctrl_c_does_with_codes_of_their_own() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let home = Home::new();
        let path = home.path().join("run.jsonl");
        let arguments = long(path.to_str().unwrap());
        let mut child = home.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{signal}: {}", err(&output));
        assert!(out(&output).ends_with('\n') && err(&output).contains("stopped in"), "{signal}: {}", err(&output));
        let mut traces: Vec<PathBuf> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        traces.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
        assert!(!traces.is_empty());
        for path in traces {
            let read = trace::read(&path).unwrap();
            let last = read.records.last().map(|record| &record.event);
            assert!(matches!(last, Some(Event::RunFinished(_))) && read.torn_bytes == 0, "{signal}: {last:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_was_started_to_survive_a_hang_up_survives_it() {
    let home = Home::new();
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        r#"trap "" HUP; exec "$0" "$@""#,
        env!("CARGO_BIN_EXE_specfuse"),
        "run",
        "--no-trace",
        "--seed",
        "1",
        QUESTION,
    ]);
    for _ in 0..20 {
        shell.args(["--then", "What is the capital of Kenya?"]);
    }
    shell.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(out(&output).lines().count(), 21, "every question was answered");
}

#[cfg(unix)]
#[test]
fn what_was_printed_before_a_kill_is_in_the_trace() {
    let home = Home::new();
    let path = home.path().join("run.jsonl");
    let arguments =
        ["run", "--seed", "1", "--segment", "tokens", "--segment-tokens", "3", "--trace", path.to_str().unwrap(), QUESTION];
    let mut child = home.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut printed = [0; 8];
    child.stdout.as_mut().unwrap().read_exact(&mut printed).unwrap();
    child.kill().unwrap();
    let rest = child.wait_with_output().unwrap();
    let answer = [&printed[..], &rest.stdout].concat();
    let read = trace::read(&path).unwrap();
    let recorded = Run::from_records(&read.records).unwrap().answer();
    let told = String::from_utf8(answer).unwrap();
    assert!(recorded.starts_with(told.trim_end_matches('\n')), "{told:?} was printed, {recorded:?} recorded");
}

fn prompts(home: &Home, lines: &str) -> String {
    let path = home.path().join("prompts.jsonl");
    fs::write(&path, lines).unwrap();
    path.to_str().unwrap().to_owned()
}

const PROMPTS: &str = r#"{"prompt": "What is the capital of Japan? What is 27 plus 48?", "answers": ["Tokyo", "75"], "experts": ["atlas", "abacus"]}
{"prompt": "What is the opposite of brave? On which continent is Kenya?", "answers": ["cowardly", "Africa"]}
{"turns": [{"role": "user", "content": "What is the capital of Japan?"}, {"role": "assistant", "content": "The capital of Japan is Tokyo."}, {"role": "user", "content": "And of Kenya?"}], "answers": ["Nairobi"]}
"#;

#[test]
fn eval_sets_the_fused_answer_against_every_member_alone() {
    let home = Home::new();
    let file = prompts(&home, PROMPTS);
    let details = home.path().join("details.jsonl");
    let output = home.run(&["eval", "--json", "--seed", "1", "--details", details.to_str().unwrap(), &file]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((&report["fused"]["right"], &report["fused"]["total"]), (&3.into(), &3.into()), "{report}");
    for name in ["atlas", "abacus", "lexicon", "almanac", "babble"] {
        let member = &report["members"][name];
        assert_eq!(member["total"], 3, "{name}");
        assert!(member["right"].as_u64().unwrap() <= 1, "{name} alone: {member}");
        assert!(member["tokens_per_second"].as_f64().unwrap() > 0.0);
        assert_eq!(member["calls"], 3);
    }
    assert!(report["fused"]["calls"].as_u64().unwrap() > 15);
    assert_eq!(fs::read_to_string(details).unwrap().lines().count(), 3);
    let table = out(&home.run(&["eval", "--seed", "1", &file]));
    for part in ["fused", "atlas", "babble", "accuracy", "tokens/s", "members active", "100.0%"] {
        assert!(table.contains(part), "`{part}` is missing in: {table}");
    }
}

/// Without the times in it.
fn timeless(mut value: serde_json::Value) -> serde_json::Value {
    if let Some(object) = value.as_object_mut() {
        object.remove("elapsed_ms");
        for figures in object.get_mut("alone_figures").and_then(|figures| figures.as_array_mut()).into_iter().flatten() {
            *figures = timeless(figures.take());
        }
    }
    value
}

#[test]
fn eval_is_repeatable_by_seed() {
    let home = Home::new();
    let file = prompts(&home, PROMPTS);
    let texts = || {
        let details = home.path().join("d.jsonl");
        home.run(&["eval", "--json", "--seed", "3", "--details", details.to_str().unwrap(), &file]);
        let lines = fs::read_to_string(details).unwrap();
        lines.lines().map(|line| timeless(serde_json::from_str(line).unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(texts(), texts());
}

#[test]
fn eval_names_the_line_that_is_wrong() {
    let home = Home::new();
    let file = prompts(&home, "{\"prompt\": \"a\", \"answers\": [\"b\"]}\nnot json\n");
    fails(&home.run(&["eval", &file]), 2, &["prompts.jsonl", "line 2"]);
    let empty = prompts(&home, "\n");
    fails(&home.run(&["eval", &empty]), 2, &["no prompt"]);
    fails(&home.run(&["eval", "nowhere.jsonl"]), 2, &["nowhere.jsonl"]);
}

/// One of the built-in models as a file.
fn model(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models").join(name).display().to_string()
}

/// A GGUF file without contents: not a model for the engine in this process.
const EMPTY_GGUF: &[u8] = b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[test]
fn a_file_that_is_no_model_costs_that_member_only() {
    let home = Home::new();
    let whole = fs::read(model("abacus.gguf")).unwrap();
    let cases: [(&str, &[u8], &str); 4] = [
        ("page.gguf", b"<html>\n", "a web page"),
        ("empty.gguf", b"", "the file is empty"),
        ("cut.gguf", &whole[..whole.len() - 100], "cut or damaged"),
        (
            "other.gguf",
            EMPTY_GGUF,
            if cfg!(feature = "llama-cpp") { "llama.cpp cannot load it" } else { "`llama-server` on the PATH" },
        ),
    ];
    for (name, contents, said) in cases {
        let path = home.path().join(name).display().to_string();
        fs::write(&path, contents).unwrap();
        let arguments = ["run", "--json", "--model", &path, "--model", &model("atlas.gguf"), "What is the capital of Japan?"];
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", err(&output));
        assert!(err(&output).contains("warning: ") && err(&output).contains(said), "{name}: {}", err(&output));
        assert!(out(&output).contains(said) && out(&output).contains("Tokyo"), "{name}: {}", out(&output));
        assert_eq!(err(&output).contains("llama"), name == "other.gguf", "{name}: {}", err(&output));
        fails(&home.run(&["run", "--model", &path, "Hi"]), 1, &["no member could be opened", said]);
        let checked = home.run(&["check", "--model", &path, "--model", &model("atlas.gguf")]);
        assert_eq!(checked.status.code(), Some(1), "{name}");
        assert!(out(&checked).contains("away: ") && out(&checked).contains(said), "{name}: {}", out(&checked));
    }
    let beside = ["run", "--model", "nowhere.gguf", "--model", &model("atlas.gguf"), "What is the capital of Japan?"];
    let output = home.run(&beside);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(
        err(&output).contains("warning: nowhere.gguf: there is no such file") && out(&output).contains("Tokyo"),
        "{}",
        err(&output)
    );
}

#[test]
#[cfg(unix)]
fn a_llama_server_that_does_not_start_costs_that_member_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let program = home.path().join("llama-server");
    fs::write(&program, "#!/bin/sh\necho 'unknown model architecture' >&2\nexit 3\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let other = home.path().join("other.gguf").display().to_string();
    fs::write(&other, EMPTY_GGUF).unwrap();
    let path = format!("{}:/usr/bin:/bin", home.path().display());
    let arguments = ["run", "--json", "--model", &other, "--model", &model("atlas.gguf"), "What is the capital of Japan?"];
    let output = home.command(&arguments).env("PATH", &path).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    for told in [err(&output), out(&output)] {
        assert!(told.contains("unknown model architecture"), "{told}");
    }
    let alone = home.command(&["run", "--model", &other, "Hi"]).env("PATH", &path).output().unwrap();
    fails(&alone, 1, &["no member could be opened", "unknown model architecture"]);
}

#[test]
fn gguf_files_take_part_instead_of_the_built_in_ensemble() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models");
    let atlas = models.join("atlas.gguf");
    let numbers = format!("numbers={}", models.join("abacus.gguf").display());
    let output = Home::new().run(&[
        "run",
        "--seed",
        "1",
        "--model",
        atlas.to_str().unwrap(),
        "--model",
        &numbers,
        "--weight",
        "numbers=2",
        "What is the capital of Japan? What is 27 plus 48?",
    ]);
    assert_eq!(out(&output), "The capital of Japan is Tokyo. 27 plus 48 is 75.\n", "{}", err(&output));
    assert!(err(&output).contains("numbers 1") && !err(&output).contains("toys"), "{}", err(&output));
}
