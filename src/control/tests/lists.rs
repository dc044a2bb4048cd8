//! Lists that stand in several places, and are the same in all of them.

use std::collections::BTreeSet;

use super::builtin;
use crate::control::ParamValue;
use crate::source::aws::claims::saying_whose;

/// What a role must be guarded against is what makes it AI-connected: one list, in a rule and in a check.
#[test]
fn ai_services_are_the_same_wherever_they_are_named() {
    let pack = builtin();
    let rule = pack.rules().find(|rule| rule.id == "trusted-by-ai-service").unwrap();
    let quoted = rule.when.written.text.split('\'').skip(1).step_by(2);
    let recognised: BTreeSet<&str> = quoted.filter(|text| text.ends_with(".amazonaws.com")).collect();
    let ParamValue::List(asked) = &pack.check("ai-service-trust-bound").unwrap().params["services"].default else {
        panic!("a list of services")
    };
    assert!(recognised.len() > 3);
    assert_eq!(asked.iter().map(String::as_str).collect::<BTreeSet<_>>(), recognised);
}

/// The claims that say whose a workload is: what the graph reads by them is what both checks ask about.
#[test]
fn the_claims_that_say_whose_are_the_same_wherever_they_are_named() {
    let pack = builtin();
    let known: Vec<&str> = saying_whose().collect();
    assert!(known.contains(&"repository_owner") && !known.contains(&"ref"));
    for check in ["federation-names-subject", "federation-subject-exact"] {
        let check = pack.check(check).unwrap();
        let ParamValue::List(asked) = &check.params["claims"].default else { panic!("a list of claims") };
        assert_eq!(*asked, known, "{}", check.id);
    }
}
