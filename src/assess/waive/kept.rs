//! What a finding rests on, as a waiver keeps it: facts by name, as they stand.

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::judge::{Question, trace_of};
use crate::assess::named::{digest_of, id_of, value_of};
use crate::base::digest::Digester;
use crate::control::waiver::{GivenFor, Kept, MOST_FACTS};
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::schema::{FactId, FactType, Worse};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _};

/// Most members of a list that are kept one by one.
const MOST_MEMBERS: usize = 200;

/// A fact that decides now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deciding {
    /// Its name.
    pub name: String,
    /// Its definition's place.
    pub fact: FactId,
    /// As it stands.
    pub value: Kept,
}

/// What a finding rests on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ground {
    /// The digest of what decides, as classes.
    pub digest: String,
    /// The facts that decide, in the order in which they do.
    pub deciding: Vec<Deciding>,
}

/// What the finding on a row rests on now.
pub(super) fn ground(estate: &Estate<'_>, question: &Question<'_>, run: &str, row: u32) -> Ground {
    let about = Row::new(question.subject, row);
    let trace = trace_of(estate, question, row);
    let mut deciding: Vec<Deciding> = Vec::new();
    let mut put = |name: String, fact: FactId, value: Kept| {
        if !deciding.iter().any(|one| one.name == name) {
            deciding.push(Deciding { name, fact, value });
        }
    };
    for read in trace.facts.iter().filter(|read| !read.member && !read.fact.def().ty.is_list()) {
        let name = name(estate, about, read.row, read.fact, read.key.as_deref());
        put(name, read.fact, cell(estate, read.row, read.fact, read.cell));
    }
    let read: BTreeSet<(Row, FactId)> =
        trace.facts.iter().filter(|read| read.member).map(|read| (read.row, read.fact)).collect();
    let closed = trace.closed.iter().map(|list| (list.row, list.fact));
    for (of, fact) in read.iter().copied().chain(closed) {
        let members = match fact.def().worse {
            // Nobody says whether more of them are worse: what decided counts, as it does for the digest.
            Worse::Neither => some(estate, of, fact, &trace.facts),
            _ => whole(estate, of, fact),
        };
        put(name(estate, about, of, fact, None), fact, members);
    }
    Ground { digest: digest_of(estate, run, &trace.facts), deciding }
}

/// What a waiver that is given now for the finding on a row keeps of it.
///
/// Beside what decides now it keeps what the check asks about else of the same subjects: as time passes, or as one member of a
/// list goes, that may come to decide without having changed.
#[must_use]
pub fn given_for(estate: &Estate<'_>, question: &Question<'_>, run: &str, row: u32) -> GivenFor {
    let about = Row::new(question.subject, row);
    let Ground { digest, deciding } = ground(estate, question, run, row);
    let mut facts: BTreeMap<String, Kept> = deciding.into_iter().map(|one| (one.name, one.value)).collect();
    let asked = question.passes.facts();
    let single = |fact: &&FactId| !fact.def().ty.is_list() && fact.def().ty != FactType::Map;
    let mut rows = BTreeSet::from([about]);
    let trace = trace_of(estate, question, row);
    let members = trace.facts.iter().filter(|read| read.member).map(|read| (read.row, read.fact));
    let lists: BTreeSet<(Row, FactId)> = members.chain(trace.closed.iter().map(|list| (list.row, list.fact))).collect();
    for (of, fact) in lists {
        estate.list(of, fact, &mut |member| {
            if let Scalar::Ref(row) = member.value {
                rows.insert(row);
            }
            rows.len() <= MOST_FACTS
        });
    }
    for of in rows {
        for fact in asked.iter().filter(|fact| fact.subject == of.subject).filter(single) {
            let name = name(estate, about, of, *fact, None);
            facts.entry(name).or_insert_with(|| cell(estate, of, *fact, estate.cell(of, *fact)));
        }
    }
    let lists = asked
        .iter()
        .filter(|fact| fact.subject == about.subject && fact.def().ty.is_list() && fact.def().worse != Worse::Neither);
    for fact in lists {
        facts.entry(name(estate, about, about, *fact, None)).or_insert_with(|| whole(estate, about, *fact));
    }
    // Of very many none is kept: any change of the digest then counts.
    if facts.len() > MOST_FACTS {
        facts.clear();
    }
    GivenFor { digest, facts }
}

/// `credential.enabled`, with the entry of a map, and with whose it is where that is another subject.
fn name(estate: &Estate<'_>, about: Row, of: Row, fact: FactId, key: Option<&str>) -> String {
    let key = key.map(|key| format!("[{}]", crate::base::text::shown(key))).unwrap_or_default();
    let whose = if of == about { String::new() } else { format!(" of {}", id_of(estate, of)) };
    format!("{}{key}{whose}", fact.path())
}

fn cell(estate: &Estate<'_>, of: Row, fact: FactId, cell: Cell<'_>) -> Kept {
    match cell {
        Cell::Absent => Kept::Absent,
        Cell::Unknown(_) => Kept::Unknown,
        Cell::Known(Scalar::Bool(value)) => Kept::Bool(value),
        Cell::Known(Scalar::Int(value) | Scalar::Duration(value)) => Kept::Int(value),
        Cell::Known(scalar) => Kept::Text(value_of(estate, of, fact, scalar)),
    }
}

/// All members of a list.
fn whole(estate: &Estate<'_>, of: Row, fact: FactId) -> Kept {
    let mut members = BTreeSet::new();
    let completeness = estate.list(of, fact, &mut |member| {
        members.insert(value_of(estate, of, fact, member.value));
        true
    });
    if members.len() > MOST_MEMBERS {
        let mut digester = Digester::default();
        for member in &members {
            digester.update(member.as_bytes());
            digester.update(b"\n");
        }
        return Kept::Text(format!("{} members, SHA-256 {}", members.len(), digester.finish()));
    }
    Kept::List(members.into_iter().collect(), completeness != Completeness::Complete)
}

/// The members of a list that decided.
fn some(estate: &Estate<'_>, of: Row, fact: FactId, facts: &[FactRead<'_>]) -> Kept {
    let read = facts.iter().filter(|read| read.member && read.row == of && read.fact == fact);
    let known = read.filter_map(|read| match read.cell {
        Cell::Known(scalar) => Some(value_of(estate, of, fact, scalar)),
        _ => None,
    });
    let members: BTreeSet<String> = known.take(MOST_MEMBERS).collect();
    Kept::List(members.into_iter().collect(), false)
}
