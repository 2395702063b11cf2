//! Splits bytes into lines, however they arrived.
//!
//! Owns line ends (LF, CR LF, a lone CR, as server-sent events allow them), the byte order mark, and the limit on a line. A line
//! is returned as soon as its end has arrived; characters are decoded only in whole lines, so a split inside one does not matter.

/// Marks UTF-8 at the start of a stream, and is not part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Collects bytes and returns lines.
#[derive(Debug)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Where the next line starts.
    start: usize,
    /// There is no line end before this.
    scanned: usize,
    limit: usize,
    /// The last line ended with CR: an LF directly after it belongs to that end.
    after_return: bool,
    first: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, scanned: 0, limit, after_return: false, first: true }
    }

    /// Adds received bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.scanned -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    pub(super) fn take(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        if self.after_return && self.start < self.buffer.len() {
            self.after_return = false;
            if self.buffer.get(self.start) == Some(&b'\n') {
                self.start += 1;
            }
        }
        self.scanned = self.scanned.max(self.start);
        let unseen = self.buffer.get(self.scanned..).unwrap_or_default();
        let Some(distance) = unseen.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.scanned = self.buffer.len();
            return if self.scanned - self.start > self.limit { Err(TooLong) } else { Ok(None) };
        };
        let end = self.scanned + distance;
        if end - self.start > self.limit {
            return Err(TooLong);
        }
        self.after_return = self.buffer.get(end) == Some(&b'\r');
        let line = self.buffer.get(self.start..end).unwrap_or_default().to_vec();
        self.start = end + 1;
        self.scanned = self.start;
        Ok(Some(self.unmarked(line)))
    }

    /// The bytes of an unfinished line.
    pub(super) fn unfinished(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Takes the bytes of a line that will not be completed.
    pub(super) fn take_unfinished(&mut self) -> Option<Vec<u8>> {
        let rest = self.unfinished().to_vec();
        self.start = self.buffer.len();
        self.scanned = self.start;
        (!rest.is_empty()).then(|| self.unmarked(rest))
    }

    fn unmarked(&mut self, line: Vec<u8>) -> Vec<u8> {
        let first = std::mem::take(&mut self.first);
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if first => rest.to_vec(),
            Some(_) | None => line,
        }
    }
}
