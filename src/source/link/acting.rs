//! Whom identities and AI systems act as by the word of a person: what no export shows, and what one shows and is not so.
//!
//! What an AI system runs as is a fact of it, and is changed at once. Of identities the graph of
//! rights is told, since trusts name some that nothing else has.

use std::collections::HashMap;

use super::subjects;
use crate::base::diagnostic::Diagnostic;
use crate::export::declared::Acting;
use crate::model::facts::{ai_system, identity};
use crate::model::intern::Sym;
use crate::model::link::{self, Method};
use crate::model::schema::Subject;
use crate::model::slots::{Row, Why};
use crate::model::world::World;
use crate::source::run::Run;

/// Carries out what the profile says of who acts as whom.
pub fn finish(run: &mut Run, all: &[Acting]) {
    let mut known: HashMap<(Sym, Sym), bool> = HashMap::new();
    for said in all {
        let world = &mut run.world;
        let mut intern = |text: &str| world.strings.intern(&subjects::named(text).0);
        let (who, whom) = (intern(&said.who), intern(&said.whom));
        let wrong = match known.insert((who, whom), said.acts) {
            Some(acts) if acts != said.acts => vec![contradiction(said)],
            Some(_) => Vec::new(),
            None => carry_out(world, said, who, whom),
        };
        run.diagnostics.extend(wrong);
    }
}

fn carry_out(world: &mut World, said: &Acting, who: Sym, whom: Sym) -> Vec<Diagnostic> {
    if who == whom {
        return vec![nobody_else(said)];
    }
    let wrong = strangers(world, said, who, whom);
    if !wrong.is_empty() {
        return wrong;
    }
    let (system, target) = (world.table(Subject::AiSystem).find(who), world.table(Subject::Identity).find(whom));
    match (system, target) {
        (Some(system), Some(target)) if said.acts => runs_as(world, system, target),
        (Some(system), Some(target)) => return runs_not_as(world, said, system, target).into_iter().collect(),
        _ if !said.acts && of_one_system(world, who, whom) => return vec![within(said)],
        _ => world.acting.push(link::Acting { who, whom, acts: said.acts }),
    }
    Vec::new()
}

/// What to say of each end that nothing has.
fn strangers(world: &World, said: &Acting, who: Sym, whom: Sym) -> Vec<Diagnostic> {
    let identity = |id: Sym| world.table(Subject::Identity).find(id).is_some();
    let system = |id: Sym| world.table(Subject::AiSystem).find(id).is_some();
    // Who presents tokens of an issuer may be known by a trust alone, which is followed later.
    let presents = |id: Sym| world.strings.text(id).contains(":subject:");
    let mut wrong = Vec::new();
    if !system(who) && !identity(who) && !presents(who) {
        wrong.push(unmatched(said, &said.who, "no identity and no AI system has"));
    }
    if !identity(whom) {
        wrong.push(unmatched(said, &said.whom, "no identity has"));
    }
    wrong
}

fn of_one_system(world: &World, who: Sym, whom: Sym) -> bool {
    let system = |id: Sym| world.strings.text(id).split(':').next();
    system(who) == system(whom)
}

fn runs_as(world: &mut World, system: u32, whose: u32) {
    let Some(record) = world.table(Subject::AiSystem).records(system).next() else { return };
    // What a file says as well is cited with its record, and needs no word of the profile.
    if world.table_mut(Subject::AiSystem).take_back(ai_system::IDENTITIES.id, system, whose, 0) {
        return;
    }
    world.push(ai_system::IDENTITIES, system, whose);
    world.push(identity::AI_SYSTEMS, whose, system);
    let (system, whose) = (Row::new(Subject::AiSystem, system), Row::new(Subject::Identity, whose));
    world.link(Method::Said, system, whose, record);
}

/// Takes back what a configuration says that an AI system runs as. What a person states in the inventory stays, and what
/// a key proves that the system holds; as what else it runs nobody says, so that is open.
fn runs_not_as(world: &mut World, said: &Acting, system: u32, whose: u32) -> Option<Diagnostic> {
    let (one, other) = (Row::new(Subject::AiSystem, system), Row::new(Subject::Identity, whose));
    let configured = |link: &link::Link| (link.method, link.one, link.other) == (Method::AgentRole, one, other);
    let times = world.links.iter().filter(|link| configured(link)).count();
    if times == 0 {
        return Some(takes_nothing(said));
    }
    world.links.retain(|link| !configured(link));
    world.table_mut(Subject::Identity).take_back(identity::AI_SYSTEMS.id, whose, system, times);
    if world.table_mut(Subject::AiSystem).take_back(ai_system::IDENTITIES.id, system, whose, times) {
        return Some(stated(said));
    }
    world.open(ai_system::IDENTITIES.id, system, Why::MissingFact);
    None
}

fn at(mut wrong: Diagnostic, said: &Acting, what: &'static str) -> Diagnostic {
    if let Some(place) = &said.place {
        wrong = wrong.at(place.file.clone(), place.span.clone(), what);
    }
    wrong
}

fn unmatched(said: &Acting, id: &str, nobody: &str) -> Diagnostic {
    let message = format!("{nobody} the id `{id}`, of which a link of the profile speaks");
    at(Diagnostic::warning("link-matches-nothing", message), said, "matches nothing")
        .help("write the id as reports write it, or take the entry out")
}

fn contradiction(said: &Acting) -> Diagnostic {
    let message = format!("`{}` is said to act as `{}` and never to do so", said.who, said.whom);
    at(Diagnostic::error("link-contradicts-link", message), said, "the opposite is said elsewhere")
        .help("take one of the two entries out")
}

fn within(said: &Acting) -> Diagnostic {
    let message = format!(
        "that `{}` never acts as `{}` is not taken from the profile: what lets it is of one system, and read there",
        said.who, said.whom
    );
    at(Diagnostic::warning("link-within-a-system", message), said, "no link between systems")
        .help("take away the right or the trust in that system, or take the entry out")
}

fn nobody_else(said: &Acting) -> Diagnostic {
    let message = format!("`{}` and `{}` are the same identity", said.who, said.whom);
    at(Diagnostic::error("bad-link", message), said, "no link between two").help("write two ids, as reports write them")
}

fn takes_nothing(said: &Acting) -> Diagnostic {
    let message =
        format!("no configuration says that `{}` acts as `{}`: the link takes nothing away", said.who, said.whom);
    at(Diagnostic::warning("link-takes-nothing", message), said, "takes nothing away")
        .help("what the inventory states is changed there, and a key that is not held is told apart with `different`")
}

fn stated(said: &Acting) -> Diagnostic {
    let message = format!("the inventory states that `{}` acts as `{}`, and that stays", said.who, said.whom);
    at(Diagnostic::warning("link-contradicts-inventory", message), said, "never, says this")
        .help("take one of the two out")
}
