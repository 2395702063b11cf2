use std::sync::Arc;

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::params::Params;
use crate::engine::member::scripted::ScriptedMember;
use crate::engine::trace;
use crate::playground::state::heat_map::usual_grid;
use crate::prompts::Prompt;

fn ask() -> SweepAsk {
    let mut params = Params::default();
    params.set_text("segment", "tokens").unwrap();
    let prompt = Prompt { answers: vec!["Tokyo".to_owned()], ..Prompt::question(Conversation::question("Capital of Japan?")) };
    SweepAsk { members: Vec::new(), prompt, grid: usual_grid().unwrap(), params, seed: 1 }
}

fn seats() -> [Seat; 1] {
    [Seat::new("a", Arc::new(ScriptedMember::saying(&["It is Tokyo."], -0.5)))]
}

fn folders(home: &tempfile::TempDir) -> Folders {
    Folders { config: home.path().join("config"), data: home.path().join("data") }
}

/// The cells with their traces, until the sweep ends without an error.
async fn all(sweeping: &mut Sweeping) -> Vec<(Cell, Option<PathBuf>)> {
    let mut cells = Vec::new();
    loop {
        match sweeping.next().await {
            Message::Swept { finished, trace } => {
                assert_eq!(finished.answer.right, Some(true));
                cells.push((finished.cell, trace));
            }
            Message::SweepEnded(None) => return cells,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn every_setting_is_played_once_and_its_run_can_be_opened() {
    let home = tempfile::tempdir().unwrap();
    let mut sweeping = Sweeping::default();
    sweeping.start(ask(), &seats(), Some(&folders(&home)));
    let cells = all(&mut sweeping).await;
    let once: HashSet<Cell> = cells.iter().map(|(cell, _)| *cell).collect();
    assert_eq!((cells.len(), once.len()), (16, 16));
    for (_, path) in &cells {
        assert_eq!(trace::read(path.as_ref().unwrap()).unwrap().torn_bytes, 0);
    }
}

#[tokio::test]
async fn a_sweep_that_was_stopped_goes_on_where_it_was() {
    let home = tempfile::tempdir().unwrap();
    let mut sweeping = Sweeping::default();
    sweeping.start(ask(), &seats(), Some(&folders(&home)));
    let Message::Swept { finished: first, .. } = sweeping.next().await else { panic!("a cell") };
    sweeping.stop();
    sweeping.start(ask(), &seats(), Some(&folders(&home)));
    let Message::Swept { finished: again, .. } = sweeping.next().await else { panic!("a cell") };
    assert_eq!(first, again, "it is told from what was kept");
    assert_eq!(all(&mut sweeping).await.len(), 15);
}

#[tokio::test]
async fn without_a_home_nothing_is_kept_and_a_folder_that_cannot_be_made_is_told() {
    let mut sweeping = Sweeping::default();
    sweeping.start(ask(), &seats(), None);
    assert!(all(&mut sweeping).await.iter().all(|(_, trace)| trace.is_none()));
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("data"), "").unwrap();
    sweeping.start(ask(), &seats(), Some(&folders(&home)));
    match sweeping.next().await {
        Message::SweepEnded(Some(error)) => assert!(error.contains("data"), "{error}"),
        other => panic!("{other:?}"),
    }
}
