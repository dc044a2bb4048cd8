//! How far the actions of a system go: curated lists, and verbs for what no list names.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::{ControlFile, Reader};
use crate::base::diagnostic::Diagnostic;
use crate::model::rewrite::Rewrite;

/// The lists of one system, as they are written: one file `levels/ID.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLevels {
    /// A short name in lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What the lists are of.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// The system, as `identity.system` names it.
    #[schemars(with = "String")]
    pub system: Spanned<String>,
    /// What a reader must know of the lists.
    pub note: Option<String>,
    /// Where they come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Verbs.
    pub verbs: RawVerbs,
    /// Actions.
    pub actions: RawActions,
}

/// First words of actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawVerbs {
    /// Words of actions that only read. Any other word writes.
    #[schemars(with = "Vec<String>")]
    pub read: Vec<Spanned<String>>,
    /// Words of actions that delete, whatever the service.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub delete: Vec<Spanned<String>>,
}

/// Lists of actions as `service:Action`; `*` stands for any text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawActions {
    /// Change who has access.
    #[schemars(with = "Vec<String>")]
    pub permissions: Vec<Spanned<String>>,
    /// Let their caller become an administrator, alone and on every resource. A part of `permissions`.
    #[schemars(with = "Vec<String>")]
    pub escalates: Vec<Spanned<String>>,
    /// Return stored secrets.
    #[schemars(with = "Vec<String>")]
    pub secrets: Vec<Spanned<String>>,
    /// Call an AI model or agent.
    #[schemars(with = "Vec<String>")]
    pub models: Vec<Spanned<String>>,
    /// Send a message to whomever the caller names, such as mail.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub sends: Vec<Spanned<String>>,
    /// Write into a resource that may be of another account, where the grant does not say of which.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub sends_to: Vec<Spanned<String>>,
    /// Delete what others made. A service of `*` stands for each.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub deletes: Vec<Spanned<String>>,
    /// May delete, for all that their names tell: what runs statements or requests of another language.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub may_delete: Vec<Spanned<String>>,
    /// Delete nothing of others, though their names say so: messages that were worked on, sessions of one's own.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub spares: Vec<Spanned<String>>,
    /// Change nothing, though their first word is none that reads.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub reads: Vec<Spanned<String>>,
    /// Send what software says of itself, and change nothing else.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub telemetry: Vec<Spanned<String>>,
    /// Change something if what they call does.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub may_write: Vec<Spanned<String>>,
    /// Reach the content of no resource: they tell what there is, make something new, or are about a whole service.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub tells: Vec<Spanned<String>>,
    /// Tell the names of what is within something, and reach that and nothing within it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub lists: Vec<Spanned<String>>,
    /// Have a service run something of the caller's with an identity that is handed to it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub runs: Vec<Spanned<String>>,
    /// Change or command what runs already, with whatever identity that has.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub takes_over: Vec<Spanned<String>>,
    /// Take on another identity.
    #[schemars(with = "Vec<String>")]
    pub assume: Vec<Spanned<String>>,
    /// Take on another identity with a token of another system, which needs no grant.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub federate: Vec<Spanned<String>>,
    /// Hand another identity to a service.
    #[schemars(with = "Vec<String>")]
    pub pass: Vec<Spanned<String>>,
    /// What some of `permissions` rewrite.
    #[serde(default)]
    pub rewrites: RawRewrites,
    /// Of some of all these, what they act on and nothing else: a deny on all of that takes them away.
    #[serde(default)]
    pub acts_on: Vec<RawActsOn>,
}

/// What some actions act on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawActsOn {
    /// A pattern of ARNs, in which `${Partition}` and `${Account}` stand for those of the caller.
    #[schemars(with = "String")]
    pub resource: Spanned<String>,
    /// The actions, each of which stands in one of the other lists too.
    #[schemars(with = "Vec<String>")]
    pub actions: Vec<Spanned<String>>,
}

/// What actions rewrite. Each list is a part of `permissions`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawRewrites {
    /// The permissions of a role.
    #[schemars(with = "Vec<String>")]
    pub grants_of_role: Vec<Spanned<String>>,
    /// The permissions of a user.
    #[schemars(with = "Vec<String>")]
    pub grants_of_user: Vec<Spanned<String>>,
    /// The permissions of a group.
    #[schemars(with = "Vec<String>")]
    pub grants_of_group: Vec<Spanned<String>>,
    /// Who is in a group.
    #[schemars(with = "Vec<String>")]
    pub members_of_group: Vec<Spanned<String>>,
    /// The text of a policy.
    #[schemars(with = "Vec<String>")]
    pub text_of_policy: Vec<Spanned<String>>,
    /// Which of a policy's texts holds.
    #[schemars(with = "Vec<String>")]
    pub version_of_policy: Vec<Spanned<String>>,
    /// Who may take on a role.
    #[schemars(with = "Vec<String>")]
    pub trust_of_role: Vec<Spanned<String>>,
    /// What proves a user.
    #[schemars(with = "Vec<String>")]
    pub credentials_of_user: Vec<Spanned<String>>,
    /// What proves a user, by a key beside those that it has. A part of `credentials_of_user`.
    #[schemars(with = "Vec<String>")]
    pub key_of_user: Vec<Spanned<String>>,
    /// Which roles there are.
    #[schemars(with = "Vec<String>")]
    pub new_role: Vec<Spanned<String>>,
    /// Which users there are.
    #[schemars(with = "Vec<String>")]
    pub new_user: Vec<Spanned<String>>,
    /// A boundary.
    #[schemars(with = "Vec<String>")]
    pub boundary: Vec<Spanned<String>>,
    /// Who has access to the accounts of an organisation, where its directory is kept, or whom an issuer vouches for.
    #[schemars(with = "Vec<String>")]
    pub organisation: Vec<Spanned<String>>,
}

/// The lists of one system. Actions are sorted, and written as the file does; they match without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// The id.
    pub id: String,
    /// The path of its file within the controls.
    pub path: String,
    /// What the lists are of.
    pub title: String,
    /// The system.
    pub system: String,
    /// What a reader must know of the lists.
    pub note: Option<String>,
    /// Where they come from.
    pub sources: Vec<String>,
    /// First words of actions that only read.
    pub read_verbs: Vec<String>,
    /// Actions that change who has access.
    pub permissions: Vec<String>,
    /// Actions that alone, on every resource, make an administrator. A part of `permissions`.
    pub escalates: Vec<String>,
    /// Actions that return stored secrets.
    pub secrets: Vec<String>,
    /// Actions that call an AI model or agent.
    pub models: Vec<String>,
    /// Actions that send a message to whomever the caller names.
    pub sends: Vec<String>,
    /// Actions that write into a resource which may be of another account.
    pub sends_to: Vec<String>,
    /// Actions that delete what others made; a service of `*` stands for each.
    pub deletes: Vec<String>,
    /// Actions of which the name does not tell whether they delete.
    pub may_delete: Vec<String>,
    /// Actions that delete nothing of others, though their names say so.
    pub spares: Vec<String>,
    /// Actions that change nothing, though their first word is none that reads.
    pub reads: Vec<String>,
    /// Actions that send what software says of itself, and change nothing else.
    pub telemetry: Vec<String>,
    /// Actions that change something if what they call does.
    pub may_write: Vec<String>,
    /// Actions that reach the content of no resource.
    pub tells: Vec<String>,
    /// Actions that tell the names of what is within something, and reach nothing within it.
    pub lists: Vec<String>,
    /// First words of actions that delete.
    pub delete_verbs: Vec<String>,
    /// Actions that have a service run something of the caller's with an identity that is handed to it.
    pub runs: Vec<String>,
    /// Actions that change or command what runs already.
    pub takes_over: Vec<String>,
    /// Actions that take on another identity.
    pub assume: Vec<String>,
    /// Actions that do so with a token of another system, and need no grant.
    pub federate: Vec<String>,
    /// Actions that hand another identity to a service.
    pub pass: Vec<String>,
    /// What actions of `permissions` rewrite, with the action.
    pub rewrites: Vec<(Rewrite, String)>,
    /// Some of all these actions, with the ARNs that they act on.
    pub acts_on: Vec<(String, String)>,
}

impl Levels {
    /// Reads a file. It is `None` if it cannot be used; the mistakes are all told, whatever they are.
    #[must_use]
    pub fn read(file: &ControlFile) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(&file.path, &file.text);
        let read = reader.parse::<RawLevels>().map(|raw| resolve(&mut reader, file, &raw));
        let read = read.filter(|_| reader.errors() == 0);
        (read, reader.finish())
    }
}

fn resolve(reader: &mut Reader<'_>, file: &ControlFile, raw: &RawLevels) -> Levels {
    let permissions = actions(reader, &raw.actions.permissions);
    let known: BTreeSet<String> = permissions.iter().map(|action| action.to_ascii_lowercase()).collect();
    for action in &raw.actions.escalates {
        if !known.contains(&action.get_ref().to_ascii_lowercase()) {
            let wrong = Diagnostic::error("bad-action", format!("`{}` is not among `permissions`", action.get_ref()))
                .help("what makes an administrator changes who has access: list it there too");
            reader.note(wrong, action.span(), "only here");
        }
    }
    let rewrites = rewrites(reader, &raw.actions);
    let acts_on = acts_on(reader, &raw.actions);
    let mut read_verbs: Vec<String> = raw.verbs.read.iter().map(|verb| reader.text(verb, "verb")).collect();
    read_verbs.sort();
    Levels {
        id: reader.id(&raw.id),
        path: file.path.clone(),
        title: reader.text(&raw.title, "title"),
        system: reader.text(&raw.system, "system"),
        note: raw.note.as_ref().map(|note| note.trim().to_owned()),
        sources: raw.sources.clone(),
        read_verbs,
        permissions,
        escalates: actions(reader, &raw.actions.escalates),
        secrets: actions(reader, &raw.actions.secrets),
        models: actions(reader, &raw.actions.models),
        sends: actions(reader, &raw.actions.sends),
        sends_to: actions(reader, &raw.actions.sends_to),
        deletes: actions(reader, &raw.actions.deletes),
        may_delete: actions(reader, &raw.actions.may_delete),
        spares: actions(reader, &raw.actions.spares),
        reads: actions(reader, &raw.actions.reads),
        telemetry: actions(reader, &raw.actions.telemetry),
        may_write: actions(reader, &raw.actions.may_write),
        tells: actions(reader, &raw.actions.tells),
        lists: actions(reader, &raw.actions.lists),
        delete_verbs: raw.verbs.delete.iter().map(|verb| reader.text(verb, "verb")).collect(),
        runs: actions(reader, &raw.actions.runs),
        takes_over: actions(reader, &raw.actions.takes_over),
        assume: actions(reader, &raw.actions.assume),
        federate: actions(reader, &raw.actions.federate),
        pass: actions(reader, &raw.actions.pass),
        rewrites,
        acts_on,
    }
}

/// What actions act on, each as the other lists write it.
fn acts_on(reader: &mut Reader<'_>, raw: &RawActions) -> Vec<(String, String)> {
    let lists = [&raw.permissions, &raw.secrets, &raw.models, &raw.assume, &raw.pass];
    let known: BTreeMap<String, &str> = lists
        .into_iter()
        .flatten()
        .map(|action| (action.get_ref().to_ascii_lowercase(), action.get_ref().as_str()))
        .collect();
    let mut all = Vec::new();
    for kind in &raw.acts_on {
        let resource = reader.text(&kind.resource, "resource");
        for action in &kind.actions {
            if let Some(known) = known.get(&action.get_ref().to_ascii_lowercase()) {
                all.push(((*known).to_owned(), resource.clone()));
            } else {
                let wrong = Diagnostic::error("bad-action", format!("`{}` is in no other list", action.get_ref()))
                    .help("what an action acts on matters for those that the other lists name");
                reader.note(wrong, action.span(), "only here");
            }
        }
    }
    all
}

fn rewrites(reader: &mut Reader<'_>, raw: &RawActions) -> Vec<(Rewrite, String)> {
    let known: BTreeSet<String> = raw.permissions.iter().map(|action| action.get_ref().to_ascii_lowercase()).collect();
    let lists = [
        (Rewrite::GrantsOfRole, &raw.rewrites.grants_of_role),
        (Rewrite::GrantsOfUser, &raw.rewrites.grants_of_user),
        (Rewrite::GrantsOfGroup, &raw.rewrites.grants_of_group),
        (Rewrite::MembersOfGroup, &raw.rewrites.members_of_group),
        (Rewrite::TextOfPolicy, &raw.rewrites.text_of_policy),
        (Rewrite::VersionOfPolicy, &raw.rewrites.version_of_policy),
        (Rewrite::TrustOfRole, &raw.rewrites.trust_of_role),
        (Rewrite::CredentialsOfUser, &raw.rewrites.credentials_of_user),
        (Rewrite::KeyOfUser, &raw.rewrites.key_of_user),
        (Rewrite::NewRole, &raw.rewrites.new_role),
        (Rewrite::NewUser, &raw.rewrites.new_user),
        (Rewrite::Boundary, &raw.rewrites.boundary),
        (Rewrite::Organisation, &raw.rewrites.organisation),
    ];
    let mut all = Vec::new();
    for (what, list) in lists {
        for action in list {
            if !known.contains(&action.get_ref().to_ascii_lowercase()) {
                let wrong =
                    Diagnostic::error("bad-action", format!("`{}` is not among `permissions`", action.get_ref()))
                        .help("what gives power over an identity changes who has access: list it there too");
                reader.note(wrong, action.span(), "only here");
            }
        }
        all.extend(actions(reader, list).into_iter().map(|action| (what, action)));
    }
    all
}

/// The actions, sorted; what has not the form of one, or stands twice, is noted.
fn actions(reader: &mut Reader<'_>, raw: &[Spanned<String>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(raw.len());
    for action in raw {
        let text = action.get_ref();
        let form =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-*/.".contains(&b));
        if !text.split_once(':').is_some_and(|(service, name)| form(service) && form(name)) {
            let wrong = Diagnostic::error("bad-action", format!("`{text}` is no action"))
                .help("write `service:Action`, such as `iam:PassRole`");
            reader.note(wrong, action.span(), "not an action");
        } else if !seen.insert(text.to_ascii_lowercase()) {
            let wrong = Diagnostic::warning("duplicate-action", format!("`{text}` stands twice in its list"));
            reader.note(wrong, action.span(), "the second");
        } else {
            all.push(text.clone());
        }
    }
    all.sort();
    all
}
