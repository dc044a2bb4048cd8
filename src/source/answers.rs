//! Answers of web APIs: each document is a page of a list or one object, and each entry is read or rejected by itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::run::FileRun;
use crate::base::time::{FIRST, Instant, LAST};
use crate::export::head::Head;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};
use crate::model::record::{ITSELF, RecordId};

/// One entry of a document, not yet parsed.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The JSON pointer of its list, or of itself where it is alone; empty for the whole document.
    pub list: &'static str,
    /// Its position in the list, or [`ITSELF`].
    pub index: u32,
    /// Its text, which lies within that of the document.
    pub text: &'a str,
}

/// What one document holds.
#[derive(Debug)]
pub struct Page<'a> {
    /// Its entries.
    pub parts: Vec<Part<'a>>,
    /// Whether more pages follow; `None` for what is no page.
    pub goes_on: Option<bool>,
}

impl<'a> Page<'a> {
    /// A document that is one object.
    #[must_use]
    pub fn of_one(list: &'static str, text: &'a str) -> Self {
        Self { parts: vec![Part { list, index: ITSELF, text }], goes_on: None }
    }

    /// A page of a list.
    #[must_use]
    pub fn of_list(list: &'static str, entries: &[&'a RawValue], goes_on: bool) -> Self {
        let part = |(index, entry): (u32, &&'a RawValue)| Part { list, index, text: entry.get() };
        Self { parts: (0..ITSELF).zip(entries).map(part).collect(), goes_on: Some(goes_on) }
    }
}

/// The most entries of one page: no API gives a tenth of it at once, and what is read of a page is held until all of it was.
const MOST: usize = 100_000;

/// The entries of a list, not yet parsed.
#[derive(Debug)]
pub struct Entries<'a>(pub Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Entries<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = members.next_element()? {
                    if all.len() == MOST {
                        return Err(A::Error::custom(format_args!("there are more than {MOST} entries in one list")));
                    }
                    all.push(member);
                }
                Ok(Entries(all))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

/// True for a file that begins with a list, under this key, of which a member is no object: nothing says of what kind it is.
///
/// Of a file that goes on, only the first member is looked at.
#[must_use]
pub fn lists_other(head: &Head, key: &str) -> bool {
    if head.whole {
        let member = |raw: &RawValue| !raw.get().starts_with('{');
        let all: Option<BTreeMap<String, &RawValue>> = serde_json::from_str(&head.text).ok();
        let list = all.as_ref().and_then(|all| serde_json::from_str::<Entries<'_>>(all.get(key)?.get()).ok());
        return list.is_some_and(|list| list.0.into_iter().any(member));
    }
    let list = head.text.split_once(&format!("\"{key}\"")).and_then(|(_, after)| {
        after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('[').map(str::trim_start)
    });
    list.is_some_and(|list| !list.is_empty() && !list.starts_with(['{', ']']))
}

/// What became of an entry.
#[derive(Debug)]
pub enum Taken {
    /// It gave facts, and counts under this control total.
    Read(&'static str),
    /// It was left aside on purpose, for this reason.
    Ignored(String),
    /// It cannot be used, for this reason.
    Rejected(String),
}

/// The end of a page.
#[derive(Debug, Clone, Copy)]
pub struct Turned {
    /// Its last entry, if it has one.
    pub record: Option<RecordId>,
    /// Whether more pages follow.
    pub goes_on: bool,
    /// Whether all its entries could be read.
    pub whole: bool,
}

/// How the answers of one API are read.
pub trait Answers: Send + Sync {
    /// A parsed entry.
    type Entry<'a>: Send;

    /// What a document holds.
    ///
    /// # Errors
    /// Why it cannot be used, in words that quote no value of it.
    fn page(text: &str) -> Result<Page<'_>, String>;

    /// Parses one entry.
    ///
    /// # Errors
    /// Why it cannot be used, in words that quote no value of it.
    fn entry<'a>(part: &Part<'a>) -> Result<Self::Entry<'a>, String>;

    /// Takes one entry, in the order of the file.
    fn take(&mut self, file: &mut FileRun<'_>, record: RecordId, entry: Self::Entry<'_>) -> Taken;

    /// Told at the end of each page.
    fn turn(&mut self, file: &mut FileRun<'_>, turned: Turned);
}

/// Reads all answers of a file.
///
/// # Errors
/// When it cannot be read to its end.
pub fn read<A: Answers>(found: &Found, file: &mut FileRun<'_>, answers: A) -> io::Result<A> {
    let mut reading = Reading { file, answers };
    let facts = windows::read(File::open(&found.path)?, Layout::Documents, &mut reading)?;
    let Reading { file, answers } = reading;
    file.close(&facts);
    Ok(answers)
}

struct Reading<'f, 'r, A> {
    file: &'f mut FileRun<'r>,
    answers: A,
}

/// An entry with its place: list, position and first byte within the document.
type Placed<T> = (&'static str, u32, usize, Result<T, String>);

impl<A: Answers> Sink for Reading<'_, '_, A> {
    type Parsed<'a> = (Vec<Placed<A::Entry<'a>>>, Option<bool>);

    fn parse<'a>(&self, _: &Slice, text: &'a [u8]) -> Result<Self::Parsed<'a>, String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
        let page = A::page(text)?;
        let start = text.as_ptr().addr();
        let placed = |part: &Part<'a>| {
            let within = part.text.as_ptr().addr().saturating_sub(start);
            (part.list, part.index, within, A::entry(part))
        };
        Ok((page.parts.iter().map(placed).collect(), page.goes_on))
    }

    fn take(&mut self, slice: &Slice, (entries, goes_on): Self::Parsed<'_>) {
        let (mut last, mut whole) = (None, true);
        for (list, index, within, entry) in entries {
            let offset = slice.offset + within as u64;
            let place = || place(list, index, slice.document);
            let entry = match entry {
                Ok(entry) => entry,
                Err(why) => {
                    self.file.reject_at(place(), offset, why);
                    whole = false;
                    continue;
                }
            };
            let record = self.file.record_at(list, index, slice.document, offset);
            last = Some(record);
            match self.answers.take(self.file, record, entry) {
                Taken::Read(total) => {
                    self.file.count_read();
                    self.file.total(total, 1);
                }
                Taken::Ignored(why) => self.file.ignore(&why),
                Taken::Rejected(why) => {
                    self.file.reject_at(place(), offset, why);
                    whole = false;
                }
            }
        }
        if let Some(goes_on) = goes_on {
            self.answers.turn(self.file, Turned { record: last, goes_on, whole });
        }
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.cut();
        self.file.reject_at(place("", ITSELF, slice.document), slice.offset, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.cut();
        self.file.reject_at(place("", ITSELF, refused.document), refused.offset, refused.why.message());
    }

    fn field(&mut self, _: Field) {}
}

/// Where an entry stands, as people read it.
#[must_use]
pub fn place(list: &str, index: u32, document: u32) -> String {
    let of = if document == 0 { String::new() } else { format!("document {}, ", u64::from(document) + 1) };
    match (list, index) {
        ("", _) => format!("document {}", u64::from(document) + 1),
        (_, ITSELF) => format!("{of}{list}"),
        _ => format!("{of}{list}/{index}"),
    }
}

/// A field that may be missing, be `null`, or have a value: the three mean different things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Told<T> {
    /// The field is not there.
    #[default]
    Missing,
    /// It says that there is none.
    None,
    /// It has a value.
    Some(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::None, Self::Some))
    }
}

/// A moment as an API writes it: seconds since 1970 as a number, or text. `None` for what is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub Option<i64>);

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Stamp;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a moment")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Stamp, E> {
                // Zero stands for nothing where it stands at all.
                Ok(Stamp(Some(seconds).filter(|seconds| *seconds != 0 && (FIRST..=LAST).contains(seconds))))
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Stamp, E> {
                self.visit_i64(i64::try_from(seconds).unwrap_or(0))
            }

            #[expect(
                clippy::cast_possible_truncation,
                reason = "what does not fit is no moment, and is left out after"
            )]
            fn visit_f64<E: Error>(self, seconds: f64) -> Result<Stamp, E> {
                self.visit_i64(seconds.floor() as i64)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Stamp, E> {
                Ok(Stamp(Instant::parse(text).map(|at| at.0)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_many_forms_and_missing_is_not_none() {
        #[derive(serde::Deserialize)]
        struct Thing {
            #[serde(default)]
            at: Told<Stamp>,
        }
        let read = |text: &str| serde_json::from_str::<Thing>(text).map(|thing| thing.at);
        assert_eq!(read("{}").unwrap(), Told::Missing);
        assert_eq!(read(r#"{"at": null}"#).unwrap(), Told::None);
        for (text, at) in [
            ("1711471533", Some(1_711_471_533)),
            ("1711471533.9", Some(1_711_471_533)),
            ("0", None),
            ("1711471533000", None),
            ("1e300", None),
            ("-1e300", None),
            ("99999999999999999999", None),
            (r#""2024-10-30T23:58:27.427722Z""#, Some(1_730_332_707)),
            (r#""<string>""#, None),
        ] {
            assert_eq!(read(&format!(r#"{{"at": {text}}}"#)).unwrap(), Told::Some(Stamp(at)), "{text}");
        }
        assert!(read(r#"{"at": {}}"#).is_err() && read(r#"{"at": true}"#).is_err());
    }

    #[test]
    fn a_page_has_an_end() {
        let page = |entries: usize| format!("[{}]", vec!["1"; entries].join(","));
        assert_eq!(serde_json::from_str::<Entries<'_>>(&page(MOST)).unwrap().0.len(), MOST);
        let error = serde_json::from_str::<Entries<'_>>(&page(MOST + 1)).unwrap_err().to_string();
        assert!(error.contains("more than 100000 entries"), "{error}");
        assert!(serde_json::from_str::<Entries<'_>>("{}").is_err());
    }

    #[test]
    fn members_that_are_no_objects_are_seen() {
        let head = |text: &str, whole| lists_other(&Head::new(text.as_bytes(), whole), "data");
        for text in [r#"{"data": [1, null]}"#, r#"{"object": "list", "data": [{"a": 1}, "x"]}"#, r#"{"data":[[]]}"#] {
            assert!(head(text, true), "{text}");
        }
        for text in [r#"{"data": []}"#, r#"{"data": [{"a": [1]}]}"#, r#"{"data": 1}"#, "[1]", r#"{"a": [1]}"#] {
            assert!(!head(text, true), "{text}");
        }
        assert!(head(r#"{"data": [ 7, "#, false) && !head(r#"{"data": [ {"#, false) && !head(r#"{"data": ["#, false));
    }

    #[test]
    fn places_are_pointers() {
        assert_eq!(place("", ITSELF, 1), "document 2");
        assert_eq!(place("/agent", ITSELF, 0), "/agent");
        assert_eq!(place("/data", 3, 1), "document 2, /data/3");
    }
}
