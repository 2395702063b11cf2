//! Bringing the scene up to date before a frame: everything that drawing would otherwise have to compute.
//!
//! Called at most once a frame, only when something changed. Its cost is that of what is visible, not of what was said: text is
//! wrapped as it comes, and only the round looked at is worked out.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::State;
use super::action::Action;
use super::glyphs::Glyphs;
use super::layout::{Layout, Part, Shape, arrange};
use super::overlay::{self, Overlay, Page};
use super::play::Play;
use super::prose::Prose;
use super::scene::chart::{Chart, Curve, chart};
use super::scene::compare;
use super::scene::heat_map::{self, MapFacts};
use super::scene::pane::{Activity, Pane, pane};
use super::scene::roster::{List, list};
use super::scene::status::{Facts, Status, status};
use super::scene::story::story;
use super::scene::table::{Table, table};
use super::scene::timeline::{Timeline, timeline};
use super::scene::waterfall::{round_page, run_page};
use super::scene::{single, why};
use super::tuning::panel;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::run::Phase;
use crate::engine::fusion::single::Single;
use crate::engine::fusion::timing::run_timing;

/// Columns of a chart's frame, scale and labels.
pub const CHART_MARGIN: u16 = 18;
/// Columns before the first round of the timeline.
pub const TIMELINE_HEAD: u16 = 8;

/// What is on the screen.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Where everything is; `None` on a screen that is too small.
    pub layout: Option<Layout>,
    /// Every member's pane, by place.
    pub panes: Vec<Pane>,
    /// The ranking.
    pub table: Table,
    /// The first visible row of the ranking.
    pub table_top: usize,
    /// The exit chart.
    pub chart: Chart,
    /// The timeline.
    pub timeline: Timeline,
    /// What happens in the round looked at, in a sentence.
    pub story: String,
    /// The status line.
    pub status: Option<Status>,
    /// The reasons, where they have a place of their own.
    pub why: Prose,
    /// What stands in the transcript before anything was asked.
    pub welcome: Prose,
    /// What stands where the question would: a stop of the guided tour.
    pub card: Option<Prose>,
    /// The words of what lies over the screen.
    pub overlay: Prose,
    /// The list of models, while an ensemble is composed.
    pub roster: List,
    /// Where it lies.
    pub popup: Rect,
    /// Keys and what they do, the likeliest first.
    pub hints: Vec<(String, String)>,
}

impl State {
    /// Brings everything that is drawn up to date.
    pub fn prepare(&mut self) {
        self.let_go_of_members_that_are_not_there();
        let (at, _) = self.shown();
        let Self { tuning, session, .. } = self;
        tuning.refresh(at, &session.play(at).run);
        let (at, round) = self.shown();
        let play = self.session.play(at);
        let round_shown = round.and_then(|round| play.round(round));
        let newest = self.look.is_none();
        let members = (0..play.labels.len()).map(MemberIndex);
        let panes: Vec<Pane> = members.map(|member| pane(play, round_shown, newest, member)).collect();
        let (present, away): (Vec<&Pane>, Vec<&Pane>) = panes.iter().partition(|pane| !pane.away);
        let order: Vec<MemberIndex> = present.iter().chain(&away).map(|pane| pane.member).collect();
        let zoomed = self.zoomed.then_some(self.focus);
        let width = self.size.0.saturating_sub(4);
        let card = self.tour.filter(|_| !self.writing).map(|tour| tour.card(&self.keymap, width));
        let lines = card.as_ref().map_or_else(|| self.prompt.display_lines(width), Vec::len);
        let shape = Shape { members: &order, present: present.len(), pane: self.pane, prompt_lines: lines, zoomed };
        let layout = arrange(self.size.0, self.size.1, shape);
        self.prepare_texts(layout.as_ref(), &panes);
        let Some(layout) = layout else {
            self.scene = Scene::default();
            return;
        };
        let held = self.single();
        let (at, round) = self.shown();
        let play = self.session.play(at);
        let round_shown = round.and_then(|round| play.round(round));
        let activities: Vec<Activity> = panes.iter().map(|pane| pane.activity).collect();
        let what_if = self.tuning.what_if();
        let mut table = table(play, round_shown, &activities);
        if let (Some(what_if), Some(round)) = (what_if, round_shown) {
            table.mark(round, what_if);
        }
        let state = self.run_state();
        let looking_at = self.look.and(round_shown).map(|round| round.number);
        let asked = (!self.session.plays().is_empty()).then_some(play);
        let popup = self.overlay.as_ref().map(|overlay| popup(overlay, layout.body, self.size)).unwrap_or_default();
        let chart_width = match self.overlay {
            Some(Overlay::Chart(_)) => popup.width,
            _ => layout.chart.map_or(0, |place| place.width),
        };
        self.scene = Scene {
            chart: chart(play, self.curve(), round, usize::from(chart_width.saturating_sub(CHART_MARGIN)), what_if),
            timeline: timeline(play, round, usize::from(layout.timeline.width.saturating_sub(TIMELINE_HEAD + 2) / 2), what_if),
            story: if let Some(sentence) = self.what_if_in_words(play) {
                sentence
            } else if self.waits_for_members() {
                "your question waits until enough models are connected".to_owned()
            } else if self.session.is_going() || round_shown.is_some() {
                let over = newest && matches!(play.run.phase, Phase::Finished(_));
                let held = held.as_ref().as_ref().filter(|_| over);
                // Of an answer that is complete first what came of it: a narrow line may be cut.
                let start = held.map_or_else(String::new, |held| format!("{}; ", single::brief(held, play)));
                start + &story(play, round_shown, &table)
            } else {
                "ask something, and watch the models write the answer together".to_owned()
            },
            status: Some(status(Facts {
                play: asked,
                state,
                source: &self.source,
                now_ms: self.now_ms,
                looking_at,
                params: &self.params,
                pace: self.settings.pace.filter(|_| self.roster.is_in_process()),
                connecting: &self.roster.connecting(),
            })),
            why: layout
                .why
                .map(|place| why::prose(&why::why(play, round_shown, held.as_ref().as_ref()), play, place.width - 4))
                .unwrap_or_default(),
            table_top: self.scene.table_top,
            table,
            panes,
            popup,
            card,
            hints: self.hints(state),
            overlay: Prose::new(),
            roster: List::default(),
            welcome: if self.transcript.flow().is_empty() { self.welcome(&layout) } else { Prose::new() },
            layout: Some(layout),
        };
        self.prepare_overlay();
    }

    /// The answer looked at against its strongest member.
    fn single(&mut self) -> Arc<Option<Single>> {
        let (at, _) = self.shown();
        self.single.of(&self.session.play(at).run, crate::engine::fusion::single::single)
    }

    /// Another run may have fewer members than the one whose pane was focused.
    fn let_go_of_members_that_are_not_there(&mut self) {
        let members = self.session.play(self.shown().0).labels.len();
        if let Part::Pane(member) = self.focus
            && member.0 >= members
        {
            (self.focus, self.zoomed) = (Part::Transcript, false);
        }
    }

    fn prepare_texts(&mut self, layout: Option<&Layout>, panes: &[Pane]) {
        let (at, round) = self.shown();
        let unfolded = self.zoomed.then_some(self.focus);
        let Self { session, texts, transcript, prompt, entry, settings, .. } = self;
        let play = session.play(at);
        texts.resize_with(play.labels.len(), Default::default);
        prompt.dress(prompt.dressed(), self.writing && self.overlay.is_none());
        entry.dress(prompt.dressed(), true);
        let Some(layout) = layout else { return };
        let round = round.and_then(|round| play.round(round));
        for (member, place) in &layout.panes {
            let width = layout.pane_text(*place).width;
            let note = panes.get(member.0).map_or("", |pane| &pane.note);
            let unfolded = unfolded == Some(Part::Pane(*member));
            texts[member.0].refresh((at, play), round, *member, (settings.shading, unfolded), width, note);
        }
        if let Some(place) = layout.transcript_text() {
            transcript.resize(place.width, usize::from(place.height));
        }
    }

    fn prepare_overlay(&mut self) {
        let inner = self.scene.popup.width.saturating_sub(4);
        let held = self.single();
        let (at, round) = self.shown();
        let play = self.session.play(at);
        let round = round.and_then(|round| play.round(round));
        let looked_at = round.map(|round| round.number);
        let glyphs = Glyphs::new(self.settings.ascii);
        let prose = match &self.overlay {
            Some(Overlay::Help(_)) => overlay::help(&self.keymap, self.settings.ascii, inner),
            Some(Overlay::Why(_)) => why::prose(&why::why(play, round, held.as_ref().as_ref()), play, inner),
            Some(Overlay::Single(_)) => single::prose(held.as_ref().as_ref(), play, looked_at, inner),
            Some(Overlay::Waterfall(Page::Round, _)) => round_page(play, round, glyphs, inner),
            Some(Overlay::Waterfall(Page::Run, _)) => {
                run_page(&self.timing.of(&play.run, run_timing), play, looked_at, glyphs, inner)
            }
            Some(Overlay::Log(_)) => overlay::log(&self.log, inner),
            Some(Overlay::HeatMap(_)) => heat_map::prose(&self.map_facts(), inner),
            Some(Overlay::Compare(against, _)) => compare::prose(play, against, inner),
            Some(Overlay::Tuning(of)) => {
                let sentence = self.what_if_in_words(play);
                let (tuning, in_force, presets) = (&self.tuning, &self.in_force(), &self.presets);
                let shown = panel::Shown { panel: of, tuning, in_force, presets, sentence: sentence.as_deref() };
                panel::prose(shown, inner, usize::from(self.scene.popup.height.saturating_sub(2)))
            }
            Some(Overlay::Chart(_) | Overlay::List(_) | Overlay::Roster(_) | Overlay::Entry(_) | Overlay::Leave(_)) | None => {
                Prose::new()
            }
        };
        if let Some(Overlay::Roster(compose)) = &self.overlay {
            let height = usize::from(self.scene.popup.height.saturating_sub(2));
            let run = self.session.newest().map(|play| &play.run);
            self.scene.roster = list(&self.roster, compose, run, self.params.weights, (inner, height));
        }
        let lines = prose.len();
        if let Some(scroll) = self.overlay.as_mut().and_then(Overlay::scroll) {
            scroll.fit(lines, usize::from(self.scene.popup.height.saturating_sub(2)));
        }
        self.scene.overlay = prose;
    }

    fn map_facts(&self) -> MapFacts<'_> {
        let question = self.to_sweep().map(|(prompt, _)| prompt.conversation.prompt().to_owned());
        let key = |action| self.keymap.key(action);
        MapFacts {
            map: self.heat_map.as_ref(),
            question,
            sweep: key(Action::Sweep),
            stop: key(Action::SweepStop),
            close: key(Action::MapClose),
        }
    }

    /// Which curves the chart shows.
    fn curve(&self) -> Curve {
        match self.overlay {
            Some(Overlay::Chart(curve)) => curve,
            Some(_) | None => Curve::Retention,
        }
    }

    /// What is tried and what it would have changed, with the keys that end it.
    fn what_if_in_words(&self, play: &Play) -> Option<String> {
        let keys = match (self.tuning.is_pending(), &self.overlay) {
            (true, Some(Overlay::Tuning(_))) => "enter applies, esc forgets".to_owned(),
            (true, _) => format!("`{}` enter applies, esc forgets", self.keymap.key(Action::Tune)),
            (false, _) => "in force; esc ends the comparison".to_owned(),
        };
        self.tuning.sentence(play, &keys)
    }

    /// The parts that can be focused now, in order.
    pub(super) fn parts(&self) -> Vec<Part> {
        let panes = self.scene.panes.iter().filter(|pane| !pane.away).map(|pane| Part::Pane(pane.member));
        panes.chain([Part::Ranking, Part::Transcript]).collect()
    }
}

/// Where an overlay lies: over the middle, no larger than it needs.
fn popup(overlay: &Overlay, body: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = match overlay {
        Overlay::Help(_) | Overlay::Why(_) | Overlay::Log(_) | Overlay::Single(_) => (96, body.height + 1),
        Overlay::Waterfall(..) => (140, body.height + 1),
        Overlay::HeatMap(_) => (96, (body.height + 1).min(24)),
        Overlay::Compare(..) => (160, body.height + 1),
        Overlay::Entry(_) => (84, 9),
        Overlay::Chart(_) => (140, body.height.min(34)),
        Overlay::Tuning(_) => (84, (body.height / 2).max(18).min(body.height + 1)),
        Overlay::Roster(_) => (196, (body.height + 1).min(40)),
        Overlay::List(_) => (84, body.height.min(22)),
        Overlay::Leave(_) => (64, 5),
    };
    let (width, height) = (width.min(size.0 - 2), height.min(size.1 - 2));
    // The chart and the rounds stay in sight below the panel that moves them.
    let y = if matches!(overlay, Overlay::Tuning(_)) { body.y } else { body.y + body.height.saturating_sub(height) / 2 };
    Rect { x: (size.0 - width) / 2, y, width, height }
}
