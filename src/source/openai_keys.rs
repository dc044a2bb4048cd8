//! The administration API of `OpenAI`: keys of the organisation and of its projects, service accounts, users, projects.

use std::collections::BTreeMap;
use std::io;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::again::{self, Again};
use super::answers::{self, Answers, Entries, Page, Part, Stamp, Taken, Told, Turned};
use super::aws::lenient::{Text, why};
use super::provider::{self, Key, LIVE, ListOf, Organisation, Providers};
use super::run::FileRun;
use super::{About, Given, Source, given};
use crate::export::head::{Head, Shape};
use crate::export::split::Layout;
use crate::export::walk::Found;
use crate::model::facts::{IdentityKind, credential, identity, resource};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;

/// The source.
pub struct OpenAiKeys;

static ABOUT: About = About {
    id: "openai-keys",
    title: "API keys, service accounts, users and projects of an OpenAI organisation",
    system: "openai",
    commands: &[
        "mkdir -p openai; curl -s 'https://api.openai.com/v1/organization/admin_api_keys?limit=100' -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" > openai/admin-keys.json",
        "mkdir -p openai; curl -s 'https://api.openai.com/v1/organization/users?limit=100' -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" > openai/users.json",
        "mkdir -p openai; curl -s 'https://api.openai.com/v1/organization/projects?limit=100&include_archived=true' -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" > openai/projects.json; for project in $(jq -r '.data[].id' openai/projects.json); do mkdir -p \"openai/$project\"; curl -s \"https://api.openai.com/v1/organization/projects/$project/api_keys?limit=100&owner_project_access=any\" -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" > \"openai/$project/api-keys.json\"; curl -s \"https://api.openai.com/v1/organization/projects/$project/service_accounts?limit=100\" -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" > \"openai/$project/service-accounts.json\"; done",
    ],
    authority: 50,
    kinds: &[],
    layout: Layout::Documents,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Pages of lists and single objects are read, as the API answers them; each object says by its `object` what it is. The shapes were seen in the examples of OpenAI's own description of its API; `expires_at` of a project's key, `owner_project_access`, `is_service_account` and `api_key_last_used_at` are documented, and only the second was seen.",
        "The organisation is in no answer: name it as `scope` (`openai:org-…`) in the manifest. The project is in no answer about keys either: it is read from the path of the file (`proj_…`) or from the `command` of the manifest; where neither says it, a key is limited to a `project` without a name.",
        "Nothing is shown to be complete. A list of keys is of one project, of a project it has only the keys that the query asks for (without `owner_project_access=any` enabled keys may be missing, as documented), and a page looks the same whether or not others come before it. Who has exported all keys of all projects and the keys of the organisation states `enumerates = [\"api_keys\"]` in the manifest, and likewise `service_accounts`. Pages that follow and were not exported (`has_more`) make the list incomplete, whatever is stated.",
        "A listed key is taken for enabled, as the API documents of what it lists, unless it had expired when it was collected; of a key whose owner has no access to the project any more (`owner_project_access`) it is not known, and of one where that is another word than the two that are documented it stays open, and is told. `last_used_at: null` means that it was not used since use is tracked, and nobody says since when that is. A key's value is never replaced, so it was last changed when it was made. `expires_at: null` means that it does not expire; where the field is missing, nobody said.",
        "A key acts as its owner: a service account, which is listed where it is named, or a user, who is listed only by a list of users. A user whom a key names is taken for a person. Of a user whom a list has, the list says it by `is_service_account`: where that is missing, it is not known whether it is a person, and so whether it is AI-connected; state `kind` of it under `[[identities]]` of the inventory. That a user owns a key says whose account it acts as, and not who answers for it. A listed user is taken for enabled unless the list says `user.enabled: false` or `user.banned: true`, and a listed service account always, since nothing documented switches one off.",
        "Rights go by the roles in the organisation and in projects, which are not read as grants: what an account may do is unknown. A key of the organisation (`organization.admin_api_key`) has `organization:admin` among its scopes; such a key administers the organisation and calls no model.",
        "The id of a project's key is `openai:ORGANISATION:api_key:ID`, that of a key of the organisation `openai:ORGANISATION:admin_api_key:ID`, since nothing says that their ids differ.",
        "Of `redacted_value`, what follows the dots is compared with keys seen elsewhere and not kept; a key without it may be any of OpenAI that was seen. An answer with a key's live `value` is not read: delete it.",
        "Of several lists of the same users, keys of the organisation or of one named project that were collected at different times, the newest is used.",
    ],
};

const PROVIDES: &[Given] = &[
    given(credential::ID, "id"),
    given(credential::NAME, "name"),
    given(credential::KIND, "the format"),
    given(credential::IDENTITY, "owner"),
    given(credential::SCOPE, "the manifest, or the folder of the file"),
    given(credential::SYSTEM, "the format"),
    given(credential::ENABLED, "owner_project_access, and that it is listed; expires_at"),
    given(credential::CREATED_AT, "created_at"),
    given(credential::LAST_CHANGE_AT, "created_at: a key is never changed in place"),
    given(credential::ROTATED_AT, "never: a key is never changed in place"),
    given(credential::EXPIRES_AT, "expires_at"),
    given(credential::LAST_USED_AT, "last_used_at"),
    given(credential::SCOPES, "object, and the project in the path of the file"),
    given(identity::ID, "id, owner.id"),
    given(identity::KEY, "id, owner.id"),
    given(identity::NATIVE_ID, "id, owner.id"),
    given(identity::NAME, "name, user.name, owner.name; email"),
    given(identity::KIND, "object, owner.type; is_service_account"),
    given(identity::SYSTEM, "the format"),
    given(identity::SCOPE, "the manifest, or the folder of the file"),
    given(identity::ROOT, "the format"),
    given(identity::SERVICE_LINKED, "the format"),
    given(identity::ENABLED, "that it is listed; user.enabled and user.banned of a user of the organisation"),
    given(identity::CREATED_AT, "created_at of a service account; added_at of a user of the organisation"),
    given(identity::LAST_USED_AT, "last_used_at of its keys; api_key_last_used_at"),
    given(identity::CAN_BE_ASSUMED_BY, "nobody can take on a user"),
    given(identity::CREDENTIALS, "owner"),
    given(resource::ID, "id of a project"),
    given(resource::NAME, "name of a project"),
    given(resource::KIND, "the format"),
    given(resource::SYSTEM, "the format"),
    given(resource::SCOPE, "the manifest, or the folder of the file"),
];

/// The kinds of object that are read, as their `object` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    AdminKey,
    ProjectKey,
    ServiceAccount,
    User,
    ProjectUser,
    Project,
}

const KINDS: &[(&str, Kind)] = &[
    ("organization.admin_api_key", Kind::AdminKey),
    ("organization.project.api_key", Kind::ProjectKey),
    ("organization.project.service_account", Kind::ServiceAccount),
    ("organization.service_account", Kind::ServiceAccount),
    ("organization.user", Kind::User),
    ("organization.project.user", Kind::ProjectUser),
    ("organization.project", Kind::Project),
];

impl Kind {
    fn named(object: &str) -> Option<Self> {
        KINDS.iter().find(|(name, _)| *name == object).map(|(_, kind)| *kind)
    }

    /// The list that it stands in: its name, what it closes, whether it is of one project.
    fn list(self) -> (&'static str, Option<Listing>, bool) {
        match self {
            Self::AdminKey => ("API keys of the organisation", Some(Listing::ApiKeys), false),
            Self::ProjectKey => ("API keys", Some(Listing::ApiKeys), true),
            Self::ServiceAccount => ("service accounts", Some(Listing::ServiceAccounts), true),
            Self::User => ("users", None, false),
            Self::ProjectUser => ("users of a project", None, true),
            Self::Project => ("projects", None, false),
        }
    }
}

impl Source for OpenAiKeys {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        // What was answered when a key was made holds the key, and is no export.
        let live = head.has("value") || head.has_inner("api_key", "value");
        let named = || KINDS.iter().any(|(name, _)| head.text.contains(&format!("\"{name}\"")));
        // A list whose members are no objects does not say of what it is: that is no empty list.
        let other = || head.has("data") && head.has("has_more") && answers::lists_other(head, "data");
        matches!(head.shape, Shape::Json { .. }) && head.has("object") && !live && (named() || other())
    }

    fn order(&self) -> u8 {
        3
    }

    fn read(&self, found: &Found, _: &Head, file: &mut FileRun<'_>) -> io::Result<()> {
        let organisation = Organisation::of(file, ABOUT.system);
        let project = project(file);
        let answers = OpenAi { organisation, project, seen: Again::default(), kind: None, pages: BTreeMap::new() };
        let answers = answers::read(found, file, answers)?;
        for (kind, (goes_on, record)) in &answers.pages {
            Providers::last_page(file, answers.list(*kind), *goes_on, *record);
        }
        Ok(())
    }
}

/// The project of a file: in its path, or in the command of the manifest.
fn project(file: &mut FileRun<'_>) -> Option<Sym> {
    let (path, command) = (file.path(), file.said.command.clone().unwrap_or_default());
    let found = [path.as_str(), &command].into_iter().find_map(|text| {
        let (_, after) = text.split_once("proj_")?;
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        after.get(..end).filter(|key| !key.is_empty()).map(|key| format!("proj_{key}"))
    });
    found.map(|project| file.world().strings.intern(&project))
}

struct OpenAi {
    organisation: Organisation,
    project: Option<Sym>,
    /// The ids that the file had already.
    seen: Again<(Kind, String)>,
    /// The kind of the last object.
    kind: Option<Kind>,
    /// By kind: whether pages follow the last one, and where that ends.
    pages: BTreeMap<Kind, (bool, RecordId)>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<Entries<'a>>,
    #[serde(default)]
    has_more: Option<bool>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

/// What every object has.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    object: Option<Text<'a>>,
    #[serde(default)]
    value: Option<IgnoredAny>,
    #[serde(default)]
    api_key: Option<IgnoredAny>,
    #[serde(default)]
    redacted_value: Option<IgnoredAny>,
}

/// An object of any of the kinds.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    email: Option<Text<'a>>,
    #[serde(borrow, default)]
    redacted_value: Option<Text<'a>>,
    #[serde(borrow, default)]
    owner_project_access: Option<Text<'a>>,
    #[serde(borrow, default)]
    owner: Option<Owner<'a>>,
    #[serde(default)]
    is_service_account: Option<bool>,
    #[serde(borrow, default)]
    user: Option<Account<'a>>,
    #[serde(default)]
    created_at: Told<Stamp>,
    #[serde(default)]
    added_at: Told<Stamp>,
    #[serde(default)]
    expires_at: Told<Stamp>,
    #[serde(default)]
    last_used_at: Told<Stamp>,
    #[serde(default)]
    api_key_last_used_at: Told<Stamp>,
}

/// What a list of users says of an account beside its place in the organisation.
#[derive(Deserialize)]
struct Account<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    email: Option<Text<'a>>,
    #[serde(default)]
    enabled: Option<bool>,
    #[serde(default)]
    banned: Option<bool>,
}

/// Whose a key is: told in the object itself, or in one within it.
#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    user: Option<Party<'a>>,
    #[serde(borrow, default)]
    service_account: Option<Party<'a>>,
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(default)]
    created_at: Told<Stamp>,
}

#[derive(Deserialize)]
struct Party<'a> {
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(default)]
    created_at: Told<Stamp>,
}

/// An object with the digest of its text, or why it is left aside.
type Read<'a> = Result<(Kind, Box<Object<'a>>, u64), String>;

impl Answers for OpenAi {
    type Entry<'a> = Read<'a>;

    fn page(text: &str) -> Result<Page<'_>, String> {
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| why(&error))?;
        match envelope {
            Envelope { error: Some(_), .. } => Err("it is an error message where an answer should be".to_owned()),
            Envelope { data: Some(data), has_more, .. } => {
                Ok(Page::of_list("/data", &data.0, has_more.unwrap_or(false)))
            }
            Envelope { .. } => Ok(Page::of_one("", text)),
        }
    }

    fn entry<'a>(part: &Part<'a>) -> Result<Read<'a>, String> {
        let named: Named<'a> = serde_json::from_str(part.text).map_err(|error| why(&error))?;
        if named.value.is_some() || named.api_key.is_some() {
            return Err(LIVE.to_owned());
        }
        let Some(kind) = named.object.as_deref().and_then(Kind::named) else {
            if named.object.is_none() {
                return Err("it has no `object`, which says what it is".to_owned());
            }
            if named.redacted_value.is_some() {
                return Err("it shows the ends of a key, and its `object` is none of a key".to_owned());
            }
            return Ok(Err("an object of a kind that gives no facts".to_owned()));
        };
        let object: Object<'a> = serde_json::from_str(part.text).map_err(|error| why(&error))?;
        provider::id(object.id.as_deref())?;
        Ok(Ok((kind, Box::new(object), again::digest(part.text))))
    }

    fn take(&mut self, file: &mut FileRun<'_>, record: RecordId, entry: Read<'_>) -> Taken {
        let (kind, object, digest) = match entry {
            Ok(read) => read,
            Err(why) => return Taken::Ignored(why),
        };
        self.kind = Some(kind);
        let Some(id) = object.id.as_deref() else { return Taken::Rejected("it has no `id`".to_owned()) };
        let list = self.list(kind);
        // Of which project a list is, is not always known: then it may be another's.
        if (list.project.is_some() || !kind.list().2)
            && let Some(why) = provider::superseded(file, list)
        {
            return Taken::Ignored(why);
        }
        let seen = self.seen.see((kind, id.to_owned()), digest, record);
        seen.take(file, record, |file| self.put(file, record, kind, id, &object))
    }

    fn turn(&mut self, _: &mut FileRun<'_>, Turned { record, goes_on, .. }: Turned) {
        let Some(kind) = self.kind else { return };
        let last = record.or_else(|| self.pages.get(&kind).map(|(_, record)| *record));
        if let Some(record) = last {
            self.pages.insert(kind, (goes_on, record));
        }
    }
}

impl OpenAi {
    /// Puts an object into the tables.
    fn put(&mut self, file: &mut FileRun<'_>, record: RecordId, kind: Kind, id: &str, object: &Object<'_>) -> Taken {
        let name = object.name.as_deref().filter(|name| !name.is_empty());
        match kind {
            Kind::AdminKey | Kind::ProjectKey => {
                self.key(file, kind, (id, name), object, record);
                return Taken::Read("api_keys");
            }
            Kind::ServiceAccount => {
                self.service_account(file, (id, name), object.created_at, record);
                return Taken::Read("service_accounts");
            }
            Kind::User | Kind::ProjectUser => {
                let account = object.user.as_ref();
                let named =
                    |text: Option<&'_ Text<'_>>| text.map(|text| text.to_string()).filter(|text| !text.is_empty());
                let within = named(account.and_then(|account| account.name.as_ref()));
                let address = || named(object.email.as_ref().or(account?.email.as_ref()));
                let name = name.map(str::to_owned).or(within).or_else(address);
                let row = self.organisation.user(file, (id, name.as_deref()), record);
                let off = account.is_some_and(|account| account.enabled == Some(false) || account.banned == Some(true));
                provider::listed_user(file.world(), row, !off, record);
                match object.is_service_account {
                    Some(true) => file.world().set(identity::KIND, row, IdentityKind::ServiceAccount, record),
                    Some(false) => file.world().set(identity::KIND, row, IdentityKind::Human, record),
                    None => provider::untold(file, row),
                }
                if kind == Kind::User {
                    provider::moment(file, identity::CREATED_AT, row, object.added_at, record);
                    provider::moment(file, identity::LAST_USED_AT, row, object.api_key_last_used_at, record);
                }
            }
            Kind::Project => {
                self.organisation.part(file.world(), "project", (id, name), record);
                return Taken::Read("projects");
            }
        }
        Taken::Read("users")
    }

    fn list(&self, kind: Kind) -> ListOf {
        let (name, listing, of_project) = kind.list();
        let project = self.project.filter(|_| of_project);
        ListOf { source: ABOUT.id, scope: self.organisation.sym, name, listing, project }
    }

    fn service_account(
        &self,
        file: &mut FileRun<'_>,
        called: (&str, Option<&str>),
        created: Told<Stamp>,
        record: RecordId,
    ) -> u32 {
        let kind = (IdentityKind::ServiceAccount, "service_account");
        let row = self.organisation.machine(file.world(), kind, called, record);
        file.world().set(identity::ENABLED, row, true, record);
        provider::moment(file, identity::CREATED_AT, row, created, record);
        row
    }

    /// Whose a key is, by row; `None` if it does not say.
    fn owner(&self, file: &mut FileRun<'_>, owner: &Owner<'_>, record: RecordId) -> Option<u32> {
        let of = |party: &Option<Party<'_>>| match party {
            Some(Party { id: Some(id), name, created_at }) => {
                Some((id.to_string(), name.as_ref().map(|name| name.to_string()), *created_at))
            }
            _ => None,
        };
        let itself = || {
            let name = owner.name.as_ref().map(|name| name.to_string());
            owner.id.as_ref().map(|id| (id.to_string(), name, owner.created_at))
        };
        let (machine, (id, name, created)) = match owner.kind.as_deref() {
            Some("service_account") => (true, of(&owner.service_account).or_else(itself)?),
            Some("user") => (false, of(&owner.user).or_else(itself)?),
            _ => return None,
        };
        provider::id(Some(&id)).ok()?;
        let called = (id.as_str(), name.as_deref().filter(|name| !name.is_empty()));
        Some(if machine {
            self.service_account(file, called, created, record)
        } else {
            self.organisation.user(file, called, record)
        })
    }

    fn key(
        &self,
        file: &mut FileRun<'_>,
        kind: Kind,
        (id, name): (&str, Option<&str>),
        object: &Object<'_>,
        record: RecordId,
    ) {
        let whose = object.owner.as_ref().and_then(|owner| self.owner(file, owner, record));
        if whose.is_none() {
            self.organisation.ownerless(file.world(), record);
        }
        let (word, limited_to) = match kind {
            Kind::AdminKey => ("admin_api_key", "organization:admin".to_owned()),
            _ => (
                "api_key",
                self.project.map_or_else(
                    || "project".to_owned(),
                    |project| format!("project:{}", file.world().strings.text(project)),
                ),
            ),
        };
        let (enabled, odd) = match object.owner_project_access.as_deref() {
            None | Some("active") => (Some(true), None),
            Some("inactive") => (None, None),
            Some(_) => (None, Some("the `owner_project_access` of a key is no word that OpenAI documents")),
        };
        let key = Key {
            word,
            id,
            name,
            whose,
            enabled,
            odd,
            created: object.created_at,
            expires: object.expires_at,
            used: object.last_used_at,
            limited_to: Some(limited_to),
            shown: object.redacted_value.as_deref(),
        };
        self.organisation.key(file, &key, record);
    }
}
