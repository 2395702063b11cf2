//! Finds the end vote in a stream of characters, wherever its pieces were cut.

/// What a model that finds the answer complete is told to output.
pub(super) const SENTINEL: &str = "<END>";

/// Holds back what may be the start of the end vote.
#[derive(Debug, Clone, Default)]
pub(super) struct Sentinel {
    /// Bytes of it that the stream ends with. All of its characters take one.
    matched: usize,
}

impl Sentinel {
    /// Takes a character and returns those that are text for certain. After the end vote nothing is.
    pub(super) fn push(&mut self, c: char) -> impl Iterator<Item = char> + use<> {
        let mut text = ("", None);
        if !self.found() {
            if SENTINEL.get(self.matched..).is_some_and(|rest| rest.starts_with(c)) {
                self.matched += 1;
            } else {
                // Only its first character starts it again.
                let begins = SENTINEL.starts_with(c);
                text = (SENTINEL.get(..self.matched).unwrap_or_default(), (!begins).then_some(c));
                self.matched = usize::from(begins);
            }
        }
        text.0.chars().chain(text.1)
    }

    /// The stream has ended: a mere start was text.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = char> + use<> {
        let begun = if self.found() { "" } else { SENTINEL.get(..std::mem::take(&mut self.matched)).unwrap_or_default() };
        begun.chars()
    }

    pub(super) fn found(&self) -> bool {
        self.matched == SENTINEL.len()
    }
}
