//! Commands on the pages: this program understands them, and the files they name exist.

use std::fs;
use std::path::Path;

use super::pages::{self, Page};
use super::shell;

/// Options in sentences that belong to other programs.
const FOREIGN: &[&str] =
    &["--spec-type", "--no-cache-idle-slots", "--swa-full", "--logits_all", "--ignored", "--test", "--features", "--open"];

/// Every command of a page, as its words. In a sentence a command may be named without its arguments.
fn commands(page: &Page) -> Vec<Vec<String>> {
    let blocks = page.blocks();
    let shown = blocks.iter().flat_map(|block| {
        let console = block.info == "console";
        let lines = block.text.lines().filter(move |line| !console || line.starts_with("$ "));
        lines.filter(|_| console || block.info == "sh").map(|line| line.trim_start_matches("$ ").to_owned()).collect::<Vec<_>>()
    });
    let is_command = |code: &String| ["specfuse ", "cargo ", "python3 "].iter().any(|program| code.starts_with(program));
    let named = page.codes().into_iter().filter(is_command).map(|code| {
        let alone = code.starts_with("specfuse ") && code.split(' ').count() == 2;
        if alone { format!("{code} --help") } else { code }
    });
    shown.chain(named).flat_map(|line| shell::commands(&line)).collect()
}

#[test]
fn every_command_of_this_program_is_understood() {
    let mut seen = 0;
    for page in pages::all() {
        for command in commands(&page) {
            let Some(arguments) = shell::arguments(&command) else { continue };
            let line = ["specfuse".to_owned()].into_iter().chain(arguments).map(Into::into).collect();
            let understood = specfuse::cli::understood(line);
            assert!(understood.is_ok(), "{}: {command:?}: {}", page.name(), understood.unwrap_err());
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} commands");
}

#[test]
fn a_command_that_is_wrong_is_not_understood() {
    for line in ["run --segmnet words", "run --segment paragraphs", "chekc", "export", "sweep --exit-threshold 2 p.jsonl"] {
        let arguments = ["specfuse"].into_iter().chain(line.split(' ')).map(Into::into).collect();
        assert!(specfuse::cli::understood(arguments).is_err(), "{line}");
    }
}

#[test]
fn every_test_bench_and_script_that_is_named_is_there() {
    let there = |path: String| pages::root().join(&path).exists();
    for page in pages::all() {
        for command in commands(&page) {
            for pair in command.windows(2) {
                let [option, name] = pair else { continue };
                let found = match option.as_str() {
                    "--test" => there(format!("tests/{name}.rs")) || there(format!("tests/{name}/main.rs")),
                    "--bench" => there(format!("tests/benches/{name}.rs")),
                    "python3" => name.starts_with('-') || there(name.clone()),
                    _ => true,
                };
                assert!(found, "{}: {command:?}", page.name());
            }
        }
    }
}

#[test]
fn every_option_in_a_sentence_is_one_of_the_program_s() {
    let home = tempfile::tempdir().unwrap();
    let help = |command: &str| {
        let output = pages::program(home.path(), &[command.to_owned(), "--help".to_owned()]);
        String::from_utf8(output.stdout).unwrap()
    };
    let known: String = ["run", "check", "eval", "sweep", "export", "replay", "demo"].map(help).concat();
    let known: Vec<&str> =
        known.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.starts_with("--")).collect();
    for page in pages::manual() {
        for code in page.codes() {
            let option = code.split([' ', '=']).next().unwrap_or_default();
            if option.starts_with("--") && option.len() > 2 {
                assert!(known.contains(&option) || FOREIGN.contains(&option), "{}: `{code}`", page.name());
            }
        }
    }
}

/// Those that need no server, in the order of the pages; an export of `last` finds what an earlier run left.
#[test]
fn what_finishes_quickly_is_run() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[String]| {
        let output = pages::program(home.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    // Some name files of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["tests/recorded", "assets"] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    let trace = "tests/recorded/example.trace.jsonl";
    fs::copy(root.join(trace), home.path().join(trace)).unwrap();
    let mut seen = 0;
    for page in pages::all() {
        for command in commands(&page) {
            let Some(arguments) = shell::arguments(&command) else { continue };
            let quick = match arguments.first().map(String::as_str) {
                Some("run") => arguments.iter().all(|word| word != "--model" && word != "-"),
                Some("export") => true,
                Some("help") => arguments.iter().all(|word| word != "TOPIC" && word != "topic"),
                _ => false,
            };
            if quick && (seen > 0 || arguments[0] == "run") {
                run(&arguments);
                // The next page may show the same file.
                let _ = fs::remove_file(home.path().join("run.html"));
                seen += 1;
            }
        }
    }
    assert!(seen > 6, "{seen} commands");
}

#[test]
fn the_examples_of_the_help_work() {
    let home = tempfile::tempdir().unwrap();
    let program = |arguments: &[String]| pages::program(home.path(), arguments);
    let help = String::from_utf8(program(&["run".to_owned(), "--help".to_owned()]).stdout).unwrap();
    let (_, examples) = help.split_once("Examples:").unwrap();
    let mut seen = 0;
    for line in examples.lines().map(str::trim).filter(|line| line.starts_with("specfuse ")) {
        let command = shell::commands(line).remove(0);
        let output = program(&shell::arguments(&command).unwrap());
        assert!(output.status.success() && !output.stdout.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        seen += 1;
    }
    assert!(seen > 3, "{seen} examples");
}

#[test]
fn what_a_command_is_shown_to_print_it_prints() {
    let home = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for page in pages::all() {
        for block in page.blocks().into_iter().filter(|block| block.info == "console") {
            let (command, shown) = block.text.split_once('\n').unwrap();
            let command = shell::commands(command.trim_start_matches("$ ")).remove(0);
            let output = pages::program(home.path(), &shell::arguments(&command).unwrap());
            assert_eq!(String::from_utf8(output.stdout).unwrap(), shown, "{}: {command:?}", page.name());
            seen += 1;
        }
    }
    assert!(seen > 0);
}
