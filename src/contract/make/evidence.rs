//! Evidence: each fact that decided, with its value and the place that it came from.

use super::effects::ground;
use super::environments;
use super::names::{Place, field_of, gives, id, place, policy_record, value};
use super::path::{allows, holding, trusts};
use super::recall::Recall;
use super::recognised::Rules;
use crate::assess::MOST_DIGESTED;
use crate::base::time::{DAY, Instant};
use crate::contract::v1::{Closure, EnumerationUse, Evidence, FactState};
use crate::expr::{FactRead, ListRead, Trace};
use crate::graph::Estate;
use crate::model::enumeration;
use crate::model::facts::{Effect, ai_system, becoming, credential, group, identity, owner};
use crate::model::link::Method;
use crate::model::record::{ExportInfo, RecordId};
use crate::model::schema::{FactId, Made};
use crate::model::table::UNKNOWN;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// The most facts that one finding shows; the rest is counted in its last entry.
const MOST: usize = MOST_DIGESTED;

/// The evidence of a trace.
pub(super) fn evidence(
    estate: &Estate<'_>,
    about: Row,
    trace: &Trace<'_>,
    (rules, recall): (&Rules<'_>, &Recall),
    as_of: Instant,
) -> Vec<Evidence> {
    let facts = &trace.facts;
    let told = |read| rules.evidence(estate, about, read, recall).unwrap_or_else(|| one(estate, about, read, as_of));
    let mut all: Vec<Evidence> = facts.iter().take(MOST).map(told).collect();
    if let (Some(last), true) = (all.last_mut(), facts.len() > MOST) {
        last.note = Some(format!("and {} more facts", facts.len() - MOST));
    }
    // A list of which no member was read decided by how many there are.
    let counted = trace.closed.iter().filter(|list| {
        !facts.iter().any(|read| read.row == list.row && read.fact == list.fact)
            && list.fact.def().made == Made::Stored
            && list.fact.def().ty.is_list()
    });
    all.extend(counted.map(|list| length(estate, about, list)));
    all.extend(rules.tools.evidence(estate, about, trace, as_of));
    all.extend(environments::evidence(estate, about, trace, as_of));
    // A grant stands in its policy; that the identity holds the policy stands elsewhere, but where it is written into it.
    let mut held: Vec<(Row, u32)> = Vec::new();
    for read in facts.iter().filter(|read| read.member && read.fact == identity::GRANTS.id) {
        let Cell::Known(Scalar::Ref(grant)) = read.cell else { continue };
        let Some((policy, ..)) = estate.world.statements.entry(grant.index).copied() else { continue };
        if !held.contains(&(read.row, policy)) {
            held.push((read.row, policy));
            all.extend(holding(estate, about, read.row, policy));
        }
    }
    all
}

/// How many members a complete list has, and the record of its subject.
fn length(estate: &Estate<'_>, about: Row, list: &ListRead) -> Evidence {
    let mut members = 0_u32;
    estate.list(list.row, list.fact, &mut |_| {
        members = members.saturating_add(1);
        true
    });
    let table = estate.world.table(list.row.subject);
    let mut records = table.records(list.row.index);
    let first = table.records(list.row.index).next();
    let record = records.find(|record| members > 0 && gives(estate, *record, list.fact)).or(first);
    let trust = (list.row.subject == Subject::Becoming).then_some(identity::CAN_BE_ASSUMED_BY.id);
    let place = record.map_or_else(Place::default, |record| place(estate, record, trust));
    Evidence {
        fact: list.fact.path().into(),
        subject: (list.row != about).then(|| id(estate, list.row)),
        state: FactState::Known,
        value: if members == 0 { "none".to_owned() } else { format!("{members} in all") },
        note: (!list.fact.def().closed_by.is_empty()).then(|| "follows from a complete list".to_owned()),
        export: place.export,
        pointer: place.pointer,
        offset: place.offset,
        document: place.document,
    }
}

/// One fact that was read.
pub(super) fn one(estate: &Estate<'_>, about: Row, read: &FactRead<'_>, as_of: Instant) -> Evidence {
    let def = read.fact.def();
    let (state, text, note) = match read.cell {
        Cell::Known(Scalar::Time(at)) => {
            (FactState::Known, Instant(at).to_string(), Some(distance(Instant(at), as_of)))
        }
        Cell::Known(scalar) => (FactState::Known, value(estate, read.row, read.fact, scalar), None),
        Cell::Absent => (FactState::Absent, def.absent.unwrap_or("none").to_owned(), None),
        Cell::Unknown(why) => (FactState::Unknown, why.name().to_owned(), None),
    };
    let fact = match &read.key {
        Some(key) => format!("{}[{}]", read.fact.path(), crate::base::text::shown(key)).into(),
        None => read.fact.path().into(),
    };
    let place = place_of(estate, read);
    Evidence {
        fact,
        subject: (read.row != about).then(|| id(estate, read.row)),
        state,
        value: text,
        note: note
            .or_else(|| follows(estate, read).then(|| "follows from a complete list".to_owned()))
            .or_else(|| made_note(estate, read)),
        export: place.export,
        pointer: place.pointer,
        offset: place.offset,
        document: place.document,
    }
}

/// Where it is read that an AI system runs as the identity that a credential proves, if nothing else shows that it holds it.
fn presented<'e>(estate: &Estate<'e>, read: &FactRead<'e>) -> Option<FactRead<'e>> {
    let world = estate.world;
    let (held, system) = match (read.fact, read.cell) {
        (fact, Cell::Known(Scalar::Ref(system))) if read.member && fact == credential::AI_SYSTEMS.id => {
            (read.row, system)
        }
        (fact, Cell::Known(Scalar::Ref(held))) if read.member && fact == ai_system::CREDENTIALS.id => (held, read.row),
        (fact, Cell::Known(Scalar::Bool(true))) if fact == credential::HELD_BY_AI.id => {
            let holders = world.table(Subject::Credential).members(credential::AI_SYSTEMS.id, read.row.index);
            (read.row, Row::new(Subject::AiSystem, holders.first()?.1))
        }
        _ => return None,
    };
    let fact = if world.presented.contains(&(held.index, system.index)) {
        let identity = u32::try_from(world.table(Subject::Credential).get(credential::IDENTITY.id, held.index)).ok()?;
        (Row::new(Subject::Identity, identity), identity::AI_SYSTEMS.id)
    } else if read.fact == credential::HELD_BY_AI.id {
        (held, credential::AI_SYSTEMS.id)
    } else {
        return None;
    };
    let cell = Cell::Known(Scalar::Ref(system));
    Some(FactRead { row: fact.0, fact: fact.1, key: None, member: true, cell })
}

/// The last use, where a fact is about when that was told.
fn told_of_use(fact: FactId) -> Option<FactId> {
    let of = |facts: [FactId; 2]| facts.contains(&fact);
    if of([credential::USE_KNOWN_UNTIL.id, credential::USED_LATER.id]) {
        return Some(credential::LAST_USED_AT.id);
    }
    of([identity::USE_KNOWN_UNTIL.id, identity::USED_LATER.id]).then_some(identity::LAST_USED_AT.id)
}

/// True for a fact on up to when use is told, where nothing says when the export was collected.
fn undated(estate: &Estate<'_>, read: &FactRead<'_>) -> bool {
    let world = estate.world;
    told_of_use(read.fact).is_some_and(|used| {
        let record = world.table(read.row.subject).record_of(used, read.row.index);
        let export = record.and_then(|record| world.records.export(record));
        export.is_none_or(|export| export.collected_at.is_none())
    })
}

/// True for a member that stands in the profile, and in no export: an identity that an AI system is said to act as.
fn is_said(estate: &Estate<'_>, read: &FactRead<'_>) -> bool {
    let (true, Cell::Known(Scalar::Ref(member))) = (read.member, read.cell) else { return false };
    let pair = match read.fact {
        fact if fact == ai_system::IDENTITIES.id => (read.row, member),
        fact if fact == identity::AI_SYSTEMS.id => (member, read.row),
        _ => return false,
    };
    estate.world.links.iter().any(|link| link.method == Method::Said && (link.one, link.other) == pair)
}

fn made_note(estate: &Estate<'_>, read: &FactRead<'_>) -> Option<String> {
    if is_said(estate, read) {
        return Some("as the profile says".to_owned());
    }
    if let Some(shown) = presented(estate, read) {
        let runs_as = shown.fact == identity::AI_SYSTEMS.id;
        let why = if runs_as { "an AI system runs as whom it proves" } else { "an AI system holds it" };
        return Some(if is_said(estate, &shown) { format!("{why}, as the profile says") } else { why.to_owned() });
    }
    if read.row.subject == Subject::Waiver {
        return Some("from the files of waivers, and what they match".to_owned());
    }
    match read.fact.def().made {
        Made::Stored if read.fact == identity::ENVIRONMENT.id => {
            let record = estate.world.table(read.row.subject).record_of(read.fact, read.row.index);
            by_tag(estate, record, read.fact).then(|| "read from a tag".to_owned())
        }
        Made::Stored if read.fact == becoming::TRUSTED_SCOPE.id => {
            Some("by `own_scopes` and `trusted_scopes` of the profile".to_owned())
        }
        Made::Stored if read.fact == becoming::OWN_SCOPE.id => Some("by `own_scopes` of the profile".to_owned()),
        Made::Stored => None,
        Made::Virtual if undated(estate, read) => {
            Some("no export says when it was collected: it is taken to be of the date of assessment".to_owned())
        }
        Made::Derived => Some("derived by classification".to_owned()),
        Made::Virtual if told_of_use(read.fact).is_some() => Some("by when the export of its use was made".to_owned()),
        Made::Virtual if read.row.subject == Subject::AiSystem => {
            Some("from its tools, its credentials and its identities".to_owned())
        }
        Made::Virtual if read.member => match read.cell {
            Cell::Known(Scalar::Ref(grant)) if grant.subject == Subject::Grant => allows(estate, grant.index),
            Cell::Known(Scalar::Ref(trust)) if trust.subject == Subject::Becoming => Some(trusts(estate, trust.index)),
            _ => Some("one of the list".to_owned()),
        },
        Made::Virtual => Some("derived from policies and trusts".to_owned()),
    }
}

/// `303 days before the assessment`.
fn distance(at: Instant, as_of: Instant) -> String {
    let days = at.until(as_of).0.div_euclid(DAY);
    match days {
        0 => "on the day of the assessment".to_owned(),
        1 => "1 day before the assessment".to_owned(),
        2.. => format!("{days} days before the assessment"),
        -1 => "1 day after the assessment".to_owned(),
        _ => format!("{} days after the assessment", -days),
    }
}

fn place_of(estate: &Estate<'_>, read: &FactRead<'_>) -> Place {
    let world = estate.world;
    let at = |record: Option<RecordId>, fact| record.map_or_else(Place::default, |record| place(estate, record, fact));
    if is_said(estate, read) {
        return Place::default();
    }
    if let Some(shown) = presented(estate, read) {
        return place_of(estate, &shown);
    }
    if let Some(used) = told_of_use(read.fact) {
        return at(world.table(read.row.subject).record_of(used, read.row.index), None);
    }
    if read.row.subject == Subject::Grant {
        return at(policy_of(estate, read.row), None);
    }
    if read.row.subject == Subject::Becoming {
        let trusting = world.table(Subject::Becoming).records(read.row.index).next();
        return at(trusting, Some(identity::CAN_BE_ASSUMED_BY.id));
    }
    if read.row.subject == Subject::AiSystem && read.fact.def().made == Made::Virtual {
        // It stands in no record of the system's; an effect stands with the tool or the right that has it.
        match read.cell {
            Cell::Known(Scalar::Enum(code)) if read.member && read.fact == ai_system::EFFECTS.id => {
                return Effect::ALL
                    .get(usize::from(code))
                    .map(|effect| ground(estate, read.row, *effect))
                    .unwrap_or_default();
            }
            Cell::Known(Scalar::Ref(_)) if read.member => {}
            _ => return Place::default(),
        }
    }
    if let (true, Cell::Known(Scalar::Str(workload))) = (read.member, read.cell)
        && read.fact == identity::WORKLOADS.id
        && let Some(record) =
            world.strings.get(workload).and_then(|workload| world.runs.get(&(read.row.index, workload)))
    {
        return at(Some(*record), Some(read.fact));
    }
    if let (true, Cell::Known(Scalar::Ref(member))) = (read.member, read.cell)
        && let Some(place) = place_of_member(estate, read, member)
    {
        return place;
    }
    if let (true, Cell::Known(Scalar::Ref(system))) = (read.member, read.cell)
        && read.fact == credential::AI_SYSTEMS.id
        && !world.table(Subject::Credential).records(read.row.index).any(|record| gives(estate, record, read.fact))
    {
        // An entry that names the credential is a record of the system's alone.
        let mut records = world.table(Subject::AiSystem).records(system.index);
        if let Some(naming) = records.find(|record| gives(estate, *record, ai_system::CREDENTIALS.id)) {
            return at(Some(naming), Some(ai_system::CREDENTIALS.id));
        }
    }
    let table = world.table(read.row.subject);
    let record = if read.fact.def().ty.is_list() || read.fact.def().made != Made::Stored {
        let giving: Vec<RecordId> =
            table.records(read.row.index).filter(|record| gives(estate, *record, read.fact)).collect();
        // Of several that give members of the list, the one that is a record of this member too, or else from an export that
        // has the member.
        let own = giving.iter().copied().find(|record| is_of_member(estate, *record, read));
        let shared = giving.iter().copied().find(|record| shares(estate, *record, read, |info| &info.path));
        let alike = || giving.iter().copied().find(|record| shares(estate, *record, read, |info| info.source));
        own.or(shared)
            .or_else(alike)
            .or_else(|| giving.first().copied())
            .or_else(|| table.records(read.row.index).next())
    } else {
        table.record_of(read.fact, read.row.index)
    };
    // An environment that its own record does not give was read from a tag of it.
    if read.fact == identity::ENVIRONMENT.id && by_tag(estate, record, read.fact) {
        return at(record, Some(identity::TAGS.id));
    }
    // What is not there has no field to point at: the record that lacks it is the evidence.
    at(record, (read.cell != Cell::Absent && !follows(estate, read)).then_some(read.fact))
}

/// The place of a member of a list, where that is told by the member.
fn place_of_member(estate: &Estate<'_>, read: &FactRead<'_>, member: Row) -> Option<Place> {
    let world = estate.world;
    let at = |record: Option<RecordId>, fact| record.map_or_else(Place::default, |record| place(estate, record, fact));
    let own = world.table(member.subject).records(member.index).next();
    match read.fact {
        fact if fact == identity::POLICIES.id || fact == group::POLICIES.id => {
            // A binding of a cluster is a record of its own.
            let key = (read.row.subject, read.row.index, member.index);
            if let Some(record) = world.attached.get(&key) {
                return Some(at(Some(*record), None));
            }
        }
        _ if member.subject == Subject::Grant => return Some(at(policy_of(estate, member), None)),
        fact if fact == identity::CREDENTIALS.id => {
            // An access key by its id, where it is listed; else the line of the user.
            let mut records = world.table(member.subject).records(member.index);
            let listed = records.find(|record| field_of(estate, *record, credential::ID.id).is_some());
            return Some(at(listed.or(own), Some(credential::ID.id)));
        }
        // What is reached over many steps stands in its own entry.
        fact if fact.def().made == Made::Virtual && member.subject == Subject::Resource => return Some(at(own, None)),
        fact if fact == ai_system::IDENTITIES.id => {
            // Some are stated with the identity, and not with the system.
            let here =
                |record: &RecordId| world.table(read.row.subject).records(read.row.index).any(|own| own == *record);
            let mut records = world.table(member.subject).records(member.index);
            let stated = records.find(|record| gives(estate, *record, identity::AI_SYSTEMS.id));
            if let Some(record) = stated.filter(|record| !here(record)) {
                return Some(at(Some(record), None));
            }
        }
        fact if fact == identity::AI_SYSTEMS.id => {
            // One of several places where the system stands names its identities.
            let mut records = world.table(member.subject).records(member.index);
            let naming = records.find(|record| gives(estate, *record, ai_system::IDENTITIES.id));
            return Some(at(naming.or(own), Some(ai_system::IDENTITIES.id)));
        }
        // Where the system stands that holds a credential of the identity.
        fact if fact == identity::SERVES.id => {
            let naming = [ai_system::IDENTITIES.id, ai_system::CREDENTIALS.id].into_iter().find_map(|fact| {
                let mut records = world.table(member.subject).records(member.index);
                Some((records.find(|record| gives(estate, *record, fact))?, fact))
            });
            return Some(naming.map_or_else(|| at(own, None), |(record, fact)| at(Some(record), Some(fact))));
        }
        fact if fact == identity::OWNERS.id && owned_by_tag(estate, read.row.index, member.index) => {
            let mut records = world.table(Subject::Identity).records(read.row.index);
            let tagged = records.find(|record| gives(estate, *record, identity::TAGS.id));
            return Some(at(tagged, Some(identity::TAGS.id)));
        }
        _ => {}
    }
    None
}

/// True if the member that was read has a record in an export that is the same as that of this one, in `what`.
fn shares<'e>(
    estate: &'e Estate<'_>,
    record: RecordId,
    read: &FactRead<'_>,
    what: impl Fn(&'e ExportInfo) -> &'e str,
) -> bool {
    let Cell::Known(Scalar::Ref(member)) = read.cell else { return false };
    let of = |record| estate.world.records.export(record).map(&what);
    let mut own = estate.world.table(member.subject).records(member.index);
    own.any(|other| of(other) == of(record))
}

/// True if the record is one of the member that was read, too.
fn is_of_member(estate: &Estate<'_>, record: RecordId, read: &FactRead<'_>) -> bool {
    let Cell::Known(Scalar::Ref(member)) = read.cell else { return false };
    estate.world.table(member.subject).records(member.index).any(|other| other == record)
}

/// True if the record gives tags, and not the fact itself.
fn by_tag(estate: &Estate<'_>, record: Option<RecordId>, fact: FactId) -> bool {
    record.is_some_and(|record| !gives(estate, record, fact) && gives(estate, record, identity::TAGS.id))
}

/// True if no record says it, and it follows from a complete list in which it would stand.
fn follows(estate: &Estate<'_>, read: &FactRead<'_>) -> bool {
    let def = read.fact.def();
    def.made == Made::Stored
        && !def.ty.is_list()
        && read.key.is_none()
        && !matches!(read.cell, Cell::Unknown(_))
        && estate.world.table(read.row.subject).get(read.fact, read.row.index) == UNKNOWN
}

fn policy_of(estate: &Estate<'_>, grant: Row) -> Option<RecordId> {
    policy_record(estate, estate.world.statements.entry(grant.index)?.0, grant.part.checked_sub(1))
}

/// True if a tag of the identity names the owner, by id, address or name.
fn owned_by_tag(estate: &Estate<'_>, of: u32, by: u32) -> bool {
    let world = estate.world;
    let owners = world.table(Subject::Owner);
    let id = owners.id(by).map_or("", |id| world.strings.text(id));
    let text = |fact| u32::try_from(owners.get(fact, by)).map_or("", |sym| world.strings.text(Sym(sym)));
    let names = [id.splitn(4, ':').nth(3).unwrap_or(id), text(owner::EMAIL.id), text(owner::NAME.id)];
    let mut tags = world.table(Subject::Identity).members(identity::TAGS.id, of).iter();
    tags.any(|(_, _, value)| {
        let value = world.strings.text(Sym(*value)).trim();
        !value.is_empty() && names.iter().any(|name| name.eq_ignore_ascii_case(value))
    })
}

/// The complete lists that decided, with who says that they are.
pub(super) fn enumerations(estate: &Estate<'_>, trace: &Trace<'_>) -> Vec<EnumerationUse> {
    let world = estate.world;
    let mut uses: Vec<EnumerationUse> = Vec::new();
    let lists = trace.closed.iter().map(|list| (list.row, list.fact));
    let cells = trace.facts.iter().filter(|read| follows(estate, read)).map(|read| (read.row, read.fact));
    for (row, fact) in lists.chain(cells) {
        let scope = world.scope(row);
        for listing in fact.def().closed_by {
            let scopes = if scope == world.everywhere() { world.scopes.clone() } else { vec![scope] };
            for (scope, closure) in scopes.iter().flat_map(|scope| {
                let own = world.enumerations.of(*scope, *listing).iter();
                own.chain(world.enumerations.of(world.everywhere(), *listing)).map(move |closure| (*scope, closure))
            }) {
                let one = enumeration_use(estate, listing.name(), world.strings.text(scope), closure);
                if !uses.contains(&one) {
                    uses.push(one);
                }
            }
        }
    }
    uses.sort_by(|a, b| {
        (&a.listing, &a.scope, a.closure, &a.by, a.export).cmp(&(&b.listing, &b.scope, b.closure, &b.by, b.export))
    });
    uses
}

fn enumeration_use(estate: &Estate<'_>, listing: &str, scope: &str, closure: &enumeration::Closure) -> EnumerationUse {
    let export = |record| estate.world.records.get(record).map(|record| record.export.0);
    let pointer = match closure {
        enumeration::Closure::Asserted { record, .. } => place(estate, *record, None).pointer,
        _ => None,
    };
    let (closure, by, export) = match closure {
        enumeration::Closure::Shown(record) => (Closure::Shown, None, export(*record)),
        enumeration::Closure::Asserted { by, record, .. } => (
            Closure::Asserted,
            Some(crate::base::text::shown(estate.world.strings.text(*by)).into_owned()),
            export(*record),
        ),
        enumeration::Closure::Incomplete { record, .. } => (Closure::Incomplete, None, export(*record)),
    };
    EnumerationUse {
        listing: listing.to_owned(),
        scope: crate::base::text::shown(scope).into_owned(),
        closure,
        by,
        export,
        pointer,
    }
}
