//! The reasons as lines of words, for a popup or a side panel: what may have gone wrong first, the numbers behind it after.

use super::super::super::answer::Answer;
use super::super::super::flow::Flow;
use super::super::super::prose::{Line, Prose, Tone, blanks, fitted, line, wrap};
use super::super::draft::probability_shade;
use super::super::matrix::Cell;
use super::super::{chance, counted, figure, heat, listed};
use super::grid::{Row, grid};
use super::used::used;
use super::{Alternative, CandidateRow, OtherVotes, Read, Readings, Why};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;

/// Columns before the numbers of a table: letter, name, weight.
const HEAD: usize = 18;
/// Columns before the text of a reading: letter, score, mark.
const READ: u16 = 10;

/// The reasons in lines of this many columns.
#[must_use]
pub fn prose(why: &Why, answer: &Answer, width: u16) -> Prose {
    let mut prose = Prose::new();
    if why.number == 0 {
        prose.push(line(Tone::Dim, "no round yet"));
        return prose;
    }
    prose.push(line(Tone::Heading, display!("round {}", why.number)));
    wrap(&mut prose, Vec::new(), Tone::Strong, &why.caption, width, 0);
    paragraphs(&mut prose, Tone::Plain, &why.notes, width);
    paragraphs(&mut prose, Tone::Warning, &why.causes, width);
    prose.push(Vec::new());
    for (place, row) in why.candidates.iter().enumerate() {
        candidate(&mut prose, place, row, answer, width);
    }
    if why.candidates.len() > 1 {
        prose.extend(scores(why, answer, width));
        // Before the first vote is complete nobody has chosen anything.
        if why.candidates.iter().any(|row| row.score.is_some()) {
            prose.extend(agreement(why, answer, width));
            prose.extend(alternatives(why, answer));
        }
    }
    if !why.single.is_empty() {
        section(&mut prose, "against the best single member");
        paragraphs(&mut prose, Tone::Plain, &why.single, width);
    }
    for readings in &why.readings {
        prose.extend(read(readings, why, answer, width));
    }
    prose.extend(sentences(why, answer, width));
    prose.extend(used(answer, width));
    prose
}

/// As much of the reasons as a part of this many lines has room for, and how much more there is under which key.
#[must_use]
pub fn beginning(whole: &[Line], lines: u16, key: &str) -> Prose {
    let room = usize::from(lines);
    if whole.len() <= room || room == 0 {
        return whole.to_vec();
    }
    let (shown, rest) = whole.split_at(room - 1);
    let rest = counted(rest.len(), "more line");
    let rest = if key.is_empty() { display!("↓ {rest}") } else { display!("↓ {rest}: `{key}` shows all") };
    shown.iter().cloned().chain([line(Tone::Key, rest)]).collect()
}

fn section(prose: &mut Prose, title: impl Into<DisplayText>) {
    prose.push(Vec::new());
    prose.push(line(Tone::Heading, title));
}

fn paragraphs(prose: &mut Prose, tone: Tone, texts: &[DisplayText], width: u16) {
    for text in texts {
        wrap(prose, Vec::new(), tone, text, width, 0);
    }
}

fn candidate(prose: &mut Prose, place: usize, row: &CandidateRow, answer: &Answer, width: u16) {
    let mut head = vec![(Tone::Plain, display!("{:>2} ", place + 1))];
    head.extend(row.authors.iter().map(|author| letter(*author, answer)));
    head.push((Tone::Plain, " ".into()));
    let indent = u16::try_from(row.authors.len()).unwrap_or(u16::MAX).saturating_add(4);
    let text = match (row.text.is_empty(), row.ends) {
        (true, _) => "(the answer ends here)".into(),
        (false, true) => display!("{} [end]", row.text),
        (false, false) => row.text.clone(),
    };
    wrap(prose, head, if row.accepted { Tone::Strong } else { Tone::Plain }, &text, width, indent);
}

fn letter(member: MemberIndex, answer: &Answer) -> (Tone, DisplayText) {
    (Tone::Member(member.0), answer.letter(member).into())
}

/// A candidate as the head of a column: its rank and its authors.
fn column(place: usize, row: &CandidateRow, answer: &Answer) -> (Tone, DisplayText) {
    let mut letters: String = row.authors.iter().take(2).map(|author| answer.letter(*author)).collect();
    if row.authors.len() > 2 {
        letters.push('+');
    }
    let tone = row.authors.first().map_or(Tone::Dim, |author| Tone::Member(author.0));
    (tone, display!("{} {letters}", place + 1))
}

fn columns(why: &Why, answer: &Answer) -> Vec<(Tone, DisplayText)> {
    why.candidates.iter().enumerate().map(|(place, row)| column(place, row, answer)).collect()
}

/// The matrix of scores.
fn scores(why: &Why, answer: &Answer, width: u16) -> Prose {
    let head = |text: &'static str| vec![(Tone::Dim, fitted(text, HEAD))];
    let mut rows = vec![Row { head: head("verifier   weight"), cells: columns(why, answer) }];
    for scores in &why.verifiers {
        let name = display!(" {}", fitted(answer.name(scores.member), HEAD - 9));
        let weight = display!("{:>6} ", figure(scores.weight));
        let head = vec![letter(scores.member, answer), (Tone::Plain, name), (Tone::Dim, weight)];
        rows.push(Row { head, cells: scores.cells.iter().map(cell).collect() });
        if let Some(raw) = &scores.raw {
            let cells = raw.iter().map(|score| (Tone::Dim, number(*score))).collect();
            rows.push(Row { head: vec![(Tone::Dim, fitted("  not normalised", HEAD))], cells });
        }
    }
    let fused = why.candidates.iter().map(|row| (Tone::Strong, number(row.score))).collect();
    rows.push(Row { head: vec![(Tone::Strong, fitted("score (mean)", HEAD))], cells: fused });
    let mut prose = Prose::new();
    section(&mut prose, display!("scores by {} (* its own draft)", why.rule));
    prose.extend(grid(&rows, HEAD, width));
    for scores in &why.verifiers {
        let failed = scores.cells.iter().find_map(|cell| match cell {
            Cell::Failed(error) => Some(error),
            Cell::None | Cell::Open | Cell::Score { .. } => None,
        });
        if let Some(error) = failed {
            wrap(&mut prose, Vec::new(), Tone::Bad, &display!("{}: {error}", answer.name(scores.member)), width, 2);
        }
    }
    prose
}

fn number(score: Option<f64>) -> DisplayText {
    score.map_or_else(|| "- ".into(), |score| display!("{} ", figure(score)))
}

fn cell(cell: &Cell) -> (Tone, DisplayText) {
    match cell {
        Cell::None => (Tone::Dim, "- ".into()),
        Cell::Open => (Tone::Dim, "\u{b7} ".into()),
        Cell::Failed(_) => (Tone::Bad, "err ".into()),
        Cell::Score { score, share, own } => {
            (Tone::Heat(heat(*share)), display!("{}{}", figure(*score), if *own { '*' } else { ' ' }))
        }
    }
}

fn agreement(why: &Why, answer: &Answer, width: u16) -> Prose {
    let mut prose = Prose::new();
    section(&mut prose, "alone each verifier would have chosen");
    for choice in &why.firsts {
        let names: Vec<_> = choice.verifiers.iter().map(|verifier| answer.name(*verifier)).collect();
        let row = choice.place.and_then(|place| Some((place, why.candidates.get(place)?)));
        let (tone, label) = row.map_or((Tone::Dim, "none".into()), |(place, row)| column(place, row, answer));
        wrap(&mut prose, vec![(tone, display!("{label:>6}  "))], Tone::Plain, &listed(&names), width, 8);
    }
    if let Some(alike) = &why.alike {
        wrap(&mut prose, Vec::new(), Tone::Plain, alike, width, 0);
    }
    prose
}

fn alternatives(why: &Why, answer: &Answer) -> Prose {
    let mut prose = Prose::new();
    section(&mut prose, "what else would be chosen from the same scores");
    prose.extend(why.alternatives.iter().map(|other| alternative(other, answer)));
    if !why.other_votes.is_empty() {
        section(&mut prose, "what other votes would have chosen");
        prose.extend(why.other_votes.iter().map(|other| other_votes(other, answer)));
    }
    prose
}

fn alternative(other: &Alternative, answer: &Answer) -> Line {
    let winner = other.winner.map_or_else(|| "nobody".into(), |winner| answer.name(winner).into());
    let margin = other.margin.map_or_else(DisplayText::new, |margin| display!(" by {}", figure(margin)));
    let note = match (other.in_force, other.differs) {
        (true, _) => " (in force)",
        (false, true) => " (another)",
        (false, false) => "",
    };
    let tone = if other.differs { Tone::Warning } else { Tone::Plain };
    let member = other.winner.map_or(Tone::Dim, |winner| Tone::Member(winner.0));
    vec![(Tone::Dim, display!("  {:<22} ", other.name)), (member, winner), (tone, display!("{margin}{note}"))]
}

fn other_votes(other: &OtherVotes, answer: &Answer) -> Line {
    let winner = other.winner.map_or_else(|| "no candidate".into(), |winner| answer.name(winner).into());
    let margin = other.margin.map_or_else(DisplayText::new, |margin| display!(" by {}", figure(margin)));
    let (tone, note) = if other.differs { (Tone::Warning, " (another)") } else { (Tone::Plain, "") };
    let member = other.winner.map_or(Tone::Dim, |winner| Tone::Member(winner.0));
    vec![(Tone::Dim, display!("  {} ", fitted(&other.name, 22))), (member, winner), (tone, display!("{margin}{note}"))]
}

/// A candidate token by token.
fn read(readings: &Readings, why: &Why, answer: &Answer, width: u16) -> Prose {
    let mut prose = Prose::new();
    let Some(row) = why.candidates.get(readings.place).filter(|_| !readings.read.is_empty()) else { return prose };
    let decided = why.candidates.iter().any(|row| row.accepted);
    let which = match (decided, readings.wins) {
        (true, true) => "the winner, ",
        (true, false) => "the runner-up, ",
        (false, _) => "",
    };
    let (_, label) = column(readings.place, row, answer);
    section(&mut prose, display!("{which}{label}, token by token (* its own draft)"));
    if readings.read.iter().any(|read| !read.own) {
        let note = "a verifier that counts as many tokens as the author is taken to read the author's; of the others only the \
                    numbers are known, and `near` is guessed from their place";
        wrap(&mut prose, Vec::new(), Tone::Dim, note, width, 0);
    }
    for read in &readings.read {
        prose.extend(tokens(read, answer, width));
        if let Some((token, probability)) = &read.least {
            let finds = if *probability < 0.25 {
                display!("{} finds {token} improbable: {}", answer.name(read.verifier), chance(*probability))
            } else {
                display!("the least probable is {token}: {}", chance(*probability))
            };
            let tone = if *probability < 0.05 { Tone::Warning } else { Tone::Dim };
            wrap(&mut prose, vec![(Tone::Plain, blanks(READ.into()))], tone, &finds, width, READ);
        }
    }
    prose
}

/// One verifier's reading: the text, each token shaded by its probability, or the bare row of probabilities.
fn tokens(read: &Read, answer: &Answer, width: u16) -> Prose {
    let mut flow = Flow::new(width.saturating_sub(READ).max(1));
    for (place, (text, _)) in read.tokens.iter().enumerate() {
        // A segment starts with the space that parts it from the text before.
        let text = text.as_display();
        flow.push(if flow.is_empty() { text.trim_start_blanks() } else { text }, place as u32);
    }
    let score = read.score.map_or_else(|| "-".into(), figure);
    let own = if read.own { '*' } else { ' ' };
    let mut head = Some(vec![letter(read.verifier, answer), (Tone::Strong, display!(" {score:>5}{own}  "))]);
    let mut prose = Prose::new();
    for number in 0..flow.lines().max(1) {
        let mut line = head.take().unwrap_or_else(|| vec![(Tone::Plain, blanks(READ.into()))]);
        line.extend(flow.line(number).map(|piece| {
            let probability = read.tokens.get(piece.tag as usize).map_or(1.0, |(_, probability)| *probability);
            (Tone::Heat(probability_shade(probability)), piece.text.into())
        }));
        prose.push(line);
    }
    prose
}

/// The candidates sentence by sentence.
fn sentences(why: &Why, answer: &Answer, width: u16) -> Prose {
    let mut prose = Prose::new();
    let Some(sentences) = why.sentences.as_ref().filter(|sentences| sentences.means.iter().flatten().any(Option::is_some)) else {
        return prose;
    };
    section(&mut prose, "sentence by sentence");
    let by = if sentences.by_authors { "its own authors find it" } else { "those find it who read all candidates' tokens" };
    let told = display!("the mean probability of each candidate's sentence (> the best), as {by}");
    wrap(&mut prose, Vec::new(), Tone::Dim, &told, width, 0);
    let head = |text: DisplayText| vec![(Tone::Dim, fitted(&text, HEAD))];
    let mut rows = vec![Row { head: head("sentence".into()), cells: columns(why, answer) }];
    for (number, (means, best)) in sentences.means.iter().zip(sentences.best()).enumerate() {
        let cell = |(place, mean): (usize, &Option<f64>)| match mean {
            Some(mean) => {
                let mark = if best == Some(place) { ">" } else { "" };
                (Tone::Heat(heat(*mean)), display!("{mark}{} ", chance(*mean)))
            }
            None => (Tone::Dim, "- ".into()),
        };
        rows.push(Row { head: head(display!("  {}", number + 1)), cells: means.iter().enumerate().map(cell).collect() });
    }
    prose.extend(grid(&rows, HEAD, width));
    prose
}
