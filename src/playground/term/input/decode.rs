//! What a whole sequence means: a key, the mouse, or nothing that anyone pressed.
//!
//! Knows no state and no time; where a sequence starts and ends is [`super::sequences`]'s. A sequence that is not a key's is a
//! report of the terminal (where the cursor is, what it can do, which colours it has) and yields nothing: no report may type.
//! Crossterm's own decoder is private to it.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::playground::view::theme::ground;

/// A character of the terminal's text; control characters are the keys that send them in raw mode.
pub(super) fn character(character: char) -> Event {
    let control = |key: char| KeyEvent::new(KeyCode::Char(key), KeyModifiers::CONTROL);
    let code = u32::from(character);
    Event::Key(match character {
        '\r' => KeyCode::Enter.into(),
        '\t' => KeyCode::Tab.into(),
        '\u{1b}' => KeyCode::Esc.into(),
        '\u{7f}' => KeyCode::Backspace.into(),
        '\0' => control(' '),
        '\u{1}'..='\u{1a}' => control(char::from_u32(code + 0x60).unwrap_or(character)),
        // Ctrl with a digit: 4 to 7 send these.
        '\u{1c}'..='\u{1f}' => control(char::from_u32(code + 0x18).unwrap_or(character)),
        _ if character.is_uppercase() => KeyEvent::new(KeyCode::Char(character), KeyModifiers::SHIFT),
        _ => KeyCode::Char(character).into(),
    })
}

/// The background colour, if this operating system command is the answer to the question for it (OSC 11).
pub(super) fn background(answer: &[u8]) -> Option<[u8; 3]> {
    std::str::from_utf8(answer).ok()?.strip_prefix("11;").and_then(ground::parse)
}

/// The same event with alt held.
pub(super) fn with_alt(event: Event) -> Event {
    match event {
        Event::Key(key) => Event::Key(KeyEvent { modifiers: key.modifiers | KeyModifiers::ALT, ..key }),
        Event::Mouse(_) | Event::Paste(_) | Event::Resize(..) | Event::FocusGained | Event::FocusLost => event,
    }
}

/// `ESC O … final`, as the keypad and some function keys send it.
pub(super) fn ss3(parameters: &[u8], last: u8) -> Option<Event> {
    let (modifiers, kind) = held(&numbers(parameters)?)?;
    let code = letter(last).or((last == b'M').then_some(KeyCode::Enter))?;
    Some(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

/// `ESC [ [ last`: the first function keys of Linux's console.
pub(super) fn linux_console(last: u8) -> Option<Event> {
    matches!(last, b'A'..=b'E').then(|| Event::Key(KeyCode::F(last - b'A' + 1).into()))
}

/// `CSI parameters final`. Intermediate bytes and private markers belong to reports, with one exception: the mouse's `<`.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<Event> {
    if let Some(mouse) = parameters.strip_prefix(b"<") {
        return sgr_mouse(&numbers(mouse)?, last);
    }
    if last == b'u' {
        return unicode_key(parameters);
    }
    let numbers = numbers(parameters)?;
    let first = numbers.first().map_or(0, |number| number.value);
    let (code, held) = match last {
        b'~' if first == 27 => (key_of(u32::from(numbers.get(2)?.value))?, held(numbers.get(..2)?)?),
        b'~' => (numbered(first)?, held(&numbers)?),
        b'Z' => (KeyCode::BackTab, (held(&numbers)?.0 | KeyModifiers::SHIFT, KeyEventKind::Press)),
        b'I' if numbers.is_empty() => return Some(Event::FocusGained),
        b'O' if numbers.is_empty() => return Some(Event::FocusLost),
        b'M' => return numbered_mouse(&numbers),
        // With parameters it says where the cursor is.
        b'R' if numbers.is_empty() => (KeyCode::F(3), held(&numbers)?),
        b'R' => return None,
        _ if first <= 1 => (letter(last)?, held(&numbers)?),
        _ => return None,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, held.0, held.1)))
}

/// `CSI M` and three bytes: the mouse as terminals without the newer way report it.
pub(super) fn old_mouse(bytes: [u8; 3]) -> Option<Event> {
    let [button, column, row] = bytes;
    let place = |byte: u8| u16::from(byte).checked_sub(33);
    let (kind, modifiers) = mouse(u16::from(button).checked_sub(32)?)?;
    Some(Event::Mouse(MouseEvent { kind, column: place(column)?, row: place(row)?, modifiers }))
}

/// A parameter with what follows it after a colon.
#[derive(Debug, Clone, Copy, Default)]
struct Number {
    value: u16,
    detail: Option<u16>,
}

/// Parameters, parted by semicolons; one that is left out is 0. None where there is anything but numbers.
fn numbers(parameters: &[u8]) -> Option<Vec<Number>> {
    if parameters.is_empty() {
        return Some(Vec::new());
    }
    let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u16>().ok() };
    let one = |part: &str| {
        let mut details = part.split(':');
        let value = number(details.next()?)?;
        Some(Number { value, detail: details.next().map(number).map_or(Some(None), |detail| detail.map(Some))? })
    };
    std::str::from_utf8(parameters).ok()?.split(';').map(one).collect()
}

/// What is held and whether the key goes down, by the second parameter.
fn held(numbers: &[Number]) -> Option<(KeyModifiers, KeyEventKind)> {
    let Some(held) = numbers.get(1) else { return Some((KeyModifiers::NONE, KeyEventKind::Press)) };
    let bits = held.value.saturating_sub(1);
    // Beyond the first six are the locks.
    (bits < 256).then_some(())?;
    let named = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let modifiers = named.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, modifier)| *modifier).collect();
    let kind = match held.detail {
        Some(2) => KeyEventKind::Repeat,
        Some(3) => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    Some((modifiers, kind))
}

fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn numbered(number: u16) -> Option<KeyCode> {
    let function = |gap: u16| u8::try_from(number - gap).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23..=26 => function(12),
        28 | 29 => function(15),
        31..=34 => function(17),
        _ => None,
    }
}

/// `CSI code ; held u`. Without a code it is not a key's.
fn unicode_key(parameters: &[u8]) -> Option<Event> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut parts = text.splitn(3, ';');
    let code: u32 = parts.next()?.split(':').next()?.parse().ok()?;
    // The third is the text that the key types.
    let (modifiers, kind) = match parts.next() {
        Some(modifiers) => held(&[Number::default(), *numbers(modifiers.as_bytes())?.first().unwrap_or(&Number::default())])?,
        None => (KeyModifiers::NONE, KeyEventKind::Press),
    };
    let code = match key_of(code)? {
        KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        // Terminals send the key, not what it types with shift.
        KeyCode::Char(key) if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::Char(key.to_uppercase().next().unwrap_or(key)),
        code => code,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

fn key_of(code: u32) -> Option<KeyCode> {
    let character = char::from_u32(code)?;
    match character {
        '\r' => Some(KeyCode::Enter),
        '\t' => Some(KeyCode::Tab),
        '\u{1b}' => Some(KeyCode::Esc),
        '\u{7f}' | '\u{8}' => Some(KeyCode::Backspace),
        // Keys without a character have numbers in the private area; those of the keypad, the only ones of use, have others too.
        '\u{e000}'..='\u{f8ff}' => None,
        _ => (!character.is_control()).then_some(KeyCode::Char(character)),
    }
}

/// `CSI < button ; column ; row M`, or `m` for a button that is let go of.
fn sgr_mouse(numbers: &[Number], last: u8) -> Option<Event> {
    let [button, column, row, ..] = numbers else { return None };
    let (kind, modifiers) = mouse(button.value)?;
    let kind = match (last, kind) {
        (b'm', MouseEventKind::Down(button)) => MouseEventKind::Up(button),
        (b'm' | b'M', kind) => kind,
        _ => return None,
    };
    Some(Event::Mouse(MouseEvent { kind, column: column.value.checked_sub(1)?, row: row.value.checked_sub(1)?, modifiers }))
}

/// `CSI button ; column ; row M`, the button 32 higher.
fn numbered_mouse(numbers: &[Number]) -> Option<Event> {
    let [button, column, row, ..] = numbers else { return None };
    let (kind, modifiers) = mouse(button.value.checked_sub(32)?)?;
    Some(Event::Mouse(MouseEvent { kind, column: column.value.checked_sub(1)?, row: row.value.checked_sub(1)?, modifiers }))
}

/// The button with what is held: bits 0, 1, 6 and 7 tell the button, 2 to 4 what is held, 5 whether the mouse moves.
fn mouse(code: u16) -> Option<(MouseEventKind, KeyModifiers)> {
    let code = u8::try_from(code).ok()?;
    let button = |number| match number {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let number = code & 3 | (code & 0xc0) >> 4;
    let kind = match (number, code & 0x20 != 0) {
        (0..=2, false) => MouseEventKind::Down(button(number)?),
        (0..=2, true) => MouseEventKind::Drag(button(number)?),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (3..=5, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let bits = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    Some((kind, bits.into_iter().filter(|(bit, _)| code & bit != 0).map(|(_, modifier)| modifier).collect()))
}
