//! `aws iam get-credential-report`: every user of an account with password, keys and certificates.

use std::collections::{BTreeMap, HashSet};
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::again::{self, Again, Seen};
use super::aws::arn::{self, Arn};
use super::aws::join::{Slot, describe, last_used};
use super::aws::lenient::record;
use super::aws::report_row::{Columns, Row, When};
use super::aws::types::Report;
use super::aws::{KEY_USE_TRACKED_SINCE, PASSWORD_USE_TRACKED_SINCE, identities};
use super::run::FileRun;
use super::sets::{Admitted, Whole};
use super::{About, Given, Source, given};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::export::head::Head;
use crate::export::rows;
use crate::export::split::{Field, Layout, Pieces, RECORD_LIMIT, Refused, Slice, Split as _};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};
use crate::model::facts::{CredentialKind, credential, identity};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;

/// The source.
pub struct AwsCredentialReport;

static ABOUT: About = About {
    id: "aws-credential-report",
    title: "passwords, access keys and certificates of an AWS account's users",
    system: "aws",
    commands: &[
        "while state=$(aws iam generate-credential-report --query State --output text) && [ \"$state\" != COMPLETE ]; do sleep 2; done; aws iam get-credential-report --output json > credential-report.json",
        "aws iam get-credential-report --query Content --output text | base64 -d > credential-report.csv",
    ],
    authority: 50,
    kinds: &[CredentialKind::Password, CredentialKind::AccessKey, CredentialKind::Certificate],
    layout: Layout::Rows,
    provides: PROVIDES,
    shows: &[Listing::Users, Listing::Roots, Listing::AccessKeys, Listing::Passwords],
    notes: &[
        "The JSON answer is better than the CSV alone, since it says when the report was made.",
        "`N/A`, `no_information` and `not_supported` are read as what they mean: there is no such credential, no use since AWS tracks it, or a column that does not apply to the root user.",
        "A key has no id here but a slot, `user#key1` or `user#key2`; `list-access-keys` adds the ids.",
        "A key that `list-access-keys` shows and the report lacks is younger than the report, as a user whom it lacks is: it shows nothing of how many keys that user has.",
        "A report without the row of the root user was filtered, and does not show that all keys and passwords are listed.",
        "The password of the root user is not listed, since the report does not say whether there is one.",
    ],
};

const PROVIDES: &[Given] = &[
    given(identity::ID, "arn"),
    given(identity::KEY, "arn"),
    given(identity::NAME, "user"),
    given(identity::KIND, "arn"),
    given(identity::SYSTEM, "the format"),
    given(identity::SCOPE, "the account in arn"),
    given(identity::ROOT, "arn"),
    given(identity::SERVICE_LINKED, "arn"),
    given(identity::ENABLED, "the row: AWS cannot switch a user off"),
    given(identity::CREATED_AT, "user_creation_time"),
    given(identity::LAST_USED_AT, "password_last_used, access_key_1_last_used_date, access_key_2_last_used_date"),
    given(identity::USE_TRACKED_SINCE, "the day from which AWS tracks it"),
    given(identity::MFA, "mfa_active"),
    given(
        identity::CREDENTIALS,
        "password_enabled, access_key_1_active, access_key_2_active, cert_1_active, cert_2_active",
    ),
    given(credential::ID, "user and the column"),
    given(credential::NAME, "user and the column"),
    given(credential::KIND, "the column"),
    given(credential::IDENTITY, "arn"),
    given(credential::SCOPE, "the account in arn"),
    given(
        credential::ENABLED,
        "password_enabled, access_key_1_active, access_key_2_active, cert_1_active, cert_2_active",
    ),
    given(credential::CREATED_AT, "access_key_1_last_rotated, access_key_2_last_rotated"),
    given(
        credential::LAST_CHANGE_AT,
        "password_last_changed, access_key_1_last_rotated, access_key_2_last_rotated, cert_1_last_rotated",
    ),
    given(credential::ROTATED_AT, "never for keys: a key is never changed in place"),
    given(credential::EXPIRES_AT, "password_next_rotation; access keys do not expire"),
    given(credential::LAST_USED_AT, "password_last_used, access_key_1_last_used_date, access_key_2_last_used_date"),
    given(credential::USE_TRACKED_SINCE, "the day from which AWS tracks it"),
];

impl Source for AwsCredentialReport {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        let columns = head.columns();
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("user") && has("arn") && has("access_key_1_active") || head.has("Content") && !head.has("AccessKeyMetadata")
    }

    fn order(&self) -> u8 {
        1
    }

    fn collected_at(&self, file: &Found, head: &Head) -> Option<i64> {
        let text = wrapper(file, head)?;
        let report: Report<'_> = serde_json::from_slice(&text).ok()?;
        report.generated_time.as_deref().and_then(Instant::parse).map(|at| at.0)
    }

    fn scope(&self, head: &Head) -> Option<String> {
        arn::first_account(&head.text).map(|account| format!("aws:{account}"))
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let input = std::fs::File::open(&file.path)?;
        let columns = Columns::new(head.columns());
        let (seen, again) = (BTreeMap::new(), Again::default());
        let mut sink = Rows { file: run, columns, seen, broken: false, warned: false, again, counts: true };
        let facts = if head.columns().is_empty() {
            sink.file.rows_within("Content");
            let mut wrapped = Wrapped { rows: sink };
            let facts = windows::read(input, Layout::Documents, &mut wrapped)?;
            sink = wrapped.rows;
            facts
        } else {
            windows::read(input, ABOUT.layout, &mut sink)?
        };
        if sink.broken && sink.seen.is_empty() {
            // Not one row tells of which account its lists are.
            sink.file.cut();
        }
        sink.show();
        run.close(&facts);
        Ok(())
    }
}

/// The rows within a report's JSON answer; `None` if it is not one.
pub fn unwrapped(answer: &[u8]) -> Option<Vec<u8>> {
    let report: Report<'_> = serde_json::from_slice(answer).ok()?;
    rows_of(&report.content?)
}

/// The text of a report's JSON answer; `None` for CSV and for what is too large.
fn wrapper(file: &Found, head: &Head) -> Option<Vec<u8>> {
    if !head.columns().is_empty() || file.bytes > RECORD_LIMIT as u64 {
        return None;
    }
    let mut reader = crate::export::text::TextReader::new(std::fs::File::open(&file.path).ok()?);
    let mut text = Vec::new();
    while !reader.fill(&mut text, RECORD_LIMIT).ok()?.end {}
    Some(text)
}

/// The rows in the `Content` of an answer, which are base64 unless a person decoded them.
fn rows_of(content: &str) -> Option<Vec<u8>> {
    if content.starts_with("user,") {
        return Some(content.as_bytes().to_vec());
    }
    let packed: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).ok()
}

/// The JSON answer around a report.
struct Wrapped<'f, 'r> {
    rows: Rows<'f, 'r>,
}

impl Sink for Wrapped<'_, '_> {
    type Parsed<'a> = Vec<u8>;

    fn parse<'a>(&self, _: &Slice, text: &'a [u8]) -> Result<Vec<u8>, String> {
        let report: Report<'a> = record(text)?;
        let Some(content) = report.content else { return Err("it has no `Content`".to_owned()) };
        rows_of(&content).ok_or_else(|| "its `Content` is neither a report nor base64".to_owned())
    }

    fn take(&mut self, slice: &Slice, content: Vec<u8>) {
        let first = content.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        let header = rows::fields(first).unwrap_or_default();
        if !header.iter().any(|name| name == "arn") {
            self.rows.broken = true;
            self.rows.file.cut();
            self.rows.file.reject_at(
                format!("document {}", slice.document + 1),
                slice.offset,
                "its `Content` is not a credential report".to_owned(),
            );
            return;
        }
        self.rows.columns = Columns::new(&header);
        let mut pieces = Pieces::default();
        rows::RowSplitter::default().feed(&content, 0, true, &mut pieces);
        for row in &pieces.records {
            // The bytes are those of the answer, since those of what it decodes to stand in no file.
            let placed = Slice { document: slice.document, offset: slice.offset, ..*row };
            match self.rows.parse(row, content.get(row.start..row.end).unwrap_or(&[])) {
                Ok(parsed) => self.rows.take(&placed, parsed),
                Err(why) => Sink::reject(&mut self.rows, &placed, why),
            }
        }
        for refused in &pieces.refused {
            self.rows.refuse(refused);
        }
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.rows.broken = true;
        self.rows.file.cut();
        self.rows.file.reject_at(format!("document {}", slice.document + 1), slice.offset, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.rows.broken = true;
        self.rows.file.cut();
        self.rows.file.reject_at(format!("document {}", refused.document + 1), refused.offset, refused.why.message());
    }

    fn field(&mut self, _: Field) {}
}

struct Rows<'f, 'r> {
    file: &'f mut FileRun<'r>,
    columns: Columns,
    /// The first record of a scope, and whether the root user's row was there.
    seen: BTreeMap<Sym, (RecordId, bool)>,
    broken: bool,
    warned: bool,
    /// The rows that the report had already, by the row of the user.
    again: Again<u32>,
    /// Whether what is read counts in the totals: a rejected row does not.
    counts: bool,
}

impl Sink for Rows<'_, '_> {
    type Parsed<'a> = Row;

    fn parse(&self, _: &Slice, text: &[u8]) -> Result<Row, String> {
        let mut row = self.columns.read(text)?;
        if let Some(arn) = arn::in_account(&row.arn, self.file.said.scope.as_deref()) {
            row.arn = arn;
        }
        Ok(row)
    }

    fn take(&mut self, slice: &Slice, row: Row) {
        let Some(arn) = Arn::parse(&row.arn) else { return };
        let scope = format!("aws:{}", arn.account);
        let scope_sym = self.file.world().strings.intern(&scope);
        self.file.scopes.insert(scope);
        if !self.admitted(scope_sym) {
            return;
        }
        let mut id = String::new();
        arn.id(&row.arn, &mut id);
        let (whose, _) = self.file.world().upsert(Subject::Identity, &id);
        let record = self.file.record(slice);
        match self.again.see(whose, again::digest(&row), record) {
            Seen::First => {}
            Seen::Same => return self.file.ignore(again::SAME),
            Seen::Differs(first) => {
                // Both are taken, so that what they differ in is a conflict whichever comes first.
                self.broken = true;
                self.file.reject(slice, "its `arn` is that of an earlier row of this export, and the two differ");
                self.counts = false;
                self.file.world().watch();
                self.user(whose, scope_sym, &row, record);
                self.file.world().contest(first, record);
                self.counts = true;
                return;
            }
        }
        let seen = self.seen.entry(scope_sym).or_insert((record, false));
        seen.1 |= arn.kind == "root";
        self.file.count_read();
        self.file.total("users", 1);
        self.file.run.aws.reported.entry(scope_sym).or_insert_with(|| (record, HashSet::new())).1.insert(whose);
        self.file.world().mark_listed(Subject::Identity, whose, record);
        identities::name(self.file.world(), whose, &row.arn, scope_sym, record);
        self.user(whose, scope_sym, &row, record);
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.broken = true;
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.broken = true;
        self.file.refuse(refused);
    }

    fn field(&mut self, _: Field) {}
}

impl Rows<'_, '_> {
    fn admitted(&mut self, scope: Sym) -> bool {
        let admitted = self.file.run.sets.admit(ABOUT.id, scope, 0, self.file.set);
        let (Admitted::Older(holder) | Admitted::Unordered(holder) | Admitted::Repeats(holder)) = admitted else {
            return true;
        };
        let used = self.file.run.sets.path(holder).to_owned();
        let scope = self.file.run.world.strings.text(scope).to_owned();
        if matches!(admitted, Admitted::Older(_)) {
            self.file.ignore(&format!("superseded: `{used}` is a newer report of `{scope}`"));
            return false;
        }
        if matches!(admitted, Admitted::Repeats(_)) {
            self.file.repeats(&used);
            return false;
        }
        self.file.ignore(&format!("another report of `{scope}` than `{used}`, and no times tell which is newer"));
        if !std::mem::replace(&mut self.warned, true) {
            let path = self.file.path();
            let message = format!(
                "`{used}` and `{path}` are two credential reports of `{scope}`, and no times tell which is newer"
            );
            let help = "state `collected_at` of both as `[[exports]]` in `assize.toml`, or remove one of them";
            self.file.run.diagnostics.push(Diagnostic::error("two-snapshots", message).help(help));
        }
        false
    }

    fn total(&mut self, name: &str) {
        if self.counts {
            self.file.total(name, 1);
        }
    }

    /// The facts of one row.
    fn user(&mut self, whose: u32, scope: Sym, row: &Row, record: RecordId) {
        let created = self.time(row.created, record);
        let world = self.file.world();
        world.set_text(identity::NAME, whose, &row.user, record);
        world.set(identity::ENABLED, whose, true, record);
        // Nobody can take on a user or the root.
        world.close(identity::CAN_BE_ASSUMED_BY, whose);
        if let Some(mfa) = row.mfa {
            world.set(identity::MFA, whose, mfa, record);
        }
        if let Some(at) = created {
            world.set(identity::CREATED_AT, whose, Instant(at), record);
        }
        let [one, two] = row.keys;
        self.used(whose, [row.password.used, one.used, two.used], record);
        if row.password.active == Some(true) {
            self.password(whose, scope, row, record);
        }
        let user = self.file.world().strings.intern(&row.user);
        for (number, key) in [(1, one), (2, two)] {
            let created = self.time(key.changed, record);
            let active = key.active;
            if active != Some(true) && created.is_none() {
                continue;
            }
            self.total(if active == Some(true) { "active_access_keys" } else { "inactive_access_keys" });
            let used_at = key.used.last_use();
            let slot = Slot { scope, user, identity: whose, number, active, created, used: used_at, record };
            self.file.run.aws.slots.push(slot);
        }
        for (number, certificate) in (1..).zip(row.certificates) {
            let changed = self.time(certificate.changed, record);
            if certificate.active != Some(true) && changed.is_none() {
                continue;
            }
            let name = format!("{}#cert{number}", row.user);
            let world = self.file.world();
            let id = format!("{}:certificate:{name}", world.strings.text(scope));
            let (proof, _) = world.upsert(Subject::Credential, &id);
            describe(world, proof, CredentialKind::Certificate, scope, &name, Some(whose), record);
            if let Some(active) = certificate.active {
                world.set(credential::ENABLED, proof, active, record);
            }
            if let Some(at) = changed {
                world.set(credential::LAST_CHANGE_AT, proof, Instant(at), record);
            }
        }
    }

    /// When the user last did something: the latest of password and keys.
    fn used(&mut self, row: u32, cells: [When; 3], record: RecordId) {
        let latest = cells.iter().filter_map(|cell| if let When::At(at) = cell { Some(*at) } else { None }).max();
        let silent = cells.iter().any(|cell| matches!(cell, When::Silent | When::Bad));
        let world = self.file.world();
        match latest {
            Some(at) => world.set(identity::LAST_USED_AT, row, Instant(at), record),
            None if !silent => world.set_absent(identity::LAST_USED_AT, row, record),
            None => {}
        }
        world.set(identity::USE_TRACKED_SINCE, row, Instant(KEY_USE_TRACKED_SINCE), record);
    }

    fn password(&mut self, whose: u32, scope: Sym, row: &Row, record: RecordId) {
        self.total("passwords");
        let changed = self.time(row.password.changed, record);
        let expires = self.time(row.next_rotation, record);
        let world = self.file.world();
        let name = format!("{}#password", row.user);
        let id = format!("{}:password:{name}", world.strings.text(scope));
        let (password, _) = world.upsert(Subject::Credential, &id);
        describe(world, password, CredentialKind::Password, scope, &name, Some(whose), record);
        world.set(credential::ENABLED, password, true, record);
        if let Some(at) = changed {
            world.set(credential::LAST_CHANGE_AT, password, Instant(at), record);
        }
        match (expires, row.next_rotation) {
            (Some(at), _) => world.set(credential::EXPIRES_AT, password, Instant(at), record),
            (None, When::None | When::NoInformation) => world.set_absent(credential::EXPIRES_AT, password, record),
            _ => {}
        }
        last_used(world, password, row.password.used.last_use(), PASSWORD_USE_TRACKED_SINCE, record);
    }

    /// The time of a cell; what should be one and is not is counted.
    fn time(&mut self, cell: When, record: RecordId) -> Option<i64> {
        match cell {
            When::At(at) => Some(at),
            When::Bad => {
                self.file.bad_date(record);
                None
            }
            When::None | When::NoInformation | When::Silent => None,
        }
    }

    /// Says which lists the report shows to be complete.
    fn show(&mut self) {
        let set = self.file.set;
        self.file.run.sets.end(set);
        for (scope, (record, root)) in std::mem::take(&mut self.seen) {
            let whole = match (self.broken, root) {
                _ if !self.columns.whole() => Whole::No("a column that says which keys there are is missing"),
                (true, _) => Whole::No("some rows of the credential report were rejected"),
                (false, false) => Whole::No("the credential report has no row of the root user, so it was filtered"),
                (false, true) => Whole::Yes,
            };
            for listing in [Listing::AccessKeys, Listing::Passwords] {
                self.file.run.sets.show(set, scope, listing, record, whole.clone());
            }
            // A filtered report says nothing on whether another export lists all users.
            if whole == Whole::Yes {
                self.file.run.sets.show(set, scope, Listing::Users, record, whole.clone());
                self.file.run.sets.show(set, scope, Listing::Roots, record, whole);
            }
        }
    }
}
