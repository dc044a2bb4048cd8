//! What is done with the bytes of a fuzzer. The crate's tests call the same functions with damaged fixtures.
//!
//! None of them may panic, hang, or take memory out of proportion, whatever the bytes.
#![allow(dead_code, reason = "each fuzz target uses one of them")]

use std::collections::BTreeMap;
use std::io;
use std::sync::OnceLock;

use assize::base::time::Instant;
use assize::contract::make;
use assize::control::{ControlFile, Origin, Pack, Profile, Waivers, waiver};
use assize::export::declared::Declared;
use assize::expr::{Env, Expr, ScratchSlots, eval_text};
use assize::model::{Row, Subject};
use assize::report::Keeping;
use assize::source::{self, Options};
use assize::{Request, check};

const AS_OF: Instant = Instant(1_793_577_599);

fn builtin() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Pack::builtin().0)
}

fn folder(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the input");
    // No name tells what a file is.
    std::fs::write(folder.path().join("input"), bytes).expect("the input");
    folder
}

/// One file in a folder, read as whatever it looks like.
pub fn load_export(bytes: &[u8]) {
    let folder = folder(bytes);
    let mut loaded = source::load(folder.path(), &Declared::default(), &Options::default());
    loaded.world.seal();
    for export in &loaded.exports {
        assert!(export.rejected <= bytes.len() as u64 && export.read <= bytes.len() as u64);
    }
}

/// A text of YAML: each object that it gives is JSON, and what its aliases write is bounded.
pub fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let objects = assize::export::yaml::convert(&text, "items", &["data", "stringData"]);
    let whole = assize::export::yaml::documents(&text);
    assert!(whole.items.iter().flat_map(|item| &item.marks).all(|mark| mark.offset <= text.len()));
    bounded(&text, &objects.items);
    bounded(&text, &whole.items);
}

/// Each object is JSON, and they are not much longer than the text that they were made of.
fn bounded(text: &str, items: &[assize::export::yaml::Item]) {
    let mut written = 0;
    for item in items {
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&item.json) {
            // What stands under several aliases may nest deeper than is read.
            assert!(error.to_string().contains("recursion limit"), "an object is JSON: {error}");
        }
        written += item.json.len();
    }
    // Escapes make a character six times as long at most, and what stands under an alias is limited.
    assert!(written <= text.len() * 8 + (2 << 20));
}

/// The same, judged, and its results written to nowhere.
pub fn check_export(bytes: &[u8]) {
    let folder = folder(bytes);
    let request = Request { dir: folder.path().to_path_buf(), as_of: Some(AS_OF), ..Request::default() };
    let written = check(&request, |input, _| {
        let head = make::head(input);
        let gaps = make::write_results(input, &head, io::sink(), &Keeping::default())?;
        for subject in Subject::ALL {
            make::write_verdicts(input, subject, io::sink())?;
        }
        let (worst, _) = make::worst(input, 3);
        Ok::<_, io::Error>(gaps.len() + worst.len())
    });
    if let Ok(written) = written {
        written.expect("nowhere takes everything");
    }
}

/// An expression: over variables, and as a check of each subject would ask it.
pub fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (text, vars) = text.split_once('\0').unwrap_or((text, "{}"));
    if let Ok(vars) = serde_json::from_str(vars) {
        let _ = eval_text(text, &vars);
    }
    for subject in Subject::ALL {
        let env = Env::of(subject);
        let Ok(expr) = Expr::compile(text, &env) else { continue };
        let context = env.context(AS_OF, &BTreeMap::new()).expect("no parameter is asked for");
        let _ = expr.evaluate(&ScratchSlots::default(), Row::new(subject, 0), &context);
    }
}

/// A control file in each folder that has files of its own kind.
pub fn control_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for path in ["checks/a/a.toml", "frameworks/a.toml", "classification/a.toml", "levels/a.toml"] {
        let (pack, wrong) = Pack::from_files(vec![ControlFile::new(path, text, Origin::Added)]);
        for diagnostic in wrong {
            assert!(diagnostic.render(Some(text), false).len() < 100_000);
        }
        if pack.checks.len() == 1 {
            let _ = assize::control::SelfTest::run(&pack);
        }
    }
}

/// An `assize.toml`, read against the controls that are built in.
pub fn profile(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (profile, wrong) = Profile::read("assize.toml", text, builtin());
    for diagnostic in wrong {
        assert!(diagnostic.render(Some(text), false).len() < 100_000);
    }
    if let Some(profile) = profile {
        let _ = profile.entries("aws/111122223333/authorization-details.json").count();
        let _ = assize::control::Plan::new(builtin(), &profile).runs.len();
    }
}

/// A file of waivers, as TOML and as CSV, read against the controls that are built in; what was read is written and read again.
pub fn waivers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for name in ["waivers.toml", "waivers.csv"] {
        let mut waivers = Waivers::default();
        for diagnostic in waivers.read(name, text, String::new(), builtin()) {
            assert!(diagnostic.render(Some(text), false).len() < 100_000);
        }
        let _ = waivers.all.iter().filter(|waiver| waiver.matches("aws:111122223333:access_key:a#key1")).count();
        let mut again = Waivers::default();
        let written = waiver::to_toml(&waivers.all);
        let _ = again.read("waivers.toml", &written, String::new(), builtin());
        assert_eq!(again.all.len(), waivers.all.len(), "{written}");
        waiver::to_csv(&waivers.all, &[]).expect("nothing keeps a table from being written");
    }
}
