//! What each action does.

use std::path::PathBuf;

use super::action::{ACTIONS, Action};
use super::layout::Part;
use super::log::Level;
use super::message::{Effect, ReplayOrder};
use super::overlay::{Overlay, Scroll};
use super::picker::{Choice, Item, Picker, PickerKind};
use super::prompt::EXAMPLE;
use super::{Ask, Look, Source, State};
use crate::clean::{clean, clean_line};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::replay::SPEEDS;
use crate::engine::round::Command;

/// Tokens a second that the in-process models can be slowed down to, none slower than the configuration allows; faster than the last is as fast as they are.
pub const PACES: &[u32] = &[5, 10, 15, 25, 50, 100, 250];

impl State {
    /// Does what an action says.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if action != Action::QuitAtOnce {
            self.leaving = false;
        }
        match action {
            Action::Write => self.write(),
            Action::LeavePrompt => self.writing = false,
            Action::Send => return self.send(),
            Action::NewLine => {
                if let Err(error) = self.prompt.new_line() {
                    self.say(Level::Error, &error.to_string());
                }
            }
            Action::EarlierQuestion => self.prompt.earlier(),
            Action::LaterQuestion => self.prompt.later(),
            Action::Edit => return vec![Effect::Edit(self.prompt.text())],
            Action::Again => return self.again(true),
            Action::AgainSameSeed => return self.again(false),
            Action::NewConversation => return self.new_conversation(),
            Action::RunPause => return self.run_pause(),
            Action::Step => return self.step(),
            Action::Stop => return self.stop(),
            Action::Slower => return self.change_speed(-1),
            Action::Faster => return self.change_speed(1),
            Action::PreviousRound => self.previous_round(),
            Action::NextRound => self.next_round(),
            Action::Back => self.back(),
            Action::ScrollUp => self.scroll(-1),
            Action::ScrollDown => self.scroll(1),
            Action::HalfPageUp => self.scroll(-self.half_page()),
            Action::HalfPageDown => self.scroll(self.half_page()),
            Action::PageUp => self.scroll(-self.page()),
            Action::PageDown => self.scroll(self.page()),
            Action::Top => self.scroll(isize::MIN / 2),
            Action::End => self.scroll(isize::MAX / 2),
            Action::FocusNext => self.focus_by(1),
            Action::FocusPrevious => self.focus_by(-1),
            Action::Pane(number) => self.focus_pane(number),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Heat => self.shade(),
            Action::Provenance => self.settings.authors = !self.settings.authors,
            Action::Why => self.toggle(Overlay::Why(Scroll::default())),
            Action::Chart => self.toggle(Overlay::Chart),
            Action::Log => self.toggle(Overlay::Log(Scroll::default())),
            Action::Help => self.toggle(Overlay::Help(Scroll::default())),
            Action::CopyAnswer => return self.copy("the answer", |state| state.session.newest().map(|play| play.run.answer())),
            Action::CopySegment => return self.copy("the segment", Self::segment),
            Action::CopyCandidate => return self.copy("the candidate", Self::candidate),
            Action::SaveTrace => return self.save_trace(),
            Action::OpenTrace => return vec![Effect::ListTraces],
            Action::Palette => self.palette(),
            Action::Themes => self.themes(),
            Action::Mouse => return self.toggle_mouse(),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return self.quit(),
            Action::QuitAtOnce => return self.quit_at_once(),
            Action::ListUp => return self.move_mark(-1),
            Action::ListDown => return self.move_mark(1),
            Action::Choose => return self.choose(),
            Action::CloseList => return self.close_list(),
            Action::Yes => return vec![Effect::Quit],
            Action::No => self.overlay = None,
        }
        Vec::new()
    }

    fn write(&mut self) {
        self.overlay = None;
        self.writing = true;
    }

    fn send(&mut self) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            let stop = self.keymap.key(Action::Stop);
            self.say(
                Level::Info,
                &format!("the answer is still being written: esc, then `{stop}` ends it; your question stays here"),
            );
            return Vec::new();
        }
        if self.prompt.is_blank() && self.session.newest().is_some() {
            self.say(Level::Info, "write a question first");
            return Vec::new();
        }
        let question = self.prompt.take();
        self.prompt.remember(&question);
        let conversation = self.session.next(&question);
        let mut effects = vec![Effect::Remember(question)];
        effects.extend(self.ask(conversation));
        effects
    }

    fn ask(&mut self, conversation: Conversation) -> Vec<Effect> {
        self.source = Source::Live;
        self.writing = false;
        self.look = None;
        self.now_ms = 0.0;
        self.transcript.to_end();
        vec![Effect::Ask(Box::new(Ask { conversation, params: self.params.clone(), seed: self.seed }))]
    }

    /// The same question anew; with the next seed the members draw differently.
    fn again(&mut self, next_seed: bool) -> Vec<Effect> {
        if matches!(self.source, Source::Replay(_)) {
            // The records come again from the first, in the place of those that were played.
            let _ = self.session.again();
            return vec![Effect::Replay(ReplayOrder::Restart)];
        }
        if self.session.is_going() {
            let stop = self.keymap.key(Action::Stop);
            self.say(Level::Info, &format!("the answer is still being written: `{stop}` ends it"));
            return Vec::new();
        }
        let Some(conversation) = self.session.again() else {
            self.say(Level::Info, "nothing was asked yet");
            return Vec::new();
        };
        if next_seed {
            self.seed = self.seed.wrapping_add(1);
        }
        self.ask(conversation)
    }

    fn new_conversation(&mut self) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            let stop = self.keymap.key(Action::Stop);
            self.say(Level::Info, &format!("the answer is still being written: esc, then `{stop}` ends it"));
            return Vec::new();
        }
        self.session.clear();
        self.prompt.invite(EXAMPLE);
        self.transcript.rebuild(&[]);
        self.transcript.to_end();
        (self.look, self.source, self.overlay, self.writing) = (None, Source::Live, None, true);
        vec![Effect::Drop]
    }

    fn run_pause(&mut self) -> Vec<Effect> {
        if let Source::Replay(replay) = &self.source {
            let order = if replay.playing { ReplayOrder::Pause } else { ReplayOrder::Resume };
            return vec![Effect::Replay(order)];
        }
        if !self.session.is_going() {
            return self.nothing_runs();
        }
        vec![Effect::Order(if self.is_paused() { Command::Resume } else { Command::Pause })]
    }

    fn step(&mut self) -> Vec<Effect> {
        self.look = None;
        match &self.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::Step)],
            Source::Live if self.session.is_going() => vec![Effect::Order(Command::Step)],
            Source::Live => self.nothing_runs(),
        }
    }

    fn stop(&mut self) -> Vec<Effect> {
        match &self.source {
            Source::Replay(_) => vec![Effect::Replay(ReplayOrder::ToEnd)],
            Source::Live if self.session.is_going() => vec![Effect::Order(Command::Stop)],
            Source::Live => self.nothing_runs(),
        }
    }

    fn nothing_runs(&mut self) -> Vec<Effect> {
        let (write, again) = (self.keymap.key(Action::Write), self.keymap.key(Action::Again));
        self.say(Level::Info, &format!("no answer is being written: `{write}` asks, `{again}` answers the last question anew"));
        Vec::new()
    }

    fn change_speed(&mut self, step: isize) -> Vec<Effect> {
        if let Source::Replay(replay) = &self.source {
            let at = SPEEDS.iter().position(|speed| *speed >= replay.speed).unwrap_or(SPEEDS.len() - 1);
            let speed = SPEEDS[at.saturating_add_signed(step).min(SPEEDS.len() - 1)];
            return vec![Effect::Replay(ReplayOrder::Speed(speed))];
        }
        if !self.settings.can_pace {
            self.say(Level::Info, "these models run at their own speed: only those in this process can be slowed down");
            return Vec::new();
        }
        let at =
            self.settings.pace.map_or(PACES.len(), |pace| PACES.iter().position(|known| *known >= pace).unwrap_or(PACES.len()));
        let pace = PACES.get(at.saturating_add_signed(step)).copied();
        self.settings.pace = pace;
        self.say(Level::Info, &pace.map_or_else(|| "at full speed".to_owned(), |pace| format!("slowed to {pace} tokens/s")));
        vec![Effect::Pace(pace)]
    }

    fn previous_round(&mut self) {
        let (play, round) = self.shown();
        let within = round.and_then(|round| round.checked_sub(1)).map(|round| Look { play, round });
        let last = |play: usize| Some(Look { play, round: self.session.play(play).run.rounds.len().checked_sub(1)? });
        let look = within.or_else(|| (0..play).rev().find_map(last));
        match look {
            Some(look) => self.look_at(look),
            None => self.say(Level::Info, "this is the first round"),
        }
    }

    fn next_round(&mut self) {
        let (play, round) = self.shown();
        let rounds = |play: usize| self.session.play(play).run.rounds.len();
        let look = match round {
            Some(round) if round + 1 < rounds(play) => Some(Look { play, round: round + 1 }),
            Some(_) | None => {
                let after = (play + 1..self.session.plays().len()).find(|play| rounds(*play) > 0);
                after.map(|play| Look { play, round: 0 })
            }
        };
        match look {
            Some(look) => self.look_at(look),
            // An answer without a round yet is followed.
            None => self.look = None,
        }
    }

    /// Looks at a round; the newest one is looked at by looking at none.
    pub(super) fn look_at(&mut self, look: Look) {
        let newest = self.session.plays().len().checked_sub(1);
        let last = self.session.newest().and_then(|play| play.run.rounds.len().checked_sub(1));
        let is_newest = (newest, last) == (Some(look.play), Some(look.round));
        self.look = (!is_newest).then_some(look);
        self.transcript.show(look.play, look.round);
    }

    fn back(&mut self) {
        if self.overlay.take().is_some() {
        } else if self.zoomed {
            self.zoomed = false;
        } else if self.look.take().is_some() {
            self.transcript.to_end();
        }
    }

    /// Lines of a page of what scrolls now.
    fn page(&self) -> isize {
        let height = self.overlay.as_ref().and_then(Overlay::height).unwrap_or_else(|| self.part_height(self.focus));
        height.saturating_sub(1).max(1).cast_signed()
    }

    fn half_page(&self) -> isize {
        (self.page() / 2).max(1)
    }

    fn part_height(&self, part: Part) -> usize {
        let Some(layout) = &self.scene.layout else { return 1 };
        let place = match part {
            Part::Pane(member) => layout.panes.iter().find(|(of, _)| *of == member).map(|(_, place)| layout.pane_text(*place)),
            Part::Ranking => layout.ranking.map(|place| layout.inner(place)),
            Part::Transcript => layout.transcript_text(),
        };
        place.map_or(1, |place| usize::from(place.height))
    }

    pub(super) fn scroll(&mut self, lines: isize) {
        match &mut self.overlay {
            Some(overlay) => {
                if let Some(scroll) = overlay.scroll() {
                    scroll.by(lines);
                }
            }
            None => self.scroll_part(self.focus, lines),
        }
    }

    pub(super) fn scroll_part(&mut self, part: Part, lines: isize) {
        let height = self.part_height(part);
        match part {
            Part::Transcript => self.transcript.scroll(lines),
            Part::Pane(member) => {
                if let Some(text) = self.texts.get_mut(member.0) {
                    text.scroll(lines, height);
                }
            }
            Part::Ranking => {
                let last = (self.scene.table.rows.len() + 1).saturating_sub(height);
                self.scene.table_top = self.scene.table_top.saturating_add_signed(lines).min(last);
            }
        }
    }

    pub(super) fn focus_on(&mut self, part: Part) {
        self.focus = part;
        if let Part::Pane(member) = part {
            self.pane = member;
        }
    }

    fn focus_by(&mut self, step: isize) {
        let parts = self.parts();
        let at = parts.iter().position(|part| *part == self.focus).unwrap_or(parts.len() - 1);
        let next = (at.cast_signed() + step).rem_euclid(parts.len().cast_signed()).cast_unsigned();
        self.focus_on(parts[next]);
    }

    fn focus_pane(&mut self, number: u8) {
        let place = usize::from(number).saturating_sub(1);
        match self.scene.panes.get(place) {
            Some(pane) if pane.away => {
                let text = format!("{} is away: {}", self.session.play(self.shown().0).name(pane.member), pane.note);
                self.say(Level::Info, &text);
            }
            Some(pane) => self.focus_on(Part::Pane(pane.member)),
            None => self.say(Level::Info, &format!("there is no member {number}")),
        }
    }

    fn shade(&mut self) {
        self.settings.shading = self.settings.shading.next();
        self.say(Level::Info, &format!("drafts: {}", self.settings.shading.in_words()));
    }

    /// Opens an overlay, or closes it where it is open.
    fn toggle(&mut self, overlay: Overlay) {
        let open = self.overlay.as_ref().is_some_and(|open| open.title() == overlay.title());
        self.overlay = (!open).then_some(overlay);
    }

    /// What is copied is what is shown: cleaned, so that nothing that a model says can act when it is pasted into a shell.
    fn copy(&mut self, what: &str, text: impl FnOnce(&Self) -> Option<String>) -> Vec<Effect> {
        if let Some(text) = text(self).map(|text| clean(&text)).filter(|text| !text.is_empty()) {
            return vec![Effect::Copy(text)];
        }
        self.say(Level::Info, &format!("there is nothing to copy yet: {what} is empty"));
        Vec::new()
    }

    fn segment(&self) -> Option<String> {
        let (play, round) = self.shown();
        let accepted = self.session.play(play).round(round?)?.accepted.as_ref()?;
        Some(accepted.text.to_string())
    }

    fn candidate(&self) -> Option<String> {
        let (play, round) = self.shown();
        let round = self.session.play(play).round(round?)?;
        Some(round.candidate_of(self.pane)?.text.to_string())
    }

    fn save_trace(&mut self) -> Vec<Effect> {
        let Some(play) = self.session.newest() else {
            self.say(Level::Info, "there is no run to save yet");
            return Vec::new();
        };
        let mut picker = Picker::new(PickerKind::SaveAs, Vec::new());
        picker.type_text(&format!("specfuse-seed-{}.trace.jsonl", play.run.header.seed));
        self.overlay = Some(Overlay::List(picker));
        Vec::new()
    }

    fn palette(&mut self) {
        let items = ACTIONS.iter().map(|entry| Item {
            title: entry.name.to_owned(),
            detail: format!("{} [{}]", entry.meaning, self.keymap.keys(entry.action).join(", ")),
            choice: Choice::Action(entry.action),
        });
        // What only makes sense inside another list is not offered in this one.
        let items = items.filter(|item| match &item.choice {
            Choice::Action(action) => match action.entry().context {
                super::action::Context::List | super::action::Context::Question => false,
                super::action::Context::Anywhere | super::action::Context::Keys | super::action::Context::Prompt => true,
            },
            Choice::Theme(_) | Choice::Trace(_) => true,
        });
        self.overlay = Some(Overlay::List(Picker::new(PickerKind::Commands, items.collect())));
    }

    fn themes(&mut self) {
        let items = self.settings.themes.iter().map(|name| Item {
            title: clean_line(name),
            detail: String::new(),
            choice: Choice::Theme(name.clone()),
        });
        let mut picker = Picker::new(PickerKind::Themes, items.collect());
        picker.mark(&self.settings.theme);
        self.overlay = Some(Overlay::List(picker));
    }

    fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.settings.mouse = !self.settings.mouse;
        let text = if self.settings.mouse { "the mouse scrolls and focuses" } else { "the mouse is left to the terminal" };
        self.say(Level::Info, text);
        vec![Effect::Mouse(self.settings.mouse)]
    }

    fn move_mark(&mut self, step: isize) -> Vec<Effect> {
        if let Some(Overlay::List(picker)) = &mut self.overlay {
            picker.move_by(step);
        }
        self.marked()
    }

    fn close_list(&mut self) -> Vec<Effect> {
        match self.overlay.take() {
            // The theme that was in force before the list was opened is back.
            Some(Overlay::List(picker)) if picker.kind == PickerKind::Themes => {
                vec![Effect::UseTheme(self.settings.theme.clone())]
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn choose(&mut self) -> Vec<Effect> {
        let Some(Overlay::List(picker)) = self.overlay.take() else { return Vec::new() };
        let typed = picker.typed.trim();
        match (picker.choice().cloned(), picker.kind) {
            (Some(Choice::Action(action)), _) => self.act(action),
            (Some(Choice::Theme(name)), _) => {
                self.settings.theme.clone_from(&name);
                vec![Effect::UseTheme(name)]
            }
            (Some(Choice::Trace(path)), _) => self.open(path),
            (None, PickerKind::Traces) if !typed.is_empty() => self.open(PathBuf::from(typed)),
            (None, PickerKind::SaveAs) if !typed.is_empty() => vec![Effect::SaveTrace(PathBuf::from(typed))],
            (None, PickerKind::Traces | PickerKind::SaveAs | PickerKind::Commands | PickerKind::Themes) => Vec::new(),
        }
    }

    fn open(&mut self, path: PathBuf) -> Vec<Effect> {
        if self.session.is_going() && self.source == Source::Live {
            self.say(Level::Info, "the answer is still being written: stop it first");
            return Vec::new();
        }
        vec![Effect::Open(path)]
    }

    /// What leaving now would lose, in words.
    fn would_lose(&self) -> Option<&'static str> {
        if self.session.is_going() && self.source == Source::Live {
            Some("The answer is still being written. Leave, and keep only what was accepted?")
        } else if !self.prompt.is_blank() {
            Some("Your question was not sent. Leave without it?")
        } else {
            None
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        if self.overlay.take().is_some() {
            return Vec::new();
        }
        match self.would_lose() {
            Some(what) => {
                self.overlay = Some(Overlay::Leave(what.to_owned()));
                Vec::new()
            }
            None => vec![Effect::Quit],
        }
    }

    fn quit_at_once(&mut self) -> Vec<Effect> {
        match self.would_lose() {
            Some(what) if !std::mem::replace(&mut self.leaving, true) => {
                self.overlay = Some(Overlay::Leave(what.to_owned()));
                Vec::new()
            }
            Some(_) | None => vec![Effect::Quit],
        }
    }
}
