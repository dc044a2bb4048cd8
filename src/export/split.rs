//! Cutting JSON text into records without parsing them.
//!
//! A record is an element of a list under a given key of a document, or a whole document.
//! Documents may stand back to back in one file, or as the elements of one outer array. The
//! text comes in windows; what is cut off at the end of one comes again at the start of the
//! next.

use super::scan::{Scan, Step, skip_space};

/// The size from which a record is not read, in bytes.
pub const RECORD_LIMIT: usize = 16 << 20;
/// The size from which a small field beside the lists is not kept, in bytes.
const FIELD_LIMIT: usize = 4 << 10;

/// Where the records of a format are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Elements of the arrays under these keys of each document; the other names are small fields to keep.
    Lists(&'static [&'static str], &'static [&'static str]),
    /// Each document is a record.
    Documents,
    /// Each element of an outer array is a record, and each document that is no array.
    Elements,
    /// Each row of a CSV file is a record, the first names the columns.
    Rows,
    /// The whole file is one text, such as TOML.
    Text,
}

/// A record, found and not yet parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Which of the layout's lists it is in; 0 where there are none.
    pub list: u16,
    /// Its position in that list of its document, from 0; for rows the line, from 1.
    pub index: u32,
    /// Which document of the file, from 0.
    pub document: u32,
    /// Its first byte in the window.
    pub start: usize,
    /// The byte after its last in the window.
    pub end: usize,
    /// Its first byte in the text of the file.
    pub offset: u64,
}

/// A record that cannot be read, or the place from which nothing can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Which of the layout's lists it is in, or `None` outside of them.
    pub list: Option<u16>,
    /// Its position in that list.
    pub index: u32,
    /// Which document of the file, from 0.
    pub document: u32,
    /// Its first byte in the text of the file.
    pub offset: u64,
    /// Why.
    pub why: Fault,
}

/// What is wrong with a text, seen without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The record nests deeper than the limit.
    TooDeep,
    /// The record is larger than the limit.
    TooLarge,
    /// A bracket at this byte closes another one; the rest of the file is unread.
    Mismatch(u64),
    /// At this byte stands something that JSON does not allow; the rest of the file is unread.
    Unexpected(u64),
    /// The file ends, at this byte, before the record or the document does.
    Truncated(u64),
}

impl Fault {
    /// True if nothing after it can be read.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::TooDeep | Self::TooLarge)
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::TooDeep => format!("it nests deeper than {} levels", super::scan::DEPTH_LIMIT),
            Self::TooLarge => format!("it is larger than {} MiB", RECORD_LIMIT >> 20),
            Self::Mismatch(at) => {
                format!("a bracket at byte {at} closes another one, and the rest of the file is unread")
            }
            Self::Unexpected(at) => {
                format!("byte {at} is not what JSON allows there, and the rest of the file is unread")
            }
            Self::Truncated(at) => format!("the file ends at byte {at}, in the middle"),
        }
    }
}

/// A small field that stands beside the lists of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which document.
    pub document: u32,
    /// The name, one of the layout's.
    pub name: &'static str,
    /// The value as JSON text.
    pub value: String,
}

/// What was found in one window.
#[derive(Debug, Default)]
pub struct Pieces {
    /// Whole records, in the order of the file.
    pub records: Vec<Slice>,
    /// What cannot be read.
    pub refused: Vec<Refused>,
    /// Small fields.
    pub fields: Vec<Field>,
    /// Values that are neither in a list nor a field to keep.
    pub passed: u64,
}

/// Cuts a text, window by window.
pub trait Split: Send {
    /// Finds what is whole in `window`, whose first byte is byte `base` of the text.
    ///
    /// Returns from where on the window must come again, at the start of the next.
    fn feed(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize;

    /// How many documents were begun.
    fn documents(&self) -> u32;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Between documents.
    Document,
    /// In an outer array of documents: before one, or after one.
    Page,
    PageEnd,
    /// In a document: before a key, after a key, before a value, after a value.
    FirstKey,
    Key,
    Colon,
    Value,
    ValueEnd,
    /// In a list: before an element, after one.
    FirstElement,
    Element,
    ElementEnd,
    /// Nothing more is read.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Key,
    Record(u16),
    Field(&'static str),
    Skip,
}

struct Running {
    scan: Scan,
    purpose: Purpose,
    /// Its first byte in the window, and in the text.
    start: usize,
    offset: u64,
    /// True once its first bytes are gone, because it is too large to keep.
    lost: bool,
}

/// The splitter of JSON text.
pub struct JsonSplitter {
    layout: Layout,
    at: At,
    running: Option<Running>,
    /// From where in the next window to go on.
    resume: usize,
    documents: u32,
    paged: bool,
    key: Purpose,
    /// How many elements of each list the current document had.
    counts: Vec<u32>,
}

impl JsonSplitter {
    /// A splitter for records of this layout.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let lists = if let Layout::Lists(lists, _) = layout { lists.len() } else { 1 };
        Self {
            layout,
            at: At::Document,
            running: None,
            resume: 0,
            documents: 0,
            paged: false,
            key: Purpose::Skip,
            counts: vec![0; lists],
        }
    }

    fn begin(&mut self, purpose: Purpose, start: usize, base: u64) {
        let offset = base + start as u64;
        self.running = Some(Running { scan: Scan::default(), purpose, start, offset, lost: false });
    }

    fn next_index(&mut self, list: u16) -> u32 {
        let Some(count) = self.counts.get_mut(usize::from(list)) else { return 0 };
        let index = *count;
        *count = count.saturating_add(1);
        index
    }

    fn refuse(&mut self, offset: u64, why: Fault, purpose: Purpose, out: &mut Pieces) {
        let document = self.documents.saturating_sub(1);
        let (list, index) = match purpose {
            Purpose::Record(list) => (Some(list), self.next_index(list)),
            _ => (None, 0),
        };
        out.refused.push(Refused { list, index, document, offset, why });
        if why.is_final() {
            self.at = At::Stopped;
            self.running = None;
        }
    }

    /// A value is whole: from `running.start` to `end`.
    fn finish(&mut self, running: &Running, window: &[u8], end: usize, out: &mut Pieces) {
        let length = end.saturating_sub(running.start);
        let document = self.documents.saturating_sub(1);
        match running.purpose {
            Purpose::Record(list) => {
                if running.lost || length > RECORD_LIMIT {
                    self.refuse(running.offset, Fault::TooLarge, running.purpose, out);
                } else if running.scan.too_deep {
                    self.refuse(running.offset, Fault::TooDeep, running.purpose, out);
                } else {
                    let index = self.next_index(list);
                    let (start, offset) = (running.start, running.offset);
                    out.records.push(Slice { list, index, document, start, end, offset });
                }
            }
            Purpose::Key => {
                let text = if running.lost { None } else { window.get(running.start..end) };
                self.key = self.purpose_of(text.unwrap_or(&[]));
            }
            Purpose::Field(name) => {
                let text = window.get(running.start..end).filter(|text| !running.lost && text.len() <= FIELD_LIMIT);
                if let Some(value) = text.and_then(|text| std::str::from_utf8(text).ok()) {
                    out.fields.push(Field { document, name, value: value.to_owned() });
                }
            }
            Purpose::Skip => out.passed += 1,
        }
    }

    fn purpose_of(&self, key: &[u8]) -> Purpose {
        let Layout::Lists(lists, fields) = self.layout else { return Purpose::Skip };
        let Ok(key) = serde_json::from_slice::<String>(key) else { return Purpose::Skip };
        if let Some(at) = lists.iter().position(|list| *list == key) {
            return Purpose::Record(u16::try_from(at).unwrap_or(u16::MAX));
        }
        fields.iter().find(|field| **field == key).map_or(Purpose::Skip, |field| Purpose::Field(field))
    }

    /// One byte between values. Returns the position to go on from, or the fault.
    fn between(&mut self, byte: u8, at: usize, base: u64) -> Result<usize, Fault> {
        let lists = matches!(self.layout, Layout::Lists(..));
        let elements = self.layout == Layout::Elements;
        let next = match (self.at, byte) {
            (At::Document, b'[') if elements => {
                self.begin_document();
                self.paged = true;
                At::Page
            }
            (At::Document, b'[') if lists => {
                self.paged = true;
                At::Page
            }
            (At::Page | At::PageEnd, b']') => {
                self.paged = false;
                At::Document
            }
            (At::PageEnd, b',') => At::Page,
            (At::Document | At::Page, b'{') if lists => {
                self.begin_document();
                At::FirstKey
            }
            (At::Document | At::Page, b'}' | b']' | b',' | b':') => return Err(Fault::Unexpected(base + at as u64)),
            (At::Document | At::Page, _) => {
                if !(elements && self.paged) {
                    self.begin_document();
                }
                let purpose = if lists { Purpose::Skip } else { Purpose::Record(0) };
                self.begin(purpose, at, base);
                self.at = if self.paged { At::PageEnd } else { At::Document };
                return Ok(at);
            }
            (At::FirstKey | At::ValueEnd, b'}') => {
                if self.paged {
                    At::PageEnd
                } else {
                    At::Document
                }
            }
            (At::ValueEnd, b',') => At::Key,
            (At::FirstKey | At::Key, b'"') => {
                self.begin(Purpose::Key, at, base);
                self.at = At::Colon;
                return Ok(at);
            }
            (At::Colon, b':') => At::Value,
            (At::Value, b'[') if matches!(self.key, Purpose::Record(_)) => At::FirstElement,
            (At::Value, b'n') if matches!(self.key, Purpose::Record(_)) => {
                self.begin(Purpose::Skip, at, base);
                self.at = At::ValueEnd;
                return Ok(at);
            }
            (At::FirstElement | At::ElementEnd, b']') => At::ValueEnd,
            (At::ElementEnd, b',') => At::Element,
            (At::Value | At::FirstElement | At::Element, byte) if !matches!(byte, b'}' | b']' | b',' | b':') => {
                self.begin(self.key, at, base);
                self.at = if self.at == At::Value { At::ValueEnd } else { At::ElementEnd };
                return Ok(at);
            }
            _ => return Err(Fault::Unexpected(base + at as u64)),
        };
        self.at = next;
        Ok(at + 1)
    }

    fn begin_document(&mut self) {
        self.documents = self.documents.saturating_add(1);
        self.counts.fill(0);
    }

    /// The window is used up: what to keep of it, and what ends here if it is the last.
    fn suspend(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize {
        let end = window.len();
        let Some(mut running) = self.running.take() else {
            if last && !matches!(self.at, At::Document | At::Stopped) {
                let at = base + end as u64;
                self.refuse(at, Fault::Truncated(at), Purpose::Skip, out);
            }
            self.resume = 0;
            return end;
        };
        if last {
            // Only a bare number or literal may end with the file.
            if running.scan.is_bare() && self.at == At::Document {
                self.finish(&running, window, end, out);
            } else {
                self.refuse(running.offset, Fault::Truncated(base + end as u64), running.purpose, out);
            }
            self.resume = 0;
            return end;
        }
        let limit = match running.purpose {
            Purpose::Record(_) => RECORD_LIMIT,
            Purpose::Skip => 0,
            _ => FIELD_LIMIT,
        };
        running.lost |= end - running.start > limit;
        let keep = if running.lost { end } else { running.start };
        self.resume = end - keep;
        running.start = 0;
        self.running = Some(running);
        keep
    }
}

impl Split for JsonSplitter {
    fn feed(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize {
        let mut at = self.resume;
        loop {
            if self.at == At::Stopped {
                return window.len();
            }
            if let Some(mut running) = self.running.take() {
                match running.scan.advance(window, at) {
                    Step::More => {
                        self.running = Some(running);
                        return self.suspend(window, base, last, out);
                    }
                    Step::Done(end) => {
                        at = end;
                        self.finish(&running, window, end, out);
                    }
                    Step::Broken(bad) => {
                        let why = Fault::Mismatch(base + bad as u64);
                        self.refuse(running.offset, why, running.purpose, out);
                        continue;
                    }
                }
            }
            at = skip_space(window, at);
            let Some(byte) = window.get(at) else { return self.suspend(window, base, last, out) };
            match self.between(*byte, at, base) {
                Ok(next) => at = next,
                Err(why) => self.refuse(base + at as u64, why, Purpose::Skip, out),
            }
        }
    }

    fn documents(&self) -> u32 {
        self.documents
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
