//! What would close the gaps, for a terminal: commands stand alone on their lines, so that they can be copied.

use std::collections::BTreeMap;

use super::{InScope, Statement, Supply, Wanted};
use crate::base::text::shown;
use crate::report::human::{as_of, count, number};

/// How many members of a list are named; Markdown and JSON have all.
const NAMED: usize = 6;
/// How many statements are told whole.
const TOLD: usize = 12;

/// The text. `script` is true if the commands were written into a file besides.
#[must_use]
pub fn text(supply: &Supply, script: bool) -> String {
    let mut out = format!("{}\n", head(supply));
    for line in parts(supply) {
        out.push_str(&format!("  {line}\n"));
    }
    if !supply.exports.is_empty() {
        out.push_str("\nExports to add or to collect again\n");
        for (at, wanted) in (1..).zip(&supply.exports) {
            out.push_str(&export(at, wanted));
        }
        out.push_str(
            "\nA verdict that waits for several exports is counted under each. Nothing else is what is known now:\nonce the export is there, a verdict may be decided, or may turn out to wait for something more.\n",
        );
        // What is to be filled in comes last, so that nothing after it is copied with it.
        if !script && supply.exports.iter().any(|wanted| !wanted.commands.is_empty()) {
            out.push_str("Add `--script FILE` to have the commands written as a script that only reads.\n");
        }
    }
    if !supply.statements.is_empty() {
        out.push_str("\nWhat a person has to state, or to look into\n");
        for statement in supply.statements.iter().take(TOLD) {
            out.push_str(&stated(statement));
        }
        let more = supply.statements.len().saturating_sub(TOLD);
        if more > 0 {
            out.push_str(&format!("\n  and {more} more, with `--format markdown`\n"));
        }
    }
    if !supply.inventory_brief.is_empty() {
        out.push_str("\nTo fill in, as a TOML file of its own in the folder, such as stated.toml; all subjects are named with `--format markdown`\n\n");
        out.push_str(&supply.inventory_brief);
    }
    if !supply.profile.is_empty() {
        out.push_str(&format!("\nTo fill in in assize.toml\n\n{}", supply.profile));
    }
    out
}

/// The first line.
pub(super) fn head(supply: &Supply) -> String {
    let when = as_of(&supply.as_of);
    if supply.unknown.all == 0 && supply.open_populations == 0 {
        return format!("As of {when} nothing is missing: every verdict is decided.");
    }
    let open = match supply.open_populations {
        0 => String::new(),
        1 => ", and 1 population is not known whole".to_owned(),
        open => format!(", and {} populations are not known whole", number(open)),
    };
    let verb = if supply.unknown.all == 1 { "is" } else { "are" };
    format!("As of {when}, {} {verb} unknown{open}.", count(supply.unknown.all, "verdict", "verdicts"))
}

/// What the unknown verdicts wait for, a line each.
pub(super) fn parts(supply: &Supply) -> Vec<String> {
    let unknown = supply.unknown;
    let parts = [
        (unknown.one_export, "for exports of one kind alone"),
        (unknown.several_exports, "for exports of several kinds"),
        (unknown.exports_and_person, "for exports, and for what a person must state or do besides"),
        (unknown.person, "for what a person must state or do"),
    ];
    let told = parts.into_iter().filter(|(n, _)| *n > 0);
    told.map(|(n, what)| format!("{} {} {what}", number(n), if n == 1 { "waits" } else { "wait" })).collect()
}

fn export(at: usize, wanted: &Wanted) -> String {
    let mut out = format!("\n  {at}. {}: {}\n", wanted.source, wanted.title);
    let mut line = |name: &str, text: &str| out.push_str(&format!("     {name:<9} {text}\n"));
    line(
        "closes",
        &closes(wanted.waiting, wanted.alone, wanted.scopes.iter().map(|scope| scope.open_populations).sum()),
    );
    line("missing", &some(&wanted.missing));
    if !wanted.instead.is_empty() {
        line("or", &format!("{}, which would close the same", wanted.instead.join(", ")));
    }
    for (at, scope) in wanted.scopes.iter().enumerate() {
        line(if at == 0 { "scopes" } else { "" }, &in_scope(scope, wanted.scopes.len() == 1));
    }
    line("checks", &some(&wanted.checks));
    line("for", &by_framework(&wanted.requirements));
    for (at, command) in wanted.commands.iter().enumerate() {
        out.push_str(if at == 0 { "     command\n" } else { "     or\n" });
        out.push_str(&format!("{command}\n"));
    }
    out
}

/// How much something closes.
pub(super) fn closes(waiting: u64, alone: u64, open: u64) -> String {
    let mut parts = Vec::new();
    if waiting > 0 {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        let alone = match alone {
            0 => "none of them for it alone".to_owned(),
            all if all == waiting => "for nothing else".to_owned(),
            alone => format!("{} of them for nothing else", number(alone)),
        };
        parts.push(format!("{} {verb} for it, {alone}", count(waiting, "unknown verdict", "unknown verdicts")));
    }
    if open > 0 {
        parts.push(format!("{} would be known whole", count(open, "population", "populations")));
    }
    parts.join("; ")
}

/// One scope of an export.
pub(super) fn in_scope(scope: &InScope, only: bool) -> String {
    let closes =
        if only { String::new() } else { format!(": {}", closes(scope.waiting, scope.alone, scope.open_populations)) };
    let mut out = format!("{}{closes}; goes to {}", shown(&scope.scope), scope.path);
    for old in &scope.again {
        let when = old.collected_at.as_deref().map(|at| format!(", collected {}", crate::report::human::instant(at)));
        out.push_str(&format!("; `{}` {}{}", shown(&old.path), old.why.words(), when.unwrap_or_default()));
    }
    out
}

fn stated(statement: &Statement) -> String {
    let mut out = format!("\n  - {} ({})\n", statement.missing.join(", "), cause(statement.cause));
    let mut line = |name: &str, text: &str| out.push_str(&format!("    {name:<7} {text}\n"));
    line("closes", &closes(statement.waiting, statement.alone, statement.open_populations));
    line("scopes", &some(&statement.scopes));
    line("to do", &statement.remedy);
    line("for", &by_framework(&statement.requirements));
    for command in &statement.commands {
        out.push_str(&format!("    by hand\n{command}\n"));
    }
    out
}

/// Requirements by framework, from texts of both.
pub(super) fn by_framework(all: &[String]) -> String {
    let mut frameworks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (framework, requirement) in all.iter().filter_map(|one| one.split_once(' ')) {
        frameworks.entry(framework).or_default().push(requirement);
    }
    let told = frameworks.iter().map(|(framework, all)| format!("{}: {}", shown(framework), shown(&all.join(", "))));
    told.collect::<Vec<_>>().join("; ")
}

/// Why something is not known, as a person says it.
pub(super) fn cause(name: &str) -> String {
    name.replace('_', " ")
}

/// The first members of a list, and how many more there are.
fn some(all: &[String]) -> String {
    let named: Vec<_> = all.iter().take(NAMED).map(|one| shown(one)).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
