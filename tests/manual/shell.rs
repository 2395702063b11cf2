//! Commands as a shell would read them: words, quotes, comments, pipes.

/// The commands of a line, each as its words. What follows `>` is left out, and so is a comment.
pub fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let (mut word, mut open, mut quote, mut skip) = (String::new(), false, None, false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (end, Some(mark)) if end == mark => quote = None,
            ('"' | '\'', None) => (quote, open) = (Some(character), true),
            ('#', None) if !open => break,
            ('|' | ';' | '&' | '>' | ' ' | '\n', None) => {
                if open && !skip {
                    commands.last_mut().unwrap().push(std::mem::take(&mut word));
                }
                word.clear();
                // The name of a file that output goes to is not a word of the command.
                skip = character == '>' || (skip && !open);
                open = false;
                if matches!(character, '|' | ';' | '&') {
                    skip = false;
                    commands.push(Vec::new());
                }
            }
            ('\\', _) if characters.peek() == Some(&'|') => {}
            _ => {
                word.push(character);
                open = true;
            }
        }
    }
    if open && !skip {
        commands.last_mut().unwrap().push(word);
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// The arguments of this program in a command, if it starts this program.
pub fn arguments(command: &[String]) -> Option<Vec<String>> {
    match command {
        [program, rest @ ..] if program == "specfuse" => Some(rest.to_vec()),
        [cargo, run, rest @ ..] if cargo == "cargo" && run == "run" => {
            let end = rest.iter().position(|word| word == "--").map_or(rest.len(), |at| at + 1);
            Some(rest[end..].to_vec())
        }
        _ => None,
    }
}

#[test]
fn a_line_is_read_as_a_shell_would() {
    for (line, expected) in [
        ("specfuse run \"a b\" # why", vec![vec!["specfuse", "run", "a b"]]),
        ("echo 'x | y' | specfuse run - > answer.txt", vec![vec!["echo", "x | y"], vec!["specfuse", "run", "-"]]),
        ("cd files && ls", vec![vec!["cd", "files"], vec!["ls"]]),
        ("specfuse --model h#m", vec![vec!["specfuse", "--model", "h#m"]]),
        ("# nothing", vec![]),
    ] {
        assert_eq!(commands(line), expected, "{line}");
    }
    let words = |line: &str| arguments(&commands(line)[0]);
    assert_eq!(words("cargo run --release -- demo").unwrap(), ["demo"]);
    assert_eq!(words("cargo run --release").unwrap(), Vec::<String>::new());
    assert_eq!(words("cargo test"), None);
}
