//! A framework file out of an OSCAL catalog: its controls become requirements that nothing answers yet.
//!
//! What is withdrawn stays behind, and so does what a catalog carries along from an older edition; both are told by what the
//! catalog itself says, never by an id.

mod read;
mod withdrawn;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use read::{Catalog, Control, Entry};

use crate::base::diagnostic::Diagnostic;
use crate::base::text::{shortened, shown, toml_string};

/// The longest summary that is taken over, in characters.
const LONGEST: usize = 20_000;

/// What is asked of an import.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The id of the framework; made from the title where it is not given.
    pub id: Option<String>,
    /// Patterns of ids with `*`: only these come along, whatever is said of them. All where there is none.
    pub only: Vec<String>,
}

/// A framework file, and what of the catalog is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The id of the framework.
    pub id: String,
    /// The text of the file.
    pub text: String,
    /// How many requirements it has.
    pub requirements: usize,
    /// What was left behind.
    pub left: Vec<Left>,
}

/// Controls that were left behind for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The reason.
    pub why: &'static str,
    /// Their ids, in the order of the catalog; of those without one where they stand.
    pub ids: Vec<String>,
}

/// The framework file of a catalog. `schema` is where the schema of frameworks lies, from the folder of the file.
///
/// # Errors
/// What keeps it from being one: another form than OSCAL's catalog as JSON, or no control that fits.
pub fn import(json: &str, wanted: &Wanted, schema: &str) -> Result<Imported, Diagnostic> {
    let catalog = Catalog::read(json)?;
    let entries = catalog.entries();
    let reasons = withdrawn::reasons(&entries);
    let matches = |id: &str| wanted.only.iter().any(|pattern| crate::expr::glob(id, pattern));
    let mut left: Vec<Left> = Vec::new();
    let mut names = BTreeSet::new();
    let mut kept = Vec::new();
    for (entry, why) in entries.iter().zip(reasons) {
        let number = number(entry.control);
        if number.is_empty() {
            leave(&mut left, "without an id, by which nobody could name them", shown(&entry.pointer).into_owned());
            continue;
        }
        let why = match (wanted.only.is_empty(), matches(&number) || matches(&entry.control.id)) {
            (true, _) => why,
            (false, true) => None,
            (false, false) => Some("no pattern of `--only` fits"),
        };
        let why = why.or_else(|| (!names.insert(number.to_lowercase())).then_some("another one has the same id"));
        match why {
            None => kept.push((entry, number)),
            Some(why) => leave(&mut left, why, number),
        }
    }
    if kept.is_empty() {
        let wrong = Diagnostic::error("empty-catalog", "no control of the catalog can become a requirement");
        return Err(wrong.help(match (entries.is_empty(), wanted.only.is_empty()) {
            (true, _) => {
                "the catalog has no controls; a profile of OSCAL must be resolved into a catalog first".to_owned()
            }
            (false, true) => format!("all {} are withdrawn, or only headings of others", entries.len()),
            (false, false) => {
                format!("the patterns fit none of its {} controls; `*` stands for any text", entries.len())
            }
        }));
    }
    let id = wanted.id.clone().unwrap_or_else(|| slug(&catalog.metadata.title));
    let params = catalog.params();
    let mut text = head(&catalog, &id, schema);
    for (entry, number) in &kept {
        requirement(&mut text, &params, entry, number, &mut names);
    }
    Ok(Imported { id, text, requirements: kept.len(), left })
}

/// Notes that a control is left behind.
fn leave(left: &mut Vec<Left>, why: &'static str, id: String) {
    match left.iter_mut().find(|group| group.why == why) {
        Some(group) => group.ids.push(id),
        None => left.push(Left { why, ids: vec![id] }),
    }
}

/// The number as the framework writes it: its label, where that is one word, or the id.
fn number(control: &Control) -> String {
    let label = control.prop("label").filter(|label| !label.trim().is_empty() && !label.contains(char::is_whitespace));
    label.unwrap_or(&control.id).trim().to_owned()
}

/// A title as an id: lower-case letters, digits, dots and hyphens.
fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || (c == '.' && !out.is_empty()) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out: String = out.chars().take(60).collect();
    let out = out.trim_matches(['-', '.']);
    if out.is_empty() { "imported".to_owned() } else { out.to_owned() }
}

/// A value of the file, or a word to fill in, with a comment that says so.
fn line(out: &mut String, field: &str, value: Option<&str>, instead: &str) {
    match value.map(str::trim).filter(|value| !value.is_empty()) {
        Some(value) => {
            let _ = writeln!(out, "{field:<12} = {}", toml_string(value));
        }
        None => {
            let _ = writeln!(out, "# The catalog does not say it: fill it in.\n{field:<12} = {}", toml_string(instead));
        }
    }
}

/// All that stands above the requirements.
fn head(catalog: &Catalog, id: &str, schema: &str) -> String {
    let metadata = &catalog.metadata;
    let publisher = catalog.publisher();
    let mut out = format!(
        "#:schema {schema}\n#\n# Made by `assize controls import` from an OSCAL catalog:\n# {}\n# Its requirements are not assessed \
         until their parts name checks (`assize controls list`) or what a person must attest.\n\n",
        shown(&shortened(&one_line(&metadata.title), 110))
    );
    line(&mut out, "id", Some(id), "");
    line(&mut out, "title", Some(&one_line(&metadata.title)), "a title");
    out.push_str("# The catalog's version: write the framework's own if that is another.\n");
    line(&mut out, "version", Some(&one_line(&metadata.version)), "not said");
    line(&mut out, "publisher", publisher.map(one_line).as_deref(), "not said");
    line(&mut out, "url", catalog.address().map(one_line).as_deref(), "not said");
    let whose = publisher.map_or_else(|| "its publisher".to_owned(), one_line);
    let mut licence =
        format!("The titles and texts of the requirements are those of {whose}, taken over from the catalog.");
    match metadata.rights() {
        Some(rights) => {
            let _ = write!(licence, " The catalog says: {}", one_line(rights));
        }
        None => licence.push_str(" The catalog does not say under which terms; look there before you pass them on."),
    }
    line(&mut out, "licence_note", Some(&licence), "");
    let day =
        metadata.published.as_deref().and_then(|at| at.get(..10)).map(|day| format!(", {day}")).unwrap_or_default();
    let by = publisher.map(|name| format!("{}, ", one_line(name))).unwrap_or_default();
    let attribution =
        format!("{by}{}{day}; OSCAL catalog, version {}", one_line(&metadata.title), one_line(&metadata.version));
    line(&mut out, "attribution", Some(&attribution), "");
    out
}

fn requirement(
    out: &mut String,
    params: &BTreeMap<&str, String>,
    entry: &Entry<'_>,
    number: &str,
    names: &mut BTreeSet<String>,
) {
    let control = entry.control;
    let own = one_line(&control.title);
    // Some catalogs repeat the number where a title belongs: then what it stands under says more.
    let repeats = own.is_empty() || own.eq_ignore_ascii_case(number) || own.eq_ignore_ascii_case(&control.id);
    let title = match entry.heading.map(one_line).filter(|heading| repeats && !heading.is_empty()) {
        Some(heading) => heading,
        None if own.is_empty() => number.to_owned(),
        None => own,
    };
    let statement = control.statement(params);
    let summary = shortened(&statement, LONGEST);
    let _ = write!(out, "\n[[requirements]]\nid      = {}\n", toml_string(number));
    if !control.id.eq_ignore_ascii_case(number) && names.insert(control.id.to_lowercase()) {
        let _ = writeln!(out, "aliases = [{}]", toml_string(&control.id));
    }
    let _ = writeln!(out, "title   = {}", toml_string(&title));
    let _ = writeln!(out, "summary = {}", lines_of(if summary.trim().is_empty() { &title } else { summary.trim() }));
    let part = if summary.trim().is_empty() { title } else { one_line(&shortened(&summary, 300)) };
    let part = part.trim_end_matches('.');
    let _ = write!(
        out,
        "\n[[requirements.parts]]\nid         = \"whole\"\ntitle      = {}\nunanswered = \"not mapped yet\"\n",
        toml_string(part)
    );
}

/// A text as TOML: of several lines as they are, each safe.
fn lines_of(text: &str) -> String {
    if !text.contains('\n') {
        return toml_string(text);
    }
    let inner = |line: &str| {
        let quoted = toml_string(line);
        quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("").to_owned()
    };
    let lines = text.lines().map(inner);
    format!("\"\"\"\n{}\"\"\"", lines.collect::<Vec<_>>().join("\n"))
}

/// The text with all white space as one space each.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
