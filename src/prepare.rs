//! The small steps between the large ones: what the request and the files say, made ready for the pipeline.

mod ahead;
mod dates;
mod waivers;

use std::io::Read as _;
use std::path::Path;

use crate::assess;
use crate::base::diagnostic::Diagnostic;
use crate::base::digest::sha256;
use crate::base::text::likely;
use crate::base::time::Instant;
use crate::contract::v1::{ControlTestFailure, ControlTests};
use crate::control::plan::ParamOrigin;
use crate::control::selftest::SelfTest;
use crate::control::{Framework, Pack, Plan, Profile, Requirement, waiver};
use crate::derive::classify;
use crate::derive::labels::Labels;
use crate::derive::tools;
use crate::export::declared::{Declared, Entry};
use crate::expr::{Context, Env};
use crate::graph::Levels;
use crate::model::Subject;
use crate::source::{Loaded, secrets};
use crate::{Noted, Request};

pub(crate) use ahead::ahead;
pub(crate) use dates::{
    COLLECTED_LONG_BEFORE, as_of, collected_later, collected_long_before, is_long_before, said_later, stale,
};
pub(crate) use waivers::waivers;

/// The name of the profile and manifest in a folder of exports.
const PROFILE: &str = "assize.toml";
/// A profile longer than this is not read: none needs a tenth of it.
const MOST_PROFILE: u64 = 4 << 20;

/// Holds that the exports are a folder.
pub(crate) fn folder(request: &Request, noted: &mut Noted) -> Result<(), Noted> {
    let dir = &request.dir;
    let (message, help) = match std::fs::metadata(dir) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => {
            let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let message = format!("`{}` is no folder, and a folder of exports is expected", dir.display());
            (message, format!("pass the folder that it lies in, `{}`: all exports in it are read", parent.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let help = "name the folder that holds the exports; `assize sources` lists the commands that make them";
            (format!("there is no folder `{}`", dir.display()), help.to_owned())
        }
        Err(error) => (
            format!("`{}` cannot be read: {error}", dir.display()),
            "name the folder that holds the exports".to_owned(),
        ),
    };
    noted.diagnostics.push(Diagnostic::error("no-folder", message).help(help));
    Err(std::mem::take(noted))
}

/// The controls: built in, or with a folder over them.
pub(crate) fn controls(request: &Request, noted: &mut Noted) -> Result<Pack, Noted> {
    let (pack, diagnostics) = match &request.controls {
        None => Pack::builtin(),
        Some(folder) => Pack::with_folder(folder),
    };
    for file in &pack.files {
        noted.texts.insert(file.path.clone(), file.text.clone());
    }
    noted.diagnostics.extend(diagnostics);
    if noted.has_errors() { Err(std::mem::take(noted)) } else { Ok(pack) }
}

/// The profile of the folder, and the digest of its file.
pub(crate) fn profile(request: &Request, pack: &Pack, noted: &mut Noted) -> Result<(Profile, Option<String>), Noted> {
    let path = request.dir.join(PROFILE);
    let text = match read_text(&path, MOST_PROFILE) {
        Ok(None) => return Ok((Profile::default(), None)),
        Ok(Some(text)) => text,
        Err(why) => {
            let wrong = Diagnostic::error("unreadable-profile", format!("`{PROFILE}` cannot be read: {why}"))
                .help("an assessment without the profile would not be yours; mend the file or move it away");
            noted.diagnostics.push(wrong);
            return Err(std::mem::take(noted));
        }
    };
    let (profile, diagnostics) = Profile::read(PROFILE, &text, pack);
    let digest = sha256(text.as_bytes());
    noted.texts.insert(PROFILE.to_owned(), text);
    noted.diagnostics.extend(diagnostics);
    match profile {
        Some(profile) if !noted.has_errors() => Ok((profile, Some(digest))),
        _ => Err(std::mem::take(noted)),
    }
}

/// Why a file of bytes in another encoding cannot be read.
const NOT_UTF8: &str = "it is no text in UTF-8";

/// The text of a file that is no longer than so many bytes; `None` if there is none.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read_text(path: &Path, most: u64) -> Result<Option<String>, String> {
    let file = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        // Opening a pipe would wait for someone to write into it.
        Ok(found) if !found.is_file() => return Err("it is not a regular file".to_owned()),
        Err(error) => return Err(error.to_string()),
        Ok(_) => std::fs::File::open(path),
    };
    let mut text = String::new();
    let read = file.and_then(|file| file.take(most + 1).read_to_string(&mut text));
    match read {
        _ if text.len() as u64 > most => Err(format!("it is longer than {} MiB", most >> 20)),
        Ok(_) => Ok(Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(NOT_UTF8.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The profile with the frameworks that the request asks for, in whatever case, in place of its own.
pub(crate) fn with_frameworks(
    request: &Request,
    mut profile: Profile,
    pack: &Pack,
    noted: &mut Noted,
) -> Result<Profile, Noted> {
    let mut asked: Vec<String> = Vec::new();
    for id in &request.frameworks {
        match pack.framework(id) {
            Some(framework) if asked.contains(&framework.id) => {}
            Some(framework) => asked.push(framework.id.clone()),
            None => noted.diagnostics.push(unknown_framework(id, pack)),
        }
    }
    if noted.has_errors() {
        return Err(std::mem::take(noted));
    }
    if !request.frameworks.is_empty() {
        profile.frameworks = Some(asked);
    } else if !request.requirements.is_empty() {
        profile.frameworks = None;
    }
    Ok(profile)
}

fn unknown_framework(id: &str, pack: &Pack) -> Diagnostic {
    let known = pack.frameworks.iter().map(|framework| framework.id.as_str());
    let near = likely(id, known.clone(), 1);
    let nearest = near.first().map(|name| format!("; did you mean `{name}`?"));
    let all: Vec<&str> = known.collect();
    let help = match pack.find_requirement(id) {
        Ok(_) => format!("`{id}` is a requirement: write `--requirement {id}`"),
        Err(_) => format!("known: {}{}", all.join(", "), nearest.unwrap_or_default()),
    };
    Diagnostic::error("unknown-framework", format!("there is no framework `{id}`")).help(help)
}

/// Leaves only the requirements that the request asks for, of the frameworks that the profile leaves.
pub(crate) fn select(request: &Request, profile: &Profile, pack: &mut Pack, noted: &mut Noted) -> Result<(), Noted> {
    if request.requirements.is_empty() {
        return Ok(());
    }
    let asked = |framework: &str| profile.frameworks.as_ref().is_none_or(|ids| ids.iter().any(|id| id == framework));
    let mut kept: Vec<(String, String)> = Vec::new();
    for name in &request.requirements {
        match pack.find_requirement(name) {
            Ok(found) if found.iter().any(|(framework, _)| asked(&framework.id)) => {
                kept.extend(
                    found.iter().map(|(framework, requirement)| (framework.id.clone(), requirement.id.clone())),
                );
            }
            Ok(found) => noted.diagnostics.push(of_another_framework(name, &found)),
            Err(wrong) => noted.diagnostics.push(wrong),
        }
    }
    if noted.has_errors() {
        return Err(std::mem::take(noted));
    }
    for framework in &mut pack.frameworks {
        let id = framework.id.clone();
        // Waivers bear on whatever is asked.
        let of_waivers = id == waiver::FRAMEWORK;
        framework.requirements.retain(|requirement| of_waivers || kept.contains(&(id.clone(), requirement.id.clone())));
    }
    for framework in pack.frameworks.iter().filter(|framework| framework.requirements.is_empty()) {
        if !request.frameworks.is_empty() && asked(&framework.id) {
            let message = format!("`{}` is not judged: none of the requirements asked for is one of it", framework.id);
            noted.diagnostics.push(Diagnostic::warning("framework-without-requirement", message));
        }
    }
    pack.frameworks.retain(|framework| !framework.requirements.is_empty());
    Ok(())
}

fn of_another_framework(name: &str, found: &[(&Framework, &Requirement)]) -> Diagnostic {
    let homes: Vec<String> = found.iter().map(|(framework, _)| format!("`{}`", framework.id)).collect();
    let message = format!("`{name}` is a requirement of {}, which was not asked for", homes.join(" and of "));
    let first = found.first().map_or("", |(framework, _)| framework.id.as_str());
    Diagnostic::error("requirement-of-another-framework", message)
        .help(format!("add `--framework {first}`, or leave `--framework` out"))
}

/// Everything in the folder, as it was read ahead.
pub(crate) fn load(
    request: &Request,
    profile: &Profile,
    ahead: Option<Loaded>,
    noted: &mut Noted,
) -> Result<Loaded, Noted> {
    declared(profile, noted);
    let Some(mut loaded) = ahead.filter(|_| !noted.has_errors()) else {
        if !noted.has_errors() {
            let wrong = Diagnostic::error("unreadable-profile", format!("`{PROFILE}` changed while it was read"));
            noted.diagnostics.push(wrong.help("run it again once the file is written"));
        }
        return Err(std::mem::take(noted));
    };
    noted.diagnostics.append(&mut loaded.diagnostics);
    rejected(&loaded, noted);
    if noted.has_errors() {
        return Err(std::mem::take(noted));
    }
    recognised(request, &loaded, noted)?;
    Ok(loaded)
}

/// Says which records could not be used, and why.
pub(crate) fn rejected(loaded: &Loaded, noted: &mut Noted) {
    for rejected in &loaded.rejected {
        let message = format!("`{}`: {}: {}", rejected.path, rejected.place, rejected.why);
        noted.diagnostics.push(Diagnostic::warning("rejected", message));
    }
}

/// Holds that a record of an export was read.
pub(crate) fn recognised(request: &Request, loaded: &Loaded, noted: &mut Noted) -> Result<(), Noted> {
    if !loaded.exports.iter().any(|export| export.source.is_some() && export.read > 0) {
        let files = loaded.exports.len();
        let message = match files {
            0 => format!("there is no file in `{}`", request.dir.display()),
            _ if loaded.exports.iter().any(|export| export.rejected > 0) => {
                format!("no record of the exports in `{}` could be read", request.dir.display())
            }
            1 => format!("the one file in `{}` is no export that assize reads", request.dir.display()),
            _ => format!("none of the {files} files in `{}` is an export that assize reads", request.dir.display()),
        };
        // What is broken and no export was told of already.
        for export in loaded.exports.iter().filter(|export| export.source.is_some() || !export.broken).take(20) {
            let why = match export.source {
                Some(source) => format!("taken for `{source}` ({}), of which no record could be read", export.took_for),
                None => export.took_for.clone(),
            };
            noted.diagnostics.push(Diagnostic::note("left-out", format!("`{}`: {why}", export.path)));
        }
        let help = "nothing was judged, and no report is written; `assize sources` lists what can be read and the commands that export it";
        noted.diagnostics.push(Diagnostic::error("nothing-recognised", message).help(help));
        return Err(std::mem::take(noted));
    }
    Ok(())
}

/// What a profile says of the exports.
pub(crate) fn declared(profile: &Profile, noted: &mut Noted) -> Declared {
    let mut declared = Declared { links: profile.links.clone(), ..Declared::default() };
    for export in &profile.exports {
        match Entry::new(&export.pattern) {
            Ok(mut entry) => {
                entry.scope.clone_from(&export.scope);
                entry.collected_at = export.collected_at;
                let spoken =
                    |text: &Option<String>| text.as_deref().map(|text| secrets::masked_command(text).into_owned());
                entry.collected_by = spoken(&export.collected_by);
                entry.command = spoken(&export.command);
                entry.issuer.clone_from(&export.issuer);
                entry.enumerates.clone_from(&export.enumerates);
                entry.none_of.clone_from(&export.none_of);
                let place = crate::base::diagnostic::Place { file: PROFILE.to_owned(), span: export.span.clone() };
                entry.place = Some(place);
                declared.entries.push(entry);
            }
            Err(wrong) => noted.diagnostics.push(wrong.at(PROFILE, export.span.clone(), "not a pattern of paths")),
        }
    }
    declared
}

/// Which tags count.
pub(crate) fn labels(profile: &Profile) -> Labels {
    Labels {
        owner_tags: profile.owner_tags.clone(),
        environment_tags: profile.environment_tags.clone(),
        environments: profile.environments.clone(),
    }
}

/// The levels of actions, of all files together.
pub(crate) fn levels(pack: &Pack) -> Levels {
    let mut levels = Levels::default();
    for file in &pack.levels {
        // Nothing that one system calls an action is one of the other.
        let all = match file.system.as_str() {
            "kubernetes" => levels.kubernetes.get_or_insert_default().as_mut(),
            _ => &mut levels,
        };
        all.permissions.extend(file.permissions.iter().cloned());
        all.escalates.extend(file.escalates.iter().cloned());
        all.secrets.extend(file.secrets.iter().cloned());
        all.models.extend(file.models.iter().cloned());
        all.sends.extend(file.sends.iter().cloned());
        all.sends_to.extend(file.sends_to.iter().cloned());
        all.deletes.extend(file.deletes.iter().cloned());
        all.may_delete.extend(file.may_delete.iter().cloned());
        all.spares.extend(file.spares.iter().cloned());
        all.reads.extend(file.reads.iter().cloned());
        all.telemetry.extend(file.telemetry.iter().cloned());
        all.may_write.extend(file.may_write.iter().cloned());
        all.tells.extend(file.tells.iter().cloned());
        all.lists.extend(file.lists.iter().cloned());
        all.delete_verbs.extend(file.delete_verbs.iter().cloned());
        all.runs.extend(file.runs.iter().cloned());
        all.takes_over.extend(file.takes_over.iter().cloned());
        all.assume.extend(file.assume.iter().cloned());
        all.federate.extend(file.federate.iter().cloned());
        all.acts_on.extend(file.acts_on.iter().cloned());
        all.pass.extend(file.pass.iter().cloned());
        all.rewrites.extend(file.rewrites.iter().cloned());
        all.read_verbs.extend(file.read_verbs.iter().cloned());
    }
    levels
}

/// The scopes that the profile names as the organisation's own or as known partners'.
pub(crate) fn known_scopes(profile: &Profile) -> Vec<String> {
    let all = profile.expected_scopes.iter().chain(&profile.own_scopes).chain(&profile.trusted_scopes);
    all.cloned().collect()
}

/// The scopes that are the organisation's own, whether or not they were loaded.
pub(crate) fn own_scopes(profile: &Profile) -> Vec<String> {
    profile.expected_scopes.iter().chain(&profile.own_scopes).cloned().collect()
}

/// What is known of tools, of all files together.
pub(crate) fn tools(pack: &Pack) -> Vec<tools::Known<'_>> {
    let all = pack.tools.iter().flat_map(|file| &file.tools);
    all.map(|tool| tools::Known { targets: &tool.targets, effects: &tool.effects }).collect()
}

/// The classification rules, as classification asks them.
pub(crate) fn rules(pack: &Pack) -> Vec<classify::Rule<'_>> {
    let asked = pack.rules().map(|rule| classify::Rule {
        id: &rule.id,
        target: rule.target,
        confidence: rule.confidence,
        when: &rule.when.expr,
    });
    asked.collect()
}

/// What rules are evaluated with: the date, and no parameters.
pub(crate) fn rule_context(as_of: Instant) -> Context {
    Env::of(Subject::Identity).context(as_of, &std::collections::BTreeMap::new()).unwrap_or_default()
}

/// The values that each check run of a plan is asked with, in its order.
pub(crate) fn contexts(pack: &Pack, plan: &Plan, as_of: Instant, noted: &mut Noted) -> Result<Vec<Context>, Noted> {
    let mut contexts = Vec::new();
    for run in &plan.runs {
        let made = match pack.check(&run.check) {
            Some(check) => check.question.context(as_of, &run.values()),
            None => Err(vec![Diagnostic::error("unknown-check", format!("there is no check `{}`", run.check))]),
        };
        match made {
            Ok(context) => contexts.push(context),
            Err(wrong) => noted.diagnostics.extend(wrong),
        }
    }
    if contexts.len() == plan.runs.len() { Ok(contexts) } else { Err(std::mem::take(noted)) }
}

/// The check runs of a plan, as judging needs them.
pub(crate) fn questions<'a>(pack: &'a Pack, plan: &Plan, contexts: &'a [Context]) -> Vec<assess::Question<'a>> {
    let checks = plan.runs.iter().filter_map(|run| pack.check(&run.check));
    let asked = checks.zip(contexts).map(|(check, context)| assess::Question {
        subject: check.subject,
        applies: check.question.applies.as_ref().map(|asked| &asked.expr),
        passes: &check.question.passes.expr,
        context,
    });
    asked.collect()
}

/// Says where the profile asks for less than checks do by themselves, or than requirements do: with a large enough limit all
/// is as it should be.
pub(crate) fn looser(pack: &Pack, plan: &Plan, noted: &mut Noted) {
    let (mut defaults, mut asked) = (Vec::new(), Vec::new());
    for run in &plan.runs {
        for (name, param) in &run.params {
            let default =
                pack.check(&run.check).and_then(|check| check.params.get(name)).map(|defined| &defined.default);
            match (&param.beside, default) {
                (Some(beside), _) if param.looser => {
                    asked.push(format!("`{name}` of `{}` is {beside}, and {} is asked for", run.check, param.value));
                }
                (_, Some(default)) if param.origin == ParamOrigin::Profile && param.under_default => {
                    defaults.push(format!("`{name}` of `{}` is {}, and {default} by default", run.check, param.value));
                }
                _ => {}
            }
        }
    }
    let told = |mut all: Vec<String>| {
        all.sort();
        all.dedup();
        let more = all.len().saturating_sub(3);
        all.truncate(3);
        format!("{}{}", all.join("; "), if more > 0 { format!("; and {more} more") } else { String::new() })
    };
    if !asked.is_empty() {
        let message = format!("the profile asks for less than requirements do: {}", told(asked));
        let help = "those requirements are not satisfied, whatever is found; ask for as much in `assize.toml`";
        noted.diagnostics.push(Diagnostic::warning("looser-than-required", message).help(help));
    }
    if !defaults.is_empty() {
        let message = format!("the profile is looser than the checks are by themselves: {}", told(defaults));
        let help = "what passes does so by these limits only, as the reports say beside it";
        noted.diagnostics.push(Diagnostic::warning("looser-than-default", message).help(help));
    }
}

/// How the controls' own tests come out, in the contract's words.
pub(crate) fn self_tests(pack: &Pack) -> ControlTests {
    let result = SelfTest::run(pack);
    ControlTests {
        run: result.cases.len() as u64,
        passed: result.passed() as u64,
        failures: result
            .cases
            .iter()
            .filter(|case| !case.passed())
            .map(|case| ControlTestFailure {
                file: case.path.clone(),
                test: case.name.clone(),
                message: format!("expected {}, got {}", case.expected.name(), case.got.name()),
            })
            .collect(),
        incomplete: result
            .missing
            .iter()
            .map(|missing| format!("{}: {}", missing.check, missing.outcome.name()))
            .collect(),
    }
}
