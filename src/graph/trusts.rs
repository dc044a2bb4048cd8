//! Becomings: a row for each principal that a trust policy names, with what its conditions and denials leave of it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::claims;
use super::denials::{Assuming, Denials, Left};
use super::effective::texts;
use super::federation::{Federated, name};
use super::levels::Levels;
use super::names::{self, account_of};
use super::pattern::is_wild;
use crate::base::digest::sha256;
use crate::model::facts::{BecomingHow, BecomingState, PrincipalKind, becoming, identity};
use crate::model::link::Method;
use crate::model::policy::Trust;
use crate::model::record::RecordId;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Sym, World};
use crate::source::aws::wildcards::Pattern;

/// How identities of AWS take on roles.
pub(super) const ASSUME: &str = "sts:AssumeRole";

/// Roles by account and name, for sessions, whose ARNs drop the role's path: found when one is first named, among the
/// identities that were there before trusts named others.
struct Roles {
    before: u32,
    found: OnceCell<HashMap<(String, String), u32>>,
}

/// What principals turned out to mean, since many trusts name the same ones.
struct Known {
    roles: Roles,
    /// The scope of the account that a principal is of.
    scopes: HashMap<Sym, Sym>,
    /// The identity that an ARN names.
    identities: HashMap<Sym, Option<u32>>,
}

/// How many accounts that conditions name are told apart; a trust in more is one in everyone whom nobody looked at.
const MOST_ACCOUNTS: usize = 64;

/// What the profile says of accounts.
#[derive(Clone, Copy)]
struct Scopes<'a> {
    /// The organisation's own and known partners'.
    known: &'a [String],
    /// The organisation's own.
    own: &'a [String],
}

/// Adds a row for each principal that a trust names, and rows for identities that only trusts mention.
pub(super) fn add_becomings(world: &mut World, levels: &Levels, known: &[String], own: &[String]) -> Becomings {
    let mut federated = Vec::new();
    let count = world.table(Subject::Identity).len();
    let mut ranges = Vec::with_capacity(count);
    let roles = Roles { before: u32::try_from(count).unwrap_or(u32::MAX), found: OnceCell::new() };
    let mut meant = Known { roles, scopes: HashMap::new(), identities: HashMap::new() };
    let mut assuming = Assuming::new(levels);
    for row in 0..u32::try_from(count).unwrap_or(u32::MAX) {
        let start = u32::try_from(world.table(Subject::Becoming).len()).unwrap_or(u32::MAX);
        let mut trusts: Vec<Trust> = world.statements.trusts(row).iter().map(|(_, trust)| *trust).collect();
        trusts.dedup();
        let denials = Denials::new(world, &trusts);
        let mut kept: Vec<(Trust, Left)> = Vec::with_capacity(trusts.len());
        for trust in trusts.iter().filter(|trust| trust.allow) {
            let ways = assuming.ways(world, trust);
            if ways.is_empty() {
                continue;
            }
            let mut left = denials.left(world, &mut assuming, trust);
            // Who is let in with a token only is not whoever has a grant.
            left.narrowed |= trust.kind != PrincipalKind::Federated && !ways.contains(&ASSUME);
            if !left.denied {
                kept.push((*trust, left));
            }
        }
        drop(denials);
        for (trust, left) in &kept {
            let accounts = accounts(world, trust, left);
            for account in &accounts {
                add_becoming(world, row, trust, left, Some(account), Scopes { known, own }, &mut meant);
            }
            if accounts.is_empty() {
                add_becoming(world, row, trust, left, None, Scopes { known, own }, &mut meant);
                federated.extend(federated_by(world, row, trust, left));
            }
        }
        ranges.push(start..u32::try_from(world.table(Subject::Becoming).len()).unwrap_or(u32::MAX));
    }
    name(world, &federated);
    let said_by = add_said(world);
    Becomings { trusted_by: ranges, said_by, federated }
}

/// What was added.
pub(super) struct Becomings {
    /// By identity: the rows of the becomings that its trust makes, as a range.
    pub trusted_by: Vec<std::ops::Range<u32>>,
    /// By identity: the rows of those that the profile says.
    pub said_by: BTreeMap<u32, Vec<u32>>,
    /// Trusts in issuers of tokens.
    pub federated: Vec<Federated>,
}

/// Adds a row for each step that a person says can be taken.
fn add_said(world: &mut World) -> BTreeMap<u32, Vec<u32>> {
    let mut said_by: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for link in world.acting.clone() {
        let find = |id: Sym| world.table(Subject::Identity).find(id);
        let (Some(from), Some(to)) = (find(link.who), find(link.whom)) else {
            let id = world.strings.text(link.who);
            let message = format!("nothing that was read has `{id}`, of which a link of the profile speaks");
            world.note("link-matches-nothing", message, None);
            continue;
        };
        let record = world.table(Subject::Identity).records(to).next();
        let Some(record) = record.filter(|_| link.acts) else { continue };
        let row = world.table_mut(Subject::Becoming).push_anonymous(link.whom);
        world.set(becoming::FROM, row, from, record);
        world.set(becoming::TO, row, to, record);
        world.set(becoming::PRINCIPAL, row, link.who, record);
        world.set(becoming::PRINCIPAL_KIND, row, PrincipalKind::Identity, record);
        world.set(becoming::HOW, row, BecomingHow::Said, record);
        world.set(becoming::STATE, row, BecomingState::Certain, record);
        world.set(becoming::SUBJECT_WILDCARD, row, false, record);
        world.set(becoming::EXTERNAL, row, false, record);
        world.set(becoming::SUBJECT_NAMED, row, false, record);
        for fact in [becoming::TRUSTED_SCOPE, becoming::OWN_SCOPE] {
            world.set_absent(fact, row, record);
        }
        for fact in [
            becoming::CONDITION_DIGEST,
            becoming::ISSUER,
            becoming::SUBJECT_PATTERN,
            becoming::AUDIENCE,
            becoming::EXTERNAL_SCOPE,
        ] {
            world.set_absent(fact, row, record);
        }
        for fact in [becoming::CONDITIONS, becoming::BOUND_BY, becoming::CLAIMS] {
            world.close(fact, row);
        }
        said_by.entry(to).or_default().push(row);
        let (one, other) = (Row::new(Subject::Identity, from), Row::new(Subject::Identity, to));
        world.link(Method::Said, one, other, record);
    }
    said_by
}

/// What a trust in the tokens of an issuer comes to, of the becoming that was just added.
fn federated_by(world: &World, to: u32, trust: &Trust, left: &Left) -> Option<Federated> {
    let principal = world.strings.text(trust.principal);
    let (_, issuer) = principal.split_once(":oidc-provider/").filter(|_| trust.kind == PrincipalKind::Federated)?;
    let becoming = u32::try_from(world.table(Subject::Becoming).len()).ok()?.checked_sub(1)?;
    let made = world.table(Subject::Becoming).get(becoming::TO.id, becoming) == i64::from(to);
    let asked = |key: &str| {
        let claim = key
            .get(..issuer.len())
            .filter(|head| head.eq_ignore_ascii_case(issuer))
            .map(|_| key.get(issuer.len()..).unwrap_or(""));
        // A condition that is no list of values, or one of several, may keep out whom the subjects let in.
        let plain = || texts(world, trust.plain).any(|plain| plain.eq_ignore_ascii_case(key));
        claim.is_some_and(|claim| [":sub", ":aud"].iter().any(|of| claim.eq_ignore_ascii_case(of))) && plain()
    };
    let bare =
        !left.narrowed && !left.unsure && left.conditions.is_empty() && texts(world, trust.conditions).all(asked);
    let read = if trust.any_case || left.any_case { Pattern::of_any_case } else { Pattern::read };
    let mut subjects: Vec<Pattern> =
        claims::subjects(world, issuer, trust, left).iter().map(|subject| read(subject)).collect();
    if subjects.is_empty() {
        subjects.push(Pattern::read("*"));
    }
    let named = claims::subject_named(world, trust, left);
    made.then(|| Federated { becoming, to, issuer: issuer.to_owned(), subjects, named, bare })
}

fn roles_by_name(world: &World, before: u32) -> HashMap<(String, String), u32> {
    let table = world.table(Subject::Identity);
    let mut roles = HashMap::new();
    for row in table.rows().take_while(|row| *row < before) {
        let arn = names::arn(world, row);
        if let Some((account, path)) = arn.split_once(":role/").and_then(|(head, path)| Some((account_of(head)?, path)))
        {
            let name = path.rsplit('/').next().unwrap_or(path);
            roles.insert((account.to_owned(), name.to_owned()), row);
        }
    }
    roles
}

/// The accounts that conditions leave of a trust in everyone, where they name them one by one, and not too many.
fn accounts(world: &World, trust: &Trust, left: &Left) -> Vec<String> {
    if trust.kind != PrincipalKind::Anyone || trust.inverted {
        return Vec::new();
    }
    let lists = [trust.accounts].into_iter().chain(left.accounts.iter().copied());
    let mut lists = lists.map(|list| world.statements.members(list)).filter(|all| !all.is_empty());
    let mut all: Vec<Sym> = lists.next().unwrap_or(&[]).to_vec();
    for other in lists {
        let common: Vec<Sym> = all.iter().filter(|one| other.contains(one)).copied().collect();
        if !common.is_empty() {
            all = common;
        }
    }
    if all.len() > MOST_ACCOUNTS {
        return Vec::new();
    }
    all.iter().map(|account| world.strings.text(*account).to_owned()).collect()
}

/// Adds the row of one principal; of everyone in `only`, where conditions leave no others.
fn add_becoming(
    world: &mut World,
    to: u32,
    trust: &Trust,
    left: &Left,
    only: Option<&String>,
    scopes: Scopes<'_>,
    meant: &mut Known,
) {
    let Some(record) = world.table(Subject::Identity).records(to).next() else { return };
    let id = world.table(Subject::Identity).id(to).unwrap_or(world.everywhere());
    let principal = world.strings.text(trust.principal).to_owned();
    let scope = world.scope(Row::new(Subject::Identity, to));
    let row = world.table_mut(Subject::Becoming).push_anonymous(id);
    let kind = match only {
        Some(_) => PrincipalKind::Account,
        None if trust.inverted => PrincipalKind::Anyone,
        None => trust.kind,
    };
    let federated = trust.kind == PrincipalKind::Federated;
    world.set(becoming::TO, row, to, record);
    world.set(becoming::PRINCIPAL, row, trust.principal, record);
    world.set(becoming::PRINCIPAL_KIND, row, kind, record);
    world.set(becoming::HOW, row, if federated { BecomingHow::Federate } else { BecomingHow::Assume }, record);
    let conditional = conditions(world, row, trust, left, record);
    claims::set(world, row, trust, left, &principal, record);
    let mut state = if conditional { BecomingState::Conditional } else { BecomingState::Certain };
    let account = match kind {
        PrincipalKind::Account if only.is_some() => only.map(String::as_str),
        PrincipalKind::Account | PrincipalKind::Identity => account_of(&principal).or(Some(principal.as_str())),
        _ => None,
    };
    let from = match kind {
        PrincipalKind::Identity => match meant.identities.get(&trust.principal) {
            Some(known) => *known,
            None => {
                let found = resolve(world, &principal, &meant.roles);
                meant.identities.insert(trust.principal, found);
                found
            }
        },
        _ => None,
    };
    match from {
        Some(from) => world.set(becoming::FROM, row, from, record),
        None => world.set_absent(becoming::FROM, row, record),
    }
    if let Some(account) = account {
        let other = match meant.scopes.get(&trust.principal).filter(|_| only.is_none()) {
            Some(known) => *known,
            None => world.strings.intern(&format!("aws:{account}")),
        };
        if only.is_none() {
            meant.scopes.insert(trust.principal, other);
        }
        let external = other != scope;
        world.set(becoming::EXTERNAL, row, external, record);
        world.set(becoming::EXTERNAL_SCOPE, row, other, record);
        let text = world.strings.text(other);
        let (is_known, is_own) = (scopes.known.iter().any(|one| one == text), scopes.own.iter().any(|one| one == text));
        if !external || !scopes.known.is_empty() {
            world.set(becoming::TRUSTED_SCOPE, row, !external || is_known, record);
        }
        let own = !external || is_own;
        // Where the profile names none of the organisation's own, an account may still be one.
        if own || !scopes.own.is_empty() || is_known {
            world.set(becoming::OWN_SCOPE, row, own, record);
        }
        let listed = from.is_some_and(|from| world.table(Subject::Identity).presence(from) == Presence::Listed);
        if external && !listed {
            state = BecomingState::Possible;
        }
    } else {
        scopeless(world, row, kind, trust, left, &principal, record);
    }
    world.set(becoming::STATE, row, state, record);
}

/// Whose account it is, of what names none.
fn scopeless(
    world: &mut World,
    row: u32,
    kind: PrincipalKind,
    trust: &Trust,
    left: &Left,
    principal: &str,
    record: RecordId,
) {
    world.set_absent(becoming::EXTERNAL_SCOPE, row, record);
    let bound = left.unsure
        || left.narrowed
        || trust.bound.iter().chain(&left.bound).any(|list| !world.statements.members(*list).is_empty());
    // Everyone is mostly others, but a condition may say of which accounts or organisation they are. What is left of a
    // deleted identity is its id; what else is written in that place may be anyone.
    let deleted = ["AIDA", "AROA"].iter().any(|head| principal.starts_with(head));
    match kind {
        PrincipalKind::Anyone => {
            world.set(becoming::EXTERNAL, row, true, record);
            if !bound {
                world.set(becoming::TRUSTED_SCOPE, row, false, record);
                world.set(becoming::OWN_SCOPE, row, false, record);
            }
        }
        PrincipalKind::Other if !deleted => {}
        _ => {
            world.set(becoming::EXTERNAL, row, false, record);
            world.set_absent(becoming::TRUSTED_SCOPE, row, record);
            world.set_absent(becoming::OWN_SCOPE, row, record);
        }
    }
}

/// Sets the keys of conditions, those of denials too. True if it does not hold for all that are meant.
fn conditions(world: &mut World, row: u32, trust: &Trust, left: &Left, record: RecordId) -> bool {
    let own = world.statements.members(trust.conditions).to_vec();
    let narrowed = left.narrowed || !own.is_empty() || !left.conditions.is_empty();
    for key in distinct(own, &left.conditions) {
        world.push(becoming::CONDITIONS, row, key.0);
    }
    world.close(becoming::CONDITIONS, row);
    match digest(world, trust, left) {
        Some(digest) => world.set_text(becoming::CONDITION_DIGEST, row, &digest, record),
        None => world.set_absent(becoming::CONDITION_DIGEST, row, record),
    }
    let own = trust.bound.map_or(Vec::new(), |list| world.statements.members(list).to_vec());
    let others: Vec<Sym> = left.bound.iter().flat_map(|list| world.statements.members(*list)).copied().collect();
    for key in distinct(own, &others) {
        world.push(becoming::BOUND_BY, row, key.0);
    }
    if !left.unsure {
        world.close(becoming::BOUND_BY, row);
    }
    narrowed
}

/// What tells the conditions of a trust, and those of the denials that narrow it, from others.
fn digest(world: &World, trust: &Trust, left: &Left) -> Option<String> {
    let mut denied: Vec<&str> = left.digests.iter().map(String::as_str).collect();
    denied.sort_unstable();
    denied.dedup();
    let own = trust.condition_digest.map(|digest| world.strings.text(digest));
    if denied.is_empty() {
        return own.map(str::to_owned);
    }
    Some(sha256(format!("{} but {}", own.unwrap_or_default(), denied.join(" ")).as_bytes()))
}

/// The keys of a list, each once, and those of another that are not among them.
fn distinct(mut own: Vec<Sym>, others: &[Sym]) -> Vec<Sym> {
    if !others.is_empty() {
        let mut seen: HashSet<Sym> = own.iter().copied().collect();
        own.extend(others.iter().filter(|key| seen.insert(**key)));
    }
    own
}

/// The identity that an ARN names; one that no export lists becomes a mentioned row.
fn resolve(world: &mut World, arn: &str, roles: &Roles) -> Option<u32> {
    let account = account_of(arn)?.to_owned();
    if let Some((_, session)) = arn.split_once(":assumed-role/") {
        let roles = roles.found.get_or_init(|| roles_by_name(world, roles.before));
        return roles.get(&(account, session.split('/').next().unwrap_or(session).to_owned())).copied();
    }
    let kind = if arn.contains(":user/") {
        "user"
    } else if arn.contains(":role/") {
        "role"
    } else {
        return None;
    };
    if is_wild(arn) {
        return None;
    }
    let (row, new) = world.upsert(Subject::Identity, &format!("aws:{account}:{kind}:{arn}"));
    if new {
        let key = world.strings.intern(arn);
        let scope = world.strings.intern(&format!("aws:{account}"));
        let table = world.table_mut(Subject::Identity);
        table.put(identity::KEY.id, row, i64::from(key.0), 0);
        table.put(identity::SCOPE.id, row, i64::from(scope.0), 0);
    }
    Some(row)
}
