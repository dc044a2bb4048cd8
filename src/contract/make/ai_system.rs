//! AI systems with what each reaches: from its credentials and identities, over whom those can become, to resources.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Input;
use super::finding::owners;
use super::names::{id, severity, subject, value};
use super::rights::{Rights, rights_of};
use super::walk::state;
use crate::assess::Verdict;
use crate::contract::v1::{
    AiCredential, AiIdentity, AiMore, AiSystem, AiTool, HopState, Reached, ReachedStep, Severity, SeverityCounts,
};
use crate::graph::around::steps_from;
use crate::graph::{Estate, Graph, reached};
use crate::model::facts::{BecomingState, GRANT_LEVEL_SET, ai_system, credential, identity, resource};
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// Most AI systems that are written out; `subjects` counts all.
const MOST: usize = 500;
/// Most entries of each list of one.
const LISTED: usize = 24;
/// Most tools of one.
const TOOLS: usize = 60;
/// Most identities that one thing is said to be reached from.
const FROM: usize = 6;

/// The listed AI systems, by id.
pub(super) fn ai_systems(input: &Input<'_>) -> Vec<AiSystem> {
    let rows = &input.orders.get(Subject::AiSystem).rows;
    let mut made = Maker { input, by_holder: by_holder(input), resources: HashMap::new() };
    rows.iter().take(MOST).map(|row| made.system(*row)).collect()
}

/// The credentials of each identity, in the order of their ids.
fn by_holder(input: &Input<'_>) -> HashMap<u32, Vec<u32>> {
    let mut all: HashMap<u32, Vec<u32>> = HashMap::new();
    let rows = &input.orders.get(Subject::Credential).rows;
    // Only systems ask, and most estates name none.
    let rows = if input.orders.get(Subject::AiSystem).rows.is_empty() { &[] } else { rows.as_slice() };
    for row in rows {
        if let Some(holder) = holder(input.estate, *row) {
            all.entry(holder).or_default().push(*row);
        }
    }
    all
}

fn holder(estate: &Estate<'_>, row: u32) -> Option<u32> {
    match estate.cell(Row::new(Subject::Credential, row), credential::IDENTITY.id) {
        Cell::Known(Scalar::Ref(of)) if of.subject == Subject::Identity => Some(of.index),
        _ => None,
    }
}

/// The last step to what is reached.
#[derive(Debug, Clone, Copy)]
struct Last {
    /// How sure the whole way is that ends with it.
    way: HopState,
    /// How sure it is by itself.
    own: HopState,
    /// The level of a right.
    level: u8,
    /// Who takes it.
    from: u32,
}

impl Last {
    /// The surest way first, then the furthest right.
    fn rank(self) -> (HopState, Reverse<u8>) {
        (self.way, Reverse(self.level))
    }
}

struct Maker<'a> {
    input: &'a Input<'a>,
    by_holder: HashMap<u32, Vec<u32>>,
    /// By identity, what its own grants reach: systems share identities.
    resources: HashMap<u32, BTreeMap<Row, Rights>>,
}

impl Maker<'_> {
    fn system(&mut self, row: u32) -> AiSystem {
        let (input, estate) = (self.input, self.input.estate);
        let about = Row::new(Subject::AiSystem, row);
        let named = subject(estate, about);
        let said = |fact: FactId| match estate.cell(about, fact) {
            Cell::Known(scalar) => Some(value(estate, about, fact, scalar)),
            _ => None,
        };
        let held: BTreeSet<u32> = members(estate, about, ai_system::CREDENTIALS.id).into_iter().collect();
        // Whose credential it holds, it can act as.
        let proven = held.iter().filter_map(|row| holder(estate, *row));
        let identities = members(estate, about, ai_system::IDENTITIES.id).into_iter().chain(proven).collect();
        let identities = sorted(estate, Subject::Identity, identities);
        let of_identities = identities.iter().filter_map(|row| self.by_holder.get(row)).flatten().copied();
        let credentials = sorted(estate, Subject::Credential, of_identities.chain(held.iter().copied()).collect());
        let tools = sorted(estate, Subject::Resource, members(estate, about, ai_system::TOOLS.id));
        let mut more = AiMore {
            tools: rest(tools.len(), TOOLS),
            credentials: rest(credentials.len(), LISTED),
            identities: rest(identities.len(), LISTED),
            ..AiMore::default()
        };
        let reach = self.reach(&identities, &mut more);
        let (findings, waived, unknown) = verdicts(input, row, &identities, &credentials);
        AiSystem {
            mode: said(ai_system::MODE.id),
            stage: said(ai_system::STAGE.id),
            pilot_ends_at: said(ai_system::PILOT_ENDS_AT.id),
            vendor: said(ai_system::VENDOR.id),
            model: said(ai_system::MODEL.id),
            owners: owners(input, about),
            tools: tools.iter().take(TOOLS).map(|row| tool(estate, *row)).collect(),
            credentials: credentials.iter().take(LISTED).map(|row| kept(estate, *row, held.contains(row))).collect(),
            identities: identities.iter().take(LISTED).map(|row| used(estate, *row)).collect(),
            reach,
            more,
            findings,
            waived,
            unknown,
            id: named.id,
            name: named.name,
            scope: named.scope,
        }
    }

    /// Whom the identities can become, and what they and those reach.
    fn reach(&mut self, identities: &[u32], more: &mut AiMore) -> Vec<Reached> {
        let (estate, graph) = (self.input.estate, self.input.estate.graph);
        let certain = |state: BecomingState| move |arc: &crate::graph::Arc| arc.state <= state;
        let from_all = |most: BecomingState| {
            let mut depths: BTreeMap<u32, u32> = BTreeMap::new();
            for start in identities {
                for (to, depth) in reached(graph, *start, certain(most)) {
                    let known = depths.entry(to).or_insert(depth);
                    *known = depth.min(*known);
                }
            }
            depths.retain(|row, _| !identities.contains(row));
            depths
        };
        let (sure, likely, all) =
            (from_all(BecomingState::Certain), from_all(BecomingState::Conditional), from_all(BecomingState::Possible));
        let state_of = |row: u32| match (sure.contains_key(&row), likely.contains_key(&row)) {
            (true, _) => HopState::Certain,
            (false, true) => HopState::Conditional,
            (false, false) => HopState::Possible,
        };
        let mut becomes: Vec<(u32, HopState)> = all.keys().map(|row| (*row, state_of(*row))).collect();
        becomes.sort_by_cached_key(|(row, state)| {
            (all.get(row).copied(), *state, Reverse(administers(graph, *row)), identity_id(estate, *row))
        });
        more.becomes = rest(becomes.len(), LISTED);
        becomes.truncate(LISTED);
        let on_the_way: Vec<(u32, HopState)> =
            identities.iter().map(|row| (*row, HopState::Certain)).chain(becomes.iter().copied()).collect();
        let mut to_each: BTreeMap<u32, Vec<Last>> = BTreeMap::new();
        for (row, before) in &on_the_way {
            for hop in steps_from(graph, *row, BecomingState::Possible) {
                let last = Last { way: state(hop.state).max(*before), own: state(hop.state), level: 0, from: *row };
                to_each.entry(hop.to).or_default().push(last);
            }
        }
        let mut found: Vec<Reached> = becomes
            .iter()
            .map(|(row, state)| {
                let lasts = to_each.remove(row).unwrap_or_default();
                become_one(estate, *row, *state, told(estate, lasts, |_| "become"))
            })
            .collect();
        let resources = self.resources(&on_the_way);
        more.resources = rest(resources.len(), LISTED);
        found.extend(resources.into_iter().take(LISTED));
        found
    }

    /// What identities reach by their own grants, the surest and most sensitive first.
    fn resources(&mut self, identities: &[(u32, HopState)]) -> Vec<Reached> {
        let estate = self.input.estate;
        let mut all: BTreeMap<Row, Vec<Last>> = BTreeMap::new();
        for (row, before) in identities {
            let own = self.resources.entry(*row);
            for (to, rights) in own.or_insert_with(|| rights_of(estate, Row::new(Subject::Identity, *row))) {
                let lasts = rights.each().into_iter().map(|right| {
                    let own = state(right.state);
                    Last { way: own.max(*before), own, level: right.level, from: *row }
                });
                all.entry(*to).or_default().extend(lasts);
            }
        }
        let mut sorted: Vec<(Row, Last, Vec<Last>)> = all
            .into_iter()
            .filter_map(|(to, lasts)| Some((to, *lasts.iter().min_by_key(|last| last.rank())?, lasts)))
            .collect();
        sorted.sort_by_cached_key(|(about, best, _)| {
            let sensitivity = match estate.cell(*about, resource::SENSITIVITY.id) {
                Cell::Known(Scalar::Enum(code)) => Some(code),
                _ => None,
            };
            (best.way, Reverse(sensitivity), Reverse(best.level), id(estate, *about))
        });
        let level = |level: u8| GRANT_LEVEL_SET.text(level);
        let made = sorted.into_iter().map(|(about, best, lasts)| {
            let (from, steps) = told(estate, lasts, level);
            Reached {
                kind: word(estate, about, resource::KIND.id),
                system: word(estate, about, resource::SYSTEM.id).unwrap_or_default(),
                environment: word(estate, about, resource::ENVIRONMENT.id),
                administrator: false,
                how: level(best.level).to_owned(),
                state: best.way,
                from,
                steps,
                subject: subject(estate, about),
            }
        });
        made.collect()
    }
}

fn rest(all: usize, most: usize) -> u64 {
    all.saturating_sub(most) as u64
}

fn word(estate: &Estate<'_>, about: Row, fact: FactId) -> Option<String> {
    match estate.cell(about, fact) {
        Cell::Known(scalar) => Some(value(estate, about, fact, scalar)),
        _ => None,
    }
}

fn identity_id(estate: &Estate<'_>, row: u32) -> String {
    id(estate, Row::new(Subject::Identity, row))
}

fn used(estate: &Estate<'_>, row: u32) -> AiIdentity {
    let about = Row::new(Subject::Identity, row);
    AiIdentity {
        subject: subject(estate, about),
        kind: word(estate, about, identity::KIND.id),
        environment: word(estate, about, identity::ENVIRONMENT.id),
        administrator: administers(estate.graph, row),
    }
}

/// The identities that take last steps, the first few of them by their ways, and those steps, surest first.
fn told(
    estate: &Estate<'_>,
    mut lasts: Vec<Last>,
    how: impl Fn(u8) -> &'static str,
) -> (Vec<String>, Vec<ReachedStep>) {
    lasts.sort_by_cached_key(|last| (last.rank(), identity_id(estate, last.from)));
    let mut from: BTreeSet<String> = BTreeSet::new();
    for last in &lasts {
        if from.len() < FROM {
            from.insert(identity_id(estate, last.from));
        }
    }
    lasts.sort_by_cached_key(|last| (last.own, Reverse(last.level), identity_id(estate, last.from)));
    let steps = lasts.into_iter().filter_map(|last| {
        let by = Some(identity_id(estate, last.from)).filter(|by| from.contains(by))?;
        Some(ReachedStep { from: by, how: how(last.level).to_owned(), state: last.own })
    });
    let steps = steps.collect();
    (from.into_iter().collect(), steps)
}

/// Rows of one subject, each once, in the order of their ids.
fn sorted(estate: &Estate<'_>, of: Subject, mut rows: Vec<u32>) -> Vec<u32> {
    rows.sort_unstable();
    rows.dedup();
    rows.sort_by_cached_key(|row| id(estate, Row::new(of, *row)));
    rows
}

/// The members of a list of subjects that a source gave.
fn members(estate: &Estate<'_>, about: Row, fact: FactId) -> Vec<u32> {
    estate.world.table(about.subject).members(fact, about.index).iter().map(|(_, member, _)| *member).collect()
}

fn tool(estate: &Estate<'_>, row: u32) -> AiTool {
    let about = Row::new(Subject::Resource, row);
    let credential = members(estate, about, resource::CREDENTIALS.id).into_iter();
    let credential = credential.map(|row| id(estate, Row::new(Subject::Credential, row))).min();
    AiTool { name: subject(estate, about).name, target: word(estate, about, resource::TARGET.id), credential }
}

fn kept(estate: &Estate<'_>, row: u32, held: bool) -> AiCredential {
    let about = Row::new(Subject::Credential, row);
    AiCredential {
        subject: subject(estate, about),
        kind: word(estate, about, credential::KIND.id),
        stored_in: word(estate, about, credential::STORED_IN.id),
        identity: holder(estate, row).map(|of| identity_id(estate, of)),
        held,
    }
}

fn become_one(
    estate: &Estate<'_>,
    row: u32,
    state: HopState,
    (from, steps): (Vec<String>, Vec<ReachedStep>),
) -> Reached {
    let about = Row::new(Subject::Identity, row);
    Reached {
        subject: subject(estate, about),
        kind: word(estate, about, identity::KIND.id),
        system: word(estate, about, identity::SYSTEM.id).unwrap_or_default(),
        environment: word(estate, about, identity::ENVIRONMENT.id),
        administrator: administers(estate.graph, row),
        how: "become".to_owned(),
        state,
        from,
        steps,
    }
}

/// True for an administrator, and for who can make one of itself.
fn administers(graph: &Graph, row: u32) -> bool {
    graph.reach.own.get(row as usize).is_some_and(|own| own.admin || own.escalates)
}

/// How the verdicts came out on a system, its identities and its credentials.
fn verdicts(input: &Input<'_>, system: u32, identities: &[u32], credentials: &[u32]) -> (SeverityCounts, u64, u64) {
    let (mut counts, mut waived, mut unknown) = (SeverityCounts::default(), 0_u64, 0_u64);
    let about = [
        (Subject::AiSystem, std::slice::from_ref(&system)),
        (Subject::Identity, identities),
        (Subject::Credential, credentials),
    ];
    for (of, rows) in about {
        let places = places(input, of, rows);
        for ((question, judged), run) in input.questions.iter().zip(input.judged).zip(&input.plan.runs) {
            if question.subject != of {
                continue;
            }
            let of_severity = input.pack.check(&run.check).map_or(Severity::Low, |check| severity(check.severity));
            for place in &places {
                match judged.verdicts.get(*place) {
                    Some(Verdict::Fail) => {
                        let count = match of_severity {
                            Severity::Critical => &mut counts.critical,
                            Severity::High => &mut counts.high,
                            Severity::Medium => &mut counts.medium,
                            Severity::Low => &mut counts.low,
                        };
                        *count = count.saturating_add(1);
                    }
                    Some(Verdict::Waived) => waived = waived.saturating_add(1),
                    Some(Verdict::Unknown) => unknown = unknown.saturating_add(1),
                    _ => {}
                }
            }
        }
    }
    (counts, waived, unknown)
}

/// Where rows stand in the order of verdicts: that of their ids.
fn places(input: &Input<'_>, of: Subject, rows: &[u32]) -> Vec<usize> {
    let table = input.estate.world.table(of);
    let text = |row: u32| table.id(row).map_or("", |id| input.estate.world.strings.text(id));
    let order = &input.orders.get(of).rows;
    let found = rows.iter().filter_map(|row| order.binary_search_by(|one| text(*one).cmp(text(*row))).ok());
    found.collect()
}
