//! Decodes the bytes of tokens to text: a character may take several tokens.

/// Assembles the bytes of tokens into whole characters.
#[derive(Debug, Default)]
pub(in crate::engine::member) struct Decoder {
    pending: Vec<u8>,
}

impl Decoder {
    /// Whether there is no unfinished character.
    pub(in crate::engine::member) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes the bytes of one token and returns the text that is now complete.
    pub(in crate::engine::member) fn take(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut used = 0;
        for chunk in self.pending.utf8_chunks() {
            text.push_str(chunk.valid());
            used += chunk.valid().len();
            let broken = chunk.invalid();
            // A broken end may still become a character; anything broken before that cannot.
            let unfinished = used + broken.len() == self.pending.len()
                && std::str::from_utf8(broken).is_err_and(|error| error.error_len().is_none());
            if broken.is_empty() || unfinished {
                break;
            }
            text.push(char::REPLACEMENT_CHARACTER);
            used += broken.len();
        }
        self.pending.drain(..used);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_come_whole_and_broken_bytes_are_replaced() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.take(&[0xf0, 0x9f]), "");
        assert_eq!(decoder.take(&[0x98, 0x80, b'a']), "😀a");
        assert_eq!(decoder.take(&[0xc3]), "");
        assert_eq!(decoder.take(b"b"), "\u{fffd}b");
        assert_eq!(decoder.take(&[0xff, 0xc3]), "\u{fffd}");
        assert_eq!(decoder.take(&[0xa9]), "é");
    }
}
