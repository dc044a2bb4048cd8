//! `aws iam get-access-key-last-used`: when a key was last used, without the key's id.

use std::io;

use super::aws::join::Use;
use super::aws::lenient::record;
use super::aws::types::KeyUse;
use super::aws_access_keys::whose;
use super::run::FileRun;
use super::{About, Given, Source, given};
use crate::base::time::Instant;
use crate::export::head::Head;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};
use crate::model::facts::{CredentialKind, credential};

/// The source.
pub struct AwsAccessKeyLastUsed;

static ABOUT: About = About {
    id: "aws-access-key-last-used",
    title: "last use of AWS access keys",
    system: "aws",
    commands: &[
        "for user in $(aws iam list-users --query 'Users[].UserName' --output text); do for key in $(aws iam list-access-keys --user-name \"$user\" --query 'AccessKeyMetadata[].AccessKeyId' --output text); do aws iam get-access-key-last-used --access-key-id \"$key\" --query \"{AccessKeyId: '$key', UserName: UserName, AccessKeyLastUsed: AccessKeyLastUsed}\" --output json; done; done > access-key-last-used.json",
    ],
    authority: 50,
    kinds: &[CredentialKind::AccessKey],
    layout: Layout::Documents,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Answers may stand back to back in one file.",
        "The answer names the user and not the key. It is used where the user has exactly one key, or where exactly one key of the user's credential report was last used at that instant; else a note says that it was not. The command above adds the `AccessKeyId`, which settles it.",
        "An answer without `LastUsedDate` means not used since AWS tracks it, 2015-04-22.",
    ],
};

const PROVIDES: &[Given] = &[
    given(credential::LAST_USED_AT, "AccessKeyLastUsed.LastUsedDate"),
    given(credential::USE_TRACKED_SINCE, "the day from which AWS tracks it"),
];

impl Source for AwsAccessKeyLastUsed {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has("AccessKeyLastUsed")
    }

    fn order(&self) -> u8 {
        3
    }

    fn read(&self, file: &Found, _: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let mut sink = Uses { file: run };
        let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut sink)?;
        run.close(&facts);
        Ok(())
    }
}

struct Uses<'f, 'r> {
    file: &'f mut FileRun<'r>,
}

impl Sink for Uses<'_, '_> {
    type Parsed<'a> = KeyUse<'a>;

    fn parse<'a>(&self, _: &Slice, text: &'a [u8]) -> Result<KeyUse<'a>, String> {
        let used: KeyUse<'a> = record(text)?;
        if used.user_name.as_deref().is_none_or(str::is_empty) {
            return Err("it has no `UserName`".to_owned());
        }
        let Some(last) = &used.last_used else { return Err("it has no `AccessKeyLastUsed`".to_owned()) };
        match last.last_used_date.as_deref() {
            Some(text) if text != "N/A" && Instant::parse(text).is_none() => {
                Err("its `LastUsedDate` is not a time".to_owned())
            }
            _ => Ok(used),
        }
    }

    fn take(&mut self, slice: &Slice, answer: KeyUse<'_>) {
        let Some(user) = answer.user_name.as_deref() else { return };
        let whose = whose(self.file, slice, user);
        let id = answer.access_key_id.as_deref().map(|id| self.file.world().strings.intern(id));
        let last = answer.last_used.and_then(|last| last.last_used_date);
        let at = last.as_deref().and_then(Instant::parse).map(|at| at.0);
        self.file.count_read();
        self.file.total("answers", 1);
        self.file.run.aws.uses.push(Use { whose, id, used: at });
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.refuse(refused);
    }

    fn field(&mut self, _: Field) {}
}
