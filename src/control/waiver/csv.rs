//! `waivers.csv`: one row a waiver and subject, for those who work in spreadsheets.
//!
//! Rows become what `waivers.toml` would say, so that both are held against the same rules.

use std::collections::BTreeMap;
use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;
use toml::Spanned;

use super::{RawCompensating, RawGivenFor, RawWaiver, cells};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{is_formula, nearest, shown};
use crate::control::file::Reader;
use crate::control::value::Node;

/// The columns, in the order in which they are written. In a file they may stand in any order, and those that need not be given
/// may be missing.
pub const COLUMNS: [&str; 18] = [
    "id",
    "check",
    "subject",
    "type",
    "justification",
    "approver",
    "ticket",
    "opened",
    "expires",
    "constraints",
    "definition",
    "objective",
    "risk",
    "validation",
    "maintenance",
    "given_for",
    "digest",
    "facts",
];
/// Those that `assize waivers list` adds, which say how a waiver stands and are passed over when they come back.
const TOLD: [&str; 4] = ["state", "matches", "covers", "doubts"];
/// Those that a file must have.
const NEEDED: [&str; 9] =
    ["id", "check", "subject", "type", "justification", "approver", "ticket", "opened", "expires"];
/// Those that are of a subject, or of a finding about it, and not of the whole waiver.
const OF_A_SUBJECT: [&str; 4] = ["subject", "given_for", "digest", "facts"];
/// The worksheet of a compensating control.
const WORKSHEET: [&str; 6] = ["constraints", "definition", "objective", "risk", "validation", "maintenance"];

/// A cell that no spreadsheet takes for a formula; [`plain`] undoes it.
pub(super) fn guarded(text: &str) -> String {
    // What acts on a terminal is written out, but for the ends of lines, which a cell may have; and so is what looks so.
    let text = text.replace(WRITTEN_OUT, "\\u{5c}u{");
    let lines: Vec<_> = text.split('\n').map(shown).collect();
    let text = lines.join("\n");
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text }
}

/// How what acts on a terminal begins where it is written out.
const WRITTEN_OUT: &str = "\\u{";

/// The text of a cell, without the mark that keeps it from being a formula, and with what was written out as it was.
pub(super) fn plain(cell: &str) -> String {
    let cell = cell.strip_prefix('\'').filter(|rest| is_formula(rest.trim_start_matches('\''))).unwrap_or(cell);
    let mut parts = cell.split(WRITTEN_OUT);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.split_once('}').filter(|(code, _)| code.len() <= 6);
        match code.and_then(|(code, rest)| Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, rest))) {
            Some((character, rest)) => {
                text.push(character);
                text.push_str(rest);
            }
            None => {
                text.push_str(WRITTEN_OUT);
                text.push_str(part);
            }
        }
    }
    text
}

/// A row, with its place in the file and that of each cell.
struct Row {
    cells: BTreeMap<&'static str, (String, Range<usize>)>,
    at: Range<usize>,
}

impl Row {
    fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |(text, _)| text.as_str())
    }

    /// Where the cell stands; the row, where it is too short to have it.
    fn place(&self, column: &str) -> Range<usize> {
        self.cells.get(column).map_or_else(|| self.at.clone(), |(_, place)| place.clone())
    }

    fn spanned(&self, column: &str) -> Spanned<String> {
        Spanned::new(self.place(column), self.cell(column).to_owned())
    }
}

/// The waivers of a table, as TOML would say them; `None` if it has not the columns of one.
///
/// An empty table has no waivers: so it is while the shell writes the first into it.
pub(super) fn rows(reader: &mut Reader<'_>, text: &str) -> Option<Vec<Spanned<RawWaiver>>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let head = text.get(..first_line(text)).unwrap_or("");
    if head.contains('\t') && !head.contains([',', ';']) {
        let wrong = Diagnostic::error("bad-columns", "its columns are divided by tabs")
            .help("save it with commas or semicolons between the columns: CSV, not text");
        reader.note(wrong, 0..head.trim_end().len(), "these columns");
        return None;
    }
    let (header, rows) = table(reader, text);
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !header.contains(name)).collect();
    if !missing.is_empty() {
        let message = format!("the table has no column `{}`", missing.join("`, `"));
        let wrong = Diagnostic::error("bad-columns", message).help(format!("columns: {}", COLUMNS.join(", ")));
        reader.note(wrong, 0..first_line(text), "these columns");
        return None;
    }
    let mut order: Vec<String> = Vec::new();
    let mut by_id: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let id = row.cell("id").to_owned();
        if !by_id.contains_key(&id) {
            order.push(id.clone());
        }
        by_id.entry(id).or_default().push(row);
    }
    Some(order.iter().filter_map(|id| waiver(reader, by_id.get(id)?)).collect())
}

fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The columns that are known, and the rows. Unknown columns, and rows that cannot be read, are told.
fn table(reader: &mut Reader<'_>, text: &str) -> (Vec<&'static str>, Vec<Row>) {
    let head = text.get(..first_line(text)).unwrap_or("");
    // Spreadsheets of some countries write semicolons.
    let delimiter = if head.contains(';') && !head.contains(',') { b';' } else { b',' };
    let mut records =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut header: Vec<Option<&'static str>> = Vec::new();
    let mut names = Vec::new();
    let mut rows = Vec::new();
    loop {
        let start = usize::try_from(records.position().byte()).unwrap_or(0);
        match records.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let wrong = Diagnostic::error("bad-row", format!("the row cannot be read: {error}"));
                reader.note(wrong, start..start, "here");
                break;
            }
        }
        let end = usize::try_from(records.position().byte()).unwrap_or(start);
        let line = text.get(start..end).unwrap_or("");
        let before = line.len() - line.trim_start_matches(['\r', '\n']).len();
        let at = start + before..start + line.trim_end().len().max(before);
        let found = cells::places(line.get(before..).unwrap_or(""), delimiter);
        let found = found.into_iter().map(|cell| at.start + cell.start..at.start + cell.end);
        let places: Vec<Range<usize>> = found.collect();
        let place = |cell: usize| places.get(cell).filter(|_| places.len() == record.len()).unwrap_or(&at).clone();
        if header.is_empty() {
            header = columns(reader, &record, &place);
            names.extend(header.iter().flatten().copied());
            continue;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // Tables that were appended to one another have their columns named again, maybe in another order.
        if is_header(record.iter()) {
            let again = columns(reader, &record, &place);
            let known = again.iter().flatten().copied();
            names.extend(known);
            header = again;
            continue;
        }
        if record.len() == 1 && header.len() > 1 && is_header(record.iter().flat_map(|cell| cell.split([',', ';']))) {
            let wrong = Diagnostic::error("bad-columns", "from here on, other signs divide the columns than above")
                .help("use commas in the whole table, or semicolons");
            reader.note(wrong, at, "the columns again");
            break;
        }
        if let Some(more) = record.iter().skip(header.len()).position(|cell| !cell.trim().is_empty()) {
            let message = format!("the row has {} cells, and the table {} columns", record.len(), header.len());
            let wrong = Diagnostic::error("bad-row", message).help("put a cell with a comma in it into quotes");
            reader.note(wrong, place(header.len() + more), "one cell too many");
        }
        let cells = header.iter().zip(record.iter()).enumerate();
        let cells = cells.filter_map(|(at, (name, cell))| Some(((*name)?, (plain(cell.trim()), place(at))))).collect();
        rows.push(Row { cells, at });
    }
    (names, rows)
}

/// True for cells that name all columns that a table must have, and nothing but columns.
fn is_header<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let names: Vec<String> = cells.map(|cell| cell.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
    let is_known = |name: &String| COLUMNS.contains(&name.as_str()) || TOLD.contains(&name.as_str());
    names.iter().all(is_known) && NEEDED.iter().all(|needed| names.iter().any(|name| name == needed))
}

fn columns(
    reader: &mut Reader<'_>,
    record: &StringRecord,
    place: &dyn Fn(usize) -> Range<usize>,
) -> Vec<Option<&'static str>> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut all = Vec::new();
    for (at, cell) in record.iter().enumerate() {
        let name = cell.trim().to_lowercase();
        let known = COLUMNS.into_iter().find(|column| *column == name);
        match known {
            Some(known) if seen.contains(&known) => {
                let wrong = Diagnostic::error("bad-columns", format!("the column `{known}` stands twice"));
                reader.note(wrong, place(at), "the second");
            }
            None if !name.is_empty() && !TOLD.contains(&name.as_str()) => {
                let near = nearest(&name, COLUMNS);
                let help = near.map_or_else(|| COLUMNS.join(", "), |near| format!("did you mean `{near}`?"));
                let wrong = Diagnostic::error("bad-columns", format!("`{name}` is no column of waivers")).help(help);
                reader.note(wrong, place(at), "this column");
            }
            _ => {}
        }
        seen.extend(known);
        all.push(known);
    }
    all
}

/// The waiver of all rows of one id.
fn waiver(reader: &mut Reader<'_>, rows: &[Row]) -> Option<Spanned<RawWaiver>> {
    let (first, rest) = rows.split_first()?;
    for row in rest {
        let other = COLUMNS
            .into_iter()
            .filter(|column| !OF_A_SUBJECT.contains(column))
            .find(|column| row.cell(column) != first.cell(column));
        if let Some(column) = other {
            let message = format!("two rows of `{}` differ in `{column}`", first.cell("id"));
            let wrong = Diagnostic::error("rows-differ", message)
                .help("rows of one waiver say the same but for `subject`, `given_for`, `digest` and `facts`");
            reader.note(wrong, row.place(column), "differs from the first row");
        }
    }
    let subjects = rows.iter().filter(|row| !row.cell("subject").is_empty()).map(|row| row.spanned("subject"));
    let given = rows.iter().filter(|row| ["given_for", "digest", "facts"].iter().any(|one| !row.cell(one).is_empty()));
    let given_for: Vec<Spanned<RawGivenFor>> = given.map(|row| given_for(reader, row)).collect();
    let worksheet = WORKSHEET.iter().find(|column| !first.cell(column).is_empty()).map(|filled| {
        Spanned::new(
            first.place(filled),
            RawCompensating {
                constraints: first.spanned("constraints"),
                definition: first.spanned("definition"),
                objective: first.spanned("objective"),
                risk: first.spanned("risk"),
                validation: first.spanned("validation"),
                maintenance: first.spanned("maintenance"),
            },
        )
    });
    let date = |column: &str| Spanned::new(first.place(column), Node::Text(first.cell(column).to_owned()));
    let raw = RawWaiver {
        id: first.spanned("id"),
        check: first.spanned("check"),
        subjects: Spanned::new(first.place("subject"), subjects.collect()),
        kind: first.spanned("type"),
        justification: first.spanned("justification"),
        approver: first.spanned("approver"),
        ticket: first.spanned("ticket"),
        opened: date("opened"),
        expires: date("expires"),
        compensating: worksheet,
        given_for,
    };
    Some(Spanned::new(first.at.clone(), raw))
}

fn given_for(reader: &mut Reader<'_>, row: &Row) -> Spanned<RawGivenFor> {
    let facts = match row.cell("facts") {
        "" => BTreeMap::new(),
        json => facts(json, &row.place("facts")).unwrap_or_else(|| {
            let wrong = Diagnostic::error("bad-waiver", "`facts` is no object of facts")
                .help("leave the cell as `assize waivers new --format csv` wrote it");
            reader.note(wrong, row.place("facts"), "this cell");
            BTreeMap::new()
        }),
    };
    let raw = RawGivenFor { subject: row.spanned("given_for"), digest: row.spanned("digest"), facts };
    Spanned::new(row.at.clone(), raw)
}

/// The facts of a cell, which is an object of JSON.
fn facts(json: &str, at: &Range<usize>) -> Option<BTreeMap<String, Spanned<Node>>> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(json).ok()?;
    object.into_iter().map(|(name, value)| Some((name, Spanned::new(at.clone(), node(value, at)?)))).collect()
}

fn node(value: Value, at: &Range<usize>) -> Option<Node> {
    let spanned = |value| Some(Spanned::new(at.clone(), node(value, at)?));
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => Node::Bool(value),
        Value::Number(number) => Node::Int(number.as_i64()?),
        Value::String(text) => Node::Text(text),
        Value::Array(members) => Node::List(members.into_iter().map(spanned).collect::<Option<_>>()?),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(name, value)| Some((name, spanned(value)?)));
            Node::Table(entries.collect::<Option<_>>()?)
        }
    })
}
