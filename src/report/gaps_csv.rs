//! `gaps.csv`: all groups of unknown verdicts, one a row, each with its number in the reports and what would close it.

use std::io;

use super::escape;
use super::view::gap_numbers;
use super::{End, Format, Out, Output, human};
use crate::contract::v1::{Gap, GapAbout, Head};

/// All gaps.
pub const FORMAT: Format =
    Format { id: "gaps-csv", file: "gaps.csv", about: "all gaps and their remedies, one a row", open };

const COLUMNS: &[&str] = &[
    "gap",
    "check_run",
    "title",
    "cause",
    "missing",
    "name",
    "scope",
    "verdicts",
    "remedy",
    "commands",
    "first_subjects",
    "subjects_sha256",
];

struct GapsCsv {
    out: csv::Writer<Out>,
}

#[expect(clippy::unnecessary_wraps, reason = "all formats are opened alike, and some write at once")]
fn open(out: Out, _head: &Head) -> io::Result<Box<dyn Output>> {
    Ok(Box::new(GapsCsv { out: csv::Writer::from_writer(out) }))
}

impl Output for GapsCsv {
    fn finish(mut self: Box<Self>, end: &End<'_>) -> io::Result<()> {
        let index = super::index::Index::new(end.head);
        self.out.write_record(COLUMNS)?;
        // The reports tell what one remedy closes as one gap: its number says which rows are of it.
        for (gap, number) in end.gaps.iter().zip(gap_numbers(end.gaps)) {
            self.out.write_record(row(number, gap, &index.title(&gap.check_run)))?;
        }
        self.out.flush()
    }
}

fn row(number: usize, gap: &Gap, title: &str) -> [String; 12] {
    let cell = |text: &str| escape::csv(text).into_owned();
    let missing = match gap.about {
        GapAbout::Fact(_) => "fact",
        GapAbout::Listing(_) => "listing",
    };
    let subjects: Vec<_> = gap.first.iter().map(|one| human::name_or(&one.id, &one.name)).collect();
    [
        number.to_string(),
        cell(&gap.check_run),
        cell(title),
        gap.cause.name().to_owned(),
        missing.to_owned(),
        cell(gap.about.name()),
        cell(&gap.scope),
        gap.count.map(|count| count.to_string()).unwrap_or_default(),
        cell(&gap.remedy.text),
        cell(&gap.remedy.commands.join("; ")),
        cell(&subjects.join("; ")),
        cell(&gap.subjects_sha256),
    ]
}
