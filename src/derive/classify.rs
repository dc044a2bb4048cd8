//! Who is AI-connected, and who is a person: the classification rules, put to every listed identity.
//!
//! That no rule recognises an identity as AI-connected means just that, also where exports that rules ask were never
//! loaded: those rules are told beside each population. But where a list that a rule asks is there and not whole, since a
//! record of it was rejected or it was cut short, the lost record may be what would have recognised it. So may what a record
//! says in words that nobody documents, and what two records tell differently. Then it is unknown.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::control::{Confidence, Target};
use crate::expr::{Context, Expr, Memo, Outcome};
use crate::graph::{Estate, Graph};
use crate::model::facts::identity;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Why, World};

/// How many identities are asked with the same memory of answers at most: of fewer all threads have some.
const CHUNK: usize = 4096;

/// A rule, ready to be asked.
#[derive(Debug)]
pub struct Rule<'a> {
    /// The id.
    pub id: &'a str,
    /// What it says of the identity.
    pub target: Target,
    /// How sure it is.
    pub confidence: Confidence,
    /// True where it fires.
    pub when: &'a Expr,
}

/// What the rules came to.
#[derive(Debug, Clone, Default)]
pub struct Classified {
    /// By rule: how many identities it recognised.
    pub recognised: BTreeMap<String, u64>,
    /// By rule about AI: the facts for want of which it could not be decided for some identities.
    pub undecided: BTreeMap<String, Vec<String>>,
}

/// What the rules say of one identity.
#[derive(Debug, Default)]
struct Said {
    fired: Vec<usize>,
    unknown: Vec<usize>,
    /// Why a rule about AI is undecided since something that it asks was lost.
    lost: Option<Why>,
}

/// Puts the rules to all listed identities, and stores the derived facts.
#[must_use]
pub fn apply(world: &mut World, graph: &Graph, rules: &[Rule<'_>], context: &Context) -> Classified {
    let rows: Vec<u32> = {
        let table = world.table(Subject::Identity);
        table.rows().filter(|row| table.presence(*row) == Presence::Listed).collect()
    };
    let estate = Estate { world, graph };
    let said: Vec<Said> = rows
        .par_chunks(rows.len().div_ceil(rayon::current_num_threads()).clamp(1, CHUNK))
        .flat_map_iter(|rows| {
            let mut asking: Vec<Asking<'_>> = rules.iter().map(Asking::of).collect();
            let estate = &estate;
            rows.iter().map(move |row| ask(estate, &mut asking, context, *row))
        })
        .collect();
    let undecided = undecided(&estate, rules, context, &rows, &said);
    let mut classified = Classified { undecided, ..Classified::default() };
    for (row, said) in rows.iter().zip(&said) {
        for at in &said.fired {
            if let Some(rule) = rules.get(*at) {
                *classified.recognised.entry(rule.id.to_owned()).or_default() += 1;
            }
        }
        store(world, rules, *row, said);
    }
    mentioned(world, graph, rules, context);
    world.table_mut(Subject::Identity).seal();
    classified
}

/// Whom no export lists, and of whom it is known what they are or which AI systems use them: what the rules are sure of is
/// kept, for the credentials that prove them. That no rule recognises them says nothing.
fn mentioned(world: &mut World, graph: &Graph, rules: &[Rule<'_>], context: &Context) {
    let rows: Vec<u32> = {
        let table = world.table(Subject::Identity);
        let named = |row: &u32| {
            table.presence(*row) == Presence::Mentioned
                && (table.get(identity::KIND.id, *row) >= 0 || !table.members(identity::AI_SYSTEMS.id, *row).is_empty())
        };
        table.rows().filter(named).collect()
    };
    let mut asking: Vec<Asking<'_>> = rules.iter().map(Asking::of).collect();
    let estate = Estate { world, graph };
    let said: Vec<Said> = rows.iter().map(|row| ask(&estate, &mut asking, context, *row)).collect();
    for (row, said) in rows.iter().zip(&said) {
        let (ai, human) = (of(rules, &said.fired, Target::IsAi), human(rules, said));
        if !ai.is_empty() {
            recognise(world, rules, *row, &ai);
        }
        if let Some(human) = human {
            world.table_mut(Subject::Identity).put(identity::HUMAN.id, *row, i64::from(human), 0);
        }
    }
}

/// A rule that is put to one identity after the other.
struct Asking<'a> {
    rule: &'a Rule<'a>,
    memo: Memo,
    /// Whether its last answer was unknown. The next one is then likely to be, and is asked for with what keeps it so.
    open: bool,
}

impl<'a> Asking<'a> {
    fn of(rule: &'a Rule<'a>) -> Self {
        Self { rule, memo: Memo::of(rule.when), open: false }
    }
}

fn ask(estate: &Estate<'_>, asking: &mut [Asking<'_>], context: &Context, row: u32) -> Said {
    let mut said = Said::default();
    let asks_for_lost = has_lost(estate.world);
    let subject = Row::new(Subject::Identity, row);
    let mut gaps = Vec::new();
    for (at, Asking { rule, memo, open }) in asking.iter_mut().enumerate() {
        gaps.clear();
        let told = asks_for_lost && rule.target == Target::IsAi && said.lost.is_none();
        let mut plain = None;
        if !told || !*open {
            plain = Some(rule.when.evaluate_with(estate, subject, context, memo));
        }
        let outcome = match plain {
            Some(outcome) if !told || outcome.known().is_some() => outcome,
            _ => rule.when.evaluate_with_gaps(estate, subject, context, memo, &mut gaps),
        };
        *open = outcome.known().is_none();
        match outcome {
            Outcome::Known(true) => said.fired.push(at),
            Outcome::Known(false) => {}
            _ => said.unknown.push(at),
        }
        said.lost = said.lost.or_else(|| gaps.iter().map(|gap| gap.why).chain(outcome.why()).find(|why| is_lost(*why)));
    }
    said
}

/// True if something was there and cannot be used: it was cut off, rejected, in words that nobody documents, or two records of it
/// contradict each other.
fn is_lost(why: Why) -> bool {
    matches!(why, Why::Incomplete(_) | Why::Conflict)
}

/// True if that is so of anything.
fn has_lost(world: &World) -> bool {
    world.enumerations.any_incomplete()
        || world.opened.causes().any(is_lost)
        || Subject::ALL.into_iter().any(|subject| !world.table(subject).conflicts.is_empty())
}

/// The rules of a list that say one thing.
fn of(rules: &[Rule<'_>], list: &[usize], target: Target) -> Vec<usize> {
    list.iter().copied().filter(|at| rules.get(*at).is_some_and(|rule| rule.target == target)).collect()
}

/// The confidence of the strongest.
fn sure(rules: &[Rule<'_>], list: &[usize]) -> Option<Confidence> {
    list.iter().filter_map(|at| rules.get(*at)).map(|rule| rule.confidence).max()
}

/// Whether it is a person's; `None` where that is not decided.
fn human(rules: &[Rule<'_>], said: &Said) -> Option<bool> {
    let fired = |target| sure(rules, &of(rules, &said.fired, target));
    // A rule that is not decided could still outrank one that fired.
    let could = |target| sure(rules, &of(rules, &said.unknown, target));
    match (fired(Target::Human), fired(Target::Machine)) {
        (Some(human), machine) if Some(human) >= machine => {
            (could(Target::Machine).is_none_or(|rival| rival <= human)).then_some(true)
        }
        (human, Some(machine)) if Some(machine) > human => {
            (could(Target::Human).is_none_or(|rival| rival < machine)).then_some(false)
        }
        _ => None,
    }
}

fn store(world: &mut World, rules: &[Rule<'_>], row: u32, said: &Said) {
    if let Some(human) = human(rules, said) {
        world.table_mut(Subject::Identity).put(identity::HUMAN.id, row, i64::from(human), 0);
    }
    let ai = of(rules, &said.fired, Target::IsAi);
    if let (true, Some(why)) = (ai.is_empty(), said.lost) {
        for fact in [identity::IS_AI.id, identity::AI_CONFIDENCE.id, identity::AI_REASONS.id] {
            world.open(fact, row, why);
        }
        return;
    }
    recognise(world, rules, row, &ai);
}

/// Stores whether rules recognise it as AI-connected, which, and how sure they are.
fn recognise(world: &mut World, rules: &[Rule<'_>], row: u32, ai: &[usize]) {
    world.table_mut(Subject::Identity).put(identity::IS_AI.id, row, i64::from(!ai.is_empty()), 0);
    for at in ai {
        let id = world.strings.intern(rules.get(*at).map_or("", |rule| rule.id));
        world.push(identity::AI_REASONS, row, id.0);
    }
    world.close(identity::AI_REASONS, row);
    let confidence = match sure(rules, ai) {
        None => crate::model::table::ABSENT,
        Some(confidence) => i64::from(world.strings.intern(confidence.name()).0),
    };
    world.table_mut(Subject::Identity).put(identity::AI_CONFIDENCE.id, row, confidence, 0);
}

/// By rule about AI: the facts that kept it from being decided, from the first identity where that is so.
fn undecided(
    estate: &Estate<'_>,
    rules: &[Rule<'_>],
    context: &Context,
    rows: &[u32],
    said: &[Said],
) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.target == Target::IsAi) {
        // Where another rule recognised the identity, this one's silence changes nothing.
        let open = rows.iter().zip(said).find(|(_, said)| {
            said.unknown.contains(&at)
                && !said.fired.iter().any(|at| rules.get(*at).is_some_and(|rule| rule.target == Target::IsAi))
        });
        if let Some((row, _)) = open {
            let (_, trace) = rule.when.evaluate_recorded(estate, Row::new(Subject::Identity, *row), context);
            let facts: BTreeSet<String> = trace.gaps.iter().map(|gap| gap.fact.path().to_owned()).collect();
            all.insert(rule.id.to_owned(), facts.into_iter().collect());
        }
    }
    all
}
