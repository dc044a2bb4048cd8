//! Writes a results file: the head, then findings one by one, then the gaps.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::finding::Finding;
use super::gap::Gap;
use super::head::Head;
use super::layout::Layout;
use super::sink::FindingSink;

/// Writes one results file. Findings are written as they come, so none is held; writes are buffered here.
#[derive(Debug)]
pub struct ResultsWriter<W: Write> {
    out: BufWriter<W>,
    any: bool,
}

impl<W: Write> ResultsWriter<W> {
    /// Writes the head, with [`super::SCHEMA`] as its `schema`.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn new(out: W, head: &Head) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Layout::default());
        Head::serialize(head, &mut serializer).map_err(io::Error::from)?;
        out.write_all(b",\n  \"findings\": [")?;
        Ok(Self { out, any: false })
    }

    /// Writes the gaps and the end, and gives the writer back, flushed.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn finish<'a>(mut self, gaps: impl IntoIterator<Item = &'a Gap>) -> io::Result<W> {
        self.close_list()?;
        self.out.write_all(b",\n  \"gaps\": [")?;
        self.any = false;
        for gap in gaps {
            self.entry(gap)?;
        }
        self.close_list()?;
        self.out.write_all(b"\n}\n")?;
        self.out.into_inner().map_err(io::IntoInnerError::into_error)
    }

    /// Adds an entry to a text of entries, for [`ResultsWriter::entries_text`].
    ///
    /// # Errors
    /// What serialising gives.
    pub(crate) fn add_entry<T: Serialize>(text: &mut Vec<u8>, value: &T) -> io::Result<()> {
        text.extend_from_slice(b",\n    ");
        serde_json::to_writer(text, value).map_err(io::Error::from)
    }

    /// Writes entries that are text already.
    ///
    /// # Errors
    /// What the writer gives.
    pub(crate) fn entries_text(&mut self, text: &[u8]) -> io::Result<()> {
        let text = if self.any { text } else { text.strip_prefix(b",").unwrap_or(text) };
        self.any |= !text.is_empty();
        self.out.write_all(text)
    }

    fn entry<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        self.out.write_all(if self.any { b",\n    " } else { b"\n    " })?;
        self.any = true;
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)
    }

    fn close_list(&mut self) -> io::Result<()> {
        self.out.write_all(if self.any { b"\n  ]" } else { b"]" })
    }
}

impl<W: Write> FindingSink for ResultsWriter<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.entry(finding)
    }
}
