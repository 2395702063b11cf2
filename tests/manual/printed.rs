//! The manual as `specfuse help` prints it.

use super::pages;

fn help(arguments: &[&str]) -> (Option<i32>, String, String) {
    let home = tempfile::tempdir().unwrap();
    let arguments: Vec<String> = ["help"].iter().chain(arguments).map(|word| (*word).to_owned()).collect();
    let output = pages::program(home.path(), &arguments);
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_page_is_a_topic() {
    let (code, list, _) = help(&[]);
    assert_eq!(code, Some(0));
    for page in pages::manual() {
        let name = page.path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(list.contains(&format!("\n  {name} ")), "{name} is not listed");
        let (code, text, _) = help(&[&name]);
        assert_eq!(code, Some(0), "{name}");
        let title = page.headings()[0].to_uppercase();
        assert!(text.starts_with(&title) && text.lines().count() > 10, "{name}");
        assert!(!text.contains('\u{1b}'), "a pipe gets no styles");
    }
}

#[test]
fn the_list_has_the_commands_and_options_too() {
    let (_, list, _) = help(&[]);
    for word in ["Usage: specfuse", "sweep", "--model", "Examples:", "Exit codes:", "Topics of the manual"] {
        assert!(list.contains(word), "{word}");
    }
}

#[test]
fn a_command_s_help_is_that_of_the_command() {
    let home = tempfile::tempdir().unwrap();
    for command in ["run", "check", "eval", "sweep", "export", "replay", "demo", "help"] {
        let (code, text, _) = help(&[command]);
        let own = pages::program(home.path(), &[command.to_owned(), "--help".to_owned()]);
        assert_eq!((code, text.as_bytes()), (Some(0), own.stdout.as_slice()), "{command}");
    }
}

#[test]
fn the_example_of_the_configuration_is_printed_as_it_is() {
    let example = std::fs::read_to_string(pages::root().join("assets/config.toml")).unwrap();
    assert_eq!(help(&["example"]), (Some(0), example, String::new()));
}

#[test]
fn an_unknown_topic_is_an_error_with_the_nearest() {
    let (code, out, err) = help(&["kyes"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.contains("there is no topic or command `kyes`; did you mean `keys`?") && err.contains("troubleshooting"),
        "{err}"
    );
}
