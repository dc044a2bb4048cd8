//! Anthropic's administration API: API keys, service accounts, users, workspaces.

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
use crate::base::text::is_blank;
use crate::export::head::{Head, Shape};
use crate::export::split::Layout;
use crate::export::walk::Found;
use crate::model::facts::{IdentityKind, credential, identity, resource};
use crate::model::listing::Listing;
use crate::model::record::RecordId;

/// The source.
pub struct AnthropicKeys;

static ABOUT: About = About {
    id: "anthropic-keys",
    title: "API keys, service accounts, users and workspaces of an Anthropic organisation",
    system: "anthropic",
    commands: &[
        "mkdir -p anthropic; for list in api_keys users workspaces; do curl -s \"https://api.anthropic.com/v1/organizations/$list?limit=1000\" -H 'anthropic-version: 2023-06-01' -H \"x-api-key: $ANTHROPIC_ADMIN_KEY\" > \"anthropic/$list.json\"; done",
        "mkdir -p anthropic; curl -s 'https://api.anthropic.com/v1/organizations/service_accounts?limit=100&include_archived=true' -H 'anthropic-version: 2023-06-01' -H \"Authorization: Bearer $ANTHROPIC_OAUTH_TOKEN\" > anthropic/service-accounts.json",
    ],
    authority: 50,
    kinds: &[],
    layout: Layout::Documents,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Pages of lists and single objects are read, as the API answers them; each object says by its `type` what it is. The shapes are those of Anthropic's documentation and client libraries; no export was seen. `principal`, `scope`, `expires_at` and the status `expired` are newer than the rest, and older answers are without them. Service accounts are listed only to an access token with the scope `org:admin`, not to an administration key.",
        "The organisation is in no answer: name it as `scope` (`anthropic:ORGANISATION`) in the manifest.",
        "Nothing is shown to be complete: a list filtered by workspace or status looks the same as the whole, and so does a page whether or not others come before it. Who has exported all keys states `enumerates = [\"api_keys\"]` in the manifest. Pages that follow and were not exported (`has_more`, `next_page`) make the list incomplete, whatever is stated. Administration keys are not among the API keys that are listed.",
        "A key is enabled if its `status` is `active`, and not if that is `inactive`, `archived` or `expired`, or if it had expired when it was collected. `expires_at: null` means that it never expires; where the field is missing, nobody said. When a key was last used is in no answer. A key's value is never replaced, so it was last changed when it was made.",
        "A key acts as its `principal`, a user or a service account. Where it has none, it is a client of the API of its own, and an identity of kind `api_client` stands for it, named as the key is: `anthropic:ORGANISATION:api_client:KEY-ID`. Several keys of one workspace are several clients, since usage and limits are told by key, and each can have an owner, reviews and a purpose of its own; a key that replaces another is another client.",
        "Who made a key (`created_by`) is not taken for who answers for it. Listed users are taken for enabled, since nothing documented switches one off. Who can take on a service account is said by federation rules, which are not read.",
        "A key is limited to a workspace (`workspace:wrkspc_…`; `workspace:default` where `workspace_id` is `null`), or to none (`organization`), as its `scopes` say. What it may do there is not read as grants and is unknown.",
        "Of `partial_key_hint`, what follows the dots is compared with keys seen elsewhere and not kept; a key without it may be any of Anthropic that was seen.",
        "Of several lists of the same kind that were collected at different times, the newest is used.",
    ],
};

const PROVIDES: &[Given] = &[
    given(credential::ID, "id"),
    given(credential::NAME, "name"),
    given(credential::KIND, "the format"),
    given(credential::IDENTITY, "principal, or the key itself"),
    given(credential::SCOPE, "the manifest, or the folder of the file"),
    given(credential::SYSTEM, "the format"),
    given(credential::ENABLED, "status; expires_at"),
    given(credential::CREATED_AT, "created_at"),
    given(credential::LAST_CHANGE_AT, "created_at: a key is never changed in place"),
    given(credential::ROTATED_AT, "never: a key is never changed in place"),
    given(credential::EXPIRES_AT, "expires_at"),
    given(credential::SCOPES, "workspace_id, scope"),
    given(identity::ID, "id"),
    given(identity::KEY, "id"),
    given(identity::NATIVE_ID, "id"),
    given(identity::NAME, "name"),
    given(identity::KIND, "type"),
    given(identity::SYSTEM, "the format"),
    given(identity::SCOPE, "the manifest, or the folder of the file"),
    given(identity::ROOT, "the format"),
    given(identity::SERVICE_LINKED, "the format"),
    given(
        identity::ENABLED,
        "status of a key that acts as itself; archived_at of a service account; that a user is listed",
    ),
    given(identity::CREATED_AT, "created_at; added_at of a user"),
    given(identity::EXPIRES_AT, "expires_at of a key that acts as itself"),
    given(identity::DESCRIPTION, "description of a service account"),
    given(identity::CAN_BE_ASSUMED_BY, "nobody can take on a user, or a key that acts as itself"),
    given(identity::CREDENTIALS, "principal, or the key itself"),
    given(resource::ID, "id of a workspace"),
    given(resource::NAME, "name of a workspace"),
    given(resource::KIND, "the format"),
    given(resource::SYSTEM, "the format"),
    given(resource::SCOPE, "the manifest, or the folder of the file"),
];

/// The kinds of object that are read, as their `type` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Key,
    ServiceAccount,
    User,
    Workspace,
}

impl Kind {
    fn named(kind: &str) -> Option<Self> {
        Some(match kind {
            "api_key" => Self::Key,
            "service_account" => Self::ServiceAccount,
            "user" => Self::User,
            "workspace" => Self::Workspace,
            _ => return None,
        })
    }

    fn list(self) -> (&'static str, Option<Listing>) {
        match self {
            Self::Key => ("API keys", Some(Listing::ApiKeys)),
            Self::ServiceAccount => ("service accounts", Some(Listing::ServiceAccounts)),
            Self::User => ("users", None),
            Self::Workspace => ("workspaces", None),
        }
    }
}

impl Source for AnthropicKeys {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        let has = |name: &str| head.has(name) || head.has_inner("data", name);
        let of_a_kind = has("partial_key_hint")
            || has("display_color") && has("archived_at")
            || has("organization_role") && has("id") && !has("email")
            || has("added_at") && has("email") && has("role");
        // A list whose members are no objects does not say of what it is: that is no empty list.
        let other = || {
            ["data", "has_more", "last_id"].into_iter().all(|key| head.has(key)) && answers::lists_other(head, "data")
        };
        // OpenAI says `object` where Anthropic says `type`.
        matches!(head.shape, Shape::Json { .. }) && !has("object") && (has("type") && of_a_kind || other())
    }

    fn order(&self) -> u8 {
        3
    }

    fn read(&self, found: &Found, _: &Head, file: &mut FileRun<'_>) -> io::Result<()> {
        let organisation = Organisation::of(file, ABOUT.system);
        let answers = Anthropic { organisation, seen: Again::default(), kind: None, pages: BTreeMap::new() };
        let answers = answers::read(found, file, answers)?;
        for (kind, (goes_on, record)) in &answers.pages {
            Providers::last_page(file, answers.list(*kind), *goes_on, *record);
        }
        Ok(())
    }
}

struct Anthropic {
    organisation: Organisation,
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
    next_page: Option<IgnoredAny>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

/// What every object has.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Option<Text<'a>>,
    #[serde(default)]
    value: Option<IgnoredAny>,
    #[serde(default)]
    key: Option<IgnoredAny>,
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
    description: Told<Text<'a>>,
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
    #[serde(borrow, default)]
    partial_key_hint: Option<Text<'a>>,
    #[serde(borrow, default)]
    workspace_id: Told<Text<'a>>,
    #[serde(borrow, default)]
    principal: Option<Principal<'a>>,
    #[serde(borrow, default)]
    scope: Option<Limit<'a>>,
    #[serde(default)]
    created_at: Told<Stamp>,
    #[serde(default)]
    added_at: Told<Stamp>,
    #[serde(default)]
    archived_at: Told<Stamp>,
    #[serde(default)]
    expires_at: Told<Stamp>,
}

/// What a key acts as.
#[derive(Deserialize)]
struct Principal<'a> {
    #[serde(borrow, default)]
    user_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    service_account_id: Option<Text<'a>>,
}

/// Where a key belongs.
#[derive(Deserialize)]
struct Limit<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    workspace_id: Option<Text<'a>>,
}

/// An object with the digest of its text, or why it is left aside.
type Read<'a> = Result<(Kind, Box<Object<'a>>, u64), String>;

impl Answers for Anthropic {
    type Entry<'a> = Read<'a>;

    fn page(text: &str) -> Result<Page<'_>, String> {
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| why(&error))?;
        match envelope {
            Envelope { error: Some(_), .. } => Err("it is an error message where an answer should be".to_owned()),
            Envelope { data: Some(data), has_more, next_page, .. } => {
                Ok(Page::of_list("/data", &data.0, has_more.unwrap_or(false) || next_page.is_some()))
            }
            Envelope { .. } => Ok(Page::of_one("", text)),
        }
    }

    fn entry<'a>(part: &Part<'a>) -> Result<Read<'a>, String> {
        let named: Named<'a> = serde_json::from_str(part.text).map_err(|error| why(&error))?;
        if named.value.is_some() || named.key.is_some() {
            return Err(LIVE.to_owned());
        }
        if named.kind.is_none() {
            return Err("it has no `type`, which says what it is".to_owned());
        }
        let Some(kind) = named.kind.as_deref().and_then(Kind::named) else {
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
        if let Some(why) = provider::superseded(file, self.list(kind)) {
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

impl Anthropic {
    /// Puts an object into the tables.
    fn put(&mut self, file: &mut FileRun<'_>, record: RecordId, kind: Kind, id: &str, object: &Object<'_>) -> Taken {
        let name = object.name.as_deref().filter(|name| !name.is_empty());
        match kind {
            Kind::Key => {
                self.key(file, (id, name), object, record);
                Taken::Read("api_keys")
            }
            Kind::ServiceAccount => {
                let kind = (IdentityKind::ServiceAccount, "service_account");
                let row = self.organisation.machine(file.world(), kind, (id, name), record);
                provider::moment(file, identity::CREATED_AT, row, object.created_at, record);
                match object.archived_at {
                    Told::Missing => {}
                    Told::None => file.world().set(identity::ENABLED, row, true, record),
                    Told::Some(_) => file.world().set(identity::ENABLED, row, false, record),
                }
                match &object.description {
                    Told::Some(text) if !is_blank(text) => {
                        file.world().set_text(identity::DESCRIPTION, row, text, record);
                    }
                    // A description that was taken away is an empty text, or `null`.
                    Told::Some(_) | Told::None => file.world().set_absent(identity::DESCRIPTION, row, record),
                    Told::Missing => {}
                }
                Taken::Read("service_accounts")
            }
            Kind::User => {
                let row = self.organisation.user(file, (id, name.or(object.email.as_deref())), record);
                provider::listed_user(file.world(), row, true, record);
                provider::moment(file, identity::CREATED_AT, row, object.added_at, record);
                Taken::Read("users")
            }
            Kind::Workspace => {
                self.organisation.part(file.world(), "workspace", (id, name), record);
                Taken::Read("workspaces")
            }
        }
    }

    fn list(&self, kind: Kind) -> ListOf {
        let (name, listing) = kind.list();
        ListOf { source: ABOUT.id, scope: self.organisation.sym, name, listing, project: None }
    }

    fn key(&self, file: &mut FileRun<'_>, (id, name): (&str, Option<&str>), object: &Object<'_>, record: RecordId) {
        let enabled = match object.status.as_deref() {
            Some("active") => Some(true),
            Some("inactive" | "archived" | "expired") => Some(false),
            _ => None,
        };
        let odd = Some("the `status` of a key is missing, or no word that Anthropic documents");
        let known =
            |id: &Option<Text<'_>>| id.as_deref().filter(|id| provider::id(Some(id)).is_ok()).map(str::to_owned);
        let bound = object.principal.as_ref().map(|whose| (known(&whose.user_id), known(&whose.service_account_id)));
        let whose = match bound {
            Some((Some(user), _)) => Some(self.organisation.user(file, (&user, None), record)),
            Some((None, Some(account))) => {
                let row = self.organisation.account(file.world(), "service_account", &account, record);
                file.world().set(identity::KIND, row, IdentityKind::ServiceAccount, record);
                Some(row)
            }
            // It acts as something that the answer does not name in a way that is known.
            Some((None, None)) => {
                self.organisation.ownerless(file.world(), record);
                None
            }
            None => Some(self.client(file, (id, name), enabled, object, record)),
        };
        let key = Key {
            word: "api_key",
            id,
            name,
            whose,
            enabled,
            odd,
            created: object.created_at,
            expires: object.expires_at,
            used: Told::Missing,
            limited_to: limited_to(object),
            shown: object.partial_key_hint.as_deref(),
        };
        self.organisation.key(file, &key, record);
    }

    /// The client that a key is where it acts as itself.
    fn client(
        &self,
        file: &mut FileRun<'_>,
        called: (&str, Option<&str>),
        enabled: Option<bool>,
        object: &Object<'_>,
        record: RecordId,
    ) -> u32 {
        let kind = (IdentityKind::ApiClient, "api_client");
        let row = self.organisation.machine(file.world(), kind, called, record);
        if let Some(enabled) = enabled {
            file.world().set(identity::ENABLED, row, enabled, record);
        }
        provider::moment(file, identity::CREATED_AT, row, object.created_at, record);
        provider::moment(file, identity::EXPIRES_AT, row, object.expires_at, record);
        // It has this one key and no other, and nobody can take it on.
        file.world().close(identity::CREDENTIALS, row);
        file.world().close(identity::CAN_BE_ASSUMED_BY, row);
        row
    }
}

/// What a key is limited to.
fn limited_to(object: &Object<'_>) -> Option<String> {
    if let Some(scope) = &object.scope {
        match (scope.kind.as_deref(), scope.workspace_id.as_deref()) {
            (Some("organization"), _) => return Some("organization".to_owned()),
            (Some("workspace"), Some(id)) => return Some(format!("workspace:{id}")),
            (Some("workspace"), None) => {}
            _ => return None,
        }
    }
    match &object.workspace_id {
        Told::Some(id) => Some(format!("workspace:{}", id.0)),
        Told::None => Some("workspace:default".to_owned()),
        Told::Missing => None,
    }
}
