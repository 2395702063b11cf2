use proptest::prelude::*;

use super::compose::{Compose, ComposeError, order};
use super::*;
use crate::config::{MemberConfig, Server};
use crate::engine::member::Local;
use crate::ensemble::found::Finding;

fn server(name: &str, url: &str, model: Option<&str>) -> MemberSpec {
    let server = Server { url: Some(url.to_owned()), model: model.map(str::to_owned), ..Server::default() };
    let source = Source::Server(Box::new(server));
    MemberSpec { named: false, ..MemberSpec::new(name, MemberConfig { source, ..MemberConfig::default() }) }
}

fn built_in(name: &str) -> MemberSpec {
    MemberSpec::new(name, MemberConfig { source: Source::BuiltIn(name.to_owned()), ..MemberConfig::default() })
}

fn ready(tier: ScoreTier) -> News {
    let capabilities = Box::new(Capabilities { tier, ..Capabilities::in_process("x", "x") });
    News::Ready { name: "x".to_owned(), capabilities }
}

#[test]
fn everybody_is_listed_once_and_by_where_they_are_known_from() {
    let configured = vec![server("lab", "http://lab:1", None), server("other", "http://other:1", None)];
    let ensemble = vec![configured[0].clone(), built_in("atlas"), server("given", "http://given:1", None)];
    let mut roster = Roster::new(ensemble, configured, vec![built_in("atlas"), built_in("babble")]);
    let origins: Vec<Origin> = roster.rows().iter().map(|row| row.origin).collect();
    let begun = [Origin::Configured, Origin::BuiltIn, Origin::Given, Origin::Configured, Origin::BuiltIn];
    assert_eq!(origins, begun);
    let found = vec![server("a", "http://GIVEN:1/v1", None), server("b", "http://127.0.0.1:8080", Some("m"))];
    assert_eq!(roster.found(found.clone()), [RowId(5)]);
    assert_eq!(roster.found(found), [], "known by now");
    let other_model = server("c", "http://localhost:8080", Some("n"));
    assert_eq!(roster.found(vec![other_model]), [RowId(6)], "another model of the same server is another member");
    let order: Vec<usize> = order(&roster).into_iter().map(|row| row.0).collect();
    assert_eq!(order, [0, 1, 2, 3, 5, 6, 4]);
}

#[test]
fn a_weight_that_nobody_gave_is_by_size_or_by_the_way_of_scoring() {
    use crate::engine::fusion::weights::{WeightRule, WeightSource};
    let servers = vec![server("j", "http://j:1", None), server("k", "http://k:1", None)];
    let mut roster = Roster::new(servers, Vec::new(), Vec::new());
    let mut compose = Compose::default();
    let weight = |compose: &Compose, roster: &Roster, row| compose.weight(roster, RowId(row), WeightRule::Auto);
    assert_eq!(weight(&compose, &roster, 0), None, "nothing is known yet");
    roster.news(RowId(0), ready(ScoreTier::Ranking));
    assert_eq!(weight(&compose, &roster, 0), Some((0.4, WeightSource::Equal)));
    for (row, parameters) in [(0, 100), (1, 900)] {
        let capabilities = Capabilities { parameters: Some(parameters), ..Capabilities::in_process("gguf", "m") };
        roster.news(RowId(row), News::Ready { name: "m".to_owned(), capabilities: Box::new(capabilities) });
    }
    assert_eq!(weight(&compose, &roster, 1), Some((1.5, WeightSource::Size)));
    assert_eq!(roster.seated()[0].weight, None, "the run works it out");
    compose.change_weight(&roster, WeightRule::Auto, 1.0);
    assert_eq!(compose.ensemble(&roster).unwrap()[0].weight, Some(0.6));
    assert_eq!(weight(&compose, &roster, 0), Some((0.6, WeightSource::Set)));
}

#[test]
fn news_of_a_row_that_is_not_being_opened_say_nothing_of_its_doing() {
    let mut roster = Roster::new(vec![built_in("a")], Vec::new(), Vec::new());
    roster.news(RowId(0), News::Doing("late".to_owned()));
    assert_eq!(roster.standings(), [Standing::Unknown]);
    assert_eq!(roster.connect(&[RowId(0), RowId(9)]).len(), 1);
    roster.news(RowId(0), News::Doing("loading".to_owned()));
    assert_eq!(roster.standings(), [Standing::Connecting("loading".into())]);
    assert!(roster.connect(&[RowId(0)]).is_empty());
    roster.news(RowId(0), News::Away("gone".to_owned()));
    assert_eq!((roster.missing(), roster.is_plain()), (vec![RowId(0)], false));
    roster.news(RowId(7), ready(ScoreTier::None));
}

fn file(path: &str, problem: Option<&str>) -> FoundModel {
    FoundModel {
        name: path.to_owned(),
        path: path.into(),
        whose: "Ollama".into(),
        bytes: 1,
        header: None,
        parameters: 0,
        problem: problem.map(str::to_owned),
    }
}

fn found(models: &[(&str, Option<&str>)]) -> Finding {
    Finding { models: models.iter().map(|(path, problem)| file(path, *problem)).collect(), ..Finding::default() }
}

#[test]
fn files_come_and_go_and_what_was_opened_stays_open() {
    let named = Source::Gguf { path: "/m/named.gguf".into(), arguments: Vec::new(), local: Local::default() };
    let named = MemberSpec::new("named", MemberConfig { source: named, ..MemberConfig::default() });
    let mut roster = Roster::new(vec![named], Vec::new(), Vec::new());
    assert_eq!((roster.look(), roster.look(), roster.is_looking()), (true, false, true));
    assert_eq!(roster.named_files(), [std::path::PathBuf::from("/m/named.gguf")]);
    roster.files(found(&[("/m/a.gguf", None), ("/m/b.gguf", Some("cut")), ("/m/c.gguf", None)]));
    assert_eq!((roster.is_looking(), roster.rows().len(), roster.named_files().len()), (false, 4, 1));
    let standing = |roster: &Roster, row: usize| roster.row(RowId(row)).unwrap().standing.clone();
    assert_eq!(standing(&roster, 2), Standing::Away("cut".into()), "it is said before it is chosen");
    roster.connect(&[RowId(1), RowId(3)]);
    roster.news(RowId(1), ready(ScoreTier::InProcess));
    // One is complete now, one is gone, and an open one is examined again.
    roster.files(found(&[("/m/a.gguf", None), ("/m/b.gguf", None), ("/m/d.gguf", None)]));
    assert_eq!(roster.rows().len(), 5);
    assert_eq!((standing(&roster, 2), standing(&roster, 4)), (Standing::Unknown, Standing::Unknown));
    assert!(matches!(standing(&roster, 1), Standing::Ready(_)) && matches!(standing(&roster, 3), Standing::Connecting(_)));
    assert_eq!(roster.row(RowId(3)).unwrap().file.as_ref().unwrap().problem.as_deref(), Some("its file is not there any more"));
    assert_eq!(roster.idle_files(), [RowId(1), RowId(3)], "what was never opened holds nothing");
    roster.let_go(&[RowId(1), RowId(3)]);
    assert_eq!(standing(&roster, 1), Standing::Unknown);
    assert!(matches!(standing(&roster, 3), Standing::Away(reason) if reason.contains("not there")));
    assert_eq!(roster.idle_files(), []);
}

#[derive(Debug, Clone, Copy)]
enum Press {
    Move(isize),
    Toggle,
    Role,
    Weight(i8),
    Found(u16),
    File(u16),
    Take,
}

fn press() -> impl Strategy<Value = Press> {
    prop_oneof![
        4 => (-2_isize..=2).prop_map(Press::Move),
        3 => Just(Press::Toggle),
        2 => Just(Press::Role),
        2 => (-15_i8..15).prop_map(Press::Weight),
        1 => (0_u16..4).prop_map(Press::Found),
        1 => (0_u16..4).prop_map(Press::File),
        1 => Just(Press::Take),
    ]
}

proptest! {
    /// Whatever is pressed and whatever is found in the meantime, an ensemble that is used has a drafter, no duplicates, unique
    /// names and weights that a run accepts.
    #[test]
    fn an_ensemble_that_is_taken_can_be_asked(presses in prop::collection::vec(press(), 0..80)) {
        let names = ["a", "b", "a"].map(built_in);
        let mut roster = Roster::new(names.into(), Vec::new(), vec![built_in("c")]);
        let mut compose = Compose::default();
        for press in presses {
            match press {
                Press::Move(step) => compose.move_by(&roster, step),
                Press::Toggle => { compose.toggle(&roster); }
                Press::Role => compose.next_role(&roster),
                Press::Weight(steps) => compose.change_weight(&roster, crate::engine::fusion::weights::WeightRule::Auto, f64::from(steps)),
                Press::Found(port) => { roster.found(vec![server("a", &format!("http://h:{port}"), None)]); }
                Press::File(name) => roster.files(found(&[(&format!("/m/{name}.gguf"), None), ("/m/x.gguf", Some("cut"))])),
                Press::Take => match compose.ensemble(&roster) {
                    Ok(ensemble) => {
                        roster.take(ensemble);
                        compose = Compose::default();
                    }
                    Err(ComposeError::NoModel | ComposeError::NoDrafter) => {}
                },
            }
            let marked = compose.marked(&roster).unwrap();
            prop_assert!(roster.row(marked).is_some());
            let seated = roster.seated();
            prop_assert!(seated.iter().any(|member| member.role != Role::Verify));
            for (place, member) in seated.iter().enumerate() {
                prop_assert!(member.weight.is_none_or(|weight| weight.is_finite() && weight >= 0.0));
                prop_assert!(seated[..place].iter().all(|other| other.name != member.name && other.row != member.row));
            }
            let mut listed = order(&roster);
            listed.sort_unstable();
            prop_assert_eq!(listed, (0..roster.rows().len()).map(RowId).collect::<Vec<_>>());
        }
    }
}
