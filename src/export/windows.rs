//! Reading one file: windows of text, cut into records, parsed in parallel, handed on in order.
//!
//! While the records of one window are handed on, the next is read, digested and cut on another thread, or parsed and the one
//! after it read. What is handed on, and in which order, does not depend on threads.

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

/// Parses the records of a sink without asking the sink, which may be busy with earlier ones.
pub trait Ahead<S: Sink>: Sync {
    /// Parses one record, as the sink would. Called from several threads.
    ///
    /// # Errors
    /// Why it cannot be used, in words that quote no value of it.
    fn parse<'a>(&self, slice: &Slice, text: &'a [u8]) -> Result<S::Parsed<'a>, String>;
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
    let mut cutter = Cutter::new(input, layout);
    let mut now = cutter.first()?;
    loop {
        let parsed = parse::<S>(&now, now.first(), &|slice, text| sink.parse(slice, text));
        let (following, ()) = rayon::join(|| cutter.after(&now), || hand_on(&now, parsed, sink));
        let Some(following) = following else { break };
        cutter.spare = std::mem::replace(&mut now, following).text;
    }
    cutter.facts()
}

/// The same, where records can be parsed before those before them were taken: while a window is handed on, the records of the
/// one after it are parsed, and the one after that is read.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn read_ahead<R: Read + Send, S: Sink, P: Ahead<S>>(
    input: R,
    layout: Layout,
    parser: &P,
    sink: &mut S,
) -> io::Result<FileFacts> {
    let mut cutter = Cutter::new(input, layout);
    // Two windows take turns, so that what was parsed of the one can be handed on while the other is parsed.
    let mut one = cutter.first()?;
    let mut other = cutter.after(&one);
    let mut parsed = ahead(&one, parser);
    loop {
        let Some(then) = &other else {
            hand_on(&one, parsed, sink);
            break;
        };
        let (parsed_then, following) = turn(&one, parsed, then, &mut cutter, parser, sink);
        let Some(following) = following else {
            hand_on(then, parsed_then, sink);
            break;
        };
        cutter.spare = std::mem::replace(&mut one, following).text;
        let (parsed_again, following) = turn(then, parsed_then, &one, &mut cutter, parser, sink);
        cutter.spare = std::mem::replace(&mut other, following).map(|window| window.text).unwrap_or_default();
        parsed = parsed_again;
    }
    cutter.facts()
}

/// Hands on what was parsed of a window, while the one after it is parsed and the one after that is read.
fn turn<'a, 'b, R: Read + Send, S: Sink, P: Ahead<S>>(
    now: &'a Window,
    parsed: Vec<Outcome<'a, S>>,
    then: &'b Window,
    cutter: &mut Cutter<R>,
    parser: &P,
    sink: &mut S,
) -> (Vec<Outcome<'b, S>>, Option<Window>) {
    rayon::join(|| hand_on(now, parsed, sink), || rayon::join(|| ahead(then, parser), || cutter.after(then))).1
}

/// What the windows of a file are cut with.
struct Cutter<R> {
    reader: TextReader<R>,
    splitter: Box<dyn Split>,
    /// The buffer of a window that was handed on serves again, so that its memory is not asked for anew.
    spare: Vec<u8>,
    /// Why the rest of the file could not be read.
    failed: Option<io::Error>,
}

impl<R: Read + Send> Cutter<R> {
    fn new(input: R, layout: Layout) -> Self {
        Self { reader: TextReader::new(input), splitter: splitter(layout), spare: Vec::new(), failed: None }
    }

    fn first(&mut self) -> io::Result<Window> {
        self.cut(&[], 0)
    }

    /// The window after another; none after the last, and none where the file cannot be read any further, which is kept
    /// until what was read of it is handed on.
    fn after(&mut self, window: &Window) -> Option<Window> {
        if window.end || self.failed.is_some() {
            return None;
        }
        let carry = window.text.get(window.keep..).unwrap_or(&[]);
        let next = self.cut(carry, window.base + window.keep as u64);
        next.map_err(|error| self.failed = Some(error)).ok()
    }

    fn cut(&mut self, carry: &[u8], base: u64) -> io::Result<Window> {
        let mut text = std::mem::take(&mut self.spare);
        text.clear();
        // At once, and a little more than is read, so that the end of a file is seen without growing.
        text.reserve(carry.len() + WINDOW + 64);
        text.extend_from_slice(carry);
        let filled = self.reader.fill(&mut text, WINDOW)?;
        let mut pieces = Pieces::default();
        let splitter = self.splitter.as_mut();
        let mut cut = || splitter.feed(&text, base, filled.end, &mut pieces);
        let keep = if filled.undigested {
            let fresh = text.get(filled.fresh.clone()).unwrap_or(&[]);
            rayon::join(cut, || self.reader.digest(fresh)).0
        } else {
            cut()
        };
        Ok(Window { text, base, keep, end: filled.end, pieces })
    }

    fn facts(self) -> io::Result<FileFacts> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let (documents, replaced) = (self.splitter.documents(), self.reader.replaced());
        let (sha256, bytes) = self.reader.finish();
        Ok(FileFacts { sha256, bytes, documents, replaced })
    }
}

impl Window {
    /// The records that are parsed before the first of them is handed on.
    fn first(&self) -> &[Slice] {
        self.pieces.records.get(..AT_ONCE).unwrap_or(&self.pieces.records)
    }
}

type Outcome<'a, S> = Result<<S as Sink>::Parsed<'a>, String>;

fn ahead<'a, S: Sink, P: Ahead<S>>(window: &'a Window, parser: &P) -> Vec<Outcome<'a, S>> {
    parse::<S>(window, window.first(), &|slice, text| parser.parse(slice, text))
}

fn parse<'a, S: Sink>(
    window: &'a Window,
    records: &[Slice],
    parser: &(dyn Fn(&Slice, &'a [u8]) -> Outcome<'a, S> + Sync),
) -> Vec<Outcome<'a, S>> {
    let one = |slice: &Slice| parser(slice, window.text.get(slice.start..slice.end).unwrap_or(&[]));
    records.par_iter().with_min_len(8).map(one).collect()
}

/// Hands on all records of a window, of which `parsed` are the first.
fn hand_on<'a, S: Sink>(window: &'a Window, parsed: Vec<Outcome<'a, S>>, sink: &mut S) {
    let mut parsed = Some(parsed);
    for records in window.pieces.records.chunks(AT_ONCE) {
        let parser = |slice: &Slice, text| sink.parse(slice, text);
        let outcomes = parsed.take().unwrap_or_else(|| parse::<S>(window, records, &parser));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps the numbers of records, and what is said of the others.
    #[derive(Default)]
    struct Numbers(Vec<Result<u64, String>>);

    struct Parser;

    fn number(text: &[u8]) -> Result<u64, String> {
        let record: serde_json::Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        record["n"].as_u64().ok_or_else(|| "no number".to_owned())
    }

    impl Sink for Numbers {
        type Parsed<'a> = u64;

        fn parse(&self, _: &Slice, text: &[u8]) -> Result<u64, String> {
            number(text)
        }

        fn take(&mut self, _: &Slice, parsed: u64) {
            self.0.push(Ok(parsed));
        }

        fn reject(&mut self, _: &Slice, why: String) {
            self.0.push(Err(why));
        }

        fn refuse(&mut self, _: &Refused) {
            self.0.push(Err("refused".to_owned()));
        }

        fn field(&mut self, _: Field) {}
    }

    impl Ahead<Numbers> for Parser {
        fn parse(&self, _: &Slice, text: &[u8]) -> Result<u64, String> {
            number(text)
        }
    }

    const LAYOUT: Layout = Layout::Lists(&["A"], &[]);

    /// Records over many windows, small ones and one that is longer than a window, of which each hundredth has no number.
    fn text(count: u64) -> Vec<u8> {
        let one = |n: u64| match n % 100 {
            99 => "{}".to_owned(),
            50 => format!("{{\"n\": {n}, \"x\": \"{}\"}}", "y".repeat(if n == 50 { 2 * WINDOW } else { 20_000 })),
            _ => format!("{{\"n\": {n}}}"),
        };
        format!("{{\"A\": [{}]}}", (0..count).map(one).collect::<Vec<_>>().join(",")).into_bytes()
    }

    #[test]
    fn what_is_parsed_ahead_is_handed_on_alike() {
        for count in [0, 1, 60, 5_000, 40_000] {
            let text = text(count);
            let (mut plain, mut ahead) = (Numbers::default(), Numbers::default());
            let facts = read(&text[..], LAYOUT, &mut plain).unwrap();
            assert_eq!(read_ahead(&text[..], LAYOUT, &Parser, &mut ahead).unwrap(), facts);
            assert_eq!(plain.0.len() as u64, count);
            let expected = (0..count).map(|n| if n % 100 == 99 { Err("no number".to_owned()) } else { Ok(n) });
            assert!(plain.0.iter().cloned().eq(expected), "{count}");
            assert_eq!(plain.0, ahead.0);
        }
    }

    /// Gives so many bytes, and then an error.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() { Err(io::Error::other("the disk is gone")) } else { self.0.read(into) }
        }
    }

    #[test]
    fn what_was_read_before_an_error_is_handed_on() {
        let text = text(40_000);
        for at in [3 * WINDOW + 3, 4 * WINDOW + 77, 5 * WINDOW + 1] {
            let (mut plain, mut ahead) = (Numbers::default(), Numbers::default());
            assert!(read(Broken(&text[..at]), LAYOUT, &mut plain).is_err());
            let error = read_ahead(Broken(&text[..at]), LAYOUT, &Parser, &mut ahead).unwrap_err();
            assert_eq!(error.to_string(), "the disk is gone");
            assert!(plain.0.len() > 60, "{}", plain.0.len());
            assert_eq!(plain.0, ahead.0);
        }
    }
}
