//! Checks a template's tokens before anything recurses over them.
//!
//! Owns the limits on the size of a template, the length of a tag and the nesting of blocks, and adds a call of [`SETTLED`] after
//! every tag that gives a value a name. The tokens are the engine's own, so that both always see the same tags. Real templates of
//! today have up to 20 KB, some 5,000 tokens, 150 in a tag, and nest 10 blocks with 10 branches.

use minijinja::machinery::{Span, Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::TemplateError;

/// The function that every named value goes through. No template may use its name.
pub(super) const SETTLED: &str = "specfuse_settled";

/// Bytes of a template. Fewer than 65,535, the limit of the engine's column counter.
pub(super) const BYTES: usize = 60_000;

/// Tokens of a template.
const TOKENS: usize = 30_000;

/// Tokens of one tag: these bound how deeply its expression can nest.
const TAG: usize = 512;

/// Nested blocks and branches: in a chain of `elif`, each is inside the one before.
const OPEN: usize = 256;

/// How many times `*` may repeat a value, and how many `*` a tag may have on something that could be a list.
const REPEATS: u64 = 64;

/// The template with every named value settled; see [`super::settle`].
pub(super) fn bounded(source: &str, syntax: &SyntaxConfig) -> Result<String, TemplateError> {
    if source.len() > BYTES {
        return Err(TemplateError::TooLarge { bytes: source.len(), limit: BYTES });
    }
    let mut guard = Scan { source, bounded: String::with_capacity(source.len() * 2), copied: 0, open: Vec::new() };
    let mut tag: Vec<Token<'_>> = Vec::new();
    for (count, token) in tokenize(source, false, syntax.clone()).enumerate() {
        let (token, span) = token?;
        if count >= TOKENS {
            return Err(refused(span, format!("more than {TOKENS} tokens in all")));
        }
        match token {
            Token::TemplateData(_) => {}
            Token::BlockStart | Token::VariableStart => tag.clear(),
            Token::VariableEnd => check(&tag).map_err(|problem| refused(span, problem))?,
            Token::BlockEnd => {
                check(&tag).map_err(|problem| refused(span, problem))?;
                let names = guard.block(&tag).map_err(|problem| refused(span, problem))?;
                guard.settle(names, span);
            }
            _ if tag.len() >= TAG => return Err(refused(span, format!("a tag of more than {TAG} tokens"))),
            token => tag.push(token),
        }
    }
    let rest = source.get(guard.copied..).unwrap_or_default();
    Ok(guard.bounded + rest)
}

fn refused(span: Span, problem: String) -> TemplateError {
    TemplateError::Refused { line: usize::from(span.start_line), problem }
}

/// Rejects what a tag must not contain.
fn check(tag: &[Token<'_>]) -> Result<(), String> {
    let mut repeats = 0;
    for (place, token) in tag.iter().enumerate() {
        match token {
            Token::Ident(name) if *name == SETTLED => return Err(format!("the name {SETTLED} is taken")),
            Token::Pow => return Err("`**` is not supported".to_owned()),
            Token::Mul => {
                let before = place.checked_sub(1).and_then(|place| tag.get(place));
                repeats += match (before, tag.get(place + 1)) {
                    // The engine counts the size of a repeated text.
                    (Some(Token::Str(_) | Token::String(_)), Some(_)) => 0,
                    (Some(Token::Ident(_) | Token::Int(_)), Some(Token::Int(number))) if *number <= REPEATS => 1,
                    (Some(Token::Int(number)), Some(Token::Ident(_))) if *number <= REPEATS => 1,
                    _ => return Err(format!("`*` needs a text before it, or a number up to {REPEATS} beside it")),
                };
                if repeats > 1 {
                    return Err("more than one `*` in a tag".to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A block that has not ended.
struct Open<'a> {
    keyword: &'a str,
    /// Nested branches.
    branches: usize,
    /// The names that get a value at its end.
    names: Vec<String>,
}

struct Scan<'a> {
    source: &'a str,
    bounded: String,
    /// Bytes of the source copied to `bounded`.
    copied: usize,
    open: Vec<Open<'a>>,
}

/// The names that a tag gives values to; `None` if it gives none.
type Names = Option<Vec<String>>;

impl<'a> Scan<'a> {
    /// Takes a tag `{% … %}` into account.
    fn block(&mut self, tag: &[Token<'a>]) -> Result<Names, String> {
        let Some((Token::Ident(keyword), rest)) = tag.split_first() else { return Ok(None) };
        let mut names = None;
        match *keyword {
            "for" => {
                let target = rest.iter().take_while(|token| !matches!(token, Token::Ident("in")));
                names = Some(identifiers(target));
            }
            "macro" => names = Some(parameters(rest.get(1..).unwrap_or_default())?),
            "call" if matches!(rest, [Token::ParenOpen, ..]) => names = Some(parameters(rest)?),
            "with" => names = Some(with(rest)?),
            "set" => {
                let target = targets(rest.iter().take_while(|token| !matches!(token, Token::Assign | Token::Pipe)));
                if assigns(rest) {
                    return Ok(Some(target));
                }
                return self.opened(keyword, target).map(|()| None);
            }
            "if" | "call" | "filter" | "autoescape" => {}
            "elif" => {
                if let Some(open) = self.open.last_mut() {
                    open.branches += 1;
                }
                return self.limited().map(|()| None);
            }
            _ if keyword.starts_with("end") => {
                let ended = self.open.pop().filter(|open| open.keyword == "set");
                return Ok(ended.map(|open| open.names));
            }
            _ => return Ok(None),
        }
        self.opened(keyword, Vec::new())?;
        Ok(names)
    }

    fn opened(&mut self, keyword: &'a str, names: Vec<String>) -> Result<(), String> {
        self.open.push(Open { keyword, branches: 1, names });
        self.limited()
    }

    fn limited(&self) -> Result<(), String> {
        let inside: usize = self.open.iter().map(|open| open.branches).sum();
        if inside > OPEN { Err(format!("more than {OPEN} blocks and branches inside each other")) } else { Ok(()) }
    }

    /// Adds the call that settles the names after the tag that ends at `span`. It trims what follows as the tag itself does.
    fn settle(&mut self, names: Names, span: Span) {
        let Some(names) = names else { return };
        let end = span.end_offset as usize;
        self.bounded.push_str(self.source.get(self.copied..end).unwrap_or_default());
        self.copied = end;
        let trim = match self.source.get(..end).and_then(|text| text.strip_suffix("%}")) {
            Some(text) if text.ends_with('-') => "-",
            Some(text) if text.ends_with('+') => "+",
            _ => "",
        };
        // A tag without names can still be a loop, which is stopped when time is up.
        let names = if names.is_empty() { vec![String::new()] } else { names };
        for (place, name) in names.iter().enumerate() {
            let trim = if place + 1 == names.len() { trim } else { "" };
            let call = match (name.is_empty(), name.contains('.')) {
                (true, _) => format!("do {SETTLED}(none)"),
                (false, true) => format!("set {name} = {SETTLED}({name}, true)"),
                (false, false) => format!("set {name} = {SETTLED}({name})"),
            };
            self.bounded.extend(["{% ", &call, " ", trim, "%}"]);
        }
    }
}

/// Whether a `set` tag gives a value, and is not the start of a block.
fn assigns(tag: &[Token<'_>]) -> bool {
    tag.iter().find(|token| matches!(token, Token::Assign | Token::Pipe)).is_some_and(|token| matches!(token, Token::Assign))
}

/// The names in a target such as `(a, b), c`.
fn identifiers<'t, 'a: 't>(target: impl Iterator<Item = &'t Token<'a>>) -> Vec<String> {
    let name = |token: &Token<'a>| if let Token::Ident(name) = token { Some((*name).to_owned()) } else { None };
    target.filter_map(name).collect()
}

/// The names in a target such as `a, b.c`.
fn targets<'t, 'a: 't>(target: impl Iterator<Item = &'t Token<'a>>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut continues = false;
    for token in target {
        match token {
            Token::Dot => continues = true,
            Token::Ident(name) => match names.last_mut().filter(|_| continues) {
                Some(last) => {
                    last.extend([".", name]);
                    continues = false;
                }
                None => names.push((*name).to_owned()),
            },
            _ => continues = false,
        }
    }
    names
}

/// The names in `(a, b=1)`. A default must be plain: the next one could double it within one tag.
fn parameters(tag: &[Token<'_>]) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut default = false;
    for token in tag {
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => depth += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            Token::Comma if depth == 1 => default = false,
            Token::Assign if depth == 1 => default = true,
            Token::Ident("true" | "True" | "false" | "False" | "none" | "None") => {}
            Token::Ident(name) if default => {
                return Err(format!("the default of a parameter uses {name}: only plain values may stand there"));
            }
            Token::Ident(name) => names.push((*name).to_owned()),
            _ => {}
        }
    }
    Ok(names)
}

/// The name in `with a = …`; only one, because the next could double it within the tag.
fn with(tag: &[Token<'_>]) -> Result<Vec<String>, String> {
    let mut depth = 0_usize;
    let mut assigned = 0;
    for token in tag {
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => depth += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => depth = depth.saturating_sub(1),
            Token::Assign if depth == 0 => assigned += 1,
            _ => {}
        }
    }
    if assigned > 1 {
        return Err("more than one value in a `with`".to_owned());
    }
    Ok(identifiers(tag.iter().take_while(|token| !matches!(token, Token::Assign))))
}
