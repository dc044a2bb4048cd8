//! `report.html`: the report as one page that needs nothing else. A script of its own only narrows down what is shown.

use std::io::{self, Write};

use super::{End, Format, Out, Output, SHOWN};
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
        end.templates.render("report.html", end.report(SHOWN, "finding.html")?, &mut self.out)?;
        self.out.flush()
    }
}
