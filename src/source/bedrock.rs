//! Bedrock agents, into the tables: at once where an answer names them whole, the rest once all answers were read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::answers::{self, Stamp, Taken, Told};
use super::aws::arn::{Arn, PROVIDED, is_account};
use super::aws::claims::SOURCES;
use super::aws::identities;
use super::aws::wildcards::Pattern;
use super::bedrock_agents::Agent;
use super::provider::{self, ListOf};
use super::run::{FileRun, Run};
use crate::base::time::{Instant, Span};
use crate::export::report::Rejected;
use crate::model::facts::{Effect, PrincipalKind, ai_system, identity, resource};
use crate::model::intern::Sym;
use crate::model::link::Method;
use crate::model::policy::Trust;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::{Row, Why};
use crate::model::world::World;

/// What was said of agents and can only be placed once all was read.
#[derive(Debug, Default)]
pub struct Agents {
    /// Agents by their ids: the folder of the answer and the row.
    known: HashMap<Sym, Vec<(String, u32)>>,
    /// Entries of `list-agents`.
    pub summaries: Vec<Summary>,
    /// Answers of `get-agent-action-group`.
    pub groups: Vec<Group>,
    /// Answers of `list-agent-action-groups`, with whether each is whole.
    pub lists: Vec<(Vec<ListedGroup>, bool)>,
    /// Which agent names which role: that its trust lets the agent in is seen once all trusts were read.
    roles: Vec<Named>,
}

/// An agent that names a role.
#[derive(Debug)]
struct Named {
    /// The row of the agent, and its name.
    agent: u32,
    arn: Sym,
    /// Its account.
    account: Sym,
    /// The row of the role.
    role: u32,
    record: RecordId,
}

/// Which agent a record speaks of, as far as it says.
#[derive(Debug)]
pub struct About {
    /// The agent's id.
    agent: Sym,
    /// The folder of the export.
    folder: String,
    /// The scope that the manifest gives the export.
    declared: Option<String>,
    /// The region, if the path or the manifest's command has one.
    region: Option<String>,
    /// The record.
    record: RecordId,
}

/// An entry of `list-agents`.
#[derive(Debug)]
pub struct Summary {
    /// Of which agent it is.
    pub about: About,
    /// The name.
    pub name: Option<String>,
    /// Whether it can be used, if that is known.
    pub enabled: Option<bool>,
    /// When it was last changed.
    pub changed: Told<Stamp>,
    /// Whether a guardrail is named.
    pub guarded: bool,
}

/// An answer of `get-agent-action-group`.
#[derive(Debug)]
pub struct Group {
    /// Of which agent it is.
    pub about: About,
    /// The group.
    pub group: ListedGroup,
}

/// An action group.
#[derive(Debug)]
pub struct ListedGroup {
    /// Its id.
    pub id: Sym,
    /// Its name.
    pub name: String,
    /// Whether it is switched off.
    pub disabled: bool,
    /// What it calls, if that is known.
    pub target: Option<String>,
    /// Whether it runs code that the model writes.
    pub runs_code: bool,
    /// The record.
    pub record: RecordId,
}

/// Whether an agent of this status can be used; `None` where an earlier version of it may be.
#[must_use]
pub fn enabled(status: Option<&str>) -> Option<bool> {
    match status? {
        "PREPARED" => Some(true),
        "CREATING" | "DELETING" => Some(false),
        _ => None,
    }
}

/// What a record says of which agent it is.
pub fn about(file: &mut FileRun<'_>, agent: &str, record: RecordId) -> About {
    let path = file.path();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let declared = file.said.scope.clone();
    file.scopes.extend(declared.clone());
    let region = region(&path).or_else(|| file.said.command.as_deref().and_then(region)).map(str::to_owned);
    About { agent: file.world().strings.intern(agent), folder, declared, region, record }
}

/// The first region in a text: `eu-west-1`, between other characters or at the end of a word.
fn region(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.into_iter().find_map(|word| {
        let starts = word.char_indices().filter(|(at, _)| *at == 0 || word.as_bytes().get(at - 1) == Some(&b'-'));
        starts.map(|(at, _)| word.get(at..).unwrap_or("")).find_map(|rest| {
            let mut parts = rest.split('-');
            let (area, mut side) = (parts.next()?, parts.next()?);
            let mut length = area.len() + 1 + side.len();
            if side == "gov" || area == "us" && side.starts_with("iso") {
                side = parts.next()?;
                length += 1 + side.len();
            }
            let number = parts.next()?;
            let fits = area.len() == 2
                && area.bytes().all(|byte| byte.is_ascii_lowercase())
                && ["north", "south", "east", "west", "central"].iter().any(|known| side.starts_with(known))
                && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit());
            if fits { rest.get(..length + 2) } else { None }
        })
    })
}

/// The account and the agent's id in the name of an agent.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, name) = (parts.next()?, parts.next()?, parts.next()?);
    let known = prefix == "arn" && partition.starts_with("aws") && service == "bedrock" && !region.is_empty();
    let id = name.strip_prefix("agent/").filter(|id| !id.is_empty())?;
    (known && is_account(account)).then_some((account, id))
}

/// The row of an agent, named.
fn row(world: &mut World, arn: &str, account: &str, record: RecordId) -> u32 {
    let (row, _) = world.upsert(Subject::AiSystem, &format!("aws:{account}:agent:{arn}"));
    world.mark_listed(Subject::AiSystem, row, record);
    if let Some(id) = world.table(Subject::AiSystem).id(row) {
        world.set(ai_system::ID, row, id, record);
    }
    world.set_text(ai_system::SYSTEM, row, "aws", record);
    world.set_text(ai_system::SCOPE, row, &format!("aws:{account}"), record);
    row
}

/// Puts what `get-agent` says into the tables.
pub fn agent(file: &mut FileRun<'_>, agent: &Agent<'_>, record: RecordId) -> Taken {
    let arn = agent.arn.as_deref().unwrap_or("");
    let Some((account, id)) = parts(arn) else {
        return Taken::Rejected("its `agentArn` is not the name of an agent".to_owned());
    };
    let (path, scope) = (file.path(), format!("aws:{account}"));
    let (sym, list) = (file.world().strings.intern(id), file.world().strings.intern(arn));
    let of =
        ListOf { source: file.about.id, scope: list, name: "facts of the agent", listing: None, project: Some(sym) };
    if let Some(why) = provider::superseded(file, of) {
        return Taken::Ignored(why);
    }
    file.scopes.insert(scope);
    let row = row(file.world(), arn, account, record);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    file.run.agents.known.entry(sym).or_default().push((folder, row));
    let world = file.world();
    world.set_text(ai_system::NAME, row, agent.name.as_deref().unwrap_or(id), record);
    if let Some(enabled) = enabled(agent.status.as_deref()) {
        world.set(ai_system::ENABLED, row, enabled, record);
    }
    if let Some(model) = agent.foundation_model.as_deref().filter(|model| !model.is_empty()) {
        // Of an ARN of a model or an inference profile, the last part names it.
        let short = if model.starts_with("arn:") { model.rsplit('/').next().unwrap_or(model) } else { model };
        world.set_text(ai_system::MODEL, row, short, record);
    }
    if let Some(seconds) = agent.idle_session.filter(|seconds| *seconds > 0) {
        world.set(ai_system::SESSION_MAX, row, Span(seconds), record);
    }
    let names_one = agent.guardrail_configuration.as_ref().map(|guardrail| guardrail.guardrail_identifier.is_some());
    let younger = agent.orchestration_type.is_some() || agent.collaboration.is_some();
    match names_one {
        Some(true) => world.set(ai_system::GUARDED, row, true, record),
        _ if younger => world.set(ai_system::GUARDED, row, false, record),
        _ => {}
    }
    if let Some(role) = agent.role.as_deref().and_then(|role| named(world, role, record)) {
        let account = world.strings.intern(account);
        file.run.agents.roles.push(Named { agent: row, arn: list, account, role, record });
    }
    provider::moment(file, ai_system::CREATED_AT, row, agent.created_at, record);
    provider::moment(file, ai_system::CHANGED_AT, row, agent.updated_at, record);
    Taken::Read("agents")
}

/// The row of the role that an agent names.
fn named(world: &mut World, role: &str, record: RecordId) -> Option<u32> {
    let Some(parsed) = Arn::parse(role).filter(|parsed| parsed.kind == "role") else {
        let message = "the `agentResourceRoleArn` of an agent is not the name of a role";
        world.note("agent-without-role", message.to_owned(), Some(record));
        return None;
    };
    let mut id = String::new();
    parsed.id(role, &mut id);
    let (whose, new) = world.upsert(Subject::Identity, &id);
    if new {
        let scope = world.strings.intern(&format!("aws:{}", parsed.account));
        identities::name(world, whose, role, scope, record);
        world.set_text(identity::NAME, whose, parsed.name, record);
    }
    world.table_mut(Subject::Identity).note_record(whose, record);
    Some(whose)
}

/// Says which agents run as the role that they name, and as no other. Where the trust of the role was read and does not
/// certainly let Bedrock in for the agent, nobody knows as what it runs.
fn run_as(world: &mut World, all: Vec<Named>) {
    let named: BTreeSet<u32> = all.iter().map(|one| one.role).collect();
    let mut trusts: BTreeMap<u32, Vec<Trust>> = BTreeMap::new();
    for (role, trust) in world.statements.all_trusts().iter().filter(|(role, _)| named.contains(role)) {
        trusts.entry(*role).or_default().push(*trust);
    }
    for Named { agent, arn, account, role, record } in all {
        let texts = [arn, account].map(|text| world.strings.text(text));
        let keeps_out = |all: &Vec<Trust>| {
            !all.iter().any(|trust| lets_in(world, trust, texts)) || all.iter().any(|trust| may_deny(world, trust))
        };
        if trusts.get(&role).is_some_and(keeps_out) {
            let id = |subject: Subject, row: u32| world.table(subject).id(row).map_or("", |id| world.strings.text(id));
            let message = format!(
                "`{}` names `{}`, whose trust does not let Bedrock in for it, or may keep it out: as what it runs is not known",
                id(Subject::AiSystem, agent),
                id(Subject::Identity, role)
            );
            world.note("agent-without-trust", message, Some(record));
            world.open(ai_system::IDENTITIES.id, agent, Why::MissingFact);
            continue;
        }
        world.push(ai_system::IDENTITIES, agent, role);
        world.push(identity::AI_SYSTEMS, role, agent);
        world.close(ai_system::IDENTITIES, agent);
        let (one, other) = (Row::new(Subject::AiSystem, agent), Row::new(Subject::Identity, role));
        world.link(Method::AgentRole, one, other, record);
    }
}

/// True if a trust lets Bedrock in for an agent of this name and account. Of a condition on another key, or of one that is no
/// list of values, it is not known whether it holds.
fn lets_in(world: &World, trust: &Trust, [arn, account]: [&str; 2]) -> bool {
    let all = |list| world.statements.members(list).iter().map(|sym| world.strings.text(*sym));
    // Who is excepted may be Bedrock.
    if !trust.allow || trust.inverted || !speaks_of_bedrock(world, trust) {
        return false;
    }
    let assumes = all(trust.actions).any(|action| Pattern::of_any_case(action).matches("sts:AssumeRole"));
    let known = |key: &str| SOURCES.contains(&key) && all(trust.plain).any(|plain| plain == key);
    if assumes == trust.inverted_actions || !all(trust.conditions).all(|key| known(&key.to_ascii_lowercase())) {
        return false;
    }
    SOURCES.into_iter().zip([account, arn]).all(|(key, own)| {
        let asked = all(trust.claims).filter_map(|claim| claim.split_once('='));
        let mut patterns =
            asked.filter(|(claim, _)| *claim == key).map(|(_, pattern)| Pattern::read(pattern)).peekable();
        patterns.peek().is_none() || patterns.any(|pattern| !pattern.variable && pattern.matches(own))
    })
}

/// True if a trust denies Bedrock, under whatever condition.
fn may_deny(world: &World, trust: &Trust) -> bool {
    !trust.allow && speaks_of_bedrock(world, trust)
}

/// True if Bedrock is, or may be, among those of whom a statement of a trust speaks.
fn speaks_of_bedrock(world: &World, trust: &Trust) -> bool {
    let named = world.strings.text(trust.principal).starts_with("bedrock.amazonaws.com");
    (trust.kind == PrincipalKind::Service && named) || trust.inverted || trust.kind == PrincipalKind::Anyone
}

/// Joins what names an agent by its id only.
pub fn finish(run: &mut Run) {
    let mut agents = std::mem::take(&mut run.agents);
    run_as(&mut run.world, std::mem::take(&mut agents.roles));
    for summary in std::mem::take(&mut agents.summaries) {
        match summarised(run, &agents, &summary.about) {
            Ok((row, folder)) => {
                agents.known.entry(summary.about.agent).or_default().push((folder, row));
                place_summary(run, row, &summary);
            }
            Err(why) => unread(run, summary.about.record, "agents", why),
        }
    }
    let mut of_group: HashMap<Sym, Vec<u32>> = HashMap::new();
    for Group { about, group } in std::mem::take(&mut agents.groups) {
        match agents.find(&about) {
            Ok(Some(row)) => {
                of_group.entry(group.id).or_default().push(row);
                tool(&mut run.world, row, &group);
            }
            Ok(None) => {
                let why = "no export has the agent of its `agentId`: export `aws bedrock-agent get-agent` of it";
                unread(run, group.record, "action_groups", why.to_owned());
            }
            Err(why) => unread(run, group.record, "action_groups", why),
        }
    }
    let mut whole: BTreeMap<u32, bool> = BTreeMap::new();
    for (groups, complete) in std::mem::take(&mut agents.lists) {
        let mut owners: Vec<u32> =
            groups.iter().filter_map(|group| of_group.get(&group.id)).flatten().copied().collect();
        owners.sort_unstable();
        owners.dedup();
        let [row] = owners.as_slice() else {
            let why = "it does not say whose it is, and no answer of `get-agent-action-group` tells: export that of each group";
            for group in &groups {
                unread(run, group.record, "action_groups", why.to_owned());
            }
            continue;
        };
        for group in groups.iter().filter(|group| !of_group.contains_key(&group.id)) {
            tool(&mut run.world, *row, group);
        }
        *whole.entry(*row).or_insert(true) &= complete;
    }
    for (row, _) in whole.into_iter().filter(|(_, whole)| *whole) {
        run.world.close(ai_system::TOOLS, row);
    }
}

impl Agents {
    /// The agent of an id: one of the same folder, else the only one there is.
    fn find(&self, about: &About) -> Result<Option<u32>, String> {
        let Some(known) = self.known.get(&about.agent) else { return Ok(None) };
        let distinct = |of: &mut dyn Iterator<Item = u32>| {
            let mut rows: Vec<u32> = of.collect();
            rows.sort_unstable();
            rows.dedup();
            rows
        };
        let here = distinct(&mut known.iter().filter(|(folder, _)| *folder == about.folder).map(|(_, row)| *row));
        let all = distinct(&mut known.iter().map(|(_, row)| *row));
        match (here.as_slice(), all.as_slice()) {
            ([row], _) | ([], [row]) => Ok(Some(*row)),
            _ => Err("several agents have its `agentId`: put the exports of each account and region into a folder of their own".to_owned()),
        }
    }
}

/// The row of an agent of `list-agents`, and the folder of the answer.
fn summarised(run: &mut Run, agents: &Agents, about: &About) -> Result<(u32, String), String> {
    if let Some(row) = agents.find(about)? {
        return Ok((row, about.folder.clone()));
    }
    let here = run.aws.folders.get(&about.folder).map_or(&[][..], Vec::as_slice);
    let own: Vec<&str> =
        here.iter().map(|scope| run.world.strings.text(*scope)).filter(|one| *one != PROVIDED).collect();
    let scope = match (&about.declared, own.as_slice()) {
        (Some(declared), _) => Some(declared.as_str()),
        (None, [one]) => Some(*one),
        _ => None,
    };
    let account = scope.and_then(|scope| scope.strip_prefix("aws:")).filter(|account| is_account(account));
    let (Some(account), Some(region)) = (account, &about.region) else {
        return Err("it names neither its account nor its region: export `aws bedrock-agent get-agent` of it, into the same folder".to_owned());
    };
    let partition = match region.as_str() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let (account, id) = (account.to_owned(), run.world.strings.text(about.agent).to_owned());
    let arn = format!("arn:{partition}:bedrock:{region}:{account}:agent/{id}");
    Ok((row(&mut run.world, &arn, &account, about.record), about.folder.clone()))
}

fn place_summary(run: &mut Run, row: u32, summary: &Summary) {
    let (world, record) = (&mut run.world, summary.about.record);
    world.mark_listed(Subject::AiSystem, row, record);
    if let Some(name) = &summary.name {
        world.set_text(ai_system::NAME, row, name, record);
    }
    if let Some(enabled) = summary.enabled {
        world.set(ai_system::ENABLED, row, enabled, record);
    }
    if let Told::Some(Stamp(Some(at))) = summary.changed {
        world.set(ai_system::CHANGED_AT, row, Instant(at), record);
    }
    if summary.guarded {
        world.set(ai_system::GUARDED, row, true, record);
    }
}

/// Puts an action group of an agent into the tables.
fn tool(world: &mut World, system: u32, group: &ListedGroup) {
    let agent = world.table(Subject::AiSystem).id(system).map_or("", |id| world.strings.text(id));
    let Some((scope, arn)) = agent.split_once(":agent:") else { return };
    let (scope, id) = (scope.to_owned(), format!("{scope}:action_group:{arn}/{}", world.strings.text(group.id)));
    let (row, _) = world.upsert(Subject::Resource, &id);
    let record = group.record;
    world.mark_listed(Subject::Resource, row, record);
    world.set_text(resource::ID, row, &id, record);
    world.set_text(resource::NAME, row, &group.name, record);
    world.set_text(resource::KIND, row, "tool", record);
    world.set_text(resource::SYSTEM, row, "aws", record);
    world.set_text(resource::SCOPE, row, &scope, record);
    if let Some(target) = &group.target {
        world.set_text(resource::TARGET, row, target, record);
    }
    if group.runs_code {
        world.push(resource::EFFECTS, row, Effect::RunsCode as u32);
    }
    if !group.disabled {
        world.push(ai_system::TOOLS, system, row);
        world.table_mut(Subject::AiSystem).note_record(system, record);
    }
}

/// Turns a record that was counted as read into a rejected one.
fn unread(run: &mut Run, record: RecordId, total: &str, why: String) {
    let Some(found) = run.world.records.get(record).copied() else { return };
    let place = answers::place(run.world.strings.text(found.list), found.index, found.document);
    let at = found.export.0 as usize;
    let Some(report) = run.reports.get_mut(at) else { return };
    report.read = report.read.saturating_sub(1);
    report.rejected += 1;
    if let Some((_, count)) = report.control_totals.iter_mut().find(|(name, _)| name == total) {
        *count = count.saturating_sub(1);
    }
    let path = report.path.clone();
    if let Some(rejections) = run.rejections.get_mut(at) {
        rejections.push(Rejected { path, place, offset: found.offset, why });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_stand_in_paths_and_commands() {
        for (text, found) in [
            ("aws/111122223333/eu-west-1/list-agents.json", Some("eu-west-1")),
            ("list-agents-us-east-1.json", Some("us-east-1")),
            ("aws bedrock-agent list-agents --region=ap-southeast-2", Some("ap-southeast-2")),
            ("us-gov-west-1", Some("us-gov-west-1")),
            ("list-agents.json", None),
            ("to-east-10", None),
            ("-", None),
        ] {
            assert_eq!(region(text), found, "{text}");
        }
    }

    #[test]
    fn names_of_agents() {
        assert_eq!(
            parts("arn:aws:bedrock:eu-west-1:111122223333:agent/ABCDEF1234"),
            Some(("111122223333", "ABCDEF1234"))
        );
        for wrong in [
            "",
            "arn:aws:bedrock:eu-west-1:111122223333:agent/",
            "arn:aws:bedrock::111122223333:agent/A",
            "arn:aws:bedrock:eu-west-1:1111:agent/A",
            "arn:aws:lambda:eu-west-1:111122223333:agent/A",
            "arn:aws:bedrock:eu-west-1:111122223333:agent-alias/A/B",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
