//! `assize controls new`: a commented starting point of a check or a framework, at its place.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::super::Outcome;
use super::super::args::{NewArgs, NewWhat};
use super::super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{nearest, shown};
use crate::control::builtin::FILES;
use crate::control::{schemas, start};
use crate::model::Subject;

/// A file to write: path within the folder of controls, text, and whether it is a copy of one that the program came with.
struct Start {
    path: String,
    text: String,
    copy: bool,
    subject: Option<Subject>,
    kind: &'static str,
}

pub(in crate::cli) fn new(args: &NewArgs) -> Outcome {
    let written = started(args).and_then(|start| write(args, &start).map(|schema| (start, schema)));
    match written {
        Ok((start, schema)) => print::out(&told(args, &start, &schema)),
        Err(wrong) => {
            print::diagnostics(&[*wrong], &BTreeMap::new());
            Outcome::Broken
        }
    }
}

/// What to write, or what is wrong with the arguments.
fn started(args: &NewArgs) -> Result<Start, Box<Diagnostic>> {
    let id = name(&args.id, "an id")?;
    let (folder, kind) = match args.what {
        NewWhat::Check => ("checks/", "check"),
        NewWhat::Framework => ("frameworks/", "framework"),
    };
    let builtin = FILES.iter().find(|(path, _)| path.starts_with(folder) && path.ends_with(&format!("/{id}.toml")));
    let subject = match (args.what, args.subject.as_deref()) {
        (NewWhat::Check, None) => Some(Subject::Identity),
        (NewWhat::Check, Some(word)) => Some(subject(word)?),
        (NewWhat::Framework, None) => None,
        (NewWhat::Framework, Some(_)) => {
            return Err(usage("a framework has no subject", "leave out `--subject`: each check has its own"));
        }
    };
    let risk = name(args.risk.as_deref().unwrap_or("own"), "the name of a folder")?;
    if let Some((path, text)) = builtin {
        if args.subject.is_some() || args.risk.is_some() {
            let message = format!("there is a built-in {kind} `{id}`");
            let help = "choose another id; or leave out `--subject` and `--risk` to get a copy of the built-in one, to change it";
            return Err(usage(message, help));
        }
        let text = format!("#:schema {}\n{text}", schema_path(path, kind));
        return Ok(Start { path: (*path).to_owned(), text, copy: true, subject: None, kind });
    }
    let path = match args.what {
        NewWhat::Check => format!("checks/{risk}/{id}.toml"),
        NewWhat::Framework => format!("frameworks/{id}.toml"),
    };
    let schema = schema_path(&path, kind);
    let text = match subject {
        Some(subject) => start::check(id, subject, &schema).unwrap_or_default(),
        None => start::framework(id, &schema),
    };
    Ok(Start { path, text, copy: false, subject, kind })
}

/// Where the schema lies, from the folder of a file.
fn schema_path(path: &str, kind: &str) -> String {
    format!("{}schemas/{kind}.schema.json", "../".repeat(path.matches('/').count()))
}

fn usage(message: impl Into<String>, help: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("bad-argument", message).help(help))
}

/// A name that can be the name of a file, in every system.
pub(super) fn name<'n>(name: &'n str, what: &str) -> Result<&'n str, Box<Diagnostic>> {
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let rest = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    if first && rest && name.len() <= 80 && !name.ends_with('.') {
        return Ok(name);
    }
    let message = format!("`{}` cannot be {what}", shown(name));
    Err(usage(message, "use at most 80 lower-case letters, digits and hyphens, such as `keys-are-labelled`"))
}

fn subject(word: &str) -> Result<Subject, Box<Diagnostic>> {
    start::subjects().find(|subject| subject.name() == word).ok_or_else(|| {
        let names: Vec<&str> = start::subjects().map(Subject::name).collect();
        let help = match nearest(word, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? subjects: {}", names.join(", ")),
            None => format!("subjects: {}", names.join(", ")),
        };
        usage(format!("a check cannot ask about each `{}`", shown(word)), help)
    })
}

/// Writes the file, which must not be there, and the schema beside, which is written anew. Gives the schema's path.
fn write(args: &NewArgs, start: &Start) -> Result<String, Box<Diagnostic>> {
    let failed = |path: &Path, error: &io::Error| {
        let wrong = Diagnostic::error("not-written", format!("`{}` cannot be written: {error}", path.display()));
        Box::new(wrong.help("choose another folder with `--controls`, or see who may write into this one"))
    };
    let path = args.controls.join(&start.path);
    let make = |folder: Option<&Path>| folder.map_or(Ok(()), fs::create_dir_all);
    make(path.parent()).map_err(|error| failed(&path, &error))?;
    match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(start.text.as_bytes()).map_err(|error| failed(&path, &error))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("`{}` is there already, and is left as it is", path.display());
            return Err(Box::new(
                Diagnostic::error("already-there", message).help("choose another id, or edit that file"),
            ));
        }
        Err(error) => return Err(failed(&path, &error)),
    }
    let schema = format!("schemas/{}.schema.json", start.kind);
    let text = schemas::kind(start.kind).map(schemas::Kind::schema).unwrap_or_default();
    let to = args.controls.join(&schema);
    if fs::read_to_string(&to).is_ok_and(|there| there == text) {
        return Ok(schema);
    }
    make(to.parent()).and_then(|()| fs::write(&to, text)).map_err(|error| failed(&to, &error))?;
    Ok(schema)
}

/// Where it is, and what to do next.
fn told(args: &NewArgs, start: &Start, schema: &str) -> String {
    let folder = args.controls.display();
    let mut text = format!("wrote {folder}/{}\n", start.path);
    text.push_str(&format!("      {folder}/{schema}, by which an editor completes and checks it\n"));
    if start.copy {
        text.push_str(&format!(
            "\nIt is a copy of the built-in {}, and takes its place wherever this folder is used: change it.\n",
            start.kind
        ));
    }
    text.push_str("\nNext: fill it in, then\n\n");
    if let Some(subject) = start.subject {
        text.push_str(&format!("    assize controls facts {}\n", subject.name()));
    }
    text.push_str(&format!("    assize controls lint --controls {folder}\n"));
    if start.kind == "check" {
        text.push_str(&format!("    assize controls test --coverage --controls {folder}\n"));
    }
    text.push_str(&format!("    assize check EXPORTS --controls {folder}\n"));
    match (start.copy, start.kind) {
        (false, "check") => text.push_str(&format!(
            "\nA check runs once a part of a framework names it: `checks = [{{ id = \"{}\" }}]`. `assize controls new framework ID`\nstarts a framework of your own.\n",
            args.id
        )),
        (false, _) => text.push_str("\n`assize controls list` shows the checks that a part can name.\n"),
        _ => {}
    }
    text
}
