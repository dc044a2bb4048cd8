//! One finding of gitleaks, from whatever form, and what it comes to: an exposure, and what stands for the secret.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::base::time::Instant;
use crate::model::facts::{CredentialKind, ExposureKind};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::source::print::{Print, Prints, RunKey};
use crate::source::run::FileRun;
use crate::source::secrets::{self, Value};
use crate::source::sighting::{Exposed, Sighting};

/// A finding without its secret.
#[derive(Default)]
pub struct Finding<'a> {
    /// The rule.
    pub rule: Cow<'a, str>,
    /// The file that it was found in.
    pub file: Cow<'a, str>,
    /// The line, from 1; 0 if none is said.
    pub line: u64,
    /// The column, from 1; 0 if none is said.
    pub column: u64,
    /// The commit; empty where files and no history were looked at.
    pub commit: Cow<'a, str>,
    /// The repository, where the report names it.
    pub repository: Cow<'a, str>,
    /// When the commit was made, as written.
    pub date: Cow<'a, str>,
    /// The scanner's own id of the finding.
    pub fingerprint: Cow<'a, str>,
    /// What is left of the secret.
    pub secret: Option<Trace>,
    /// The system and the kind that the name tells under which the secret stood.
    pub named: Named,
}

/// The rules of the scanner that find the keys of AWS and are not named as one, in version 8 and in version 7.
const OF_AWS_KEYS: [&str; 2] = ["aws-access-token", "AWS cred file info"];

impl Finding<'_> {
    /// What a secret is that the report hides, by the rule, or by the name that stands before it.
    fn hidden_kind(&self) -> CredentialKind {
        let key = self.named.system == Some("aws") && self.named.kind == Some(CredentialKind::AccessKey);
        if key || OF_AWS_KEYS.iter().any(|rule| rule.eq_ignore_ascii_case(self.rule.trim())) {
            return CredentialKind::AccessKey;
        }
        secrets::kind(&self.rule).unwrap_or(CredentialKind::Other)
    }

    /// Takes the secret out of what is told of the place, where a file is named after it.
    pub fn hide(&mut self, secret: &str) {
        let secret = secret.trim();
        let stands = self.secret.as_ref().is_some_and(|trace| trace.prints.is_some());
        // A word is the secret of many, and tells nothing of it in the name of a file.
        if !stands || secret.len() < 8 || secret.chars().all(char::is_alphabetic) {
            return;
        }
        for text in [&mut self.rule, &mut self.file, &mut self.commit, &mut self.repository, &mut self.fingerprint] {
            if text.contains(secret) {
                *text = Cow::Owned(text.replace(secret, "…"));
            }
        }
    }
}

/// What the name tells under which a secret stands: `AWS_SECRET_ACCESS_KEY="…"`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named {
    system: Option<&'static str>,
    kind: Option<CredentialKind>,
}

impl Named {
    /// What the text around a secret tells by its first word.
    #[must_use]
    pub fn of(around: &str) -> Self {
        let text = around.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(text.len());
        // What nothing follows is the secret itself.
        let name = text.split_at_checked(end).filter(|(_, after)| !after.is_empty()).map_or("", |(name, _)| name);
        Self { system: secrets::system(name), kind: secrets::kind(name) }
    }
}

/// What is left of a secret once it was read.
pub struct Trace {
    kind: CredentialKind,
    system: Option<&'static str>,
    public_id: Option<String>,
    prints: Option<Prints>,
}

impl Trace {
    /// What is left of the secret that a rule found, and of the text around it; `None` where the report hides it.
    #[must_use]
    pub fn of(rule: &str, secret: &str, around: &str, key: &RunKey) -> Option<Self> {
        let own = match secrets::reported(rule, secret) {
            Some(Value::Literal { secret, kind, system, public_id }) => {
                Some(Self { kind, system, public_id, prints: secret.prints(key) })
            }
            Some(Value::PublicId { kind, system, id }) => {
                return Some(Self { kind, system: Some(system), public_id: Some(id.to_owned()), prints: None });
            }
            _ => None,
        };
        match secrets::public_id(around) {
            Some(Value::PublicId { kind, system, id }) if own.as_ref().is_none_or(|own| own.is_of_key(system)) => {
                let prints = own.and_then(|own| own.prints);
                Some(Self { kind, system: Some(system), public_id: Some(id.to_owned()), prints })
            }
            _ => own,
        }
    }

    /// True if the secret may be that of a key of this system whose id stands beside it.
    fn is_of_key(&self, system: &str) -> bool {
        self.public_id.is_none()
            && self.kind == CredentialKind::AccessKey
            && self.system.is_none_or(|own| own == system)
    }

    /// What is left of what gitleaks 7 calls an offender: the secret, or `NAME="secret"`.
    #[must_use]
    pub fn of_offender(rule: &str, offender: &str, around: &str, key: &RunKey) -> Option<Self> {
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '"' | '\'');
        let split = offender.split_once('=').or_else(|| offender.split_once(':'));
        let assigned = split.filter(|(name, value)| {
            !name.trim().is_empty() && name.chars().all(named) && !value.starts_with("//") && !value.trim().is_empty()
        });
        let secret = assigned.map_or(offender, |(_, value)| value.trim().trim_end_matches([';', ',']));
        Self::of(rule, secret, around, key)
    }
}

/// Fields of which a report with them all is gitleaks' own.
pub fn is_known(has: impl Fn(&str) -> bool) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| has(name));
    all(&["RuleID", "File", "StartLine", "Secret"]) || all(&["rule", "offender", "file", "commit"])
}

/// What a finding tells: its id, the secret, the id of the key, and when it was there.
type Told = (Sym, Option<Print>, Option<Sym>, Option<i64>);

/// Why a finding is left aside.
const REPEATS: &str = "it repeats an earlier finding of the report";

/// Takes the findings of one report.
pub struct Findings {
    scope: String,
    prefix: String,
    /// Ids that were given, and the secret of each.
    given: HashMap<String, Option<Prints>>,
    /// What was taken of each id: the secret, the id of the key, and when it was there.
    taken: HashSet<Told>,
}

impl Findings {
    /// For the report that is being read.
    pub fn new(file: &mut FileRun<'_>) -> Self {
        let scope = file.scope_of("gitleaks");
        let prefix = if scope.starts_with("gitleaks:") { scope.clone() } else { format!("gitleaks:{scope}") };
        Self { scope, prefix, given: HashMap::new(), taken: HashSet::new() }
    }

    /// Keeps a finding as a place where a credential was seen.
    pub fn take(&mut self, file: &mut FileRun<'_>, record: RecordId, finding: &Finding<'_>) {
        let prints = finding.secret.as_ref().and_then(|secret| secret.prints.clone());
        let mut id = format!("{}:finding:{}", self.prefix, secrets::masked(&fingerprint(finding)));
        let of_another = |before: &Option<Prints>| before.is_some() && prints.is_some() && *before != prints;
        if self.given.get(&id).is_some_and(of_another) {
            // Two secrets on one line, found by one rule, have one fingerprint.
            id = format!("{id}:{}", finding.column);
            if self.given.get(&id).is_some_and(of_another) {
                file.ignore(REPEATS);
                return;
            }
        }
        let known = self.given.entry(id.clone()).or_default();
        if known.is_none() {
            known.clone_from(&prints);
        }
        let detected_at = detected(file, finding, record);
        let strings = &mut file.run.world.strings;
        let key = finding.secret.as_ref().and_then(|secret| secret.public_id.as_deref()).map(|key| strings.intern(key));
        // One that tells anything else of the same place is another look at it, whichever comes first.
        let told = (strings.intern(&id), prints.as_ref().map(|prints| prints.whole), key, detected_at);
        if !self.taken.insert(told) {
            file.ignore(REPEATS);
            return;
        }
        let (kind, system, public_id) = match &finding.secret {
            Some(secret) => (secret.kind, secret.system, secret.public_id.as_deref()),
            None => (finding.hidden_kind(), secrets::system(&finding.rule), None),
        };
        // A rule for whatever looks like a secret does not know whose it is; the name of the variable may.
        let (kind, system) = match (system, public_id, finding.named.system) {
            (None, None, named @ Some(_)) => (finding.named.kind.unwrap_or(kind), named),
            _ => (kind, system),
        };
        let place = secrets::masked(&self.place(finding)).into_owned();
        file.count_read();
        file.total("findings", 1);
        if finding.secret.is_none() {
            file.total("secrets_hidden_by_the_scanner", 1);
        }
        let rule = if finding.rule.trim().is_empty() { "no rule" } else { &*secrets::masked(&finding.rule) };
        let name = format!("{rule} in {}", finding.file);
        let name = secrets::masked(&name);
        let strings = &mut file.run.world.strings;
        let id = strings.intern(&id);
        let sighting = Sighting {
            record,
            id,
            name: strings.intern(&name),
            scope: strings.intern(&self.scope),
            kind,
            system,
            public_id: public_id.map(|id| strings.intern(id)),
            temporary: false,
            prints,
            place: strings.intern(&place),
            stored_in: None,
            holders: Vec::new(),
            tools: Vec::new(),
            exposure: Some(Exposed {
                id,
                kind: place_kind(finding),
                name: strings.intern(&name),
                detected_at,
                scanner: strings.intern("gitleaks"),
                rule: Some(strings.intern(rule)),
                verified: None,
                public: None,
            }),
        };
        file.run.sightings.push(sighting);
    }

    /// `repository: path:line @commit`.
    fn place(&self, finding: &Finding<'_>) -> String {
        let scope = self.scope.strip_prefix("gitleaks:").unwrap_or(&self.scope);
        let repository = finding.repository.trim();
        let whose = if matches!(repository, "" | ".") { scope } else { repository };
        let mut place = format!("{whose}: {}", finding.file);
        if finding.line > 0 {
            place.push_str(&format!(":{}", finding.line));
        }
        let commit: String = finding.commit.chars().take(12).collect();
        if !commit.is_empty() {
            place.push_str(&format!(" @{commit}"));
        }
        place
    }
}

/// The scanner's own id of a finding, or one of the same form.
fn fingerprint(finding: &Finding<'_>) -> String {
    if !finding.fingerprint.trim().is_empty() {
        return finding.fingerprint.trim().to_owned();
    }
    let Finding { commit, file, rule, line, .. } = finding;
    if commit.is_empty() { format!("{file}:{rule}:{line}") } else { format!("{commit}:{file}:{rule}:{line}") }
}

/// The first instant that is a date: before it stand the zero dates of those who have none.
const EPOCH: i64 = 0;

/// When the secret was put there: the commit's date, else when the files were looked at.
fn detected(file: &mut FileRun<'_>, finding: &Finding<'_>, record: RecordId) -> Option<i64> {
    let date = finding.date.trim();
    if !date.is_empty() {
        match Instant::parse(date) {
            Some(at) if at.0 > EPOCH => return Some(at.0),
            Some(_) => {}
            None => {
                file.bad_date(record);
                return None;
            }
        }
    }
    if finding.commit.is_empty() { file.collected_at() } else { None }
}

/// How the names of configuration files end.
const CONFIGURATIONS: &[&str] = &[
    ".cfg",
    ".conf",
    ".config",
    ".env",
    ".ini",
    ".json",
    ".plist",
    ".properties",
    ".tf",
    ".tfstate",
    ".tfvars",
    ".toml",
    ".xml",
    ".yaml",
    ".yml",
];

/// What kind of place it is: a commit is in a repository; of a file alone its name tells.
fn place_kind(finding: &Finding<'_>) -> ExposureKind {
    let file = finding.file.to_ascii_lowercase();
    let name = file.rsplit('/').next().unwrap_or(&file);
    match () {
        () if !finding.commit.is_empty() => ExposureKind::Repository,
        () if name.starts_with(".env") || CONFIGURATIONS.iter().any(|end| name.ends_with(end)) => {
            ExposureKind::Configuration
        }
        () if name.rsplit('.').next() == Some("log") => ExposureKind::Log,
        () => ExposureKind::Other,
    }
}
