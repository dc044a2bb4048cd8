//! A leak drill: one credential leaks now; what that opens, how fast it is closed, and who must be told.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use super::evidence::one;
use super::head::exports;
use super::keys;
use super::model_calls::model_calls;
use super::names::{id, subject};
use super::path;
use super::walk::{Come, Limits, Node, Walk, state};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::drill::v1::{
    Administrator, Clock, Counts, Drill, MayBe, ModelCalls, Opened, Outcome, SCHEMA, Session, Told,
};
use crate::contract::v1::{AsOf, Evidence, Hop, HopState, SubjectRef, Tool};
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::facts::{
    BecomingState, CREDENTIAL_KIND_SET, ENVIRONMENT_SET, SENSITIVITY_SET, Sensitivity, ai_system, credential, identity,
    owner, resource,
};
use crate::model::schema::{EnumDef, FactId};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject, Why};

/// How fast attackers tried keys that were exposed on purpose, in seconds: the fastest, and on average.
const FASTEST: i64 = 9 * 60;
const AVERAGE: i64 = 17 * 60;
const SOURCE: &str = "Entro Security, LLMjacking: How Attackers Hijack AI Using Compromised NHIs, 2025";
/// How much a walk comes to.
const MOST: usize = 2000;
/// How much of what is opened is told with its way.
const TOLD: usize = 200;
/// How many are named in a sentence.
const NAMED: usize = 3;

/// The drill of a credential's row.
#[must_use]
pub fn drill(input: &Input<'_>, row: Row) -> Drill {
    let estate = input.estate;
    let proves = match estate.cell(row, credential::IDENTITY.id) {
        Cell::Known(Scalar::Ref(identity)) => Some(identity),
        _ => None,
    };
    let held_by = rows(estate, row, credential::AI_SYSTEMS.id);
    let refused = estate.cell(row, credential::ENABLED.id) == Cell::Known(Scalar::Bool(false));
    let administrator = proves.filter(|_| !refused).and_then(|row| administrator(estate, row));
    let (opens, opened, rows_opened) = if refused {
        (Vec::new(), Counts::default(), Vec::new())
    } else {
        opens(estate, row, proves, administrator.as_ref())
    };
    let runs_as = proves.map(|identity| rows(estate, identity, identity::AI_SYSTEMS.id)).unwrap_or_default();
    let mut open = Vec::new();
    let may_be: Vec<MayBe> = if refused { Vec::new() } else { may_be(estate, row, proves) };
    let models = if refused { ModelCalls::default() } else { model_calls(estate, row, proves, &rows_opened) };
    if proves.is_none() {
        open.push("Whose it is is not known, so what it opens is not: state its `identity` under `[[credentials]]` of the inventory.".to_owned());
    }
    if let Some(identity) = proves.filter(|_| !refused) {
        let mut ask = |fact: FactId, what: &str| {
            if let Completeness::Open(_) = estate.list(identity, fact, &mut |_| true) {
                open.push(format!("{what} is not known whole: `assize explain` tells what is missing."));
            }
        };
        ask(identity::REACH.id, "Whose rights it can take on");
        ask(identity::REACHED.id, "Which resources it reaches");
        if models.callers.iter().all(|caller| caller.state != HopState::Certain) {
            ask(identity::GRANTS.id, "What it may do itself, and with that whether it may call AI models,");
        }
        if administrator.is_some() {
            open.push(
                "As an administrator it opens whatever is in its account, also what nobody has named as a resource."
                    .to_owned(),
            );
        }
    }
    if let Completeness::Open(why) = estate.list(row, credential::AI_SYSTEMS.id, &mut |_| true) {
        let other = if held_by.is_empty() { "an AI system holds it" } else { "other AI systems hold it" };
        let why = why_open(estate, row, credential::AI_SYSTEMS.id, why, "");
        open.push(format!("Whether {other} is not known{why}."));
    }
    if let Completeness::Open(why) = estate.list(row, credential::EXPOSURES.id, &mut |_| true) {
        let nobody = ": nobody says that all places were scanned";
        let why = why_open(estate, row, credential::EXPOSURES.id, why, nobody);
        open.push(format!("Whether it was seen elsewhere is not known{why}."));
    }
    open.extend(may_be.iter().map(if_the_same));
    open.extend(sessions_not_known(estate, &rows_opened));
    Drill {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "assize".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        as_of: AsOf { at: input.as_of.to_string(), origin: Some(input.as_of_origin) },
        exports: exports(input),
        credential: subject(estate, row),
        kind: enumerated(estate, row, credential::KIND.id, &CREDENTIAL_KIND_SET),
        enabled: fact(estate, row, credential::ENABLED.id),
        identity: fact(estate, row, credential::IDENTITY.id),
        proves: proves.map(|row| subject(estate, row)),
        places: texts(estate, row, credential::PLACES.id),
        exposures: refs(estate, &rows(estate, row, credential::EXPOSURES.id)),
        models,
        may_be,
        administrator,
        clock: clock(estate, proves.unwrap_or(row), refused),
        sessions: sessions(estate, &rows_opened),
        tell: tell(estate, proves, [&held_by, &runs_as], &rows_opened),
        held_by: refs(estate, &held_by),
        held_at: held_by
            .iter()
            .map(|system| fact_member(estate, row, credential::AI_SYSTEMS.id, Scalar::Ref(*system)))
            .collect(),
        opens,
        opened,
        open,
    }
}

fn fact(estate: &Estate<'_>, row: Row, fact: FactId) -> Evidence {
    let read = FactRead { row, fact, key: None, member: false, cell: estate.cell(row, fact) };
    one(estate, row, &read, Instant(0))
}

/// A member of a list of a row, with where that stands.
pub(super) fn fact_member(estate: &Estate<'_>, row: Row, fact: FactId, member: Scalar<'_>) -> Evidence {
    let read = FactRead { row, fact, key: None, member: true, cell: Cell::Known(member) };
    one(estate, row, &read, Instant(0))
}

fn rows(estate: &Estate<'_>, row: Row, fact: FactId) -> Vec<Row> {
    let mut all = Vec::new();
    estate.list(row, fact, &mut |member| {
        if let Scalar::Ref(other) = member.value {
            all.push(other);
        }
        true
    });
    all.sort_by_cached_key(|row| id(estate, *row));
    all.dedup();
    all
}

fn refs(estate: &Estate<'_>, rows: &[Row]) -> Vec<SubjectRef> {
    rows.iter().map(|row| subject(estate, *row)).collect()
}

fn texts(estate: &Estate<'_>, row: Row, fact: FactId) -> Vec<String> {
    let mut all = Vec::new();
    estate.list(row, fact, &mut |member| {
        if let Scalar::Str(text) = member.value {
            all.push(shown(text).into_owned());
        }
        true
    });
    all.sort();
    all
}

fn enumerated(estate: &Estate<'_>, row: Row, fact: FactId, set: &EnumDef) -> Option<String> {
    match estate.cell(row, fact) {
        Cell::Known(Scalar::Enum(code)) => Some(set.text(code).to_owned()),
        _ => None,
    }
}

/// What the credential opens, told and counted, and the rows of all of it, each with how sure it is.
///
/// `administrator` is the one that the identity certainly is or can become.
fn opens(
    estate: &Estate<'_>,
    start: Row,
    proves: Option<Row>,
    administrator: Option<&Administrator>,
) -> (Vec<Opened>, Counts, Vec<(Row, BecomingState)>) {
    let walk = Walk::new(estate, false);
    let walked = walk.from(start, Limits { depth: None, worst: BecomingState::Possible, most: MOST, beside: false });
    let mut counts = Counts { ended: walked.ended, ..Counts::default() };
    let mut come: Vec<(Option<&Come>, Row, BecomingState)> = Vec::new();
    for one in walked.come.iter().skip(1) {
        let Node::Row(row) = one.node else { continue };
        if matches!(row.subject, Subject::Identity | Subject::Resource) {
            come.push((Some(one), row, one.state));
        }
    }
    // Who can make an administrator of itself opens what no right of it names yet.
    let walked_to: BTreeSet<Row> = come.iter().map(|(_, row, _)| *row).collect();
    let more = proves.map(|identity| rows(estate, identity, identity::REACHED.id)).unwrap_or_default();
    let more = more.into_iter().filter(|row| !walked_to.contains(row) && !walked.ended);
    come.extend(more.map(|row| (None, row, BecomingState::Possible)));
    for (_, row, state) in &come {
        let sure = *state == BecomingState::Certain;
        match (row.subject, sure) {
            (Subject::Identity, true) => counts.identities += 1,
            (Subject::Identity, false) => counts.identities_perhaps += 1,
            (_, true) => counts.resources += 1,
            (_, false) => counts.resources_perhaps += 1,
        }
        let restricted = sensitivity(estate, *row) == Some(Sensitivity::Restricted as u8);
        counts.restricted += u64::from(restricted && sure);
        counts.restricted_perhaps += u64::from(restricted && !sure);
    }
    // What matters most first: the most sensitive resources, then identities; of each the surest and nearest.
    come.sort_by_cached_key(|(one, row, state)| {
        let sensitivity = std::cmp::Reverse(sensitivity(estate, *row));
        let depth = one.map_or(u32::MAX, |one| one.depth);
        (row.subject != Subject::Resource, sensitivity, *state, depth, id(estate, *row))
    });
    let proven =
        proves.and_then(|proves| walked.come.iter().find(|one| matches!(&one.node, Node::Row(row) if *row == proves)));
    let proven = proven.map(|one| walk.way(&walked, one)).unwrap_or_default();
    let told = come.iter().take(TOLD).map(|(one, row, come)| {
        let resource = row.subject == Subject::Resource;
        let environment = if resource { resource::ENVIRONMENT.id } else { identity::ENVIRONMENT.id };
        Opened {
            subject: subject(estate, *row),
            state: state(*come),
            sensitivity: resource
                .then(|| enumerated(estate, *row, resource::SENSITIVITY.id, &SENSITIVITY_SET))
                .flatten(),
            environment: enumerated(estate, *row, environment, &ENVIRONMENT_SET),
            hops: match (one, administrator, proves) {
                (Some(one), ..) => walk.way(&walked, one),
                (None, Some(administrator), Some(proves)) => {
                    as_administrator(&proven, administrator, &subject(estate, proves), subject(estate, *row))
                }
                (None, ..) => Vec::new(),
            },
        }
    });
    let told: Vec<Opened> = told.collect();
    let rows = come.iter().map(|(_, row, state)| (*row, *state)).collect();
    (told, counts, rows)
}

/// The way to what only an administrator may open: to what the credential proves, to the administrator, and from there.
fn as_administrator(proven: &[Hop], administrator: &Administrator, proves: &SubjectRef, to: SubjectRef) -> Vec<Hop> {
    let count = |hops: &[Hop]| hops.last().map_or(0, |hop| hop.n);
    let mut hops = proven.to_vec();
    hops.extend(path::later(administrator.hops.clone(), count(proven)));
    let from = administrator.hops.last().map_or(proves, |hop| &hop.to).clone();
    let n = count(&hops).saturating_add(1);
    let how = "as an administrator may reach".into();
    let evidence = administrator.grounds.clone();
    hops.push(Hop { n, from, to, how, state: HopState::Possible, left_out: None, evidence });
    hops
}

/// How sensitive a resource is said to be; the order is that of harm.
fn sensitivity(estate: &Estate<'_>, row: Row) -> Option<u8> {
    if row.subject != Subject::Resource {
        return None;
    }
    match estate.cell(row, resource::SENSITIVITY.id) {
        Cell::Known(Scalar::Enum(code)) if code <= Sensitivity::Restricted as u8 => Some(code),
        _ => None,
    }
}

fn administrator(estate: &Estate<'_>, row: Row) -> Option<Administrator> {
    if estate.cell(row, identity::REACHES_ADMIN.id) != Cell::Known(Scalar::Bool(true)) {
        return None;
    }
    let (hops, last) = path::to_admin(estate, row.index);
    let grounds = path::admin_ground(estate, row, &hops, last);
    Some(Administrator { hops, grounds })
}

fn clock(estate: &Estate<'_>, row: Row, refused: bool) -> Clock {
    let nobody = row.subject != Subject::Identity;
    let cell = if nobody { Cell::Unknown(Why::MissingFact) } else { estate.cell(row, identity::REVOCATION_TIME.id) };
    let tested_seconds = match cell {
        Cell::Known(Scalar::Duration(seconds)) => Some(seconds),
        _ => None,
    };
    let outcome = match (cell, tested_seconds) {
        _ if refused => Outcome::Refused,
        (_, Some(seconds)) if seconds < FASTEST => Outcome::InTime,
        (_, Some(seconds)) if seconds < AVERAGE => Outcome::LateForTheFastest,
        (_, Some(_)) => Outcome::Late,
        (Cell::Absent, None) => Outcome::NeverTried,
        _ => Outcome::Unknown,
    };
    let of = |fact_id: FactId| {
        let cell = if nobody { Cell::Unknown(Why::MissingFact) } else { estate.cell(row, fact_id) };
        one(estate, row, &FactRead { row, fact: fact_id, key: None, member: false, cell }, Instant(0))
    };
    Clock {
        outcome,
        tested: of(identity::REVOCATION_TIME.id),
        tried: of(identity::LAST_DRILL_AT.id),
        tested_seconds,
        fastest_seconds: FASTEST,
        average_seconds: AVERAGE,
        source: SOURCE.to_owned(),
    }
}

/// The identities that it certainly opens.
fn certain(opened: &[(Row, BecomingState)]) -> impl Iterator<Item = Row> {
    let certain = opened.iter().filter(|(_, state)| *state == BecomingState::Certain);
    certain.map(|(row, _)| *row).filter(|row| row.subject == Subject::Identity)
}

/// Sessions of the identities that it certainly opens, longest first.
fn sessions(estate: &Estate<'_>, opened: &[(Row, BecomingState)]) -> Vec<Session> {
    let mut all: Vec<(i64, String, Row)> = Vec::new();
    for row in certain(opened) {
        if let Cell::Known(Scalar::Duration(seconds)) = estate.cell(row, identity::SESSION_MAX.id) {
            all.push((-seconds, id(estate, row), row));
        }
    }
    all.sort();
    let told = all.into_iter().map(|(_, _, row)| Session {
        identity: subject(estate, row),
        longest: fact(estate, row, identity::SESSION_MAX.id),
    });
    told.collect()
}

/// That of some identities nobody says how long their sessions last, in a sentence; none if it is known of all.
fn sessions_not_known(estate: &Estate<'_>, opened: &[(Row, BecomingState)]) -> Option<String> {
    let unknown = |row: &Row| matches!(estate.cell(*row, identity::SESSION_MAX.id), Cell::Unknown(_));
    let mut names: Vec<String> =
        certain(opened).filter(unknown).map(|row| shown(&id(estate, row)).into_owned()).collect();
    names.sort();
    let more = names.len().saturating_sub(NAMED);
    let mut told = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match more {
        _ if names.is_empty() => return None,
        0 => {}
        1 => told.push_str(" and 1 more identity"),
        more => told.push_str(&format!(" and {more} more identities")),
    }
    Some(format!("How long sessions of {told} last is not known: those that are begun may outlive the credential."))
}

/// The credentials that may be the same one, with what they have and this one lacks.
fn may_be(estate: &Estate<'_>, row: Row, proves: Option<Row>) -> Vec<MayBe> {
    let lacks = |other: Row, fact: FactId| {
        let own = rows(estate, row, fact);
        let more: Vec<Row> = rows(estate, other, fact).into_iter().filter(|one| !own.contains(one)).collect();
        refs(estate, &more)
    };
    let each = rows(estate, row, credential::MAY_BE.id).into_iter().map(|other| MayBe {
        credential: subject(estate, other),
        proves: match estate.cell(other, credential::IDENTITY.id) {
            Cell::Known(Scalar::Ref(identity)) if proves != Some(identity) => Some(subject(estate, identity)),
            _ => None,
        },
        held_by: lacks(other, credential::AI_SYSTEMS.id),
        exposures: lacks(other, credential::EXPOSURES.id),
    });
    each.collect()
}

/// What would follow if a credential is the same, in a sentence.
fn if_the_same(one: &MayBe) -> String {
    let places = match one.exposures.len() {
        0 => None,
        1 => Some("it was seen in a place where it should not be".to_owned()),
        more => Some(format!("it was seen in {more} places where it should not be")),
    };
    let proves = one.proves.as_ref().map(|proves| format!("it opens what `{}` opens", proves.id));
    let held = (!one.held_by.is_empty()).then(|| {
        let systems: Vec<String> = one.held_by.iter().take(NAMED).map(|system| format!("`{}`", system.id)).collect();
        let more = one.held_by.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("it is held by {}{more} too", systems.join(", "))
    });
    let follows: Vec<String> = [proves, places, held].into_iter().flatten().collect();
    let follows = match follows.as_slice() {
        [] => "nothing more follows".to_owned(),
        follows => follows.join(", and "),
    };
    format!(
        "Whether it is the same as `{}` is not known: if so, {follows}. Say under `[[links]]` of `assize.toml` whether the two are the `same` or `different`.",
        one.credential.id
    )
}

/// Why a list of the credential is open, to follow a sentence that says so; `otherwise` where nothing closes it.
fn why_open(estate: &Estate<'_>, row: Row, fact: FactId, why: Why, otherwise: &str) -> String {
    let opened = estate.world.opened(row, fact).is_some();
    match why {
        Why::Stale => ": the export that says it is older than the profile allows".to_owned(),
        Why::Incomplete(_) => ": an export that would say it is cut short".to_owned(),
        _ if opened && !rows(estate, row, credential::MAY_BE.id).is_empty() => {
            ": it may be the same as another credential".to_owned()
        }
        _ if opened && keys::used_by_others(estate, row) => {
            ": what runs as its identity may present it or another credential, and nothing shows which".to_owned()
        }
        _ if opened => {
            ": a key that was seen or is held, and that no export lists, may be the same; the export `aws-access-keys` tells"
                .to_owned()
        }
        _ => otherwise.to_owned(),
    }
}

/// Who answers for the identity, for the AI systems that hold the credential or run as the identity, and for the restricted
/// resources that it opens or may open.
fn tell(estate: &Estate<'_>, proves: Option<Row>, systems: [&[Row]; 2], opened: &[(Row, BecomingState)]) -> Vec<Told> {
    let restricted = opened.iter().map(|(row, _)| *row);
    let restricted = restricted.filter(|row| sensitivity(estate, *row) == Some(Sensitivity::Restricted as u8));
    let mut systems: Vec<Row> = systems.concat();
    systems.sort_unstable();
    systems.dedup();
    let about = proves.into_iter().map(|row| (row, identity::OWNERS.id));
    let about = about.chain(systems.into_iter().map(|row| (row, ai_system::OWNERS.id)));
    let about: Vec<(Row, FactId)> = about.chain(restricted.map(|row| (row, resource::OWNERS.id))).collect();
    let mut by_owner: BTreeMap<Option<String>, (Option<Row>, Vec<Row>)> = BTreeMap::new();
    for (row, fact) in about {
        let mut owners = rows(estate, row, fact);
        if row.subject == Subject::Identity
            && let Cell::Known(Scalar::Ref(sponsor)) = estate.cell(row, identity::SPONSOR.id)
            && !owners.contains(&sponsor)
        {
            owners.push(sponsor);
        }
        if owners.is_empty() {
            by_owner.entry(None).or_insert((None, Vec::new())).1.push(row);
        }
        for owner in owners {
            by_owner.entry(Some(id(estate, owner))).or_insert((Some(owner), Vec::new())).1.push(row);
        }
    }
    let told = by_owner.into_values().map(|(who, of)| Told {
        owner: who.map(|row| subject(estate, row)),
        email: who.and_then(|row| match estate.cell(row, owner::EMAIL.id) {
            Cell::Known(Scalar::Str(text)) => Some(shown(text).into_owned()),
            _ => None,
        }),
        active: who.and_then(|row| match estate.cell(row, owner::ACTIVE.id) {
            Cell::Known(Scalar::Bool(active)) => Some(active),
            _ => None,
        }),
        of: refs(estate, &of),
    });
    // Those who can be told first, what nobody answers for last.
    let (some, none): (Vec<Told>, Vec<Told>) = told.partition(|told| told.owner.is_some());
    some.into_iter().chain(none).collect()
}
