//! The program inside the pseudo-terminal: every key triggers one thing that can happen to a playground.

use std::io::{Write, stdin, stdout};
use std::process::ExitCode;
use std::thread;

use crossterm::event::{Event, KeyCode, KeyModifiers};
use ratatui::text::Text;
use specfuse::playground::term::editor::{self, Editor, Running};
use specfuse::playground::term::guard::{Options, Terminal};
use specfuse::playground::term::input::Input;
use specfuse::playground::term::signals::{Signal, Signals};
use specfuse::playground::term::suspend::{self, Whom};
use specfuse::playground::term::{clipboard, panics};

/// Set in the environment of the player.
pub const ROLE: &str = "SPECFUSE_TERMINAL_PLAYER";

/// The exit code after a hang-up, when nothing can be printed any more.
pub const HUNG_UP: u8 = 42;

pub fn play() -> ExitCode {
    println!("before");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(Player::run());
    // The terminal can be gone, and `println!` would panic.
    let _ = writeln!(stdout(), "after: {ended:?}");
    match ended {
        Ended::Signal(Signal::HangUp) | Ended::NoInput => ExitCode::from(HUNG_UP),
        Ended::Key | Ended::Signal(_) => ExitCode::SUCCESS,
    }
}

#[derive(Debug)]
enum Ended {
    Key,
    NoInput,
    Signal(Signal),
}

struct Player {
    signals: Signals,
    terminal: Terminal,
    input: Input,
    typed: String,
    note: String,
    /// How often the terminal was lent.
    lent: usize,
}

impl Player {
    async fn run() -> Ended {
        let signals = Signals::listen().unwrap();
        let terminal = Terminal::enter(Options::default()).unwrap();
        let mut player = Self { signals, terminal, input: Input::new(), typed: String::new(), note: "hello".to_owned(), lent: 0 };
        loop {
            // The signal, or the end of the keys, reports that a terminal is gone.
            let _ = player.draw();
            tokio::select! {
                signal = player.signals.next() => match signal {
                    Signal::Suspend => player.stop(Whom::Process),
                    Signal::Terminate | Signal::HangUp | Signal::Interrupt | Signal::Quit => return Ended::Signal(signal),
                },
                event = player.input.next() => {
                    let Some(event) = event else { return Ended::NoInput };
                    let mut events = vec![event.unwrap()];
                    events.extend(player.input.ready(16));
                    for event in events {
                        let lent = player.lent;
                        if let Some(ended) = player.happens(event).await {
                            return ended;
                        }
                        if player.lent > lent {
                            // The rest was typed before another program had the terminal.
                            break;
                        }
                    }
                }
            }
        }
    }

    fn draw(&mut self) -> std::io::Result<()> {
        let text = format!("note: {}.\ntyped: {}.\ncount: {}.\n", self.note, self.typed, self.typed.len());
        self.terminal.draw(|frame| {
            let size = format!("size: {}x{}.", frame.area().width, frame.area().height);
            frame.render_widget(Text::from(text + &size), frame.area());
        })
    }

    /// Returns how it ends, if it does.
    async fn happens(&mut self, event: Event) -> Option<Ended> {
        match event {
            Event::Key(key) if key.modifiers == KeyModifiers::CONTROL && key.code == KeyCode::Char('z') => self.stop(Whom::Group),
            Event::Key(key) if key.modifiers == KeyModifiers::ALT => self.note = format!("alt {}", key.code),
            Event::Key(key) => return self.pressed(key.code).await,
            Event::Paste(text) => self.note = format!("pasted {text}"),
            other => self.note = format!("{other:?}"),
        }
        None
    }

    async fn pressed(&mut self, code: KeyCode) -> Option<Ended> {
        match code {
            KeyCode::Char('q') => return Some(Ended::Key),
            KeyCode::Char('P') => panic!("on the main thread"),
            KeyCode::Char('D') => self.terminal.draw(|_| panic!("while drawing")).unwrap(),
            KeyCode::Char('U') => panics_twice(),
            KeyCode::Char('T') => {
                thread::spawn(|| panic!("on another thread")).join().unwrap_err();
                self.note = format!("kept {}", panics::take().concat());
            }
            KeyCode::Char('C') => {
                tokio::spawn(async { panic!("in a task") }).await.unwrap_err();
                self.note = format!("kept {}", panics::take().concat());
            }
            KeyCode::Char('E') => return self.edit().await.map(Ended::Signal),
            KeyCode::Char('L') => self.lend(),
            KeyCode::Char('M') => self.terminal.set_mouse(true).unwrap(),
            KeyCode::Char('Y') => self.terminal.send(&clipboard::osc52("copied").unwrap()).unwrap(),
            KeyCode::Char(other) => self.typed.push(other),
            other => self.note = format!("{other:?}"),
        }
        None
    }

    fn stop(&mut self, whom: Whom) {
        self.lent += 1;
        self.input.release();
        let stopped = self.terminal.suspended(|| suspend::stop(whom)).unwrap();
        self.input.take_back();
        self.note = stopped.map_or_else(|error| error.to_string(), |()| "continued".to_owned());
    }

    /// Returns the signal that ended it, if one did.
    async fn edit(&mut self) -> Option<Signal> {
        self.lent += 1;
        self.input.release();
        self.terminal.suspend();
        let editor = Editor::choose(|name| std::env::var_os(name)).unwrap();
        let folder = editor::folder(|name| std::env::var_os(name));
        let running = Running::default();
        let waited = running.clone();
        let editing = tokio::task::spawn_blocking(move || editor.edit("draft", &folder, &waited));
        let (edited, ending) = self.signals.while_lent(editing, |urgency| running.end(urgency)).await;
        if ending.is_some() {
            return ending;
        }
        self.terminal.resume().unwrap();
        self.input.take_back();
        self.note = edited.unwrap().unwrap().map_or_else(|error| error.to_string(), |text| format!("edited {text:?}"));
        None
    }

    /// Reads a line itself, like a program that has the terminal would.
    fn lend(&mut self) {
        self.lent += 1;
        let number = self.lent;
        self.input.release();
        let line = self.terminal.suspended(|| {
            print!("line {number}, please: ");
            stdout().flush().unwrap();
            let mut line = String::new();
            stdin().read_line(&mut line).map(|_| line)
        });
        // If the terminal is gone, that is an error, and the next event reports it too.
        self.input.take_back();
        self.note = line.flatten().map_or_else(|error| error.to_string(), |line| format!("read {line:?}"));
    }
}

/// Ends the process immediately: unwinding meets a second panic.
fn panics_twice() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the second");
        }
    }
    let _bomb = Bomb;
    panic!("the first");
}
