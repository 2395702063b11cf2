//! Tuning: trying knobs in the panel, applying or discarding them; and the two keys that set a knob directly.

use ratatui::layout::Position;

use super::handles::handles;
use crate::engine::fusion::params::{Knob, Params, Value, knob, needs};
use crate::engine::round::Command;
use crate::playground::state::action::Action;
use crate::playground::state::answer::Answer;
use crate::playground::state::keymap::Keymap;
use crate::playground::state::laid::LaidKnob;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::answers::Answers;
use crate::playground::state::parts::answers::Source;
use crate::playground::state::parts::knobs::Knobs;
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::scene::counted;
use crate::playground::state::tuning::ladder::Length;
use crate::playground::state::tuning::panel::{Panel, Row};
use crate::playground::state::tuning::slider::{Setting, setting};

handles! {
    /// What tuning may change.
    Tuning
    changes looking: Looking, knobs: Knobs, notices: Notices;
    reads answers: Answers, keymap: Keymap;
}

impl Tuning<'_> {
    /// Opens the panel, or closes it and keeps what is being tried.
    pub(super) fn tune(&mut self) {
        if matches!(self.looking.overlay, Some(Overlay::Tuning(_))) {
            self.looking.overlay = None;
            return;
        }
        self.knobs.tuning.forget_applied();
        self.looking.overlay = Some(Overlay::Tuning(Panel::default()));
    }

    pub(super) fn tune_move(&mut self, step: isize) {
        if let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay {
            panel.move_by(step);
        }
    }

    /// Changes the marked knob by its step, or goes to another preset.
    pub(super) fn tune_by(&mut self, direction: i64) {
        let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay else { return };
        panel.typed.clear();
        let Some(row) = panel.marked() else { return };
        let now = self.knobs.tuning.over(&self.knobs.in_force(self.answers));
        match row {
            Row::Knob(knob) => self.choose_value(knob, &knob.stepped(&(knob.get)(&now), direction)),
            Row::Preset => self.try_preset(direction),
            // The track begins with the longest.
            Row::Length => {
                if let Some(next) = Length::of(&now).next(-direction) {
                    self.try_length(next);
                }
            }
        }
    }

    /// Marks the row that was clicked, and sets what the place on its track means.
    pub(super) fn click(&mut self, at: Position) {
        let hit = self.looking.laid.tuning.iter().find(|hit| hit.y == at.y && self.looking.laid.popup.contains(at)).cloned();
        let (Some(hit), Some(Overlay::Tuning(panel))) = (hit, &mut self.looking.overlay) else { return };
        let Some(row) = hit.row else { return panel.fold() };
        panel.mark(row);
        let Some(marked) = panel.marked() else { return };
        let place = hit.track.as_ref().filter(|track| track.contains(&at.x)).map(|track| {
            let last = track.end.saturating_sub(track.start + 1).max(1);
            f64::from(at.x - track.start) / f64::from(last)
        });
        match place.and_then(|place| setting(marked, place)) {
            Some(Setting::Length(length)) => self.try_length(length),
            Some(Setting::Value(knob, value)) => self.choose_value(knob, &value),
            None => {}
        }
    }

    /// The same, but only along the track of the row that was pressed, which is the marked one since then.
    pub(super) fn drag(&mut self, at: Position) {
        let Some(Overlay::Tuning(panel)) = &self.looking.overlay else { return };
        let Some(marked) = panel.place() else { return };
        let on_track = |hit: &LaidKnob| {
            hit.row == Some(marked) && hit.y == at.y && hit.track.as_ref().is_some_and(|track| track.contains(&at.x))
        };
        if self.looking.laid.tuning.iter().any(on_track) {
            self.click(at);
        }
    }

    /// Unfolds the knobs without a slider, or folds them.
    pub(super) fn tune_more(&mut self) {
        if let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay {
            panel.fold();
        }
    }

    /// Lets keys type what is searched for.
    pub(super) fn tune_find(&mut self) {
        if let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay {
            panel.find();
        }
    }

    /// Sets the marked knob's default; while a value is being typed the key types instead.
    pub(super) fn tune_default(&mut self) {
        let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay else { return };
        if !panel.typed.is_empty() {
            return panel.type_text("0");
        }
        match panel.marked() {
            Some(Row::Knob(knob)) => self.try_value(knob, &knob.default_value()),
            Some(Row::Length) => self.try_length(Length::of(&Params::default())),
            Some(Row::Preset) | None => {}
        }
    }

    /// Every knob's default.
    pub(super) fn tune_defaults(&mut self) {
        if let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay {
            panel.typed.clear();
        }
        let in_force = self.knobs.in_force(self.answers);
        self.knobs.tuning.forget();
        self.knobs.tuning.try_out(&in_force, &Params::default());
    }

    /// Ends a search, or accepts the typed value; without either applies the changes.
    pub(super) fn tune_apply(&mut self) -> Vec<Effect> {
        let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay else { return Vec::new() };
        if panel.take_found() {
            return Vec::new();
        }
        let (typed, knob) = (std::mem::take(&mut panel.typed), panel.knob());
        if let (false, Some(knob)) = (typed.is_empty(), knob) {
            match knob.parse(&typed) {
                Ok(value) => self.choose_value(knob, &value),
                Err(error) => {
                    // It stays in the field, to be corrected.
                    panel.typed = typed;
                    self.notices.say(Level::Error, &error.to_string());
                }
            }
            return Vec::new();
        }
        if !self.knobs.tuning.is_pending() {
            self.notices.say(Level::Info, "nothing was changed");
            return Vec::new();
        }
        self.looking.overlay = None;
        let changes: Vec<(&'static Knob, Value)> = self.knobs.tuning.tried().to_vec();
        self.knobs.tuning.forget();
        let (orders, when) = self.put_in_force(&changes);
        let named: Vec<String> = changes.iter().map(|(knob, value)| format!("{} {value}", knob.name)).collect();
        self.notices.say(Level::Info, &format!("{when}: {}", named.join(", ")));
        orders
    }

    /// Discards the value being typed, or the search; without either discards all changes being tried, and closes the panel.
    pub(super) fn tune_forget(&mut self) {
        if let Some(Overlay::Tuning(panel)) = &mut self.looking.overlay {
            if panel.drop_typed() {
                return;
            }
            self.looking.overlay = None;
        }
        self.knobs.tuning.forget();
    }

    /// Goes to the next longer or shorter length of segments on the ladder.
    pub(super) fn segment_length(&mut self, direction: i64) -> Vec<Effect> {
        // A step from what is only tried would be one from nowhere.
        if self.refuses_while_trying() {
            return Vec::new();
        }
        // A run may not have answered the last key press yet.
        let before = Length::of(&self.knobs.tuning.over(&self.knobs.in_force(self.answers)));
        let next = match (before, self.sentence_words()) {
            // A rung that is longer than the sentence would change nothing that can be seen.
            (Length::Sentence, Some(words)) if direction < 0 => Some(Length::within_sentence(words)),
            (length, _) => length.next(direction),
        };
        let Some(next) = next else {
            let end = if direction > 0 { "longest" } else { "shortest" };
            self.notices.say(
                Level::Info,
                &format!("{} is the {end} step; `{}` sets any length", before.words(), self.keymap.key(Action::Tune)),
            );
            return Vec::new();
        };
        let skipped = if direction < 0 { before.skipped(next) } else { Vec::new() };
        let about = match before {
            Length::Sentence | Length::Words(_) => self.words_of_tokens(next).unwrap_or_default(),
            Length::Tokens(_) => String::new(),
        };
        let left_out = self.left_out(&skipped);
        self.change_length(next, &about, &left_out)
    }

    /// Why these shorter steps were left out.
    fn left_out(&self, skipped: &[Length]) -> String {
        let (Some(words), Some((last, before))) = (self.sentence_words(), skipped.split_last()) else { return String::new() };
        let before: Vec<String> = before.iter().map(|length| format!("{} and ", length.short())).collect();
        let segment = counted(words, "word");
        format!(" ({}{} would not cut a segment of {segment})", before.join(""), last.short())
    }

    /// How many words so many tokens were in the answer so far.
    fn words_of_tokens(&self, length: Length) -> Option<String> {
        let Length::Tokens(length) = length else { return None };
        let run = &self.answers.session.newest()?.run;
        let (tokens, words) = (run.tokens() as f64, run.answer().split_whitespace().count() as f64);
        let words = (tokens > 0.0 && words > 0.0).then(|| (length as f64 * words / tokens).round().max(1.0))?;
        Some(format!(", about {}", counted(words as usize, "word")))
    }

    /// Puts a length of segments in force, in this answer and for the next question.
    pub(super) fn set_length(&mut self, length: Length) -> Vec<Effect> {
        self.change_length(length, "", "")
    }

    /// `about` says more of the length, `left_out` of the steps before it.
    fn change_length(&mut self, length: Length, about: &str, left_out: &str) -> Vec<Effect> {
        if self.refuses_while_trying() {
            return Vec::new();
        }
        let values = length.values().into_iter();
        let values: Vec<(&'static Knob, Value)> = values.filter_map(|(name, value)| Some((knob(name).ok()?, value))).collect();
        if self.not_in_force(&values).is_empty() {
            self.notices.say(Level::Info, &format!("in force already: {}", length.name()));
            return Vec::new();
        }
        // A run may not have answered the last key press yet.
        let now = self.knobs.tuning.over(&self.knobs.in_force(self.answers));
        let before = [&now, &self.knobs.params].map(Length::of).into_iter().find(|before| *before != length);
        let was = before.map_or_else(String::new, |before| format!(", was {}", before.words()));
        let (orders, when) = self.set(values);
        self.notices.say(Level::Info, &format!("{}{about}{was}; {when}{left_out}", length.words()));
        orders
    }

    /// Puts values in force and compares with what was; reports when they take effect.
    fn set(&mut self, values: Vec<(&'static Knob, Value)>) -> (Vec<Effect>, &'static str) {
        let put = self.put_in_force(&values);
        for (knob, value) in values {
            self.knobs.tuning.compare_with(knob, value);
        }
        self.knobs.settle(self.answers);
        put
    }

    /// Those of these values that differ from this answer's or from the next question's: over a recording the two are not the same.
    pub(super) fn not_in_force(&self, values: &[(&'static Knob, Value)]) -> Vec<(&'static Knob, Value)> {
        let in_force = self.knobs.in_force(self.answers);
        let differs = |(knob, value): &&(&'static Knob, Value)| {
            [&in_force, &self.knobs.params].into_iter().any(|params| (knob.get)(params) != *value)
        };
        values.iter().filter(differs).cloned().collect()
    }

    /// Words of the segment that is drafted again next, or of the newest one.
    fn sentence_words(&self) -> Option<usize> {
        let tree = &self.answers.session.newest()?.run.tree;
        let written = tree.rounds(tree.head()).len();
        let branches = || tree.leaves().into_iter().rev().map(|leaf| tree.rounds(leaf));
        let taken_back = branches().find_map(|rounds| rounds.get(written).cloned());
        let newest = || tree.rounds(tree.head()).pop();
        let accepted = taken_back.or_else(newest)?.accepted.clone()?;
        Some(accepted.text.split_whitespace().count()).filter(|words| *words > 0)
    }

    /// Changes the exit threshold δ.
    pub(super) fn exit_threshold(&mut self, direction: i64) -> Vec<Effect> {
        self.set_by("exit-threshold", direction, "is the exit threshold")
    }

    /// Whether other knobs are being tried, which a key that sets one would mix up; says how to end that.
    pub(super) fn refuses_while_trying(&mut self) -> bool {
        let pending = self.knobs.tuning.is_pending();
        if pending {
            let (panel, forget) = (self.keymap.key(Action::Tune), self.keymap.key(Action::Back));
            self.notices
                .say(Level::Info, &format!("other knobs are being tried: `{panel}` goes back to them, {forget} forgets them"));
        }
        pending
    }

    fn set_by(&mut self, name: &str, direction: i64, what: &str) -> Vec<Effect> {
        let Ok(knob) = knob(name) else { return Vec::new() };
        if self.refuses_while_trying() {
            return Vec::new();
        }
        // A run may not have answered the last key press yet.
        let now = self.knobs.tuning.value(knob).cloned().unwrap_or_else(|| (knob.get)(&self.knobs.in_force(self.answers)));
        let value = knob.stepped(&now, direction);
        if value == now {
            self.notices.say(Level::Info, &format!("{name} is {value}: it takes {}", knob.kind));
            return Vec::new();
        }
        let mut params = self.knobs.in_force(self.answers);
        let (orders, when) = self.set(vec![(knob, value.clone())]);
        // Only values in the knob's own range get here.
        let _ = params.set(name, &value);
        let idle = needs::idle(&params, name).map_or_else(String::new, |idle| format!("; {idle}"));
        self.notices.say(Level::Info, &format!("{when}: {value} {what}{idle}"));
        orders
    }

    /// Applies knobs to the next answer, and to the current one; reports when they take effect.
    pub(super) fn put_in_force(&mut self, changes: &[(&'static Knob, Value)]) -> (Vec<Effect>, &'static str) {
        for (knob, value) in changes {
            // Only values in the knob's own range get here.
            let _ = self.knobs.params.set(knob.name, value);
        }
        if self.answers.source != Source::Live || !self.answers.session.newest().is_some_and(Answer::is_going) {
            // They also apply after going back in this answer and continuing.
            for (knob, value) in changes {
                self.knobs.tuned.retain(|(known, _)| known.name != knob.name);
                self.knobs.tuned.push((knob, value.clone()));
            }
            return (Vec::new(), "from the next question on, and when this answer goes on");
        }
        let values = changes.iter().map(|(knob, value)| (knob.name.to_owned(), value.clone())).collect();
        (vec![Effect::Order(Command::SetParameters { values })], "from the next round on")
    }

    /// Tries a value that the user chose, with what the knob needs to have an effect, unless that was chosen differently.
    fn choose_value(&mut self, knob: &'static Knob, value: &Value) {
        self.try_value(knob, value);
        self.knobs.tuning.choose(knob);
        let in_force = self.knobs.in_force(self.answers);
        let mut params = self.knobs.tuning.over(&in_force);
        // If a knob still has no effect, the reason is shown next to it.
        let implied = needs::enable(&mut params, knob.name, |governor| !self.knobs.tuning.chose(governor)).unwrap_or_default();
        if !implied.is_empty() {
            self.knobs.tuning.try_out(&in_force, &params);
            let said: Vec<String> = implied.iter().map(ToString::to_string).collect();
            self.notices.say(Level::Info, &said.join("; "));
        }
    }

    fn try_value(&mut self, knob: &'static Knob, value: &Value) {
        let in_force = self.knobs.in_force(self.answers);
        let mut params = self.knobs.tuning.over(&in_force);
        match params.set(knob.name, value) {
            Ok(()) => self.knobs.tuning.try_out(&in_force, &params),
            Err(error) => self.notices.say(Level::Error, &error.to_string()),
        }
    }

    /// Tries a length of segments; the lengths that another unit would have stay as they are in force.
    fn try_length(&mut self, length: Length) {
        let in_force = self.knobs.in_force(self.answers);
        let mut params = self.knobs.tuning.over(&in_force);
        let others = ["segment-words", "segment-tokens"].into_iter().filter(|name| !self.knobs.tuning.chose(name));
        let back = others.filter_map(|name| Some((name, (knob(name).ok()?.get)(&in_force))));
        for (name, value) in back.chain(length.values()) {
            // The ladder holds only values in the knobs' own ranges.
            let _ = params.set(name, &value);
        }
        self.knobs.tuning.try_out(&in_force, &params);
    }

    /// Tries the next preset, or the previous one.
    fn try_preset(&mut self, direction: i64) {
        let in_force = self.knobs.in_force(self.answers);
        let names: Vec<&str> = self.knobs.presets.names().collect();
        let tried = self.knobs.presets.matching(&self.knobs.tuning.over(&in_force));
        let at = tried.and_then(|tried| names.iter().position(|name| *name == tried));
        let last = names.len().saturating_sub(1);
        let next = match (at, direction > 0) {
            (Some(at), true) => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
            (None, true) => 0,
            (None, false) => last,
        };
        self.knobs.tuning.forget();
        let mut params = in_force.clone();
        let applied = names.get(next).map(|name| self.knobs.presets.apply(name, &mut params));
        match applied {
            Some(Err(error)) => self.notices.say(Level::Error, &error.to_string()),
            Some(Ok(_)) | None => self.knobs.tuning.try_out(&in_force, &params),
        }
    }
}
