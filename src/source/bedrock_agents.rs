//! `aws bedrock-agent`: agents, the roles that they run as, and the action groups that are their tools.

use std::io;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::answers::{self, Answers, Entries, Page, Part, Stamp, Taken, Told, Turned};
use super::aws::lenient::{Text, why};
use super::bedrock::{self, Group, ListedGroup, Summary};
use super::run::FileRun;
use super::{About, Given, Source, given};
use crate::export::head::Head;
use crate::export::split::Layout;
use crate::export::walk::Found;
use crate::model::facts::{ai_system, identity, resource};
use crate::model::record::{ITSELF, RecordId};

/// The source.
pub struct BedrockAgents;

static ABOUT: About = About {
    id: "bedrock-agents",
    title: "agents of Amazon Bedrock, the roles that they run as, and their action groups",
    system: "aws",
    commands: &[
        "aws bedrock-agent list-agents --output json > bedrock-agents.json; for agent in $(jq -r '.agentSummaries[].agentId' bedrock-agents.json); do aws bedrock-agent get-agent --agent-id \"$agent\" --output json > \"bedrock-agent-$agent.json\"; aws bedrock-agent list-agent-action-groups --agent-id \"$agent\" --agent-version DRAFT --output json > \"bedrock-action-groups-$agent.json\"; for group in $(jq -r '.actionGroupSummaries[].actionGroupId' \"bedrock-action-groups-$agent.json\"); do aws bedrock-agent get-agent-action-group --agent-id \"$agent\" --agent-version DRAFT --action-group-id \"$group\" --output json > \"bedrock-action-group-$agent-$group.json\"; done; done",
    ],
    authority: 50,
    kinds: &[],
    layout: Layout::Documents,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Answers of `list-agents`, `get-agent`, `list-agent-action-groups` and `get-agent-action-group` are read; of the first two, exports were seen, the other two are read as AWS documents them. All are of one region.",
        "The id of an agent is made of its ARN, which only `get-agent` says. An entry of `list-agents` is joined with the answer about the agent of its id, in the same folder before all others. Without one, the account is that of the one account of which the folder has an export, or the `scope` of the manifest, and the region that in the path of the file (`eu-west-1` as a folder, or in the file's name) or in the manifest's `command`; where one of them is not known, the entry is rejected, since its id would not be the same next month.",
        "`list-agents` has the agents of one region, and nobody says which regions are used, so it does not show that all AI systems are listed. A `nextToken` left over is told.",
        "An agent is enabled where its `agentStatus` is `PREPARED`, and not where that is `CREATING` or `DELETING`. While it is changed, and after (`NOT_PREPARED`), earlier versions of it may go on working, so it is not known.",
        "An agent runs as the role in `agentResourceRoleArn` and as no other. Where the trust of that role was read and does not let `bedrock.amazonaws.com` in for the agent (by the principal, `aws:SourceAccount` or `aws:SourceArn`), that is told, and as what it runs is not known. What its action groups call runs as a role of its own.",
        "A guardrail is there if `guardrailConfiguration` names one. Where `get-agent` has no such field, there is none if the answer has `orchestrationType` or `agentCollaboration`, which are younger than guardrails; of older answers it is not known.",
        "How long a session lasts at rest is `idleSessionTTLInSeconds`. Whether an agent acts by itself, who answers for it and in which stage it is, no answer says: state it in the inventory, by the agent's ARN-based id. Tags (`list-tags-for-resource`) do not say whose they are and are not read.",
        "An action group is a tool of the agent that it names, and what it calls is the target: a Lambda function, `RETURN_CONTROL` where the caller acts, or a signature of AWS. `AMAZON.CodeInterpreter` runs code that the model writes; what a Lambda function does, no answer says. A disabled group is no tool. All tools are known where `list-agent-action-groups` was exported too and its groups tell whose they are; it names no agent itself. That is then of the version that was asked for.",
        "Knowledge bases, aliases, versions and agents that work together are not read. `instruction` and prompts are not kept.",
    ],
};

const PROVIDES: &[Given] = &[
    given(ai_system::ID, "agentArn"),
    given(ai_system::NAME, "agentName"),
    given(ai_system::SYSTEM, "the format"),
    given(ai_system::SCOPE, "the account in agentArn"),
    given(ai_system::MODEL, "foundationModel"),
    given(ai_system::ENABLED, "agentStatus"),
    given(ai_system::CREATED_AT, "createdAt"),
    given(ai_system::CHANGED_AT, "updatedAt"),
    given(ai_system::SESSION_MAX, "idleSessionTTLInSeconds"),
    given(ai_system::GUARDED, "guardrailConfiguration.guardrailIdentifier"),
    given(ai_system::IDENTITIES, "agentResourceRoleArn"),
    given(ai_system::TOOLS, "the action groups"),
    given(identity::AI_SYSTEMS, "agentResourceRoleArn"),
    given(resource::ID, "the agent's ARN, actionGroupId"),
    given(resource::NAME, "actionGroupName"),
    given(resource::KIND, "the format"),
    given(resource::SYSTEM, "the format"),
    given(resource::SCOPE, "the agent's account"),
    given(resource::TARGET, "actionGroupExecutor, parentActionSignature"),
    given(resource::EFFECTS, "parentActionSignature"),
];

impl Source for BedrockAgents {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        ["agentSummaries", "agentActionGroup", "actionGroupSummaries"].iter().any(|key| head.has(key))
            || head.has_inner("agent", "agentArn")
            || head.has_inner("agent", "agentId")
    }

    fn order(&self) -> u8 {
        // After the inventory, which may know an agent by a name of its own.
        5
    }

    fn read(&self, found: &Found, _: &Head, file: &mut FileRun<'_>) -> io::Result<()> {
        answers::read(found, file, Bedrock { groups: Vec::new() }).map(|_| ())
    }
}

struct Bedrock {
    /// The entries of a list of action groups, until its end.
    groups: Vec<ListedGroup>,
}

const SUMMARIES: &str = "/agentSummaries";
const AGENT: &str = "/agent";
const GROUP: &str = "/agentActionGroup";
const GROUPS: &str = "/actionGroupSummaries";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow, default)]
    agent_summaries: Option<Entries<'a>>,
    #[serde(borrow, default)]
    agent: Option<&'a RawValue>,
    #[serde(borrow, default)]
    agent_action_group: Option<&'a RawValue>,
    #[serde(borrow, default)]
    action_group_summaries: Option<Entries<'a>>,
    #[serde(default)]
    next_token: Option<IgnoredAny>,
    #[serde(default, rename = "NextToken")]
    command_line_token: Option<IgnoredAny>,
}

/// What `get-agent` says of an agent. Its instruction and prompts may hold anything, and are not among it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent<'a> {
    #[serde(borrow, default, rename = "agentArn")]
    pub arn: Option<Text<'a>>,
    #[serde(borrow, default, rename = "agentName")]
    pub name: Option<Text<'a>>,
    #[serde(borrow, default, rename = "agentStatus")]
    pub status: Option<Text<'a>>,
    #[serde(borrow, default, rename = "agentResourceRoleArn")]
    pub role: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub foundation_model: Option<Text<'a>>,
    #[serde(default, rename = "idleSessionTTLInSeconds")]
    pub idle_session: Option<i64>,
    #[serde(default)]
    pub created_at: Told<Stamp>,
    #[serde(default)]
    pub updated_at: Told<Stamp>,
    #[serde(borrow, default)]
    pub guardrail_configuration: Option<Guardrail<'a>>,
    #[serde(default)]
    pub orchestration_type: Option<IgnoredAny>,
    #[serde(default, rename = "agentCollaboration")]
    pub collaboration: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Guardrail<'a> {
    #[serde(borrow, default)]
    pub guardrail_identifier: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSummary<'a> {
    #[serde(borrow, default)]
    agent_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    agent_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    agent_status: Option<Text<'a>>,
    #[serde(default)]
    updated_at: Told<Stamp>,
    #[serde(borrow, default)]
    guardrail_configuration: Option<Guardrail<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawGroup<'a> {
    #[serde(borrow, default)]
    agent_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    action_group_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    action_group_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    action_group_state: Option<Text<'a>>,
    #[serde(borrow, default)]
    action_group_executor: Option<Executor<'a>>,
    #[serde(borrow, default)]
    parent_action_signature: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Executor<'a> {
    #[serde(borrow, default)]
    lambda: Option<Text<'a>>,
    #[serde(borrow, default)]
    custom_control: Option<Text<'a>>,
}

/// One entry of an answer.
enum Entry<'a> {
    Agent(Box<Agent<'a>>),
    Summary(Box<RawSummary<'a>>),
    Group(Box<RawGroup<'a>>),
    Listed(Box<RawGroup<'a>>),
    Other,
}

/// The longest id, name of a function or the like that is kept, in bytes.
const LONGEST: usize = 2048;

fn filled<'t>(text: Option<&'t Text<'_>>, field: &str) -> Result<&'t str, String> {
    match text.map(|text| text.0.as_ref()) {
        None | Some("") => Err(format!("it has no `{field}`")),
        Some(text) if text.len() > LONGEST => Err(format!("its `{field}` is longer than any that AWS makes")),
        Some(text) => Ok(text),
    }
}

impl Answers for Bedrock {
    type Entry<'a> = Entry<'a>;

    fn page(text: &str) -> Result<Page<'_>, String> {
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| why(&error))?;
        let goes_on = envelope.next_token.is_some() || envelope.command_line_token.is_some();
        let mut page = Page { parts: Vec::new(), goes_on: None };
        let lists = [(SUMMARIES, envelope.agent_summaries), (GROUPS, envelope.action_group_summaries)];
        for (list, entries) in lists.into_iter().filter_map(|(list, entries)| Some((list, entries?))) {
            let of_list = Page::of_list(list, &entries.0, goes_on);
            page.parts.extend(of_list.parts);
            page.goes_on = of_list.goes_on;
        }
        for (list, one) in [(AGENT, envelope.agent), (GROUP, envelope.agent_action_group)] {
            page.parts.extend(one.map(|one| Part { list, index: ITSELF, text: one.get() }));
        }
        if page.parts.is_empty() && page.goes_on.is_none() {
            return Ok(Page::of_one("", text));
        }
        Ok(page)
    }

    fn entry<'a>(part: &Part<'a>) -> Result<Entry<'a>, String> {
        let read = |error: serde_json::Error| why(&error);
        match part.list {
            AGENT => {
                let agent: Box<Agent<'a>> = serde_json::from_str(part.text).map_err(read)?;
                filled(agent.arn.as_ref(), "agentArn")?;
                Ok(Entry::Agent(agent))
            }
            SUMMARIES => {
                let summary: Box<RawSummary<'a>> = serde_json::from_str(part.text).map_err(read)?;
                filled(summary.agent_id.as_ref(), "agentId")?;
                Ok(Entry::Summary(summary))
            }
            GROUP | GROUPS => {
                let group: Box<RawGroup<'a>> = serde_json::from_str(part.text).map_err(read)?;
                filled(group.action_group_id.as_ref(), "actionGroupId")?;
                if part.list == GROUPS {
                    return Ok(Entry::Listed(group));
                }
                filled(group.agent_id.as_ref(), "agentId")?;
                Ok(Entry::Group(group))
            }
            _ => Ok(Entry::Other),
        }
    }

    fn take(&mut self, file: &mut FileRun<'_>, record: RecordId, entry: Entry<'_>) -> Taken {
        match entry {
            Entry::Agent(agent) => bedrock::agent(file, &agent, record),
            Entry::Summary(summary) => {
                let Some(id) = summary.agent_id.as_deref() else { return Taken::Rejected(String::new()) };
                let guardrail = summary.guardrail_configuration.as_ref();
                let summary = Summary {
                    about: bedrock::about(file, id, record),
                    name: summary.agent_name.as_deref().map(str::to_owned),
                    enabled: bedrock::enabled(summary.agent_status.as_deref()),
                    changed: summary.updated_at,
                    guarded: guardrail.is_some_and(|guardrail| guardrail.guardrail_identifier.is_some()),
                };
                file.run.agents.summaries.push(summary);
                Taken::Read("agents")
            }
            Entry::Group(group) => {
                let Some(id) = group.agent_id.as_deref() else { return Taken::Rejected(String::new()) };
                let about = bedrock::about(file, id, record);
                let Some(group) = listed(file, &group, record) else { return Taken::Rejected(String::new()) };
                file.run.agents.groups.push(Group { about, group });
                Taken::Read("action_groups")
            }
            Entry::Listed(group) => {
                let Some(group) = listed(file, &group, record) else { return Taken::Rejected(String::new()) };
                self.groups.push(group);
                Taken::Read("action_groups")
            }
            Entry::Other => Taken::Ignored("an answer of a kind that gives no facts".to_owned()),
        }
    }

    fn turn(&mut self, file: &mut FileRun<'_>, Turned { record, goes_on, whole }: Turned) {
        let groups = std::mem::take(&mut self.groups);
        if !groups.is_empty() {
            file.run.agents.lists.push((groups, whole && !goes_on));
        }
        if goes_on {
            let message =
                format!("`{}` has a page marker: agents or action groups may be missing from it", file.path());
            file.world().note("page-marker", message, record);
            if let Some(report) = file.report() {
                report.incomplete = Some("a page marker is left over");
            }
        }
    }
}

/// What is kept of an action group.
fn listed(file: &mut FileRun<'_>, group: &RawGroup<'_>, record: RecordId) -> Option<ListedGroup> {
    let id = group.action_group_id.as_deref()?;
    let executor = group.action_group_executor.as_ref();
    let lambda = executor.and_then(|executor| executor.lambda.as_deref());
    let lambda = lambda.filter(|arn| arn.starts_with("arn:") && arn.len() <= LONGEST);
    let returns = executor.and_then(|executor| executor.custom_control.as_deref());
    let signature = group.parent_action_signature.as_deref();
    let target = lambda.or(returns.filter(|control| *control == "RETURN_CONTROL")).or(signature);
    Some(ListedGroup {
        id: file.world().strings.intern(id),
        name: group.action_group_name.as_deref().unwrap_or(id).to_owned(),
        disabled: group.action_group_state.as_deref() == Some("DISABLED"),
        target: target.filter(|target| target.len() <= LONGEST).map(str::to_owned),
        runs_code: signature == Some("AMAZON.CodeInterpreter"),
        record,
    })
}
