use super::*;

fn flags(help: &str) -> Vec<String> {
    let launch = Launch {
        name: "a".into(),
        program: PROGRAM.into(),
        gguf: "m.gguf".into(),
        context_tokens: 4096,
        slots: 4,
        threads: None,
        flags: vec!["-ngl".into(), "99".into()],
    };
    launch.flags(8080, help).into_iter().map(|flag| flag.into_string().unwrap()).collect()
}

#[test]
fn only_flags_that_the_program_knows_are_given() {
    let always = "-m m.gguf --host 127.0.0.1 --port 8080 -np 4 -c 4096 --alias a";
    assert_eq!(flags("").join(" "), format!("{always} -ngl 99"));
    let new = "--ui, --no-ui, --webui, --no-webui   whether to serve the page\n--jinja, --no-jinja  templates";
    assert_eq!(flags(new).join(" "), format!("{always} --no-ui --jinja -ngl 99"));
    assert_eq!(flags("--no-webui   no page").join(" "), format!("{always} --no-webui -ngl 99"));
    assert!(!flags("--no-ui-config x").join(" ").contains("--no-ui"), "a longer flag is another flag");
}

#[test]
fn threads_are_given_for_prompts_and_tokens_alike() {
    let (name, program, gguf) = ("a".to_owned(), PROGRAM.into(), "m.gguf".into());
    let launch = Launch { name, program, gguf, context_tokens: 4096, slots: 4, threads: Some(2), flags: vec!["-t".into()] };
    let flags: Vec<String> = launch.flags(8080, "").into_iter().map(|flag| flag.into_string().unwrap()).collect();
    assert!(flags.join(" ").ends_with("--alias a --threads 2 --threads-batch 2 -t"), "{flags:?}");
}

/// The test runner's own variables stand for keys here. A shell plays the server: `sh -m FILE` runs the file.
#[cfg(unix)]
#[tokio::test]
async fn a_server_gets_no_key_of_ours_and_its_last_words_hold_none() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "env >&2\nprintf '\\033[31mflags: %s\\n' \"$*\" >&2\nexit 3\n").unwrap();
    let flags = ["--api-key", "fake-key-0123456789"].map(str::to_owned).into();
    let (program, gguf) = ("/bin/sh".into(), file.path().to_owned());
    let wanted = Launch { name: "a".into(), program, gguf, context_tokens: 16, slots: 1, threads: None, flags };
    let (sender, mut lines) = mpsc::channel(100);
    let error = launch(&wanted, Some(sender)).await.unwrap_err();
    let told = std::iter::from_fn(|| lines.try_recv().ok()).collect::<Vec<_>>().join("\n") + &error.to_string();
    assert!(told.contains("PATH=") && told.contains("flags: ") && told.contains("--api-key …"), "{told}");
    for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("CARGO")) {
        assert!(!told.contains(&format!("{name}=")), "{told}");
    }
    assert!(!told.contains("0123456789") && !told.contains('\u{1b}'), "{told}");
}
