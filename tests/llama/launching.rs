//! Servers that this program starts: a stand-in program with the right name, which serves with the real llama.cpp.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use specfuse::engine::member::Member;
use specfuse::engine::member::llama_server::launch::{Launch, LaunchError, launch, on_path};
use specfuse::engine::member::llama_server::{LlamaServer, Settings};
use tokio::sync::mpsc;

use crate::llama::{gguf, python};
use crate::support::{QUESTION, context, draft, request, settings};

/// Passes the stand-in's location to the helper process.
const FOLDER: &str = "SPECFUSE_TEST_LAUNCH_FROM";

/// A folder with a `llama-server` that writes its process number and its arguments next to itself. `None`: there is no server
/// here.
pub fn stand_in() -> Option<tempfile::TempDir> {
    let python = python()?;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("llama-server");
    let pid = folder.path().join("pid");
    std::fs::write(
        &program,
        format!(
            "#!/bin/sh\necho $$ > '{}'\necho \"$@\" >> '{}'\n{} \"$@\"\n",
            pid.display(),
            folder.path().join("arguments").display(),
            python.shell()
        ),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Some(folder)
}

fn wanted(folder: &Path, gguf: PathBuf) -> Launch {
    let folders = std::env::join_paths([Path::new("/nowhere"), folder]).unwrap();
    let program = on_path(&folders).unwrap();
    Launch { name: "mine".into(), program, gguf, context_tokens: 2048, slots: 2, threads: None, flags: Vec::new() }
}

/// Waits until the process that the stand-in became is gone; there is no signal for that.
pub fn until_gone(folder: &Path) {
    let pid = std::fs::read_to_string(folder.join("pid")).unwrap();
    for _ in 0..4000 {
        // `kill -0` checks whether a process exists.
        let there = Command::new("/bin/sh").args(["-c", &format!("kill -0 {}", pid.trim())]).stderr(Stdio::null()).status();
        if !there.unwrap().success() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the server still runs");
}

#[tokio::test]
async fn a_server_is_started_tells_how_it_loads_and_ends_with_its_guard() {
    let Some(folder) = stand_in() else { return };
    let (sender, mut progress) = mpsc::channel(1000);
    let launched = launch(&wanted(folder.path(), gguf("atlas")), Some(sender)).await.unwrap();
    let member = LlamaServer::connect(Settings { ..settings(launched.url()) }).await.unwrap();
    assert_eq!((member.capabilities().model.as_str(), member.capabilities().concurrency), ("mine", 2));
    draft(&member, request(context(QUESTION, &[]), 0.0, 1, 4)).await.unwrap();
    let mut told = String::new();
    while let Ok(line) = progress.try_recv() {
        told += &line;
    }
    assert!(told.contains("loading model"), "{told}");
    drop(launched);
    until_gone(folder.path());
}

#[tokio::test]
async fn a_server_that_dies_while_loading_says_why() {
    let Some(folder) = stand_in() else { return };
    let broken = folder.path().join("broken.gguf");
    std::fs::write(&broken, "not a model").unwrap();
    match launch(&wanted(folder.path(), broken), None).await {
        Err(LaunchError::Ended { name, why, .. }) => assert!(name == "mine" && why.contains("failed to"), "{why}"),
        other => panic!("{other:?}"),
    }
    let missing = launch(&wanted(folder.path(), "/no/such.gguf".into()), None).await.unwrap_err();
    assert!(missing.to_string().contains("/no/such.gguf"), "{missing}");
    let absent = Launch { program: "/no/llama-server".into(), ..wanted(folder.path(), gguf("atlas")) };
    let absent = launch(&absent, None).await.unwrap_err();
    assert!(matches!(absent, LaunchError::Start { .. }), "{absent}");
    assert_eq!(on_path("/nowhere".as_ref()), None);
}

#[test]
fn a_server_ends_when_we_are_killed() {
    let Some(folder) = stand_in() else { return };
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "launching::helper_that_is_killed", "--nocapture", "--ignored"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(helper.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).find(|line| line.contains("READY http://"));
    assert!(ready.is_some(), "the helper ended early");
    // SIGKILL: none of our code runs any more.
    helper.kill().unwrap();
    helper.wait().unwrap();
    until_gone(folder.path());
}

/// Not a test: what the test above starts and kills.
#[tokio::test]
#[ignore = "runs only as another test's process"]
async fn helper_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let launched = launch(&wanted(Path::new(&folder), gguf("babble")), None).await.unwrap();
    println!("READY {}", launched.url());
    std::future::pending::<()>().await;
}
