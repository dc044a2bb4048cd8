//! `report.md`: the report for a repository, a ticket or a reviewer's editor.

use std::io::{self, Write};

use super::{End, Format, Out, Output};
use crate::contract::v1::Head;

/// How many findings it shows: with more of them, sites that render Markdown cut it or show its source.
const MOST: usize = 100;

/// The Markdown report.
pub const FORMAT: Format = Format { id: "markdown", file: "report.md", about: "the report, as Markdown", open };

#[expect(clippy::unnecessary_wraps, reason = "all formats are opened alike, and some write at once")]
fn open(out: Out, _head: &Head) -> io::Result<Box<dyn Output>> {
    Ok(Box::new(Markdown { out }))
}

struct Markdown {
    out: Out,
}

impl Output for Markdown {
    fn finish(mut self: Box<Self>, end: &End<'_>) -> io::Result<()> {
        let mut text = Vec::new();
        end.templates.render("report.md", end.report(MOST, "finding.md")?, &mut text)?;
        without_gaps(&text, &mut self.out)?;
        self.out.flush()
    }
}

/// Writes the text with no more than one empty line in a row, but within blocks of code.
fn without_gaps(text: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut fence: Option<&[u8]> = None;
    let mut empty = false;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii_end();
        let ticks = bare.iter().take_while(|byte| **byte == b'`').count();
        match fence {
            Some(open) if open == bare => fence = None,
            None if ticks >= 3 => fence = Some(bare),
            _ => {}
        }
        if bare.is_empty() && empty && fence.is_none() {
            continue;
        }
        empty = bare.is_empty();
        out.write_all(line)?;
    }
    Ok(())
}
