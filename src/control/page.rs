//! The page of a check: what it asks and why, which facts and exports that takes, its parameters, its remedy and its limits.
//!
//! The terminal and `docs/checks/` show the same sections.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::facts::{made_from, sources_behind};
use super::names::Stricter;
use super::{Check, Pack};
use crate::model::schema::FactId;
use crate::source;

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// What it says.
    pub body: Body,
}

/// What a section says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Markdown.
    Text(String),
    /// An expression.
    Code(String),
    /// Lines, each a name and what there is to say of it.
    List(Vec<(String, String)>),
}

/// The sections of the page of a check, those that say nothing left out.
#[must_use]
pub fn sections(pack: &Pack, check: &Check) -> Vec<Section> {
    let mut all = vec![
        Section { title: "Why", body: Body::Text(check.rationale.clone()) },
        Section { title: "How it is tested", body: Body::Text(check.procedure.clone()) },
    ];
    if let Some(applies) = &check.question.applies {
        all.push(Section { title: "Applies where", body: Body::Code(applies.written.text.trim().to_owned()) });
    }
    let passes = check.question.passes.written.text.trim().to_owned();
    all.push(Section { title: "Passes where", body: Body::Code(passes) });
    let facts = facts(check);
    all.push(Section {
        title: "Evidence that it needs",
        body: Body::List(facts.iter().map(|fact| needed(*fact)).collect()),
    });
    all.push(Section { title: "Exports that give it", body: Body::List(exports(&facts)) });
    all.push(Section { title: "Parameters", body: Body::List(params(check)) });
    all.push(Section { title: "What to do about a failure", body: Body::Text(check.remediation.clone()) });
    if let Some(blind) = &check.blind_spots {
        all.push(Section { title: "What it cannot see", body: Body::Text(blind.clone()) });
    }
    all.push(Section { title: "Asked for by", body: Body::List(asked_by(pack, check)) });
    all.retain(|section| !matches!(&section.body, Body::List(list) if list.is_empty()));
    all
}

/// The facts that its expressions read, each once, by name.
fn facts(check: &Check) -> Vec<FactId> {
    let applies = check.question.applies.iter().map(|asked| &asked.expr);
    let mut all: Vec<FactId> =
        applies.chain([&check.question.passes.expr]).flat_map(crate::expr::Expr::facts).collect();
    all.sort_by_key(|fact| fact.path());
    all.dedup();
    all
}

/// A fact with its meaning, and what it is made from where no export gives it.
fn needed(fact: FactId) -> (String, String) {
    let mut text = fact.def().doc.to_owned();
    if source::giving(fact).is_empty()
        && let Some(from) = made_from(fact)
    {
        let _ = write!(text, " Made from {from}.");
    }
    (fact.path().to_owned(), text)
}

/// The exports behind some facts, each with what it reads and the facts that it gives.
fn exports(facts: &[FactId]) -> Vec<(String, String)> {
    let behind: BTreeSet<FactId> = facts.iter().flat_map(|fact| sources_behind(*fact)).collect();
    source::SOURCES
        .iter()
        .map(|source| source.about())
        .filter_map(|about| {
            let gives: BTreeSet<String> = about
                .provides
                .iter()
                .filter(|given| behind.contains(&given.fact))
                .map(|given| format!("`{}`", given.fact.path()))
                .collect();
            let gives: Vec<String> = gives.into_iter().collect();
            (!gives.is_empty()).then(|| (about.id.to_owned(), gives.join(", ")))
        })
        .collect()
}

fn params(check: &Check) -> Vec<(String, String)> {
    let one = |(name, param): (&String, &super::check::Param)| {
        let stricter = match param.stricter {
            Stricter::Lower => ", less is stricter",
            Stricter::Higher => ", more is stricter",
            Stricter::None => "",
        };
        (name.clone(), format!("{}{stricter}. Source: {}", param.default, param.source.trim()))
    };
    check.params.iter().map(one).collect()
}

/// The parts of requirements that ask for it, with other values of parameters where they set some. Crosswalks that take over
/// such a part are left out: they are in the crosswalk.
fn asked_by(pack: &Pack, check: &Check) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for framework in &pack.frameworks {
        for requirement in &framework.requirements {
            for part in &requirement.parts {
                if part.mapped.as_ref().is_some_and(|mapped| mapped.same_as.is_some()) {
                    continue;
                }
                for asked in part.checks.iter().filter(|asked| asked.check == check.id) {
                    let values: Vec<String> =
                        asked.params.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                    let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
                    all.push((format!("{} {}", framework.id, requirement.id), format!("{}{values}", part.title)));
                }
            }
        }
    }
    all
}

/// The page of a check in Markdown, for `docs/checks/`.
#[must_use]
pub fn markdown(pack: &Pack, check: &Check) -> String {
    let mut out = format!(
        "# {}\n\n**{}.** Severity {}; asks about each {}.\n\n<!-- made from controls/{}; do not edit -->\n",
        check.id,
        check.title,
        check.severity.name(),
        check.subject.name().replace('_', " "),
        check.path
    );
    for section in sections(pack, check) {
        let _ = write!(out, "\n## {}\n\n", section.title);
        match section.body {
            Body::Text(text) => {
                let _ = writeln!(out, "{}", text.trim_end());
            }
            Body::Code(code) => {
                let _ = writeln!(out, "```\n{code}\n```");
            }
            Body::List(list) => {
                for (name, text) in list {
                    let name = match section.title {
                        "Exports that give it" => format!("[{name}](../sources/{name}.md)"),
                        "Asked for by" => name,
                        _ => format!("`{name}`"),
                    };
                    let _ = writeln!(out, "- {name}: {text}");
                }
            }
        }
    }
    let _ = write!(
        out,
        "\n## File\n\n[controls/{0}](../../controls/{0}), with {1} tests.\n",
        check.path,
        check.tests.len()
    );
    out
}

/// The list of all checks, for `docs/checks/README.md`.
#[must_use]
pub fn index(pack: &Pack) -> String {
    let mut out = format!(
        "# Checks\n\n<!-- made from the control files; do not edit -->\n\nAll {} checks, by the risk under which their files stand. Which questions they answer, and which none can, is in [questions.md](../questions.md).\n",
        pack.checks.len()
    );
    let folder = |check: &Check| check.path.split('/').nth(1).unwrap_or("").to_owned();
    let mut folders: Vec<String> = pack.checks.iter().map(folder).collect();
    folders.sort_by_key(|folder| {
        (
            folder.trim_start_matches(char::is_alphabetic).split('-').next().and_then(|n| n.parse::<u32>().ok()),
            folder.clone(),
        )
    });
    folders.dedup();
    for name in folders {
        let _ = write!(
            out,
            "\n## {name}\n\n| check | severity | asks about | what is true where it passes |\n| --- | --- | --- | --- |\n"
        );
        for check in pack.checks.iter().filter(|check| folder(check) == name) {
            let _ = writeln!(
                out,
                "| [{0}]({0}.md) | {1} | {2} | {3} |",
                check.id,
                check.severity.name(),
                check.subject.name().replace('_', " "),
                check.title.replace('|', "\\|")
            );
        }
    }
    out
}

/// The page of a check for a terminal.
#[must_use]
pub fn text(pack: &Pack, check: &Check) -> String {
    let mut out = format!(
        "{} ({}, asks about each {})\n{}\n",
        check.id,
        check.severity.name(),
        check.subject.name(),
        check.title
    );
    for section in sections(pack, check) {
        let _ = write!(out, "\n{}\n", section.title);
        match section.body {
            Body::Text(text) | Body::Code(text) => {
                for line in text.trim_end().lines() {
                    let _ = writeln!(out, "{}", format!("  {line}").trim_end());
                }
            }
            Body::List(list) => {
                for (name, text) in list {
                    super::facts::wrapped(&mut out, &format!("  {name}: "), "      ", &text.replace('`', ""));
                }
            }
        }
    }
    let _ = write!(out, "\nFile\n  controls/{}, with {} tests\n", check.path, check.tests.len());
    out
}
