//! Every fact of a run, stored or virtual, in one place to ask.
//!
//! A grant is a pair: the number of a policy's statement, and from whose side it is looked
//! at (0: the policy itself, else the identity's row plus one).

use std::collections::BTreeSet;

use super::becoming::Graph;
use super::deletions::Deletes;
use super::effective::{Effective, boundary_unread, holdings, texts};
use super::path::reached;
use super::pattern::may_be_abroad;
use super::reach::grants_open;
use crate::model::facts::{ActionWidth, credential, grant, identity, policy};
use crate::model::listing::Listing;
use crate::model::policy::Statement;
use crate::model::schema::{FactId, Made};
use crate::model::slots::Classes;
use crate::model::table::Presence;
use crate::model::{Cell, Completeness, Member, Row, Scalar, Slots, Subject, Sym, Why, World};

/// The world and the graph over it.
#[derive(Debug, Clone, Copy)]
pub struct Estate<'w> {
    /// What the sources said.
    pub world: &'w World,
    /// What follows.
    pub graph: &'w Graph,
}

/// A grant, taken apart.
pub(super) struct Taken<'a> {
    policy: u32,
    pub identity: Option<u32>,
    name: Option<Sym>,
    pub statement: &'a Statement,
    pub effective: Effective<'a>,
}

/// Whether a grant holds for every resource; `None` where a boundary or a deny leaves a part of it for some only.
fn every_resource(taken: &Taken<'_>) -> Option<bool> {
    if !taken.effective.names_all {
        return Some(false);
    }
    match taken.effective.everywhere {
        None if taken.effective.spared => None,
        None => Some(false),
        Some(left) => (left.width == taken.effective.actions.width).then_some(true),
    }
}

impl Estate<'_> {
    pub(super) fn grant(&self, row: Row) -> Option<Taken<'_>> {
        let (policy, id, name) = *self.world.statements.entry(row.index)?;
        let identity = row.part.checked_sub(1);
        let statement = self.world.statements.get(id)?;
        let effective = self.graph.grants.effective(identity, id)?;
        Some(Taken { policy, identity, name, statement, effective })
    }

    /// The position of a grant's statement in its policy, from 0.
    #[must_use]
    pub fn statement_position(&self, row: Row) -> Option<u32> {
        let (policy, ..) = *self.world.statements.entry(row.index)?;
        row.index.checked_sub(self.world.statements.range_of_policy(policy).start)
    }

    fn grant_cell(&self, row: Row, fact: FactId) -> Option<Cell<'_>> {
        let taken = self.grant(row)?;
        let actions = taken.effective.actions;
        let known = |value: bool| Scalar::Bool(value);
        Some(Cell::Known(match fact {
            f if f == grant::POLICY.id => Scalar::Ref(Row::new(Subject::Policy, taken.policy)),
            f if f == grant::IDENTITY.id => match taken.identity {
                Some(identity) => Scalar::Ref(Row::new(Subject::Identity, identity)),
                None => return Some(Cell::Absent),
            },
            f if f == grant::STATEMENT.id => Scalar::Str(taken.name.map_or("", |name| self.world.strings.text(name))),
            f if f == grant::LEVEL.id => Scalar::Enum(actions.level as u8),
            f if f == grant::WRITES.id => known(self.writes(&taken)?),
            f if f == grant::LEVEL_BY.id => Scalar::Str(&actions.level_by),
            f if f == grant::ACTION_WIDTH.id => Scalar::Enum(actions.width as u8),
            f if f == grant::ANY_RESOURCE.id => known(every_resource(&taken)?),
            f if f == grant::EVERY_OF_KIND.id => {
                let mut patterns = texts(self.world, taken.statement.resources);
                let of_kind = || patterns.any(|pattern| actions.matters_everywhere(pattern));
                if taken.effective.names_all {
                    known(every_resource(&taken)?)
                } else if taken.effective.of_kind.unwrap_or_else(of_kind) {
                    // What a boundary or a deny leaves on some of them only may be all that it gives.
                    taken.effective.everywhere?;
                    known(true)
                } else {
                    known(false)
                }
            }
            f if f == grant::CONDITIONAL.id => {
                let own = !self.world.statements.members(taken.statement.conditions).is_empty();
                // What matters most may be left under a condition of a deny, or on some resources.
                let sure = taken.effective.always.is_some_and(|left| left.is_as_strong_as(actions));
                known(if own || sure { own } else { return None })
            }
            f if f == grant::CONDITION_DIGEST.id => match taken.statement.condition_digest {
                Some(digest) => Scalar::Str(self.world.strings.text(digest)),
                None => return Some(Cell::Absent),
            },
            f if f == grant::CHANGES_PERMISSIONS.id => known(actions.permissions),
            f if f == grant::CHANGES_PERMISSIONS_BY_NAME.id => known(actions.permissions_by_name),
            f if f == grant::READS_SECRETS.id => known(actions.secrets),
            f if f == grant::INVOKES_MODELS.id => known(actions.models),
            f if f == grant::INVOKES_MODELS_BY_NAME.id => known(actions.models_by_name),
            f if f == grant::SENDS_OUT.id => {
                let abroad = || texts(self.world, taken.statement.resources).any(may_be_abroad);
                if !actions.sends
                    && actions.sends_to
                    && (taken.statement.inverted_resources || taken.effective.names_all || abroad())
                {
                    return None;
                }
                known(actions.sends)
            }
            f if f == grant::DELETES.id => {
                let always = taken.effective.always.map_or(Deletes::No, |left| left.deletes);
                match (actions.deletes, always) {
                    (Deletes::No, _) => known(false),
                    (Deletes::Surely, Deletes::Surely) => known(true),
                    _ => return None,
                }
            }
            f if f == grant::CAN_ASSUME.id => known(actions.assume),
            f if f == grant::CAN_PASS.id => known(actions.pass),
            f if f == grant::CAN_PASS_BY_NAME.id => known(actions.pass_by_name),
            f if f == grant::INVERTED.id => {
                let (statement, effective) = (taken.statement, taken.effective);
                let written = statement.inverted_actions || statement.inverted_resources;
                // A deny of every resource but some may leave just what it spares.
                if !written && effective.all_but && effective.spared && effective.everywhere.is_none() {
                    return None;
                }
                known(written || effective.all_but)
            }
            _ => return None,
        }))
    }

    fn grant_list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let Some(taken) = self.grant(row) else { return Completeness::Open(Why::Error) };
        let certain = |value| Member { value, certain: true };
        let mut texts_of = |list| {
            for text in texts(self.world, list) {
                if !visit(certain(Scalar::Str(text))) {
                    break;
                }
            }
            Completeness::Complete
        };
        match fact {
            f if f == grant::ACTIONS.id => texts_of(taken.statement.actions),
            f if f == grant::RESOURCES.id => texts_of(taken.statement.resources),
            f if f == grant::CONDITIONS.id => texts_of(taken.statement.conditions),
            f if f == grant::SERVICES.id || f == grant::WHOLE_SERVICES.id => {
                let actions = taken.effective.actions;
                let services = if f == grant::SERVICES.id { &actions.services } else { &actions.whole_services };
                // A whole service may be left on some resources only.
                let sure = |service: &String| {
                    f == grant::SERVICES.id
                        || taken.effective.everywhere.is_none_or(|left| left.whole_services.contains(service))
                };
                for service in services {
                    if !visit(Member { value: Scalar::Str(service), certain: sure(service) }) {
                        break;
                    }
                }
                Completeness::Complete
            }
            f if f == grant::REACHED.id => {
                // Under a condition it may not reach what it names.
                let free = !self.has_condition(&taken);
                for (row, sure) in self.reached_by_grant(row, &taken).iter().copied() {
                    let value = Scalar::Ref(Row::new(Subject::Resource, row));
                    if !visit(Member { value, certain: sure && free }) {
                        break;
                    }
                }
                if taken.effective.actions.reaches_nothing() {
                    return Completeness::Complete;
                }
                // A policy that a provider gives is in no account; who holds it is.
                let holder = taken
                    .identity
                    .map_or(Row::new(Subject::Policy, taken.policy), |holder| Row::new(Subject::Identity, holder));
                self.world
                    .closure(holder, &[Listing::Resources])
                    .map_or_else(Completeness::Open, |()| Completeness::Complete)
            }
            _ => Completeness::Open(Why::MissingFact),
        }
    }

    /// The grants of an identity or a policy, in the order of its policies and their texts.
    fn grants<'a>(&'a self, row: Row, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let from_identity = row.subject == Subject::Identity;
        let part = if from_identity { row.index + 1 } else { 0 };
        // A boundary that nobody can read may take any of them away.
        let certain = !from_identity || !boundary_unread(self.world, row.index);
        let mut give = |at: u32| {
            let Some((_, id, _)) = self.world.statements.entry(at) else { return true };
            let holder = from_identity.then_some(row.index);
            if self.graph.grants.effective(holder, *id).is_none() {
                return true;
            }
            visit(Member { value: Scalar::Ref(Row { subject: Subject::Grant, index: at, part }), certain })
        };
        if from_identity {
            for at in holdings(self.world, row.index) {
                if !give(at) {
                    break;
                }
            }
            return grants_open(self.world, row.index).map_or(Completeness::Complete, Completeness::Open);
        }
        for at in self.world.statements.range_of_policy(row.index) {
            if !give(at) {
                break;
            }
        }
        if let Some(why) = self.world.opened(row, policy::GRANTS.id) {
            return Completeness::Open(why);
        }
        match self.world.table(Subject::Policy).presence(row.index) {
            Presence::Listed => Completeness::Complete,
            Presence::Mentioned => Completeness::Open(Why::NotEnumerated(Listing::Policies)),
        }
    }

    fn holders<'a>(&'a self, row: u32, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        for identity in self.graph.holders_of(row) {
            let value = Scalar::Ref(Row::new(Subject::Identity, *identity));
            if !visit(Member { value, certain: true }) {
                break;
            }
        }
        let me = Row::new(Subject::Policy, row);
        self.world
            .closure(me, policy::HOLDERS.id.def().closed_by)
            .map_or_else(Completeness::Open, |()| Completeness::Complete)
    }

    pub(super) fn reach_open(&self, row: u32) -> Completeness {
        let (_, upper) = self.graph.reach.of(row);
        if upper.grants_open || upper.edges_open {
            return Completeness::Open(self.why_open(row));
        }
        Completeness::Complete
    }

    /// Why what an identity reaches is not known whole: for want of its own grants or edges, or of those of someone on the way.
    fn why_open(&self, row: u32) -> Why {
        let edges = self.graph.open.get(row as usize).copied().flatten();
        grants_open(self.world, row).or(edges).unwrap_or(Why::MissingFact)
    }

    /// True if, of the identities that this one may become, one may rewrite the permissions of another.
    fn rewrites_among(&self, row: u32) -> bool {
        let mut all: Vec<u32> = reached(self.graph, row, |_| true).into_iter().map(|(to, _)| to).collect();
        all.push(row);
        self.graph.rewriting.among(self.world, &all)
    }

    /// Whether a grant that was read gives an identity every action on every resource; unknown where one may.
    fn full_admin(&self, row: Row) -> Cell<'_> {
        // The root of an account has every right in it, and needs no grant for that.
        if self.is_root(row.index) {
            return Cell::Known(Scalar::Bool(true));
        }
        let own = self.graph.reach.own.get(row.index as usize);
        // Whoever has such a grant is an administrator, or one under a condition.
        if !own.is_some_and(|own| own.admin || own.escalates || own.perhaps_admin) {
            return Cell::Known(Scalar::Bool(false));
        }
        let wanted = [
            (grant::ACTION_WIDTH.id, Scalar::Enum(ActionWidth::All as u8)),
            (grant::ANY_RESOURCE.id, Scalar::Bool(true)),
            (grant::INVERTED.id, Scalar::Bool(false)),
        ];
        let (mut found, mut perhaps) = (false, false);
        let whole = self.list(row, identity::GRANTS.id, &mut |member| {
            let Scalar::Ref(of) = member.value else { return true };
            let cells = wanted.map(|(fact, wanted)| (self.cell(of, fact), Cell::Known(wanted)));
            found = member.certain && cells.iter().all(|(cell, wanted)| cell == wanted);
            perhaps |= cells.iter().all(|(cell, wanted)| cell == wanted || matches!(cell, Cell::Unknown(_)));
            !found
        });
        match whole {
            _ if found || !perhaps => Cell::Known(Scalar::Bool(found)),
            Completeness::Open(why) => Cell::Unknown(why),
            Completeness::Complete => Cell::Unknown(Why::MissingFact),
        }
    }

    fn virtual_cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if row.subject == Subject::Grant {
            return self.grant_cell(row, fact).unwrap_or(Cell::Unknown(Why::MissingFact));
        }
        if row.subject == Subject::AiSystem {
            return self.ai_system_cell(row, fact);
        }
        if fact == credential::HELD_BY_AI.id {
            let holders = self.world.table(Subject::Credential).members(credential::AI_SYSTEMS.id, row.index);
            // Nobody listed the systems: none is known to hold it. A list that lost a record may have had one that does.
            let opened = self.world.opened(row, fact);
            if let (true, Some(why)) = (holders.is_empty(), opened) {
                return Cell::Unknown(why);
            }
            return match self.world.closure(row, &[Listing::AiSystems]) {
                Err(why @ Why::Incomplete(_)) if holders.is_empty() => Cell::Unknown(why),
                _ => Cell::Known(Scalar::Bool(!holders.is_empty())),
            };
        }
        if let Some(cell) = super::use_told::cell(self.world, row, fact) {
            return cell;
        }
        if fact == identity::FULL_ADMIN.id {
            return self.full_admin(row);
        }
        if fact == identity::REACHES_ADMIN.id {
            let (lower, upper) = self.graph.reach.of(row.index);
            return if lower.admin || lower.escalates {
                Cell::Known(Scalar::Bool(true))
            } else if upper.grants_open
                || upper.edges_open
                || upper.admin
                || upper.escalates
                || upper.perhaps_admin
                || (upper.rewrites && self.rewrites_among(row.index))
            {
                Cell::Unknown(self.why_open(row.index))
            } else {
                Cell::Known(Scalar::Bool(false))
            };
        }
        if fact == identity::REACH_DEPTH.id {
            use crate::model::facts::BecomingState::Certain;
            if let Completeness::Open(why) = self.reach_open(row.index) {
                return Cell::Unknown(why);
            }
            let far = reached(self.graph, row.index, |arc| arc.state == Certain).last().map_or(0, |(_, depth)| *depth);
            return Cell::Known(Scalar::Int(i64::from(far)));
        }
        Cell::Unknown(Why::MissingFact)
    }

    fn virtual_list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        use crate::model::facts::BecomingState::Certain;
        if row.subject == Subject::Grant {
            return self.grant_list(row, fact, visit);
        }
        if row.subject == Subject::AiSystem {
            return self.ai_system_list(row, fact, visit);
        }
        match fact {
            f if f == identity::GRANTS.id || f == policy::GRANTS.id => self.grants(row, visit),
            f if f == policy::HOLDERS.id => self.holders(row.index, visit),
            f if f == identity::CAN_BE_ASSUMED_BY.id => {
                let rows = self.graph.trusted_by.get(row.index as usize).cloned().unwrap_or(0..0);
                let said = self.graph.said_by.get(&row.index).into_iter().flatten().copied();
                for at in rows.chain(said) {
                    if !visit(Member { value: Scalar::Ref(Row::new(Subject::Becoming, at)), certain: true }) {
                        break;
                    }
                }
                if self.world.table(Subject::Identity).complete(fact, row.index) {
                    Completeness::Complete
                } else {
                    Completeness::Open(Why::MissingFact)
                }
            }
            f if f == identity::CAN_BECOME.id => self.can_become(row.index, visit),
            f if f == identity::REACH.id => {
                let certain: BTreeSet<u32> =
                    reached(self.graph, row.index, |arc| arc.state == Certain).into_iter().map(|(to, _)| to).collect();
                for (to, _) in reached(self.graph, row.index, |_| true) {
                    let value = Scalar::Ref(Row::new(Subject::Identity, to));
                    if !visit(Member { value, certain: certain.contains(&to) }) {
                        break;
                    }
                }
                self.reach_open(row.index)
            }
            f if f == identity::REACH_SYSTEMS.id => {
                for system in self.systems_reached(row.index) {
                    if !visit(Member { value: Scalar::Str(system), certain: true }) {
                        break;
                    }
                }
                self.reach_open(row.index)
            }
            f if f == identity::SERVES.id => self.serves(row, visit),
            f if f == identity::REACHED.id => self.identity_reached(row.index, visit),
            f if f == identity::ENVIRONMENTS_REACHED.id => self.environments(row, visit),
            _ => Completeness::Open(Why::MissingFact),
        }
    }
}

impl Slots for Estate<'_> {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if fact.def().made == Made::Virtual { self.virtual_cell(row, fact) } else { self.world.cell(row, fact) }
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        if fact.def().made == Made::Virtual {
            return self.virtual_list(row, fact, visit);
        }
        self.world.list(row, fact, visit)
    }

    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        self.world.entry(row, fact, key)
    }

    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        self.world.entries(row, fact, visit)
    }

    fn class(&self, row: Row) -> Option<u32> {
        if row.subject != Subject::Grant {
            return None;
        }
        let (_, id, _) = self.world.statements.entry(row.index)?;
        self.graph.grants.class(row.part.checked_sub(1), *id)
    }

    fn classes(&self, row: Row, fact: FactId) -> Option<Classes> {
        if fact != identity::GRANTS.id || boundary_unread(self.world, row.index) {
            return None;
        }
        let (mask, members) = self.graph.grants.classes(row.index)?;
        let whole = grants_open(self.world, row.index).map_or(Completeness::Complete, Completeness::Open);
        Some(Classes { mask, members, whole })
    }

    fn text(&self, sym: Sym) -> &str {
        self.world.strings.text(sym)
    }
}
