//! Crosswalks: how far what answers a requirement of one framework answers one of another.
//!
//! A framework that is a crosswalk has no checks of its own kind: its parts take over what answers a part of another
//! framework, or name checks, and each says how what the requirement asks stands to that. The four relationships are
//! those of set theory, as in NIST IR 8477, section 4.3.

use std::ops::Range;

use super::file::Reader;
use super::framework::{Framework, Part, PartCheck, RawPart, RawRelated, Requirement};
use super::names::{MappedBy, Relationship, unknown_name};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;

/// A requirement, or a part of one, as a crosswalk names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The framework's id.
    pub framework: String,
    /// The requirement's number.
    pub requirement: String,
    /// The part's id, where one is named.
    pub part: Option<String>,
    /// The bytes of the name in the file.
    pub span: Range<usize>,
}

/// How what a requirement asks stands to what answers one of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// What the requirement asks, beside what the answer is to: `equal`, `subset`, `superset` or `intersects`.
    pub relationship: Relationship,
    /// Who says so.
    pub by: MappedBy,
    /// Where the publisher says so.
    pub source: Option<String>,
    /// The part of another framework whose answer is taken over; without it, checks are named.
    pub same_as: Option<Named>,
    /// The control file that says so, where the program did not come with it as it is and no publisher says so.
    pub stated_in: Option<String>,
}

/// A requirement of another framework that corresponds to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The other requirement.
    pub to: Named,
    /// What the requirement asks, beside what the other asks.
    pub relationship: Relationship,
    /// Who says so.
    pub by: MappedBy,
    /// Where the publisher says so.
    pub source: Option<String>,
    /// The control file that says so, where the program did not come with it as it is and no publisher says so.
    pub stated_in: Option<String>,
}

/// Notes the control file of a framework that the program did not come with, so that it is not taken for this project's word.
pub(super) fn state(requirement: &mut Requirement, path: &str) {
    for related in requirement.related.iter_mut().filter(|related| related.by == MappedBy::Ours) {
        related.stated_in = Some(path.to_owned());
    }
    let mapped = requirement.parts.iter_mut().filter_map(|part| part.mapped.as_mut());
    for mapped in mapped.filter(|mapped| mapped.by == MappedBy::Ours) {
        mapped.stated_in = Some(path.to_owned());
    }
}

/// What a part of a crosswalk says of itself; `None` in other frameworks, where it must say nothing of the kind.
pub(super) fn mapped(reader: &mut Reader<'_>, raw: &RawPart, crosswalk: bool) -> Option<Mapped> {
    let own = raw.same_as.as_ref().or(raw.relationship.as_ref()).or(raw.by.as_ref()).or(raw.source.as_ref());
    if !crosswalk {
        if let Some(odd) = own {
            let wrong = Diagnostic::error("no-crosswalk", "only the parts of a crosswalk stand in a relationship")
                .help("write `crosswalk = true` at the top of the file, or name checks alone");
            reader.note(wrong, odd.span(), "in a framework that is none");
        }
        return None;
    }
    if let Some(same_as) = &raw.same_as
        && (!raw.checks.is_empty() || raw.manual.is_some() || raw.unanswered.is_some())
    {
        let wrong = Diagnostic::error("answered-part", format!("part `{}` is answered twice", raw.id.get_ref()))
            .help("take over the answer of another part by `same_as`, or answer it here");
        reader.note(wrong, same_as.span(), "and by what stands beside it");
    }
    let answered = raw.same_as.is_some() || !raw.checks.is_empty();
    let Some(relationship) = &raw.relationship else {
        if answered {
            let wrong = Diagnostic::error("missing-relationship", format!("part `{}` has no `relationship`", raw.id.get_ref()))
                .help("say what the requirement asks, beside what answers the part: `equal`, `subset` (less), `superset` (more) or `intersects`");
            reader.note(wrong, raw.id.span(), "this part");
        }
        return None;
    };
    if !answered {
        let wrong = Diagnostic::error("no-answer", format!("nothing answers part `{}`", raw.id.get_ref()))
            .help("name checks, or a part of another framework by `same_as`");
        reader.note(wrong, relationship.span(), "stands to nothing");
        return None;
    }
    let same_as = raw.same_as.as_ref().and_then(|name| named(reader, name, true));
    let relationship =
        reader.check(Relationship::read(relationship.get_ref()), &relationship.span(), "unknown relationship")?;
    let (by, source) = by(reader, raw.by.as_ref(), raw.source.as_ref())?;
    Some(Mapped { relationship, by, source, same_as, stated_in: None })
}

/// What corresponds to a requirement elsewhere.
pub(super) fn related(reader: &mut Reader<'_>, raw: &RawRelated) -> Option<Related> {
    let to = named(reader, &raw.to, false)?;
    let relationship = reader.check(
        Relationship::read(raw.relationship.get_ref()),
        &raw.relationship.span(),
        "unknown relationship",
    )?;
    let (by, source) = by(reader, raw.by.as_ref(), raw.source.as_ref())?;
    Some(Related { to, relationship, by, source, stated_in: None })
}

/// Who says so, and where, if the publisher does.
fn by(
    reader: &mut Reader<'_>,
    by: Option<&toml::Spanned<String>>,
    source: Option<&toml::Spanned<String>>,
) -> Option<(MappedBy, Option<String>)> {
    let who = match by {
        None => MappedBy::Ours,
        Some(by) => reader.check(MappedBy::read(by.get_ref()), &by.span(), "unknown author")?,
    };
    if let (MappedBy::Publisher, Some(by), None) = (who, by, source) {
        let wrong = Diagnostic::error("missing-source", "a mapping of the publisher's has no source")
            .help("say under `source` where the publisher states it");
        reader.note(wrong, by.span(), "where?");
    }
    Some((who, source.map(|source| reader.text(source, "source"))))
}

/// `FRAMEWORK REQUIREMENT`, or with a part behind it.
fn named(reader: &mut Reader<'_>, raw: &toml::Spanned<String>, part: bool) -> Option<Named> {
    let mut words = raw.get_ref().split_whitespace();
    let read = match (words.next(), words.next(), words.next(), words.next()) {
        (Some(framework), Some(requirement), Some(id), None) if part => Some((framework, requirement, Some(id))),
        (Some(framework), Some(requirement), None, None) if !part => Some((framework, requirement, None)),
        _ => None,
    };
    let Some((framework, requirement, id)) = read else {
        let form = if part { "FRAMEWORK REQUIREMENT PART" } else { "FRAMEWORK REQUIREMENT" };
        let wrong = Diagnostic::error("bad-reference", format!("`{}` names nothing", raw.get_ref()))
            .help(format!("write `{form}`, such as `owasp-nhi-2025 NHI7:2025{}`", if part { " rotation" } else { "" }));
        reader.note(wrong, raw.span(), "another form");
        return None;
    };
    Some(Named {
        framework: framework.to_owned(),
        requirement: requirement.to_owned(),
        part: id.map(str::to_owned),
        span: raw.span(),
    })
}

/// Takes over what answers the parts that crosswalks name, and tells what they name and is not there.
#[must_use]
pub(super) fn resolve(frameworks: &mut [Framework]) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    let mut related = Vec::new();
    let mut answers = Vec::new();
    for (at, framework) in frameworks.iter().enumerate() {
        for (n, requirement) in framework.requirements.iter().enumerate() {
            for (m, one) in requirement.related.iter().enumerate() {
                match find(frameworks, &one.to) {
                    Ok((of, found, _)) => related.push(((at, n, m), (of.id.clone(), found.id.clone()))),
                    Err(missing) => wrong.push(missing.at(&framework.path, one.to.span.clone(), "names nothing")),
                }
            }
            for (m, part) in requirement.parts.iter().enumerate() {
                let Some(named) = part.mapped.as_ref().and_then(|mapped| mapped.same_as.as_ref()) else { continue };
                match answer(frameworks, named) {
                    Ok(answer) => answers.push(((at, n, m), answer)),
                    Err(missing) => wrong.push(missing.at(&framework.path, named.span.clone(), "names nothing")),
                }
            }
        }
    }
    for ((at, n, m), (framework, requirement)) in related {
        let one = frameworks.get_mut(at).and_then(|of| of.requirements.get_mut(n)).and_then(|of| of.related.get_mut(m));
        if let Some(one) = one {
            (one.to.framework, one.to.requirement) = (framework, requirement);
        }
    }
    for ((at, n, m), answer) in answers {
        let part = frameworks.get_mut(at).and_then(|of| of.requirements.get_mut(n)).and_then(|of| of.parts.get_mut(m));
        if let Some(part) = part {
            (part.checks, part.manual, part.why_unanswered) = (answer.checks, answer.manual, answer.why_unanswered);
            if let Some(named) = part.mapped.as_mut().and_then(|mapped| mapped.same_as.as_mut()) {
                (named.framework, named.requirement) = (answer.framework, answer.requirement);
            }
        }
    }
    wrong
}

/// What answers a part, and where that stands, by own ids.
struct Answer {
    framework: String,
    requirement: String,
    checks: Vec<PartCheck>,
    manual: Option<String>,
    why_unanswered: Option<String>,
}

/// What answers the part of that name, or the diagnostic without a place that says why nothing is taken over.
fn answer(known: &[Framework], named: &Named) -> Result<Answer, Diagnostic> {
    let (framework, requirement, part) = find(known, named)?;
    if framework.crosswalk {
        return Err(Diagnostic::error("bad-reference", format!("`{}` is a crosswalk itself", framework.id))
            .help("name a part of the framework that its part takes over"));
    }
    Ok(Answer {
        framework: framework.id.clone(),
        requirement: requirement.id.clone(),
        checks: part.map(|part| part.checks.clone()).unwrap_or_default(),
        manual: part.and_then(|part| part.manual.clone()),
        why_unanswered: part.and_then(|part| part.why_unanswered.clone()),
    })
}

type Found<'a> = (&'a Framework, &'a Requirement, Option<&'a Part>);

/// What a name means, or the diagnostic without a place that says the nearest.
fn find<'a>(known: &'a [Framework], named: &Named) -> Result<Found<'a>, Diagnostic> {
    let framework = known.iter().find(|one| one.id == named.framework).ok_or_else(|| {
        let ids: Vec<&str> = known.iter().map(|framework| framework.id.as_str()).collect();
        unknown_name("framework", &named.framework, &ids)
    })?;
    let requirement = framework.requirement(&named.requirement).ok_or_else(|| {
        let names = framework.requirements.iter().flat_map(Requirement::names);
        let missing = Diagnostic::error(
            "unknown-requirement",
            format!("`{}` is no requirement of {}", named.requirement, framework.id),
        );
        match nearest(&named.requirement, names) {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing.help("`assize controls list` names them all"),
        }
    })?;
    let Some(id) = &named.part else { return Ok((framework, requirement, None)) };
    let part = requirement.parts.iter().find(|part| part.id == *id).ok_or_else(|| {
        let ids: Vec<&str> = requirement.parts.iter().map(|part| part.id.as_str()).collect();
        unknown_name("part of the requirement", id, &ids)
    })?;
    Ok((framework, requirement, Some(part)))
}

/// One line of the crosswalk: what a requirement asks, beside what something else asks or answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The framework of the requirement.
    pub framework: &'a str,
    /// The requirement.
    pub requirement: &'a str,
    /// What the requirement asks, beside the other.
    pub relationship: Relationship,
    /// The other framework; empty where checks are named.
    pub other_framework: &'a str,
    /// The other requirement; empty where checks are named.
    pub other_requirement: &'a str,
    /// The part of the other requirement, where one is meant.
    pub other_part: &'a str,
    /// The checks, where they are named.
    pub checks: Vec<&'a str>,
    /// Who says so.
    pub by: MappedBy,
    /// Where the publisher says so; else empty.
    pub source: &'a str,
    /// The control file that says so, where the program did not come with it as it is; else empty.
    pub stated_in: &'a str,
}

impl Line<'_> {
    /// Who says so, and where.
    #[must_use]
    pub fn said_by(&self) -> String {
        match (self.source, self.stated_in) {
            ("", "") => self.by.name().to_owned(),
            ("", file) => format!("`{file}`"),
            (source, "") => format!("{}: {source}", self.by.name()),
            (source, file) => format!("`{file}`: {source}"),
        }
    }
}

/// All lines of the crosswalk, framework by framework, in the order of their requirements.
#[must_use]
pub fn lines(frameworks: &[Framework]) -> Vec<Line<'_>> {
    let mut all = Vec::new();
    for framework in frameworks {
        for requirement in &framework.requirements {
            for related in &requirement.related {
                all.push(Line {
                    framework: &framework.id,
                    requirement: &requirement.id,
                    relationship: related.relationship,
                    other_framework: &related.to.framework,
                    other_requirement: &related.to.requirement,
                    other_part: "",
                    checks: Vec::new(),
                    by: related.by,
                    source: related.source.as_deref().unwrap_or(""),
                    stated_in: related.stated_in.as_deref().unwrap_or(""),
                });
            }
            for (part, mapped) in requirement.parts.iter().filter_map(|part| Some((part, part.mapped.as_ref()?))) {
                let named = mapped.same_as.as_ref();
                let checks = if named.is_some() { &[][..] } else { part.checks.as_slice() };
                all.push(Line {
                    framework: &framework.id,
                    requirement: &requirement.id,
                    relationship: mapped.relationship,
                    other_framework: named.map_or("", |named| &named.framework),
                    other_requirement: named.map_or("", |named| &named.requirement),
                    other_part: named.and_then(|named| named.part.as_deref()).unwrap_or(""),
                    checks: checks.iter().map(|check| check.check.as_str()).collect(),
                    by: mapped.by,
                    source: mapped.source.as_deref().unwrap_or(""),
                    stated_in: mapped.stated_in.as_deref().unwrap_or(""),
                });
            }
        }
    }
    all
}

/// The crosswalk as a page of Markdown.
#[must_use]
pub fn page(frameworks: &[Framework]) -> String {
    let mut out = String::from(
        "# Crosswalk\n\n<!-- made from the control files; do not edit -->\n\nHow what a requirement asks stands to what another asks, or to what answers a part of another. The words are those of set theory: a requirement is `equal` to the other, a `subset` of it (it asks less), a `superset` (it asks all of that and more), or it `intersects` (it asks some of it, and something else).\n\nNo row but those that say `publisher` was made or reviewed by a publisher of a framework: the others are this project's own reading. Identifiers are the publishers'; titles and texts are not reproduced.\n\n`assize controls crosswalk --format csv` prints the same for a spreadsheet. `assize check FOLDER --framework ID` judges by a framework that is reached over the crosswalk: the verdicts are those of the same checks. What holds satisfies a requirement only where it asks no more than what was checked, and what fails leaves it open where it may lie outside of what it asks.\n",
    );
    let all = lines(frameworks);
    for framework in frameworks {
        let of_it: Vec<&Line<'_>> = all.iter().filter(|line| line.framework == framework.id).collect();
        if of_it.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "\n## {} {}\n\n| requirement | relationship | beside | by |\n| --- | --- | --- | --- |\n",
            framework.title, framework.version
        ));
        for line in of_it {
            let other = if line.other_framework.is_empty() {
                let checks: Vec<String> = line.checks.iter().map(|check| format!("`{check}`")).collect();
                format!("checks {}", checks.join(", "))
            } else {
                let part =
                    if line.other_part.is_empty() { String::new() } else { format!(", part `{}`", line.other_part) };
                format!("{} {}{part}", line.other_framework, line.other_requirement)
            };
            out.push_str(&format!(
                "| {} | {} | {other} | {} |\n",
                line.requirement,
                line.relationship.name(),
                line.said_by()
            ));
        }
    }
    out
}
