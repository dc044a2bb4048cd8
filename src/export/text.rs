//! A file as UTF-8 text, read in pieces: byte-order marks removed, UTF-16 transcoded, the digest
//! taken over the bytes as they are in the file.
//!
//! Bytes that are not UTF-8 are passed on as they are, so that only the record with them is
//! rejected. Offsets are counted in the text, so behind a byte-order mark.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use crate::base::digest::Digester;

/// How the bytes of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 with a byte-order mark.
    Utf8Mark,
    /// UTF-16, low byte first, known by its mark.
    Utf16Low,
    /// UTF-16, high byte first, known by its mark.
    Utf16High,
}

/// What one [`TextReader::fill`] added.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The new text.
    pub fresh: Range<usize>,
    /// True if the new text is byte for byte what the file has, and not yet in the digest.
    pub undigested: bool,
    /// True if there is no more.
    pub end: bool,
}

/// Reads text and the digest of its bytes.
pub struct TextReader<R> {
    inner: R,
    encoding: Option<Encoding>,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    digest: Digester,
    bytes: u64,
    replaced: bool,
}

impl<R: Read> TextReader<R> {
    /// A reader of the bytes of `inner`.
    pub fn new(inner: R) -> Self {
        let digest = Digester::default();
        Self { inner, encoding: None, decoder: None, raw: Vec::new(), digest, bytes: 0, replaced: false }
    }

    /// Adds at most about `want` bytes of text to `out`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn fill(&mut self, out: &mut Vec<u8>, want: usize) -> io::Result<Filled> {
        let start = out.len();
        let mut undigested = true;
        if self.encoding.is_none() {
            self.begin(out)?;
        }
        let end = if let Some(decoder) = &mut self.decoder {
            undigested = false;
            let read = (&mut self.inner).take(want as u64).read_to_end(&mut self.raw)?;
            let fresh = self.raw.get(self.raw.len() - read..).unwrap_or(&[]);
            self.digest.update(fresh);
            self.bytes += read as u64;
            self.replaced |= decode(decoder, &self.raw, out, read < want);
            self.raw.clear();
            read < want
        } else {
            let read = (&mut self.inner).take(want as u64).read_to_end(out)?;
            self.bytes += read as u64;
            read < want
        };
        Ok(Filled { fresh: start..out.len(), undigested, end })
    }

    /// Reads the first bytes, to see how the rest is to be read.
    fn begin(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut first = Vec::with_capacity(3);
        (&mut self.inner).take(3).read_to_end(&mut first)?;
        self.bytes += first.len() as u64;
        self.encoding = Some(match first.as_slice() {
            [0xEF, 0xBB, 0xBF] => {
                self.digest.update(&first);
                Encoding::Utf8Mark
            }
            [0xFF, 0xFE, rest @ ..] => {
                self.decoder = Some(UTF_16LE.new_decoder_without_bom_handling());
                self.raw.extend_from_slice(rest);
                self.digest.update(&first);
                Encoding::Utf16Low
            }
            [0xFE, 0xFF, rest @ ..] => {
                self.decoder = Some(UTF_16BE.new_decoder_without_bom_handling());
                self.raw.extend_from_slice(rest);
                self.digest.update(&first);
                Encoding::Utf16High
            }
            _ => {
                out.extend_from_slice(&first);
                Encoding::Utf8
            }
        });
        Ok(())
    }

    /// Adds text that [`Filled::undigested`] speaks of to the digest.
    pub fn digest(&mut self, raw: &[u8]) {
        self.digest.update(raw);
    }

    /// How the file is encoded; UTF-8 until the first byte was read.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// True if something in the file was not UTF-16 and was replaced by `U+FFFD`.
    #[must_use]
    pub fn replaced(&self) -> bool {
        self.replaced
    }

    /// The digest of all bytes, in hexadecimal, and their number.
    #[must_use]
    pub fn finish(self) -> (String, u64) {
        (self.digest.finish(), self.bytes)
    }
}

/// Decodes `raw` onto `out`; true if something had to be replaced.
fn decode(decoder: &mut Decoder, raw: &[u8], out: &mut Vec<u8>, last: bool) -> bool {
    let (mut from, mut replaced) = (0, false);
    loop {
        let rest = raw.get(from..).unwrap_or(&[]);
        let at = out.len();
        out.resize(at + rest.len() / 2 * 3 + 16, 0);
        let space = out.get_mut(at..).unwrap_or_default();
        let (result, read, written, bad) = decoder.decode_to_utf8(rest, space, last);
        out.truncate(at + written);
        from += read;
        replaced |= bad;
        if result == CoderResult::InputEmpty {
            return replaced;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::sha256;

    fn all(bytes: &[u8], want: usize) -> (String, Encoding, String, u64) {
        let mut reader = TextReader::new(bytes);
        let mut out = Vec::new();
        loop {
            let filled = reader.fill(&mut out, want).unwrap();
            if filled.undigested {
                let fresh = out.get(filled.fresh).unwrap().to_vec();
                reader.digest(&fresh);
            }
            if filled.end {
                break;
            }
        }
        let encoding = reader.encoding();
        let (digest, count) = reader.finish();
        (String::from_utf8(out).unwrap(), encoding, digest, count)
    }

    #[test]
    fn marks_and_sixteen_bits() {
        let text = "aé€😀b\n";
        let low: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let high: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let mark = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
        for want in [1, 2, 3, 7, 1000] {
            for (bytes, encoding) in [
                (text.as_bytes(), Encoding::Utf8),
                (&mark, Encoding::Utf8Mark),
                (&low, Encoding::Utf16Low),
                (&high, Encoding::Utf16High),
            ] {
                assert_eq!(all(bytes, want), (text.to_owned(), encoding, sha256(bytes), bytes.len() as u64));
            }
        }
        assert_eq!(all(b"", 10).0, "");
    }
}
