//! YAML: each document turned into JSON text, object by object.
//!
//! What YAML has beyond JSON is read within limits: an anchor may be referred to until what that writes reaches
//! [`EXPANDED_LIMIT`], values nest as deep as in JSON, and a merge key or a key that is no text ends the document. The parser
//! gives events one by one, so nothing is built that a later limit would have refused.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Input, Parser, ScalarStyle, ScanError, Span, Tag};

use super::scan::DEPTH_LIMIT;
use super::split::RECORD_LIMIT;

/// The size from which a document is not read, in bytes.
pub const DOCUMENT_LIMIT: usize = 64 << 20;
/// How much text the anchors of one document may hold, and how much references to them may write, in bytes.
pub const EXPANDED_LIMIT: usize = 1 << 20;
/// How many containers may be open around a key or an element that is marked.
const MARKED: usize = 5;

/// One object as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The text.
    pub json: String,
    /// Its position in its list, or `None` for one that is a document itself.
    pub index: Option<u32>,
    /// The first byte of its first line in the text.
    pub offset: usize,
    /// That line, from 0.
    pub line: u32,
    /// Where its keys and elements stand, as far as that was asked for.
    pub marks: Vec<Mark>,
}

/// Where a key or an element of a sequence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its first byte in the JSON text.
    pub at: usize,
    /// Its first byte in the YAML text.
    pub offset: usize,
}

impl Item {
    /// The byte of the YAML text for which a byte of the JSON text stands, to the next key or element before it.
    #[must_use]
    pub fn source(&self, at: usize) -> usize {
        let after = self.marks.partition_point(|mark| mark.at <= at);
        after.checked_sub(1).and_then(|last| self.marks.get(last)).map_or(self.offset, |mark| mark.offset)
    }
}

/// What a text of YAML holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Converted {
    /// The objects, in their order.
    pub items: Vec<Item>,
    /// What stands beside each list of objects, as JSON text.
    pub beside: Vec<String>,
    /// Why the rest cannot be read: the line, from 0, and the reason, which quotes no value.
    pub wrong: Option<(u32, String)>,
}

/// Turns documents into JSON text.
///
/// Elements of a sequence under the key `list`, or of an outermost sequence, are objects of their own. The values of the
/// keys of an object that `passed` names are passed over, and stand as `null`.
#[must_use]
pub fn convert(text: &str, list: &str, passed: &[&str]) -> Converted {
    converted(text, Writer { list: Some(list), passed, ..Writer::default() })
}

/// Turns documents into JSON text, each into one object with marks for its keys and elements.
///
/// A merge key stays: as the member `<<` with what it merges.
#[must_use]
pub fn documents(text: &str) -> Converted {
    converted(text, Writer { marking: true, ..Writer::default() })
}

fn converted(text: &str, mut writer: Writer<'_>) -> Converted {
    writer.lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
    writer.length = text.len();
    let mut parser = Parser::new_from_str(text);
    let wrong = writer.run(&mut parser).err();
    Converted { items: writer.items, beside: writer.beside, wrong }
}

/// An open container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A mapping: before a key, or before a value.
    Map {
        key: bool,
        empty: bool,
    },
    Seq {
        empty: bool,
    },
}

/// A place where objects begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The document, which may be an object.
    Document,
    /// A sequence of objects.
    List(u32),
}

#[derive(Debug, Default)]
struct Writer<'a> {
    /// The key of lists of objects, where their elements are objects of their own.
    list: Option<&'a str>,
    /// Whether marks are kept.
    marking: bool,
    marks: Vec<Mark>,
    passed: &'a [&'a str],
    /// Where each line begins, and where the text ends.
    lines: Vec<usize>,
    length: usize,
    items: Vec<Item>,
    beside: Vec<String>,
    /// The document around a list of objects, while one of them is written.
    around: Option<(String, Vec<Open>, Begun)>,
    /// Whether the document had a list of objects.
    listed: bool,
    level: Option<Level>,
    out: String,
    open: Vec<Open>,
    begun: Begun,
    /// The last key of the object itself.
    key: String,
    /// How many containers are open of a value that is passed over; the value of a scalar is 0.
    passing: Option<u32>,
    anchors: BTreeMap<usize, String>,
    /// Anchors of containers that are open: id, depth, and where their text begins.
    anchored: Vec<(usize, usize, usize)>,
    kept: usize,
    expanded: usize,
}

/// Where what is written began.
#[derive(Debug, Clone, Copy, Default)]
struct Begun {
    line: u32,
    offset: usize,
}

type Wrong = (u32, String);

impl Writer<'_> {
    fn run<T: Input>(&mut self, parser: &mut Parser<'_, T>) -> Result<(), Wrong> {
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| unreadable(&error))?;
            let line = line_of(span);
            if matches!(event, Event::StreamEnd) {
                break;
            }
            self.event(event, span).map_err(|why| (line, why))?;
            if self.out.len() > RECORD_LIMIT {
                return Err((line, format!("an object in it is larger than {} MiB", RECORD_LIMIT >> 20)));
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), String> {
        match event {
            Event::DocumentStart(_) => {
                (self.level, self.listed) = (Some(Level::Document), false);
                self.anchors.clear();
                (self.kept, self.expanded) = (0, 0);
                Ok(())
            }
            Event::DocumentEnd => {
                self.level = None;
                Ok(())
            }
            Event::Alias(id) => self.alias(id, span),
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(anchor, _) => self.start(anchor, true, span),
            Event::MappingStart(anchor, _) => self.start(anchor, false, span),
            Event::SequenceEnd | Event::MappingEnd => {
                self.end();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => Ok(()),
        }
    }

    /// Before a value: the comma and, for an outermost one, where it begins. True if a key is due.
    fn before(&mut self, span: Span) -> bool {
        if self.open.is_empty() {
            let line = line_of(span);
            let offset = self.lines.get(line as usize).copied().unwrap_or(0);
            self.begun = Begun { line, offset };
            self.out.clear();
            self.marks.clear();
        }
        let is_key = match self.open.last_mut() {
            Some(Open::Map { key, empty }) => {
                if !std::mem::replace(key, !*key) {
                    return false;
                }
                if !std::mem::take(empty) {
                    self.out.push(',');
                }
                true
            }
            Some(Open::Seq { empty }) => {
                if !std::mem::take(empty) {
                    self.out.push(',');
                }
                false
            }
            None => return false,
        };
        if self.marking && self.open.len() <= MARKED {
            let start = self.lines.get(line_of(span) as usize).copied().unwrap_or(0);
            // Lines may end in more ways than are counted here, so that a place is never past the end.
            let offset = (start + span.start.col()).min(self.length);
            self.marks.push(Mark { at: self.out.len(), offset });
        }
        is_key
    }

    fn start(&mut self, anchor: usize, sequence: bool, span: Span) -> Result<(), String> {
        if let Some(depth) = &mut self.passing {
            *depth += 1;
            return self.deep();
        }
        if sequence && self.begins_list() {
            let begun = self.begun;
            if self.open.is_empty() {
                self.level = Some(Level::List(0));
            } else {
                self.before(span);
                self.out.push_str("null");
                self.around = Some((std::mem::take(&mut self.out), std::mem::take(&mut self.open), begun));
                (self.level, self.listed) = (Some(Level::List(0)), true);
            }
            return Ok(());
        }
        if self.before(span) {
            return Err("a key in it is no text".to_owned());
        }
        if anchor > 0 {
            self.anchored.push((anchor, self.open.len(), self.out.len()));
        }
        self.out.push(if sequence { '[' } else { '{' });
        self.open.push(if sequence { Open::Seq { empty: true } } else { Open::Map { key: true, empty: true } });
        self.deep()
    }

    fn deep(&self) -> Result<(), String> {
        let depth = self.open.len() as u64 + u64::from(self.passing.unwrap_or(0));
        if depth > u64::from(DEPTH_LIMIT) {
            return Err(format!("it nests deeper than {DEPTH_LIMIT} levels"));
        }
        Ok(())
    }

    /// True if a sequence that begins here is one of objects: the document itself, or the value of the key of lists.
    fn begins_list(&self) -> bool {
        self.level == Some(Level::Document)
            && match self.open.as_slice() {
                [] => true,
                [Open::Map { key: false, .. }] => self.list == Some(self.key.as_str()) && self.around.is_none(),
                _ => false,
            }
    }

    fn end(&mut self) {
        if let Some(depth) = self.passing {
            self.passing = depth.checked_sub(1).filter(|left| *left > 0);
            return;
        }
        match self.open.pop() {
            Some(Open::Map { .. }) => self.out.push('}'),
            Some(Open::Seq { .. }) => self.out.push(']'),
            // The list of objects ends.
            None => {
                self.level = Some(Level::Document);
                if let Some((out, open, begun)) = self.around.take() {
                    (self.out, self.open, self.begun) = (out, open, begun);
                }
                return;
            }
        }
        while let Some((id, _, start)) = self.anchored.pop_if(|(_, depth, _)| *depth == self.open.len()) {
            let text = self.out.get(start..).unwrap_or("").to_owned();
            self.keep(id, text);
        }
        self.finish();
    }

    /// An outermost value is whole.
    fn finish(&mut self) {
        if !self.open.is_empty() {
            return;
        }
        let json = std::mem::take(&mut self.out);
        let marks = std::mem::take(&mut self.marks);
        let Begun { line, offset } = self.begun;
        match &mut self.level {
            Some(Level::List(next)) => {
                let index = Some(*next);
                *next = next.saturating_add(1);
                self.items.push(Item { json, index, offset, line, marks });
            }
            Some(Level::Document) if self.listed => self.beside.push(json),
            // A document of nothing, as between two lines of `---`.
            _ if json == "null" => {}
            _ => self.items.push(Item { json, index: None, offset, line, marks }),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), String> {
        if self.passes() {
            return Ok(());
        }
        let is_key = self.before(span);
        if is_key && text == "<<" && style == ScalarStyle::Plain && !self.marking {
            return Err("it uses a merge key (`<<`), which is not read: export it as JSON".to_owned());
        }
        let start = self.out.len();
        if !is_key && style == ScalarStyle::Plain && !tag.is_some_and(is_text) && is_plain_json(text) {
            self.out.push_str(&text.to_ascii_lowercase());
        } else if !is_key && style == ScalarStyle::Plain && tag.is_none() && matches!(text, "" | "~") {
            self.out.push_str("null");
        } else {
            write_text(&mut self.out, text);
        }
        if anchor > 0 {
            let written = self.out.get(start..).unwrap_or("").to_owned();
            self.keep(anchor, written);
        }
        if is_key {
            self.out.push(':');
            self.after_key(text);
        } else {
            self.finish();
        }
        Ok(())
    }

    /// True if a value that is no container is passed over, alone or within one.
    fn passes(&mut self) -> bool {
        let passes = self.passing.is_some();
        self.passing = self.passing.filter(|depth| *depth > 0);
        passes
    }

    /// Remembers a key of an object, and begins to pass its value over if that is not read.
    fn after_key(&mut self, text: &str) {
        if self.open.len() != 1 {
            return;
        }
        text.clone_into(&mut self.key);
        if self.passed.contains(&text) {
            self.out.push_str("null");
            if let Some(Open::Map { key, .. }) = self.open.last_mut() {
                *key = true;
            }
            self.passing = Some(0);
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), String> {
        if self.passes() {
            return Ok(());
        }
        let Some(known) = self.anchors.get(&id).cloned() else {
            return Err("it refers to an anchor that is not read, or to one that it stands in".to_owned());
        };
        self.expanded = self.expanded.saturating_add(known.len()).saturating_add(16);
        if self.expanded > EXPANDED_LIMIT {
            return Err(format!("what its aliases stand for is larger than {} MiB", EXPANDED_LIMIT >> 20));
        }
        let is_key = self.before(span);
        self.out.push_str(&known);
        if !is_key {
            self.finish();
            return Ok(());
        }
        let Ok(text) = serde_json::from_str::<String>(&known) else { return Err("a key in it is no text".to_owned()) };
        self.out.push(':');
        self.after_key(&text);
        Ok(())
    }

    /// Keeps what an anchor stands for, as far as there is room.
    fn keep(&mut self, id: usize, text: String) {
        self.kept = self.kept.saturating_add(text.len());
        if self.kept <= EXPANDED_LIMIT {
            self.anchors.insert(id, text);
        }
    }
}

fn line_of(span: Span) -> u32 {
    u32::try_from(span.start.line().saturating_sub(1)).unwrap_or(u32::MAX)
}

fn unreadable(error: &ScanError) -> Wrong {
    let line = u32::try_from(error.marker().line().saturating_sub(1)).unwrap_or(u32::MAX);
    (line, format!("it is not YAML: {}", error.info()))
}

fn is_text(tag: &Tag) -> bool {
    !tag.is_yaml_core_schema() || tag.suffix == "str"
}

/// True if a plain scalar is `null`, `true`, `false` or a number as JSON writes it.
fn is_plain_json(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'n' | b'N' | b't' | b'T' | b'f' | b'F') => {
            matches!(text, "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
        }
        Some(b'-' | b'0'..=b'9') => text.len() <= 40 && serde_json::from_str::<serde_json::Number>(text).is_ok(),
        _ => false,
    }
}

fn write_text(out: &mut String, text: &str) {
    // A text is always JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
