//! Texts that people wrote freely, without the secrets that were written there by mistake.
//!
//! What names something that others refer to is left as it is: only what is told and never looked up is changed.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::secrets;
use crate::model::facts::{ai_system, credential, exposure, group, identity, policy, resource};
use crate::model::intern::Sym;
use crate::model::schema::{FactId, Subject};
use crate::model::world::World;

/// Facts that are texts for people.
const SPOKEN: &[FactId] = &[
    credential::NAME.id,
    group::NAME.id,
    identity::DESCRIPTION.id,
    identity::NAME.id,
    identity::PURPOSE.id,
    ai_system::NAME.id,
    ai_system::PURPOSE.id,
    exposure::NAME.id,
    exposure::RULE.id,
    policy::NAME.id,
    resource::NAME.id,
];

/// Takes secrets of a known form out of what is told in words: facts, and notes on the exports.
pub fn finish(world: &mut World) {
    let hidden = hidden(world);
    if !hidden.is_empty() {
        for fact in SPOKEN {
            for row in world.table(fact.subject).rows() {
                let text = u32::try_from(world.table(fact.subject).get(*fact, row)).ok();
                let Some(masked) = text.and_then(|text| hidden.get(&text)) else { continue };
                world.table_mut(fact.subject).replace(*fact, row, i64::from(masked.0));
            }
        }
    }
    tags(world);
    for note in &mut world.quality {
        if let Cow::Owned(masked) = secrets::masked(&note.message) {
            note.message = masked;
        }
    }
}

/// Of the texts in which there are secrets: each without them. Many rows have the same text, which is looked through once.
fn hidden(world: &mut World) -> HashMap<u32, Sym> {
    let spoken = |fact: &FactId| {
        let table = world.table(fact.subject);
        table.rows().filter_map(|row| u32::try_from(table.get(*fact, row)).ok()).collect::<Vec<u32>>()
    };
    let mut texts: Vec<u32> = SPOKEN.par_iter().flat_map_iter(spoken).collect();
    texts.par_sort_unstable();
    texts.dedup();
    let masked = |text: &u32| match secrets::masked_words(world.strings.text(Sym(*text))) {
        Cow::Owned(masked) => Some((*text, masked)),
        Cow::Borrowed(_) => None,
    };
    // In the order of the texts, so that what is new gets the same number however many threads there are.
    let masked: Vec<(u32, String)> = texts.par_iter().filter_map(masked).collect();
    masked.into_iter().map(|(text, masked)| (text, world.strings.intern(&masked))).collect()
}

/// Takes secrets out of tags: what has a secret's form, and what stands under the name of one, as `db-password` is.
fn tags(world: &mut World) {
    let entries: BTreeSet<(u32, u32)> =
        world.table(Subject::Identity).pushed(identity::TAGS.id).map(|(_, key, value)| (key, value)).collect();
    let mut hidden: HashMap<(u32, u32), (u32, u32)> = HashMap::new();
    for (key, value) in entries {
        let (name, text) = (world.strings.text(Sym(key)), world.strings.text(Sym(value)));
        let stands = secrets::value(name, text).is_literal();
        let (name, told) = (secrets::masked(name), if stands { Cow::Borrowed("…") } else { secrets::masked(text) });
        if told != text || name != world.strings.text(Sym(key)) {
            let (name, told) = (name.into_owned(), told.into_owned());
            hidden.insert((key, value), (world.strings.intern(&name).0, world.strings.intern(&told).0));
        }
    }
    if !hidden.is_empty() {
        world.table_mut(Subject::Identity).rewrite(identity::TAGS.id, |key, value| hidden.get(&(key, value)).copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{ExportInfo, Record};

    #[test]
    fn secrets_in_words_are_taken_out() {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        let token = format!("ghp_{}", "q8Zk".repeat(9));
        let (row, _) = world.upsert(Subject::Identity, "i");
        let (other, _) = world.upsert(Subject::Identity, "j");
        world.set_text(identity::DESCRIPTION, row, &format!("bot,{token}"), record);
        world.set_absent(identity::DESCRIPTION, other, record);
        world.note("odd", format!("`{token}` is no date"), None);
        let (said, _) = world.upsert(Subject::Identity, "k");
        let written = "nightly job, see https://ops:Tr0ub4dor-3@db.example/x; password: Tr0ub4dor-3x";
        world.set_text(identity::DESCRIPTION, said, written, record);
        let plain = "token: rotates each year; owner=platform, see https://wiki.example/a:b";
        let (kept, _) = world.upsert(Subject::Identity, "l");
        world.set_text(identity::DESCRIPTION, kept, plain, record);
        finish(&mut world);
        let text_of = |row| {
            let sym = u32::try_from(world.table(Subject::Identity).get(identity::DESCRIPTION.id, row)).unwrap();
            world.strings.text(Sym(sym)).to_owned()
        };
        assert!(!text_of(said).contains("Tr0ub4dor"), "{}", text_of(said));
        assert_eq!(text_of(kept), plain);
        let text = |row| u32::try_from(world.table(Subject::Identity).get(identity::DESCRIPTION.id, row));
        assert_eq!(text(row).map(|sym| world.strings.text(Sym(sym))), Ok("bot,…"));
        assert!(text(other).is_err());
        assert_eq!(world.quality.first().map(|note| note.message.as_str()), Some("`…` is no date"));
    }
}
