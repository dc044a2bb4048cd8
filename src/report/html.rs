//! `report.html`: the report as one page that needs nothing else, neither scripts nor the network.

use std::io::{self, Write};

use super::view::Report;
use super::{End, Format, Out, Output, template};
use crate::contract::v1::Head;

/// The HTML report.
pub const FORMAT: Format = Format { id: "html", file: "report.html", about: "the report, as one page of HTML", open };

#[expect(clippy::unnecessary_wraps, reason = "all formats are opened alike, and some write at once")]
fn open(out: Out, _head: &Head) -> io::Result<Box<dyn Output>> {
    Ok(Box::new(Html { out }))
}

struct Html {
    out: Out,
}

impl Output for Html {
    fn finish(mut self: Box<Self>, end: &End<'_>) -> io::Result<()> {
        template::render("report.html", &Report::new(end.head, end.kept, end.gaps), &mut self.out)?;
        self.out.flush()
    }
}
