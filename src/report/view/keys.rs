//! What findings, gaps and passes can be looked for by: frameworks, owners, systems, AI systems.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::finding::has_owner;
use super::{Word, word};
use crate::contract::v1::{CheckRun, Finding, Gap, Severity};
use crate::report::index::Index;
use crate::report::printer::fields;
use crate::report::{human, words};

/// The choices by which a reader narrows down what is shown.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Filters {
    /// The severities of findings, worst first.
    severities: Vec<Word>,
    /// The frameworks, in their order.
    frameworks: Vec<Choice>,
    /// The owners of the findings that are shown, by name.
    owners: Vec<Choice>,
    /// The AI systems that have a card.
    ai_systems: Vec<Choice>,
    /// The systems and their scopes.
    systems: Vec<Choice>,
}

/// One value that can be chosen.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Choice {
    /// The number by which a finding, gap or pass refers to it.
    key: usize,
    /// The name that stands in the address of the page.
    value: String,
    /// The name for people.
    label: String,
}

/// By what a finding, gap or pass is found. Numbers refer to the `key` of choices, with spaces between them.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Keys {
    /// The names of its severities.
    severities: String,
    /// Anchors of the requirements that it bears on, without `requirement-`, such as `1-5`: the number of the framework first.
    requirements: String,
    /// Its owners; empty if none is known, and `-` for a waiver, which has none.
    owners: String,
    /// Its scope, then its system, then the AI systems that it is about.
    systems: String,
}

fields!(Keys: severities, requirements, owners, systems);

/// Where each thing that a reader can look for has its number.
pub(super) struct Register<'a> {
    by_run: BTreeMap<&'a str, Vec<String>>,
    owners: BTreeMap<&'a str, usize>,
    /// Systems and scopes.
    systems: BTreeMap<String, usize>,
    /// By the id of an AI system, an identity or a credential, the AI systems that have it.
    ai: BTreeMap<&'a str, Vec<usize>>,
    pub(super) filters: Filters,
}

impl<'a> Register<'a> {
    pub(super) fn new(index: &Index<'a>, shown: &[&'a Finding], gaps: &'a [Gap]) -> Self {
        let head = index.head;
        let owners: BTreeSet<&str> = shown.iter().flat_map(|one| &one.owners).map(String::as_str).collect();
        let owners: BTreeMap<&str, usize> = owners.into_iter().zip(0..).collect();
        let mut ai: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut ai_systems = Vec::new();
        for (key, system) in super::ai_system::cards(&head.ai_systems) {
            let of_it = system.identities.iter().map(|one| one.subject.id.as_str());
            let credentials = system.credentials.iter().map(|one| one.subject.id.as_str());
            for id in of_it.chain(credentials).chain([system.id.as_str()]) {
                ai.entry(id).or_default().push(key);
            }
            let label = human::brief(human::name_or(&system.name, &system.id));
            ai_systems.push(Choice { key, value: human::brief(&system.id), label });
        }
        let first = ai_systems.len();
        let mut names: BTreeSet<String> = BTreeSet::new();
        let scopes =
            shown.iter().map(|one| one.subject.scope.as_str()).chain(gaps.iter().map(|gap| gap.scope.as_str()));
        let populations = head.checks.iter().flat_map(|run| &run.population.by_scope).map(|total| total.name.as_str());
        for scope in scopes.chain(populations).filter(|scope| !scope.is_empty()) {
            names.extend([scope.to_owned(), system_of(scope).to_owned()]);
        }
        let systems: BTreeMap<String, usize> = names.into_iter().zip(first..).collect();
        let choices = |all: &BTreeMap<String, usize>| {
            let told = all.iter().map(|(name, key)| Choice {
                key: *key,
                value: human::brief(name),
                label: words::scope(name),
            });
            told.collect::<Vec<_>>()
        };
        let severities: BTreeSet<Severity> = head.checks.iter().map(|run| run.severity).collect();
        let filters = Filters {
            severities: severities.into_iter().map(|severity| word!(severity)).collect(),
            frameworks: head
                .frameworks
                .iter()
                .zip(1..)
                .map(|(one, key)| Choice {
                    key,
                    value: human::brief(&one.id),
                    label: human::heading(human::name_or(&one.title, &one.id)),
                })
                .collect(),
            owners: owners
                .iter()
                .map(|(name, key)| Choice { key: *key, value: human::brief(name), label: human::brief(name) })
                .collect(),
            ai_systems,
            systems: choices(&systems),
        };
        Self { by_run: requirements_of_runs(index), owners, systems, ai, filters }
    }

    /// Anchors of the requirements that a run answers, without `requirement-`.
    pub(super) fn requirements(&self, run: &str) -> &[String] {
        self.by_run.get(run).map_or(&[], Vec::as_slice)
    }

    /// What a finding can be looked for by.
    pub(super) fn finding(&self, finding: &Finding) -> Keys {
        let owners = finding.owners.iter().filter_map(|owner| self.owners.get(owner.as_str()));
        let mut systems = self.scope(&finding.subject.scope);
        systems.extend(self.ai.get(finding.subject.id.as_str()).into_iter().flatten());
        Keys {
            severities: finding.severity.name().to_owned(),
            requirements: self.requirements(&finding.check_run).join(" "),
            owners: if has_owner(finding) { spaced(owners.copied()) } else { "-".to_owned() },
            systems: spaced(systems),
        }
    }

    pub(super) fn runs<'r>(
        &self,
        runs: impl Iterator<Item = &'r CheckRun> + Clone,
        scopes: impl Iterator<Item = &'r str>,
    ) -> Keys {
        let severities: BTreeSet<Severity> = runs.clone().map(|run| run.severity).collect();
        let severities: Vec<&str> = severities.iter().map(|severity| severity.name()).collect();
        let requirements: BTreeSet<&str> =
            runs.flat_map(|run| self.requirements(&run.id)).map(String::as_str).collect();
        let systems: BTreeSet<usize> = scopes.flat_map(|scope| self.scope(scope)).collect();
        Keys {
            severities: severities.join(" "),
            requirements: requirements.into_iter().collect::<Vec<_>>().join(" "),
            owners: String::new(),
            systems: spaced(systems),
        }
    }

    /// The numbers of a scope and its system.
    fn scope(&self, scope: &str) -> Vec<usize> {
        let mut all: Vec<usize> =
            [scope, system_of(scope)].iter().filter_map(|name| self.systems.get(*name)).copied().collect();
        all.dedup();
        all
    }
}

/// The system of a scope such as `aws:111122223333`.
fn system_of(scope: &str) -> &str {
    scope.split(':').next().unwrap_or(scope)
}

fn spaced(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
}

/// For each check run, the numbers of the requirements that it answers.
fn requirements_of_runs<'a>(index: &Index<'a>) -> BTreeMap<&'a str, Vec<String>> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (framework, at) in index.head.frameworks.iter().zip(1..) {
        for (requirement, n) in framework.requirements.iter().zip(1..) {
            let anchor = format!("{at}-{n}");
            for run in requirement.parts.iter().flat_map(|part| &part.runs) {
                let known = all.entry(run.run.as_str()).or_default();
                if !known.contains(&anchor) {
                    known.push(anchor.clone());
                }
            }
        }
    }
    all
}
