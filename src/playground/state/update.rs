//! One message in, effects out.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::action::{Action, Context};
use super::key::Key;
use super::keymap::Meaning;
use super::layout::Part;
use super::log::Level;
use super::message::{Effect, Listing, Message};
use super::overlay::{Against, Overlay, Recorded};
use super::picker::{Choice, Item, Picker, PickerKind};
use super::play::Play;
use super::steer::TakingUp;
use super::{Look, Replay, Source, State};
use crate::clean::clean_line;
use crate::engine::fusion::event::{Event, ExitReason, Outcome, Record};
use crate::engine::fusion::run::Phase;

/// Lines that a turn of the mouse's wheel scrolls.
const WHEEL: isize = 3;

impl State {
    /// Takes in one message; returns what is to be done outside.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let tried = self.tries_themes();
        let mut effects = self.take_in(message);
        // However the list of themes went, only a chosen one stays.
        if tried && !self.tries_themes() && !effects.iter().any(|effect| matches!(effect, Effect::UseTheme(_))) {
            effects.push(Effect::UseTheme(self.settings.theme.clone()));
        }
        effects
    }

    fn tries_themes(&self) -> bool {
        matches!(&self.overlay, Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes)
    }

    fn take_in(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => return self.key(key),
            Message::Ask(question) => match self.prompt.set(&question) {
                Ok(()) => return self.act(Action::Send),
                Err(error) => self.say(Level::Error, &error.to_string()),
            },
            Message::Begin => return self.begin(),
            Message::Tour => return self.begin_tour(),
            Message::Member(row, news) => return self.member_news(row, news),
            Message::Found(specs) => return self.found(specs),
            Message::Files(finding) => self.found_files(finding),
            Message::Gone => return vec![Effect::Quit],
            Message::Typed(text) => return self.written(&text),
            Message::Paste(text) => self.pasted(&text),
            Message::Mouse(mouse) => self.mouse(mouse),
            Message::Resize(width, height) => self.size = (width, height),
            Message::Record(record) => self.record(&record),
            Message::Tick(now_ms) => self.now_ms = now_ms,
            Message::AskFailed(error) => {
                (self.waiting, self.taking_up) = (None, TakingUp::Not);
                if let Source::Replay(replay) = &mut self.source {
                    // It was played to its end before it was to go on.
                    (replay.playing, replay.over) = (false, true);
                }
                self.session.give_up();
                self.say(Level::Error, &error);
            }
            Message::RunEnded(journal_error) => {
                self.session.break_off();
                if let Some(error) = journal_error {
                    self.say(Level::Warning, &format!("the trace of this run is not complete: {error}"));
                }
            }
            Message::Opened { file, warning } => self.opened(&file, warning),
            Message::Replayed { playing, speed, over } => {
                if let Source::Replay(replay) = &mut self.source {
                    (replay.playing, replay.speed, replay.over) = (playing, speed, over);
                }
            }
            Message::Traces(listing, found) => self.traces(listing, found),
            Message::Read { file, play, warning } => self.read(&file, *play, warning),
            Message::Swept { finished, trace } => self.swept(*finished, trace),
            Message::SweepEnded(error) => self.sweep_ended(error),
            Message::Edited(Ok(text)) => {
                self.writing |= self.overlay.is_none();
                if let Err(error) = self.text().set(&text) {
                    self.say(Level::Error, &error.to_string());
                }
            }
            Message::Done(text) => self.say(Level::Info, &text),
            Message::Edited(Err(text)) | Message::Failed(text) => self.say(Level::Error, &text),
            Message::Warned(text) => self.say(Level::Warning, &text),
        }
        Vec::new()
    }

    fn key(&mut self, event: KeyEvent) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.notice = None;
        self.pending.push(Key::from(event));
        let context = self.context();
        match self.keymap.meaning(context, &self.pending) {
            Meaning::Action(action) => {
                self.pending.clear();
                self.act(action)
            }
            Meaning::Prefix => Vec::new(),
            Meaning::Nothing => {
                let alone = self.pending.len() == 1;
                self.pending.clear();
                match self.keymap.meaning(Context::Anywhere, &[Key::from(event)]) {
                    // What holds everywhere also holds behind a key that waited for another.
                    Meaning::Action(action) => self.act(action),
                    Meaning::Prefix | Meaning::Nothing if alone => self.typed(context, event),
                    Meaning::Prefix | Meaning::Nothing => Vec::new(),
                }
            }
        }
    }

    /// Whether a key that types a character writes it now: then several can be taken at once ([`Message::Typed`]), where each for
    /// itself would have the whole text wrapped again.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.pending.is_empty() && self.context() == Context::Prompt
    }

    fn written(&mut self, text: &str) -> Vec<Effect> {
        if !self.writes() {
            return text.chars().flat_map(|character| self.key(KeyCode::Char(character).into())).collect();
        }
        self.notice = None;
        if let Err(error) = self.text().type_text(text) {
            self.say(Level::Error, &error.to_string());
        }
        Vec::new()
    }

    /// A key without a meaning of its own: in the prompt and in lists it types.
    fn typed(&mut self, context: Context, event: KeyEvent) -> Vec<Effect> {
        match context {
            Context::Prompt => {
                if let Err(error) = self.text().key(event) {
                    self.say(Level::Error, &error.to_string());
                }
            }
            Context::List => {
                let Some(Overlay::List(picker)) = &mut self.overlay else { return Vec::new() };
                match event.code {
                    KeyCode::Char(character) if Key::from(event).types() => picker.type_text(&character.to_string()),
                    KeyCode::Backspace => picker.backspace(),
                    _ => {}
                }
                return self.marked();
            }
            Context::Keys => {
                let help = self.keymap.key(Action::Help);
                let text = format!("`{}` does nothing here; `{help}` shows what does", Key::from(event));
                self.notice = Some(super::Notice { level: Level::Info, text });
            }
            Context::Tuning => {
                let Some(Overlay::Tuning(panel)) = &mut self.overlay else { return Vec::new() };
                match event.code {
                    KeyCode::Char(character) if Key::from(event).types() => panel.type_character(character),
                    KeyCode::Backspace => {
                        panel.typed.pop();
                    }
                    _ => {}
                }
            }
            Context::Roster | Context::HeatMap | Context::Question | Context::Anywhere => {}
        }
        Vec::new()
    }

    /// A theme that is marked is shown at once.
    pub(super) fn marked(&mut self) -> Vec<Effect> {
        match &self.overlay {
            Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes => match picker.choice() {
                Some(Choice::Theme(name)) => vec![Effect::UseTheme(name.clone())],
                Some(_) | None => Vec::new(),
            },
            Some(_) | None => Vec::new(),
        }
    }

    fn pasted(&mut self, text: &str) {
        self.notice = None;
        match (&mut self.overlay, self.writing) {
            (Some(Overlay::List(picker)), _) => picker.type_text(&clean_line(text)),
            (Some(Overlay::Entry(_)), _) => {
                if let Err(error) = self.entry.paste(text) {
                    self.say(Level::Error, &error.to_string());
                }
            }
            (Some(_), _) => {}
            // Somebody who pastes wants to ask.
            (None, _) => {
                self.writing = true;
                if let Err(error) = self.prompt.paste(text) {
                    self.say(Level::Error, &error.to_string());
                }
            }
        }
    }

    fn record(&mut self, record: &Record) {
        self.now_ms = record.t_ms;
        if self.session.apply(record) {
            self.transcript.rebuild(&self.session.plays()[..self.session.plays().len() - 1]);
        }
        match &record.event {
            Event::RunStarted(_) => {
                (self.look, self.waiting) = (None, None);
                self.prompt.invite(super::prompt::FURTHER);
                if let Some(play) = self.session.newest() {
                    self.transcript.begin(play);
                }
            }
            Event::Accepted { .. } => {
                let at = self.session.plays().len().saturating_sub(1);
                let rounds = self.session.newest().map(|play| play.run.rounds.as_slice()).unwrap_or_default();
                if let Some((round, before)) = rounds.split_last() {
                    self.transcript.accept(round, at, before.len());
                }
            }
            Event::Rewound { .. } | Event::Returned { .. } | Event::Reopened { .. } | Event::Undone | Event::Redone => {
                self.look = None;
                self.transcript.rebuild(self.session.plays());
            }
            Event::Continued => self.continued(),
            Event::Warning { text } => self.warned(record, Level::Warning, text),
            Event::DraftFailed { .. } | Event::ScoreFailed { .. } | Event::TierLowered { .. } | Event::Late { .. } => {
                self.warned(record, Level::Warning, &record.trouble().unwrap_or_default());
            }
            Event::Joined { .. } | Event::Exited { reason: ExitReason::NotReady, .. } => {
                self.warned(record, Level::Info, &record.trouble().unwrap_or_default());
            }
            Event::Exited { member, reason } => {
                let text = format!("{member} left after round {}: {}", record.round, reason.in_words());
                self.log.add(Level::Info, Some(record.t_ms), &text);
            }
            Event::RunFinished(finished) => {
                self.show_stop();
                if let Outcome::NoMembers { error } = &finished.outcome {
                    self.say(Level::Error, &format!("no member is left that can draft: {error}"));
                }
            }
            Event::RoundStarted { .. }
            | Event::Token { .. }
            | Event::DraftFinished(_)
            | Event::Score { .. }
            | Event::Ranked(_)
            | Event::SetAside { .. }
            | Event::Readmitted { .. }
            | Event::Measured { .. }
            | Event::Predicted { .. }
            | Event::Steered { .. }
            | Event::Redrafted { .. }
            | Event::Cancelled { .. }
            | Event::Used { .. }
            | Event::ParamsChanged { .. }
            | Event::WeightSet { .. }
            | Event::Paused
            | Event::Resumed => {}
        }
    }

    fn warned(&mut self, record: &Record, level: Level, text: &str) {
        let text = self.log.add(level, Some(record.t_ms), text).text.clone();
        self.notice = Some(super::Notice { level, text });
    }

    fn opened(&mut self, file: &str, warning: Option<String>) {
        self.session.clear();
        self.transcript.rebuild(&[]);
        self.transcript.to_end();
        (self.look, self.waiting) = (None, None);
        self.tuned.clear();
        self.overlay = None;
        self.writing = false;
        self.source = Source::Replay(Replay { file: clean_line(file), playing: true, speed: 1.0, over: false });
        if let Some(warning) = warning {
            self.say(Level::Warning, &warning);
        }
    }

    /// The run that was taken up again says that it is.
    fn continued(&mut self) {
        self.taking_up = TakingUp::Not;
        self.source = Source::Live;
    }

    fn traces(&mut self, listing: Listing, found: Vec<(String, String, std::path::PathBuf)>) {
        let (kind, choice): (_, fn(std::path::PathBuf) -> Choice) = match listing {
            Listing::Open => (PickerKind::Traces, Choice::Trace),
            Listing::Compare => (PickerKind::Against, Choice::AgainstRun),
        };
        let items = found.into_iter().map(|(title, detail, path)| Item {
            title: clean_line(&title),
            detail: clean_line(&detail),
            choice: choice(path),
        });
        self.overlay = Some(Overlay::List(Picker::new(kind, items.collect())));
    }

    fn read(&mut self, file: &str, play: Play, warning: Option<String>) {
        self.compare_with(Against::Recorded(Box::new(Recorded { file: clean_line(file), play })));
        if let Some(warning) = warning {
            self.say(Level::Warning, &warning);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        let lines = match mouse.kind {
            MouseEventKind::ScrollUp => -WHEEL,
            MouseEventKind::ScrollDown => WHEEL,
            MouseEventKind::Down(MouseButton::Left) if self.overlay.is_none() => return self.click(mouse.column, mouse.row),
            _ => return,
        };
        let under = self.scene.layout.as_ref().and_then(|layout| layout.part_at(mouse.column, mouse.row));
        if self.overlay.is_some() {
            self.scroll(lines);
        } else if let Some(part) = under {
            self.scroll_part(part, lines);
        }
    }

    fn click(&mut self, x: u16, y: u16) {
        let Some(layout) = &self.scene.layout else { return };
        if layout.prompt.contains(Position { x, y }) {
            self.writing = true;
            return;
        }
        if layout.timeline.contains(Position { x, y }) {
            let tick = x.checked_sub(layout.timeline.x + super::prepare::TIMELINE_HEAD).map(|x| usize::from(x) / 2);
            if let Some(tick) = tick.and_then(|tick| self.scene.timeline.ticks.get(tick)) {
                let (play, _) = self.shown();
                self.look_at(Look { play, round: tick.place });
            }
            return;
        }
        let place = layout.transcript_text().map(|text| (y.saturating_sub(text.y), x.saturating_sub(text.x)));
        if let Some(part) = layout.part_at(x, y) {
            self.writing = false;
            self.focus_on(part);
            if let (Part::Transcript, Some((play, round))) =
                (part, place.and_then(|(row, column)| self.transcript.round_at(row.into(), column.into())))
            {
                self.look_at(Look { play, round });
            }
        }
    }

    /// Whether the newest run is paused.
    pub(super) fn is_paused(&self) -> bool {
        self.session.newest().is_some_and(|play| play.run.phase == Phase::Paused)
    }
}
