//! `report.md`: the report for a repository, a ticket or a reviewer's editor.

use std::io::{self, Write};

use super::view::Report;
use super::{End, Format, Output, template};
use crate::contract::v1::{Finding, FindingSink, Head};

/// The Markdown report.
pub const FORMAT: Format = Format { id: "markdown", file: "report.md", about: "the report, as Markdown", open };

fn open(out: Box<dyn Write + Send>, _head: &Head) -> io::Result<Box<dyn Output>> {
    Ok(Box::new(Markdown { out }))
}

struct Markdown {
    out: Box<dyn Write + Send>,
}

impl FindingSink for Markdown {
    fn finding(&mut self, _finding: &Finding) -> io::Result<()> {
        Ok(())
    }
}

impl Output for Markdown {
    fn finish(mut self: Box<Self>, end: &End<'_>) -> io::Result<()> {
        template::render("report.md", &Report::new(end.head, end.kept, end.gaps), &mut self.out)?;
        self.out.flush()
    }
}
