//! One finding, from the check run and the row that fails it.

use std::collections::BTreeMap;

use super::evidence::{enumerations, evidence};
use super::names::{severity, subject};
use super::onward::Onward;
use super::path::Routes;
use super::recall::Recall;
use super::recognised::Rules;
use super::{Input, framework, path};
use crate::assess::{Question, digest_of};
use crate::contract::v1::{Confidence, Evidence, Finding, Holders, Hop, Param, ParamOrigin, ProfileValue};
use crate::control::ParamValue;
use crate::control::plan::{self, RunParam};
use crate::expr::{Expr, FactRead, Trace};
use crate::graph::Estate;
use crate::model::facts::{Effect, ai_system, credential, identity, owner, resource};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// How many holders of a policy are named.
const NAMED: usize = 20;

/// What all findings of an assessment share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    /// What is told of them without what they rest on.
    brief: BriefShared,
    /// The ways to environments.
    pub routes: Routes,
    /// How identities are recognised.
    pub rules: Rules<'a>,
    /// Ways from AI systems and what they hold; none where no AI system is known.
    onward: Option<Onward<'a>>,
}

/// What all findings share that are told in brief.
#[derive(Debug)]
pub(super) struct BriefShared {
    /// By check run: the requirements that ask for it.
    requirements: BTreeMap<String, Vec<String>>,
    /// By check run, in the order of the plan: whether it rests on who is AI-connected.
    on_ai: Vec<OnAi>,
    /// By check run, in the order of the plan: the values of its parameters.
    values: Vec<BTreeMap<String, ParamValue>>,
}

impl<'a> Shared<'a> {
    /// What all findings of an assessment share.
    pub(super) fn of(input: &Input<'a>) -> Self {
        Self {
            brief: BriefShared::of(input),
            routes: Routes::default(),
            rules: Rules::new(input.pack, input.as_of),
            onward: (!input.estate.world.table(Subject::AiSystem).is_empty()).then(|| Onward::new(input.estate)),
        }
    }
}

impl Shared<'_> {
    /// What a thread that makes findings of the assessment remembers.
    pub(super) fn recall(&self, input: &Input<'_>) -> Recall {
        Recall::new(input.questions.len(), self.rules.count())
    }
}

impl BriefShared {
    /// What all findings of an assessment share that are told in brief.
    pub(super) fn of(input: &Input<'_>) -> Self {
        Self {
            requirements: framework::requirements_by_run(input),
            on_ai: input.questions.iter().map(OnAi::of).collect(),
            values: input.plan.runs.iter().map(plan::CheckRun::values).collect(),
        }
    }
}

/// Whether the answers of a check rest on which identities are AI-connected.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OnAi {
    applies: bool,
    passes: bool,
}

impl OnAi {
    pub(super) fn of(question: &Question<'_>) -> Self {
        let reads = |expression: &Expr| expression.facts().contains(&identity::IS_AI.id);
        Self { applies: question.applies.is_some_and(reads), passes: reads(question.passes) }
    }
}

/// A finding with what it rests on.
pub(super) fn finding<'a>(input: &Input<'a>, run: usize, row: u32, shared: &Shared<'_>, recall: &Recall) -> Finding {
    let (estate, question) = (input.estate, input.questions.get(run));
    let about = Row::new(question.map_or(Subject::Identity, |question| question.subject), row);
    // It applies to whom it fails.
    let passes = |question: &Question<'a>| {
        let memo = recall.of_run(run, question.passes);
        question.passes.evaluate_recorded_with(estate, about, question.context, memo).1
    };
    let trace = question.map(passes).unwrap_or_default();
    resting_on(input, run, row, &trace, true, (shared, recall))
}

/// What a verdict rests on, in the form of a finding, whatever it is: by its trace. `applies` if the check certainly does.
pub(super) fn resting_on(
    input: &Input<'_>,
    run: usize,
    row: u32,
    trace: &Trace<'_>,
    applies: bool,
    (shared, recall): (&Shared<'_>, &Recall),
) -> Finding {
    let mut finding = brief(input, run, row, &shared.brief);
    let (estate, planned, question) = (input.estate, input.plan.runs.get(run), input.questions.get(run));
    let about = Row::new(question.map_or(Subject::Identity, |question| question.subject), row);
    finding.evidence = evidence(estate, about, trace, (&shared.rules, recall), input.as_of);
    finding.path = path(input, about, trace, shared, &mut finding.evidence);
    let on_ai = shared.brief.on_ai.get(run).copied().unwrap_or_default();
    if let (true, Some(question)) = (on_ai.applies && applies, question) {
        finding.evidence.extend(applied(estate, question, about, trace, (&shared.rules, recall)));
    }
    finding.enumerations = enumerations(estate, trace);
    if let Some(planned) = planned {
        let used = planned.params.iter().filter(|(name, _)| trace.params.contains(&name.as_str()));
        finding.params = used.map(|(name, param)| self::param(input, run, name, param)).collect();
    }
    finding.holders = (about.subject == Subject::Policy).then(|| holders(input, row));
    finding.evidence_digest = digest_of(estate, &finding.check_run, &trace.facts);
    finding
}

/// A finding in brief: whom it is about, how bad it is and why, and nothing of what it rests on.
pub(super) fn brief(input: &Input<'_>, run: usize, row: u32, shared: &BriefShared) -> Finding {
    let (estate, planned) = (input.estate, input.plan.runs.get(run));
    let run_id = planned.map_or("", |run| run.id.as_str());
    let check = planned.and_then(|run| input.pack.check(&run.check));
    let about = Row::new(input.questions.get(run).map_or(Subject::Identity, |question| question.subject), row);
    let named = subject(estate, about);
    let none = BTreeMap::new();
    let values = shared.values.get(run).unwrap_or(&none);
    let on_ai = shared.on_ai.get(run).copied().unwrap_or_default();
    Finding {
        id: format!("{run_id} {}", named.id),
        check_run: run_id.to_owned(),
        severity: check.map_or(crate::contract::v1::Severity::Low, |check| severity(check.severity)),
        confidence: confidence(input, about, on_ai.applies || on_ai.passes),
        waiver: input.waiver_of(run, row),
        owners: owners(input, about),
        reason: check.map_or_else(String::new, |check| check.fail.render(estate, about, values, input.as_of)),
        evidence: Vec::new(),
        enumerations: Vec::new(),
        params: Vec::new(),
        path: Vec::new(),
        holders: None,
        requirements: shared.requirements.get(run_id).cloned().unwrap_or_default(),
        evidence_digest: String::new(),
        subject: named,
    }
}

/// The way that the finding rests on, if it does; what it ends at is added to the evidence.
fn path(
    input: &Input<'_>,
    about: Row,
    trace: &Trace<'_>,
    shared: &Shared<'_>,
    evidence: &mut Vec<Evidence>,
) -> Vec<Hop> {
    let estate = input.estate;
    if let Some(path) = onward(about, trace, shared, evidence) {
        return path;
    }
    for read in trace.facts.iter().filter(|read| read.row.subject == Subject::Identity) {
        let row = read.row.index;
        if read.fact == identity::REACHES_ADMIN.id && read.cell == Cell::Known(Scalar::Bool(true)) {
            let (hops, last) = path::to_admin(estate, row);
            evidence.extend(path::admin_ground(estate, about, &hops, last));
            return hops;
        }
        if let (true, Cell::Known(Scalar::Enum(code))) = (read.fact == identity::ENVIRONMENTS_REACHED.id, read.cell) {
            return path::to_environment(estate, &shared.routes, row, code);
        }
    }
    Vec::new()
}

/// The way of a finding about an AI system or a credential: to an administrator, to what deletes, or to the resource that decided.
fn onward(about: Row, trace: &Trace<'_>, shared: &Shared<'_>, evidence: &mut Vec<Evidence>) -> Option<Vec<Hop>> {
    if !matches!(about.subject, Subject::AiSystem | Subject::Credential) {
        return None;
    }
    let ways = shared.onward.as_ref()?;
    let admin = trace
        .facts
        .iter()
        .any(|read| read.fact == ai_system::REACHES_ADMIN.id && read.cell == Cell::Known(Scalar::Bool(true)));
    if admin {
        let (hops, grounds) = ways.to_admin(about);
        evidence.extend(grounds);
        return Some(hops);
    }
    let deletes = Cell::Known(Scalar::Enum(Effect::Deletes as u8));
    let by = |fact| trace.facts.iter().find(|read| read.fact == fact && read.cell == deletes).map(|read| read.row);
    let to = match (by(resource::EFFECTS.id), by(ai_system::EFFECTS.id)) {
        (Some(tool), _) => tool,
        // Its tools were looked at, and none of them deletes: what it runs as may.
        (None, Some(system)) => who_deletes(ways.estate(), system)?,
        (None, None) => trace.facts.iter().map(|read| read.row).find(|row| row.subject == Subject::Resource)?,
    };
    Some(ways.to(about, to)).filter(|hops| !hops.is_empty())
}

/// The first identity of an AI system that has a right to delete: one that is certain, before one that is narrowed.
fn who_deletes(estate: &Estate<'_>, system: Row) -> Option<Row> {
    let (mut surely, mut narrowed) = (None, None);
    estate.system_grants(system, &mut |right, holder, sure| {
        if sure && estate.does(right, Effect::Deletes) == Some(true) {
            let first = if estate.is_narrowed(right) { &mut narrowed } else { &mut surely };
            first.get_or_insert(holder);
        }
    });
    surely.or(narrowed).map(|holder| Row::new(Subject::Identity, holder))
}

/// A parameter of a run, with where its value comes from.
pub(super) fn param(input: &Input<'_>, run: usize, name: &str, param: &RunParam) -> Param {
    let check = input.plan.runs.get(run).and_then(|run| input.pack.check(&run.check));
    let defined = check.and_then(|check| check.params.get(name));
    Param {
        name: name.to_owned(),
        value: param.value.to_string(),
        origin: match param.origin {
            plan::ParamOrigin::Default => ParamOrigin::Default,
            plan::ParamOrigin::Profile => ParamOrigin::Profile,
            plan::ParamOrigin::Requirement => ParamOrigin::Requirement,
        },
        default: defined.map(|defined| defined.default.to_string()),
        looser: param.under_default,
        source: defined.map(|defined| defined.source.clone()),
        profile: param.beside.as_ref().map(|beside| ProfileValue { value: beside.to_string(), looser: param.looser }),
    }
}

/// Where the check applies since an identity is AI-connected: why that one is, unless the verdict says so already.
fn applied(
    estate: &Estate<'_>,
    question: &Question<'_>,
    about: Row,
    trace: &Trace<'_>,
    (rules, recall): (&Rules<'_>, &Recall),
) -> Option<Evidence> {
    let yes = Cell::Known(Scalar::Bool(true));
    // Most identities are not, and need no second look.
    if about.subject == Subject::Identity && estate.cell(about, identity::IS_AI.id) != yes {
        return None;
    }
    let is_ai = |read: &&FactRead<'_>| read.fact == identity::IS_AI.id && read.cell == yes;
    if trace.facts.iter().any(|read| is_ai(&read)) {
        return None;
    }
    // `applies` is true, so each of its parts is, and each is recorded as it would be among the others.
    question.applies?.parts().iter().filter(|part| part.reads(identity::IS_AI.id)).find_map(|part| {
        let before = part.evaluate_recorded(estate, about, question.context);
        rules.evidence(estate, about, before.facts.iter().find(is_ai)?, recall)
    })
}

/// As sure as the rule that recognised the identity, where the verdict rests on that.
fn confidence(input: &Input<'_>, about: Row, rests_on_ai: bool) -> Confidence {
    let identity = match about.subject {
        Subject::Identity => Some(about),
        Subject::Credential => holder(input, about),
        _ => None,
    };
    let Some(identity) = identity.filter(|_| rests_on_ai) else { return Confidence::High };
    match input.estate.cell(identity, identity::AI_CONFIDENCE.id) {
        Cell::Known(Scalar::Str("medium")) => Confidence::Medium,
        Cell::Known(Scalar::Str("low")) => Confidence::Low,
        _ => Confidence::High,
    }
}

fn holder(input: &Input<'_>, credential: Row) -> Option<Row> {
    match input.estate.cell(credential, credential::IDENTITY.id) {
        Cell::Known(Scalar::Ref(row)) => Some(row),
        _ => None,
    }
}

/// Who answers for a subject: ids of owners without the system's part, sorted.
pub(super) fn owners(input: &Input<'_>, about: Row) -> Vec<String> {
    let (row, fact) = match about.subject {
        Subject::Identity => (Some(about), identity::OWNERS.id),
        Subject::Credential => (holder(input, about), identity::OWNERS.id),
        Subject::AiSystem => (Some(about), ai_system::OWNERS.id),
        Subject::Resource => (Some(about), resource::OWNERS.id),
        _ => (None, identity::OWNERS.id),
    };
    let Some(row) = row else { return Vec::new() };
    let world = input.estate.world;
    let mut names: Vec<String> = world
        .table(row.subject)
        .members(fact, row.index)
        .iter()
        .map(|(_, member, _)| {
            let table = world.table(Subject::Owner);
            let named = u32::try_from(table.get(owner::NAME.id, *member)).map(|sym| world.strings.text(Sym(sym)));
            let id = table.id(*member).map_or("", |id| world.strings.text(id));
            let key = id.splitn(4, ':').nth(3).unwrap_or(id);
            crate::base::text::shown(if key.is_empty() { named.unwrap_or("") } else { key }).into_owned()
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn holders(input: &Input<'_>, policy: u32) -> Holders {
    let mut all: Vec<Row> =
        input.estate.graph.holders_of(policy).map(|row| Row::new(Subject::Identity, *row)).collect();
    let count = all.len() as u64;
    all.sort_by_key(|row| super::names::id(input.estate, *row));
    Holders { count, first: all.into_iter().take(NAMED).map(|row| subject(input.estate, row)).collect() }
}
