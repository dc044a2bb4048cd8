//! Links of the profile that change nothing: what they force is listed apart, and what they forbid nothing would join.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::credentials::{Found, names_of};
use crate::base::diagnostic::Diagnostic;
use crate::export::declared::Tie;
use crate::model::intern::Sym;
use crate::model::schema::Subject;
use crate::source::print::Print;
use crate::source::run::Run;
use crate::source::sighting::Sighting;

/// The credentials with all their places.
type Placed<'p, 's> = &'p [(Found, Vec<&'s Sighting>)];

/// By what two credentials may be taken for one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    /// The secret, as it is compared within the run.
    Secret(Print),
    /// An id that a place or a system gives it.
    Id(Sym),
}

/// What an id of a link means.
struct End {
    row: Option<u32>,
    /// The credentials of that row, or the one that has no row, by their number.
    placed: Vec<usize>,
}

/// Tells which links change nothing. `heeded` are the numbers of those that answer a question.
pub fn tell(run: &mut Run, ties: &[Tie], by_key: &HashMap<Sym, u32>, rows: Placed<'_, '_>, heeded: &BTreeSet<usize>) {
    if ties.is_empty() {
        return;
    }
    let (mut by_name, mut by_row): (HashMap<Sym, usize>, HashMap<u32, Vec<usize>>) = Default::default();
    for (at, (found, members)) in rows.iter().enumerate() {
        for name in members.iter().flat_map(|member| names_of(member)) {
            by_name.entry(name).or_insert(at);
        }
        if let Some(row) = found.row {
            by_row.entry(row).or_default().push(at);
        }
    }
    let table = run.world.table(Subject::Credential);
    let end = |id: &str| {
        let id = run.world.strings.get(id)?;
        let named = by_name.get(&id).copied();
        let of_place = named.and_then(|at| rows.get(at)?.0.row);
        let row = table.find(id).or(of_place).or_else(|| by_key.get(&id).copied());
        let placed = match row {
            Some(row) => by_row.get(&row).cloned().unwrap_or_default(),
            None => named.into_iter().collect(),
        };
        (row.is_some() || named.is_some()).then_some(End { row, placed })
    };
    let keys: HashMap<u32, Sym> = by_key.iter().map(|(key, row)| (*row, *key)).collect();
    let marks = |end: &End| -> HashSet<Mark> {
        let members = end.placed.iter().filter_map(|at| rows.get(*at)).flat_map(|(_, members)| members);
        let own = members.flat_map(|one| {
            let secret = one.prints.as_ref().map(|prints| Mark::Secret(prints.whole));
            [Some(Mark::Id(one.id)), one.public_id.map(Mark::Id), secret].into_iter().flatten()
        });
        own.chain(end.row.and_then(|row| keys.get(&row)).map(|key| Mark::Id(*key))).collect()
    };
    let mut told = Vec::new();
    for (at, tie) in ties.iter().enumerate() {
        let (Some(one), Some(other)) = (end(&tie.one), end(&tie.other)) else { continue };
        let is_one = if one.row.is_some() { one.row == other.row } else { one.placed == other.placed };
        let why = match (tie.same, is_one) {
            (true, false) if one.row.is_some() && other.row.is_some() => {
                "exports list two, each under an id of its own, so they stay two"
            }
            (false, true) if one.row.is_some() => "both are ids of the same one that an export lists, so it stays one",
            (false, false)
                if !heeded.contains(&at) && !opposed(tie, ties) && marks(&one).is_disjoint(&marks(&other)) =>
            {
                "nothing that was read would make them one"
            }
            _ => continue,
        };
        told.push(changes_nothing(tie, why));
    }
    run.diagnostics.extend(told);
}

/// True if the opposite is said elsewhere, which is told by itself.
fn opposed(tie: &Tie, ties: &[Tie]) -> bool {
    let pair = |tie: &Tie| {
        let (one, other) = (tie.one.clone(), tie.other.clone());
        if one < other { (one, other) } else { (other, one) }
    };
    ties.iter().any(|other| other.same != tie.same && pair(other) == pair(tie))
}

fn changes_nothing(tie: &Tie, why: &str) -> Diagnostic {
    let said = if tie.same { "one credential" } else { "two credentials" };
    let message = format!("`{}` and `{}` are said to be {said}, and {why}", tie.one, tie.other);
    let mut wrong = Diagnostic::warning("link-changes-nothing", message);
    if let Some(place) = &tie.place {
        wrong = wrong.at(place.file.clone(), place.span.clone(), "changes nothing");
    }
    wrong.help("take the entry out, or name the place that it is about")
}
