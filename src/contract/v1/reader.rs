//! Reads a results file, handing its findings on one by one.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::SCHEMA;
use super::finding::Finding;
use super::gap::Gap;
use super::head::{Head, Results};
use super::sink::FindingSink;
use crate::base::digest::Digested;
use crate::base::text::shown;

/// The names of [`Head`], all of which stand before the findings in a file that assize wrote.
const HEAD: &[&str] = &[
    "schema",
    "tool",
    "as_of",
    "profile",
    "scopes",
    "exports",
    "ignored",
    "rejected",
    "subjects",
    "controls",
    "texts",
    "frameworks",
    "checks",
    "ai_systems",
    "waivers",
    "attestations",
    "links",
    "quality",
    "limits",
];

/// Why a results file could not be read, or its findings not handed on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened.
    #[error("cannot open `{}`: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not a results file of this version.
    #[error("cannot read `{}` as results: {}", path.display(), shown(&source.to_string()))]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: serde_json::Error,
    },
    /// What takes the findings failed.
    #[error("cannot write down a finding of `{}`: {source}", path.display())]
    Sink {
        /// The file.
        path: PathBuf,
        /// What the sink says.
        source: io::Error,
    },
}

/// Reads a whole results file.
///
/// # Errors
/// [`ReadError`], which names the file.
pub fn read(path: &Path) -> Result<Results, ReadError> {
    let read = read_into(path, |_| Ok(Vec::new()))?;
    Ok(Results { head: read.head, findings: read.sink, gaps: read.gaps })
}

/// What stands in a results file, with its findings handed on.
#[derive(Debug)]
pub struct ReadInto<S> {
    /// The head.
    pub head: Head,
    /// What took the findings.
    pub sink: S,
    /// The gaps.
    pub gaps: Vec<Gap>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// Reads a results file; `start` makes the sink from the head, and the sink is given each finding.
///
/// # Errors
/// [`ReadError`], which names the file.
pub fn read_into<S: FindingSink>(
    path: &Path,
    start: impl FnOnce(&Head) -> io::Result<S>,
) -> Result<ReadInto<S>, ReadError> {
    let path = path.to_path_buf();
    let file = match regular(&path) {
        Ok(file) => file,
        Err(source) => return Err(ReadError::Open { path, source }),
    };
    let mut reader = BufReader::with_capacity(1 << 16, Digested::new(file));
    match from_reader(&mut reader, start) {
        Ok((head, sink, gaps)) => Ok(ReadInto { head, sink, gaps, sha256: reader.into_inner().digest() }),
        Err(Failure::Content(source)) => Err(ReadError::Content { path, source }),
        Err(Failure::Sink(source)) => Err(ReadError::Sink { path, source }),
    }
}

/// The file, if it is one: of a pipe nobody knows whether anything will come.
fn regular(path: &Path) -> io::Result<File> {
    if std::fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::Error::other("it is no regular file")) }
}

#[derive(Debug)]
pub(super) enum Failure {
    Content(serde_json::Error),
    Sink(io::Error),
}

pub(super) fn from_reader<S: FindingSink>(
    reader: impl Read,
    start: impl FnOnce(&Head) -> io::Result<S>,
) -> Result<(Head, S, Vec<Gap>), Failure> {
    let mut failure = None;
    let mut json = serde_json::Deserializer::from_reader(reader);
    let parts = json.deserialize_map(Whole { start, failure: &mut failure });
    match (parts.and_then(|parts| json.end().map(|()| parts)), failure) {
        (_, Some(source)) => Err(Failure::Sink(source)),
        (Ok(parts), None) => Ok(parts),
        (Err(source), None) => Err(Failure::Content(source)),
    }
}

struct Whole<'f, F> {
    start: F,
    failure: &'f mut Option<io::Error>,
}

impl<'de, S: FindingSink, F: FnOnce(&Head) -> io::Result<S>> Visitor<'de> for Whole<'_, F> {
    type Value = (Head, S, Vec<Gap>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a results object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { start, failure } = self;
        let mut start = Some(start);
        let mut fields = Map::new();
        let mut begun: Option<(Head, S)> = None;
        let mut early: Option<Vec<Finding>> = None;
        let mut gaps: Option<Vec<Gap>> = None;
        let mut begin = |fields: &mut Map<String, Value>,
                         failure: &mut Option<io::Error>|
         -> Result<(Head, S), A::Error> {
            let head: Head = serde_json::from_value(Value::Object(std::mem::take(fields))).map_err(A::Error::custom)?;
            let start = start.take().ok_or_else(|| A::Error::custom("`findings` stands there twice"))?;
            let sink = start(&head).map_err(|error| stop(failure, error))?;
            Ok((head, sink))
        };
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "findings" if begun.is_some() || early.is_some() => {
                    return Err(A::Error::custom("`findings` stands there twice"));
                }
                "findings" if fields.len() == HEAD.len() => {
                    let (head, mut sink) = begin(&mut fields, failure)?;
                    map.next_value_seed(Findings { sink: &mut sink, failure })?;
                    begun = Some((head, sink));
                }
                "findings" => early = Some(map.next_value()?),
                "gaps" => gaps = Some(map.next_value()?),
                known if HEAD.contains(&known) => {
                    let value: Value = map.next_value()?;
                    if known == "schema" && value.as_str() != Some(SCHEMA) {
                        return Err(A::Error::custom(format_args!("`schema` is not `{SCHEMA}`")));
                    }
                    if begun.is_some() || fields.insert(name.clone(), value).is_some() {
                        return Err(A::Error::custom(format_args!("`{name}` stands there twice")));
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let (head, sink) = match (begun, early) {
            (Some(begun), _) => begun,
            (None, Some(findings)) => {
                let (head, mut sink) = begin(&mut fields, failure)?;
                for finding in &findings {
                    sink.finding(finding).map_err(|error| stop(failure, error))?;
                }
                (head, sink)
            }
            (None, None) => return Err(A::Error::missing_field("findings")),
        };
        Ok((head, sink, gaps.ok_or_else(|| A::Error::missing_field("gaps"))?))
    }
}

fn stop<E: serde::de::Error>(failure: &mut Option<io::Error>, error: io::Error) -> E {
    *failure = Some(error);
    E::custom("the sink failed")
}

struct Findings<'a, S> {
    sink: &'a mut S,
    failure: &'a mut Option<io::Error>,
}

impl<'de, S: FindingSink> DeserializeSeed<'de> for Findings<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: FindingSink> Visitor<'de> for Findings<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(finding) = list.next_element::<Finding>()? {
            self.sink.finding(&finding).map_err(|error| stop(self.failure, error))?;
        }
        Ok(())
    }
}
