//! Which places are of one credential, and what its row then says.

use super::credentials::finish;
use crate::export::declared::Tie;
use crate::model::facts::{CredentialKind, ExposureKind, ai_system, credential, exposure};
use crate::model::intern::Sym;
use crate::model::link::Method;
use crate::model::record::{ExportInfo, Record, RecordId};
use crate::model::schema::{FactId, Subject};
use crate::model::table::{ABSENT, Presence};
use crate::source::run::Run;
use crate::source::sighting::{Exposed, Shown, Sighting};

struct Places {
    run: Run,
    record: RecordId,
}

impl Places {
    fn new() -> Self {
        let mut run = Run::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = run.world.records.add_export(info);
        let list = run.world.strings.intern("");
        let record = run.world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        Self { run, record }
    }

    fn sym(&mut self, text: &str) -> Sym {
        self.run.world.strings.intern(text)
    }

    /// An AI system, by its id.
    fn system(&mut self, id: &str) -> u32 {
        let (row, _) = self.run.world.upsert(Subject::AiSystem, id);
        self.run.world.mark_listed(Subject::AiSystem, row, self.record);
        self.run.world.set_text(ai_system::NAME, row, id, self.record);
        row
    }

    /// A secret in the configuration of an AI system; `None` for a reference to where it is kept.
    fn configured(&mut self, id: &str, holder: u32, secret: Option<&str>) -> &mut Sighting {
        let prints = secret.and_then(|secret| self.run.key.prints(secret));
        let (own, name, place) = (self.sym(id), self.sym("TOKEN"), self.sym(&format!("in {id}")));
        let (scope, scanner, seen) = (self.sym("mcp:laptop"), self.sym("assize"), self.sym(&format!("{id}:exposure")));
        let exposure = secret.map(|_| Exposed {
            id: seen,
            kind: ExposureKind::Configuration,
            name,
            detected_at: None,
            scanner,
            rule: None,
            verified: None,
            public: None,
        });
        let sighting = Sighting {
            record: self.record,
            id: own,
            name,
            scope,
            kind: CredentialKind::Token,
            system: Some("openai"),
            public_id: None,
            temporary: false,
            prints,
            place,
            stored_in: None,
            holders: vec![holder],
            tools: Vec::new(),
            exposure,
        };
        self.run.sightings.push(sighting);
        self.run.sightings.last_mut().unwrap()
    }

    /// A secret that a scanner saw.
    fn scanned(&mut self, id: &str, secret: &str) -> &mut Sighting {
        let rule = self.sym("generic-api-key");
        let sighting = self.configured(id, 0, Some(secret));
        sighting.holders.clear();
        sighting.system = None;
        if let Some(exposure) = &mut sighting.exposure {
            exposure.kind = ExposureKind::Repository;
            exposure.rule = Some(rule);
        }
        sighting
    }

    /// A key that a cloud lists.
    fn listed(&mut self, id: &str, key: &str) -> u32 {
        let world = &mut self.run.world;
        let (row, _) = world.upsert(Subject::Credential, id);
        world.mark_listed(Subject::Credential, row, self.record);
        world.set_text(credential::NAME, row, key, self.record);
        world.set(credential::KIND, row, CredentialKind::AccessKey, self.record);
        row
    }

    fn finish(&mut self, ties: &[Tie]) {
        finish(&mut self.run, ties);
        self.run.world.seal();
    }

    fn row(&self, id: &str) -> Option<u32> {
        let id = self.run.world.strings.get(id)?;
        self.run.world.table(Subject::Credential).find(id)
    }

    fn members(&self, fact: FactId, row: u32) -> usize {
        self.run.world.table(fact.subject).members(fact, row).len()
    }
}

fn tie(one: &str, other: &str, same: bool) -> Tie {
    Tie { one: one.to_owned(), other: other.to_owned(), same, place: None }
}

#[test]
fn the_same_secret_in_two_configurations_is_one_credential_of_two_holders() {
    let mut places = Places::new();
    let (a, b) = (places.system("a"), places.system("b"));
    places.configured("mcp:laptop:credential:two", a, Some("one-secret-in-two-places"));
    places.configured("mcp:laptop:credential:one", b, Some("one-secret-in-two-places"));
    places.configured("mcp:laptop:credential:other", b, Some("quite-another-secret"));
    places.finish(&[]);
    let row = places.row("mcp:laptop:credential:one").unwrap();
    assert_eq!(places.row("mcp:laptop:credential:two"), Some(row), "the other id is a name of the same row");
    let id = places.run.world.table(Subject::Credential).id(row).unwrap();
    assert_eq!(places.run.world.strings.text(id), "mcp:laptop:credential:one", "the first id by its text stands");
    assert_eq!(places.members(credential::AI_SYSTEMS.id, row), 2);
    assert_eq!(places.members(credential::PLACES.id, row), 2);
    assert_eq!(places.members(credential::EXPOSURES.id, row), 2);
    assert_eq!(places.members(ai_system::CREDENTIALS.id, b), 2);
    // Each place names the AI system whose configuration it is in, and no other.
    let exposures = places.run.world.table(Subject::Credential).members(credential::EXPOSURES.id, row).to_vec();
    assert!(exposures.iter().all(|(_, exposure, _)| places.members(exposure::AI_SYSTEMS.id, *exposure) == 1));
    assert_eq!(places.run.world.table(Subject::Credential).get(credential::SANCTIONED_STORE.id, row), 0);
    assert!(places.run.world.links.iter().all(|link| link.method == Method::EqualSecret));
    assert_ne!(places.row("mcp:laptop:credential:other"), Some(row));
}

#[test]
fn an_equal_secret_that_many_choose_is_a_question() {
    let mut places = Places::new();
    let (a, b) = (places.system("a"), places.system("b"));
    places.configured("mcp:laptop:credential:database", a, Some("postgres"));
    places.configured("mcp:laptop:credential:mail", b, Some("postgres"));
    places.configured("mcp:laptop:credential:other", b, Some("admin"));
    places.scanned("gitleaks:repo:finding:1", "postgres");
    places.scanned("gitleaks:repo:finding:2", "qwerty");
    places.finish(&[]);
    let row = |name: &str| places.row(&format!("mcp:laptop:credential:{name}")).unwrap();
    assert_ne!(row("database"), row("mail"));
    assert_eq!(places.members(credential::AI_SYSTEMS.id, row("database")), 1);
    assert_eq!(places.members(credential::EXPOSURES.id, row("database")), 1, "its own configuration");
    assert_eq!(places.members(credential::MAY_BE.id, row("database")), 2, "the other one, and what was scanned");
    assert_eq!(places.members(credential::MAY_BE.id, row("other")), 0);
    assert!(places.row("gitleaks:repo:finding:2:secret").is_none(), "nothing else has it");
    assert!(places.run.world.links.iter().all(|link| link.method == Method::EqualWeakSecret));
    let mut apart = Places::new();
    let (a, b) = (apart.system("a"), apart.system("b"));
    apart.configured("mcp:laptop:credential:database", a, Some("postgres"));
    apart.configured("mcp:laptop:credential:mail", b, Some("postgres"));
    apart.finish(&[tie("mcp:laptop:credential:database", "mcp:laptop:credential:mail", false)]);
    let row = apart.row("mcp:laptop:credential:mail").unwrap();
    assert_eq!(apart.members(credential::MAY_BE.id, row), 0, "a person answered it");
}

#[test]
fn a_key_that_a_cloud_lists_absorbs_the_ids_of_its_places() {
    let mut places = Places::new();
    let key = places.listed("aws:111122223333:access_key:AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE");
    let a = places.system("a");
    let public = places.sym("AKIAIOSFODNN7EXAMPLE");
    places.configured("mcp:laptop:credential:aws", a, Some("the-secret-of-the-key")).public_id = Some(public);
    places.scanned("gitleaks:repo:finding:1", "the-secret-of-the-key");
    places.finish(&[]);
    assert_eq!(places.row("mcp:laptop:credential:aws"), Some(key));
    assert_eq!(
        places.members(credential::EXPOSURES.id, key),
        2,
        "the scanner saw the secret alone, and it is the same"
    );
    let table = places.run.world.table(Subject::Exposure);
    assert!(table.rows().all(|row| table.get(exposure::CREDENTIAL.id, row) == i64::from(key)));
    assert!(table.rows().all(|row| table.presence(row) == Presence::Listed));
}

#[test]
fn what_only_a_scanner_saw_once_is_nobodys_credential() {
    let mut places = Places::new();
    places.scanned("gitleaks:repo:finding:1", "seen-once-and-known-to-nobody");
    places.finish(&[]);
    assert!(places.run.world.table(Subject::Credential).is_empty());
    let table = places.run.world.table(Subject::Exposure);
    assert_eq!((table.len(), table.get(exposure::CREDENTIAL.id, 0)), (1, ABSENT));
}

#[test]
fn what_scanners_saw_twice_is_one_credential_that_nothing_lists() {
    let mut places = Places::new();
    places.scanned("gitleaks:repo:finding:2", "seen-twice-and-known-to-nobody");
    places.scanned("gitleaks:repo:finding:1", "seen-twice-and-known-to-nobody");
    places.finish(&[]);
    let row = places.row("gitleaks:repo:finding:1:secret").unwrap();
    assert_eq!(places.run.world.table(Subject::Credential).presence(row), Presence::Mentioned);
    assert_eq!(places.members(credential::EXPOSURES.id, row), 2);
}

#[test]
fn a_reference_is_held_and_exposed_nowhere() {
    let mut places = Places::new();
    let a = places.system("a");
    let kept = places.sym("environment variable");
    places.configured("mcp:laptop:credential:env", a, None).stored_in = Some(kept);
    places.finish(&[]);
    let row = places.row("mcp:laptop:credential:env").unwrap();
    assert_eq!(places.members(credential::EXPOSURES.id, row), 0);
    assert_eq!(places.members(credential::AI_SYSTEMS.id, row), 1);
    let stored = places.run.world.table(Subject::Credential).get(credential::STORED_IN.id, row);
    assert_eq!(stored, i64::from(kept.0));
}

#[test]
fn how_a_key_ends_is_a_question() {
    let mut places = Places::new();
    let provider = places.listed("openai:org:api_key:key_1", "key of the bot");
    let a = places.system("a");
    places.configured("mcp:laptop:credential:env", a, Some("sk-proj-0123456789-WxYz"));
    places.configured("mcp:laptop:credential:far", a, Some("sk-proj-9876543210-aBcD"));
    let tail = places.run.key.tail("WxYz").unwrap();
    let record = places.record;
    places.run.shown.push(Shown { credential: provider, system: "openai", tail, record });
    places.finish(&[]);
    let row = places.row("mcp:laptop:credential:env").unwrap();
    assert_ne!(row, provider, "they stay apart");
    assert_eq!((places.members(credential::MAY_BE.id, provider), places.members(credential::MAY_BE.id, row)), (1, 1));
    let far = places.row("mcp:laptop:credential:far").unwrap();
    assert_eq!(places.members(credential::MAY_BE.id, far), 0);
    assert!(places.run.world.links.iter().any(|link| link.method == Method::KeyTail));
}

#[test]
fn an_answer_to_a_question_changes_something() {
    let (key, place) = ("openai:org:api_key:key_1", "mcp:laptop:credential:env");
    let mut places = Places::new();
    let provider = places.listed(key, "key of the bot");
    let a = places.system("a");
    places.configured(place, a, Some("sk-proj-0123456789-WxYz"));
    let tail = places.run.key.tail("WxYz").unwrap();
    let record = places.record;
    places.run.shown.push(Shown { credential: provider, system: "openai", tail, record });
    places.finish(&[tie(key, place, false)]);
    assert_eq!(places.members(credential::MAY_BE.id, provider), 0);
    assert!(places.run.diagnostics.is_empty(), "{:?}", places.run.diagnostics);
}

#[test]
fn a_person_can_force_a_link_and_forbid_one() {
    let (one, two, three) = ("mcp:laptop:credential:1", "mcp:laptop:credential:2", "mcp:laptop:credential:3");
    let joined = |ties: &[Tie]| {
        let mut places = Places::new();
        let a = places.system("a");
        places.configured(one, a, Some("the-same-secret-in-two-places"));
        places.configured(two, a, Some("the-same-secret-in-two-places"));
        places.configured(three, a, Some("another-secret-than-the-others"));
        places.finish(ties);
        let rows = [one, two, three].map(|id| places.row(id).unwrap());
        let codes: Vec<&str> = places.run.diagnostics.iter().map(|wrong| wrong.code).collect();
        (rows[0] == rows[1], rows[1] == rows[2], codes)
    };
    assert_eq!(joined(&[]), (true, false, vec![]));
    assert_eq!(joined(&[tie(two, three, true)]), (true, true, vec![]));
    assert_eq!(joined(&[tie(one, two, false)]), (false, false, vec!["links-forbidden"]));
    assert_eq!(
        joined(&[tie(one, two, false), tie(two, one, true)]).2,
        ["link-contradicts-link", "links-forbidden", "link-changes-nothing"],
        "what is forced and forbidden is told"
    );
    assert_eq!(joined(&[tie(one, "nobody", true)]).2, ["link-matches-nothing"]);
    assert_eq!(joined(&[tie(two, three, false)]), (true, false, vec!["link-changes-nothing"]), "nothing joins them");
}

#[test]
fn a_listed_key_can_be_taken_off_a_place() {
    let key = "AKIA2UFRJ4P4REXAMPLE";
    let (one, two) = ("mcp:laptop:credential:1", "mcp:laptop:credential:2");
    let other = "aws:111122223333:access_key:AKIA2UFRJ4P42EXAMPLE";
    let rows = |ties: &[Tie]| {
        let mut places = Places::new();
        places.listed(other, "AKIA2UFRJ4P42EXAMPLE");
        let listed = places.listed("aws:111122223333:access_key:AKIA2UFRJ4P4REXAMPLE", key);
        let a = places.system("a");
        let name = places.sym(key);
        for id in [one, two] {
            places.configured(id, a, None).public_id = Some(name);
        }
        places.finish(ties);
        let told = places.run.diagnostics.iter().any(|wrong| wrong.code == "link-changes-nothing");
        assert_eq!(
            told,
            ties.iter().any(|tie| tie.other == other),
            "only of a key that no place has nothing is taken off"
        );
        [one, two].map(|id| places.row(id).unwrap() == listed)
    };
    assert_eq!(rows(&[]), [true, true]);
    assert_eq!(rows(&[tie(two, other, false)]), [true, true]);
    assert_eq!(rows(&[tie(two, "aws:111122223333:access_key:AKIA2UFRJ4P4REXAMPLE", false)]), [true, false]);
    assert_eq!(rows(&[tie(two, key, false)]), [true, false]);
    // Of two that are not one credential, at most one is the listed key.
    assert_eq!(rows(&[tie(one, two, false)]), [true, false]);
}
