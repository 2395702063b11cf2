//! The words of presenter mode: the question, the answer in its authors' letters and hues, and what is happening in a sentence.

use ratatui::layout::Rect;

use super::caption::{self, Caption};
use super::shown::Shown;
use crate::clean::{DisplayText, clean, clean_line};
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::State;
use crate::playground::state::action::Action;
use crate::playground::state::answer::Answer;
use crate::playground::state::flow::Flow;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::presenting::layout::Words;
use crate::playground::state::presenting::moment::Moment;
use crate::playground::state::prose::{Line, Prose, Tone, line, wrap};

/// The most characters of a question that an audience reads.
const QUESTION: usize = 2000;
/// The most rounds whose segments are shown: more than any screen has lines.
const ROUNDS: usize = 200;

/// Words, and where they are.
pub type Placed = (Rect, Prose);

/// The question in lines of this width.
#[must_use]
pub fn question(answer: &Answer, width: u16) -> Prose {
    let turns = &answer.run.header.conversation.turns;
    let asked: String = turns.last().map(|turn| turn.content.trim().chars().take(QUESTION).collect()).unwrap_or_default();
    let mut prose = Prose::new();
    wrap(&mut prose, line(Tone::Dim, "> "), Tone::Strong, &clean(&asked), width, 2);
    prose
}

/// Everything that is said, each in its place.
pub(super) fn presented(shown: Shown<'_>, words: Words, story: &Caption) -> Vec<Placed> {
    let Shown { state, answer, .. } = shown;
    let glyphs = Glyphs::new(state.settings.ascii);
    let mut asked = question(answer, words.question.width);
    if asked.len() > usize::from(words.question.height) {
        asked.truncate(words.question.height.into());
        if let Some(last) = asked.last_mut() {
            last.push((Tone::Dim, glyphs.ellipsis().into()));
        }
    }
    vec![
        (words.question, asked),
        (words.answer, said(state, answer, words.answer)),
        (words.caption, caption(shown, story, words.caption)),
    ]
}

/// Which moment it is, and what happens in it; `story` is what any screen says of it.
fn caption(shown: Shown<'_>, story: &Caption, place: Rect) -> Prose {
    let Shown { state, answer, round, .. } = shown;
    let moment = state.moment(answer, round);
    let (mut title, mut leaving) = (moment.title(), Vec::new());
    let mut own = None;
    match moment {
        Moment::Next(_) => {
            title = display!("{title} · `{}` again when the drafts are in", state.keymap.key(Action::RunPause));
            own = Some("each member reads the answer so far and drafts the next segment".into());
        }
        Moment::Drafts(_) => own = round.map(|round| caption::drafted(answer, round)),
        Moment::Decision(_) => leaving = round.map_or_else(Vec::new, |round| caption::leaving(answer, round)),
        Moment::Question | Moment::Drafting(_) | Moment::Voting(_) | Moment::Votes(_) | Moment::End => {}
    }
    let mut prose = vec![line(Tone::Dim, title)];
    prose.extend(told(own.as_ref().unwrap_or(story), &leaving, place));
    prose
}

/// The longest form of a sentence for which there is room below the title, and who leaves in any case: of all that happens in a
/// round an audience misses that least.
fn told(story: &Caption, leaving: &[DisplayText], place: Rect) -> Prose {
    let rows = usize::from(place.height.saturating_sub(1));
    let with = |form: &DisplayText| {
        let mut prose = Prose::new();
        wrap(&mut prose, Line::new(), Tone::Strong, form, place.width, 0);
        for missing in leaving.iter().filter(|part| !form.contains(part.as_ref())) {
            wrap(&mut prose, Line::new(), Tone::Strong, missing, place.width, 0);
        }
        prose
    };
    let forms = story.forms();
    let fitting = forms.iter().map(with).find(|prose| prose.len() <= rows);
    let mut prose = fitting.or_else(|| forms.last().map(with)).unwrap_or_default();
    prose.truncate(rows);
    prose
}

/// The accepted segments: a line each where they fit, else one behind the other; the newest in any case.
fn said(state: &State, answer: &Answer, place: Rect) -> Prose {
    let glyphs = Glyphs::new(state.settings.ascii);
    let rounds = &answer.run.rounds[answer.run.rounds.len().saturating_sub(ROUNDS)..];
    let parts = rounds.iter().flat_map(|round| round.accepted_parts()).filter(|(_, text)| !text.trim().is_empty());
    let parts: Vec<(Option<MemberIndex>, &str)> = parts.collect();
    let mark = |author: Option<MemberIndex>| match author {
        Some(author) => display!("{}{}", answer.letter(author), glyphs.segment_bar()),
        None => display!("{}{}", glyphs.person(), glyphs.segment_bar()),
    };
    let tone = |author: Option<MemberIndex>| author.map_or(Tone::Differs, |author| Tone::Member(author.0));
    let mut prose = Prose::new();
    for (author, text) in &parts {
        let head = vec![(tone(*author), mark(*author))];
        wrap(&mut prose, head, tone(*author), &clean_line(text.trim()), place.width, 2);
    }
    let height = usize::from(place.height);
    if prose.len() <= height {
        return prose;
    }
    let mut flow = Flow::new(place.width);
    for (at, (author, text)) in parts.iter().enumerate() {
        let changes = at == 0 || parts[at - 1].0 != *author;
        let before = if changes && at > 0 { " " } else { "" };
        if changes {
            flow.push(&display!("{before}{}", mark(*author)), at as u32);
        }
        let text = clean_line(text);
        let text = text.as_display();
        flow.push(if changes { text.trim_start_blanks() } else { text }, at as u32);
    }
    let of = |tag: u32| parts.get(tag as usize).map_or(Tone::Plain, |(author, _)| tone(*author));
    let row = |number: usize| flow.line(number).map(|piece| (of(piece.tag), DisplayText::from(piece.text))).collect();
    (flow.lines().saturating_sub(height)..flow.lines()).map(row).collect()
}
