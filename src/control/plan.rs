//! What a run asks: the frameworks chosen, and their checks with parameters resolved.
//!
//! A value of a parameter comes from the check's default, from the profile, or from the
//! requirement; the later one wins. Where the profile differs from a requirement's own value, the
//! requirement's decides there, and the profile's is kept beside it.

use std::collections::BTreeMap;

use super::check::Check;
use super::framework::{Framework, PartCheck};
use super::pack::Pack;
use super::profile::Profile;
use super::value::ParamValue;
use super::waiver;

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParamOrigin {
    /// The check's default.
    Default,
    /// The profile.
    Profile,
    /// The requirement that asks.
    Requirement,
}

impl ParamOrigin {
    /// The name in outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Profile => "profile",
            Self::Requirement => "requirement",
        }
    }
}

/// A parameter of a check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunParam {
    /// The value that decides.
    pub value: ParamValue,
    /// Where it comes from.
    pub origin: ParamOrigin,
    /// The profile's value, where a requirement's own decides and the two differ.
    pub beside: Option<ParamValue>,
    /// True if that value of the profile asks for less than the requirement.
    pub looser: bool,
    /// True if the value that decides asks for less than the check's default.
    pub under_default: bool,
}

/// A check with its parameters resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// `credential-rotated`, or `credential-rotated[max_age=365d]` with the values that differ from the defaults.
    pub id: String,
    /// The check's id.
    pub check: String,
    /// The parameters by name.
    pub params: BTreeMap<String, RunParam>,
}

impl CheckRun {
    /// The run of a check with the values that a profile and a requirement choose.
    #[must_use]
    pub fn new(
        check: &Check,
        profile: Option<&BTreeMap<String, ParamValue>>,
        requirement: &BTreeMap<String, ParamValue>,
    ) -> Self {
        let params: BTreeMap<String, RunParam> = check
            .params
            .iter()
            .map(|(name, param)| {
                let chosen = profile.and_then(|values| values.get(name));
                let under_default = |value: &ParamValue| value.looser_than(&param.default, param.stricter);
                let run = match (requirement.get(name), chosen) {
                    (Some(asked), chosen) => RunParam {
                        value: asked.clone(),
                        origin: ParamOrigin::Requirement,
                        beside: chosen.filter(|chosen| *chosen != asked).cloned(),
                        looser: chosen.is_some_and(|chosen| chosen.looser_than(asked, param.stricter)),
                        under_default: under_default(asked),
                    },
                    (None, Some(chosen)) => RunParam {
                        value: chosen.clone(),
                        origin: ParamOrigin::Profile,
                        beside: None,
                        looser: false,
                        under_default: under_default(chosen),
                    },
                    (None, None) => RunParam {
                        value: param.default.clone(),
                        origin: ParamOrigin::Default,
                        beside: None,
                        looser: false,
                        under_default: false,
                    },
                };
                (name.clone(), run)
            })
            .collect();
        let differing: Vec<String> = check
            .params
            .iter()
            .filter_map(|(name, param)| {
                let value = &params.get(name)?.value;
                (*value != param.default).then(|| format!("{name}={value}"))
            })
            .collect();
        let id = if differing.is_empty() { check.id.clone() } else { format!("{}[{}]", check.id, differing.join(",")) };
        Self { id, check: check.id.clone(), params }
    }

    /// The values alone.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, ParamValue> {
        self.params.iter().map(|(name, param)| (name.clone(), param.value.clone())).collect()
    }
}

/// What a run asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The check runs, sorted by id; equal ones once.
    pub runs: Vec<CheckRun>,
    /// The frameworks chosen, in the order of the profile.
    pub frameworks: Vec<PlannedFramework>,
}

/// A framework of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFramework {
    /// Its position in [`Pack::frameworks`].
    pub framework: usize,
    /// Per requirement, per part, per check: the run, with its parameters as this part asks for them.
    pub runs: Vec<Vec<Vec<CheckRun>>>,
}

impl Plan {
    /// The plan of a profile: its frameworks, or if it names none all of them but crosswalks and the one that judges waivers.
    #[must_use]
    pub fn new(pack: &Pack, profile: &Profile) -> Self {
        Self::of(pack, profile, false)
    }

    /// The same where there are waivers, which are judged whatever frameworks are chosen.
    #[must_use]
    pub fn with_waivers(pack: &Pack, profile: &Profile) -> Self {
        Self::of(pack, profile, true)
    }

    fn of(pack: &Pack, profile: &Profile, waivers: bool) -> Self {
        let at = |id: &str| pack.frameworks.iter().position(|framework| framework.id == id);
        let by_default = |framework: &Framework| !framework.crosswalk && framework.id != waiver::FRAMEWORK;
        let mut chosen: Vec<usize> = match &profile.frameworks {
            Some(ids) => ids.iter().filter_map(|id| at(id)).collect(),
            None => (0..pack.frameworks.len()).filter(|at| pack.frameworks.get(*at).is_some_and(by_default)).collect(),
        };
        chosen.extend(at(waiver::FRAMEWORK).filter(|at| waivers && !chosen.contains(at)));
        let mut all: BTreeMap<String, CheckRun> = BTreeMap::new();
        let mut frameworks = Vec::new();
        for framework in chosen {
            let Some(known) = pack.frameworks.get(framework) else { continue };
            let run = |asked: &PartCheck| -> Option<CheckRun> {
                Some(CheckRun::new(pack.check(&asked.check)?, profile.params.get(&asked.check), &asked.params))
            };
            let runs: Vec<Vec<Vec<CheckRun>>> = known
                .requirements
                .iter()
                .map(|r| r.parts.iter().map(|part| part.checks.iter().filter_map(run).collect()).collect())
                .collect();
            for run in runs.iter().flatten().flatten() {
                all.entry(run.id.clone()).or_insert_with(|| run.clone());
            }
            frameworks.push(PlannedFramework { framework, runs });
        }
        Self { runs: all.into_values().collect(), frameworks }
    }

    /// The position of a run among [`Plan::runs`].
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.runs.binary_search_by(|run| run.id.as_str().cmp(id)).ok()
    }
}
