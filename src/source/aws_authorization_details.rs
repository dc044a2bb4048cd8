//! `aws iam get-account-authorization-details`: users, groups, roles and policies of an account.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::aws::arn::{self, Arn};
use super::aws::held::{check_name, check_parts};
use super::aws::identities::{self, Ready};
use super::aws::lenient::{Text, record};
use super::aws::provided::Copied;
use super::aws::statements::Cache;
use super::aws::types::{Managed, Principal};
use super::aws::{groups, policies, statements};
use super::run::{FileRun, marks_a_page};
use super::sets::{Admitted, Whole};
use super::{About, Given, Source, given};
use crate::base::diagnostic::Diagnostic;
use crate::export::head::Head;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Ahead, Sink};
use crate::model::facts::{group, identity, policy};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Why;

/// The source.
pub struct AwsAuthorizationDetails;

const LISTS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
const LISTINGS: [Listing; 4] = [Listing::Users, Listing::Groups, Listing::Roles, Listing::Policies];
const KINDS: [(&str, Subject); 4] =
    [("user", Subject::Identity), ("group", Subject::Group), ("role", Subject::Identity), ("policy", Subject::Policy)];
const POLICIES: u16 = 3;

static ABOUT: About = About {
    id: "aws-authorization-details",
    title: "users, groups, roles and policies of an AWS account",
    system: "aws",
    commands: &["aws iam get-account-authorization-details --output json > authorization-details.json"],
    authority: 50,
    kinds: &[],
    layout: Layout::Lists(LISTS, &["IsTruncated", "Marker", "NextToken"]),
    provides: PROVIDES,
    shows: &LISTINGS,
    notes: &[
        "Pages may stand in one file, back to back or in an array, or in several files of one folder. A page marker that no last page answers leaves the lists incomplete.",
        "A list that is empty closes nothing: a filter gives the same shape. A list of which a record was rejected is not complete.",
        "`RoleLastUsed: {}` means not used within the 400 days that AWS looks back, and not never: `last_used_at` is absent, and `use_tracked_since` says since when.",
        "Where the account counts more that use a policy (`AttachmentCount`, `PermissionsBoundaryUsageCount`) than were read, and its users, groups and roles are said to be all listed, those lists are taken as not whole.",
        "Policies that AWS provides have one text for all accounts, of which each export holds a copy. An account's own copy counts for it, but where another shows a newer version with another text, it is unknown what the older says now. For accounts without one the newest default version is taken, by the version's `CreateDate` or else its number, but none that was made after its export or after the date of assessment. Where copies of one version differ, where dates and numbers of versions contradict each other, or where an older version is in force later than a newer one was, the text is unknown. So is that of any policy whose default version was made after the date of assessment.",
        "Of a managed policy the default version is read. Of conditions the keys are kept, and which of them hold only for requests that carry a certain value; of the values themselves only which subjects and audiences of an issuer are meant.",
        "The export holds no access keys and no passwords: add the credential report.",
    ],
};

const PROVIDES: &[Given] = &[
    given(identity::ID, "Arn"),
    given(identity::KEY, "Arn"),
    given(identity::NAME, "UserName, RoleName"),
    given(identity::NATIVE_ID, "UserId, RoleId"),
    given(identity::KIND, "the list that it is in"),
    given(identity::SYSTEM, "the format"),
    given(identity::SCOPE, "the account in Arn"),
    given(identity::ROOT, "the list that it is in"),
    given(identity::SERVICE_LINKED, "the path in Arn"),
    given(identity::ENABLED, "the list that it is in: AWS cannot switch a user or role off"),
    given(identity::CREATED_AT, "CreateDate"),
    given(identity::LAST_USED_AT, "RoleLastUsed.LastUsedDate"),
    given(identity::USE_TRACKED_SINCE, "400 days before the collection"),
    given(identity::DESCRIPTION, "Description, where an export has it"),
    given(identity::SESSION_MAX, "MaxSessionDuration, where an export has it"),
    given(identity::TAGS, "Tags"),
    given(identity::GROUPS, "GroupList"),
    given(identity::POLICIES, "AttachedManagedPolicies, UserPolicyList, RolePolicyList"),
    given(identity::CREDENTIALS, "a role has none of its own"),
    given(identity::BOUNDARY, "PermissionsBoundary.PermissionsBoundaryArn"),
    given(identity::CAN_BE_ASSUMED_BY, "AssumeRolePolicyDocument"),
    given(group::ID, "Arn"),
    given(group::NAME, "GroupName"),
    given(group::SCOPE, "the account in Arn"),
    given(group::BUILT_IN, "no account has one that nobody made"),
    given(group::CREATED_AT, "CreateDate"),
    given(group::POLICIES, "AttachedManagedPolicies, GroupPolicyList"),
    given(group::MEMBERS, "GroupList of the users"),
    given(policy::ID, "Arn; for inline policies the holder's Arn and PolicyName"),
    given(policy::NAME, "PolicyName"),
    given(policy::SCOPE, "the account in Arn"),
    given(policy::MANAGED_BY, "the account in Arn, or where it stands"),
    given(policy::CREATED_AT, "CreateDate"),
    given(policy::CHANGED_AT, "CreateDate of the default version"),
    given(policy::GRANTS, "PolicyVersionList, PolicyDocument"),
];

impl Source for AwsAuthorizationDetails {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        ["UserDetailList", "GroupDetailList", "RoleDetailList"].iter().any(|list| head.has(list))
            || head.has_inner("Policies", "PolicyVersionList")
    }

    fn order(&self) -> u8 {
        0
    }

    fn scope(&self, head: &Head) -> Option<String> {
        arn::first_account(&head.text).map(|account| format!("aws:{account}"))
    }

    fn read(&self, file: &Found, _: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let cache = std::mem::take(&mut run.run.aws.cache);
        let parser = Parser { cache: &cache, said: run.said.scope.clone() };
        let mut sink = Details {
            file: run,
            parser: &parser,
            cache: &cache,
            seen: BTreeMap::new(),
            broken: BTreeSet::new(),
            cut: false,
            marked: BTreeSet::new(),
            last: None,
            warned: BTreeSet::new(),
            provided: Vec::new(),
            used: false,
            older: false,
        };
        let facts = windows::read_ahead(std::fs::File::open(&file.path)?, ABOUT.layout, &parser, &mut sink);
        if let Ok(facts) = &facts {
            sink.show(facts.documents);
        }
        sink.settle_provided();
        run.run.aws.cache = cache;
        run.close(&facts?);
        Ok(())
    }
}

/// Whether the pages of `file` go on elsewhere: any of its documents has a page marker, and the last one too.
///
/// # Errors
/// When it cannot be read.
pub fn goes_on(file: &Found) -> io::Result<bool> {
    #[derive(Default)]
    struct Markers(BTreeSet<u32>);
    impl Sink for Markers {
        type Parsed<'a> = ();
        fn parse(&self, _: &Slice, _: &[u8]) -> Result<(), String> {
            Ok(())
        }
        fn take(&mut self, _: &Slice, (): ()) {}
        fn reject(&mut self, _: &Slice, _: String) {}
        fn refuse(&mut self, _: &Refused) {}
        fn field(&mut self, field: Field) {
            if marks_a_page(&field) {
                self.0.insert(field.document);
            }
        }
    }
    let mut markers = Markers::default();
    let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut markers)?;
    Ok(markers.0.contains(&facts.documents.saturating_sub(1)))
}

/// A record that was parsed.
enum Parsed<'a> {
    Principal(Box<Ready<'a>>),
    Policy(Box<policies::Ready<'a>>),
}

/// What records are parsed with.
struct Parser<'f> {
    cache: &'f Cache,
    /// The scope that is said of the file.
    said: Option<String>,
}

struct Details<'f, 'r> {
    file: &'f mut FileRun<'r>,
    parser: &'f Parser<'f>,
    cache: &'f Cache,
    /// The first record by document, scope and list.
    seen: BTreeMap<(u32, Sym, u16), RecordId>,
    /// Lists, by document, of which a record was rejected.
    broken: BTreeSet<(u32, u16)>,
    /// True if the file could not be read to its end.
    cut: bool,
    /// Documents that are not the last page.
    marked: BTreeSet<u32>,
    /// The last answer on whether records may be used, since records of one account follow each other.
    last: Option<(Sym, u16, Admitted)>,
    warned: BTreeSet<u32>,
    /// Copies of policies that AWS provides, by ARN.
    provided: Vec<(String, Copied)>,
    /// True if a record of this file is of the snapshot that is used, and if one is not.
    used: bool,
    older: bool,
}

impl<'f> Ahead<Details<'f, '_>> for Parser<'f> {
    fn parse<'a>(&self, slice: &Slice, text: &'a [u8]) -> Result<Parsed<'a>, String> {
        let kind = KINDS.get(usize::from(slice.list)).map_or("", |kind| kind.0);
        let parsed = if slice.list == POLICIES {
            let managed: Managed<'a> = record(text)?;
            check_name(managed.arn.as_deref(), managed.policy_name.as_deref(), kind)?;
            Parsed::Policy(Box::new(policies::ready(self.cache, managed)?))
        } else {
            let mut principal: Principal<'a> = record(text)?;
            check_name(principal.arn.as_deref(), principal.user_name.as_deref(), kind)?;
            check_parts(&principal)?;
            let said = self.said.as_deref();
            if let Some(arn) = principal.arn.as_deref().and_then(|arn| arn::in_account(arn, said)) {
                principal.arn = Some(Text(arn.into()));
            }
            let mut inline = Vec::new();
            let listed = principal.user_policy_list.take();
            let has_inline_list = listed.is_some();
            for policy in listed.unwrap_or_default().0 {
                let Some(name) = policy.policy_name else {
                    return Err("an inline policy in it has no name".to_owned());
                };
                let Some(text) = policy.policy_document else {
                    return Err("an inline policy in it has no text".to_owned());
                };
                inline.push((name, self.cache.find(text)?));
            }
            let trust = principal.assume_role_policy_document.take().map(statements::trust).transpose()?;
            Parsed::Principal(Box::new(Ready { principal, has_inline_list, inline, trust }))
        };
        Ok(parsed)
    }
}

impl Sink for Details<'_, '_> {
    type Parsed<'a> = Parsed<'a>;

    fn parse<'a>(&self, slice: &Slice, text: &'a [u8]) -> Result<Parsed<'a>, String> {
        Ahead::<Self>::parse(self.parser, slice, text)
    }

    fn take(&mut self, slice: &Slice, parsed: Parsed<'_>) {
        let arn_text = match &parsed {
            Parsed::Principal(ready) => ready.principal.arn.as_deref(),
            Parsed::Policy(ready) => ready.managed.arn.as_deref(),
        };
        let Some((arn_text, arn)) = arn_text.and_then(|text| Arn::parse(text).map(|arn| (text, arn))) else { return };
        if slice.list == POLICIES && arn.account == "aws" {
            let arn = arn_text.to_owned();
            return self.take_provided(slice, arn, parsed);
        }
        let scope = policies::scope(self.file, arn);
        if !self.admitted(scope, slice.list) {
            self.older = true;
            return;
        }
        self.used = true;
        let Some((_, subject)) = KINDS.get(usize::from(slice.list)).copied() else { return };
        let mut id = std::mem::take(&mut self.file.run.aws.buffer);
        arn.id(arn_text, &mut id);
        let (row, new) = self.file.world().upsert(subject, &id);
        self.file.run.aws.buffer = id;
        let again = !new && self.listed_before(subject, row);
        let record = self.file.record(slice);
        if again {
            // Both are taken, so that it does not matter which comes first, and what each may lack is open.
            self.broken.insert((slice.document, slice.list));
            self.file.reject(slice, "its `Arn` is that of an earlier record of this export");
            let facts =
                [identity::POLICIES.id, identity::GROUPS.id, identity::CAN_BE_ASSUMED_BY.id, group::POLICIES.id];
            for fact in facts.into_iter().filter(|fact| fact.subject == subject) {
                self.file.world().open(fact, row, Why::Conflict);
            }
            if subject == Subject::Policy {
                policies::contested(self.file.world(), row);
            }
        } else {
            self.seen.entry((slice.document, scope, slice.list)).or_insert(record);
            self.file.count_read();
        }
        self.file.world().mark_listed(subject, row, record);
        match (parsed, slice.list) {
            (Parsed::Principal(ready), 1) => groups::add(self.file, self.cache, row, scope, *ready, record),
            (Parsed::Principal(ready), _) => identities::add(self.file, self.cache, row, scope, *ready, record),
            (Parsed::Policy(ready), _) => policies::add(self.file, self.cache, row, *ready, record),
        }
        if let Some(name) = LISTINGS.get(usize::from(slice.list)).filter(|_| !again) {
            self.file.total(name.name(), 1);
        }
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.broken.insert((slice.document, slice.list));
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        if let Some(list) = refused.list {
            self.broken.insert((refused.document, list));
        }
        self.cut |= refused.why.is_final() || refused.list.is_none();
        self.file.refuse(refused);
    }

    fn field(&mut self, field: Field) {
        if marks_a_page(&field) {
            self.marked.insert(field.document);
        }
    }
}

impl Details<'_, '_> {
    /// Whether records of a list of a scope may be used; says why if not.
    fn admitted(&mut self, scope: Sym, list: u16) -> bool {
        let admitted = match self.last {
            Some((known, of, admitted)) if known == scope && of == list => admitted,
            _ => {
                let text = self.file.run.world.strings.text(scope).to_owned();
                self.file.scopes.insert(text);
                self.file.run.sets.admit(ABOUT.id, scope, list, self.file.set)
            }
        };
        self.last = Some((scope, list, admitted));
        let (Admitted::Older(holder) | Admitted::Unordered(holder) | Admitted::Repeats(holder)) = admitted else {
            return true;
        };
        let scope = self.file.run.world.strings.text(scope).to_owned();
        let used = self.file.run.sets.path(holder).to_owned();
        if matches!(admitted, Admitted::Older(_)) {
            self.file.ignore(&format!("superseded: `{used}` is a newer snapshot of `{scope}`"));
            return false;
        }
        if matches!(admitted, Admitted::Repeats(_)) {
            self.file.repeats(&used);
            return false;
        }
        self.file.ignore(&format!("another snapshot of `{scope}` than `{used}`, and no times tell which is newer"));
        if self.warned.insert(holder) {
            let path = self.file.path();
            let message =
                format!("`{used}` and `{path}` are two snapshots of `{scope}`, and no times tell which is newer");
            let help = "state `collected_at` of both as `[[exports]]` in `assize.toml`, or remove one of them";
            self.file.run.diagnostics.push(Diagnostic::error("two-snapshots", message).help(help));
        }
        false
    }

    /// Holds a copy of a policy that AWS provides until all copies are known.
    fn take_provided(&mut self, slice: &Slice, arn: String, parsed: Parsed<'_>) {
        let Parsed::Policy(ready) = parsed else { return };
        let record = self.file.record(slice);
        let copied = policies::copied(self.file, self.cache, *ready, record);
        self.provided.push((arn, copied));
    }

    /// Copies of policies that AWS provides count with the snapshot that they are in.
    fn settle_provided(&mut self) {
        let superseded = self.older && !self.used;
        // What they are attached to is counted in the account that the file is of.
        let mut scopes = self.file.scopes.iter();
        let account = scopes.next().filter(|_| scopes.next().is_none()).cloned();
        let account = account.map(|scope| self.file.world().strings.intern(&scope));
        for (arn, mut copied) in std::mem::take(&mut self.provided) {
            copied.account = account;
            if superseded {
                self.file.ignore("policies that AWS provides, in a snapshot that is not used");
                continue;
            }
            self.file.count_read();
            self.file.total(Listing::Policies.name(), 1);
            if let (Some(scope), Some(parsed)) = (account, Arn::parse(&arn)) {
                let mut id = String::new();
                parsed.id(&arn, &mut id);
                let id = self.file.world().strings.intern(&id);
                policies::count(self.file, scope, id, copied.uses, copied.record);
            }
            self.file.run.aws.provided.add(arn, copied);
        }
    }

    /// True if a record of this export listed the row before.
    fn listed_before(&mut self, subject: Subject, row: u32) -> bool {
        use crate::model::table::Presence;
        let export = self.file.export;
        let world = self.file.world();
        let table = world.table(subject);
        table.presence(row) == Presence::Listed
            && table.records(row).any(|record| world.records.get(record).is_some_and(|record| record.export == export))
    }

    /// Says which lists the file has and whether they look whole.
    fn show(&mut self, documents: u32) {
        let marked_before = |document: u32| self.marked.range(..document).count();
        // Pages up to one without a marker are one answer.
        let answer = |document: u32| document as usize - marked_before(document);
        let open = documents.checked_sub(1).filter(|last| self.marked.contains(last)).map(answer);
        let broken: BTreeSet<(usize, u16)> =
            self.broken.iter().map(|(document, list)| (answer(*document), *list)).collect();
        let cut = self.cut.then(|| answer(documents.saturating_sub(1)));
        let set = self.file.set;
        let mut shown: BTreeMap<(Sym, u16, usize), RecordId> = BTreeMap::new();
        for ((document, scope, list), record) in &self.seen {
            shown.entry((*scope, *list, answer(*document))).or_insert(*record);
        }
        self.show_lost(&broken, &shown);
        if cut.is_some() {
            self.show_cut(&shown);
        }
        for ((scope, list, at), record) in shown {
            let Some(listing) = LISTINGS.get(usize::from(list)).copied() else { continue };
            let whole = if cut == Some(at) {
                Whole::No("the file cannot be read to its end")
            } else if broken.contains(&(at, list)) {
                Whole::No("some of its records were rejected")
            } else if open == Some(at) {
                Whole::Marked
            } else {
                Whole::Yes
            };
            self.file.run.sets.show(set, scope, listing, record, whole);
        }
        if open.is_none() && cut.is_none() {
            self.file.run.sets.end(set);
        }
    }

    /// Of a file that ends early nobody knows which lists the rest would have had, so all are incomplete for each account
    /// that it speaks of, or that the manifest says it does; but not where a newer snapshot is used in its place.
    fn show_cut(&mut self, shown: &BTreeMap<(Sym, u16, usize), RecordId>) {
        if self.older && !self.used {
            return;
        }
        let mut scopes: BTreeSet<Sym> = shown.keys().map(|(scope, ..)| *scope).collect();
        if scopes.is_empty() {
            let said = self.file.said.scope.clone();
            scopes.extend(said.map(|scope| self.file.run.world.strings.intern(&scope)));
        }
        for (list, listing) in (0..).zip(LISTINGS) {
            let whole = Slice { list, index: 0, document: 0, start: 0, end: 0, offset: 0 };
            let record = self.file.record(&whole);
            for scope in scopes.iter().filter(|scope| !shown.keys().any(|(of, at, _)| of == *scope && *at == list)) {
                let why = Whole::No("the file cannot be read to its end");
                self.file.run.sets.show(self.file.set, *scope, listing, record, why);
            }
        }
    }

    /// A list of which every record was rejected is not an empty one, whoever asserts that it is whole: it is incomplete
    /// for each account that the file speaks of, or that the manifest says it does.
    fn show_lost(&mut self, broken: &BTreeSet<(usize, u16)>, shown: &BTreeMap<(Sym, u16, usize), RecordId>) {
        let mut scopes: BTreeSet<Sym> = shown.keys().map(|(scope, ..)| *scope).collect();
        if scopes.is_empty() {
            let said = self.file.said.scope.clone();
            scopes.extend(said.map(|scope| self.file.run.world.strings.intern(&scope)));
        }
        for (at, list) in broken {
            let Some(listing) = LISTINGS.get(usize::from(*list)).copied() else { continue };
            if shown.keys().any(|(_, known, answer)| (known, answer) == (list, at)) {
                continue;
            }
            let whole = Slice { list: *list, index: 0, document: 0, start: 0, end: 0, offset: 0 };
            let record = self.file.record(&whole);
            for scope in &scopes {
                let why = Whole::No("all of its records were rejected");
                self.file.run.sets.show(self.file.set, *scope, listing, record, why);
            }
        }
    }
}
