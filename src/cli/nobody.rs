//! What is said where there is nobody to judge: which list is missing, and the command that exports it.

use crate::assess::Judged;
use crate::base::diagnostic::Diagnostic;
use crate::contract::make::Input;
use crate::model::Subject;
use crate::model::facts::{credential, identity};
use crate::model::table::Presence;
use crate::source::{self, About};

/// What to say where nobody was judged; `None` where somebody was, or where something says that there should be.
pub(super) fn nobody(input: &Input<'_>) -> Option<Diagnostic> {
    let asked = |judged: &Judged| judged.tally.decided() > 0 || judged.tally.unknown > 0;
    if any_listed(input) || !input.profile.expected_scopes.is_empty() || input.judged.iter().any(asked) {
        return None;
    }
    let wrong = match lacking(input) {
        Some(lacking) => Diagnostic::error("nobody-judged", format!("nobody was judged: {lacking}")),
        None => Diagnostic::error(
            "nobody-judged",
            "nobody was judged: no file in the folder lists an identity or a credential, so no report is written",
        ),
    };
    Some(
        wrong.help(match command(input) {
            Some(command) => format!("add what lists them: {command}"),
            None => {
                "add the exports, or name the `expected_scopes` in `assize.toml`; `assize sources` lists the commands"
                    .to_owned()
            }
        }),
    )
}

/// What a kind of export that was read should list and does not, where no identity was listed at all.
pub(super) fn lacking(input: &Input<'_>) -> Option<String> {
    let (about, files) = of(input)?;
    let whom = if about.system == "kubernetes" { "service accounts" } else { "identities and no credentials" };
    let (verb, these) = if files == 1 { ("is", "1 file".to_owned()) } else { ("are", format!("{files} files")) };
    Some(format!("there are no {whom} in the {these} that {verb} read as `{}`", about.id))
}

/// The command that lists them.
pub(super) fn command(input: &Input<'_>) -> Option<&'static str> {
    of(input)?.0.commands.first().copied()
}

/// The first kind of export that lists identities or credentials and was read, where none is listed, and how many files.
fn of(input: &Input<'_>) -> Option<(&'static About, usize)> {
    // Where credentials are listed, what is missing is whose they are.
    let credentials = listed(input, Subject::Credential);
    let wanted = |fact| fact == identity::ID.id || (fact == credential::ID.id && !credentials);
    let lists =
        |about: &&'static About| about.system != "inventory" && about.provides.iter().any(|given| wanted(given.fact));
    let read: Vec<&'static About> =
        input.loaded.loaded.exports.iter().filter_map(|export| source::by_id(export.source?)).filter(lists).collect();
    let first = *read.iter().min_by_key(|about| (about.system != "kubernetes", about.id))?;
    let files = read.iter().filter(|about| about.id == first.id).count();
    (!any_listed(input)).then_some((first, files))
}

/// True if an export lists an identity.
fn any_listed(input: &Input<'_>) -> bool {
    listed(input, Subject::Identity)
}

/// True if an export lists one of this subject.
fn listed(input: &Input<'_>, subject: Subject) -> bool {
    let table = input.estate.world.table(subject);
    table.rows().any(|row| table.presence(row) == Presence::Listed)
}
