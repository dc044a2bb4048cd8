//! How a results file is laid out: structure in lines, one entry of a list a line.
//!
//! A person who compares two files sees which entry changed, and a file of a million findings
//! does not grow by the indentation of its inside.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// The lists whose entries are opened once more, since one entry holds a whole framework.
const OPENED: &[&str] = &["frameworks"];

/// A formatter that leaves the outermost object open, for findings and gaps to follow.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Open values, outermost first: true for a list.
    open: Vec<bool>,
    /// The depth from which everything stays on one line.
    compact_from: Option<usize>,
    /// True while the key of the outermost object is written.
    in_key: bool,
    /// True inside a list whose entries are opened.
    opened: bool,
    has_value: bool,
}

impl Layout {
    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, list: bool) -> io::Result<()> {
        let entry = self.open.last() == Some(&true);
        let opened = self.opened && self.open.len() == 2;
        if entry && !opened && self.compact_from.is_none() {
            self.compact_from = Some(self.open.len());
        }
        self.open.push(list);
        self.has_value = false;
        writer.write_all(if list { b"[" } else { b"{" })
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, list: bool) -> io::Result<()> {
        let compact = self.compact();
        self.open.pop();
        if self.compact_from == Some(self.open.len()) {
            self.compact_from = None;
        }
        if self.open.is_empty() && !list {
            return Ok(());
        }
        if self.has_value && !compact {
            self.line(writer)?;
        }
        self.has_value = true;
        writer.write_all(if list { b"]" } else { b"}" })
    }

    fn compact(&self) -> bool {
        self.compact_from.is_some()
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        self.open.iter().try_for_each(|_| writer.write_all(b"  "))
    }

    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if self.compact() { Ok(()) } else { self.line(writer) }
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, true)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, true)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, false)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, false)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_key = self.open.len() == 1;
        self.next(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.compact() { b":" } else { b": " })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.in_key {
            self.opened = OPENED.contains(&fragment);
        }
        writer.write_all(fragment.as_bytes())
    }
}
