//! A command line split into words, as people write it into `EDITOR`.
//!
//! Blanks separate words, quotes of both kinds keep them together, and a backslash takes the next character as it is. Nothing else
//! of a shell happens: no variables, no `~`, no wildcards, because no shell runs the editor.

use std::iter::Peekable;
use std::str::Chars;

/// A quote or a backslash without its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfinished(pub(super) char);

/// The words of `line`. Within `"…"` a backslash escapes only `"` and itself, within `'…'` nothing. Without `escapes` a backslash
/// is a character like any other, as in the paths of Windows.
pub(super) fn split(line: &str, escapes: bool) -> Result<Vec<String>, Unfinished> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = line.chars().peekable();
    while let Some(character) = rest.next() {
        if character.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_default();
        match character {
            '\'' | '"' => quoted(character, escapes && character == '"', &mut rest, word)?,
            '\\' if escapes => word.push(rest.next().ok_or(Unfinished('\\'))?),
            other => word.push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Takes what comes before the closing quote.
fn quoted(quote: char, escapes: bool, rest: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), Unfinished> {
    loop {
        let character = rest.next().ok_or(Unfinished(quote))?;
        if character == quote {
            return Ok(());
        }
        let taken = if escapes && character == '\\' { rest.next_if(|next| matches!(next, '"' | '\\')) } else { None };
        word.push(taken.unwrap_or(character));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_a_shell_would_make_of_simple_commands() {
        let table: [(&str, &[&str]); 9] = [
            ("", &[]),
            (" \t ", &[]),
            ("vi", &["vi"]),
            ("  code   --wait ", &["code", "--wait"]),
            ("'/opt/my editor/ed' -n", &["/opt/my editor/ed", "-n"]),
            (r#""/opt/my editor/ed" "say \"hi\" \n""#, &["/opt/my editor/ed", r#"say "hi" \n"#]),
            (r"/opt/my\ editor/ed it\'s", &["/opt/my editor/ed", "it's"]),
            (r#"emacs --eval='(setq x ""\)' ''"#, &["emacs", r#"--eval=(setq x ""\)"#, ""]),
            ("$HOME/bin/ed ~ *", &["$HOME/bin/ed", "~", "*"]),
        ];
        for (line, expected) in table {
            assert_eq!(split(line, true).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn backslashes_of_windows_stay() {
        let words = split(r#""C:\Program Files\ed.exe" C:\x"#, false).unwrap();
        assert_eq!(words, [r"C:\Program Files\ed.exe", r"C:\x"]);
    }

    #[test]
    fn what_is_opened_must_be_closed() {
        for (line, missing) in [("vi 'x", '\''), (r#"vi "x\""#, '"'), (r"vi \", '\\')] {
            assert_eq!(split(line, true), Err(Unfinished(missing)), "{line}");
        }
    }
}
