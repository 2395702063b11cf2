//! Which commands a run refuses because they would change nothing, or name what is not there.
//!
//! Works on the run alone: a finished run must not be resumed only to hear that a command changes nothing.

use super::{Command, CommandError};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::SegmentId;
use crate::engine::fusion::run::{Accepted, Node, Round, Run};

/// Fails if the run would refuse this change of its text, or of who takes part.
pub fn check(run: &Run, command: &Command) -> Result<(), CommandError> {
    match command {
        Command::Override { member, segment } => candidate(run, member, *segment).map(|_| ()),
        Command::Edit { segment, text } => edited(run, *segment, text).map(|_| ()),
        Command::Write { text, .. } if text.trim().is_empty() => Err(CommandError::EmptyText),
        Command::Exclude { member } => may_leave(run, known(run, member)?),
        Command::Write { .. }
        | Command::Readmit { .. }
        | Command::Redraft { .. }
        | Command::SetParameters { .. }
        | Command::SetWeight { .. }
        | Command::Rewind { .. }
        | Command::GoTo { .. }
        | Command::Pause
        | Command::Resume
        | Command::Step
        | Command::Linger { .. }
        | Command::Undo
        | Command::Redo
        | Command::Stop => Ok(()),
    }
}

pub(super) fn known(run: &Run, name: &str) -> Result<MemberIndex, CommandError> {
    run.index(name).ok_or_else(|| CommandError::UnknownMember { name: name.to_owned() })
}

pub(super) fn node(run: &Run, segment: SegmentId) -> Result<&Node, CommandError> {
    let segments = run.tree.len();
    run.tree.node(segment).ok_or(CommandError::NoSuchSegment { segment: segment.0, segments })
}

/// The round of a segment, or the open one.
pub(super) fn round_of(run: &Run, segment: Option<SegmentId>) -> Result<&Round, CommandError> {
    match segment {
        Some(segment) => node(run, segment).map(|node| &*node.round),
        None => run.open_round().ok_or(CommandError::NoOpenRound),
    }
}

/// The candidate that a choice accepts: one that is not the accepted one already.
pub(super) fn candidate(run: &Run, member: &str, segment: Option<SegmentId>) -> Result<MemberIndex, CommandError> {
    let author = known(run, member)?;
    let round = round_of(run, segment)?;
    // Nothing counts of a member that was excluded while the round was open.
    let counts = round.drafters.contains(&author) && !round.excluded.contains(&author);
    let Some(candidate) = round.candidate_of(author).filter(|_| counts) else {
        return Err(CommandError::NoCandidate { member: member.to_owned() });
    };
    let same = |accepted: &Accepted| accepted.text == candidate.text && accepted.ends == candidate.ends;
    if round.accepted.as_ref().is_some_and(same) {
        return Err(CommandError::AlreadyAccepted { member: member.to_owned() });
    }
    Ok(candidate.key)
}

/// What was accepted, which this text would replace.
pub(super) fn edited<'a>(run: &'a Run, segment: SegmentId, text: &str) -> Result<&'a Accepted, CommandError> {
    let Some(accepted) = &node(run, segment)?.round.accepted else { return Err(CommandError::NoOpenRound) };
    if text.trim().is_empty() {
        return Err(CommandError::EmptyText);
    }
    if *accepted.text == *text {
        return Err(CommandError::Unchanged);
    }
    Ok(accepted)
}

/// Fails for the last drafter, which has to stay.
pub(super) fn may_leave(run: &Run, member: MemberIndex) -> Result<(), CommandError> {
    if run.drafters().all(|drafter| drafter == member) {
        return Err(CommandError::LastDrafter { member: run.member(member).header.name.to_string() });
    }
    Ok(())
}
