//! `aws iam list-access-keys`: the access keys of one user a document, without the account.

use std::io;

use super::again;
use super::aws::join::{Key, Whose};
use super::aws::lenient::record;
use super::aws::types::ListedKey;
use super::run::{FileRun, marks_a_page, place};
use super::{About, Given, Source, given};
use crate::base::time::Instant;
use crate::export::head::Head;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};
use crate::model::facts::{CredentialKind, credential};
use crate::model::intern::Sym;

/// The source.
pub struct AwsAccessKeys;

static ABOUT: About = About {
    id: "aws-access-keys",
    title: "access keys of AWS users, with their ids",
    system: "aws",
    commands: &[
        "for user in $(aws iam list-users --query 'Users[].UserName' --output text); do aws iam list-access-keys --user-name \"$user\" --output json; done > access-keys.json",
    ],
    authority: 50,
    kinds: &[CredentialKind::AccessKey],
    layout: Layout::Lists(&["AccessKeyMetadata"], &["IsTruncated", "Marker", "NextToken"]),
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Answers may stand back to back in one file.",
        "The account is not in the answer: it is that of the one export in the same folder that has a user of this name, or the `scope` that the manifest gives the file. Where neither tells, the record is rejected.",
        "A key is joined with the slot of the credential report that was made at the same instant; the key id is then the credential's id, and the slot another name of it. Where that is not certain they stay apart and a note says so. What only an older list names was replaced since and is left out; so is what only an older report names, where the list has as many keys as a user can have. With fewer, the list may lack it: it is unknown then whether the key is active, and so it is where nothing tells which is older.",
        "An answer without keys does not say whose it is, so this export alone does not show that all keys are listed: add the credential report.",
    ],
};

const PROVIDES: &[Given] = &[
    given(credential::ID, "AccessKeyId"),
    given(credential::NAME, "AccessKeyId"),
    given(credential::KIND, "the format"),
    given(credential::IDENTITY, "UserName"),
    given(credential::SCOPE, "the user's account"),
    given(credential::ENABLED, "Status"),
    given(credential::CREATED_AT, "CreateDate"),
    given(credential::LAST_CHANGE_AT, "CreateDate: a key is never changed in place"),
    given(credential::ROTATED_AT, "never: a key is never changed in place"),
    given(credential::EXPIRES_AT, "never: access keys do not expire"),
];

impl Source for AwsAccessKeys {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has("AccessKeyMetadata")
    }

    fn order(&self) -> u8 {
        2
    }

    fn read(&self, file: &Found, _: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let mut sink = Keys { file: run, marked: false };
        let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut sink)?;
        if sink.marked {
            let message = format!("`{}` has a page marker: keys of a user may be missing from it", sink.file.path());
            sink.file.world().note("page-marker", message, None);
            if let Some(report) = sink.file.report() {
                report.incomplete = Some("a page marker is left over");
            }
        }
        run.close(&facts);
        Ok(())
    }
}

struct Keys<'f, 'r> {
    file: &'f mut FileRun<'r>,
    marked: bool,
}

/// Who a record of this file speaks of.
pub fn whose(file: &mut FileRun<'_>, slice: &Slice, user: &str) -> Whose {
    let path = file.path();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let declared = file.said.scope.clone().map(|scope| {
        file.scopes.insert(scope.clone());
        file.world().strings.intern(&scope)
    });
    let user = file.world().strings.intern(user);
    let place = place(file.about.layout, slice.list, slice.index, slice.document);
    let record = file.record(slice);
    Whose { user, folder, declared, place, record }
}

/// Whether a key is accepted, as far as its status tells.
fn active(key: &ListedKey<'_>) -> Option<bool> {
    match key.status.as_deref() {
        Some("Active") => Some(true),
        Some("Inactive" | "Expired") => Some(false),
        _ => None,
    }
}

impl Keys<'_, '_> {
    /// Of a key that the export has twice, what the two do not agree on is unknown, whichever comes first.
    fn again(&mut self, slice: &Slice, user: &str, id: Sym, key: &ListedKey<'_>) {
        let user = self.file.world().strings.intern(user);
        let (export, records) = (self.file.export, &self.file.run.world.records);
        let of_export = |known: &&mut Key| {
            known.id == id && records.get(known.whose.record).is_some_and(|record| record.export == export)
        };
        let Some(known) = self.file.run.aws.keys.iter_mut().rev().find(of_export) else { return };
        let created = key.create_date.as_deref().and_then(|text| Instant::parse(text).map(|at| at.0));
        let same = known.whose.user == user && known.created == created && known.active == active(key);
        if known.created != created {
            known.created = None;
        }
        if known.active != active(key) {
            known.active = None;
        }
        if same {
            return self.file.ignore(again::SAME);
        }
        // Whose it is the two do not agree on: each has it, with what they agree on.
        let other = (known.whose.user != user).then_some((known.active, known.created));
        if let Some((active, created)) = other {
            let text = self.file.world().strings.text(user).to_owned();
            let whose = whose(self.file, slice, &text);
            self.file.run.aws.keys.push(Key { whose, id, active, created });
        }
        self.file.reject(slice, "its `AccessKeyId` is that of an earlier record of this export, and the two differ");
    }
}

impl Sink for Keys<'_, '_> {
    type Parsed<'a> = ListedKey<'a>;

    fn parse<'a>(&self, _: &Slice, text: &'a [u8]) -> Result<ListedKey<'a>, String> {
        let key: ListedKey<'a> = record(text)?;
        let filled = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        if !filled(key.access_key_id.as_deref()) {
            return Err("it has no `AccessKeyId`".to_owned());
        }
        if !filled(key.user_name.as_deref()) {
            return Err("it has no `UserName`".to_owned());
        }
        Ok(key)
    }

    fn take(&mut self, slice: &Slice, key: ListedKey<'_>) {
        let (Some(user), Some(id)) = (key.user_name.as_deref(), key.access_key_id.as_deref()) else { return };
        let known = self.file.world().strings.get(id);
        if let Some(id) = known
            && self.file.run.aws.key_ids.contains(&(self.file.export, id))
        {
            return self.again(slice, user, id, &key);
        }
        let whose = whose(self.file, slice, user);
        let id = self.file.world().strings.intern(id);
        self.file.run.aws.key_ids.insert((self.file.export, id));
        let created = key.create_date.as_deref().and_then(|text| {
            let at = Instant::parse(text).map(|at| at.0);
            if at.is_none() {
                self.file.bad_date(whose.record);
            }
            at
        });
        let active = active(&key);
        self.file.count_read();
        self.file.total("access_keys", 1);
        self.file.run.aws.keys.push(Key { whose, id, active, created });
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.refuse(refused);
    }

    fn field(&mut self, field: Field) {
        self.marked |= marks_a_page(&field);
    }
}
