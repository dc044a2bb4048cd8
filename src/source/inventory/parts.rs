//! Which names can match a pattern, by three letters in a row that it has: so that a pattern that begins with `*` is not
//! tried on every name.

use std::collections::HashMap;

/// Names by each three bytes in a row of them.
#[derive(Debug, Default)]
pub(super) struct Parts(HashMap<[u8; 3], Vec<u32>>);

impl Parts {
    /// The parts of names, which are known by their position.
    pub fn of<'t>(names: impl Iterator<Item = &'t str>) -> Self {
        let mut parts: HashMap<[u8; 3], Vec<u32>> = HashMap::new();
        for (name, at) in names.zip(0..) {
            for part in triples(name) {
                let known = parts.entry(part).or_default();
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        Self(parts)
    }

    /// The positions of the names that have the rarest part of a pattern, in their order; none for a pattern without a part
    /// that is long enough.
    pub fn candidates(&self, pattern: &str) -> Option<&[u32]> {
        let parts = pattern.split('*').flat_map(triples);
        parts.map(|part| self.0.get(&part).map_or(&[][..], Vec::as_slice)).min_by_key(|known| known.len())
    }
}

fn triples(text: &str) -> impl Iterator<Item = [u8; 3]> + '_ {
    text.as_bytes().windows(3).filter_map(|window| <[u8; 3]>::try_from(window).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_the_rarest_part_are_candidates() {
        let names = ["role/ab", "role/abc", "role/xyz", "äö"];
        let parts = Parts::of(names.into_iter());
        assert_eq!(parts.candidates("*abc*"), Some(&[1][..]));
        assert_eq!(parts.candidates("*role*xyz"), Some(&[2][..]));
        assert_eq!(parts.candidates("*role*nobody*"), Some(&[][..]));
        assert_eq!(parts.candidates("*ab*c*"), None);
        // Of many names with one beginning a pattern looks at few, however many patterns there are.
        let many: Vec<String> = (0..1000).map(|n| format!("arn:aws:iam::111122223333:role/r{n}")).collect();
        let parts = Parts::of(many.iter().map(String::as_str));
        let tried: usize = (100..1000).filter_map(|n| parts.candidates(&format!("*r{n}*"))).map(<[u32]>::len).sum();
        assert!(tried < 900 * 60, "{tried}");
    }
}
