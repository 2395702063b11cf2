//! The whole screen as a function of the state: everything that drawing would otherwise have to compute.
//!
//! What is made of many rounds, or wrapped line by line, is kept in a [`Memo`] from frame to frame; a scene made without one is the
//! same. The cost of a frame is that of what is visible, not of what was said.

use ratatui::layout::Rect;

use super::chart::{Chart, chart};
use super::draft::PaneText;
use super::hints::hints;
use super::memo::Memo;
use super::over;
use super::pane::{Activity, Pane, pane};
use super::roster::List;
use super::shown::Shown;
use super::single;
use super::status::{Facts, Status, status};
use super::story::story;
use super::table::{Table, table};
use super::timeline::{Timeline, timeline};
use super::welcome::welcome;
use super::why;
use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Phase;
use crate::playground::state::State;
use crate::playground::state::laid::{Laid, LaidPane};
use crate::playground::state::layout::{CHART_MARGIN, Layout, Part, Shape, TIMELINE_HEAD, arrange};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::view::{Body, Curve};
use crate::playground::state::prose::Prose;

/// What is on the screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// Where everything is; `None` on a screen that is too small.
    pub layout: Option<Layout>,
    /// Every member's pane, by place.
    pub panes: Vec<Pane>,
    /// The ranking.
    pub table: Table,
    /// The exit chart.
    pub chart: Chart,
    /// The timeline.
    pub timeline: Timeline,
    /// What happens in the selected round, in a sentence.
    pub story: DisplayText,
    /// The status line.
    pub status: Option<Status>,
    /// The reasons, where they have a place of their own.
    pub why: Prose,
    /// What is in the transcript before anything was asked.
    pub welcome: Prose,
    /// What stands where the question would: a stop of the guided tour.
    pub card: Option<Prose>,
    /// The words of what lies over the screen.
    pub overlay: Prose,
    /// The list of models, while an ensemble is composed.
    pub roster: List,
    /// Where it lies.
    pub popup: Rect,
    /// The text of each member's pane.
    pub texts: Vec<PaneText>,
    /// Keys and what they do, the likeliest first.
    pub hints: Vec<(DisplayText, DisplayText)>,
}

/// The scene of a state.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn scene(state: &State) -> Scene {
    compose(state, &mut Memo::default(), Vec::new())
}

/// The scene of a state; `memo` and `texts` are those of the frame before, or empty.
#[must_use]
pub fn compose(state: &State, memo: &mut Memo, mut texts: Vec<PaneText>) -> Scene {
    let (of, at) = state.shown();
    let answer = state.answers.session.answer(of);
    let round = at.and_then(|at| answer.round(at));
    memo.comparison.refresh(&state.knobs.tuning, of, &answer.run);
    let single = memo.single.of(&answer.run, crate::engine::fusion::single::single);
    let members = (0..answer.labels.len()).map(MemberIndex);
    let newest = state.looking.round.is_none();
    let panes: Vec<Pane> = members.map(|member| pane(answer, round, newest, member)).collect();
    let card = state.tour.filter(|_| !state.writing.active).map(|tour| tour.card(&state.keymap, prompt_width(state)));
    let layout = layout(state, &panes, card.as_ref(), memo);
    refresh_texts(state, layout.as_ref(), &panes, &mut texts);
    let Some(layout) = layout else { return Scene { texts, ..Scene::default() } };
    let popup = state.looking.overlay.as_ref().map(|overlay| over::popup(overlay, layout.body, state.size())).unwrap_or_default();
    let what_if = memo.comparison.what_if(&state.knobs.tuning).cloned();
    let shown = Shown { state, answer, round, single: Option::as_ref(&single), what_if: what_if.as_ref() };
    let activities: Vec<Activity> = panes.iter().map(|pane| pane.activity).collect();
    let mut table = table(answer, round, &activities);
    if let (Some(what_if), Some(round)) = (shown.what_if, round) {
        table.mark(round, what_if);
    }
    let (overlay, roster) = (over::words(shown, memo, popup), over::roster(shown, popup));
    let popup = over::fitted(state.looking.overlay.as_ref(), popup, overlay.len());
    let ticks = usize::from(layout.timeline.width.saturating_sub(TIMELINE_HEAD + 2) / 2);
    let why_of = |place: Rect| why::prose(&why::why(answer, round, shown.single), answer, place.width - 4);
    Scene {
        chart: chart(answer, curve(state), at, chart_columns(state, &layout, popup), shown.what_if),
        timeline: timeline(answer, at, ticks, shown.what_if),
        story: sentence(shown, &table),
        status: Some(status_line(shown)),
        why: layout.why.map(why_of).unwrap_or_default(),
        table,
        panes,
        popup,
        card,
        hints: hints(state, state.answers.run_state()),
        overlay,
        roster,
        welcome: if state.answers.transcript.flow().is_empty() { welcome(state, &layout) } else { Prose::new() },
        texts,
        layout: Some(layout),
    }
}

impl Scene {
    /// Where everything is, for the state.
    #[must_use]
    pub fn laid(&self) -> Laid {
        let pane = |pane: &Pane| {
            let text = self.texts.get(pane.member.0);
            LaidPane {
                member: pane.member,
                away: pane.away.then(|| pane.note.clone()),
                draft: text.and_then(PaneText::draft),
                open: text.is_some_and(PaneText::is_open),
                lines: text.map_or(0, |text| text.flow().lines()),
            }
        };
        Laid {
            layout: self.layout.clone(),
            panes: self.panes.iter().map(pane).collect(),
            table_rows: self.table.rows.len(),
            ticks: self.timeline.ticks.iter().map(|tick| tick.place).collect(),
            overlay_lines: self.overlay.len(),
            overlay_height: usize::from(self.popup.height.saturating_sub(2)),
        }
    }
}

/// Columns of what is in the prompt.
fn prompt_width(state: &State) -> u16 {
    state.size().0.saturating_sub(4)
}

fn layout(state: &State, panes: &[Pane], card: Option<&Prose>, memo: &mut Memo) -> Option<Layout> {
    let (present, away): (Vec<&Pane>, Vec<&Pane>) = panes.iter().partition(|pane| !pane.away);
    let members: Vec<MemberIndex> = present.iter().chain(&away).map(|pane| pane.member).collect();
    let lines = card.map_or_else(|| memo.prompt_lines(&state.writing.question, prompt_width(state)), Vec::len);
    let looking = &state.looking;
    let zoomed = looking.zoomed.then_some(looking.focus);
    let shape = Shape { members: &members, present: present.len(), pane: looking.pane, prompt_lines: lines, zoomed };
    arrange(state.size().0, state.size().1, shape)
}

/// Takes in what is new of the drafts in sight; one out of sight is taken in when it is in sight.
fn refresh_texts(state: &State, layout: Option<&Layout>, panes: &[Pane], texts: &mut Vec<PaneText>) {
    let (of, at) = state.shown();
    let answer = state.answers.session.answer(of);
    texts.resize_with(answer.labels.len(), PaneText::default);
    let unfolded = state.looking.zoomed.then_some(state.looking.focus);
    let round = at.and_then(|at| answer.round(at));
    for (member, place) in layout.iter().flat_map(|layout| &layout.panes) {
        let width = layout.map_or(0, |layout| layout.pane_text(*place).width);
        let note = panes.get(member.0).map_or(DisplayStr::default(), |pane| pane.note.as_display());
        let shading = (state.settings.shading, unfolded == Some(Part::Pane(*member)));
        if let Some(text) = texts.get_mut(member.0) {
            text.refresh((of, answer), round, *member, shading, width, note);
        }
    }
}

/// What happens in the selected round, in a sentence.
fn sentence(shown: Shown<'_>, table: &Table) -> DisplayText {
    let Shown { state, answer, round, .. } = shown;
    if let Some(sentence) = over::what_if_in_words(shown) {
        return sentence;
    }
    if state.answers.waits_for_members() {
        return "your question waits until enough models are connected".into();
    }
    if !state.answers.session.is_going() && round.is_none() {
        return "ask something, and watch the models write the answer together".into();
    }
    let over = state.looking.round.is_none() && matches!(answer.run.phase, Phase::Finished(_));
    // Of an answer that is complete first what came of it: a narrow line may be cut.
    let start =
        shown.single.filter(|_| over).map_or_else(DisplayText::new, |single| display!("{}; ", single::brief(single, answer)));
    display!("{start}{}", story(answer, round, table))
}

fn status_line(shown: Shown<'_>) -> Status {
    let Shown { state, answer, round, .. } = shown;
    status(Facts {
        answer: (!state.answers.session.answers().is_empty()).then_some(answer),
        state: state.answers.run_state(),
        source: &state.answers.source,
        now_ms: state.answers.now_ms,
        looking_at: state.looking.round.and(round).map(|round| round.number),
        params: &state.knobs.params,
        pace: state.settings.pace.filter(|_| state.roster.is_in_process()),
        connecting: &state.roster.connecting(),
    })
}

/// Which curves the chart shows.
fn curve(state: &State) -> Curve {
    match &state.looking.overlay {
        Some(Overlay::Page(page, _)) => match page.view().body {
            Body::Chart(curve) => curve,
            Body::Lines(_) => Curve::Retention,
        },
        Some(_) | None => Curve::Retention,
    }
}

fn chart_columns(state: &State, layout: &Layout, popup: Rect) -> usize {
    let width = match &state.looking.overlay {
        Some(overlay) if overlay.is_chart() => popup.width,
        Some(_) | None => layout.chart.map_or(0, |place| place.width),
    };
    usize::from(width.saturating_sub(CHART_MARGIN))
}
