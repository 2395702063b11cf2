//! Words in text of any script: what they are, and whether the last one of an unfinished text is whole.
//!
//! Owns the classes of grapheme clusters and the division of text into words. It never looks at tokens; the parent module decides
//! where a segment ends.

use unicode_segmentation::UnicodeSegmentation;

/// How a grapheme cluster affects the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space within a line.
    Space,
    /// A line break.
    Break,
    /// A cluster of a script without spaces that arrives complete: Han, kana, Bopomofo.
    Unspaced,
    /// A cluster of a script without spaces that often takes marks: Thai, Lao, Khmer, Myanmar, half-width kana.
    Growing,
    /// An opening bracket or quotation mark.
    Opener,
    /// A full-width opener: a word may start with it without a space before it.
    WideOpener,
    /// Punctuation that closes a word.
    Closer,
    /// A full-width closer: a new word may start after it without a space.
    WideCloser,
    /// Anything else: letters, digits, hyphens, symbols, emoji.
    Plain,
}

/// One grapheme cluster of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cluster<'a> {
    /// Its first byte.
    pub start: usize,
    pub text: &'a str,
    pub kind: Kind,
}

/// One word: a run without white space, or a single cluster of a script without spaces, with the punctuation around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Its first byte.
    pub start: usize,
    /// The end of its last byte.
    pub end: usize,
    /// The end of the line breaks that follow it (with the spaces between them), or `end` if there are none. Cutting here keeps
    /// line breaks with what they close and leaves plain spaces to the next word, where tokenizers put them.
    pub settled: usize,
}

/// What may still be added to the word being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepts {
    /// Anything except white space, full-width openers and scripts without spaces.
    Anything,
    /// The same, and a cluster of a script without spaces: so far it is only opening punctuation.
    Opened,
    /// Closing punctuation only: it is complete.
    Closers,
}

impl Cluster<'_> {
    /// The end of its last byte.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Its character, if it is a single one.
    pub(super) fn single(&self) -> Option<char> {
        let mut chars = self.text.chars();
        chars.next().filter(|_| chars.next().is_none())
    }
}

/// The grapheme clusters of a text, in order.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = Cluster<'_>> {
    // In ASCII every character is a cluster, except CR LF. This runs for every token of a draft by sentences.
    let ascii = text.is_ascii() && !text.contains('\r');
    let single = ascii.then(|| (0..text.len()).map(|start| (start, &text[start..=start])));
    let any = (!ascii).then(|| text.grapheme_indices(true));
    let pieces = single.into_iter().flatten().chain(any.into_iter().flatten());
    pieces.map(|(start, text)| Cluster { start, text, kind: kind(text) })
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // `None` between words.
    let mut accepts: Option<Accepts> = None;
    for cluster in clusters(text) {
        let end = cluster.end();
        let (joins, next) = match cluster.kind {
            Kind::Space => {
                accepts = None;
                continue;
            }
            Kind::Break => {
                accepts = None;
                if let Some(word) = words.last_mut() {
                    word.settled = end;
                }
                continue;
            }
            Kind::Unspaced | Kind::Growing => (accepts == Some(Accepts::Opened), Accepts::Closers),
            Kind::WideOpener => (accepts == Some(Accepts::Opened), Accepts::Opened),
            Kind::Opener => match accepts {
                None | Some(Accepts::Closers) => (false, Accepts::Opened),
                Some(state) => (true, state),
            },
            Kind::Closer => match accepts {
                // A straight quotation mark before a word opens it.
                None => (false, if is_straight_quote(cluster.text) { Accepts::Opened } else { Accepts::Anything }),
                Some(Accepts::Closers) => (true, Accepts::Closers),
                Some(Accepts::Anything | Accepts::Opened) => (true, Accepts::Anything),
            },
            Kind::WideCloser => (accepts.is_some(), Accepts::Closers),
            Kind::Plain => (matches!(accepts, Some(Accepts::Anything | Accepts::Opened)), Accepts::Anything),
        };
        accepts = Some(next);
        match words.last_mut() {
            Some(word) if joins => {
                word.end = end;
                word.settled = end;
            }
            _ => words.push(Word { start: cluster.start, end, settled: end }),
        }
    }
    words
}

/// The last position at which an unfinished text may be cut without splitting a word; its length if there is none. What is kept
/// contains at least one word if the text does.
pub(super) fn last_boundary(text: &str) -> usize {
    match words(text).as_slice() {
        [] => clusters(text).filter(|cluster| cluster.kind == Kind::Break).last().map_or(text.len(), |cluster| cluster.end()),
        [.., last] if last.end < text.len() => last.settled,
        [.., last] if is_whole(&text[last.start..last.end]) => last.end,
        [.., before, _] => before.settled,
        [_] => text.len(),
    }
}

/// Whether a word at the end of an unfinished text is certain to be whole, so that further text would start another word.
fn is_whole(word: &str) -> bool {
    // Markdown emphasis after closing punctuation closes too.
    let word = word.trim_end_matches(['*', '_', '`']);
    let Some(last) = clusters(word).last() else { return false };
    let before = word[..last.start].chars().next_back();
    match last.kind {
        Kind::Unspaced | Kind::WideCloser => true,
        Kind::Closer => match last.single() {
            // "3." may become "3.14", "U." may become "U.S.", a lone "." may become ".5".
            Some('.') => before.is_some_and(|c| !c.is_numeric()) && !is_lone_letter(&word[..last.start]),
            // "1," may become "1,000", "12:" may become "12:30".
            Some(',' | ':') => !before.is_some_and(char::is_numeric),
            // "don'" may become "don't"; a quotation mark with only brackets before it opens.
            Some('\'' | '’') => before.is_some_and(|c| !c.is_alphanumeric()) && has_content(&word[..last.start]),
            Some('"') => has_content(&word[..last.start]),
            _ => true,
        },
        Kind::Space | Kind::Break | Kind::Growing | Kind::Opener | Kind::WideOpener | Kind::Plain => false,
    }
}

/// Whether the text ends with a lone letter: an initial ("J"), or the last of a chain ("U.S", "e.g").
pub(super) fn is_lone_letter(text: &str) -> bool {
    let mut chars = text.chars().rev();
    chars.next().is_some_and(char::is_alphabetic) && !chars.next().is_some_and(char::is_alphanumeric)
}

/// Whether a word contains more than opening punctuation and straight quotation marks.
fn has_content(word: &str) -> bool {
    clusters(word).any(|cluster| match cluster.kind {
        Kind::Opener | Kind::WideOpener | Kind::Space | Kind::Break => false,
        Kind::Closer => !is_straight_quote(cluster.text),
        Kind::Unspaced | Kind::Growing | Kind::WideCloser | Kind::Plain => true,
    })
}

fn is_straight_quote(cluster: &str) -> bool {
    matches!(cluster, "\"" | "'")
}

/// Whether a line ends with it.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn kind(cluster: &str) -> Kind {
    let mut chars = cluster.chars();
    let Some(first) = chars.next() else { return Kind::Plain };
    if is_break(first) {
        return Kind::Break;
    }
    // A mark makes a space visible and changes punctuation: only bare ones count.
    let bare = chars.next().is_none();
    match first {
        _ if bare && first.is_whitespace() => Kind::Space,
        '(' | '[' | '{' | '“' | '‘' | '„' | '«' | '‹' | '¿' | '¡' if bare => Kind::Opener,
        '（' | '［' | '｛' | '「' | '『' | '【' | '〔' | '《' | '〈' if bare => Kind::WideOpener,
        '.' | ',' | ';' | ':' | '!' | '?' | '…' | ')' | ']' | '}' | '"' | '\'' | '”' | '’' | '»' | '›' | '؟' | '،' | '؛'
        | '।'
            if bare =>
        {
            Kind::Closer
        }
        '。' | '｡' | '！' | '？' | '、' | '，' | '；' | '：' | '）' | '］' | '｝' | '」' | '』' | '】' | '〕' | '》' | '〉'
            if bare =>
        {
            Kind::WideCloser
        }
        _ if is_growing(first) => Kind::Growing,
        _ if is_unspaced(first) => Kind::Unspaced,
        _ => Kind::Plain,
    }
}

/// Letters that following marks join, in scripts without spaces (Unicode blocks).
fn is_growing(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F // Myanmar
        | 0x1780..=0x17FF // Khmer
        | 0xFF66..=0xFF9F // half-width kana: voicing follows as a separate mark
    )
}

/// Letters of scripts without spaces that arrive complete (Unicode blocks).
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF // radicals
        | 0x3005..=0x3007 | 0x3021..=0x3029 // iteration mark, ideographic numbers
        | 0x3041..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF // kana, Bopomofo
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF // Han
    )
}
