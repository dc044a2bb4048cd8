//! The head of results: everything but findings and gaps.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use rayon::prelude::*;

use super::names::{self, subject};
use super::{Input, ai_system, finding, framework, limits, table};
use crate::assess::{Judged, Verdict};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::v1::{
    AsOf, CheckRun, CheckText, Closure, Confidence, ControlFile, ControlOrigin, Controls, Enumerated, Export, Head,
    IgnoredFile, MADE_LATER, OutOfScope, Population, Presence, Profile, Quality, RejectedRecord, RuleText, SCHEMA,
    Scope, Scopes, SubjectCount, Tally, Texts, Tool, Total,
};
use crate::control::{Origin, Target};
use crate::model::enumeration;
use crate::model::schema::FactType;
use crate::model::table as cells;
use crate::model::{Row, Subject, Sym};

/// How many subjects out of scope are named.
const NAMED: usize = 20;

/// The head of the results.
#[must_use]
pub fn head(input: &Input<'_>) -> Head {
    let attestations = framework::attestations(input);
    let (ids, subjects) = rayon::join(|| table::id_digests(input), || subjects(input));
    let runs = input.judged.par_iter().enumerate();
    let checks = runs.filter_map(|(run, judged)| check_run(input, run, judged, &ids)).collect();
    Head {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "assize".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        as_of: AsOf { at: input.as_of.to_string(), origin: Some(input.as_of_origin) },
        profile: profile(input),
        scopes: scopes(input),
        exports: exports(input),
        ignored: ignored(input),
        rejected: rejected(input),
        subjects,
        controls: controls(input),
        texts: texts(input),
        frameworks: framework::frameworks(input, &attestations),
        checks,
        ai_systems: ai_system::ai_systems(input),
        waivers: super::waiver::waivers(input),
        attestations,
        links: super::links::links(input),
        quality: quality(input),
        limits: limits::limits(),
    }
}

fn profile(input: &Input<'_>) -> Profile {
    let given = !input.profile.file.is_empty();
    let chosen = input.plan.frameworks.iter().filter_map(|planned| input.pack.frameworks.get(planned.framework));
    Profile {
        organisation: input.profile.organisation.as_deref().map(|name| shown(name.trim()).into_owned()),
        file: given.then(|| shown(&input.profile.file).into_owned()),
        sha256: input.profile_sha256.map(str::to_owned),
        frameworks: chosen.map(|framework| framework.id.clone()).collect(),
        max_evidence_age: input.profile.max_evidence_age.map(|age| age.to_string()),
        settings: super::settings::settings(input),
    }
}

fn scopes(input: &Input<'_>) -> Scopes {
    let expected: BTreeSet<String> =
        input.profile.expected_scopes.iter().map(|scope| shown(scope).into_owned()).collect();
    let mut seen: BTreeMap<String, Scope> = BTreeMap::new();
    for (at, export) in read_exports(input).into_iter().enumerate() {
        for scope in &export.scopes {
            let id = shown(scope).into_owned();
            let entry = seen.entry(id.clone()).or_insert_with(|| Scope {
                system: id.split(':').next().unwrap_or("").to_owned(),
                expected: expected.contains(&id),
                id,
                ..Scope::default()
            });
            entry.exports.extend(u32::try_from(at));
            let at = export.collected_at.map(|at| Instant(at).to_string());
            entry.collected_at = entry.collected_at.take().max(at);
        }
    }
    let known: BTreeSet<&str> =
        input.estate.world.scopes.iter().map(|scope| input.estate.world.strings.text(*scope)).collect();
    let missing = expected.iter().filter(|scope| !known.contains(scope.as_str())).cloned().collect();
    Scopes {
        missing,
        seen: seen.into_values().collect(),
        enumerated: enumerated(input),
        expected: expected.into_iter().collect(),
    }
}

fn enumerated(input: &Input<'_>) -> Vec<Enumerated> {
    let world = input.estate.world;
    let mut all: Vec<Enumerated> = Vec::new();
    for (scope, listing, closures) in world.enumerations.iter() {
        for closure in closures {
            let (word, by, at, why, record) = match closure {
                enumeration::Closure::Shown(record) => (Closure::Shown, None, None, None, *record),
                enumeration::Closure::Asserted { by, at, record } => {
                    (Closure::Asserted, Some(*by), at.map(|at| Instant(at).to_string()), None, *record)
                }
                enumeration::Closure::Incomplete { why, record } => {
                    (Closure::Incomplete, None, None, Some(*why), *record)
                }
            };
            let text = |sym: Sym| shown(world.strings.text(sym)).into_owned();
            let place = names::place(input.estate, record, None);
            let one = Enumerated {
                scope: text(scope),
                listing: listing.name().to_owned(),
                closure: word,
                by: by.map(text),
                at,
                why: why.map(text),
                export: place.export,
                pointer: place.pointer,
            };
            all.push(one);
        }
    }
    all.sort_by(|a, b| {
        (&a.scope, &a.listing, a.closure, &a.by, a.export, &a.pointer)
            .cmp(&(&b.scope, &b.listing, b.closure, &b.by, b.export, &b.pointer))
    });
    all.dedup();
    all
}

/// Reports on the files that became exports of the world, in the order of their numbers.
fn read_exports<'a>(input: &Input<'a>) -> Vec<&'a crate::export::report::ExportReport> {
    let by_path: BTreeMap<&str, &crate::export::report::ExportReport> =
        input.loaded.loaded.exports.iter().map(|export| (export.path.as_str(), export)).collect();
    let numbered = input.estate.world.records.exports.iter();
    numbered.filter_map(|export| by_path.get(export.path.as_str()).copied()).collect()
}

/// The exports that were read, in the order of their numbers.
pub(super) fn exports(input: &Input<'_>) -> Vec<Export> {
    read_exports(input)
        .into_iter()
        .map(|export| Export {
            path: shown(&export.path).into_owned(),
            sha256: export.sha256.clone().unwrap_or_default(),
            bytes: export.bytes,
            source: export.source.unwrap_or("").to_owned(),
            scopes: export.scopes.iter().map(|scope| shown(scope).into_owned()).collect(),
            collected_at: export.collected_at.map(|at| Instant(at).to_string()),
            collected_by: export.collected_by.as_deref().map(|text| shown(text).into_owned()),
            command: export.command.as_deref().map(|text| shown(text).into_owned()),
            issuer: export.issuer.as_deref().map(|text| shown(text).into_owned()),
            read: export.read,
            rejected: export.rejected,
            ignored: export.ignored,
            totals: export
                .control_totals
                .iter()
                .map(|(name, count)| Total { name: name.clone(), count: *count, declared: None })
                .collect(),
            superseded_by: None,
            notes: export.ignored_why.clone(),
        })
        .collect()
}

fn ignored(input: &Input<'_>) -> Vec<IgnoredFile> {
    let read: BTreeSet<&str> = read_exports(input).into_iter().map(|export| export.path.as_str()).collect();
    let unread = input.loaded.loaded.exports.iter().filter(|export| !read.contains(export.path.as_str()));
    let mut all: Vec<IgnoredFile> = unread
        .map(|export| IgnoredFile {
            path: shown(&export.path).into_owned(),
            reason: shown(&export.took_for).into_owned(),
        })
        .chain(input.loaded.ignored.iter().cloned())
        .collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

fn rejected(input: &Input<'_>) -> Vec<RejectedRecord> {
    let position: BTreeMap<&str, u32> =
        read_exports(input).into_iter().zip(0_u32..).map(|(export, at)| (export.path.as_str(), at)).collect();
    input
        .loaded
        .loaded
        .rejected
        .iter()
        .filter_map(|rejected| {
            Some(RejectedRecord {
                export: *position.get(rejected.path.as_str())?,
                pointer: Some(shown(&rejected.place).into_owned()),
                offset: Some(rejected.offset),
                document: None,
                reason: shown(&rejected.why).into_owned(),
            })
        })
        .collect()
}

/// Subject, kind, system, presence.
type SubjectKey<T> = (Subject, Option<&'static str>, Option<T>, Presence);

/// How many subjects there are, by kind, system and presence.
fn subjects(input: &Input<'_>) -> Vec<SubjectCount> {
    let world = input.estate.world;
    let mut counts: HashMap<SubjectKey<Sym>, u64> = HashMap::new();
    for subject in Subject::ALL {
        let table = world.table(subject);
        let (kind, system) = (subject.fact("kind"), subject.fact("system"));
        for row in table.rows() {
            let kind = kind.and_then(|fact| match (fact.def().ty, table.get(fact, row)) {
                (FactType::Enum(_), cells::UNKNOWN) => Some("not known"),
                (FactType::Enum(def), code) => Some(def.text(u8::try_from(code).unwrap_or(u8::MAX))),
                _ => None,
            });
            let system = system.and_then(|fact| u32::try_from(table.get(fact, row)).ok().map(Sym));
            let presence = match table.presence(row) {
                cells::Presence::Listed => Presence::Listed,
                cells::Presence::Mentioned => Presence::Mentioned,
            };
            *counts.entry((subject, kind, system, presence)).or_default() += 1;
        }
    }
    let mut named: BTreeMap<SubjectKey<String>, u64> = BTreeMap::new();
    for ((subject, kind, system, presence), count) in counts {
        let system = system.map(|sym| shown(world.strings.text(sym)).into_owned());
        *named.entry((subject, kind, system, presence)).or_default() += count;
    }
    named
        .into_iter()
        .map(|((subject, kind, system, presence), count)| SubjectCount {
            subject: subject.name().to_owned(),
            kind: kind.map(str::to_owned),
            system,
            presence,
            count,
        })
        .collect()
}

fn controls(input: &Input<'_>) -> Controls {
    let files = input.pack.files.iter().map(|file| ControlFile {
        path: shown(&file.path).into_owned(),
        sha256: file.sha256.clone(),
        origin: match file.origin {
            Origin::Builtin => ControlOrigin::BuiltIn,
            Origin::Changed => ControlOrigin::Replaced,
            Origin::Added => ControlOrigin::Added,
        },
        modified: file.origin.modified(),
    });
    let declared = input.waivers.files.iter().map(|(path, sha256)| ControlFile {
        path: shown(path).into_owned(),
        sha256: sha256.clone(),
        origin: ControlOrigin::Declared,
        modified: false,
    });
    Controls { files: files.chain(declared).collect(), tests: input.tests.clone() }
}

fn texts(input: &Input<'_>) -> Texts {
    let used: BTreeSet<&str> = input.plan.runs.iter().map(|run| run.check.as_str()).collect();
    let checks = input.pack.checks.iter().filter(|check| used.contains(check.id.as_str())).map(|check| CheckText {
        id: check.id.clone(),
        title: check.title.clone(),
        file: check.path.clone(),
        applies: check.question.applies.as_ref().map(|applies| applies.written.text.trim().to_owned()),
        passes: check.question.passes.written.text.trim().to_owned(),
        procedure: check.procedure.trim().to_owned(),
        rationale: check.rationale.trim().to_owned(),
        remediation: check.remediation.trim_end().to_owned(),
    });
    let mut rules = Vec::new();
    for classification in &input.pack.classifications {
        for rule in classification.rules.iter().filter(|rule| rule.target == Target::IsAi) {
            rules.push(RuleText {
                name: rule.id.clone(),
                reason: rule.reason.clone(),
                confidence: match rule.confidence {
                    crate::control::Confidence::High => Confidence::High,
                    crate::control::Confidence::Medium => Confidence::Medium,
                    crate::control::Confidence::Low => Confidence::Low,
                },
                expression: rule.when.written.text.trim().to_owned(),
                file: classification.path.clone(),
                recognised: input.classified.recognised.get(&rule.id).copied().unwrap_or(0),
                not_loaded: input.classified.undecided.get(&rule.id).cloned().unwrap_or_default(),
            });
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    Texts { checks: checks.collect(), rules }
}

fn check_run(input: &Input<'_>, run: usize, judged: &Judged, ids: &BTreeMap<Subject, String>) -> Option<CheckRun> {
    let planned = input.plan.runs.get(run)?;
    let question = input.questions.get(run)?;
    let check = input.pack.check(&planned.check)?;
    let system = |scope: &str| scope.split(':').next().unwrap_or("").to_owned();
    let mut by_system: BTreeMap<String, u64> = BTreeMap::new();
    for (scope, count) in &judged.by_scope {
        *by_system.entry(system(scope)).or_default() += count;
    }
    let totals = |pairs: Vec<(String, u64)>| {
        pairs
            .into_iter()
            .map(|(name, count)| Total { name: shown(&name).into_owned(), count, declared: None })
            .collect()
    };
    let order = input.orders.get(question.subject);
    let tally = judged.tally;
    Some(CheckRun {
        id: planned.id.clone(),
        check: planned.check.clone(),
        status: framework::word(judged.status),
        severity: names::severity(check.severity),
        subject: question.subject.name().to_owned(),
        params: planned.params.iter().map(|(name, param)| finding::param(input, run, name, param)).collect(),
        population: Population {
            size: tally.size(),
            by_scope: totals(judged.by_scope.clone()),
            by_system: totals(by_system.into_iter().collect()),
            out_of_scope: out_of_scope(input, question.subject, judged),
            exclusions: Vec::new(),
            not_listed: order.not_listed,
            notes: notes(input, question),
        },
        tally: Tally { pass: tally.pass, fail: tally.fail, unknown: tally.unknown, waived: tally.waived },
        coverage: framework::coverage(input, &[planned]),
        verdicts_sha256: table::column_digest(ids.get(&question.subject).map_or("", String::as_str), judged),
        nearest: None,
    })
}

fn out_of_scope(input: &Input<'_>, kind: Subject, judged: &Judged) -> Vec<OutOfScope> {
    let order = input.orders.get(kind);
    let named = |rows: &mut dyn Iterator<Item = u32>| {
        rows.take(NAMED).map(|row| subject(input.estate, Row::new(kind, row))).collect()
    };
    let mut all = Vec::new();
    let mut outside = order
        .rows
        .iter()
        .zip(&judged.verdicts)
        .filter(|(_, verdict)| **verdict == Verdict::OutOfScope)
        .map(|(row, _)| *row);
    let count = outside.clone().count() as u64;
    if count > 0 {
        all.push(OutOfScope { reason: "the check does not apply".to_owned(), count, first: named(&mut outside) });
    }
    if !order.later.is_empty() {
        all.push(OutOfScope {
            reason: MADE_LATER.to_owned(),
            count: order.later.len() as u64,
            first: named(&mut order.later.iter().copied()),
        });
    }
    all
}

/// Which rules of recognition could not be decided, for populations that rest on them.
fn notes(input: &Input<'_>, question: &crate::assess::Question<'_>) -> Vec<String> {
    let reads_ai =
        |expression: &crate::expr::Expr| expression.facts().contains(&crate::model::facts::identity::IS_AI.id);
    if !(question.applies.is_some_and(reads_ai) || reads_ai(question.passes)) || input.classified.undecided.is_empty() {
        return Vec::new();
    }
    let rules: Vec<String> =
        input.classified.undecided.iter().map(|(rule, facts)| format!("{rule} (needs {})", facts.join(", "))).collect();
    vec![format!(
        "AI-connected identities are those recognised. Rules that could not be decided for some identities: {}",
        rules.join("; ")
    )]
}

/// How many notes of one kind are told one by one.
const TOLD: usize = 25;

fn quality(input: &Input<'_>) -> Vec<Quality> {
    let mut by_code: BTreeMap<&str, BTreeMap<String, (u64, BTreeSet<u32>)>> = BTreeMap::new();
    for note in &input.estate.world.quality {
        let export =
            note.record.and_then(|record| input.estate.world.records.get(record)).map(|record| record.export.0);
        let entry = by_code.entry(note.code).or_default().entry(shown(&note.message).into_owned()).or_default();
        entry.0 += 1;
        entry.1.extend(export);
    }
    let mut all = Vec::new();
    for (code, messages) in by_code {
        let rest = messages.len().saturating_sub(TOLD);
        for (message, (count, exports)) in messages.into_iter().take(TOLD) {
            let exports = exports.into_iter().collect();
            all.push(Quality { code: code.to_owned(), message, count, exports, ..Quality::default() });
        }
        if rest > 0 {
            let message = format!("and {rest} more notes of this kind");
            all.push(Quality { code: code.to_owned(), message, count: rest as u64, ..Quality::default() });
        }
    }
    all
}
