//! The text of a first `inventory.toml`: the identities that somebody should say something of, to fill in.

use super::{Found, Known};
use crate::base::text::{shortened, shown, toml_string};
use crate::supply::entry;

/// How many subjects of a table are named.
const NAMED: usize = 500;
/// The longest entry, in bytes.
const LONGEST: usize = 3000;

/// The text of the inventory. Until something is filled in it states nothing.
#[must_use]
pub fn inventory(found: &Found) -> String {
    let mut out = String::from(
        "# What people state and no system exports. A start, made from what the exports in this folder\n\
         # say: take the `#` away where you fill something in, and leave out whom you know nothing of.\n\
         # Nothing is stated until you do. All fields: docs/inventory.md.\n\n\
         # --- owners: people and teams that answer for identities\n",
    );
    match found.owners.as_slice() {
        [] => out.push_str(&format!("\n{}", commented(&entry("owners", &[("id", "")])))),
        owners => {
            out.push_str("# Tags name these. Whether they still are here nobody has said.\n");
            out.push_str(&all(owners, |owner| entry("owners", &[("id", owner)])));
        }
    }
    out.push_str("\n# --- AI systems: the applications and agents themselves, with the identities that they use\n\n");
    out.push_str(&commented(&entry("ai_systems", &[("id", "")])));
    let ai = |one: &&Known| !one.reasons.is_empty();
    out.push_str("\n# --- identities that are recognised as AI-connected\n");
    if found.ai.is_empty() {
        out.push_str("# None is, as far as the exports say.\n");
    }
    out.push_str(&all(&found.ai, |one| {
        let why = shortened(&shown(&one.reasons), 200).into_owned();
        format!("# recognised by: {why}\n{}", entry("identities", &[("identity", &one.id)]))
    }));
    out.push_str("\n# --- other identities of which nothing says who owns them\n");
    let others: Vec<&Known> = found.unowned.iter().filter(|one| !ai(one)).collect();
    if others.is_empty() {
        out.push_str("# There is none.\n");
    }
    out.push_str(&all(&others, |one| {
        format!(
            "[[identities]]\nidentity = {}\n# owners = [\"\"] # The ids of its owners; if given, all of them\n# purpose = \"\" # What it is for\n",
            toml_string(&one.id)
        )
    }));
    out.push_str(
        "\n# --- lists that are complete: only once it is true\n\
         # What a complete list does not name does not exist, which nobody but you can say.\n\n",
    );
    for scope in &found.scopes {
        out.push_str(&format!(
            "# [[closures]]\n# listing = \"ownership\" # or ai_systems, reviews, drills, log_sources\n# scope = {}\n# by = \"\" # Who says so\n# as_of = \"\" # As of when\n\n",
            toml_string(scope)
        ));
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// An entry for each, up to an end; one that is longer than any name should make it is only counted.
fn all<T>(members: &[T], text: impl Fn(&T) -> String) -> String {
    let entries = members.iter().map(|member| format!("\n{}", text(member)));
    let told: Vec<String> = entries.filter(|entry| entry.len() <= LONGEST).take(NAMED).collect();
    let more = members.len() - told.len();
    let mut out = told.concat();
    if more > 0 {
        out.push_str(&format!("\n# and {more} more: a `*` in a name stands for any text, and long lists may be CSV\n"));
    }
    out
}

/// The text with each of its lines a comment.
fn commented(text: &str) -> String {
    text.lines().map(|line| if line.starts_with('#') { format!("{line}\n") } else { format!("# {line}\n") }).collect()
}
