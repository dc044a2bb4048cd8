//! Cutting JSON text into records without parsing them.
//!
//! A record is an element of a list under a given key of a document, or a whole document.
//! Documents may stand back to back in one file, or as the elements of one outer array. The
//! text comes in windows; what is cut off at the end of one comes again at the start of the
//! next.

pub use super::fault::Fault;
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
    /// Elements of the array under this key of each document that has it; any other document is a record itself, of the
    /// second list. The other names are small fields to keep of documents with that array.
    Objects(&'static str, &'static [&'static str]),
    /// Documents of YAML between lines of `---`, each a record.
    Yaml,
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
    /// A document that is no object, where objects with lists are expected.
    Alone,
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

/// A document that may be a record itself, until it shows its list.
struct Whole {
    start: usize,
    offset: u64,
    too_deep: bool,
    lost: bool,
}

/// The splitter of JSON text.
pub struct JsonSplitter {
    layout: Layout,
    /// The document in hand, where it may turn out to be a record.
    whole: Option<Whole>,
    at: At,
    running: Option<Running>,
    /// From where in the next window to go on.
    resume: usize,
    documents: u32,
    paged: bool,
    key: Purpose,
    /// Where the document in hand begins in the text, until one of its keys is that of a list.
    listless: Option<u64>,
    /// How many elements of each list the current document had.
    counts: Vec<u32>,
}

impl JsonSplitter {
    /// A splitter for records of this layout.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let lists = match layout {
            Layout::Lists(lists, _) => lists.len(),
            Layout::Objects(..) => 2,
            _ => 1,
        };
        Self {
            layout,
            whole: None,
            at: At::Document,
            running: None,
            resume: 0,
            documents: 0,
            paged: false,
            key: Purpose::Skip,
            listless: None,
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
        if let Some(whole) = &mut self.whole {
            whole.too_deep |= running.scan.too_deep;
        }
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
                match self.purpose_of(text) {
                    Some(purpose) => self.key = purpose,
                    // A document that may be a record is refused as one.
                    None if self.whole.is_some() => self.key = Purpose::Skip,
                    None => {
                        self.key = Purpose::Skip;
                        self.listless = None;
                        self.refuse(running.offset, Fault::Key, Purpose::Skip, out);
                    }
                }
                if matches!(self.key, Purpose::Record(_)) {
                    self.listless = None;
                }
            }
            Purpose::Field(name) => {
                let text = window.get(running.start..end).filter(|text| !running.lost && text.len() <= FIELD_LIMIT);
                if let Some(value) = text.and_then(|text| std::str::from_utf8(text).ok()) {
                    out.fields.push(Field { document, name, value: value.to_owned() });
                }
            }
            Purpose::Alone => {
                let text = window.get(running.start..end).unwrap_or(&[]);
                let is_json = running.lost || serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
                let why = if is_json { Fault::NoList } else { Fault::Unexpected(running.offset) };
                self.refuse(running.offset, why, Purpose::Skip, out);
            }
            Purpose::Skip => out.passed += 1,
        }
    }

    /// What stands under a key; `None` if the key is no text. One that is too long to be of interest comes as `None`.
    fn purpose_of(&self, key: Option<&[u8]>) -> Option<Purpose> {
        let list;
        let (lists, fields) = match self.layout {
            Layout::Lists(lists, fields) => (lists, fields),
            Layout::Objects(name, fields) => {
                list = [name];
                (&list[..], fields)
            }
            _ => return Some(Purpose::Skip),
        };
        let Some(key) = key else { return Some(Purpose::Skip) };
        let key = serde_json::from_slice::<String>(key).ok()?;
        if let Some(at) = lists.iter().position(|list| *list == key) {
            return Some(Purpose::Record(u16::try_from(at).unwrap_or(u16::MAX)));
        }
        Some(fields.iter().find(|field| **field == key).map_or(Purpose::Skip, |field| Purpose::Field(field)))
    }

    /// One byte between values. Returns the position to go on from, or the fault.
    fn between(&mut self, byte: u8, at: usize, base: u64, out: &mut Pieces) -> Result<usize, Fault> {
        let lists = matches!(self.layout, Layout::Lists(..) | Layout::Objects(..));
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
                let offset = base + at as u64;
                if matches!(self.layout, Layout::Lists(..)) {
                    self.listless = Some(offset);
                } else {
                    self.whole = Some(Whole { start: at, offset, too_deep: false, lost: false });
                }
                At::FirstKey
            }
            (At::Document | At::Page, b'}' | b']' | b',' | b':') => return Err(Fault::Unexpected(base + at as u64)),
            (At::Document | At::Page, _) => {
                if !(elements && self.paged) {
                    self.begin_document();
                }
                let purpose = if lists { Purpose::Alone } else { Purpose::Record(0) };
                self.begin(purpose, at, base);
                self.at = if self.paged { At::PageEnd } else { At::Document };
                return Ok(at);
            }
            (At::FirstKey | At::ValueEnd, b'}') => {
                self.end_document(at + 1, out);
                if self.paged { At::PageEnd } else { At::Document }
            }
            (At::ValueEnd, b',') => At::Key,
            (At::FirstKey | At::Key, b'"') => {
                self.begin(Purpose::Key, at, base);
                self.at = At::Colon;
                return Ok(at);
            }
            (At::Colon, b':') => At::Value,
            (At::Value, b'[') if matches!(self.key, Purpose::Record(_)) => {
                self.whole = None;
                At::FirstElement
            }
            (At::Value, b'n') if matches!(self.key, Purpose::Record(_)) => {
                self.begin(Purpose::Skip, at, base);
                self.at = At::ValueEnd;
                return Ok(at);
            }
            (At::FirstElement | At::ElementEnd, b']') => At::ValueEnd,
            (At::ElementEnd, b',') => At::Element,
            (At::Value | At::FirstElement | At::Element, byte) if !matches!(byte, b'}' | b']' | b',' | b':') => {
                if matches!(self.key, Purpose::Record(_)) {
                    self.whole = None;
                }
                self.begin(self.key, at, base);
                self.at = if self.at == At::Value { At::ValueEnd } else { At::ElementEnd };
                return Ok(at);
            }
            _ => return Err(Fault::Unexpected(base + at as u64)),
        };
        self.at = next;
        Ok(at + 1)
    }

    /// A document without the list is whole: it is a record, or none that can be read.
    fn end_document(&mut self, end: usize, out: &mut Pieces) {
        if let Some(offset) = self.listless.take() {
            self.refuse(offset, Fault::NoList, Purpose::Skip, out);
        }
        let Some(whole) = self.whole.take() else { return };
        let document = self.documents.saturating_sub(1);
        out.fields.retain(|field| field.document != document);
        let record = Purpose::Record(1);
        if whole.lost || end.saturating_sub(whole.start) > RECORD_LIMIT {
            self.refuse(whole.offset, Fault::TooLarge, record, out);
        } else if whole.too_deep {
            self.refuse(whole.offset, Fault::TooDeep, record, out);
        } else {
            let Whole { start, offset, .. } = whole;
            out.records.push(Slice { list: 1, index: self.next_index(1), document, start, end, offset });
        }
    }

    fn begin_document(&mut self) {
        self.documents = self.documents.saturating_add(1);
        self.counts.fill(0);
    }

    /// From where a window must come again, if at least from `from`: a document that may be a record is kept whole.
    fn kept(&mut self, from: usize, end: usize) -> usize {
        let Some(whole) = &mut self.whole else { return from };
        whole.lost |= end - whole.start > RECORD_LIMIT;
        if whole.lost {
            return from;
        }
        let keep = whole.start.min(from);
        whole.start -= keep;
        keep
    }

    /// The window is used up: what to keep of it, and what ends here if it is the last.
    fn suspend(&mut self, window: &[u8], base: u64, last: bool, out: &mut Pieces) -> usize {
        let end = window.len();
        let Some(mut running) = self.running.take() else {
            if last && !matches!(self.at, At::Document | At::Stopped) {
                let at = base + end as u64;
                self.refuse(at, Fault::Truncated(at), Purpose::Skip, out);
            }
            let keep = self.kept(end, end);
            self.resume = end - keep;
            return keep;
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
        let from = if running.lost { end } else { running.start };
        let keep = self.kept(from, end);
        self.resume = end - keep;
        running.start = from - keep;
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
                        if self.at == At::Stopped {
                            continue;
                        }
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
            match self.between(*byte, at, base, out) {
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
