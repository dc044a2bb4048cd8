//! A script of read-only commands that collects what is missing, a section for each scope.
//!
//! What came from data stands in it as a quoted word or, with nothing in it that acts, in a
//! comment. A command that is not known to only read is a comment too.

use std::collections::{BTreeMap, BTreeSet};

use super::shell::{self, quoted};
use super::systems::system;
use super::{InScope, Supply, Wanted};
use crate::base::text::{shortened, shown, toml_string};

/// The script that collects into `folder`, the folder of exports as a person named it.
#[must_use]
pub fn script(supply: &Supply, folder: &str) -> String {
    let mut by_scope: BTreeMap<(&str, &str), Vec<(&Wanted, &InScope)>> = BTreeMap::new();
    let mut chosen: BTreeSet<&str> = BTreeSet::new();
    for wanted in supply.exports.iter().filter(|wanted| !wanted.commands.is_empty()) {
        // What another export closes that is collected anyway is not collected twice.
        if wanted.instead.iter().any(|other| chosen.contains(other)) {
            continue;
        }
        chosen.insert(wanted.source);
        for scope in &wanted.scopes {
            by_scope.entry((wanted.system, &scope.scope)).or_default().push((wanted, scope));
        }
    }
    let mut out = BEGIN.replace("@FOLDER@", &quoted(folder));
    if by_scope.is_empty() {
        out.push_str("\n# No export is missing that a command of this script would make.\nknown=1\n");
    }
    for ((system, scope), wanted) in &by_scope {
        out.push_str(&section(system, scope, wanted));
    }
    for statement in supply.statements.iter().filter(|statement| !statement.commands.is_empty()) {
        out.push_str(&format!("\n# --- by hand: {}\n", comment(&statement.remedy)));
        for command in &statement.commands {
            out.push_str(&format!("#   {}\nby_hand=$((by_hand + 1))\n", comment(command)));
        }
    }
    out.push_str(END);
    out
}

/// What collects one scope.
fn section(system_id: &str, scope: &str, wanted: &[(&Wanted, &InScope)]) -> String {
    let system = system(system_id);
    let shown_scope = shown(scope);
    let name = if scope == "*" { format!("{system_id}, scope not known") } else { shown_scope.clone().into_owned() };
    let part = shown_scope.strip_prefix(system_id).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&shown_scope);
    let mut out = format!("\n# --- {}\n# {}\n", comment(&name), comment(&system.needs.replace("{scope}", part)));
    out.push_str(&format!("if wanted {} \"$@\"; then\n", quoted(&name)));
    let whose = system.whose.filter(|_| scope != "*");
    match whose {
        Some(whose) => out.push_str(&format!("  whose=$({whose}) || whose=\n")),
        None => out.push_str("  whose=\n"),
    }
    let expected = if whose.is_some() { quoted(part) } else { "''".to_owned() };
    out.push_str(&format!("  if right {} {expected}; then\n", quoted(&name)));
    for (one, place) in wanted {
        out.push_str(&export(one, place, scope));
    }
    out.push_str("    :\n  fi\nfi\n");
    out
}

/// What collects one export.
fn export(wanted: &Wanted, place: &InScope, scope: &str) -> String {
    let mut out = format!("    # {}: {}\n", wanted.source, comment(wanted.title));
    for old in &place.again {
        out.push_str(&format!(
            "    # {} {}: move it out of the folder, since two snapshots are never mixed\n",
            comment(&old.path),
            old.why.words()
        ));
    }
    let written = wanted.commands.first().copied().unwrap_or_default();
    let read = match shell::reading(written) {
        Ok(read) => read,
        Err(why) => {
            out.push_str(&format!("    # by hand, since {}:\n", comment(&why)));
            out.push_str(&format!(
                "    #   {}\n    # and put the file to {}\n",
                comment(written),
                comment(&place.path)
            ));
            return out + "    by_hand=$((by_hand + 1))\n";
        }
    };
    for variable in &read.needs {
        out.push_str(&format!("    : \"${{{variable}:?is needed for {}}}\"\n", wanted.source));
    }
    let scope = if scope == "*" { String::new() } else { toml_string(scope) };
    out.push_str(&format!(
        "    if begin {}; then\n      set +e\n      (\n        set -e\n        {}\n      ) > \"$part\"\n      code=$?\n      set -e\n      finish \"$code\" {} {} {}\n    fi\n",
        quoted(&place.path),
        read.command,
        quoted(&toml_string(&place.path)),
        quoted(&scope),
        quoted(&toml_string(written))
    ));
    out
}

/// Text in a comment, on one line.
fn comment(text: &str) -> String {
    shortened(&shown(text), 400).into_owned()
}

/// What stands before the sections.
const BEGIN: &str = r#"#!/bin/sh
# Collects the exports that `assize sources plan` found missing.
# Every command only lists, gets or describes, but for one that has AWS write a credential report anew. Nothing else is
# changed, and no store of secrets is read; the objects of a cluster are taken as they are, with what stands in them.
#
#   sh THIS-FILE            collects all scopes that the credentials at hand are of
#   sh THIS-FILE SCOPE...   collects these scopes only
#
# No file is overwritten. ASSIZE_EXPORTS names another folder of exports.
# shellcheck disable=SC2016 # commands in single quotes are only printed
set -eu
umask 077

exports=@FOLDER@
if [ -n "${ASSIZE_EXPORTS:-}" ]; then exports=$ASSIZE_EXPORTS; fi
case $exports in -*) exports=./$exports ;; esac
if [ ! -d "$exports" ]; then
  printf '%s is no folder from here, and is made: if that is wrong, run this from where the plan was made, or set ASSIZE_EXPORTS\n' "$exports" >&2
fi
part=
entries=
known=0
made=0
left=0
by_hand=0
trap 'if [ -n "$part" ]; then rm -f -- "$part"; fi' EXIT
trap 'exit 130' HUP INT TERM

# wanted SCOPE [NAMED...]: true if the scope is named, or none is.
wanted() {
  scope=$1
  shift
  if [ "$#" -eq 0 ]; then
    known=1
    return 0
  fi
  for named in "$@"; do
    if [ "$named" = "$scope" ]; then
      known=1
      return 0
    fi
  done
  return 1
}

# right SCOPE EXPECTED: true if the credentials at hand are of the scope, or nothing tells.
right() {
  if [ "$whose" = "$2" ]; then return 0; fi
  printf '%s: left out, since the credentials at hand are of another: %s\n' "$1" "${whose:-none}" >&2
  left=$((left + 1))
  return 1
}

# begin PATH: makes room for a file; false if there is one already.
begin() {
  file=$exports/$1
  if [ -e "$file" ] || [ -L "$file" ]; then
    printf '%s: is there already and was left as it is\n' "$file" >&2
    left=$((left + 1))
    return 1
  fi
  mkdir -p -- "$(dirname -- "$file")"
  # Hidden, so that what is left of a broken run is not read as an export.
  part=$(dirname -- "$file")/.assize-$$.part
  collected_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  printf '%s: collecting\n' "$file" >&2
}

# finish CODE PATH SCOPE COMMAND: gives the file its name if the command did well.
finish() {
  if [ "$1" -ne 0 ] || [ ! -s "$part" ] || [ -e "$file" ]; then
    printf '%s: was not made, the command ended with %s\n' "$file" "$1" >&2
    rm -f -- "$part"
    part=
    left=$((left + 1))
    return 0
  fi
  mv -- "$part" "$file"
  part=
  made=$((made + 1))
  entries=$(
    printf '%s\n\n[[exports]]\npath         = %s\n' "$entries" "$2"
    if [ -n "$3" ]; then printf 'scope        = %s\n' "$3"; fi
    printf 'collected_at = "%s"\ncommand      = %s\n' "$collected_at" "$4"
  )
}
"#;

/// What stands after them.
const END: &str = r#"
if [ "$known" -eq 0 ]; then
  printf 'nothing is to be collected of what was named; the scopes are said above each section of this file\n' >&2
  exit 2
fi
if [ "$made" -gt 0 ]; then
  printf '# Add to %s:\n' "$exports/assize.toml" >&2
  printf '%s\n' "$entries"
fi
printf '%s collected, %s left out, %s to be made by hand\n' "$made" "$left" "$by_hand" >&2
if [ "$left" -gt 0 ]; then exit 1; fi
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supply::{SCHEMA, Unknown};

    /// A plan of one export for each of these scopes.
    fn supply(commands: &'static [&'static str], scopes: &[&str]) -> Supply {
        let scopes = scopes.iter().zip(1..).map(|(scope, at)| InScope {
            scope: (*scope).to_owned(),
            waiting: 1,
            alone: 1,
            open_populations: 0,
            path: format!("k8s/{at}/x.json"),
            again: Vec::new(),
        });
        let wanted = Wanted {
            source: "k8s-objects",
            title: "objects",
            system: "k8s",
            commands,
            missing: Vec::new(),
            waiting: 1,
            alone: 1,
            instead: Vec::new(),
            scopes: scopes.collect(),
            checks: Vec::new(),
            requirements: Vec::new(),
        };
        Supply {
            schema: SCHEMA,
            as_of: "2026-11-01T23:59:59Z".to_owned(),
            unknown: Unknown::default(),
            open_populations: 0,
            exports: vec![wanted],
            statements: Vec::new(),
            inventory: String::new(),
            inventory_brief: String::new(),
            profile: String::new(),
        }
    }

    /// Runs a script in a folder of its own: exit code, and what it printed to both.
    fn run(script: &str, folder: &std::path::Path) -> (i32, String) {
        std::fs::write(folder.join("collect.sh"), script).unwrap();
        let output = std::process::Command::new("sh").arg("collect.sh").current_dir(folder).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }

    /// A scope is a name that someone else chose: it is a word in the script, whatever it is.
    #[test]
    fn names_of_scopes_do_not_act() {
        let scopes = [
            "k8s:$(touch pwned)",
            "k8s:`touch pwned`",
            "k8s:'; touch pwned; '",
            "k8s:\"; touch pwned; \"",
            "k8s:a\ntouch pwned\n",
            "k8s:\\'\u{202e}\u{1b}[31m",
            "*",
        ];
        let folder = tempfile::tempdir().unwrap();
        let text = script(&supply(&["echo '{}' > x.json"], &scopes), "exports; touch pwned $(touch pwned) '");
        let (code, said) = run(&text, folder.path());
        assert_eq!(code, 0, "{said}\n{text}");
        assert!(said.contains("7 collected, 0 left out"), "{said}");
        let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["collect.sh", "exports; touch pwned $(touch pwned) '"]);
        assert!(text.chars().all(|c| c == '\n' || !crate::base::text::acts(c)), "{text}");
        // The entries that it prints are TOML, and say the scopes as they are.
        let entries: String = said
            .lines()
            .filter(|line| line.starts_with("[[") || line.contains(" = "))
            .fold(String::new(), |all, line| all + line + "\n");
        let read: toml::Table = entries.parse().unwrap_or_else(|error| panic!("{error}\n{entries}"));
        let said: Vec<&str> =
            read["exports"].as_array().unwrap().iter().filter_map(|one| one.get("scope")?.as_str()).collect();
        let mut expected = scopes[..6].to_vec();
        expected.sort_unstable();
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_not_known_to_only_read_is_left_to_a_person() {
        let folder = tempfile::tempdir().unwrap();
        let text = script(&supply(&["touch pwned > x.json"], &["k8s:a"]), "exports");
        assert!(
            text.contains("# by hand, since `touch` is not known to only read:\n    #   touch pwned > x.json\n"),
            "{text}"
        );
        let (code, said) = run(&text, folder.path());
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("0 collected, 0 left out, 1 to be made by hand"), "{said}");
        assert!(!folder.path().join("pwned").exists() && !folder.path().join("exports").exists());
    }

    #[test]
    fn what_a_command_needs_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let text = script(&supply(&["echo \"$NO_SUCH_KEY\" > x.json"], &["k8s:a"]), "exports");
        let (code, said) = run(&text, folder.path());
        assert!(code != 0 && said.contains("NO_SUCH_KEY") && said.contains("is needed for k8s-objects"), "{said}");
        assert!(!folder.path().join("exports").exists());
    }
}
