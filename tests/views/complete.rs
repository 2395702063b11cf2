//! The list of states lacks nothing that a user can see: every state of a run, everything that lies over the screen, every page,
//! list, mark and standing occurs in one of them. What a state shows is read from the state, not from its name.

use std::collections::BTreeSet;

use specfuse::engine::fusion::params::KnobGroup;
use specfuse::playground::state::Screen;
use specfuse::playground::state::entry::Purpose;
use specfuse::playground::state::heat_map::Progress;
use specfuse::playground::state::lengths::Stage;
use specfuse::playground::state::log::Level;
use specfuse::playground::state::overlay::{Against, Overlay};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::parts::answers::{Source, TakingUp};
use specfuse::playground::state::parts::run_state::RunState;
use specfuse::playground::state::picker::PickerKind;
use specfuse::playground::state::roster::{Origin, Standing};
use specfuse::playground::state::scene::draft::Shading;
use specfuse::playground::state::scene::pane::Activity;
use specfuse::playground::state::scene::timeline::Mark;
use specfuse::playground::state::tour::STOPS;

use crate::states::{self, SIZES, State};

/// Something that a screen can show: what kind of thing, and which of that kind.
type Shown = (&'static str, String);

/// The variants of an enum, by name. A variant that is not named here does not compile.
macro_rules! variants {
    ($function:ident, $all:ident: $type:ident { $($variant:ident),* $(,)? }) => {
        const $all: &[&str] = &[$(stringify!($variant)),*];

        #[allow(clippy::trivially_copy_pass_by_ref, reason = "one shape for every enum")]
        fn $function(value: &$type) -> Shown {
            let name = match value {
                $($type::$variant { .. } => stringify!($variant),)*
            };
            (stringify!($type), name.to_owned())
        }
    };
}

variants!(run_state, RUN_STATES: RunState {
    Ready, Waiting, Starting, Continuing, Answering, Pausing, Paused, Answered, Limit, Stopped, Failed, BrokenOff, RecordingEnds,
});
variants!(overlay, OVERLAYS: Overlay { Page, Tuning, List, Roster, Entry, Leave });
variants!(list, LISTS: PickerKind {
    Commands, Themes, Traces, SaveAs, ExportAs, Candidates, Branches, Compare, Against, Members, Help,
});
variants!(purpose, PURPOSES: Purpose { Edit, Write });
variants!(against, AGAINST: Against { Branch, Recorded });
variants!(source, SOURCES: Source { Live, Replay });
variants!(taking_up, TAKING_UP: TakingUp { Not, Awaiting, Begun });
variants!(progress, PROGRESS: Progress { Going, Done, Stopped, Failed });
variants!(stage, STAGES: Stage { Waiting, Playing, Over, Stopped, Failed });
variants!(level, LEVELS: Level { Info, Warning, Error });
variants!(standing, STANDINGS: Standing { Unknown, Connecting, Ready, Away });
variants!(shading, SHADINGS: Shading { Off, Probability, Disagreement });
variants!(mark, MARKS: Mark { Margin, Unanimous, Overridden, Edited, Written, Redrafted, Failed, Open });

fn wanted() -> BTreeSet<Shown> {
    let by_name = [
        ("RunState", RUN_STATES),
        ("Overlay", OVERLAYS),
        ("PickerKind", LISTS),
        ("Purpose", PURPOSES),
        ("Against", AGAINST),
        ("Source", SOURCES),
        ("TakingUp", TAKING_UP),
        ("Progress", PROGRESS),
        ("Stage", STAGES),
        ("Level", LEVELS),
        ("Standing", STANDINGS),
        ("Shading", SHADINGS),
        ("Mark", MARKS),
    ];
    let mut wanted: BTreeSet<Shown> = BTreeSet::new();
    for (kind, names) in by_name {
        wanted.extend(names.iter().map(|name| (kind, (*name).to_owned())));
    }
    wanted.extend(Page::ALL.iter().copied().map(page));
    wanted.extend(Activity::ALL.iter().copied().map(activity));
    wanted.extend(Origin::ALL.iter().copied().map(origin));
    wanted.extend(KnobGroup::ALL.iter().map(|group| section(Some(*group))));
    wanted.insert(section(None));
    wanted.extend((0..=STOPS.len()).map(stop));
    wanted
}

fn page(page: Page) -> Shown {
    ("Page", format!("{page:?}"))
}

fn activity(activity: Activity) -> Shown {
    ("Activity", format!("{activity:?}"))
}

fn origin(origin: Origin) -> Shown {
    ("Origin", format!("{origin:?}"))
}

/// The section of the tuning panel in which the mark is; none at the presets.
fn section(group: Option<KnobGroup>) -> Shown {
    ("KnobGroup", format!("{group:?}"))
}

fn stop(at: usize) -> Shown {
    ("Stop", at.to_string())
}

/// What a screen shows.
fn shown(screen: &Screen) -> Vec<Shown> {
    let state = &screen.state;
    let mut shown = vec![
        run_state(&state.answers.run_state()),
        source(&state.answers.source),
        taking_up(&state.answers.taking_up),
        shading(&state.settings.shading),
    ];
    shown.extend(state.looking.overlay.iter().flat_map(|open| lies_over(screen, open)));
    shown.extend(state.notices.notice.iter().map(|notice| level(&notice.level)));
    shown.extend(state.tour.iter().map(|tour| stop(tour.at)));
    shown.extend(screen.scene.panes.iter().map(|pane| activity(pane.activity)));
    shown.extend(screen.scene.timeline.ticks.iter().map(|tick| mark(&tick.mark)));
    shown
}

fn lies_over(screen: &Screen, open: &Overlay) -> Vec<Shown> {
    let state = &screen.state;
    let mut shown = vec![overlay(open)];
    match open {
        Overlay::Page(open, _) => {
            shown.push(page(*open));
            match open {
                Page::HeatMap => shown.extend(state.heat_map.iter().map(|map| progress(&map.progress))),
                Page::Lengths => {
                    shown.extend(
                        state.lengths.iter().flat_map(|comparison| &comparison.columns).map(|column| stage(&column.stage)),
                    );
                }
                Page::Compare => shown.extend(state.looking.against.iter().map(against)),
                Page::Help
                | Page::Why
                | Page::Retention
                | Page::Weights
                | Page::Single
                | Page::RoundTime
                | Page::RunTime
                | Page::Log => {}
            }
        }
        Overlay::Tuning(panel) => shown.push(section(panel.knob().map(|knob| knob.group))),
        Overlay::List(picker) => shown.push(list(&picker.kind)),
        Overlay::Entry(for_what) => shown.push(purpose(for_what)),
        Overlay::Roster(_) => {
            let rows = state.roster.rows();
            shown.extend(rows.iter().flat_map(|known| [origin(known.origin), standing(&known.standing)]));
        }
        Overlay::Leave(_) => {}
    }
    shown
}

#[test]
fn everything_that_a_user_can_see_is_in_the_list() {
    let everywhere = |state: &State| SIZES.iter().all(|size| state.sizes.contains(size));
    let states = states::all();
    let seen: BTreeSet<Shown> =
        states.iter().filter(|state| everywhere(state)).flat_map(|state| shown(&state.screen(SIZES[1]))).collect();
    let wanted = wanted();
    let missing: Vec<&Shown> = wanted.difference(&seen).collect();
    assert!(missing.is_empty(), "no state shows {missing:?}");
    let unknown: Vec<&Shown> = seen.difference(&wanted).collect();
    assert!(unknown.is_empty(), "the lists of this test lack {unknown:?}");
}
