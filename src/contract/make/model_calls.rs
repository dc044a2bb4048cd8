//! The rights to call AI models that a credential opens: what those who try leaked keys are after.

use super::drill::fact_member;
use super::evidence::one;
use super::names::{id, subject};
use super::path::{granted, holding};
use super::rights::sureness;
use super::walk::state;
use crate::base::time::Instant;
use crate::contract::drill::v1::{ModelCaller, ModelCalls, ModelRight};
use crate::contract::v1::Evidence;
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::facts::{BecomingState, CREDENTIAL_KIND_SET, CredentialKind, credential, grant, identity};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// Most identities that are told.
const CALLERS: usize = 50;
/// Most rights of one that are told.
const RIGHTS: usize = 12;
/// How the limits of a key begin that calls models at a provider; one of its whole organisation administers it.
const CALLING: [&str; 2] = ["project", "workspace"];

/// Who among what is opened can call models. `start` is the credential and `proves` whose it is.
pub(super) fn model_calls(
    estate: &Estate<'_>,
    start: Row,
    proves: Option<Row>,
    opened: &[(Row, BecomingState)],
) -> ModelCalls {
    let identities = opened.iter().filter(|(row, _)| row.subject == Subject::Identity);
    let mut callers: Vec<(BecomingState, String, ModelCaller)> = Vec::new();
    for (row, way) in identities {
        let mut rights = rights(estate, *row, *way);
        if proves == Some(*row) {
            rights.splice(0..0, of_provider(estate, start));
        }
        rights.splice(0..0, of_root(estate, *row, *way));
        let Some(surest) = rights.first().map(|(surest, _)| *surest) else { continue };
        let left_out = rights.len().saturating_sub(RIGHTS) as u64;
        let rights = rights.into_iter().take(RIGHTS);
        let rights =
            rights.map(|(surest, evidence)| ModelRight { state: state(surest), evidence: evidence.told(estate) });
        let rights = rights.collect();
        let caller = ModelCaller { identity: subject(estate, *row), state: state(surest), rights, left_out };
        callers.push((surest, id(estate, *row), caller));
    }
    callers.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let left_out = callers.len().saturating_sub(CALLERS) as u64;
    ModelCalls { callers: callers.into_iter().take(CALLERS).map(|(.., caller)| caller).collect(), left_out }
}

/// What a right to call models rests on.
enum Basis {
    /// A grant of an identity, by the number of its statement.
    Grant(Row, u32),
    /// What a key of a provider is limited to, or whose the credential is.
    Said(Evidence),
}

impl Basis {
    fn told(self, estate: &Estate<'_>) -> Vec<Evidence> {
        match self {
            Self::Said(evidence) => vec![evidence],
            Self::Grant(holder, entry) => {
                let nobody = Row::new(Subject::Identity, u32::MAX);
                let policy = estate.world.statements.entry(entry).map(|entry| entry.0);
                let held = policy.map(|policy| holding(estate, nobody, holder, policy)).unwrap_or_default();
                std::iter::once(granted(estate, holder.index, entry)).chain(held).collect()
            }
        }
    }
}

/// The grants of an identity that call models, surest first, each as sure as the way to it at most.
fn rights(estate: &Estate<'_>, holder: Row, way: BecomingState) -> Vec<(BecomingState, Basis)> {
    let mut found: Vec<(BecomingState, u32)> = Vec::new();
    estate.list(holder, identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(of) = member.value else { return true };
        let there = match estate.cell(of, grant::INVOKES_MODELS.id) {
            Cell::Known(Scalar::Bool(true)) => member.certain,
            Cell::Unknown(_) => false,
            _ => return true,
        };
        let free = estate.cell(of, grant::CONDITIONAL.id) == Cell::Known(Scalar::Bool(false));
        found.push((sureness(there, free).max(way), of.index));
        true
    });
    found.sort_unstable();
    found.dedup_by_key(|(_, entry)| *entry);
    found.into_iter().map(|(surest, entry)| (surest, Basis::Grant(holder, entry))).collect()
}

/// The root of an account may do all that can be done in it, with no grant that says so.
fn of_root(estate: &Estate<'_>, holder: Row, way: BecomingState) -> Option<(BecomingState, Basis)> {
    let cell = estate.cell(holder, identity::ROOT.id);
    if cell != Cell::Known(Scalar::Bool(true)) {
        return None;
    }
    let read = FactRead { row: holder, fact: identity::ROOT.id, key: None, member: false, cell };
    let mut evidence = one(estate, holder, &read, Instant(0));
    evidence.note = Some("the root of an account has every right in it".to_owned());
    Some((way, Basis::Said(evidence)))
}

/// A key of a model provider calls models by being one, if it is of a project or a workspace.
fn of_provider(estate: &Estate<'_>, key: Row) -> Option<(BecomingState, Basis)> {
    let world = estate.world;
    let provider = matches!(world.system_of(world.scope(key)), "openai" | "anthropic");
    let kind = match estate.cell(key, credential::KIND.id) {
        Cell::Known(Scalar::Enum(code)) => CREDENTIAL_KIND_SET.text(code),
        _ => "",
    };
    if !provider || kind != CREDENTIAL_KIND_SET.text(CredentialKind::ApiKey as u8) {
        return None;
    }
    let mut found: Option<Basis> = None;
    estate.list(key, credential::SCOPES.id, &mut |member| {
        if let Scalar::Str(text) = member.value
            && member.certain
            && CALLING.iter().any(|calling| text.starts_with(calling))
        {
            let mut evidence = fact_member(estate, key, credential::SCOPES.id, member.value);
            evidence.note = Some("a key of a model provider, which calls its models".to_owned());
            found = Some(Basis::Said(evidence));
        }
        found.is_none()
    });
    found.map(|basis| (BecomingState::Certain, basis))
}
