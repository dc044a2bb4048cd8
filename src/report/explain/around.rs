//! What surrounds a subject: those whom its facts name, its rights, and the ways from it and to it.

use super::subject::name_of;
use super::{Item, Places, Section, name, piece, supplied, value};
use crate::contract::explanation::v1::{Explanation, Grant, LetsIn, Related, Relation, Right, Way};
use crate::contract::v1::{Evidence, FactState, Hop, HopState};
use crate::model::Subject;
use crate::model::schema::FactType;
use crate::report::human::{self, count};
use crate::report::summary::{Piece, Tone};
use crate::report::words;

/// How many members of a relation, grants of a policy and ways of a kind are shown.
const SHOWN: usize = 12;

pub(super) fn relations(all: &Explanation, places: &Places) -> Vec<Section> {
    let told = all.relations.iter().filter(|relation| !relation.members.is_empty());
    // The policies of an identity or a group stand with their grants.
    let told =
        told.filter(|relation| all.rights.is_empty() || !(relation.own && name_of(&relation.fact) == "policies"));
    told.map(|relation| section(relation, places)).collect()
}

fn section(relation: &Relation, places: &Places) -> Section {
    let name = words::plain(name_of(&relation.fact));
    let title = match (relation.own, relation.fact.split_once('.')) {
        (false, Some((subject, _))) => format!("{}, in whose {name} it is", words::subjects(subject)),
        _ => name,
    };
    let mut items: Vec<Item> = relation.members.iter().take(SHOWN).map(|one| related(one, places)).collect();
    more(&mut items, relation.count);
    let note = relation.cause.map(|cause| {
        let from = supplied(&relation.supplied_by);
        let from = if from.is_empty() { String::new() } else { format!(": {from}") };
        format!("there may be more, {}{from}", cause.label())
    });
    Section { title: capital(&title), note: note.unwrap_or_default(), items }
}

fn related(one: &Related, places: &Places) -> Item {
    let facts: Vec<String> = one.facts.iter().filter_map(tell).collect();
    Item::default()
        .cell(human::brief(human::name_or(&one.subject.name, &one.subject.id)), Tone::Plain)
        .cell(facts.join(", "), Tone::Plain)
        .cell(places.of(&one.evidence), Tone::Dim)
}

/// A fact as one says it of somebody in passing; nothing for what goes without saying.
fn tell(one: &Evidence) -> Option<String> {
    let found = one.fact.split_once('.').and_then(|(subject, name)| Subject::from_name(subject)?.fact(name));
    let fact = found?.def();
    let name = match fact.name {
        "is_ai" => "AI-connected".to_owned(),
        name => words::plain(name.strip_suffix("_at").unwrap_or(name)),
    };
    match (one.state, fact.ty) {
        (FactState::Known, FactType::Bool) if one.value == "true" => Some(name),
        (FactState::Known, FactType::Bool) => (fact.name != "is_ai").then(|| format!("not {name}")),
        (FactState::Unknown, FactType::Bool) => (fact.name != "is_ai").then(|| format!("{name}: not known")),
        (FactState::Known, FactType::Time) => Some(format!("{name} {}", one.value.get(..10).unwrap_or(&one.value))),
        (FactState::Known, FactType::Int) => Some(format!("{name} {}", one.value)),
        (FactState::Known, _) => Some(value(one)),
        (FactState::Absent, _) => Some(human::brief(&one.value)).filter(|text| text != "none is recorded"),
        (FactState::Unknown, _) => None,
    }
}

fn more(items: &mut Vec<Item>, of: u64) {
    let rest = of.saturating_sub(items.len() as u64);
    if rest > 0 {
        items.push(Item::default().cell(format!("and {} more", human::number(rest)), Tone::Dim));
    }
}

pub(super) fn rights(all: &Explanation, places: &Places) -> Option<Section> {
    let items: Vec<Item> = all.rights.iter().map(|one| right(one, places)).collect();
    let grants: u64 = all.rights.iter().map(|right| right.grants.len() as u64).sum();
    let policies = count(all.rights.len() as u64, "policy", "policies");
    (!items.is_empty()).then(|| Section {
        title: "Rights".to_owned(),
        note: format!("{} of {policies}", count(grants, "grant", "grants")),
        items,
    })
}

fn right(one: &Right, places: &Places) -> Item {
    let through = one.through.as_ref().map(|group| format!("by the group {}", human::brief(&group.name)));
    let mut item = Item::default().cell(human::brief(&one.policy.name), Tone::Strong);
    if let Some(through) = through {
        item = item.cell(through, Tone::Plain);
    }
    for grant in one.grants.iter().take(SHOWN) {
        item.below(grant_line(grant, places));
    }
    let rest = one.grants.len().saturating_sub(SHOWN) as u64;
    if rest > 0 {
        item.below(vec![piece(format!("and {} more", human::number(rest)), Tone::Dim)]);
    }
    if one.unread {
        item.below(vec![piece("its text was not read: what it allows is not known", Tone::Warn)]);
    } else if one.taken_away > 0 {
        let statements = count(one.taken_away, "statement", "statements");
        item.below(vec![piece(format!("nothing is left of {statements} by its boundary or a deny"), Tone::Dim)]);
    } else if one.grants.is_empty() {
        item.below(vec![piece("allows nothing by itself", Tone::Dim)]);
    }
    item
}

fn grant_line(grant: &Grant, places: &Places) -> Vec<Piece> {
    let condition = match grant.conditional {
        Some(false) => "",
        Some(true) => ", under a condition",
        None => ", perhaps under a condition",
    };
    vec![
        piece(format!("{:<10}  ", grant.level), Tone::Plain),
        piece(format!("{}{condition}  ", human::brief(&grant.evidence.value)), Tone::Plain),
        piece(places.of(&grant.evidence), Tone::Dim),
    ]
}

/// Whom its trusts let in, where that is more than one known identity.
pub(super) fn lets_in(all: &Explanation, places: &Places) -> Option<Section> {
    let wide: Vec<&LetsIn> = all.lets_in.iter().filter(|one| one.wide).collect();
    let items: Vec<Item> = wide.iter().take(SHOWN).map(|one| wide_trust(one, places)).collect();
    let more = wide.len().saturating_sub(SHOWN) as u64;
    let more = (more > 0).then(|| Item::default().cell(format!("and {} more", human::number(more)), Tone::Dim));
    (!items.is_empty()).then(|| Section {
        title: "Lets in".to_owned(),
        note: "by a trust that leaves open who comes, also whom no export lists".to_owned(),
        items: items.into_iter().chain(more).collect(),
    })
}

fn wide_trust(one: &LetsIn, places: &Places) -> Item {
    let whom = match (one.kind.as_str(), &one.subjects) {
        ("anyone", _) => "anyone at all".to_owned(),
        ("account", _) => format!("everyone in {}", human::brief(&one.principal)),
        (_, Some(subjects)) => format!("every {} of {}", human::brief(subjects), human::brief(&one.principal)),
        _ => format!("every subject of {}", human::brief(&one.principal)),
    };
    let under = match one.conditions.as_slice() {
        [] => "without a condition".to_owned(),
        keys => format!("under conditions on {}", human::brief(&keys.join(", "))),
    };
    Item::default().cell(whom, Tone::Bad).cell(under, Tone::Plain).cell(places.of(&one.evidence), Tone::Dim)
}

/// The ways from a subject and to it.
pub(super) fn ways(all: &Explanation, places: &Places) -> Vec<Section> {
    let identity = all.subject.kind == "identity";
    // The credentials of an identity and the AI systems that run as it are told with its facts.
    let far = |way: &&Way| !identity || way.hops.len() > 1;
    let (out, into) = if identity { ("Can become", "Who can become it") } else { ("Acts as", "Who reaches it") };
    [
        (out, &all.can_become, false, all.can_become.ways.iter().collect::<Vec<_>>()),
        ("Reaches", &all.reaches, false, all.reaches.ways.iter().collect()),
        (into, &all.become_by, true, all.become_by.ways.iter().collect()),
        ("What leads to it", &all.reached_by, true, all.reached_by.ways.iter().filter(far).collect()),
    ]
    .into_iter()
    .filter(|(.., told)| !told.is_empty())
    .map(|(title, ways, inward, told)| {
        // Those that are told elsewhere are not counted here.
        let near = ways.ways.iter().filter(|one| !told.iter().any(|told| std::ptr::eq(*told, *one)));
        let near: Vec<HopState> = near.map(|one| one.state).collect();
        let of = |state: HopState, n: u64| n.saturating_sub(near.iter().filter(|one| **one == state).count() as u64);
        let counts = [
            of(HopState::Certain, ways.certain),
            of(HopState::Conditional, ways.conditional),
            of(HopState::Possible, ways.possible),
        ];
        let shown = told.into_iter().take(SHOWN);
        let mut items: Vec<Item> = shown.map(|one| way(one, inward, &all.subject.scope, places)).collect();
        more(&mut items, counts.iter().sum());
        Section { title: title.to_owned(), note: tally(counts, ways.ended), items }
    })
    .collect()
}

fn tally(counts: [u64; 3], ended: bool) -> String {
    let parts = counts.into_iter().zip(["for certain", "under a condition", "possibly"]);
    let told: Vec<String> =
        parts.filter(|(n, _)| *n > 0).map(|(n, words)| format!("{} {words}", human::number(n))).collect();
    // Where the search was ended there are more.
    format!("{}{}", if ended { "at least " } else { "" }, told.join(", "))
}

fn way(one: &Way, inward: bool, here: &str, places: &Places) -> Item {
    let tone = if one.state == HopState::Certain { Tone::Plain } else { Tone::Dim };
    let hop = if inward { one.hops.first() } else { one.hops.last() };
    let beside = hop.map(|hop| if inward { &hop.to } else { &hop.from });
    let via = match (one.hops.len(), beside) {
        (2.., Some(beside)) => format!(", {} {}", if inward { "over" } else { "as" }, name(beside, here)),
        _ => String::new(),
    };
    let how =
        hop.map_or_else(String::new, |hop| if words::becomes(hop) { words::step(hop) } else { words::plain(&hop.how) });
    let mut item = Item::default()
        .cell(name(&one.subject, here), tone)
        .cell(one.state.label(), tone)
        .cell(format!("{how}{via}"), tone);
    let grounds = hop.map(grounds).unwrap_or_default();
    if one.subject.kind == "resource" {
        item = item.cell(grounds.first().map(|one| places.of(one)).unwrap_or_default(), Tone::Dim);
    } else if one.state == HopState::Certain {
        for evidence in grounds {
            item.below(vec![
                piece(format!("{}  ", human::brief(&evidence.value)), Tone::Dim),
                piece(places.of(evidence), Tone::Dim),
            ]);
        }
    }
    item
}

/// What a hop rests on, without what only repeats whom it leads to.
fn grounds(hop: &Hop) -> Vec<&Evidence> {
    hop.evidence.iter().filter(|one| matches!(one.fact.as_ref(), "policy.grants" | "becoming.principal")).collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
