//! The closed sets of words that results use, and the fraction that coverage is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares a closed set of words: the enumeration, its names in files and its names for people.
macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident $text:literal $label:literal ),+ $(,)? } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $( $(#[$vdoc])* #[serde(rename = $text)] $variant ),+ }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in files.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The name for people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    )+ };
}

words! {
    /// What a check run, a part or a requirement came to. The order is from worst to best.
    Status {
        /// At least one subject fails, and no waiver covers it.
        NotSatisfied "not_satisfied" "not satisfied",
        /// Nothing fails, but something could not be decided.
        Undetermined "undetermined" "undetermined",
        /// What was assessed holds, and a part was not assessed.
        PartlyAssessed "partly_assessed" "partly assessed",
        /// All hold, some by a waiver.
        SatisfiedWithWaivers "satisfied_with_waivers" "satisfied with waivers",
        /// All hold.
        Satisfied "satisfied" "satisfied",
        /// Nothing answers it.
        NotAssessed "not_assessed" "not assessed",
        /// The population is known and empty.
        NotApplicable "not_applicable" "not applicable",
    }
    /// What a requirement asks, beside something else, in the terms of set theory.
    Relationship {
        /// The same.
        Equal "equal" "asks the same",
        /// A part of it.
        Subset "subset" "asks a part of it",
        /// All of it and more.
        Superset "superset" "asks all of it and more",
        /// Some of it, and something else.
        Intersects "intersects" "asks some of it, and other things",
    }
    /// Who says that two things correspond.
    MappedBy {
        /// This project, or whoever wrote the control file.
        Ours "ours" "this project",
        /// Who publishes the framework.
        Publisher "publisher" "its publisher",
    }
    /// How bad a failure is. The order is from worst to least.
    Severity {
        /// One step from the loss of everything.
        Critical "critical" "critical",
        /// An attacker's next step.
        High "high" "high",
        /// Makes another weakness worse.
        Medium "medium" "medium",
        /// Untidy.
        Low "low" "low",
    }
    /// How sure a finding is, given that the exports are right.
    Confidence {
        /// Follows from what the exports state.
        High "high" "high",
        /// Rests on a rule that can err, such as how an AI-connected identity is recognised.
        Medium "medium" "medium",
        /// Rests on a likeness.
        Low "low" "low",
    }
    /// Why a verdict is unknown.
    Cause {
        /// No export that was read gives the fact.
        MissingFact "missing_fact" "missing fact",
        /// Nobody listed all of this kind in this scope.
        NotEnumerated "not_enumerated" "not enumerated",
        /// A list shows that it is not whole.
        Incomplete "incomplete" "incomplete list",
        /// The export is older than the profile allows.
        Stale "stale" "evidence too old",
        /// Two exports of equal rank differ.
        Conflict "conflict" "conflicting sources",
        /// The fact speaks of a time after the date of the assessment.
        AfterAsOf "after_as_of" "later than the assessment",
        /// Evaluation failed.
        Error "error" "evaluation error",
    }
    /// Who says whether a list is whole.
    Closure {
        /// The format of an export shows that it is.
        Shown "shown" "shown by the export",
        /// A person says that it is.
        Asserted "asserted" "asserted by a person",
        /// Something shows that it is not.
        Incomplete "incomplete" "not whole",
    }
    /// How a subject came to be known.
    Presence {
        /// An export that lists such things has it.
        Listed "listed" "listed",
        /// Another record names it.
        Mentioned "mentioned" "mentioned, not listed",
    }
    /// What is known of a fact.
    FactState {
        /// It has a value.
        Known "known" "known",
        /// The source says that there is none.
        Absent "absent" "absent",
        /// Nobody said.
        Unknown "unknown" "unknown",
    }
    /// How sure one step of a path is.
    HopState {
        /// The step can be taken.
        Certain "certain" "certain",
        /// The step can be taken where a condition holds.
        Conditional "conditional" "conditional",
        /// What was read does not rule the step out.
        Possible "possible" "possible",
    }
    /// Where a parameter's value comes from.
    ParamOrigin {
        /// The check's own default.
        Default "default" "default of the check",
        /// The organisation's profile.
        Profile "profile" "profile",
        /// The requirement that asks for the check.
        Requirement "requirement" "requirement",
    }
    /// How the date of the assessment was chosen.
    AsOfOrigin {
        /// Whoever ran the assessment gave it.
        Given "given" "as asked for",
        /// The latest collection time of the exports.
        LatestCollection "latest_collection" "the latest collection time of the exports",
        /// The day of the run, since no export has a time.
        Today "today" "the day of the run",
    }
    /// Where a control file comes from.
    ControlOrigin {
        /// Part of assize, unchanged.
        BuiltIn "built_in" "built in",
        /// Takes the place of one that is part of assize.
        Replaced "replaced" "replaces a built-in file",
        /// Added by the organisation.
        Added "added" "added",
        /// What the organisation decided, which takes the place of nothing: its waivers.
        Declared "declared" "declared",
    }
    /// What kind of decision a waiver is.
    WaiverType {
        /// The risk is known and borne.
        AcceptedRisk "accepted_risk" "accepted risk",
        /// What the finding says is not so.
        FalsePositive "false_positive" "false positive",
        /// Something else protects as well.
        CompensatingControl "compensating_control" "compensating control",
        /// The organisation cannot work without what the finding is about.
        OperationalRequirement "operational_requirement" "operational requirement",
        /// A vendor has to act first.
        VendorDependency "vendor_dependency" "vendor dependency",
    }
    /// Whether a waiver is in force.
    WaiverState {
        /// It is.
        InForce "in_force" "in force",
        /// Its first day has not come.
        NotBegun "not_begun" "not begun",
        /// Its last day is over.
        Expired "expired" "expired",
        /// It is longer than the profile allows.
        TooLong "too_long" "too long, not in force",
    }
    /// What is to be said of findings that a waiver matches.
    DoubtWhy {
        /// What they rest on got worse since the waiver was given: it does not cover them.
        Worse "worse" "lapsed: worse than what was approved",
        /// The waiver was given for others: it does not cover them.
        NotGivenFor "not_given_for" "not among those that it was given for",
        /// Who approved the waiver owns what they are about: it does not cover them.
        ApproverIsOwner "approver_is_owner" "owned by who approved it",
        /// Nobody is known to own what they are about, or not who is in the team that does: that the approver is another is not known.
        OwnerNotKnown "owner_not_known" "not known whether the approver is another than all its owners",
    }
    /// What answers a part of a requirement.
    AnsweredBy {
        /// Check runs.
        Checks "checks" "checks",
        /// A person's dated statement.
        Attestation "attestation" "attestation",
        /// Check runs, and a person's dated statement beside them.
        Both "both" "checks and attestation",
        /// Nothing.
        Nothing "nothing" "nothing",
    }
    /// Whether a person's statement stands.
    AttestationStatus {
        /// Given, and not expired.
        Given "given" "given",
        /// Asked for, and not given.
        Outstanding "outstanding" "outstanding",
        /// Given, and expired before the date of the assessment.
        Expired "expired" "expired",
    }
}

/// How much was decided: pairs of check run and subject with a verdict other than unknown, of all pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Pairs decided.
    pub decided: u64,
    /// All pairs, or null where a list of subjects is missing, so that nobody knows how many there are.
    pub total: Option<u64>,
    /// Pairs that are known, whether or not there may be more.
    pub known: u64,
    /// The scopes in which a list of subjects is missing, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_scopes: Vec<String>,
}

impl Default for Coverage {
    /// Of nothing, nothing: what a part has that no check answers.
    fn default() -> Self {
        Self { decided: 0, total: Some(0), known: 0, open_scopes: Vec::new() }
    }
}
