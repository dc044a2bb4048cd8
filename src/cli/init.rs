//! `assize init`: a commented `assize.toml` for a folder, and on request an inventory to fill in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Outcome;
use super::args::InitArgs;
use super::{file, print};
use crate::Noted;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::control::{Pack, Profile};
use crate::init::{self, Found};
use crate::report::human::count;
use crate::supply::shell::quoted;

/// The name of the profile and manifest.
const PROFILE: &str = "assize.toml";
/// The name of the inventory that is begun.
const INVENTORY: &str = "inventory.toml";

pub(super) fn run(args: &InitArgs) -> Outcome {
    let mut noted = Noted::default();
    if let Some(wrong) = there(args) {
        return broken(&mut noted, wrong);
    }
    let (found, pack) = match init::look(&args.dir, &mut noted) {
        Ok(found) => found,
        Err(noted) => {
            print::diagnostics(&noted.diagnostics, &noted.texts);
            return Outcome::Broken;
        }
    };
    let text = init::profile(&found, &pack);
    if let Some(wrong) = misread(&text, &pack) {
        return broken(&mut noted, wrong);
    }
    let mut files = vec![(PROFILE, text)];
    if args.inventory {
        files.push((INVENTORY, init::inventory(&found)));
    }
    print::diagnostics(&noted.diagnostics, &noted.texts);
    for (name, text) in &files {
        if let Err(error) = file::write(&args.dir.join(name), text, args.force) {
            let wrong = Diagnostic::error("not-written", format!("nothing was begun: {error}"));
            print::diagnostics(&[wrong.help("see that the folder can be written to")], &BTreeMap::new());
            return Outcome::Broken;
        }
    }
    print::out(&told(args, &found))
}

/// What to say of a file that is there already.
fn there(args: &InitArgs) -> Option<Diagnostic> {
    let names = [Some(PROFILE), args.inventory.then_some(INVENTORY)];
    let path = names.into_iter().flatten().map(|name| args.dir.join(name));
    let path = path.filter(|_| !args.force).find(|path| fs::symlink_metadata(path).is_ok())?;
    let message = format!("`{}` is there already and was left as it is", path.display());
    let help = if path.ends_with(PROFILE) {
        "`--force` begins it anew, and what was chosen in it is lost; `assize check` uses it as it is"
    } else {
        "move it to another name, or add `--force` to begin it anew: what was stated in it is lost"
    };
    Some(Diagnostic::error("there-already", message).help(help))
}

/// What to say of a text that would not be read as it is meant. It is a mistake of this program, and nothing is written.
fn misread(text: &str, pack: &Pack) -> Option<Diagnostic> {
    let (_, found) = Profile::read(PROFILE, text, pack);
    let first = found.first()?;
    let message = format!("the `{PROFILE}` that would be written is not read as it is meant: {}", first.message);
    Some(
        Diagnostic::error("misread", message)
            .help("nothing was written; this is a mistake of assize, please report it"),
    )
}

fn broken(noted: &mut Noted, wrong: Diagnostic) -> Outcome {
    noted.diagnostics.push(wrong);
    print::diagnostics(&noted.diagnostics, &noted.texts);
    Outcome::Broken
}

/// What was found and written, and what comes next.
fn told(args: &InitArgs, found: &Found) -> String {
    let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
    for source in found.exports.iter().filter_map(|export| export.source) {
        *sources.entry(source).or_default() += 1;
    }
    let sources: Vec<String> = sources.iter().map(|(source, count)| format!("{count} {source}")).collect();
    let left = found.exports.iter().filter(|export| export.source.is_none()).count() as u64;
    let mut out = format!("Found {}", sources.join(", "));
    if left > 0 {
        out.push_str(&format!("; {} not read, the file says why", count(left, "file", "files")));
    }
    out.push_str(&format!(
        "\n      {} of {}, {} recognised as AI-connected, {} without an owner\n",
        count(found.identities, "identity", "identities"),
        count(found.scopes.len() as u64, "scope", "scopes"),
        found.ai.len(),
        found.unowned.len()
    ));
    let path = |name: &str| shown(&args.dir.join(name).to_string_lossy()).into_owned();
    out.push_str(&format!("Wrote {}\n", path(PROFILE)));
    if args.inventory {
        out.push_str(&format!("      {}\n", path(INVENTORY)));
    }
    let mut todo: Vec<String> = Vec::new();
    let undated = init::undated(found).len() as u64;
    if undated > 0 {
        todo.push(format!("say when {} collected (`collected_at`)", count(undated, "file was", "files were")));
    }
    let unplaced = init::unplaced(found).len() as u64;
    if unplaced > 0 {
        todo.push(format!("say of what {} (`scope`)", count(unplaced, "file is an export", "files are exports")));
    }
    if !found.outsiders.is_empty() {
        let scopes = count(found.outsiders.len() as u64, "scope", "scopes");
        todo.push(format!(
            "place {scopes} that identities trust (`trusted_scopes`): until then they count as outsiders"
        ));
    }
    if args.inventory {
        todo.push(format!("fill in {INVENTORY}"));
    }
    if !todo.is_empty() {
        out.push_str(&format!("To do {}\n", todo.join("\n      ")));
    }
    let dir = quoted(&args.dir.to_string_lossy());
    let evidence = evidence(&args.dir);
    out + &format!("Next  assize check {dir} --report {evidence}\n      assize sources plan {dir}\n")
}

/// A folder for the report that is not among the exports.
fn evidence(dir: &Path) -> String {
    let inside = dir.components().all(|part| matches!(part, std::path::Component::CurDir));
    if inside { "../evidence".to_owned() } else { "evidence".to_owned() }
}
