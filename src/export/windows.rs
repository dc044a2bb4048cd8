//! Reading one file: windows of text, cut into records, parsed in parallel, handed on in order.
//!
//! While the records of one window are handed on, the next is read, digested and cut on
//! another thread. What is handed on, and in which order, does not depend on threads.

use std::io::{self, Read};

use rayon::prelude::*;

use super::rows::RowSplitter;
use super::split::{Field, JsonSplitter, Layout, Pieces, Refused, Slice, Split};
use super::text::TextReader;
use super::yaml_split::YamlSplitter;

/// How much text is read at once, in bytes.
pub const WINDOW: usize = 1 << 18;

/// How many records are parsed before the first of them is handed on: of tiny ones a window has very many.
const AT_ONCE: usize = 2048;

/// What becomes of the records of a file.
pub trait Sink: Send + Sync {
    /// A parsed record, which may borrow from the window.
    type Parsed<'a>: Send;

    /// Parses one record. Called from several threads.
    ///
    /// # Errors
    /// Why it cannot be used, in words that quote no value of it.
    fn parse<'a>(&self, slice: &Slice, text: &'a [u8]) -> Result<Self::Parsed<'a>, String>;

    /// Takes one parsed record, in the order of the file.
    fn take(&mut self, slice: &Slice, parsed: Self::Parsed<'_>);

    /// Takes a record that could not be parsed.
    fn reject(&mut self, slice: &Slice, why: String);

    /// Takes a record that could not be cut out, or the place where cutting stopped.
    fn refuse(&mut self, refused: &Refused);

    /// Takes a small field beside the lists.
    fn field(&mut self, field: Field);
}

/// What is known of a file once it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many documents it holds.
    pub documents: u32,
    /// True if something was not UTF-16 and was replaced.
    pub replaced: bool,
}

struct Window {
    text: Vec<u8>,
    base: u64,
    keep: usize,
    end: bool,
    pieces: Pieces,
}

/// The splitter for a layout.
#[must_use]
pub fn splitter(layout: Layout) -> Box<dyn Split> {
    match layout {
        Layout::Rows => Box::new(RowSplitter::default()),
        Layout::Yaml => Box::new(YamlSplitter::default()),
        Layout::Lists(..) | Layout::Objects(..) | Layout::Documents | Layout::Elements | Layout::Text => {
            Box::new(JsonSplitter::new(layout))
        }
    }
}

/// Reads all of `input` into `sink`.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn read<R: Read + Send, S: Sink>(input: R, layout: Layout, sink: &mut S) -> io::Result<FileFacts> {
    let mut reader = TextReader::new(input);
    let mut splitter = splitter(layout);
    let mut now = next(&mut reader, splitter.as_mut(), &[], 0, Vec::new())?;
    // The buffer before the last serves again, so that its memory is not asked for anew.
    let mut spare = Vec::new();
    loop {
        let first = now.pieces.records.get(..AT_ONCE).unwrap_or(&now.pieces.records);
        let parsed = parse(&now, first, sink);
        if now.end {
            hand_on(&now, parsed, sink);
            break;
        }
        let carry = now.text.get(now.keep..).unwrap_or(&[]);
        let base = now.base + now.keep as u64;
        let (following, ()) = rayon::join(
            || next(&mut reader, splitter.as_mut(), carry, base, std::mem::take(&mut spare)),
            || hand_on(&now, parsed, sink),
        );
        spare = std::mem::replace(&mut now, following?).text;
    }
    let (documents, replaced) = (splitter.documents(), reader.replaced());
    let (sha256, bytes) = reader.finish();
    Ok(FileFacts { sha256, bytes, documents, replaced })
}

fn next<R: Read + Send>(
    reader: &mut TextReader<R>,
    splitter: &mut dyn Split,
    carry: &[u8],
    base: u64,
    mut text: Vec<u8>,
) -> io::Result<Window> {
    text.clear();
    // At once, and a little more than is read, so that the end of a file is seen without growing.
    text.reserve(carry.len() + WINDOW + 64);
    text.extend_from_slice(carry);
    let filled = reader.fill(&mut text, WINDOW)?;
    let mut pieces = Pieces::default();
    let cut = |splitter: &mut dyn Split, pieces: &mut Pieces| splitter.feed(&text, base, filled.end, pieces);
    let keep = if filled.undigested {
        let fresh = text.get(filled.fresh.clone()).unwrap_or(&[]);
        rayon::join(|| cut(splitter, &mut pieces), || reader.digest(fresh)).0
    } else {
        cut(splitter, &mut pieces)
    };
    Ok(Window { text, base, keep, end: filled.end, pieces })
}

type Outcome<'a, S> = Result<<S as Sink>::Parsed<'a>, String>;

fn parse<'a, S: Sink>(window: &'a Window, records: &[Slice], sink: &S) -> Vec<Outcome<'a, S>> {
    let one = |slice: &Slice| sink.parse(slice, window.text.get(slice.start..slice.end).unwrap_or(&[]));
    records.par_iter().with_min_len(8).map(one).collect()
}

/// Hands on all records of a window, of which `parsed` are the first.
fn hand_on<'a, S: Sink>(window: &'a Window, parsed: Vec<Outcome<'a, S>>, sink: &mut S) {
    let mut parsed = Some(parsed);
    for records in window.pieces.records.chunks(AT_ONCE) {
        let outcomes = parsed.take().unwrap_or_else(|| parse(window, records, sink));
        for (slice, outcome) in records.iter().zip(outcomes) {
            match outcome {
                Ok(parsed) => sink.take(slice, parsed),
                Err(why) => sink.reject(slice, why),
            }
        }
    }
    for refused in &window.pieces.refused {
        sink.refuse(refused);
    }
    for field in &window.pieces.fields {
        sink.field(field.clone());
    }
}
