//! Which members take part: servers that are not there, and another ensemble composed by hand.

use specfuse::engine::fusion::event::{Event, Header};

use crate::home::{DOWN, ENTER, ESC, Home, QUESTION, UP, leaves};
use crate::playing::Playing;

/// A port of this machine without a listener.
fn nobody() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}")
}

fn header(home: &Home) -> Header {
    match home.trace().records.remove(0).event {
        Event::RunStarted(header) => *header,
        other => panic!("the first event is {other:?}"),
    }
}

fn names(header: &Header) -> Vec<&str> {
    header.members.iter().map(|member| &*member.name).collect()
}

/// The configuration's ensemble: a server that is not there and a built-in model.
fn with_an_absent_server(arguments: &[&str]) -> (Home, Playing) {
    let home = Home::new();
    let url = nobody();
    let ensemble = "ensemble = \"mixed\"\n[ensembles]\nmixed = [\"gone\", \"atlas\", \"abacus\"]\n";
    home.configures("config.toml", &format!("{ensemble}[members.gone]\nkind = \"llama-server\"\nurl = \"{url}\"\n"));
    let playing = home.opens(arguments);
    (home, playing)
}

#[test]
fn a_server_that_is_not_there_is_shown_as_away_and_the_others_answer() {
    let (home, mut playing) = with_an_absent_server(&["--seed", "1", "--pace", "0"]);
    playing.plays("A gone ◇ away · ");
    playing.plays("A gone is away: ");
    playing.types(QUESTION);
    playing.types(ENTER);
    playing.plays("★ answered");
    playing.types("[");
    playing.plays("A gone ✗ failed · left before the first round: ");
    leaves(playing, "q", "the last run is kept");
    let header = header(&home);
    assert_eq!(names(&header), ["gone", "atlas", "abacus"]);
}

#[test]
fn a_question_of_the_command_line_waits_for_the_members() {
    let (home, playing) = with_an_absent_server(&["--seed", "1", "--pace", "0", QUESTION]);
    playing.plays("★ answered");
    leaves(playing, "q", "the last run is kept");
    assert_eq!(names(&header(&home)), ["gone", "atlas", "abacus"]);
}

#[test]
fn another_ensemble_is_composed_by_hand() {
    let home = Home::new();
    let mut playing = home.opens(&["--seed", "1", "--pace", "0"]);
    playing.plays("E babble · ready");
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("M");
    playing.plays("> [x] atlas");
    // Without the first; the second only drafts, and the third counts less.
    for keys in [" ", DOWN, "r", DOWN, "-"] {
        playing.types(keys);
    }
    playing.plays("  [ ] atlas");
    playing.sees("role and weight", |seen| {
        let lines = crate::home::lines(seen);
        let row = |name: &str| lines.iter().find(|line| line.contains(&format!("[x] {name}"))).cloned().unwrap_or_default();
        row("abacus").contains(" draft  ") && row("lexicon").contains(" 1.0 ")
    });
    playing.types(ENTER);
    playing.plays("the next question goes to abacus, lexicon, almanac, babble");
    playing.plays("A abacus · ready");
    playing.types("i");
    playing.types(QUESTION);
    playing.types(ENTER);
    playing.plays("★ answered");
    leaves(playing, "q", "the last run is kept");
    let header = header(&home);
    assert_eq!(names(&header), ["abacus", "lexicon", "almanac", "babble"]);
    assert_eq!(header.members[0].role, specfuse::engine::fusion::event::Role::Draft);
    assert_eq!(header.members[1].weight, Some(1.0));
}

/// Model files where other programs leave them: one from llama.cpp, one that is truncated.
fn with_files() -> Home {
    let home = Home::new();
    let cache = home.path().join(".cache/llama.cpp");
    std::fs::create_dir_all(&cache).unwrap();
    let toy = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/models/atlas.gguf")).unwrap();
    std::fs::write(cache.join("pocket.gguf"), &toy).unwrap();
    std::fs::write(cache.join("cut.gguf"), &toy[..toy.len() - 1]).unwrap();
    home
}

#[test]
fn a_model_file_that_was_found_is_chosen_by_one_key_and_answers() {
    let home = with_files();
    let mut playing = home.opens(&["--seed", "1", "--pace", "0", "--members", "abacus,lexicon"]);
    playing.plays("B lexicon · ready");
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("M");
    playing.plays("model files on this machine");
    playing.sees("what is known of both", |seen| {
        let lines = crate::home::lines(seen);
        let row = |name: &str| lines.iter().find(|line| line.contains(&format!("[ ] {name} "))).cloned().unwrap_or_default();
        row("pocket").contains(" F16 ") && row("pocket").contains(" fits ") && row("cut").contains("the file is cut")
    });
    // From the end: servers found on this machine come before.
    for _ in 0..4 {
        playing.types(UP);
    }
    playing.plays("> [ ] pocket");
    playing.plays("fits in memory: it needs about ");
    playing.types(" ");
    playing.sees("it is opened", |seen| {
        crate::home::lines(seen).iter().any(|line| line.contains("> [x] pocket") && line.contains("ready"))
    });
    playing.types(ENTER);
    playing.plays("the next question goes to abacus, lexicon, pocket");
    playing.types("i");
    playing.types(QUESTION);
    playing.types(ENTER);
    playing.plays("★ answered");
    leaves(playing, "q", "the last run is kept");
    let header = header(&home);
    assert_eq!(names(&header), ["abacus", "lexicon", "pocket"]);
    assert_eq!(header.members[2].capabilities.kind, "gguf");
}

#[test]
fn a_roster_that_is_left_changes_nothing() {
    let (_home, mut playing) = with_an_absent_server(&[]);
    playing.plays("A gone ◇ away · ");
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("M");
    playing.plays("> [x] gone");
    playing.plays("│ away ");
    playing.types(" ");
    playing.plays("> [ ] gone");
    playing.types(ESC);
    playing.sees("the roster closed", |seen| !seen.shows("┌ who takes part"));
    playing.plays("A gone ◇ away · ");
    leaves(playing, "q", "before");
}
