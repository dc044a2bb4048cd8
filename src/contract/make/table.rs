//! The frozen populations: one table a subject, a row a subject, a column a check run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;

use super::Input;
use super::names::id;
use crate::assess::Judged;
use crate::base::digest::Digester;
use crate::model::{Row, Subject};

/// How many ids go into a digest at once.
const AT_ONCE: usize = 128;

/// The subjects that check runs of the plan ask about.
pub(super) fn subjects(input: &Input<'_>) -> Vec<Subject> {
    let asked = |subject: &Subject| input.questions.iter().any(|question| question.subject == *subject);
    Subject::ALL.into_iter().filter(asked).collect()
}

/// Writes the table of one subject as CSV. Columns are the check runs by id; `-` means that a run does not apply.
///
/// # Errors
/// What the writer gives.
pub fn write_verdicts<W: Write>(input: &Input<'_>, subject: Subject, out: W) -> io::Result<()> {
    let columns: Vec<(&str, &Judged)> = input
        .plan
        .runs
        .iter()
        .zip(input.questions)
        .zip(input.judged)
        .filter(|((_, question), _)| question.subject == subject)
        .map(|((run, _), judged)| (run.id.as_str(), judged))
        .collect();
    let mut table = csv::Writer::from_writer(out);
    table.write_field("id")?;
    for (name, _) in &columns {
        table.write_field(name)?;
    }
    table.write_record(None::<&[u8]>)?;
    let mut line = csv::ByteRecord::new();
    for (at, row) in input.orders.get(subject).rows.iter().enumerate() {
        line.clear();
        line.push_field(id(input.estate, Row::new(subject, *row)).as_bytes());
        for (_, judged) in &columns {
            line.push_field(&[judged.verdicts.get(at).map_or(b'-', |verdict| verdict.letter() as u8)]);
        }
        table.write_byte_record(&line)?;
    }
    table.flush()
}

/// By subject: the digest of its ids, each with a line feed.
pub(super) fn id_digests(input: &Input<'_>) -> BTreeMap<Subject, String> {
    let digest = |subject: Subject| {
        let mut digester = Digester::default();
        for rows in input.orders.get(subject).rows.chunks(AT_ONCE) {
            let mut lines = String::new();
            for row in rows {
                lines.push_str(&id(input.estate, Row::new(subject, *row)));
                lines.push('\n');
            }
            digester.update(lines.as_bytes());
        }
        digester.finish()
    };
    subjects(input).into_par_iter().map(|subject| (subject, digest(subject))).collect()
}

/// The digest of a column: of the ids' digest, a line feed, and the letters in the order of the ids.
pub(super) fn column_digest(ids: &str, judged: &Judged) -> String {
    let mut digester = Digester::default();
    digester.update(ids.as_bytes());
    digester.update(b"\n");
    let letters: Vec<u8> = judged.verdicts.iter().map(|verdict| verdict.letter() as u8).collect();
    digester.update(&letters);
    digester.finish()
}
