//! How well AI-connected identities are recognised: a labelled organisation, of which more than half only looks as if.

use std::collections::BTreeMap;

use crate::support::fixture;
use assize::base::time::Instant;
use assize::model::facts::identity;
use assize::model::table::Presence;
use assize::model::{Cell, Row, Scalar, Subject};
use assize::{Request, check};

/// Who is AI-connected and not recognised, by a part of the id, and why not.
const MISSED: &[(&str, &str)] = &[
    ("role/look-up-loan", "which role a function runs as stands in no export that is read"),
    ("role/outside-model-proxy", "a secret's name says at most which provider is meant"),
    ("role/photo-labels", "services with a model of narrow purpose are not among the actions that call models"),
];

/// Who is recognised and is not AI-connected, and why.
const WRONGLY: &[(&str, &str)] =
    &[("role/bench-of-anyone", "its trust lets in software of the account as well as people")];

/// By id: whether it was recognised, and by which rules.
fn recognised() -> BTreeMap<String, (bool, Vec<String>)> {
    let as_of = Instant::parse_as_of("2026-11-01");
    let request = Request { dir: fixture("classification"), as_of, ..Request::default() };
    let all = check(&request, |input, _| {
        let world = input.estate.world;
        let table = world.table(Subject::Identity);
        let listed = table.rows().filter(|row| table.presence(*row) == Presence::Listed);
        let of = |row: u32| {
            let row = Row::new(Subject::Identity, row);
            let mut rules = Vec::new();
            world.list(row, identity::AI_REASONS.id, &mut |member| {
                if let Scalar::Str(rule) = member.value {
                    rules.push(rule.to_owned());
                }
                true
            });
            let id = world.strings.text(table.id(row.index).unwrap()).to_owned();
            (id, (world.cell(row, identity::IS_AI.id) == Cell::Known(Scalar::Bool(true)), rules))
        };
        listed.map(of).collect()
    });
    all.unwrap_or_else(|noted| panic!("{:?}", noted.diagnostics))
}

/// By id: whether it is AI-connected, and why.
fn labels() -> BTreeMap<String, (bool, String)> {
    let mut reader = csv::Reader::from_path(fixture("classification").join("labels.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (row[0].to_owned(), (&row[1] == "true", row[2].to_owned()))).collect()
}

#[test]
fn precision_and_recall() {
    let (labels, recognised) = (labels(), recognised());
    assert_eq!(labels.keys().collect::<Vec<_>>(), recognised.keys().collect::<Vec<_>>(), "each has its label");
    let traps = labels.values().filter(|(ai, _)| !ai).count();
    assert!(labels.len() >= 60 && traps * 2 >= labels.len(), "{traps} of {} are traps", labels.len());

    let differs = |ai: bool| -> Vec<String> {
        let wrong = labels.iter().filter(|(id, label)| label.0 == ai && recognised[*id].0 != ai);
        wrong.map(|(id, label)| format!("{id}: {}; rules: {:?}", label.1, recognised[id].1)).collect()
    };
    let (missed, wrongly) = (differs(true), differs(false));
    let found = labels.len() - traps - missed.len();
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than a hundred")]
    let part = |of: usize, all: usize| of as f64 / all as f64;
    let (precision, recall) = (part(found, found + wrongly.len()), part(found, found + missed.len()));
    println!(
        "{} identities, {traps} of them traps: {found} found, {} missed, {} taken wrongly; precision {precision:.3}, recall {recall:.3}",
        labels.len(),
        missed.len(),
        wrongly.len()
    );
    for one in missed.iter().chain(&wrongly) {
        println!("{one}");
    }
    for (found, expected) in [(&missed, MISSED), (&wrongly, WRONGLY)] {
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (part, why) in expected {
            assert!(found.iter().any(|one| one.contains(&format!("{part}:"))), "{part} ({why}) is right now: say so");
        }
    }
    assert!(precision >= 0.96 && recall >= 0.90, "precision {precision:.3}, recall {recall:.3}");
}

/// Each way of recognising stands on an identity of its own here.
#[test]
fn every_rule_recognises_someone() {
    let recognised = recognised();
    for rule in [
        "declared-ai-system",
        "trusted-by-ai-service",
        "holds-ai-provider-key",
        "invokes-models",
        "invokes-models-service-wide",
    ] {
        let by_it: Vec<&String> =
            recognised.iter().filter(|(_, (_, rules))| rules.as_slice() == [rule]).map(|(id, _)| id).collect();
        assert!(!by_it.is_empty(), "{rule} alone recognises nobody");
    }
}
