//! Which sightings are of one credential: by the public id of a key, by equal secrets, or on a person's word.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::credentials::names_of;
use crate::base::diagnostic::Diagnostic;
use crate::export::declared::Tie;
use crate::model::intern::{Interner, Sym};
use crate::model::link::Method;
use crate::source::print::Print;
use crate::source::sighting::Sighting;

/// Sightings that are of one credential, and by what that is known.
#[derive(Debug, Default)]
pub struct Cluster {
    /// Their numbers, in the order of arrival.
    pub members: Vec<usize>,
    /// By what they are one; empty for one alone.
    pub methods: Vec<Method>,
}

/// The sets of sightings, joined step by step.
struct Sets {
    parent: Vec<usize>,
    /// By root: how members were joined.
    methods: BTreeMap<usize, BTreeSet<Method>>,
    /// Pairs that a person says are two credentials.
    apart: Vec<(usize, usize)>,
}

impl Sets {
    fn root(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.parent.get(at).copied().filter(|parent| *parent != at) {
            // Each step halves the way for those that come after.
            let above = self.parent.get(parent).copied().unwrap_or(parent);
            if let Some(known) = self.parent.get_mut(at) {
                *known = above;
            }
            at = above;
        }
        at
    }

    /// True if a person says that a member of one set and a member of the other are two credentials.
    fn kept_apart(&mut self, one: usize, other: usize) -> bool {
        let apart = std::mem::take(&mut self.apart);
        let found = apart.iter().any(|(a, b)| {
            let (a, b) = (self.root(*a), self.root(*b));
            (a, b) == (one, other) || (b, a) == (one, other)
        });
        self.apart = apart;
        found
    }

    /// Joins the sets of two sightings. False if a person says that they are apart.
    fn join(&mut self, one: usize, other: usize, method: Method) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return true;
        }
        if self.kept_apart(one, other) {
            return false;
        }
        let (low, high) = (one.min(other), one.max(other));
        if let Some(parent) = self.parent.get_mut(high) {
            *parent = low;
        }
        let moved = self.methods.remove(&high).unwrap_or_default();
        let all = self.methods.entry(low).or_default();
        all.extend(moved);
        all.insert(method);
        true
    }
}

/// Brings the sightings of each credential together; `ties` are what the profile says of ids.
pub fn clusters(
    strings: &Interner,
    sightings: &[Sighting],
    ties: &[Tie],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Cluster> {
    let parent: Vec<usize> = (0..sightings.len()).collect();
    let mut sets = Sets { parent, methods: BTreeMap::new(), apart: Vec::new() };
    let names = by_name(strings, sightings);
    for tie in ties.iter().filter(|tie| !tie.same) {
        if let (Some(one), Some(other)) = (names.get(tie.one.as_str()), names.get(tie.other.as_str())) {
            sets.apart.push((*one, *other));
        }
    }
    let mut ids: HashMap<Sym, usize> = HashMap::new();
    let mut keys: HashMap<Sym, usize> = HashMap::new();
    let mut prints: HashMap<Print, usize> = HashMap::new();
    let mut refused = 0_u64;
    for (at, sighting) in sightings.iter().enumerate() {
        let mut join = |first: usize, method| {
            if first != at && !sets.join(first, at, method) {
                refused += 1;
            }
        };
        join(*ids.entry(sighting.id).or_insert(at), Method::KeyId);
        if let Some(key) = sighting.public_id.filter(|key| !taken_off(strings, sighting, *key, ties)) {
            join(*keys.entry(key).or_insert(at), Method::KeyId);
        }
        // Who else has a weak one is a question.
        if let Some(prints_of) = sighting.prints.as_ref().filter(|prints| !prints.weak) {
            join(*prints.entry(prints_of.whole).or_insert(at), Method::EqualSecret);
        }
    }
    // Also where a cloud lists one of them, and there is nothing to join here.
    let opposite = |tie: &Tie| {
        ties.iter().any(|other| {
            !other.same
                && ((other.one == tie.one && other.other == tie.other)
                    || (other.one == tie.other && other.other == tie.one))
        })
    };
    for tie in ties.iter().filter(|tie| tie.same) {
        let refused = match (names.get(tie.one.as_str()), names.get(tie.other.as_str())) {
            (Some(one), Some(other)) => !sets.join(*one, *other, Method::Said),
            _ => false,
        };
        if refused || opposite(tie) {
            let message = format!("`{}` and `{}` are said to be the same and to be different", tie.one, tie.other);
            let mut wrong = Diagnostic::error("link-contradicts-link", message);
            if let Some(place) = &tie.place {
                wrong = wrong.at(place.file.clone(), place.span.clone(), "forced here, and forbidden elsewhere");
            }
            diagnostics.push(wrong.help("take one of the two entries out"));
        }
    }
    if refused > 0 {
        let message = format!(
            "{refused} places have a secret in common and stay apart, since the profile says that they are different"
        );
        diagnostics.push(Diagnostic::note("links-forbidden", message));
    }
    gathered(&mut sets)
}

/// Whether a person says that a place does not hold the key of this public id, of which a system may list an access key.
fn taken_off(strings: &Interner, sighting: &Sighting, key: Sym, ties: &[Tie]) -> bool {
    let own: Vec<&str> = names_of(sighting).filter(|name| *name != key).map(|name| strings.text(name)).collect();
    let key = strings.text(key);
    let of_key = |id: &str| id == key || id.strip_suffix(key).is_some_and(|id| id.ends_with(':'));
    ties.iter().filter(|tie| !tie.same).any(|tie| {
        let (one, other) = (tie.one.as_str(), tie.other.as_str());
        (own.contains(&one) && of_key(other)) || (own.contains(&other) && of_key(one))
    })
}

/// The first sighting of each name.
fn by_name<'s>(strings: &'s Interner, sightings: &[Sighting]) -> HashMap<&'s str, usize> {
    let mut names = HashMap::new();
    for (at, sighting) in sightings.iter().enumerate() {
        for name in names_of(sighting) {
            names.entry(strings.text(name)).or_insert(at);
        }
    }
    names
}

fn gathered(sets: &mut Sets) -> Vec<Cluster> {
    let mut all: BTreeMap<usize, Cluster> = BTreeMap::new();
    for at in 0..sets.parent.len() {
        let root = sets.root(at);
        all.entry(root).or_default().members.push(at);
    }
    for (root, cluster) in &mut all {
        cluster.methods = sets.methods.get(root).into_iter().flatten().copied().collect();
    }
    all.into_values().collect()
}
