//! Finds the end vote in a stream of characters, however its pieces were split.

/// The output requested from a model that finds the answer complete.
pub(super) const SENTINEL: &str = "<END>";

/// Holds back what may be the start of the end vote.
#[derive(Debug, Clone, Default)]
pub(super) struct Sentinel {
    /// How many bytes of it the stream ends with. All of its characters take one byte.
    matched: usize,
}

impl Sentinel {
    /// Takes a character and returns those that are certain to be text. After the end vote nothing is.
    pub(super) fn push(&mut self, c: char) -> impl Iterator<Item = char> + use<> {
        let mut text = ("", None);
        if !self.found() {
            if SENTINEL.get(self.matched..).is_some_and(|rest| rest.starts_with(c)) {
                self.matched += 1;
            } else {
                // Only its first character can start it again.
                let begins = SENTINEL.starts_with(c);
                text = (SENTINEL.get(..self.matched).unwrap_or_default(), (!begins).then_some(c));
                self.matched = usize::from(begins);
            }
        }
        text.0.chars().chain(text.1)
    }

    /// Ends the stream: an incomplete vote was text.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = char> + use<> {
        let begun = if self.found() { "" } else { SENTINEL.get(..std::mem::take(&mut self.matched)).unwrap_or_default() };
        begun.chars()
    }

    pub(super) fn found(&self) -> bool {
        self.matched == SENTINEL.len()
    }
}
