//! All tests of whole parts and whole runs, as one program: it is linked once, and both cores have work until the last test.
//!
//! A file of tests is beside this one and has its line below; `every_file_is_listed` holds that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::needless_pass_by_value,
    clippy::unreadable_literal,
    clippy::cast_possible_truncation,
    reason = "in a test a failed expectation is the answer"
)]

mod support;

mod agents;
mod ai_apis;
mod ai_systems;
mod as_of;
mod authoring;
mod bad_input;
mod catalogs;
mod classification;
mod cli;
mod counts_of_policies;
mod dangerous_pairs;
mod deletions;
mod determinism;
mod environments;
mod evidence;
mod explain;
mod explain_answers;
mod explain_around;
mod exports_ai;
mod exports_aws;
mod exports_cut_short;
mod exports_kubernetes;
mod exports_leaks;
mod exposures;
mod expr_conformance;
mod expr_diagnostics;
mod expr_facts;
mod expr_language;
mod expr_properties;
mod federated_steps;
mod field_docs;
mod fuzz_targets;
mod gaps;
mod graph_command;
mod handed_roles;
mod hostile;
mod hostile_input;
mod ids_twice;
mod init;
mod keys;
mod keys_without_a_list;
mod kubernetes;
mod kubernetes_objects;
mod less_is_never_better;
mod less_than_whole;
mod levels;
mod limits;
mod links;
mod long_ways;
mod loose_profiles;
mod margins;
mod marrowick;
mod mcp_clients;
mod newcomer;
mod odd_words;
mod open_clusters;
mod outputs;
mod own_controls;
mod partial;
mod provided_policies;
mod rejected_records;
mod remedies;
mod remembered_answers;
mod report_folder;
mod roots;
mod secrets_stay_in;
mod snapshots;
mod sources_plan;
mod stated_names;
mod templates;
mod trusts;
mod trusts_services;
mod unidentified_secrets;
mod unknown_moves_only_to_unknown;
mod waivers;
mod waivers_attacked;
mod waivers_lapse;
mod waivers_new;
mod waivers_told;
mod what_was_said_when;
mod worst_in_brief;

/// A file that nobody lists would be no test, and nothing would say so.
#[test]
fn every_file_is_listed() {
    let listed: std::collections::BTreeSet<&str> =
        include_str!("all.rs").lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|extension| extension == "rs") && name != "all" {
            assert!(listed.contains(name), "tests/{name}.rs has no line in tests/all.rs");
        }
    }
}
