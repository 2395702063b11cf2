//! The whole screen as a function of the state: everything that drawing would otherwise have to compute.
//!
//! What is made of many rounds, or wrapped line by line, is kept in a [`Memo`] from frame to frame; a scene made without one is the
//! same. The cost of a frame is that of what is visible, not of what was said.

use ratatui::layout::Rect;

use super::beneath::beneath;
use super::chart::{self, Chart, chart};
use super::closing::{self, closing, decisions};
use super::draft::{self, PaneText};
use super::exits::{self, Stays};
use super::hint::Hint;
use super::hints;
use super::legend::{Marks, legend};
use super::matrix::{Matrix, matrix};
use super::memo::Memo;
use super::moment;
use super::over::{self, Rows};
use super::pane::{Activity, Pane, pane};
use super::presented::{self, Placed, presented};
use super::roster::List;
use super::sentence::{Sentence, sentence};
use super::shown::Shown;
use super::status::{Facts, Status, status};
use super::table::{Table, table};
use super::timeline::{Timeline, timeline};
use super::tour;
use super::votes::{Votes, calm, votes};
use super::welcome::welcome;
use super::why;
use crate::clean::DisplayText;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Round;
use crate::engine::fusion::single::Single;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::answer::Answer;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::laid::{LaidRound, inside};
use crate::playground::state::layout::{
    CHART_MARGIN, Layout, Part, Shape, TIMELINE_HEAD, WIDE, arrange, closing_width, dock, draft_width,
};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::view::{Body, Curve};
use crate::playground::state::presenting::{self, layout::Words};
use crate::playground::state::prose::Prose;
use crate::playground::state::{Source, State};

/// What is on the screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// Where everything is; `None` on a screen that is too small.
    pub layout: Option<Layout>,
    /// Whose vote decided the selected round.
    pub deciding: Option<MemberIndex>,
    /// How close each member is to leaving, by place.
    pub stays: Vec<Option<Stays>>,
    /// The threshold below which it leaves, where there is one.
    pub exit_threshold: Option<f64>,
    /// The same under the knobs that are tried, where that is another one.
    pub tried_threshold: Option<f64>,
    /// Every member's pane, by place.
    pub panes: Vec<Pane>,
    /// The ranking: of the selected round, or of the last decided one while nobody has voted.
    pub table: Table,
    /// The votes on every member's candidate in the selected round, by place.
    pub votes: Vec<Votes>,
    /// The exit chart.
    pub chart: Chart,
    /// Where it is, and its rounds.
    pub chart_places: (Rect, Vec<LaidRound>),
    /// The timeline.
    pub timeline: Timeline,
    /// What marks in sight mean, a line for each of the timeline's.
    pub legend: Vec<DisplayText>,
    /// What happens in the selected round, in a sentence.
    pub sentence: Sentence,
    /// As much of it as the line has room for.
    pub story: DisplayText,
    /// What is shown beneath the selected segment of the answer.
    pub beneath: Prose,
    /// The status line.
    pub status: Option<Status>,
    /// The reasons, where they have a place of their own.
    pub why: Prose,
    /// What is in the transcript before anything was asked.
    pub welcome: Prose,
    /// What came of the answer, where it is complete and no round of it is selected.
    pub closing: Prose,
    /// What stands where the question would: a stop of the guided tour.
    pub card: Option<Prose>,
    /// The words of what lies over the screen.
    pub overlay: Prose,
    /// The list of models, while an ensemble is composed.
    pub roster: List,
    /// Where it lies.
    pub popup: Rect,
    /// Where the rows of the tuning panel are among its words.
    pub tuning: Rows,
    /// The text of each member's pane.
    pub texts: Vec<PaneText>,
    /// The words of presenter mode, each in its place.
    pub presented: Vec<Placed>,
    /// Keys and what they do, the likeliest first.
    pub hints: Vec<Hint>,
    /// The columns of the lowest line that a message takes before the hints.
    pub notice: u16,
    /// What the lowest line has no room for, above the prompt.
    pub sheet: Prose,
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
    let panes = panes(state, answer, round);
    let card = tour::card(state, prompt_width(state));
    let closing = closing_card(state, answer, Option::as_ref(&single), memo);
    let shown_card = Some(&closing).filter(|card| !card.is_empty());
    let layout = layout(state, &panes, card.as_ref(), shown_card, memo, &mut texts);
    let Some((layout, words)) = layout else { return Scene { texts, ..Scene::default() } };
    let popup = over::popup(state, &layout);
    let what_if = memo.comparison.what_if(&state.knobs.tuning).cloned();
    let shown = Shown { state, answer, round, single: Option::as_ref(&single), what_if: what_if.as_deref() };
    let activities: Vec<Activity> = panes.iter().map(|pane| pane.activity).collect();
    let matrix = round.map(|round| matrix(answer, round, &round.params));
    let sentence = sentence(shown, matrix.as_ref());
    let own = own_table(shown, matrix, &activities);
    let (votes, beneath) = (votes(&own, panes.len()), beneath(shown, &own));
    let (table, ranked) = ranking(shown, own, &activities);
    let ((overlay, tuning), roster) = (over::words(shown, ranked, memo, popup), over::roster(shown, popup));
    let popup = over::fitted(state.looking.overlay.as_ref(), popup, overlay.len());
    let ticks = usize::from(layout.timeline.width.saturating_sub(TIMELINE_HEAD + 2) / 2);
    let reasons = layout.why.map(|place| (memo.reasons.of(answer, at, &single, place.width), layout.inner(place).height));
    let (chart, chart_places) = placed_chart(shown, at, &layout, popup);
    let timeline = timeline(answer, at, ticks, shown.what_if);
    let exit_threshold = exits::threshold(answer, round);
    Scene {
        legend: legend(&layout, &marks(state, &layout, &timeline, (&votes, sentence.deciding, exit_threshold))),
        chart_places,
        chart,
        timeline,
        presented: words.map_or_else(Vec::new, |words| presented(shown, words, &sentence.caption)),
        story: sentence.fitting(layout.story.width.saturating_sub(1)),
        deciding: sentence.deciding,
        sentence,
        beneath,
        stays: exits::stays(answer, round, panes.len(), shown.what_if),
        exit_threshold,
        tried_threshold: exits::tried_threshold(answer, round, shown.what_if),
        status: Some(status_line(shown)),
        why: reasons.map_or_else(Vec::new, |(whole, rows)| why::beginning(&whole, rows, &why_key(state))),
        table,
        votes,
        panes,
        popup,
        tuning,
        closing,
        card,
        // This frame's lines, not those of the one before.
        hints: hints::hints_over(state, overlay.len() > usize::from(popup.height.saturating_sub(2))),
        notice: hints::notice_columns(state),
        sheet: hints::sheet(state),
        overlay,
        roster,
        welcome: greeting(state, &layout),
        texts,
        layout: Some(layout),
    }
}

/// Every member's pane, by place.
fn panes(state: &State, answer: &Answer, round: Option<&Round>) -> Vec<Pane> {
    let newest = state.looking.round.is_none();
    (0..answer.labels.len()).map(|place| pane(answer, round, newest, MemberIndex(place))).collect()
}

/// The ranking that is shown, and the round that it is of.
fn ranking<'a>(shown: Shown<'a>, own: Table, activities: &[Activity]) -> (Table, Option<&'a Round>) {
    let Shown { answer, round, what_if, .. } = shown;
    let mut table = calm(answer, round, own, activities);
    let rounds = &answer.run.rounds;
    let place = rounds.binary_search_by_key(&table.number, |round| round.number);
    let ranked = place.ok().and_then(|place| rounds.get(place)).map(AsRef::as_ref).or(round);
    if let (true, Some(before), Some(what_if)) = (table.is_of_the_round_before, ranked, what_if) {
        table.mark(before, what_if);
    }
    (table, ranked)
}

/// The exit chart, with where it is and where its rounds are.
fn placed_chart(shown: Shown<'_>, at: Option<usize>, layout: &Layout, popup: Rect) -> (Chart, (Rect, Vec<LaidRound>)) {
    let Shown { state, answer, what_if, .. } = shown;
    let chart = chart(answer, curve(state), at, chart_columns(state, layout, popup), what_if);
    let area = match &state.looking.overlay {
        Some(overlay) if overlay.is_chart() => inside(popup),
        Some(_) | None => layout.chart.map(|place| layout.inner(place)).unwrap_or_default(),
    };
    let places = chart::places(answer, &chart, area);
    (chart, (area, places))
}

/// The marks in sight, of which the legend says what they mean.
fn marks<'a>(
    state: &State,
    layout: &Layout,
    timeline: &'a Timeline,
    (votes, deciding, exit_threshold): (&'a [Votes], Option<MemberIndex>, Option<f64>),
) -> Marks<'a> {
    Marks {
        timeline,
        votes,
        decided: deciding.is_some() && votes.iter().any(|votes| votes.best),
        exits: exit_threshold.is_some() && (layout.ranking.is_some() || layout.tail.stays > 0),
        shading: state.settings.shading,
        glyphs: Glyphs::new(state.settings.ascii),
    }
}

/// The ranking of the selected round, with what would have been different.
fn own_table(shown: Shown<'_>, matrix: Option<Matrix>, activities: &[Activity]) -> Table {
    let mut table = table(shown.answer, shown.round.zip(matrix), activities);
    if let (Some(what_if), Some(round)) = (shown.what_if, shown.round) {
        table.mark(round, what_if);
    }
    table
}

/// Columns of what is in the prompt.
fn prompt_width(state: &State) -> u16 {
    state.size().0.saturating_sub(2)
}

fn layout(
    state: &State,
    panes: &[Pane],
    card: Option<&Prose>,
    closing: Option<&Prose>,
    memo: &mut Memo,
    texts: &mut Vec<PaneText>,
) -> Option<(Layout, Option<Words>)> {
    let (never, present): (Vec<&Pane>, Vec<&Pane>) = panes.iter().partition(|pane| pane.never);
    let members: Vec<MemberIndex> = present.iter().chain(&never).map(|pane| pane.member).collect();
    let lines = card.map_or_else(|| memo.prompt_lines(&state.writing.question, prompt_width(state)), Vec::len).max(1);
    let (width, height) = state.size();
    let docked = matches!(state.looking.overlay, Some(Overlay::Tuning(_)));
    let main = if docked { dock::beside(width) } else { width };
    // Nothing is written while the panel is open: at the bottom it has the prompt's place.
    let lines = if docked && main == width && card.is_none() && state.presenting.is_none() { 0 } else { lines };
    let watched = state.settings.watched;
    let tried = state.knobs.tuning.is_trying() && state.knobs.tuning.can_be_rescored();
    let answer = state.answers.session.answer(state.shown().0);
    let verifiers = answer.labels.iter().filter(|label| label.verifies).count();
    let looking = &state.looking;
    let zoomed = looking.zoomed.then_some(looking.focus);
    let shape = |draft_lines| Shape {
        members: &members,
        present: present.len(),
        pane: looking.pane,
        verifiers,
        draft_lines,
        prompt_lines: if watched { 0 } else { lines },
        hints: !watched,
        closing: closing.map(Vec::len),
        zoomed,
        docked,
        tried,
    };
    let presented = state.presenting.is_some().then(|| {
        let question = presented::question(answer, presenting::layout::inside(main));
        (question.len() as u16, state.writing.active || card.is_some())
    });
    let arranged = |draft_lines| match presented {
        Some((question, writes)) => {
            let (layout, words) = presenting::layout::arrange(width, height, shape(draft_lines), question, writes)?;
            Some((layout, Some(words)))
        }
        None => Some((arrange(width, height, shape(draft_lines))?, None)),
    };
    // How high the panes are depends on the drafts in them, how wide they are does not.
    let (empty, _) = arranged(0)?;
    let text_width = match empty.panes.first() {
        Some((_, place)) => empty.pane_text(*place).width,
        None => draft_width(main, present.len(), verifiers, tried),
    };
    refresh_texts(state, panes, texts, text_width);
    let lines = |pane: &&Pane| texts.get(pane.member.0).map_or(0, |text| text.flow().lines());
    arranged(present.iter().map(lines).max().unwrap_or(0))
}

/// Takes in what is new of the drafts.
fn refresh_texts(state: &State, panes: &[Pane], texts: &mut Vec<PaneText>, width: u16) {
    let (of, at) = state.shown();
    let answer = state.answers.session.answer(of);
    texts.resize_with(answer.labels.len(), PaneText::default);
    let unfolded = state.looking.zoomed.then_some(state.looking.focus);
    let round = at.and_then(|at| answer.round(at));
    for (text, pane) in texts.iter_mut().zip(panes) {
        let shading = (state.settings.shading, unfolded == Some(Part::Pane(pane.member)));
        text.refresh((of, answer), round, pane.member, shading, width, pane.note.as_display());
    }
    draft::compare(texts, round, matches!(unfolded, Some(Part::Pane(_))));
}

/// What is in the transcript while no question is.
fn greeting(state: &State, layout: &Layout) -> Prose {
    if !state.answers.transcript.flow().is_empty() {
        return Prose::new();
    }
    match &state.answers.source {
        Source::Replay(replay) => {
            let width = layout.transcript_text().map_or(0, |place| place.width);
            moment::of_recording(replay, &state.keymap, width)
        }
        Source::Live => welcome(state, layout),
    }
}

/// The key that shows all reasons; none where no keys are pressed.
fn why_key(state: &State) -> String {
    if state.settings.watched { String::new() } else { state.keymap.key(Action::Open(Page::Why)) }
}

/// The closing card, while the screen shows it.
fn closing_card(state: &State, answer: &Answer, single: Option<&Single>, memo: &mut Memo) -> Prose {
    if !state.shows_closing() {
        return Prose::new();
    }
    let (width, height) = state.size();
    // Below the card, or beside it, the answer itself keeps its place.
    let room = usize::from(if width < WIDE { height / 2 } else { height.saturating_sub(8) });
    let decisions = memo.decisions.of(&answer.run, |_| decisions(answer));
    let [tune, go_on, rewind] = [Action::Tune, Action::RunPause, Action::Rewind].map(|action| state.keymap.key(action));
    let keys = closing::Keys { tune: &tune, go_on: &go_on, rewind: &rewind };
    closing(answer, &decisions, single, (Glyphs::new(state.settings.ascii), keys), (closing_width(width), room))
}

fn status_line(shown: Shown<'_>) -> Status {
    let Shown { state, answer, round, .. } = shown;
    status(Facts {
        answer: (!state.answers.session.answers().is_empty()).then_some(answer),
        state: state.answers.run_state(),
        source: &state.answers.source,
        now_ms: state.answers.now_ms,
        looking_at: state.looking.round.and(round).map(|round| round.number),
        number: (state.answers.session.answers().len() > 1).then_some(state.shown().0 + 1),
        params: &state.knobs.params,
        pace: state.settings.pace.filter(|_| state.roster.is_in_process()),
        connecting: &state.roster.connecting(),
        threshold: exits::threshold(answer, round),
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
