//! What the commands about one subject share: their arguments, the reading of the folder, and who is meant by an id.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::make::{self, Input, Target};
use crate::supply::shell::quoted;
use crate::{Noted, Request, prepare};

#[derive(Debug, Args)]
pub(super) struct LookArgs {
    /// The folder of exports, with assize.toml and the inventory in it
    pub dir: PathBuf,
    /// An id, an ARN, a key's id, a name, or the id of a finding in quotes
    pub id: String,
    /// The date to judge at: a date means its end [default: the latest collection time known, else today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Judge by these frameworks only, such as owasp-nhi-2025 [default: those of the profile, else all]
    #[arg(long, value_name = "ID")]
    pub framework: Vec<String>,
    /// A folder of control files that add to or replace the built-in ones
    #[arg(long, value_name = "FOLDER")]
    pub controls: Option<PathBuf>,
    /// A further file with waivers, TOML or CSV, beside waivers.toml and waivers.csv of the folder; may be given several times
    #[arg(long, value_name = "FILE")]
    pub waivers: Vec<PathBuf>,
    /// How many threads to use, from 1 to 256 [default: one for each core]; the answer is the same with any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// The date of an argument, if there is one.
///
/// # Errors
/// What is wrong with it, and how dates are written.
pub(super) fn as_of(text: Option<&str>) -> Result<Option<Instant>, Diagnostic> {
    text.map(super::check::date).transpose()
}

/// Uses that many threads, if a number is given.
pub(super) fn threads(number: Option<u16>) {
    if let Some(number) = number {
        drop(rayon::ThreadPoolBuilder::new().num_threads(usize::from(number)).build_global());
    }
}

/// How many things that were noted about the inputs are printed; of more, how many there are.
const MOST: usize = 3;

/// Says what was noted about the inputs, in short: a question about one subject is no check of the folder.
fn inputs(noted: &Noted, args: &LookArgs, is_about_it: impl Fn(&str) -> bool) {
    let mut told = print::besides_notes(&noted.diagnostics);
    told.retain(|diagnostic| is_about_it(diagnostic.code));
    if told.len() <= MOST {
        print::diagnostics(&told, &noted.texts);
        return;
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in &told {
        *counts.entry(diagnostic.code).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(code, count)| format!("{count} {code}")).collect();
    let message = format!("{} things were noted about the inputs: {}", told.len(), counts.join(", "));
    let help = format!("`assize check {}` tells them", shown(&quoted(&args.dir.to_string_lossy())));
    print::diagnostics(&[Diagnostic::warning("inputs", message).help(help)], &BTreeMap::new());
}

/// Says by which control files an answer is given that are not as built in.
fn own_controls(input: &Input<'_>) {
    let own: Vec<&str> =
        input.pack.files.iter().filter(|file| file.origin.modified()).map(|file| file.path.as_str()).collect();
    let first: Vec<String> = own.iter().take(MOST).map(|path| format!("`{}`", shown(path))).collect();
    let more = own.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    match own.len() {
        0 => {}
        1 => print::note(&format!("note: a control file is not as built in: {}", first.concat())),
        n => print::note(&format!("note: {n} control files are not as built in: {}{more}", first.join(", "))),
    }
}

/// Reads the folder, finds the subject and answers; an id that nobody has is broken input.
pub(super) fn run(args: &LookArgs, answer: impl FnOnce(&Input<'_>, Target) -> Outcome) -> Outcome {
    let as_of = match as_of(args.as_of.as_deref()) {
        Ok(at) => at,
        Err(wrong) => {
            print::diagnostics(&[wrong], &BTreeMap::new());
            return Outcome::Broken;
        }
    };
    threads(args.threads);
    let request = Request {
        dir: args.dir.clone(),
        as_of,
        today: Some(Instant(jiff::Timestamp::now().as_second())),
        frameworks: args.framework.clone(),
        controls: args.controls.clone(),
        waivers: args.waivers.clone(),
        ..Request::default()
    };
    let done = crate::look(&request, |input, noted| {
        let found = make::find(input, &args.id);
        let old = |at: Instant| prepare::is_long_before(at, input.as_of);
        let rests_on_old = match &found {
            Ok(target) => make::collected(input, target.row).into_iter().any(old),
            Err(_) => false,
        };
        inputs(noted, args, |code| code != prepare::COLLECTED_LONG_BEFORE || rests_on_old);
        own_controls(input);
        match found {
            Ok(target) => answer(input, target),
            Err(none) => {
                print::diagnostics(&[none.diagnostic], &BTreeMap::new());
                if !none.candidates.is_empty() {
                    print::note("perhaps:");
                }
                for one in &none.candidates {
                    let kind = one.kind.replace('_', " ");
                    print::note(&format!(
                        "  {kind:<10} {}\n             {}",
                        shown(&one.name),
                        shown(&quoted(&one.id))
                    ));
                }
                Outcome::Broken
            }
        }
    });
    done.unwrap_or_else(|noted| {
        print::diagnostics(&noted.diagnostics, &noted.texts);
        Outcome::Broken
    })
}
