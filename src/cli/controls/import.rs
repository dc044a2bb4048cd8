//! `assize controls import`: a framework file out of an OSCAL catalog.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Outcome;
use super::super::args::ImportArgs;
use super::super::{file, print};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::control::oscal::{self, Wanted};
use crate::control::schemas;
use crate::report::human::count;

/// A catalog longer than this is not read: the largest that is published has a sixth of it.
const LONGEST: u64 = 64 << 20;

/// How many ids of what is left behind are named.
const NAMED: usize = 12;

pub(in crate::cli) fn import(args: &ImportArgs) -> Outcome {
    match made(args) {
        Ok(outcome) => outcome,
        Err(wrong) => {
            print::diagnostics(&[*wrong], &BTreeMap::new());
            Outcome::Broken
        }
    }
}

fn made(args: &ImportArgs) -> Result<Outcome, Box<Diagnostic>> {
    if let Some(id) = &args.id {
        super::new::name(id, "an id")?;
    }
    let text = crate::prepare::read_text(&args.catalog, LONGEST)
        .and_then(|text| text.ok_or_else(|| "there is no such file".to_owned()))
        .map_err(|why| {
            let message = format!("`{}` cannot be read: {why}", args.catalog.display());
            Box::new(Diagnostic::error("unreadable-catalog", message).help("name a file with an OSCAL catalog as JSON"))
        })?;
    let wanted = Wanted { id: args.id.clone(), only: args.only.clone() };
    let schema = "../schemas/framework.schema.json";
    let imported = oscal::import(&text, &wanted, schema).map_err(Box::new)?;
    let mut said =
        format!("{} of {}", count(imported.requirements as u64, "requirement", "requirements"), args.catalog.display());
    for left in &imported.left {
        let named: Vec<&str> = left.ids.iter().take(NAMED).map(String::as_str).collect();
        let more = left.ids.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        said.push_str(&format!("\n{} left out, {}: {}{more}", left.ids.len(), left.why, named.join(", ")));
    }
    if imported.left.iter().any(|left| !left.why.contains("--only")) {
        said.push_str("\n`--only ID` brings along what was left out, by its id or a pattern.");
    }
    let Some(to) = &args.out else {
        let printed = print::out(&imported.text);
        print::note(&shown_lines(&said));
        return Ok(printed);
    };
    let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| file::write(to, &imported.text, false)).map_err(|error| {
        let help = "name another file for `--out`, or take away the one that is there";
        Box::new(Diagnostic::error("not-written", format!("nothing was imported: {error}")).help(help))
    })?;
    said.push_str(&format!("\n\nwrote {}", to.display()));
    if let Some(schema) = beside(to) {
        said.push_str(&format!("\n      {schema}, by which an editor completes and checks it"));
    }
    said.push_str("\n\nNext: name checks (`assize controls list`) or statements to attest in its parts, then `assize controls lint --controls`\nwith the folder that `frameworks/` is in.\n");
    said.push_str(&format!("To judge by it, use `--framework {}`.\n", imported.id));
    Ok(print::out(&shown_lines(&said)))
}

/// The schema beside a file that stands in `frameworks/`, written if it is not there.
fn beside(to: &Path) -> Option<String> {
    let frameworks = to.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "frameworks"))?;
    let folder = frameworks.parent()?.join("schemas");
    let kind = schemas::kind("framework")?;
    std::fs::create_dir_all(&folder).ok()?;
    let path = folder.join(kind.file);
    if !path.exists() {
        file::write(&path, &kind.schema(), false).ok()?;
    }
    Some(path.display().to_string())
}

/// The text with what acts written out, line by line.
fn shown_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(shown).collect();
    lines.join("\n")
}
