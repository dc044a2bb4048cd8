//! What the inventory states of environments and sensitivity in words that are none of assize's own: what they mean by the
//! profile or by custom, and which of them mean nothing.

use std::collections::BTreeMap;

use super::labels::usual;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{nearest, shown};
use crate::model::facts::{Environment, Sensitivity, identity, resource};
use crate::model::record::RecordId;
use crate::model::schema::{Fact, FactId, Subject};
use crate::model::{Sym, World};
use crate::source::STATED;

/// The name of the mistake.
pub const CODE: &str = "inventory-unknown-name";
/// Usual short forms of environments, for the nearest name.
const SHORT: [&str; 11] = ["prod", "prd", "live", "stage", "stg", "preprod", "dev", "devel", "testing", "qa", "sbx"];

/// A word that means nothing, of one fact.
#[derive(Debug)]
struct Odd {
    count: u64,
    record: Option<RecordId>,
}

/// Reads the words that are none of assize's own, and says which of them mean nothing: these stay `other`.
///
/// A label of a tag may be whatever the organisation likes; of what somebody wrote into the inventory a slip is the likelier.
pub fn apply(world: &mut World, environments: &BTreeMap<String, Environment>) -> Vec<Diagnostic> {
    let mut odd: BTreeMap<(FactId, String), Odd> = BTreeMap::new();
    for fact in [identity::ENVIRONMENT, resource::ENVIRONMENT] {
        let means = |word: &str| {
            let known = environments.get(word).or_else(|| environments.get(&word.to_lowercase())).copied();
            known.or_else(|| usual(&word.to_lowercase()))
        };
        read(world, fact, &means, &mut odd);
    }
    read(world, resource::SENSITIVITY, &|word| Sensitivity::from_name(&word.to_lowercase()), &mut odd);
    let mut told = Vec::new();
    for ((fact, word), Odd { count, record }) in odd {
        let plural = fact.subject.def().plural;
        let what = if count == 1 { fact.subject.name().to_owned() } else { format!("{count} {plural}") };
        let name = fact.def().name;
        let message =
            format!("the inventory says of the `{name}` of {what} `{}`, which is none that assize knows", shown(&word));
        let at =
            record.and_then(|record| world.records.export(record)).map(|export| format!("`{}`: ", shown(&export.path)));
        let help = help(fact, &word, environments);
        told.push(Diagnostic::warning(CODE, at.unwrap_or_default() + &message).help(help));
        world.note(CODE, format!("{message}: it counts as `other`"), record);
    }
    world.quality.sort();
    told
}

/// Puts what the words of one fact mean in their place.
fn read<T: crate::model::storable::EnumValue + Copy>(
    world: &mut World,
    fact: Fact<T>,
    means: &dyn Fn(&str) -> Option<T>,
    odd: &mut BTreeMap<(FactId, String), Odd>,
) {
    let FactId { subject, slot } = fact.id;
    let other = match fact.id.def().ty {
        crate::model::FactType::Enum(def) => def.code("other").map(i64::from),
        _ => None,
    };
    let raw: Vec<(u32, Sym)> = world
        .table(subject)
        .raw
        .iter()
        .filter(|((of, _), _)| *of == slot)
        .map(|((_, row), word)| (*row, *word))
        .collect();
    for (row, word) in raw {
        let table = world.table(subject);
        let record = table.record_of(fact.id, row);
        let stated = record.is_some_and(|record| world.records.rank(record).0 >= STATED);
        if !stated || Some(table.get(fact.id, row)) != other {
            continue;
        }
        let word = world.strings.text(word).to_owned();
        match means(word.trim()) {
            Some(meant) => world.table_mut(subject).replace(fact.id, row, i64::from(meant.code())),
            None => odd.entry((fact.id, word)).or_insert(Odd { count: 0, record }).count += 1,
        }
    }
}

/// What to write in its place.
fn help(fact: FactId, word: &str, environments: &BTreeMap<String, Environment>) -> String {
    let lower = word.trim().to_lowercase();
    if fact.subject == Subject::Resource && fact == resource::SENSITIVITY.id {
        let names: Vec<&str> = Sensitivity::ALL.iter().map(|one| one.name()).collect();
        return match nearest(&lower, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("it is one of {}", names.join(", ")),
        };
    }
    let names = Environment::ALL.iter().map(|one| one.name());
    let all = names.chain(SHORT).chain(environments.keys().map(String::as_str));
    let near = nearest(&lower, all).and_then(|name| environments.get(name).copied().or_else(|| usual(name)));
    match near {
        Some(one) => format!("did you mean `{}`?", one.name()),
        None => format!(
            "say under `[environments]` of `assize.toml` what it means: `{} = \"production\"`, or whichever it is",
            crate::base::text::toml_string(word)
        ),
    }
}
