//! How a process that runs llama.cpp ended: what its status means, and which line of its log gives the reason.

use std::process::ExitStatus;

use crate::clean::clean_line;

/// Characters kept of a reason.
const REASON: usize = 300;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It used an instruction that the processor lacks.
    Instructions,
    /// The system killed it: most likely memory ran out.
    Killed,
    /// Another signal, or the equivalent on Windows.
    Signal(i32),
    /// It exited by itself.
    Exit,
}

impl Ending {
    pub(super) fn of(status: ExitStatus) -> Self {
        signal(status).map_or(Self::Exit, Self::by)
    }

    /// The ending if a shell waited for the process: it turns signals into codes above 128.
    pub(super) fn under_shell(status: ExitStatus) -> Self {
        match status.code() {
            Some(code @ 129..=192) => Self::by(code - 128),
            Some(_) | None => Self::of(status),
        }
    }

    fn by(signal: i32) -> Self {
        match signal {
            4 => Self::Instructions,
            9 => Self::Killed,
            other => Self::Signal(other),
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Windows ends a process with a special code where Unix sends a signal.
#[cfg(not(unix))]
fn signal(status: ExitStatus) -> Option<i32> {
    const ILLEGAL_INSTRUCTION: u32 = 0xC000_001D;
    match status.code().map(i32::cast_unsigned) {
        Some(ILLEGAL_INSTRUCTION) => Some(4),
        Some(code) if code >= 0xC000_0000 => Some(6),
        Some(_) | None => None,
    }
}

/// The line of llama.cpp's log with the error; `None` if no line looks like one.
pub(super) fn reason<'a>(log: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lines: Vec<&str> = log.into_iter().map(str::trim).collect();
    let marks = ["GGML_ASSERT", "gguf_init", "error loading model", "what():", "failed to", "error", "unable", "invalid"];
    let line = marks.iter().find_map(|mark| lines.iter().find(|line| line.contains(mark)))?;
    // What precedes these words is the location in the source.
    let line = line.split_once("error loading model: ").map_or(*line, |(_, what)| what);
    let line = line.find("GGML_ASSERT").and_then(|start| line.get(start..)).unwrap_or(line);
    Some(shown(line))
}

/// A line of a log, fit to show.
pub(super) fn shown(line: &str) -> String {
    clean_line(line).chars().take(REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_status_is_a_signal_also_where_a_shell_waited() {
        use std::os::unix::process::ExitStatusExt;
        let (signal, code) = (|number| ExitStatus::from_raw(number), |code: i32| ExitStatus::from_raw(code << 8));
        assert_eq!(Ending::of(signal(4)), Ending::Instructions);
        assert_eq!(Ending::under_shell(code(132)), Ending::Instructions);
        assert_eq!(Ending::under_shell(code(137)), Ending::Killed);
        assert_eq!(Ending::under_shell(code(139)), Ending::Signal(11));
        assert_eq!(Ending::under_shell(signal(9)), Ending::Killed);
        assert_eq!((Ending::of(code(132)), Ending::under_shell(code(1))), (Ending::Exit, Ending::Exit));
        assert_eq!(Ending::under_shell(code(255)), Ending::Exit);
    }

    #[test]
    fn the_line_that_says_why_is_found_among_others() {
        let log =
            ["load: fine", "llama_model_load: error loading model: tensor 'a' is out of bounds", "srv: failed to load model"];
        assert_eq!(reason(log).as_deref(), Some("tensor 'a' is out of bounds"));
        assert_eq!(reason(["/src/a.cpp:9: GGML_ASSERT(a) failed", "error"]).as_deref(), Some("GGML_ASSERT(a) failed"));
        assert_eq!(reason(["all is well", ""]), None);
    }
}
