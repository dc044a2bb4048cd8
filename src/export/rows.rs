//! Cutting CSV text into rows without parsing their fields.
//!
//! A row ends at a line end that is not inside quotes. The first row names the columns and is
//! passed over here; see [`super::head`].

use memchr::{memchr, memchr2};

use super::split::{Fault, Pieces, Refused, Slice, Split};

/// The size from which a row is not read, in bytes.
pub const ROW_LIMIT: usize = 1 << 20;

/// The splitter of CSV text.
#[derive(Debug)]
pub struct RowSplitter {
    line: u32,
    header: bool,
    skipping: bool,
    quotes: Quotes,
    resume: usize,
    begun: bool,
    /// Where the row that is being skipped began.
    lost_at: (u32, u64),
}

impl Default for RowSplitter {
    fn default() -> Self {
        let quotes = Quotes::default();
        Self { line: 1, header: true, skipping: false, quotes, resume: 0, begun: false, lost_at: (0, 0) }
    }
}

/// Whether a position is inside quotes, which open only at the start of a field.
#[derive(Debug, Clone, Copy)]
struct Quotes {
    inside: bool,
    field_start: bool,
    just_closed: bool,
    lines: u32,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { inside: false, field_start: true, just_closed: false, lines: 0 }
    }
}

impl Quotes {
    /// The line end that ends the row, at or after `at`.
    fn row_end(&mut self, text: &[u8], mut at: usize) -> Option<usize> {
        if !self.inside && self.field_start {
            // Most rows have no quotes at all.
            let rest = text.get(at..)?;
            if let Some(found) = memchr2(b'\n', b'"', rest)
                && rest.get(found) == Some(&b'\n')
            {
                return Some(at + found);
            }
        }
        while let Some(byte) = text.get(at) {
            match byte {
                b'"' if self.inside => {
                    self.inside = false;
                    self.just_closed = true;
                    at += 1;
                    continue;
                }
                b'"' if self.field_start || self.just_closed => self.inside = true,
                b'\n' if !self.inside => return Some(at),
                b'\n' => self.lines += 1,
                _ if self.inside => {
                    at += memchr2(b'"', b'\n', text.get(at..)?).unwrap_or(text.len() - at);
                    continue;
                }
                _ => {}
            }
            self.field_start = *byte == b',' && !self.inside;
            self.just_closed = false;
            at += 1;
        }
        None
    }
}

impl RowSplitter {
    fn row(&mut self, window: &[u8], base: u64, start: usize, end: usize, out: &mut Pieces) {
        let lines = self.quotes.lines + 1;
        self.quotes = Quotes::default();
        let (index, offset) = if self.skipping { self.lost_at } else { (self.line, base + start as u64) };
        self.line = self.line.saturating_add(lines);
        let text = window.get(start..end).unwrap_or(&[]);
        let blank = !self.skipping && text.iter().all(u8::is_ascii_whitespace);
        if blank {
            return;
        }
        self.begun = true;
        let lost = std::mem::take(&mut self.skipping) || text.len() > ROW_LIMIT;
        if std::mem::take(&mut self.header) {
            return;
        }
        if lost {
            out.refused.push(Refused { list: Some(0), index, document: 0, offset, why: Fault::TooLarge });
        } else {
            out.records.push(Slice { list: 0, index, document: 0, start, end, offset });
        }
    }
}

impl Split for RowSplitter {
    fn feed(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize {
        let mut start = 0;
        let mut at = self.resume;
        while let Some(end) = self.quotes.row_end(window, at) {
            self.row(window, base, start, end, out);
            start = end + 1;
            at = start;
        }
        self.resume = 0;
        if last {
            if self.quotes.inside {
                let at = base + window.len() as u64;
                let offset = base + start as u64;
                let why = Fault::Truncated(at);
                out.refused.push(Refused { list: Some(0), index: self.line, document: 0, offset, why });
            } else if start < window.len() || self.skipping {
                self.row(window, base, start, window.len(), out);
            }
            return window.len();
        }
        if window.len() - start > ROW_LIMIT && !self.skipping {
            self.skipping = true;
            self.lost_at = (self.line, base + start as u64);
        }
        if self.skipping {
            return window.len();
        }
        self.resume = window.len() - start;
        start
    }

    fn documents(&self) -> u32 {
        u32::from(self.begun)
    }
}

/// The fields of one row.
///
/// # Errors
/// When a field is not UTF-8, in words.
pub fn fields(row: &[u8]) -> Result<Vec<String>, String> {
    let quoted = memchr(b'"', row).is_some();
    let text = std::str::from_utf8(row).map_err(|error| format!("byte {} of it is not UTF-8", error.valid_up_to()))?;
    if !quoted {
        return Ok(text.trim_end_matches('\r').split(',').map(str::to_owned).collect());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(str::to_owned).collect()),
        Err(_) => Err("its fields cannot be told apart".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, window: usize) -> Vec<(u32, String)> {
        let mut splitter = RowSplitter::default();
        let (mut carry, mut base, mut found) = (Vec::new(), 0, Vec::new());
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            let end = (at + window).min(bytes.len());
            carry.extend_from_slice(&bytes[at..end]);
            at = end;
            let last = at == bytes.len();
            let mut out = Pieces::default();
            let keep = splitter.feed(&carry, base, last, &mut out);
            for row in out.records {
                assert_eq!(
                    &bytes[usize::try_from(row.offset).unwrap()..][..row.end - row.start],
                    &carry[row.start..row.end]
                );
                found.push((row.index, String::from_utf8(carry[row.start..row.end].to_vec()).unwrap()));
            }
            carry.drain(..keep);
            base += keep as u64;
            if last {
                return found;
            }
        }
    }

    #[test]
    fn rows_end_outside_of_quotes() {
        let text = "a,b\n1,\"x\ny\"\r\n\n3,say \"hi\"\n\"\"\"q\"\",\",5\n6,7";
        for window in [1, 2, 3, 5, 100] {
            let found = rows(text, window);
            let lines: Vec<u32> = found.iter().map(|row| row.0).collect();
            assert_eq!(lines, [2, 5, 6, 7], "{window}");
            assert_eq!(fields(found[0].1.as_bytes()).unwrap(), ["1", "x\ny"]);
            assert_eq!(fields(found[2].1.as_bytes()).unwrap(), ["\"q\",", "5"]);
        }
    }
}
