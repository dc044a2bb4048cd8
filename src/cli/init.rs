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
use crate::control::{Pack, Profile, schemas};
use crate::init::{self, Found};
use crate::report::human::count;
use crate::source::REPEATS;
use crate::supply::shell::quoted;

/// The name of the profile and manifest.
const PROFILE: &str = "assize.toml";
/// The name of the inventory that is begun.
const INVENTORY: &str = "inventory.toml";

pub(super) fn run(args: &InitArgs) -> Outcome {
    let mut noted = Noted::default();
    let (kept, begun) = names(args);
    if begun.is_empty() {
        return broken(&mut noted, there(args, &kept));
    }
    let (found, pack) = match init::look(&args.dir, kept.contains(&PROFILE), &mut noted) {
        Ok(found) => found,
        Err(noted) => {
            print::diagnostics(&noted.diagnostics, &noted.texts);
            return Outcome::Broken;
        }
    };
    let mut files = Vec::new();
    for name in &begun {
        let text = if *name == PROFILE { init::profile(&found, &pack) } else { init::inventory(&found) };
        if let Some(wrong) = misread(&text, &pack).filter(|_| *name == PROFILE) {
            return broken(&mut noted, wrong);
        }
        files.push(((*name).to_owned(), text, args.force));
    }
    // The schemas that they name, each beside the file and as this program has it.
    for kind in begun.iter().filter_map(|name| schemas::kind(if *name == PROFILE { "profile" } else { "inventory" })) {
        files.push((format!("schemas/{}", kind.file), kind.schema(), true));
    }
    print::diagnostics(&print::besides_notes(&noted.diagnostics), &noted.texts);
    for (name, text, replace) in &files {
        let path = args.dir.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        if let Err(error) = made.and_then(|()| file::write(&path, text, *replace)) {
            let wrong = Diagnostic::error("not-written", format!("nothing was begun: {error}"));
            print::diagnostics(&[wrong.help("see that the folder can be written to")], &BTreeMap::new());
            return Outcome::Broken;
        }
    }
    print::out(&told(args, &found, &kept, &begun))
}

/// The files that are there and are left as they are, and those to begin.
fn names(args: &InitArgs) -> (Vec<&'static str>, Vec<&'static str>) {
    let names = [Some(PROFILE), args.inventory.then_some(INVENTORY)];
    let there = |name: &&'static str| !args.force && fs::symlink_metadata(args.dir.join(name)).is_ok();
    names.into_iter().flatten().partition(there)
}

/// What to say where all that would be begun is there already.
fn there(args: &InitArgs, kept: &[&str]) -> Diagnostic {
    let paths: Vec<String> = kept.iter().map(|name| format!("`{}`", args.dir.join(name).display())).collect();
    let (verb, left) = if kept.len() == 1 { ("is", "it is") } else { ("are", "they are") };
    let message = format!("{} {verb} there already, and left as {left}", paths.join(" and "));
    let help = if args.inventory {
        "move away what is to be begun anew, or add `--force` to begin both: what was chosen and stated in them is lost"
    } else {
        "`--inventory` begins the inventory beside it; `--force` begins it anew, and what was chosen in it is lost"
    };
    Diagnostic::error("there-already", message).help(help)
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
fn told(args: &InitArgs, found: &Found, kept: &[&str], begun: &[&str]) -> String {
    let mut out = seen(found);
    let path = |name: &str| shown(&args.dir.join(name).to_string_lossy()).into_owned();
    for (at, name) in begun.iter().enumerate() {
        out.push_str(&format!("{} {}\n", if at == 0 { "Wrote" } else { "     " }, path(name)));
    }
    out.push_str(&format!("      {}, by which an editor completes and checks it\n", path("schemas")));
    for name in kept {
        out.push_str(&format!("Left  {}, which is there already, as it is\n", path(name)));
    }
    let dir = quoted(&args.dir.to_string_lossy());
    let mut todo = to_do(found, begun.contains(&PROFILE));
    if begun.contains(&INVENTORY) {
        if !init::by_folder(found).is_empty() {
            todo.push(format!("then take {INVENTORY} away and run `assize init {dir} --inventory` again: its ids have that scope in them"));
        }
        todo.push(format!("fill in {INVENTORY}"));
    }
    if !todo.is_empty() {
        out.push_str(&format!("To do {}\n", todo.join("\n      ")));
    }
    let evidence = evidence(&args.dir);
    out + &format!("Next  assize check {dir} --report {evidence}\n      assize sources plan {dir}\n")
}

/// What was found.
fn seen(found: &Found) -> String {
    let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
    let mut repeated = 0;
    for export in &found.exports {
        let Some(source) = export.source else { continue };
        // What another file has word for word is no export more.
        if export.read == 0 && export.ignored_why.iter().any(|why| why.starts_with(REPEATS)) {
            repeated += 1;
        } else {
            *sources.entry(source).or_default() += 1;
        }
    }
    let sources: Vec<String> = sources.iter().map(|(source, count)| format!("{count} {source}")).collect();
    let left = found.exports.iter().filter(|export| export.source.is_none()).count() as u64;
    let mut out = format!("Found {}", sources.join(", "));
    if repeated > 0 {
        out.push_str(&format!("; {} another", count(repeated, "file repeats", "files repeat")));
    }
    if left > 0 {
        out.push_str(&format!("; {} not read (`assize check` says why)", count(left, "file", "files")));
    }
    out.push_str(&format!(
        "\n      {} of {}, {} recognised as AI-connected, {} without an owner\n",
        count(found.identities, "identity", "identities"),
        count(found.scopes.len() as u64, "scope", "scopes"),
        found.ai.len(),
        found.unowned.len()
    ));
    if found.unasked > 0 {
        let needs = if found.unasked == 1 { "needs" } else { "need" };
        out.push_str(&format!(
            "      {} {needs} none: people, root users and what a system looks after itself\n",
            found.unasked
        ));
    }
    if !found.systems.is_empty() {
        let systems = count(found.systems.len() as u64, "AI system", "AI systems");
        out.push_str(&format!("      {systems} of which the inventory says nothing yet\n"));
    }
    out
}

/// What only a person can say of the exports; `profile` if the profile was begun.
fn to_do(found: &Found, profile: bool) -> Vec<String> {
    let mut todo: Vec<String> = Vec::new();
    let by_folder = init::by_folder(found).len() as u64;
    if by_folder > 0 {
        let files = count(by_folder, "file", "files");
        todo.push(format!("name the scope of {files} (`scope`): so far it is made from the name of a folder"));
    }
    let undated = init::undated(found).len() as u64;
    if undated > 0 {
        todo.push(format!("say when {} collected (`collected_at`)", count(undated, "file was", "files were")));
    }
    let unplaced = init::unplaced(found).len() as u64;
    if unplaced > 0 {
        todo.push(format!("say of what {} (`scope`)", count(unplaced, "file is an export", "files are exports")));
    }
    if profile && !found.outsiders.is_empty() {
        let scopes = count(found.outsiders.len() as u64, "scope", "scopes");
        todo.push(format!(
            "place {scopes} that identities trust (`trusted_scopes`): until then they count as outsiders"
        ));
    }
    todo
}

/// A folder for the report that is not among the exports.
fn evidence(dir: &Path) -> String {
    let inside = dir.components().all(|part| matches!(part, std::path::Component::CurDir));
    if inside { "../evidence".to_owned() } else { "evidence".to_owned() }
}
