//! Why an identity counts as AI-connected, or as a person or a machine: the rules that say so, and what they rest on.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use super::effects::WellKnown;
use super::evidence::one;
use super::names::{name, value};
use super::recall::Recall;
use crate::base::time::Instant;
use crate::contract::v1::{Evidence, FactState};
use crate::control::{Confidence, Pack, Target};
use crate::expr::{Context, Env, Expr, FactRead, Outcome};
use crate::graph::Estate;
use crate::model::facts::identity;
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// Most rules that are named beside each other.
const NAMED: usize = 3;

/// The classification rules, the surest first.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    all: Vec<Rule<'a>>,
    /// What the control files know of tools.
    pub(super) tools: WellKnown<'a>,
    context: Context,
    as_of: Instant,
    /// The member of a list that a rule and an identity's row rest on first, where it is a row itself: an identity has many
    /// findings.
    members: RwLock<HashMap<(usize, u32), (FactId, Row)>>,
}

#[derive(Debug, Clone, Copy)]
struct Rule<'a> {
    /// Its position among all.
    at: usize,
    id: &'a str,
    target: Target,
    confidence: Confidence,
    reason: &'a str,
    when: &'a Expr,
}

impl<'a> Rules<'a> {
    pub(super) fn new(pack: &'a Pack, as_of: Instant) -> Self {
        let mut all: Vec<Rule<'a>> = pack
            .rules()
            .enumerate()
            .map(|(at, rule)| Rule {
                at,
                id: &rule.id,
                target: rule.target,
                confidence: rule.confidence,
                reason: rule.reason.trim(),
                when: &rule.when.expr,
            })
            .collect();
        all.sort_by_key(|rule| std::cmp::Reverse(rule.confidence));
        // Rules have no parameters.
        let context = Env::of(Subject::Identity).context(as_of, &BTreeMap::new()).unwrap_or_default();
        Self { all, tools: WellKnown::new(pack), context, as_of, members: RwLock::default() }
    }

    /// How many rules there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The evidence of a fact that classification derives; `None` for every other fact.
    ///
    /// Its note names the rules, its place is that of the first thing that the surest of them rests on. That no rule
    /// fires stands nowhere.
    pub(super) fn evidence(
        &self,
        estate: &Estate<'_>,
        about: Row,
        read: &FactRead<'_>,
        recall: &Recall,
    ) -> Option<Evidence> {
        let Cell::Known(Scalar::Bool(found)) = read.cell else { return None };
        let target = match (read.fact, found) {
            (fact, _) if fact == identity::IS_AI.id => Target::IsAi,
            (fact, true) if fact == identity::HUMAN.id => Target::Human,
            (fact, false) if fact == identity::HUMAN.id => Target::Machine,
            _ => return None,
        };
        let fired = if target == Target::IsAi && !found { Vec::new() } else { self.fired(estate, read.row, target) };
        let mut evidence = Evidence {
            fact: read.fact.path().into(),
            subject: (read.row != about).then(|| super::names::id(estate, read.row)),
            state: FactState::Known,
            value: found.to_string(),
            note: Some("no rule recognises it as AI-connected".to_owned()),
            export: None,
            pointer: None,
            offset: None,
            document: None,
        };
        let Some(first) = fired.first() else { return Some(evidence) };
        let names: Vec<String> = fired.iter().take(NAMED).map(|rule| format!("`{}`", rule.id)).collect();
        let more = fired.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let rules = if fired.len() == 1 { "rule" } else { "rules" };
        let mut note = format!("by the {rules} {}{more}: {}", names.join(", "), first.reason);
        if let Some(input) = self.input(estate, first, read.row, recall) {
            let rests = one(estate, about, &input, self.as_of);
            note.push_str(&format!("; here `{}`", input.fact.path()));
            match input.cell {
                Cell::Known(Scalar::Ref(other)) if matches!(other.subject, Subject::Grant | Subject::Becoming) => {}
                Cell::Known(Scalar::Ref(other)) => note.push_str(&format!(" has {}", name(estate, other))),
                Cell::Known(scalar) => {
                    note.push_str(&format!(" is {}", value(estate, input.row, input.fact, scalar)));
                }
                _ => {}
            }
            (evidence.export, evidence.pointer) = (rests.export, rests.pointer);
            (evidence.offset, evidence.document) = (rests.offset, rests.document);
        }
        evidence.note = Some(note);
        Some(evidence)
    }

    /// The rules that say anything of an identity, with what of it and why, the surest first.
    pub(super) fn reasons(&self, estate: &Estate<'_>, row: Row) -> Vec<(&'a str, Target, Confidence, &'a str)> {
        let targets = [Target::IsAi, Target::Human, Target::Machine];
        let fired = targets.into_iter().flat_map(|target| self.fired(estate, row, target));
        fired.map(|rule| (rule.id, rule.target, rule.confidence, rule.reason)).collect()
    }

    /// The rules that say so of an identity, the surest first.
    fn fired(&self, estate: &Estate<'_>, row: Row, target: Target) -> Vec<&Rule<'a>> {
        let of_target = self.all.iter().filter(|rule| rule.target == target);
        if target == Target::IsAi {
            let world = estate.world;
            let reasons = world.table(Subject::Identity).members(identity::AI_REASONS.id, row.index);
            let named =
                |rule: &&Rule<'_>| reasons.iter().any(|(_, reason, _)| world.strings.text(Sym(*reason)) == rule.id);
            return of_target.filter(named).collect();
        }
        let fires = |rule: &&Rule<'_>| rule.when.evaluate(estate, row, &self.context) == Outcome::Known(true);
        of_target.filter(fires).collect()
    }

    /// What an answer of a rule rests on first: a member of a list before a fact by itself.
    fn input<'e>(&'e self, estate: &'e Estate<'_>, rule: &Rule<'e>, row: Row, recall: &Recall) -> Option<FactRead<'e>> {
        let key = (rule.at, row.index);
        let known = self.members.read().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((fact, member)) = known {
            return Some(FactRead { row, fact, key: None, member: true, cell: Cell::Known(Scalar::Ref(member)) });
        }
        let found = self.find_input(estate, rule, row, recall)?;
        if let FactRead { row: of, fact, key: None, member: true, cell: Cell::Known(Scalar::Ref(member)) } = &found
            && *of == row
        {
            self.members.write().unwrap_or_else(PoisonError::into_inner).insert(key, (*fact, *member));
        }
        Some(found)
    }

    fn find_input<'e>(
        &'e self,
        estate: &'e Estate<'_>,
        rule: &Rule<'e>,
        row: Row,
        recall: &Recall,
    ) -> Option<FactRead<'e>> {
        let when = rule.when;
        let (_, trace) = when.evaluate_recorded_with(estate, row, &self.context, recall.of_rule(rule.at, when));
        if let Some(read) = trace.facts.iter().find(|read| read.member) {
            return Some(read.clone());
        }
        // Of a list that was only counted, its first member.
        for fact in when.facts().into_iter().filter(|fact| fact.subject == row.subject && fact.def().ty.is_list()) {
            let mut first = None;
            estate.list(row, fact, &mut |member| {
                first = Some(member.value);
                false
            });
            if let Some(scalar) = first {
                return Some(FactRead { row, fact, key: None, member: true, cell: Cell::Known(scalar) });
            }
        }
        trace.facts.into_iter().next()
    }
}
