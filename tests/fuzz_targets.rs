//! The functions of the fuzz targets, called with fixtures that were damaged at random.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;

/// The largest file that is damaged, in bytes: small ones are damaged more for the same time.
const LARGEST: u64 = 24 << 10;

/// What is put into a file: what the formats treat apart.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\r\n",
    "=",
    "'",
    "#",
    "\0",
    "\u{feff}",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "9999-12-31T23:59:59Z",
    "\\ud800",
    "*",
    "?",
    "%7B",
    "arn:aws:iam::111122223333:root",
    "[[owners]]\n",
    "\"Statement\": [],",
    "owner,",
    "\n---\n",
    "&a ",
    "*a",
    "<<: ",
    "? ",
    "- ",
    ": |\n  ",
    "\t",
    "{{",
    "}}",
    "age(",
    ".all(x, ",
    "has(",
    " && ",
    "params.max_age",
    "identity.",
    "'''",
    "//",
    "/*",
    "${X:-",
    "{\"mcpServers\": {\"a\": {\"command\": ",
    "\nmcpServers:\n  - <<: *a\n    command: ",
    "[{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1, \"Secret\": ",
    "Bearer ",
    "://u:p@",
    "\"\"\"",
];

/// The files of a folder of the repository with one of these endings.
fn seeds(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let fits = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        entry.file_type().is_file()
            && entry.metadata().is_ok_and(|data| data.len() <= LARGEST)
            && endings.iter().any(|ending| name.ends_with(ending))
    };
    entries.filter(fits).map(|entry| std::fs::read(entry.path()).unwrap()).collect()
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Remove(Index, u8),
    Insert(Index, usize),
    Repeat(Index, u8, u8),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let at = any::<Index>;
    let one = prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        at().prop_map(Damage::Cut),
        (at(), any::<u8>()).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), 0..PIECES.len()).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (at(), any::<u8>(), 1..40_u8).prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
    ];
    proptest::collection::vec(one, 1..6)
}

fn damaged(seed: &[u8], all: &[Damage]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for one in all {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match one {
            Damage::Flip(at, byte) => {
                let at = place(at);
                if let Some(old) = bytes.get_mut(at) {
                    *old ^= byte;
                }
            }
            Damage::Cut(at) => bytes.truncate(place(at)),
            Damage::Remove(at, length) => {
                let at = place(at);
                let end = (at + usize::from(*length)).min(bytes.len());
                bytes.drain(at..end);
            }
            Damage::Insert(at, piece) => {
                let at = place(at);
                bytes.splice(at..at, PIECES[*piece].bytes());
            }
            Damage::Repeat(at, length, times) => {
                let at = place(at);
                let end = (at + usize::from(*length)).min(bytes.len());
                let again = bytes[at..end].repeat(usize::from(*times));
                bytes.splice(at..at, again);
            }
        }
    }
    bytes
}

fn pick(seeds: &[Vec<u8>], at: Index) -> &[u8] {
    &seeds[at.index(seeds.len())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_exports_are_read(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("fixtures", &[".json", ".csv", ".toml", ".yaml"]));
        targets::load_export(&damaged(pick(seeds, at), &damage));
    }

    #[test]
    fn damaged_yaml_is_read(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("fixtures", &[".yaml"]));
        let bytes = damaged(pick(seeds, at), &damage);
        targets::yaml(&bytes);
        targets::load_export(&bytes);
    }

    #[test]
    fn damaged_controls_are_read(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("controls", &[".toml"]));
        targets::control_file(&damaged(pick(seeds, at), &damage));
    }

    #[test]
    fn damaged_profiles_are_read(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("fixtures", &["assize.toml"]));
        targets::profile(&damaged(pick(seeds, at), &damage));
    }

    #[test]
    fn damaged_waivers_are_read(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("fixtures/waivers", &["waivers.toml"]));
        targets::waivers(&damaged(pick(seeds, at), &damage));
    }

    #[test]
    fn damaged_expressions_are_evaluated(at in any::<Index>(), damage in damage()) {
        const SEEDS: &[&str] = &[
            "identity.policies.all(p, p.levels.exists(l, l == 'admin') || !has(p.changed_at))",
            "credential.enabled && age(credential.last_change_at) <= duration('90d')",
            "l.filter(a, l.exists(b, b == a + 1)).map(c, string(c))[0].matches('1.*')\0{\"l\": [1, 2, 3]}",
            "has(m.k) ? m['k'] : [1, 2.5, 3].size() > 2\0{\"m\": {\"k\": true}}",
            "timestamp('2026-11-01T00:00:00Z') - duration('24h') < as_of && identity.name.startsWith(\"a\")",
        ];
        targets::expression(&damaged(SEEDS[at.index(SEEDS.len())].as_bytes(), &damage));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_exports_are_judged(at in any::<Index>(), damage in damage()) {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let seeds = SEEDS.get_or_init(|| seeds("fixtures", &[".json", ".csv"]));
        targets::check_export(&damaged(pick(seeds, at), &damage));
    }
}
