//! The text of a first `assize.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::tags::Key;
use crate::base::text::{shortened, shown, toml_string};
use crate::base::time::Instant;
use crate::control::{Pack, ParamValue, profile::is_scope};
use crate::export::paths::PathPattern;
use crate::export::report::ExportReport;
use crate::model::facts::Environment;
use crate::source::{self, About};
use crate::supply::shell::target;

/// How many files get an entry of their own.
const ENTRIES: usize = 200;
/// How many scopes of others are named.
const OUTSIDERS: usize = 200;

/// The text of the profile and manifest.
#[must_use]
pub fn profile(found: &Found, pack: &Pack) -> String {
    let mut out = String::from(
        "#:schema schemas/assize-profile.schema.json\n#\n\
         # What the organisation chose, and what is known about its exports and is not in them.\n\
         # A start, made from what the exports in this folder say. Each value says from what;\n\
         # what only looks like something is a comment, for you to decide.\n\
         # All fields: docs/profile.md. After a change, run `assize check` again.\n\n\
         # The name of the organisation, for the head of reports.\n\
         # organisation = \"\"\n\n",
    );
    out.push_str(&frameworks(pack));
    out.push_str(&scopes(found));
    out.push_str(&age());
    out.push_str(&tags(found));
    out.push_str(&environments(found));
    out.push_str(&params(pack));
    out.push_str(&exports(found));
    out.push_str(
        "\n# --- what no system exports --------------------------------------------------\n\
         # Owners and whether they still work here, AI systems, environments and sensitivity of\n\
         # resources, access reviews, revocation drills, log sources, and which lists are complete\n\
         # are stated in the inventory: TOML files in this folder. `assize init --inventory`\n\
         # begins one; `assize sources plan` says what of it is missing for which verdicts.\n\
         # All fields: docs/inventory.md.\n",
    );
    out
}

/// The files of which somebody has to say when they were collected.
#[must_use]
pub fn undated(found: &Found) -> Vec<&ExportReport> {
    let all = found.exports.iter().filter(|export| export.source.is_some() && !is_inventory(export));
    all.filter(|export| export.collected_at.is_none()).collect()
}

/// The files of which somebody has to say the scope: records of theirs were rejected, and none has one.
#[must_use]
pub fn unplaced(found: &Found) -> Vec<&ExportReport> {
    let all = found.exports.iter().filter(|export| export.source.is_some() && !is_inventory(export));
    all.filter(|export| export.scopes.is_empty() && export.read == 0 && export.rejected > 0).collect()
}

/// The files of which somebody has to say the scope, since it was made of the folder that they lie in.
#[must_use]
pub fn by_folder(found: &Found) -> Vec<&ExportReport> {
    found.exports.iter().filter(|export| export.scope_by_path).collect()
}

fn is_inventory(export: &ExportReport) -> bool {
    export.source.and_then(source::by_id).is_some_and(|about| about.system == "inventory")
}

fn frameworks(pack: &Pack) -> String {
    let mut out = String::from("# The frameworks to judge by; all of these if left out.\n# frameworks = [\n");
    for framework in &pack.frameworks {
        out.push_str(&format!("#   {}, # {}\n", toml_string(&framework.id), comment(&framework.title)));
    }
    out + "# ]\n\n"
}

fn scopes(found: &Found) -> String {
    let scopes: Vec<&String> = found.scopes.iter().filter(|scope| is_scope(scope)).collect();
    let mut out = String::from(
        "# The scopes that the exports should cover: a check says where one of them is missing.\n\
         # Those of the identities that the exports list. Add those that you have and did not export.\n",
    );
    let made = made(found);
    out.push_str(&list("expected_scopes", &scopes, &made));
    out.push_str(
        "\n# Your own scopes: trust in one of them is no trust in an outsider. Here the same ones,\n\
         # since you exported them; add others that are yours.\n",
    );
    out.push_str(&list("own_scopes", &scopes, &made));
    let others: Vec<&String> = found.scopes.iter().filter(|scope| !is_scope(scope)).collect();
    for scope in others {
        out.push_str(&match scope.as_str() {
            "*" => "# Some identities are of no scope: give their files one (`scope`) below.\n".to_owned(),
            scope => format!(
                "# {} stands in their ids too, is no account, and needs not be named.\n",
                comment(&toml_string(scope))
            ),
        });
    }
    out.push_str("\n# Scopes of known partners. ");
    let outsiders: Vec<_> = found.outsiders.iter().filter(|one| is_scope(&one.scope)).collect();
    if outsiders.is_empty() {
        return out + "No trust in a scope that was not exported was found.\n# trusted_scopes = []\n\n";
    }
    out.push_str(
        "These are trusted and were not exported: leave here those of\n\
         # partners whom you know, move your own to `own_scopes`, and take the others out. Until\n\
         # then trust in them counts as trust in outsiders.\n\
         trusted_scopes = [\n",
    );
    for one in outsiders.iter().take(OUTSIDERS) {
        let first = comment(&one.first);
        let more = if one.trusted_by == 1 { String::new() } else { format!(" and {} more", one.trusted_by - 1) };
        out.push_str(&format!("  # {}, # trusted by {first}{more}\n", toml_string(&one.scope)));
    }
    if outsiders.len() > OUTSIDERS {
        out.push_str(&format!("  # and {} more\n", outsiders.len() - OUTSIDERS));
    }
    out + "]\n\n"
}

/// A list of scopes; those that were made of folders are comments, since their names change.
fn list(name: &str, members: &[&String], made: &BTreeSet<&str>) -> String {
    if members.is_empty() {
        return format!("# {name} = []\n");
    }
    let line = |member: &&String| {
        let name = toml_string(member);
        if made.contains(member.as_str()) {
            format!("  # {name}, # made from the name of a folder: name it yourself below, and here\n")
        } else {
            format!("  {name},\n")
        }
    };
    format!("{name} = [\n{}]\n", members.iter().map(line).collect::<String>())
}

/// The scopes that were made of the names of folders, and that no file has by itself.
fn made(found: &Found) -> BTreeSet<&str> {
    let of = |by_path: bool| -> BTreeSet<&str> {
        let exports = found.exports.iter().filter(|export| export.scope_by_path == by_path);
        exports.flat_map(|export| &export.scopes).map(String::as_str).collect()
    };
    of(true).difference(&of(false)).copied().collect()
}

fn age() -> String {
    "# How old an export may be before what it says counts as unknown. No limit if left out.\n\
     # max_evidence_age = \"30d\"\n\n"
        .to_owned()
}

fn tags(found: &Found) -> String {
    let mut out = String::new();
    for (name, of, usual, keys) in [
        ("owner_tags", "an owner", "owner", &found.owner_tags),
        ("environment_tags", "an environment", "environment", &found.environment_tags),
    ] {
        out.push_str(&format!("# The keys of tags whose value names {of}, in whichever case of letters; the first that an identity has counts.\n"));
        if keys.is_empty() {
            out.push_str(&format!("# No key that looks like one was found on {} identities.\n", found.identities));
        }
        if keys.iter().any(|key| key.counts) {
            out.push_str(&format!(
                "{name} = [\n{}]\n\n",
                keys.iter().map(|key| key_line(key, found)).collect::<String>()
            ));
        } else {
            let lines: String = keys.iter().map(|key| key_line(key, found)).collect();
            out.push_str(&format!("# {name} = [\"{usual}\"]\n{lines}\n"));
        }
    }
    out
}

fn key_line(key: &Key, found: &Found) -> String {
    let mark = if key.counts { "" } else { "# " };
    let perhaps = if key.counts { "" } else { ": if it does" };
    format!("  {mark}{}, # on {} of {} identities{perhaps}\n", toml_string(&key.name), key.identities, found.identities)
}

fn environments(found: &Found) -> String {
    let names: Vec<&str> =
        Environment::ALL.iter().filter(|one| **one != Environment::Other).map(|one| one.name()).collect();
    let mut out = format!("# What your labels of environments mean, each one of {}.\n", names.join(", "));
    let labels = &found.environments.labels;
    if labels.is_empty() {
        return out + "# [environments]\n# prod = \"production\"\n\n";
    }
    out.push_str("# Found in those tags; where a label has no usual meaning, say which it is.\n[environments]\n");
    for (label, (count, means)) in labels {
        let on = if *count == 1 { "on 1 identity".to_owned() } else { format!("on {count} identities") };
        match means {
            Some(means) => out.push_str(&format!("{} = \"{}\" # {on}\n", toml_string(label), means.name())),
            None => out.push_str(&format!("# {} = \"\" # {on}\n", toml_string(label))),
        }
    }
    if found.environments.more > 0 {
        out.push_str(&format!("# and {} more labels, or too long ones\n", found.environments.more));
    }
    out + "\n"
}

/// The parameters that are one number or one length of time: those that an organisation has a rule of its own for.
fn params(pack: &Pack) -> String {
    let mut out = String::from(
        "# Your values of parameters, where they differ from the defaults that stand here; all of\n\
         # them with `assize controls show CHECK`. A requirement's own value goes before yours.\n",
    );
    for check in &pack.checks {
        let plain = |value: &ParamValue| matches!(value, ParamValue::Duration(_) | ParamValue::Int(_));
        let params: Vec<_> = check.params.iter().filter(|(_, param)| plain(&param.default)).collect();
        if params.is_empty() {
            continue;
        }
        out.push_str(&format!("# [params.{}] # {}\n", check.id, comment(&check.title)));
        for (name, param) in params {
            let value = param.default.to_string();
            let value = if matches!(param.default, ParamValue::Int(_)) { value } else { toml_string(&value) };
            out.push_str(&format!("# {name} = {value}\n"));
        }
    }
    out + "\n"
}

fn exports(found: &Found) -> String {
    let mut out = String::from(
        "# --- exports -----------------------------------------------------------------\n\
         # What a file does not say itself: when it was collected, by whom, with which command, and\n\
         # of which scope it is. The date of a file is no evidence of it, so none is filled in.\n\
         # `path` may be a pattern: `*` for any text within a name, `**` for any folders.\n",
    );
    let (inventory, exported): (Vec<&ExportReport>, Vec<&ExportReport>) =
        found.exports.iter().filter(|export| export.source.is_some()).partition(|export| is_inventory(export));
    let dated: Vec<&&ExportReport> = exported.iter().filter(|export| export.collected_at.is_some()).collect();
    if !dated.is_empty() {
        out.push_str("#\n# These say themselves when they were collected:\n");
        for export in dated.iter().take(ENTRIES) {
            let at = export.collected_at.map(|at| Instant(at).to_string()).unwrap_or_default();
            out.push_str(&format!("#   {} ({}), {at}\n", comment(&export.path), export.source.unwrap_or("")));
        }
        if dated.len() > ENTRIES {
            out.push_str(&format!("#   and {} more\n", dated.len() - ENTRIES));
        }
    }
    if !inventory.is_empty() {
        out.push_str(&format!(
            "#\n# Of the inventory {} were found; an entry may say as of when and by whom it is kept.\n",
            if inventory.len() == 1 { "1 file".to_owned() } else { format!("{} files", inventory.len()) }
        ));
    }
    let undated = undated(found);
    let beside = beside(&exported);
    let mut told = BTreeSet::new();
    for export in undated.iter().take(ENTRIES) {
        out.push_str(&entry(export, beside.get(folder(export)).map_or(&[], Vec::as_slice), &mut told));
    }
    if undated.len() > ENTRIES {
        out.push_str(&format!(
            "\n# and {} more files without a date: say it with a pattern.\n",
            undated.len() - ENTRIES
        ));
    }
    let left: Vec<&ExportReport> = found.exports.iter().filter(|export| export.source.is_none()).collect();
    if !left.is_empty() {
        out.push_str("\n# Not read:\n");
        for export in left.iter().take(20) {
            out.push_str(&format!("#   {}: {}\n", comment(&export.path), comment(&export.took_for)));
        }
        if left.len() > 20 {
            out.push_str(&format!("#   and {} more\n", left.len() - 20));
        }
    }
    out
}

/// The folder that an export is in.
fn folder(export: &ExportReport) -> &str {
    export.path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// By folder: the scopes of the exports in it, sorted.
fn beside<'a>(exported: &[&'a ExportReport]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for export in exported {
        let scopes = all.entry(folder(export)).or_default();
        scopes.extend(export.scopes.iter().map(String::as_str).filter(|scope| is_scope(scope)));
        scopes.sort_unstable();
        scopes.dedup();
    }
    all
}

/// The entry of a file that does not say when it was collected; `beside` are the scopes of the files in its folder, `told` the
/// commands that stand in entries before it: each is written out once.
fn entry(export: &ExportReport, beside: &[&str], told: &mut BTreeSet<&'static str>) -> String {
    let about = export.source.and_then(source::by_id);
    let mut out = format!("\n# {}\n", comment(&export.took_for));
    let Some(path) = pattern(&export.path) else {
        return out + &format!("# {} has a name that no pattern can say: rename it.\n", comment(&export.path));
    };
    out.push_str(&format!("[[exports]]\npath = {}\n", toml_string(&path)));
    match export.scopes.as_slice() {
        [] => match beside {
            [one] => out.push_str(&format!("# scope = {} # that of the files beside it\n", toml_string(one))),
            _ => out.push_str("# scope = \"\" # of what it is an export; neither it nor the files beside it say\n"),
        },
        [one] if export.scope_by_path => out.push_str(&format!(
            "# scope = {} # made from the name of its folder: write of what it is an export\n",
            toml_string(one)
        )),
        [one] if !source::is_nowhere(one) => {
            out.push_str(&format!("# scope = {} # as it says itself\n", toml_string(one)));
        }
        several if several.iter().any(|one| source::is_nowhere(one)) => {
            let real: Vec<&String> = several.iter().filter(|one| !source::is_nowhere(one)).collect();
            out.push_str(&match real.as_slice() {
                [one] => format!(
                    "# scope = {} # as it says itself, but for names that lack their account: name it, or export again from the account itself\n",
                    toml_string(one)
                ),
                _ => "# scope = \"\" # names in it lack their account: name it, or export again from the account itself\n".to_owned(),
            });
        }
        several => out.push_str(&format!("# it speaks of {} scopes, and needs no `scope`\n", several.len())),
    }
    out.push_str("# collected_at = \"\" # when the command ran, such as \"2026-10-31T06:00:00Z\"\n");
    out.push_str("# collected_by = \"\" # by whom\n");
    if about.is_some_and(|about| about.system == "kubernetes") {
        let all = "[\"service_accounts\", \"role_bindings\", \"workloads\", \"tokens\", \"policies\"]";
        out.push_str(&format!("# enumerates = {all} # those of which all namespaces were asked\n"));
        out.push_str("# none_of = [] # those of these of which there are none, such as \"tokens\"\n");
    }
    if let Some(command) = about.and_then(|about| command(about, &export.path)) {
        if told.insert(command) {
            out.push_str(&format!("# command = {} # if it was this one\n", toml_string(command)));
        } else {
            out.push_str(&format!(
                "# command = \"\" # as above for another `{}`, if it was that one\n",
                comment(export.source.unwrap_or(""))
            ));
        }
    }
    out
}

/// The command that may have made a file: one that writes files of its ending, if there is one, else the first.
fn command(about: &About, path: &str) -> Option<&'static str> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let writes =
        |command: &&&str| target(command).and_then(|name| name.rsplit_once('.')).is_some_and(|(_, own)| own == ending);
    about.commands.iter().find(writes).or_else(|| about.commands.first()).copied()
}

/// A pattern that stands for this path and no other.
fn pattern(path: &str) -> Option<String> {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    PathPattern::new(&out).is_ok_and(|pattern| pattern.matches(path)).then_some(out)
}

/// Text in a comment, on one line.
fn comment(text: &str) -> String {
    shortened(&shown(text), 200).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_its_path_alone() {
        for path in ["a.json", "a*b?[x]{y,z}.json", "b\\c.json", "=cmd() [a](b) {{x}} &amp;.csv", "!a", "[", "]{"] {
            let pattern = pattern(path).unwrap_or_else(|| panic!("{path}"));
            let compiled = PathPattern::new(&pattern).unwrap();
            assert!(compiled.matches(path) && !compiled.matches("aXbYxy.json"), "{path}: {pattern}");
        }
        assert_eq!(pattern(&"*".repeat(2000)), None);
    }
}
