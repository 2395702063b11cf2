//! One message in, effects out.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::State;
use super::action::{Action, Context};
use super::handlers::asking::Asking;
use super::handlers::heat_map::Sweeping;
use super::handlers::lengths::Comparing;
use super::handlers::members::Members;
use super::handlers::mouse;
use super::handlers::recorded::Recordings;
use super::handlers::records::Records;
use super::handlers::tour::Touring;
use super::handlers::typing;
use super::key::Key;
use super::keymap::Meaning;
use super::layout::Layout;
use super::log::Level;
use super::message::{Effect, Message};
use super::overlay::Overlay;
use super::picker::PickerKind;
use crate::engine::fusion::event::{Event, Record};

impl State {
    /// Handles one message; returns what to do outside.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let tried = self.tries_themes();
        let mut effects = self.admitted(message).map_or_else(Vec::new, |message| self.take_in(message));
        // However the list of themes was left, only a chosen theme stays.
        if tried && !self.tries_themes() && !effects.iter().any(|effect| matches!(effect, Effect::UseTheme(_))) {
            effects.push(Effect::UseTheme(self.settings.theme.clone()));
        }
        self.forget_waiting(&effects);
        let (answer, _) = self.shown();
        self.looking.limit_to(self.answers.session.answer(answer).labels.len());
        self.writing.show_cursor(self.looking.overlay.is_some());
        effects
    }

    fn tries_themes(&self) -> bool {
        matches!(&self.looking.overlay, Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes)
    }

    pub(super) fn take_in(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => return self.key(key),
            Message::Ask(question) => match self.writing.question.set(&question) {
                Ok(()) => return self.act(Action::Send),
                Err(error) => self.notices.say(Level::Error, &error.to_string()),
            },
            Message::Begin => return Members::from(self).begin(),
            Message::Tour => return Touring::from(self).begin_tour(),
            Message::Member(row, news) => return Members::from(self).member_news(row, news),
            Message::Found(specs) => return Members::from(self).found(specs),
            Message::Files(finding) => Members::from(self).found_files(finding),
            Message::Gone => return vec![Effect::Quit],
            Message::Typed(text) => return self.written(&text),
            Message::Paste(text) => typing::pasted(self, &text),
            Message::Mouse(event) => return mouse::mouse(self, event),
            Message::Resize(width, height) => self.size = (width, height),
            Message::Laid(laid) => {
                if let Some(place) = laid.layout.as_ref().and_then(Layout::transcript_text) {
                    self.answers.transcript.resize(place.width, usize::from(place.height));
                }
                self.looking.lay(*laid);
            }
            Message::Dressed(dress) => self.writing.dress = dress,
            Message::Record(record) => {
                self.record(&record);
                self.knobs.settle(&self.answers);
            }
            Message::Tick(now_ms) => self.answers.now_ms = now_ms,
            Message::AskFailed(error) => Recordings::from(self).ask_failed(&error),
            Message::RunEnded(journal_error) => Recordings::from(self).run_ended(journal_error),
            Message::Opened { file, warning } => return Recordings::from(self).opened(&file, warning),
            Message::Replayed { playing, speed, over } => Recordings::from(self).replayed(playing, speed, over),
            Message::Traces(listing, found) => Recordings::from(self).traces(listing, found),
            Message::Read { file, records, warning } => Recordings::from(self).read(&file, &records, warning),
            Message::Swept { finished, trace } => Sweeping::from(self).swept(*finished, trace),
            Message::SweepEnded(error) => Sweeping::from(self).sweep_ended(error),
            Message::Lengths(column, news) => Comparing::from(self).news(column, news),
            Message::Edited(Ok(text)) => {
                self.writing.active |= self.looking.overlay.is_none();
                let written = Asking::from(&mut *self).text().set(&text);
                self.notices.refuse(written);
            }
            Message::Done(text) => self.notices.say(Level::Info, &text),
            Message::Edited(Err(text)) | Message::Failed(text) => self.notices.say(Level::Error, &text),
            Message::Warned(text) => self.notices.say(Level::Warning, &text),
        }
        Vec::new()
    }

    fn record(&mut self, record: &Record) {
        Records::from(&mut *self).record(record);
        self.stay_at_moment(record);
        if matches!(record.event, Event::RunFinished(_)) {
            Touring::from(self).show_stop();
        }
    }

    fn key(&mut self, event: KeyEvent) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.notices.notice = None;
        self.pressed.pending.push(Key::from(event));
        let context = self.context();
        if self.searches_knobs() && Key::from(event).types() {
            self.pressed.pending.clear();
            return typing::typed(self, context, event);
        }
        match self.keymap.meaning(context, &self.pressed.pending) {
            Meaning::Action(action) => {
                self.pressed.pending.clear();
                self.act(action)
            }
            Meaning::Prefix => Vec::new(),
            Meaning::Nothing => {
                let alone = self.pressed.pending.len() == 1;
                self.pressed.pending.clear();
                match self.keymap.meaning(Context::Anywhere, &[Key::from(event)]) {
                    // Global keys also work after a key that waited for another.
                    Meaning::Action(action) => self.act(action),
                    Meaning::Prefix | Meaning::Nothing if alone => typing::typed(self, context, event),
                    Meaning::Prefix | Meaning::Nothing => Vec::new(),
                }
            }
        }
    }

    /// Whether letters search the tuning panel, where they otherwise are commands.
    fn searches_knobs(&self) -> bool {
        matches!(&self.looking.overlay, Some(Overlay::Tuning(panel)) if panel.searches())
    }

    /// Whether a typed character is inserted now: then several can be handled together ([`Message::Typed`]), while each on its
    /// own would wrap the whole text again.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.pressed.pending.is_empty() && self.context() == Context::Prompt
    }

    fn written(&mut self, text: &str) -> Vec<Effect> {
        if !self.writes() {
            return text.chars().flat_map(|character| self.key(KeyCode::Char(character).into())).collect();
        }
        self.notices.notice = None;
        let written = Asking::from(&mut *self).text().type_text(text);
        self.notices.refuse(written);
        Vec::new()
    }
}
