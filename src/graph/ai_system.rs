//! What an AI system reaches, and what all its tools and identities can do together.
//!
//! It starts from the identities that it runs as and from those whose credentials it holds. What
//! is certain of each is certain of the system; where one of them, or what a tool does, is not
//! known whole, neither is the system.

use std::collections::{BTreeMap, BTreeSet};

use super::estate::Estate;
use super::path::reached;
use super::remembered::Reached;
use crate::model::facts::BecomingState::Certain;
use crate::model::facts::{Combination, ENVIRONMENT_SET, Effect, ai_system, credential, grant, identity, resource};
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::{Cell, Completeness, Member, Row, Scalar, Slots as _, Subject, Why};

/// Where an AI system starts from: identities, each with whether it is sure, and why there may be others.
struct Starts {
    rows: BTreeMap<u32, bool>,
    open: Option<Why>,
}

/// Something that is so for certain, may be, or is not, and why that is not known whole.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Truth {
    pub certain: bool,
    pub possible: bool,
    pub open: Option<Why>,
}

impl Truth {
    pub fn see(&mut self, certain: bool) {
        self.certain |= certain;
        self.possible = true;
    }

    fn and(self, other: Self) -> Self {
        // Where one of them is certainly not so, neither are both.
        let open = match (self.excluded(), other.excluded()) {
            (true, _) | (_, true) => None,
            _ => self.open.or(other.open),
        };
        Self { certain: self.certain && other.certain, possible: self.possible && other.possible, open }
    }

    fn excluded(self) -> bool {
        !self.possible && self.open.is_none()
    }
}

fn whole(open: Option<Why>) -> Completeness {
    open.map_or(Completeness::Complete, Completeness::Open)
}

pub(super) fn why(completeness: Completeness) -> Option<Why> {
    match completeness {
        Completeness::Complete => None,
        Completeness::Open(why) => Some(why),
    }
}

impl Estate<'_> {
    /// A virtual list of an AI system.
    pub(super) fn ai_system_list<'a>(
        &'a self,
        row: Row,
        fact: FactId,
        visit: &mut dyn FnMut(Member<'a>) -> bool,
    ) -> Completeness {
        match fact {
            f if f == ai_system::REACH.id => {
                let (rows, open) = self.system_reach(row);
                give(rows, |to| Scalar::Ref(Row::new(Subject::Identity, to)), visit);
                whole(open)
            }
            f if f == ai_system::REACH_SYSTEMS.id => self.system_systems(row, visit),
            f if f == ai_system::REACHED.id => {
                let (rows, open) = self.system_resources(row);
                give(rows.iter().copied(), |to| Scalar::Ref(Row::new(Subject::Resource, to)), visit);
                whole(open)
            }
            f if f == ai_system::ENVIRONMENTS_REACHED.id => self.system_environments(row, visit),
            f if f == ai_system::EFFECTS.id => {
                let mut open = None;
                for (code, effect) in Effect::ALL.iter().enumerate() {
                    let truth = self.effect(row, *effect);
                    open = open.or(truth.open);
                    let value = Scalar::Enum(u8::try_from(code).unwrap_or(u8::MAX));
                    if truth.possible && !visit(Member { value, certain: truth.certain }) {
                        break;
                    }
                }
                whole(open)
            }
            f if f == ai_system::TOXIC_COMBINATIONS.id => {
                let secrets = self.effect(row, Effect::ReadsSecrets).and(self.effect(row, Effect::SendsOut));
                let writes = self.effect(row, Effect::UntrustedInput).and(self.writes_to_production(row));
                let mut open = None;
                for (pair, truth) in Combination::ALL.iter().zip([secrets, writes]) {
                    open = open.or(truth.open);
                    if truth.possible && !visit(Member { value: Scalar::Enum(*pair as u8), certain: truth.certain }) {
                        break;
                    }
                }
                whole(open)
            }
            _ => Completeness::Open(Why::MissingFact),
        }
    }

    /// A virtual fact of an AI system that is no list.
    pub(super) fn ai_system_cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if fact != ai_system::REACHES_ADMIN.id {
            return Cell::Unknown(Why::MissingFact);
        }
        let starts = self.starts(row);
        let mut open = starts.open;
        for (start, sure) in starts.rows {
            match self.cell(Row::new(Subject::Identity, start), identity::REACHES_ADMIN.id) {
                Cell::Known(Scalar::Bool(true)) if sure => return Cell::Known(Scalar::Bool(true)),
                Cell::Known(Scalar::Bool(false)) => {}
                Cell::Unknown(why) => open = open.or(Some(why)),
                _ => open = open.or(Some(Why::MissingFact)),
            }
        }
        open.map_or(Cell::Known(Scalar::Bool(false)), Cell::Unknown)
    }

    /// The identities that an AI system runs as, or holds a credential of.
    fn starts(&self, row: Row) -> Starts {
        let mut rows = BTreeMap::new();
        let identities = self.list(row, ai_system::IDENTITIES.id, &mut |member| {
            if let Scalar::Ref(to) = member.value {
                *rows.entry(to.index).or_insert(false) |= member.certain;
            }
            true
        });
        let mut open = why(identities);
        let held = self.held(row, &mut |held| {
            let enabled = self.cell(held, credential::ENABLED.id);
            if enabled == Cell::Known(Scalar::Bool(false)) {
                return;
            }
            match self.cell(held, credential::IDENTITY.id) {
                Cell::Known(Scalar::Ref(to)) => {
                    // Whether a key that nobody lists is still accepted is not known.
                    let sure = enabled == Cell::Known(Scalar::Bool(true));
                    *rows.entry(to.index).or_insert(false) |= sure;
                }
                Cell::Unknown(why) => open = open.or(Some(why)),
                _ => {}
            }
        });
        Starts { rows, open: open.or(why(held)) }
    }

    /// The AI systems that run as an identity, use it or hold a credential of it.
    pub(super) fn serves<'a>(&'a self, row: Row, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let mut systems: BTreeMap<u32, bool> = BTreeMap::new();
        let named = self.list(row, identity::AI_SYSTEMS.id, &mut |member| {
            if let Scalar::Ref(system) = member.value {
                *systems.entry(system.index).or_insert(false) |= member.certain;
            }
            true
        });
        let mut open = why(named);
        // Credentials that nobody listed are held by nobody who is known, but for keys that may be one of them.
        self.list(row, identity::CREDENTIALS.id, &mut |member| {
            let Scalar::Ref(held) = member.value else { return true };
            let enabled = self.cell(held, credential::ENABLED.id);
            if enabled == Cell::Known(Scalar::Bool(false)) {
                return true;
            }
            let sure = enabled == Cell::Known(Scalar::Bool(true));
            let holders = self.list(held, credential::AI_SYSTEMS.id, &mut |member| {
                if let Scalar::Ref(system) = member.value {
                    *systems.entry(system.index).or_insert(false) |= sure && member.certain;
                }
                true
            });
            open = open.or(why(holders));
            true
        });
        give(systems, |system| Scalar::Ref(Row::new(Subject::AiSystem, system)), visit);
        let may = self.world.opened.get(identity::SERVES.id, row.index);
        whole(open.or(may))
    }

    fn held(&self, row: Row, visit: &mut dyn FnMut(Row)) -> Completeness {
        self.list(row, ai_system::CREDENTIALS.id, &mut |member| {
            if let Scalar::Ref(held) = member.value {
                visit(held);
            }
            true
        })
    }

    /// All identities that it starts from or can take on, each with whether that is certain.
    fn system_reach(&self, row: Row) -> (BTreeMap<u32, bool>, Option<Why>) {
        let Starts { rows: starts, mut open } = self.starts(row);
        let mut rows = starts.clone();
        for (start, sure) in starts {
            let certain: BTreeSet<u32> =
                reached(self.graph, start, |arc| arc.state == Certain).into_iter().map(|(to, _)| to).collect();
            for (to, _) in reached(self.graph, start, |_| true) {
                *rows.entry(to).or_insert(false) |= sure && certain.contains(&to);
            }
            open = open.or(why(self.reach_open(start)));
        }
        (rows, open)
    }

    fn system_systems<'a>(&'a self, row: Row, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let (rows, mut open) = self.system_reach(row);
        let mut systems: BTreeMap<&str, bool> = BTreeMap::new();
        let mut add = |cell: Cell<'a>, certain: bool| match cell {
            Cell::Known(Scalar::Str(system)) => *systems.entry(system).or_insert(false) |= certain,
            Cell::Unknown(why) => open = open.or(Some(why)),
            _ => {}
        };
        for (to, certain) in rows {
            add(self.world.cell(Row::new(Subject::Identity, to), identity::SYSTEM.id), certain);
        }
        let held = self.held(row, &mut |held| add(self.world.cell(held, credential::SYSTEM.id), true));
        let open = open.or(why(held));
        for (system, certain) in systems {
            if !visit(Member { value: Scalar::Str(system), certain }) {
                break;
            }
        }
        whole(open)
    }

    /// Visits the grants of the identities that it reaches, each with whether the identity is certain.
    pub fn system_grants(&self, row: Row, visit: &mut dyn FnMut(Row, u32, bool)) -> Option<Why> {
        let (rows, open) = self.system_reach(row);
        open.or(self.grants_of(&rows, visit))
    }

    /// Visits the grants of identities, each with whether the identity is certain. No grant tells what a root may.
    fn grants_of(&self, rows: &BTreeMap<u32, bool>, visit: &mut dyn FnMut(Row, u32, bool)) -> Option<Why> {
        let mut open = None;
        for (&to, &sure) in rows {
            let holder = Row::new(Subject::Identity, to);
            let grants = self.list(holder, identity::GRANTS.id, &mut |member| {
                if let Scalar::Ref(grant) = member.value {
                    visit(grant, to, sure && member.certain);
                }
                true
            });
            let more = self.is_root(to).then_some(Why::MissingFact);
            open = open.or(why(grants)).or(more);
        }
        open
    }

    pub(super) fn tools(&self, row: Row, visit: &mut dyn FnMut(Row)) -> Option<Why> {
        why(self.list(row, ai_system::TOOLS.id, &mut |member| {
            if let Scalar::Ref(tool) = member.value {
                visit(tool);
            }
            true
        }))
    }

    fn system_resources(&self, row: Row) -> (Reached, Option<Why>) {
        let (reached, open) = self.system_reach(row);
        let key: Vec<(u32, bool)> = reached.iter().map(|(row, certain)| (*row, *certain)).collect();
        let rows = self.graph.remembered.of_systems.of(key, || self.resources_of(&reached).into_iter().collect());
        (rows, open.or(self.resources_open(&reached)))
    }

    /// The known resources that identities reach by their own grants, each with whether that is certain.
    fn resources_of(&self, identities: &BTreeMap<u32, bool>) -> BTreeMap<u32, bool> {
        let mut rows: BTreeMap<u32, bool> = BTreeMap::new();
        // Who can give itself rights may reach whatever is in its account.
        for row in identities.keys().filter(|row| self.unbounded(**row)) {
            self.graph.resources.within(self.world.scope(Row::new(Subject::Identity, *row)), &mut |resource| {
                rows.entry(resource).or_insert(false);
            });
        }
        self.grants_of(identities, &mut |grant, _, sure| {
            self.list(grant, grant::REACHED.id, &mut |member| {
                if let Scalar::Ref(resource) = member.value {
                    *rows.entry(resource.index).or_insert(false) |= sure && member.certain;
                }
                true
            });
        });
        rows
    }

    /// Why there may be other resources that identities reach.
    fn resources_open(&self, identities: &BTreeMap<u32, bool>) -> Option<Why> {
        let listed = |row: u32| self.world.closure(Row::new(Subject::Identity, row), &[Listing::Resources]).err();
        let mut open = identities.keys().filter(|row| self.unbounded(**row)).find_map(|row| listed(*row));
        // Where nobody grants anything, whether all resources are listed decides nothing.
        let grants = self.grants_of(identities, &mut |grant, holder, _| {
            let nothing = self.grant(grant).is_some_and(|taken| taken.effective.actions.reaches_nothing());
            open = open.or_else(|| if nothing { None } else { listed(holder) });
        });
        grants.or(open)
    }

    /// Whether an identity can, or may, have rights that no policy grants it: it gives itself some, or is the root of an account.
    pub(super) fn unbounded(&self, row: u32) -> bool {
        let (_, upper) = self.graph.reach.of(row);
        upper.escalates || upper.perhaps_admin || self.is_root(row)
    }

    /// Whether it is the root of an account, which has every right in it by no grant.
    pub(super) fn is_root(&self, row: u32) -> bool {
        self.world.cell(Row::new(Subject::Identity, row), identity::ROOT.id) == Cell::Known(Scalar::Bool(true))
    }

    /// The known resources that an identity and those that it can take on can reach.
    pub(super) fn identity_reached<'a>(&'a self, row: u32, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let certain: BTreeSet<u32> =
            reached(self.graph, row, |arc| arc.state == Certain).into_iter().map(|(to, _)| to).collect();
        let all = reached(self.graph, row, |_| true).into_iter().map(|(to, _)| (to, certain.contains(&to)));
        let rows: BTreeMap<u32, bool> = all.chain([(row, true)]).collect();
        let open = self.resources_open(&rows);
        give(self.resources_of(&rows), |to| Scalar::Ref(Row::new(Subject::Resource, to)), visit);
        whole(why(self.reach_open(row)).or(open))
    }

    fn system_environments<'a>(&'a self, row: Row, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let Starts { rows, mut open } = self.starts(row);
        let mut found: BTreeMap<u8, bool> = BTreeMap::new();
        for (start, sure) in rows {
            let me = Row::new(Subject::Identity, start);
            let listed = self.list(me, identity::ENVIRONMENTS_REACHED.id, &mut |member| {
                if let Scalar::Enum(code) = member.value {
                    *found.entry(code).or_insert(false) |= sure && member.certain;
                }
                true
            });
            open = open.or(why(listed));
        }
        let tools = self.tools(row, &mut |tool| {
            if let Cell::Known(Scalar::Enum(code)) = self.cell(tool, resource::ENVIRONMENT.id) {
                found.insert(code, true);
            }
        });
        for (code, certain) in found.into_iter().filter(|(code, _)| usize::from(*code) < ENVIRONMENT_SET.names.len()) {
            if !visit(Member { value: Scalar::Enum(code), certain }) {
                break;
            }
        }
        whole(open.or(tools))
    }

    /// Whether a tool or an identity of the system does it.
    fn effect(&self, row: Row, effect: Effect) -> Truth {
        let mut truth = Truth::default();
        let mut open = None;
        let tools = self.tools(row, &mut |tool| {
            let listed = self.list(tool, resource::EFFECTS.id, &mut |member| {
                if member.value == Scalar::Enum(effect as u8) {
                    truth.see(member.certain);
                }
                true
            });
            open = open.or(why(listed));
        });
        truth.open = tools.or(open);
        // What an identity may do says nothing of where its input comes from, or of what runs.
        if matches!(effect, Effect::UntrustedInput | Effect::RunsCode) {
            return truth;
        }
        let mut unsure = None;
        let grants = self.system_grants(row, &mut |grant, holder, sure| {
            match self.does(grant, effect) {
                Some(true) => truth.see(sure && self.surely_does(grant, effect)),
                Some(false) => {}
                None if effect == Effect::ReadsSecrets => unsure = Some(Why::MissingFact),
                // It writes where an outsider may read, calls what may write, or deletes under circumstances.
                None => truth.see(false),
            }
            truth.possible |= self.unbounded(holder);
        });
        truth.open = truth.open.or(grants).or(unsure);
        truth
    }

    /// Whether a right has an effect, whatever its conditions; none if that is not known. Of where input comes from and what
    /// runs, rights say nothing.
    #[must_use]
    pub fn does(&self, grant: Row, effect: Effect) -> Option<bool> {
        let flag = |fact| match self.cell(grant, fact) {
            Cell::Known(Scalar::Bool(value)) => Some(value),
            _ => None,
        };
        match effect {
            Effect::ReadsSecrets => flag(grant::READS_SECRETS.id),
            Effect::SendsOut => flag(grant::SENDS_OUT.id),
            Effect::Deletes => flag(grant::DELETES.id),
            Effect::ReadsData => Some(matches!(self.cell(grant, grant::LEVEL.id), Cell::Known(_))),
            Effect::Writes => flag(grant::WRITES.id),
            Effect::UntrustedInput | Effect::RunsCode => Some(false),
        }
    }

    /// Whether a right certainly has an effect: under any circumstances, and on all that it names.
    #[must_use]
    pub fn surely_does(&self, grant: Row, effect: Effect) -> bool {
        self.does(grant, effect) == Some(true) && !self.is_narrowed(grant)
    }

    /// Whether a right may hold under conditions only, or on a part of what it names.
    #[must_use]
    pub fn is_narrowed(&self, grant: Row) -> bool {
        !self.always(grant) || self.denied_in_part(grant)
    }

    /// Whether a grant holds under any circumstances.
    pub(super) fn always(&self, grant: Row) -> bool {
        self.cell(grant, grant::CONDITIONAL.id) == Cell::Known(Scalar::Bool(false))
    }
}

/// Gives members in the order of their rows.
fn give<'a>(
    rows: impl IntoIterator<Item = (u32, bool)>,
    value: impl Fn(u32) -> Scalar<'a>,
    visit: &mut dyn FnMut(Member<'a>) -> bool,
) {
    for (row, certain) in rows {
        if !visit(Member { value: value(row), certain }) {
            break;
        }
    }
}
