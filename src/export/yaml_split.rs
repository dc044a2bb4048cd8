//! Cutting YAML text into documents at lines of `---`, without reading what stands in them.

use super::split::{Fault, Pieces, RECORD_LIMIT, Refused, Slice, Split};
use super::yaml::DOCUMENT_LIMIT;

/// The splitter of YAML text: a record for each document that is not blank.
#[derive(Debug, Default)]
pub struct YamlSplitter {
    /// The document's first byte in the window, its offset in the text, and its line, from 1.
    start: usize,
    offset: u64,
    first_line: u32,
    /// From where in the next window to go on, and the line there.
    resume: usize,
    line: u32,
    documents: u32,
    /// Whether the document has a line that is neither blank, a comment nor a directive.
    filled: bool,
    lost: bool,
}

impl YamlSplitter {
    fn end(&mut self, end: usize, out: &mut Pieces) {
        let filled = std::mem::take(&mut self.filled);
        let lost = std::mem::take(&mut self.lost);
        if !filled && !lost {
            return;
        }
        self.documents = self.documents.saturating_add(1);
        let (document, index, offset) = (self.documents - 1, self.first_line, self.offset);
        if lost || end.saturating_sub(self.start) > DOCUMENT_LIMIT {
            out.refused.push(Refused { list: Some(0), index, document, offset, why: Fault::DocumentTooLarge });
        } else {
            out.records.push(Slice { list: 0, index, document, start: self.start, end, offset });
        }
    }
}

impl Split for YamlSplitter {
    fn feed(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize {
        let mut at = self.resume;
        if base == 0 && at == 0 {
            (self.line, self.first_line) = (1, 1);
        }
        loop {
            let rest = window.get(at..).unwrap_or(&[]);
            let end = match memchr::memchr(b'\n', rest) {
                Some(end) => at + end + 1,
                None if last => window.len(),
                None => break,
            };
            let line = window.get(at..end).unwrap_or(&[]);
            if marks_document(line) {
                self.end(at, out);
                (self.start, self.offset, self.first_line) = (at, base + at as u64, self.line);
            }
            let bare = line.trim_ascii();
            let marker = matches!(bare, b"---" | b"...");
            self.filled |= !(bare.is_empty() || marker || bare.starts_with(b"#") || line.starts_with(b"%"));
            if end == at {
                break;
            }
            self.line = self.line.saturating_add(1);
            at = end;
        }
        if last {
            self.end(window.len(), out);
            return window.len();
        }
        self.lost |= window.len().saturating_sub(self.start) > DOCUMENT_LIMIT;
        let keep = if self.lost { at.min(window.len()) } else { self.start };
        // A line that does not end is not waited for without end either.
        let keep = if self.lost && window.len() - keep > RECORD_LIMIT { window.len() } else { keep };
        self.resume = at.max(keep) - keep;
        self.start = self.start.max(keep) - keep;
        keep
    }

    fn documents(&self) -> u32 {
        self.documents
    }
}

/// True for a line that begins a document, whatever it stands in.
fn marks_document(line: &[u8]) -> bool {
    line.strip_prefix(b"---").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}
