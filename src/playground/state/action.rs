//! What the user can do: one table, from which the key bindings, the help screen, the hint line, the command palette and the key
//! table of the manual are made, so that they cannot contradict each other.

mod context;
mod group;

pub use context::Context;
pub use group::Group;

/// Something the user can ask of the playground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is one row of the table, which says what it does")]
pub enum Action {
    Write,
    LeavePrompt,
    Send,
    NewLine,
    EarlierQuestion,
    LaterQuestion,
    Edit,
    Again,
    AgainSameSeed,
    NewConversation,
    RunPause,
    Step,
    Stop,
    Slower,
    Faster,
    ChangeLinger,
    Override,
    EditSegment,
    WriteSegment,
    Redraft,
    RedraftAll,
    SendAway,
    Lighter,
    Heavier,
    Undo,
    Redo,
    Rewind,
    Branches,
    Compare,
    PreviousRound,
    NextRound,
    Back,
    ScrollUp,
    ScrollDown,
    HalfPageUp,
    HalfPageDown,
    PageUp,
    PageDown,
    Top,
    End,
    FocusNext,
    FocusPrevious,
    /// The pane with that number, from 1.
    Pane(u8),
    Zoom,
    Votes,
    Present,
    Heat,
    Provenance,
    /// The page, then those that follow it, then none.
    Open(Page),
    CopyAnswer,
    CopySegment,
    CopyCandidate,
    SaveTrace,
    Export,
    OpenTrace,
    TourNext,
    TourBack,
    Palette,
    FindHelp,
    Themes,
    Roster,
    Mouse,
    Redraw,
    Suspend,
    Quit,
    QuitAtOnce,
    ListUp,
    ListDown,
    Choose,
    ClearTyped,
    CloseList,
    RosterUp,
    RosterDown,
    RosterToggle,
    RosterRole,
    RosterHeavier,
    RosterLighter,
    RosterConnect,
    RosterScan,
    RosterTake,
    RosterClose,
    MapUp,
    MapDown,
    MapLeft,
    MapRight,
    MapOpen,
    MapApply,
    MapMetric,
    Sweep,
    SweepStop,
    MapClose,
    LengthsLeft,
    LengthsRight,
    LengthsUp,
    LengthsDown,
    LengthsKeep,
    LengthsOpen,
    LengthsStart,
    LengthsStop,
    LengthsClose,
    Tune,
    SegmentShorter,
    SegmentLonger,
    ThresholdLower,
    ThresholdHigher,
    TuneUp,
    TuneDown,
    TuneLower,
    TuneHigher,
    TuneDefault,
    TuneDefaults,
    TuneMore,
    TuneFind,
    TuneApply,
    TuneForget,
    TuneClose,
    Yes,
    No,
}

/// Something to read over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Page {
    /// Every key.
    Help,
    /// Why a round was won.
    Why,
    /// The chart of retention.
    Retention,
    /// The chart of the verifiers' weights.
    Weights,
    /// The run compared with its strongest member.
    Single,
    /// Where the time of the selected round went.
    RoundTime,
    /// Where the time of the run went.
    RunTime,
    /// Warnings and messages.
    Log,
    /// The heat map of a sweep.
    HeatMap,
    /// The question at three lengths of segments.
    Lengths,
    /// Two branches, or two runs, side by side.
    Compare,
}

/// One row of the table.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub action: Action,
    /// Its name in the configuration file and the palette.
    pub name: &'static str,
    /// Its keys unless the configuration gives others.
    pub keys: &'static [&'static str],
    pub context: Context,
    pub group: Group,
    /// What it does, in one line.
    pub meaning: &'static str,
    /// A word or two for the hint line.
    pub hint: &'static str,
}

macro_rules! rows {
    ($($group:ident { $($action:expr, $name:literal, [$($key:literal),*], $context:ident, $hint:literal, $meaning:literal;)* })*) => {
        &[$($(Entry {
            action: { use Action::*; $action },
            name: $name,
            keys: &[$($key),*],
            context: Context::$context,
            group: Group::$group,
            meaning: $meaning,
            hint: $hint,
        },)*)*]
    };
}

/// Every action.
pub const ACTIONS: &[Entry] = rows! {
    Asking {
        Write, "write", ["i", "enter"], Keys, "ask", "write a question";
        Send, "send", ["enter"], Prompt, "send", "ask what is written; an empty prompt asks the example";
        NewLine, "new-line", ["alt+enter", "ctrl+j"], Prompt, "new line", "start a new line in the question";
        LeavePrompt, "leave-prompt", ["esc", "tab"], Prompt, "keys", "leave the prompt, so that keys are commands";
        EarlierQuestion, "earlier-question", ["up"], Prompt, "earlier", "from the first line: the question before";
        LaterQuestion, "later-question", ["down"], Prompt, "later", "from the last line: the question after";
        Edit, "edit", ["ctrl+g"], Anywhere, "editor", "write the question in your editor ($VISUAL, $EDITOR)";
        Again, "again", ["a"], Keys, "again", "answer the last question again, drawing differently (the next seed)";
        AgainSameSeed, "again-same-seed", ["A"], Keys, "repeat", "answer the last question again with the same seed";
        NewConversation, "new-conversation", ["ctrl+n"], Anywhere, "new", "forget the conversation and start a new one";
    }
    Running {
        RunPause, "run-pause", ["space"], Keys, "pause", "pause after the open round, or continue";
        Step, "step", ["s"], Keys, "step", "play one round, then pause";
        Stop, "stop", ["S"], Keys, "stop", "end the answer here; what was accepted stays";
        Slower, "slower", ["{"], Keys, "slower", "slow down: the built-in models, or a replay";
        Faster, "faster", ["}"], Keys, "faster", "speed up: the built-in models, or a replay";
        ChangeLinger, "linger", ["Z"], Keys, "linger", "let every decision stay a moment to be read, or no longer";
    }
    Steering {
        Override, "override", ["o"], Keys, "choose", "choose the winner of the selected round yourself, open or decided";
        EditSegment, "edit-segment", ["E"], Keys, "change", "change the text of the selected segment";
        WriteSegment, "write-segment", ["n"], Keys, "write", "write the next segment yourself, or one in place of the selected one";
        Redraft, "redraft", ["r"], Keys, "redraft", "have the focused member's candidate drawn again in the selected round";
        RedraftAll, "redraft-all", ["N"], Keys, "redraft all", "have all candidates of the selected round drawn again";
        SendAway, "send-away", ["x"], Keys, "away/back", "send the member of the focused pane away, or bring it back";
        Lighter, "lighter", ["("], Keys, "lighter", "give the scores of the focused pane's member less weight";
        Heavier, "heavier", [")"], Keys, "heavier", "give the scores of the focused pane's member more weight";
        Undo, "undo", ["u"], Keys, "undo", "undo the last change";
        Redo, "redo", ["U"], Keys, "redo", "redo the change that was undone last";
        Rewind, "rewind", ["R"], Keys, "take back", "take the selected round back, with those after it, and pause";
        Branches, "branches", ["b"], Keys, "branches", "the branches of this answer: go to another";
        Compare, "compare", ["d"], Keys, "compare", "compare this branch with another, or with a recorded run";
    }
    Tuning {
        Tune, "tune", ["t"], Keys, "tune", "every knob: try values, see immediately what they would have changed, apply them";
        SegmentShorter, "segment-shorter", ["-"], Keys, "shorter", "shorter segments from the next round on: a sentence, 12, 6, 3 words, 10, 5, 3 tokens";
        SegmentLonger, "segment-longer", ["+"], Keys, "longer", "longer segments from the next round on, by the same steps";
        Open(Page::Lengths), "three-lengths", ["D"], Keys, "three lengths", "the question at three lengths of segments side by side; keep one";
        ThresholdLower, "threshold-lower", ["<"], Keys, "exit less", "a lower exit threshold from the next round on: members stay longer";
        ThresholdHigher, "threshold-higher", [">"], Keys, "exit more", "a higher exit threshold from the next round on: members leave sooner";
        TuneUp, "tune-up", ["up", "k"], Tuning, "row above", "the knob above";
        TuneDown, "tune-down", ["down", "j"], Tuning, "row below", "the knob below";
        TuneLower, "tune-lower", ["left", "h"], Tuning, "lower", "a step down, or the name before; digits type a value";
        TuneHigher, "tune-higher", ["right", "l"], Tuning, "higher", "a step up, or the name after";
        TuneDefault, "tune-default", ["0"], Tuning, "default", "the marked knob's default";
        TuneDefaults, "tune-defaults", ["d"], Tuning, "all defaults", "every knob's default";
        TuneMore, "tune-more", ["m", "space"], Tuning, "more", "unfold the knobs without a slider, or fold them";
        TuneFind, "tune-find", ["/"], Tuning, "find", "find a knob: type a part of its name or of what it does";
        TuneApply, "tune-apply", ["enter"], Tuning, "apply", "take the typed value; then apply the changes";
        TuneForget, "tune-forget", ["esc"], Tuning, "forget", "drop what is typed, then the search; forget what is tried, and close the panel";
        TuneClose, "tune-close", ["t", "q"], Tuning, "look", "close the panel and keep comparing: chart, rounds and ranking show what would be different";
    }
    Looking {
        PreviousRound, "previous-round", ["[", "left", "h"], Keys, "round before", "look at the round before";
        NextRound, "next-round", ["]", "right", "l"], Keys, "round after", "look at the round after";
        Back, "back", ["esc"], Keys, "back", "close what is open, then return to the newest round";
        FocusNext, "focus-next", ["tab"], Keys, "focus", "focus the next part of the screen";
        FocusPrevious, "focus-previous", ["shift+tab"], Keys, "focus back", "focus the part before";
        Pane(1), "pane-1", ["1"], Keys, "", "focus the first member's pane";
        Pane(2), "pane-2", ["2"], Keys, "", "focus the second member's pane";
        Pane(3), "pane-3", ["3"], Keys, "", "focus the third member's pane";
        Pane(4), "pane-4", ["4"], Keys, "", "focus the fourth member's pane";
        Pane(5), "pane-5", ["5"], Keys, "", "focus the fifth member's pane";
        Pane(6), "pane-6", ["6"], Keys, "", "focus the sixth member's pane";
        Pane(7), "pane-7", ["7"], Keys, "", "focus the seventh member's pane";
        Pane(8), "pane-8", ["8"], Keys, "", "focus the eighth member's pane";
        Pane(9), "pane-9", ["9"], Keys, "", "focus the ninth member's pane";
        Zoom, "zoom", ["z"], Keys, "zoom", "give the focused part the whole screen, or its usual place";
        Votes, "votes", ["V"], Keys, "votes", "every verifier's score of every draft, in numbers, over the whole screen; again: back";
        Present, "present", ["P"], Keys, "present", "for an audience: only question, drafts, votes and answer, one moment a key; again: everything";
        ScrollUp, "scroll-up", ["up", "k"], Keys, "scroll up", "scroll up a line";
        ScrollDown, "scroll-down", ["down", "j"], Keys, "scroll", "scroll down a line";
        HalfPageUp, "half-page-up", ["ctrl+u"], Keys, "half up", "scroll up half a page";
        HalfPageDown, "half-page-down", ["ctrl+d"], Keys, "half down", "scroll down half a page";
        PageUp, "page-up", ["pageup", "ctrl+b"], Keys, "page up", "scroll up a page";
        PageDown, "page-down", ["pagedown", "ctrl+f"], Keys, "a page", "scroll down a page";
        Top, "top", ["home", "g g"], Keys, "top", "scroll to the top";
        End, "end", ["end", "G"], Keys, "to the end", "scroll to the end, and follow it";
        Heat, "heat", ["v"], Keys, "shading", "shade drafts by token probability, by disagreement, or not at all";
        Provenance, "provenance", ["p"], Keys, "authors", "show or hide who wrote which part of the answer";
        Open(Page::Why), "why", ["e"], Keys, "why", "why this round was won: every score, what other rules would choose, every token's probability";
        Open(Page::Retention), "chart", ["c"], Keys, "chart", "the exit chart: who is close to leaving; again: the verifiers' weights; again: closed";
        Open(Page::Single), "single", ["f"], Keys, "single", "fused against the best single member, round by round";
        Open(Page::RoundTime), "waterfall", ["W"], Keys, "time", "where the time went: the calls of this round; again: the whole run";
        Open(Page::Log), "log", ["L"], Keys, "log", "warnings and messages so far";
        Open(Page::HeatMap), "heat-map", ["H"], Keys, "heat map", "the heat map of a sweep: the question under other segment lengths and exit thresholds";
    }
    Keeping {
        CopyAnswer, "copy-answer", ["y y"], Keys, "answer", "copy the answer through the terminal (OSC 52)";
        CopySegment, "copy-segment", ["y s"], Keys, "segment", "copy the accepted segment of the selected round";
        CopyCandidate, "copy-candidate", ["y c"], Keys, "candidate", "copy the candidate of the focused pane";
        SaveTrace, "save-trace", ["ctrl+s"], Anywhere, "save", "save the trace of this run to a file of your choice";
        Export, "export", ["w"], Keys, "export", "write this answer to a file: Markdown, a web page, JSON, a picture of the screen, or a film";
        OpenTrace, "open-trace", ["ctrl+o"], Anywhere, "open", "open a recorded run and replay it";
    }
    Program {
        Palette, "palette", [":"], Keys, "commands", "find any command by its name";
        Open(Page::Help), "help", ["?"], Keys, "help", "this help";
        FindHelp, "find-help", ["/"], Keys, "search", "search this help for a word";
        TourNext, "tour-next", [";"], Keys, "next stop", "the next stop of the guided tour (specfuse demo)";
        TourBack, "tour-back", [","], Keys, "stop before", "the stop of the guided tour before";
        Roster, "roster", ["M"], Keys, "members", "who takes part: compose the ensemble, see what each model can do";
        Themes, "themes", ["T"], Keys, "themes", "choose a theme, seeing each immediately";
        Mouse, "mouse", ["m"], Keys, "mouse", "let the mouse scroll and focus (the terminal's own selection then needs shift)";
        Redraw, "redraw", ["ctrl+l"], Anywhere, "redraw", "redraw the whole screen";
        Suspend, "suspend", ["ctrl+z"], Anywhere, "suspend", "stop the program until `fg` brings it back";
        Quit, "quit", ["q"], Keys, "quit", "close what is open, then leave; asks only when something would be lost";
        QuitAtOnce, "quit-at-once", ["ctrl+c"], Anywhere, "quit", "leave; a second time without asking";
    }
    Roster {
        RosterUp, "roster-up", ["up", "k"], Roster, "up", "the model above";
        RosterDown, "roster-down", ["down", "j"], Roster, "down", "the model below";
        RosterToggle, "roster-choose", ["space"], Roster, "choose", "let the marked model take part, or not";
        RosterRole, "roster-role", ["r"], Roster, "role", "what it does: draft and verify, only draft, only verify";
        RosterHeavier, "roster-heavier", ["+"], Roster, "heavier", "give its scores more weight";
        RosterLighter, "roster-lighter", ["-"], Roster, "lighter", "give its scores less weight";
        RosterConnect, "roster-connect", ["c"], Roster, "connect", "ask the marked model again what it can do";
        RosterScan, "roster-scan", ["s"], Roster, "scan", "look for servers and model files on this machine";
        RosterTake, "roster-take", ["enter"], Roster, "take", "the chosen models answer from the next question on";
        RosterClose, "roster-close", ["esc", "q"], Roster, "close", "close the roster and change nothing";
    }
    HeatMap {
        MapUp, "map-up", ["up", "k"], HeatMap, "up", "the setting above";
        MapDown, "map-down", ["down", "j"], HeatMap, "down", "the setting below";
        MapLeft, "map-left", ["left", "h"], HeatMap, "left", "the setting to the left";
        MapRight, "map-right", ["right", "l"], HeatMap, "right", "the setting to the right";
        MapOpen, "map-open", ["enter"], HeatMap, "open", "open the run of the marked setting; before the first sweep: start one";
        MapApply, "map-apply", ["a"], HeatMap, "apply", "take the marked setting for the next answer";
        MapMetric, "map-metric", ["tab"], HeatMap, "another figure", "show another figure: accuracy, score, tokens, rounds, calls, who left, time, cost";
        Sweep, "sweep", ["s"], HeatMap, "sweep", "play the question under every setting, while everything else continues";
        SweepStop, "sweep-stop", ["x"], HeatMap, "stop", "stop the sweep; what is played stays";
        MapClose, "map-close", ["esc", "q", "H"], HeatMap, "close", "close the map; a sweep continues";
    }
    Lengths {
        LengthsLeft, "ladder-left", ["left", "h"], Lengths, "longer", "the longer segments to the left";
        LengthsRight, "ladder-right", ["right", "l"], Lengths, "shorter", "the shorter segments to the right";
        LengthsUp, "ladder-up", ["up", "k"], Lengths, "scroll up", "scroll up a line";
        LengthsDown, "ladder-down", ["down", "j"], Lengths, "scroll", "scroll down a line";
        LengthsKeep, "ladder-keep", ["enter"], Lengths, "keep", "take the marked length for the next answer; before the first start: start";
        LengthsOpen, "ladder-open", ["o"], Lengths, "open", "open the run of the marked length over your own answer";
        LengthsStart, "ladder-start", ["s"], Lengths, "start", "play the question at three lengths, while everything else continues";
        LengthsStop, "ladder-stop", ["x"], Lengths, "stop", "stop the three runs; what is written stays";
        LengthsClose, "ladder-close", ["esc", "q", "D"], Lengths, "close", "close the page; the three runs continue";
    }
    Lists {
        ListUp, "list-up", ["up", "shift+tab"], List, "up", "the entry above";
        ListDown, "list-down", ["down", "tab"], List, "down", "the entry below";
        Choose, "choose", ["enter"], List, "choose", "take the marked entry";
        ClearTyped, "clear-typed", ["ctrl+u"], List, "clear", "forget what was typed into the list";
        CloseList, "close-list", ["esc"], List, "close", "close the list and change nothing";
        Yes, "yes", ["y", "enter"], Question, "yes", "yes";
        No, "no", ["n", "esc"], Question, "no", "no";
    }
};

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // A test checks that every action has a row; the first is a fallback for a missing one.
        ACTIONS.iter().find(|entry| entry.action == self).unwrap_or(&ACTIONS[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once() {
        for (place, entry) in ACTIONS.iter().enumerate() {
            assert!(
                ACTIONS[..place].iter().all(|other| other.name != entry.name && other.action != entry.action),
                "{}",
                entry.name
            );
            assert!(!entry.keys.is_empty() && !entry.meaning.is_empty(), "{}", entry.name);
        }
    }

    #[test]
    fn every_action_has_a_row() {
        for entry in ACTIONS {
            assert_eq!(entry.action.entry().name, entry.name);
        }
    }
}
