//! Who is AI-connected, and who is a person: the classification rules, put to every listed identity.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::control::{Confidence, Target};
use crate::expr::{Context, Expr, Memo, Outcome};
use crate::graph::{Estate, Graph};
use crate::model::facts::{IdentityKind, identity};
use crate::model::table::Presence;
use crate::model::{Row, Subject, World};

/// How many identities are asked with the same memory of answers.
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
        .par_chunks(CHUNK)
        .flat_map_iter(|rows| {
            let memos: Vec<Memo> = rules.iter().map(|rule| Memo::of(rule.when)).collect();
            let estate = &estate;
            rows.iter().map(move |row| ask(estate, rules, &memos, context, *row))
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
    stated_people(world);
    world.table_mut(Subject::Identity).seal();
    classified
}

/// Whom nobody lists and someone states to be a person: a credential of theirs is a person's.
fn stated_people(world: &mut World) {
    let table = world.table(Subject::Identity);
    let human = |row: &u32| {
        table.presence(*row) == Presence::Mentioned
            && table.get(identity::KIND.id, *row) == i64::from(IdentityKind::Human as u8)
    };
    let people: Vec<u32> = table.rows().filter(human).collect();
    for row in people {
        world.table_mut(Subject::Identity).put(identity::HUMAN.id, row, 1, 0);
    }
}

fn ask(estate: &Estate<'_>, rules: &[Rule<'_>], memos: &[Memo], context: &Context, row: u32) -> Said {
    let mut said = Said::default();
    for ((at, rule), memo) in rules.iter().enumerate().zip(memos) {
        match rule.when.evaluate_with(estate, Row::new(Subject::Identity, row), context, memo) {
            Outcome::Known(true) => said.fired.push(at),
            Outcome::Known(false) => {}
            _ => said.unknown.push(at),
        }
    }
    said
}

fn store(world: &mut World, rules: &[Rule<'_>], row: u32, said: &Said) {
    let of = |list: &[usize], target: Target| -> Vec<usize> {
        list.iter().copied().filter(|at| rules.get(*at).is_some_and(|rule| rule.target == target)).collect()
    };
    let sure = |list: &[usize]| list.iter().filter_map(|at| rules.get(*at)).map(|rule| rule.confidence).max();
    let ai = of(&said.fired, Target::IsAi);
    world.table_mut(Subject::Identity).put(identity::IS_AI.id, row, i64::from(!ai.is_empty()), 0);
    for at in &ai {
        let id = world.strings.intern(rules.get(*at).map_or("", |rule| rule.id));
        world.push(identity::AI_REASONS, row, id.0);
    }
    world.close(identity::AI_REASONS, row);
    let confidence = match sure(&ai) {
        None => crate::model::table::ABSENT,
        Some(confidence) => i64::from(world.strings.intern(confidence.name()).0),
    };
    world.table_mut(Subject::Identity).put(identity::AI_CONFIDENCE.id, row, confidence, 0);
    let (human, machine) = (sure(&of(&said.fired, Target::Human)), sure(&of(&said.fired, Target::Machine)));
    // A rule that is not decided could still outrank one that fired.
    let could = |target| sure(&of(&said.unknown, target));
    let decided = match (human, machine) {
        (Some(human), machine) if Some(human) >= machine => {
            (could(Target::Machine).is_none_or(|rival| rival <= human)).then_some(true)
        }
        (human, Some(machine)) if Some(machine) > human => {
            (could(Target::Human).is_none_or(|rival| rival < machine)).then_some(false)
        }
        _ => None,
    };
    if let Some(human) = decided {
        world.table_mut(Subject::Identity).put(identity::HUMAN.id, row, i64::from(human), 0);
    }
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
