//! Removes the text to be continued from the start of a reply: some servers repeat a prefill, and the same server often does so
//! in whole replies but not in streamed ones.

/// Removes an exact prefix from a streamed reply.
#[derive(Debug, Clone)]
pub struct PrefixStripper {
    prefix: String,
    /// Bytes of the prefix that the reply has matched; `None` once that is decided.
    matched: Option<usize>,
}

impl PrefixStripper {
    /// For a reply that continues this text, as it was sent.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), matched: (!prefix.is_empty()).then_some(0) }
    }

    /// Takes the next piece of the reply and returns the text that is certain by now.
    pub fn feed(&mut self, piece: &str) -> String {
        let Some(matched) = self.matched else { return piece.to_owned() };
        let expected = self.prefix.get(matched..).unwrap_or_default();
        let common: usize = expected.chars().zip(piece.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        let rest = piece.get(common..).unwrap_or_default();
        if common == expected.len() {
            self.matched = None;
            rest.to_owned()
        } else if rest.is_empty() {
            self.matched = Some(matched + common);
            String::new()
        } else {
            self.matched = None;
            let begun = self.prefix.get(..matched + common).unwrap_or_default();
            format!("{begun}{rest}")
        }
    }

    /// Ends the reply: an incomplete prefix was text after all.
    #[must_use]
    pub fn finish(self) -> String {
        self.matched.and_then(|matched| self.prefix.get(..matched)).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strip(prefix: &str, pieces: &[&str]) -> String {
        let mut stripper = PrefixStripper::new(prefix);
        let fed: String = pieces.iter().map(|piece| stripper.feed(piece)).collect();
        fed + &stripper.finish()
    }

    #[test]
    fn only_the_whole_prefix_goes_and_only_once() {
        assert_eq!(strip("A, B,", &["A, B, C"]), " C");
        assert_eq!(strip("A, B,", &["A, ", "B", ", A, B,"]), " A, B,");
        assert_eq!(strip("A, B,", &[" A, B, C"]), " A, B, C");
        assert_eq!(strip("A, B,", &["A, B"]), "A, B");
        assert_eq!(strip("A, B,", &["A, B,"]), "");
        assert_eq!(strip("", &["", "x"]), "x");
    }

    proptest! {
        #[test]
        fn any_pieces_give_the_same(
            prefix in "[aé ]{0,4}", echoes in any::<bool>(), rest in "[aé ]{0,6}", cuts in prop::collection::vec(0..12_usize, 0..4)
        ) {
            let reply = if echoes { format!("{prefix}{rest}") } else { rest };
            let pieces = super::super::tests::pieces(&reply, &cuts);
            let whole = strip(&prefix, &[&reply]);
            prop_assert_eq!(strip(&prefix, &pieces), whole.clone());
            prop_assert_eq!(whole, reply.strip_prefix(&prefix).unwrap_or(&reply));
        }
    }
}
