//! The text of a first `inventory.toml`: the identities that somebody should say something of, to fill in.

use std::collections::BTreeMap;

use super::{Found, Known, System};
use crate::base::text::{shortened, shown, toml_string};
use crate::source::is_nowhere;
use crate::supply::entry;

/// How many subjects of a table are named.
const NAMED: usize = 500;
/// The line for what kind of identity it is: whether a person uses an IAM user, say, AWS does not tell.
const KIND: &str = "# kind = \"\" # `human` for a person's account; for software `service_account`, `workload`, `machine_user`, `agent`, `api_client` or `oauth_app`\n";
/// The longest entry, in bytes.
const LONGEST: usize = 3000;

/// The text of the inventory. Until something is filled in it states nothing.
#[must_use]
pub fn inventory(found: &Found) -> String {
    let mut out = String::from(
        "#:schema schemas/assize-inventory.schema.json\n#\n\
         # What people state and no system exports. A start, made from what the exports in this folder\n\
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
    out.push_str("\n# --- AI systems: the applications and agents themselves, with the identities that they use\n");
    if found.systems.is_empty() {
        out.push_str(&format!("\n{}", commented(&entry("ai_systems", &[("id", "")]))));
    } else {
        out.push_str(
            "# Exports list these. An `id` of your own may stand for one of them or for several: then `also` has theirs.\n",
        );
    }
    out.push_str(&all(&found.systems, system));
    let tools: BTreeMap<&str, &str> =
        found.systems.iter().flat_map(|one| &one.tools).map(|tool| (tool.id.as_str(), tool.what.as_str())).collect();
    if !tools.is_empty() {
        out.push_str(
            "\n# --- the tools of these AI systems: what calling them does, and whether they may be used\n\
             # A `pattern` may be a tool's name too, or what it runs or calls, with `*` for any text: so one entry\n\
             # speaks of many. What names one whole goes before what a pattern says.\n",
        );
        out.push_str(&all(&tools.into_iter().collect::<Vec<_>>(), tool));
    }
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
            "[[identities]]\nidentity = {}\n{}# owners = [\"\"] # The ids of its owners; if given, all of them\n# purpose = \"\" # What it is for\n",
            toml_string(&one.id),
            if one.of_known_kind { "" } else { KIND }
        )
    }));
    out.push_str(
        "\n# --- lists that are complete: only once it is true\n\
         # What a complete list does not name does not exist, which nobody but you can say.\n\n",
    );
    // What names no account has no lists.
    for scope in found.scopes.iter().filter(|scope| !is_nowhere(scope)) {
        out.push_str(&format!(
            "# [[closures]]\n# listing = \"ownership\" # or ai_systems, reviews, drills, log_sources\n# scope = {}\n# by = \"\" # Who says so\n# as_of = \"\" # As of when\n\n",
            toml_string(scope)
        ));
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// The entry of an AI system that exports list, as a comment.
fn system(one: &System) -> String {
    let also = |line: &str| match line.strip_prefix("# also = [\"\"]") {
        Some(rest) => format!("# also = [{}]{rest}\n", toml_string(&one.id)),
        None => format!("{line}\n"),
    };
    let text: String = entry("ai_systems", &[("id", &one.id)]).lines().map(also).collect();
    format!("# {}\n{}", shortened(&shown(&one.name), 200), commented(&text))
}

/// The entry of a tool, as a comment.
fn tool((id, what): &(&str, &str)) -> String {
    let given = [
        "approved = true or false # Whether AI systems may use it",
        "effects = [\"\"] # All that calling it does or lets in: `untrusted_input`, `sends_out`, `reads_secrets`, `reads_data`, `writes`, `deletes`, `runs_code`",
        "environment = \"\" # The environment that it acts in, such as `production`",
    ];
    let id = toml_string(id);
    format!("# {}\n# [[resources]]\n# pattern = {id}\n# {}\n", shortened(&shown(what), 200), given.join("\n# "))
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
