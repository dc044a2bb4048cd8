//! A leak drill for people: what a credential opens, how fast it is closed, who must be told.

use super::{Item, Places, Section, name, piece, value};
use crate::contract::drill::v1::{Clock, Drill, Opened, Outcome, Told};
use crate::contract::v1::{Evidence, FactState, Hop, HopState, SubjectRef};
use crate::report::human::{self, count};
use crate::report::summary::Tone;
use crate::report::words;

/// How much of each list is told in full.
const SHOWN: usize = 12;

pub(super) fn sections(all: &Drill) -> Vec<Section> {
    let places = Places::default();
    let mut sections = vec![heading(all, &places), clock(&all.clock, &places)];
    sections.extend(opens(all, &places));
    sections.extend(models(all, &places));
    sections.extend(administrator(all, &places));
    sections.extend(sessions(all, &places));
    sections.push(tell(all));
    let unknown = all.open.iter().map(|text| Item::default().cell(text, Tone::Plain)).collect();
    sections.push(Section { title: "What is not known".to_owned(), note: String::new(), items: unknown });
    sections.extend(super::subject::named(&all.exports, &places));
    sections
}

fn heading(all: &Drill, places: &Places) -> Section {
    let kind = all.kind.as_deref().map_or("credential".to_owned(), words::plain);
    let mut items = vec![
        Item::default().cell("id", Tone::Dim).cell(&all.credential.id, Tone::Plain),
        Item::default()
            .cell("accepted", Tone::Dim)
            .cell(value(&all.enabled), Tone::Plain)
            .cell(places.of(&all.enabled), Tone::Dim),
        Item::default()
            .cell("proves", Tone::Dim)
            .cell(all.proves.as_ref().map_or_else(|| "not known".to_owned(), |row| row.id.clone()), Tone::Plain)
            .cell(places.of(&all.identity), Tone::Dim),
    ];
    let mut list = |label: &str, texts: Vec<String>, stands: &[Evidence]| {
        for (at, text) in texts.iter().take(SHOWN).enumerate() {
            let item = Item::default().cell(if at == 0 { label } else { "" }, Tone::Dim).cell(text, Tone::Plain);
            items.push(match stands.get(at) {
                Some(place) => item.cell(places.of(place), Tone::Dim),
                None => item,
            });
        }
        if texts.len() > SHOWN {
            let rest = (texts.len() - SHOWN) as u64;
            items
                .push(Item::default().cell("", Tone::Dim).cell(format!("and {} more", human::number(rest)), Tone::Dim));
        }
    };
    list("held by", all.held_by.iter().map(brief).collect(), &all.held_at);
    list("stands in", all.places.clone(), &[]);
    list("exposed in", all.exposures.iter().map(brief).collect(), &[]);
    list("may be", all.may_be.iter().map(|one| human::brief(&one.credential.id)).collect(), &[]);
    Section {
        title: format!("Leak drill: {kind} {}", brief(&all.credential)),
        note: format!("as of {}", human::as_of(&all.as_of.at)),
        items,
    }
}

fn brief(one: &SubjectRef) -> String {
    human::brief(human::name_or(&one.name, &one.id))
}

fn minutes(seconds: i64) -> String {
    // To the minute, since that is what is raced.
    count(seconds.unsigned_abs().div_ceil(60), "minute", "minutes")
}

fn clock(clock: &Clock, places: &Places) -> Section {
    let (said, tone) = match (clock.outcome, clock.tested_seconds) {
        (Outcome::InTime, Some(tested)) => {
            (format!("revoked after {}, before the fastest attacker", minutes(tested)), Tone::Good)
        }
        (Outcome::LateForTheFastest, Some(tested)) => (
            format!(
                "revoked after {}: the fastest attacker has had it for {}, those on average not yet",
                minutes(tested),
                minutes(tested - clock.fastest_seconds)
            ),
            Tone::Bad,
        ),
        (Outcome::Late, Some(tested)) => (
            format!(
                "revoked after {}: the fastest attacker has had it for {}, those on average for {}",
                minutes(tested),
                minutes(tested - clock.fastest_seconds),
                minutes(tested - clock.average_seconds)
            ),
            Tone::Bad,
        ),
        (Outcome::Refused, _) => ("it is no longer accepted: a leak of it opens nothing".to_owned(), Tone::Good),
        (Outcome::NeverTried, _) => {
            ("no revocation was ever tried: how long it takes is anyone's guess".to_owned(), Tone::Bad)
        }
        _ => ("nobody says how long its revocation takes".to_owned(), Tone::Warn),
    };
    let mut items = vec![Item::default().cell(said, tone)];
    let mut line = |label: &str, text: String, place: String| {
        items.push(Item::default().cell(label, Tone::Dim).cell(text, Tone::Plain).cell(place, Tone::Dim));
    };
    line("fastest", minutes(clock.fastest_seconds), clock.source.clone());
    line("on average", minutes(clock.average_seconds), clock.source.clone());
    if clock.tested.state == FactState::Known {
        line("tested", value(&clock.tested), places.of(&clock.tested));
        line("tried", value(&clock.tried), places.of(&clock.tried));
    }
    Section { title: "Against the clock".to_owned(), note: String::new(), items }
}

fn opens(all: &Drill, places: &Places) -> Option<Section> {
    let counts = all.opened;
    let of = |sure: u64, perhaps: u64, one: &str, many: &str| {
        let more = if perhaps == 0 { String::new() } else { format!(" and perhaps {} more", human::number(perhaps)) };
        format!("{}{more}", count(sure, one, many))
    };
    let note = format!(
        "{}, {}; restricted: {}{}{}",
        of(counts.identities, counts.identities_perhaps, "identity", "identities"),
        of(counts.resources, counts.resources_perhaps, "known resource", "known resources"),
        human::number(counts.restricted),
        match counts.restricted_perhaps {
            0 => String::new(),
            perhaps => format!(" and perhaps {} more", human::number(perhaps)),
        },
        if counts.ended { "; there is more than was looked for" } else { "" }
    );
    let items: Vec<Item> = all.opens.iter().take(SHOWN).map(|one| opened(one, all, places)).collect();
    let rest = (counts.identities + counts.identities_perhaps + counts.resources + counts.resources_perhaps)
        .saturating_sub(items.len() as u64);
    let more = (rest > 0).then(|| Item::default().cell(format!("and {} more", human::number(rest)), Tone::Dim));
    let items: Vec<Item> = items.into_iter().chain(more).collect();
    (!items.is_empty()).then(|| Section { title: "What it opens".to_owned(), note, items })
}

fn opened(one: &Opened, all: &Drill, places: &Places) -> Item {
    let here = &all.credential.scope;
    let tone = if one.sensitivity.as_deref() == Some("restricted") { Tone::Bad } else { Tone::Plain };
    let mut item = Item::default()
        .cell(name(&one.subject, here), tone)
        .cell(one.state.label(), if one.state == HopState::Certain { Tone::Plain } else { Tone::Dim })
        .cell(one.sensitivity.as_deref().map_or_else(String::new, words::plain), tone)
        .cell(one.environment.as_deref().map_or_else(String::new, words::plain), Tone::Dim);
    for hop in &one.hops {
        item.below(vec![piece(hop_line(hop, here), Tone::Dim), piece(grounds(hop, places), Tone::Dim)]);
    }
    item
}

fn hop_line(hop: &Hop, here: &str) -> String {
    let (n, from, to) = (hop.n, name(&hop.from, here), name(&hop.to, here));
    if words::becomes(hop) {
        return format!("{n}. {from} becomes {to} {}  ", words::step_on(hop));
    }
    let more = hop.left_out.map(|more| format!(", then {}", human::count(more.into(), "more step", "more steps")));
    format!("{n}. {from} {} {to}{}  ", words::plain(&hop.how), more.unwrap_or_default())
}

fn grounds(hop: &Hop, places: &Places) -> String {
    hop.evidence.iter().map(|one| places.of(one)).collect::<Vec<_>>().join(", ")
}

fn models(all: &Drill, places: &Places) -> Option<Section> {
    let callers = &all.models.callers;
    let mut items: Vec<Item> = Vec::new();
    for caller in callers.iter().take(SHOWN) {
        let tone = if caller.state == HopState::Certain { Tone::Bad } else { Tone::Warn };
        let mut item = Item::default()
            .cell(name(&caller.identity, &all.credential.scope), tone)
            .cell(caller.state.label(), if caller.state == HopState::Certain { Tone::Plain } else { Tone::Dim });
        for right in caller.rights.iter().take(SHOWN) {
            let what = right.evidence.first();
            let what = what.map(|one| one.note.as_deref().map_or_else(|| human::brief(&one.value), human::brief));
            let sure = if right.state == caller.state { String::new() } else { format!(", {}", right.state.label()) };
            let ground = right.evidence.iter().map(|one| places.of(one)).collect::<Vec<_>>().join(", ");
            let what = format!("{}{sure}  ", what.unwrap_or_default());
            item.below(vec![piece(what, Tone::Dim), piece(ground, Tone::Dim)]);
        }
        let rest = caller.left_out.saturating_add(caller.rights.len().saturating_sub(SHOWN) as u64);
        if rest > 0 {
            item.below(vec![piece(format!("and {} more", human::number(rest)), Tone::Dim)]);
        }
        items.push(item);
    }
    let rest = all.models.left_out.saturating_add(callers.len().saturating_sub(SHOWN) as u64);
    if rest > 0 {
        items.push(Item::default().cell(format!("and {} more", human::number(rest)), Tone::Dim));
    }
    let note = "what those who try leaked keys are after".to_owned();
    (!items.is_empty()).then(|| Section { title: "Who may call AI models".to_owned(), note, items })
}

fn administrator(all: &Drill, places: &Places) -> Option<Section> {
    let way = all.administrator.as_ref()?;
    let mut items: Vec<Item> = way
        .hops
        .iter()
        .map(|hop| {
            Item::default()
                .cell(hop_line(hop, &all.credential.scope), Tone::Plain)
                .cell(grounds(hop, places), Tone::Dim)
        })
        .collect();
    for ground in &way.grounds {
        let root = ground.fact == "identity.root";
        let note = ground
            .note
            .clone()
            .unwrap_or_else(|| if root { "it is the root of its account".to_owned() } else { ground.value.clone() });
        items.push(Item::default().cell(note, Tone::Bad).cell(places.of(ground), Tone::Dim));
    }
    let note = if way.hops.is_empty() { "what it proves is one" } else { "what it proves can become one" };
    Some(Section { title: "An administrator".to_owned(), note: note.to_owned(), items })
}

fn sessions(all: &Drill, places: &Places) -> Option<Section> {
    let items: Vec<Item> = all
        .sessions
        .iter()
        .take(SHOWN)
        .map(|one| {
            Item::default()
                .cell(name(&one.identity, &all.credential.scope), Tone::Plain)
                .cell(value(&one.longest), Tone::Plain)
                .cell(places.of(&one.longest), Tone::Dim)
        })
        .collect();
    let note = "begun before, they go on after the credential is refused, unless they are denied".to_owned();
    (!items.is_empty()).then(|| Section { title: "Sessions that outlive it".to_owned(), note, items })
}

fn tell(all: &Drill) -> Section {
    let items = all.tell.iter().map(|told| someone(told, &all.credential.scope)).collect();
    Section { title: "Who must be told".to_owned(), note: String::new(), items }
}

fn someone(told: &Told, here: &str) -> Item {
    let of: Vec<String> = told.of.iter().take(SHOWN).map(|one| name(one, here)).collect();
    let rest = told.of.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let of = format!("for {}{more}", of.join(", "));
    match &told.owner {
        None => Item::default().cell("no owner is known", Tone::Bad).cell("", Tone::Plain).cell(of, Tone::Plain),
        Some(owner) => {
            let (who, tone) = match told.active {
                Some(true) => (String::new(), Tone::Plain),
                Some(false) => ("has left".to_owned(), Tone::Bad),
                None => ("whether they are still there is not known".to_owned(), Tone::Warn),
            };
            let address = told.email.clone().unwrap_or_default();
            let beside = [address, who].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
            Item::default().cell(brief(owner), Tone::Strong).cell(beside, tone).cell(of, Tone::Plain)
        }
    }
}
