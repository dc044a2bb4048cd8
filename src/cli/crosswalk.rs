//! `assize controls crosswalk`: how the requirements of frameworks stand to each other.

use std::fmt::Write as _;

use super::args::{CrosswalkArgs, TableFormat};
use super::{Outcome, controls, print};
use crate::base::text::shown;
use crate::control::crosswalk::{Line, lines};

pub(super) fn run(args: &CrosswalkArgs) -> Outcome {
    let Some(pack) = controls::usable(&args.controls) else { return Outcome::Broken };
    let all = lines(&pack.frameworks);
    let wanted = |line: &&Line<'_>| args.framework.as_deref().is_none_or(|id| line.framework.eq_ignore_ascii_case(id));
    let chosen: Vec<&Line<'_>> = all.iter().filter(wanted).collect();
    if let (Some(id), true) = (&args.framework, chosen.is_empty()) {
        return controls::no_framework(&pack, id, "of which a crosswalk says something");
    }
    match args.format {
        TableFormat::Text => print::out(&text(&chosen)),
        TableFormat::Csv => print::made(csv(&chosen)),
    }
}

fn text(lines: &[&Line<'_>]) -> String {
    let mut out = String::new();
    let mut last = ("", "");
    for line in lines {
        if last.0 != line.framework {
            let gap = if last.0.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", line.framework);
        }
        let requirement = if last == (line.framework, line.requirement) { "" } else { line.requirement };
        last = (line.framework, line.requirement);
        let by = shown(&line.said_by()).into_owned();
        let _ = writeln!(out, "  {requirement:<12} {:<10} {}  ({by})", line.relationship.name(), other(line));
    }
    out
}

fn other(line: &Line<'_>) -> String {
    if line.other_framework.is_empty() {
        return format!("checks {}", line.checks.join(", "));
    }
    let part = if line.other_part.is_empty() { String::new() } else { format!(" {}", line.other_part) };
    format!("{} {}{part}", line.other_framework, line.other_requirement)
}

fn csv(lines: &[&Line<'_>]) -> std::io::Result<String> {
    let head = [
        "framework",
        "requirement",
        "relationship",
        "other_framework",
        "other_requirement",
        "other_part",
        "checks",
        "by",
        "source",
        "control_file",
    ];
    let checks: Vec<String> = lines.iter().map(|line| line.checks.join(" ")).collect();
    let rows = lines.iter().zip(&checks).map(|(line, checks)| {
        [
            line.framework,
            line.requirement,
            line.relationship.name(),
            line.other_framework,
            line.other_requirement,
            line.other_part,
            checks,
            line.by.name(),
            line.source,
            line.stated_in,
        ]
    });
    print::table(&head, rows)
}
