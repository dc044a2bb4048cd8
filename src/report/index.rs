//! Look-ups over the head of a results file, none of which fails: what is missing is said in words.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::human;
use crate::contract::v1::{CheckRun, CheckText, Export, Head};

/// The head of a results file, with its cross references at hand.
#[derive(Debug)]
pub struct Index<'a> {
    /// The head itself.
    pub head: &'a Head,
    runs: BTreeMap<&'a str, (usize, &'a CheckRun)>,
    texts: BTreeMap<&'a str, &'a CheckText>,
    /// By framework and requirement, their numbers from 1.
    requirements: HashMap<(&'a str, &'a str), (usize, usize)>,
}

impl<'a> Index<'a> {
    /// The look-ups over `head`.
    #[must_use]
    pub fn new(head: &'a Head) -> Self {
        let mut requirements = HashMap::new();
        for (framework, at) in head.frameworks.iter().zip(1..) {
            for (requirement, n) in framework.requirements.iter().zip(1..) {
                requirements.entry((framework.id.as_str(), requirement.id.as_str())).or_insert((at, n));
            }
        }
        Self {
            requirements,
            head,
            runs: head.checks.iter().enumerate().map(|(at, run)| (run.id.as_str(), (at, run))).collect(),
            texts: head.texts.checks.iter().map(|text| (text.id.as_str(), text)).collect(),
        }
    }

    /// A check run by its id.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&'a CheckRun> {
        self.runs.get(id).map(|(_, run)| *run)
    }

    /// The words of the check of a run.
    #[must_use]
    pub fn text(&self, run: &CheckRun) -> Option<&'a CheckText> {
        self.texts.get(run.check.as_str()).copied()
    }

    /// The title of a check run, or its id where no text was written down.
    #[must_use]
    pub fn title(&self, run: &str) -> String {
        let text = self.run(run).and_then(|run| self.text(run));
        text.map_or_else(|| human::brief(run), |text| human::brief(human::name_or(&text.title, run)))
    }

    /// An anchor for a check run: safe in any format, different for each run, and empty for one that is not there.
    #[must_use]
    pub fn anchor(&self, run: &str) -> String {
        self.runs.get(run).map(|(at, _)| format!("check-{}", at + 1)).unwrap_or_default()
    }

    /// An anchor for a requirement of a framework, and empty for one that is not there.
    #[must_use]
    pub fn requirement_anchor(&self, framework: &str, requirement: &str) -> String {
        let found = self.requirements.get(&(framework, requirement));
        found.map(|(at, n)| format!("requirement-{at}-{n}")).unwrap_or_default()
    }

    /// An export by its position.
    #[must_use]
    pub fn export(&self, at: u32) -> Option<&'a Export> {
        self.head.exports.get(at as usize)
    }

    /// An anchor for an export: safe in any format, and empty for one that is not there.
    #[must_use]
    pub fn export_anchor(&self, at: u32) -> String {
        self.export(at).map(|_| format!("export-{}", u64::from(at) + 1)).unwrap_or_default()
    }

    /// The path of an export.
    #[must_use]
    pub fn path(&self, at: u32) -> Cow<'a, str> {
        self.export(at).map_or_else(|| format!("export {at}").into(), |export| human::short(&export.path))
    }

    /// A position in an export, such as `aws/a.json, /UserDetailList/3, byte 1,234`.
    #[must_use]
    pub fn position(&self, export: u32, pointer: Option<&str>, document: Option<u32>, offset: Option<u64>) -> String {
        let within = Self::within(pointer, document, offset);
        if within.is_empty() { self.path(export).into_owned() } else { format!("{}, {within}", self.path(export)) }
    }

    /// A position within an export, without its path.
    #[must_use]
    pub fn within(pointer: Option<&str>, document: Option<u32>, offset: Option<u64>) -> String {
        let document = document.filter(|document| *document > 0);
        let document = document.map(|document| format!("document {}", human::number(u64::from(document) + 1)));
        let pointer =
            pointer.map(|text| if text.is_empty() { "whole document".to_owned() } else { human::brief(text) });
        let offset = offset.map(|offset| format!("byte {}", human::number(offset)));
        let parts: Vec<String> = [document, pointer, offset].into_iter().flatten().collect();
        parts.join(", ")
    }
}
