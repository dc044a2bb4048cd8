//! The inventory in CSV, for long lists: the first column says which table it is.

use std::collections::BTreeSet;
use std::io;

use toml::{Table, Value};

use super::inventory::lost::{Place, lost};
use super::inventory::pending::Entry;
use super::inventory_toml::{PROVIDES, keep};
use super::run::FileRun;
use super::{About, STATED, Source};
use crate::export::head::Head;
use crate::export::rows;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};

/// The source.
pub struct InventoryCsv;

static ABOUT: About = About {
    id: "inventory-csv",
    title: "the inventory as a table, for long lists",
    system: "inventory",
    commands: &["written by hand, or exported from where the list is kept"],
    authority: STATED,
    kinds: &[],
    layout: Layout::Rows,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "The first column says what the table is of: `owner` (the owner's id), `identity`, `resource` (a pattern), `review_of` or `drill_of` (identities). The other columns are the fields of that table in TOML.",
        "Members of lists are separated by `;`. An empty cell is a field that is not given.",
    ],
};

/// The first column, the table, and the field that the first column is.
const FIRST: &[(&str, &str, &str)] = &[
    ("owner", "owners", "id"),
    ("identity", "identities", "identity"),
    ("resource", "resources", "pattern"),
    ("review_of", "reviews", "identities"),
    ("drill_of", "drills", "identities"),
];
/// Every column that may follow.
const COLUMNS: &[&str] = &[
    "active",
    "ai_system",
    "approved",
    "at",
    "by",
    "email",
    "environment",
    "expires_at",
    "kind",
    "left_at",
    "logged",
    "members",
    "minutes",
    "name",
    "note",
    "outcome",
    "owners",
    "public",
    "purpose",
    "sensitivity",
    "sponsor",
    "system",
    "third_party",
    "vendor",
];
const LISTS: &[&str] = &["identities", "members", "owners"];
const FLAGS: &[&str] = &["active", "approved", "logged", "public", "third_party"];

fn first(header: &[String]) -> Option<(&'static str, &'static str)> {
    let name = header.first()?;
    FIRST.iter().find(|(column, ..)| column == name).map(|(_, table, field)| (*table, *field))
}

impl Source for InventoryCsv {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        let header = head.columns();
        first(header).is_some() && header.iter().skip(1).any(|column| COLUMNS.contains(&column.as_str()))
    }

    fn order(&self) -> u8 {
        4
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let Some((table, field)) = first(head.columns()) else { return Ok(()) };
        let mut columns = head.columns().to_vec();
        if let Some(first) = columns.first_mut() {
            field.clone_into(first);
        }
        let mut sink = Rows { file: run, table, columns, ids: BTreeSet::new() };
        let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut sink)?;
        run.close(&facts);
        Ok(())
    }
}

struct Rows<'f, 'r> {
    file: &'f mut FileRun<'r>,
    table: &'static str,
    columns: Vec<String>,
    ids: BTreeSet<String>,
}

impl Rows<'_, '_> {
    fn lost(&mut self, line: u32, offset: u64) {
        let text = format!("line {line}");
        lost(self.file, self.table, Place { text: &text, list: "row", index: line, offset });
    }
}

impl Sink for Rows<'_, '_> {
    type Parsed<'a> = Entry;

    fn parse(&self, _: &Slice, text: &[u8]) -> Result<Entry, String> {
        let row = rows::fields(text)?;
        if row.len() != self.columns.len() {
            return Err(format!("it has {} fields where the first row has {}", row.len(), self.columns.len()));
        }
        let mut entry = Table::new();
        for (column, cell) in self.columns.iter().zip(&row) {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            entry.insert(column.clone(), value(column, cell)?);
        }
        Entry::read(self.table, Value::Table(entry))
    }

    fn take(&mut self, slice: &Slice, entry: Entry) {
        if let Some(key) = entry.key()
            && !self.ids.insert(key.to_owned())
        {
            self.reject(slice, "its first cell is that of an earlier row of this file".to_owned());
            return;
        }
        let record = self.file.record(slice);
        keep(self.file, self.table, record, entry);
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.reject(slice, why);
        self.lost(slice.index, slice.offset);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.refuse(refused);
        self.lost(refused.index, refused.offset);
    }

    fn field(&mut self, _: Field) {}
}

fn value(column: &str, cell: &str) -> Result<Value, String> {
    if LISTS.contains(&column) {
        let members = cell.split(';').map(str::trim).filter(|member| !member.is_empty());
        return Ok(Value::Array(members.map(|member| Value::String(member.to_owned())).collect()));
    }
    if FLAGS.contains(&column) {
        return match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(Value::Boolean(true)),
            "false" | "no" => Ok(Value::Boolean(false)),
            _ => Err(format!("`{column}` is neither `true` nor `false`")),
        };
    }
    if column == "minutes" {
        return cell.parse().map(Value::Float).map_err(|_| "`minutes` is not a number".to_owned());
    }
    Ok(Value::String(cell.to_owned()))
}
