//! Unusable platform folders: the program continues without them after one warning.

use std::fs;
use std::os::unix::fs::symlink;

use super::{ANSWER, Home, QUESTION, err, out};

#[test]
fn a_folder_that_cannot_be_used_is_as_none_with_one_warning() {
    let home = Home::new();
    let (file, link) = (home.path().join("file"), home.path().join("link"));
    fs::write(&file, "").unwrap();
    symlink(home.path().join("nowhere"), &link).unwrap();
    for (variable, value, said) in [
        ("XDG_CONFIG_HOME", file.to_str().unwrap(), "warning: no configuration is read: "),
        ("XDG_CONFIG_HOME", link.to_str().unwrap(), "link is a link that leads nowhere"),
        ("XDG_CONFIG_HOME", "some/where", "XDG_CONFIG_HOME is a relative path (some/where): it is ignored"),
        ("XDG_DATA_HOME", file.to_str().unwrap(), "warning: no trace, history or result is kept: "),
        ("XDG_DATA_HOME", link.to_str().unwrap(), "link is a link that leads nowhere"),
        ("XDG_DATA_HOME", "some/where", "XDG_DATA_HOME is a relative path"),
        ("HOME", file.to_str().unwrap(), "warning: no trace, history or result is kept, and no configuration is read: "),
    ] {
        let mut command = home.command(&["run", "-q", "--seed", "1", QUESTION, "--then", QUESTION]);
        let output = command.env(variable, value).current_dir(home.path()).output().unwrap();
        let text = err(&output);
        assert_eq!((output.status.code(), out(&output)), (Some(0), ANSWER.repeat(2)), "{variable}={value}: {text}");
        assert!(text.contains(said), "{variable}={value}: {text}");
        assert_eq!(text.matches("warning").count(), 1, "{variable}={value}: {text}");
        assert!(!home.path().join("some").exists() && !home.path().join("nowhere").exists());
    }
}

#[test]
fn without_a_folder_for_data_a_sweep_plays_and_keeps_nothing() {
    let home = Home::new();
    let file = home.path().join("file");
    fs::write(&file, "{\"prompt\": \"What is the capital of Japan?\", \"answers\": [\"Tokyo\"]}\n").unwrap();
    let path = file.to_str().unwrap();
    let output = home.command(&["sweep", "--segment-tokens", "3,5", path]).env("XDG_DATA_HOME", path).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("file is not a folder") && out(&output).contains("1/1"), "{}", err(&output));
}

#[test]
fn a_configuration_that_is_a_link_to_nowhere_is_told() {
    let home = Home::new();
    let folder = home.path().join(".config/specfuse");
    fs::create_dir_all(&folder).unwrap();
    symlink(home.path().join("nowhere.toml"), folder.join("config.toml")).unwrap();
    let output = home.run(&["run", "-q", "--no-trace", "--seed", "1", QUESTION]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), ANSWER));
    assert!(err(&output).contains("config.toml is a link that leads nowhere"), "{}", err(&output));
}
