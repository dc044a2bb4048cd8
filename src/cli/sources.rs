//! `assize sources`: what can be read, by system, and the commands that export it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Outcome;
use super::args::{ListFormat, SourcesArgs, SourcesCommand};
use super::{plan, print};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, nearest};
use crate::source::{About, SOURCES, by_id};

/// How a command begins where there is none.
const BY_HAND: &str = "written";

pub(super) fn run(args: &SourcesArgs) -> Outcome {
    if let Some(SourcesCommand::Plan(args)) = &args.command {
        return plan::run(args);
    }
    let all: Vec<&'static About> = SOURCES.iter().map(|source| source.about()).collect();
    let chosen = match args.id.as_deref() {
        None => all,
        Some(id) => match by_id(id) {
            Some(about) => vec![about],
            None => {
                print::diagnostics(&[unknown(id, &all)], &BTreeMap::new());
                return Outcome::Broken;
            }
        },
    };
    match (args.format, args.id.is_some(), chosen.as_slice()) {
        (ListFormat::Json, ..) => print::out(&json(&chosen)),
        (ListFormat::Text, true, [one]) => print::out(&page(one)),
        (ListFormat::Text, ..) => print::out(&list(&chosen)),
    }
}

fn unknown(id: &str, all: &[&About]) -> Diagnostic {
    let asked = id.to_ascii_lowercase();
    let near: Vec<String> =
        likely(&asked, all.iter().map(|about| about.id), 4).iter().map(|id| format!("`{id}`")).collect();
    let help = match near.as_slice() {
        // A subcommand that is misspelt is taken for the id of a source.
        _ if nearest(&asked, ["plan"]).is_some() => "did you mean `assize sources plan FOLDER`?".to_owned(),
        [] => "`assize sources` lists them".to_owned(),
        [near] => format!("did you mean {near}?"),
        near => format!("did you mean one of {}?", near.join(", ")),
    };
    Diagnostic::error("unknown-source", format!("there is no source `{id}`")).help(help)
}

/// All sources, grouped by system.
fn list(all: &[&About]) -> String {
    let mut systems: BTreeMap<&str, Vec<&About>> = BTreeMap::new();
    for about in all {
        systems.entry(about.system).or_default().push(about);
    }
    // What people write themselves comes after what systems export.
    let mut systems: Vec<(&str, Vec<&About>)> = systems.into_iter().collect();
    systems.sort_by_key(|(system, abouts)| (abouts.iter().all(|about| by_hand(about)), *system));
    let mut out = String::new();
    for (system, abouts) in systems {
        out.push_str(&format!("{}\n\n", system.to_uppercase()));
        for about in abouts {
            out.push_str(&summary(about));
            out.push('\n');
        }
    }
    out.push_str(
        "Put the files into one folder, in any order and under any name: each is recognised by its content.\n\n\
         assize sources ID            one source: all its facts, and what to know about it\n\
         assize init FOLDER           a commented assize.toml for a folder of exports\n\
         assize check FOLDER          the assessment\n\
         assize sources plan FOLDER   which exports are missing there\n",
    );
    out
}

/// A source in a few lines.
fn summary(about: &About) -> String {
    let mut out = format!("  {}: {}\n", about.id, about.title);
    out.push_str(&format!("    gives     {}\n", subjects(about)));
    out.push_str(&format!("    complete  {}\n", listings(about)));
    out.push_str(&format!("    page      {}\n", docs(about)));
    out.push_str(&commands(about));
    out
}

/// A source whole.
fn page(about: &About) -> String {
    let mut out = format!("{}: {}\n", about.id, about.title);
    out.push_str(&format!("  system    {}\n", about.system));
    out.push_str(&format!("  complete  {}\n", listings(about)));
    out.push_str(&format!("  page      {}\n", docs(about)));
    out.push_str(&commands(about));
    out.push_str("\nwhat to know\n");
    for note in about.notes {
        out.push_str(&format!("  - {note}\n"));
    }
    out.push_str("\nfacts, and where they stand in the export\n");
    let width = about.provides.iter().map(|given| given.fact.path().len()).max().unwrap_or(0);
    for given in about.provides {
        out.push_str(&format!("  {:<width$}  {}\n", given.fact.path(), given.from));
    }
    out
}

/// The commands, each alone on its line, so that it can be copied.
fn commands(about: &About) -> String {
    let mut out = String::new();
    for (at, command) in about.commands.iter().enumerate() {
        if command.starts_with(BY_HAND) {
            out.push_str(&format!("    made      {command}\n"));
        } else {
            out.push_str(if at == 0 { "    command\n" } else { "    or\n" });
            out.push_str(&format!("{command}\n"));
        }
    }
    out
}

fn by_hand(about: &About) -> bool {
    about.commands.iter().all(|command| command.starts_with(BY_HAND))
}

/// How many facts of which subjects.
fn subjects(about: &About) -> String {
    let mut counts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for given in about.provides {
        counts.entry(given.fact.subject.def().plural).or_default().insert(given.fact.path());
    }
    let told = counts.iter().map(|(subject, facts)| {
        format!("{} {} of {subject}", facts.len(), if facts.len() == 1 { "fact" } else { "facts" })
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The lists that its format shows to be complete.
fn listings(about: &About) -> String {
    if about.shows.is_empty() {
        return "no list by itself".to_owned();
    }
    let words: Vec<&str> = about.shows.iter().map(|listing| listing.words()).collect();
    format!("all {}", words.join(", all "))
}

fn docs(about: &About) -> String {
    format!("docs/sources/{}.md", about.id)
}

/// The name and version of the form of `--format json`.
const SCHEMA: &str = "assize.sources/v1";

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'a str,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    id: &'a str,
    title: &'a str,
    system: &'a str,
    /// The commands that make it, each of them whole; none for what people write.
    commands: Vec<&'a str>,
    /// The lists that its format shows to be complete.
    shows: Vec<&'a str>,
    facts: Vec<Fact<'a>>,
    notes: &'a [&'a str],
    page: String,
}

#[derive(Serialize)]
struct Fact<'a> {
    fact: &'a str,
    from: &'a str,
}

fn json(all: &[&About]) -> String {
    let sources = all.iter().map(|about| Source {
        id: about.id,
        title: about.title,
        system: about.system,
        commands: about.commands.iter().copied().filter(|command| !command.starts_with(BY_HAND)).collect(),
        shows: about.shows.iter().map(|listing| listing.name()).collect(),
        facts: about.provides.iter().map(|given| Fact { fact: given.fact.path(), from: given.from }).collect(),
        notes: about.notes,
        page: docs(about),
    });
    let listed = Listed { schema: SCHEMA, sources: sources.collect() };
    serde_json::to_string_pretty(&listed).map_or_else(|_| String::new(), |text| text + "\n")
}
