//! What would close a gap, in words and as commands: what to do comes first.

use std::collections::BTreeSet;

use super::suppliers::{as_csv, capital, either, export, exported, fields, of_system, seldom, stated};
use super::{Input, keys};
use crate::assess::{About, GapGroup, Proof};
use crate::base::text::shown;
use crate::contract::v1::{Remedy, Step};
use crate::model::enumeration::Closure;
use crate::model::facts::{ai_system, becoming, credential, exposure, identity, policy};
use crate::model::listing::Listing;
use crate::model::schema::{FactId, Made};
use crate::model::table::Presence;
use crate::model::{Row, Subject, Why};
use crate::source::{self, About as Source};

/// The list that tells people from machines where nobody says which they are.
const CREDENTIALS: Listing = Listing::Passwords;
/// The lists that an export of a cluster has, and does not show to be whole.
const OF_CLUSTERS: &[Listing] =
    &[Listing::ServiceAccounts, Listing::RoleBindings, Listing::Workloads, Listing::Tokens, Listing::Policies];
/// What to do, and the sources whose exports are to be made for it.
pub(super) type Said = (String, Vec<&'static Source>);

/// What would close a gap, as results name it.
pub(super) fn remedy(input: &Input<'_>, group: &GapGroup) -> Remedy {
    let (text, exports) = remedy_of(input, group.why, group.about, &group.scope, &group.kinds);
    let scope = shown(&group.scope);
    let again = matches!(group.why, Why::Stale | Why::Incomplete(_));
    let step = match group.about {
        _ if again => Step::CollectAgain,
        About::Listing(Listing::Exposures) => Step::Scan,
        _ if !exports.is_empty() && exports.iter().all(|about| is_loaded(input, about, &scope)) => Step::CollectAgain,
        _ => Step::Add,
    };
    Remedy {
        step: if exports.is_empty() { Step::Add } else { step },
        text,
        exports: exports.iter().map(|about| about.id.to_owned()).collect(),
        commands: exports.iter().filter_map(|about| about.commands.first()).map(|one| (*one).to_owned()).collect(),
    }
}

/// What would close a gap: in words, and the sources of which each one alone would close it, in the order of their ids.
///
/// A source is among them only if a command makes its export. `scope` is as the world names it; of a fact of credentials
/// `kinds` says of which.
#[must_use]
pub fn remedy_of(
    input: &Input<'_>,
    why: Why,
    about: About,
    scope: &str,
    kinds: &BTreeSet<Proof>,
) -> (String, Vec<&'static Source>) {
    let raw = scope;
    let scope = shown(scope);
    if is_of_no_account(about, raw) {
        return (nowhere(&scope), Vec::new());
    }
    if let About::Fact(fact) = about
        && fact.subject == Subject::Waiver
    {
        let text = "State in the inventory who owns the subjects of the waiver (`owners` of `[[identities]]`, `[[ai_systems]]` or `[[resources]]`), who is in the teams among them (`members` of `[[owners]]`), and that those are all (`[[closures]]` of `ownership` and of `owners`); and state the approver under `[[owners]]`: whether its approver is another cannot be told without that.";
        return (text.to_owned(), Vec::new());
    }
    match (why, about) {
        (Why::Stale, about) => stale(input, about, &scope, kinds),
        (Why::Conflict, About::Fact(fact)) => (conflict(fact, &scope), Vec::new()),
        (Why::AfterAsOf, About::Fact(fact)) => (
            format!(
                "Choose a later `--as-of`, or an earlier export of {scope}. `{}` lies after the date of the assessment.",
                fact.path()
            ),
            Vec::new(),
        ),
        (Why::Incomplete(listing), _) => incomplete(input, listing, raw),
        (_, About::Listing(listing)) => listing_remedy(input, listing, &scope),
        (_, About::Fact(fact)) => fact_remedy(input, fact, &scope, kinds),
        (_, About::Expression) => (
            format!(
                "Try the expression of the check with `assize controls eval`: it could not be evaluated for these subjects of {scope}."
            ),
            Vec::new(),
        ),
    }
}

/// True for what is missing of things whose names say no account that they are of, so that nobody knows whose export is lacking. The text of a policy that AWS provides
/// is in the export of each account that uses it.
#[must_use]
pub fn is_of_no_account(about: About, scope: &str) -> bool {
    let of_policy = matches!(about, About::Fact(fact) if fact.subject == Subject::Policy);
    source::is_nowhere(scope) && !of_policy
}

/// Of names without their account nobody knows where an export would be made.
fn nowhere(scope: &str) -> String {
    format!(
        "Name the account as `scope` of the file under `[[exports]]` of `assize.toml`: its users, roles and groups are then read as of that account. {scope} is none, and names such as `arn:aws:iam::aws:user/NAME` do not say whose they are; or export again from the account itself, so that names have its twelve digits."
    )
}

fn stale(input: &Input<'_>, about: About, scope: &str, kinds: &BTreeSet<Proof>) -> Said {
    let sources = match about {
        About::Fact(fact) if fact == identity::HUMAN.id => source::showing(CREDENTIALS),
        About::Fact(fact) => keys::speaking(of_system(source::giving(fact), scope), kinds),
        About::Listing(listing) => of_system(source::showing(listing), scope),
        About::Expression => Vec::new(),
    };
    let loaded: Vec<&'static Source> = sources.into_iter().filter(|about| is_loaded(input, about, scope)).collect();
    let what = if loaded.is_empty() { "the exports".to_owned() } else { either(&loaded) };
    let text = format!("Collect {what} of {scope} again: what was loaded is older than the profile allows.");
    (text, exported(&loaded))
}

fn conflict(fact: FactId, scope: &str) -> String {
    let stated = stated(fact).map(|place| format!("state the right value as {place}, or ")).unwrap_or_default();
    let text = format!(
        "{stated}say under `[[exports]]` of `assize.toml` when each export of {scope} was collected (`collected_at`): two of equal rank give different values of `{}`.",
        fact.path()
    );
    capital(&text)
}

fn listing_remedy(input: &Input<'_>, listing: Listing, scope: &str) -> Said {
    let asserted = format!(
        "state under `[[closures]]` of the inventory that the list is complete: `listing = \"{}\"`, `scope = \"{scope}\"`, by whom and as of when",
        listing.name()
    );
    if listing == Listing::Exposures {
        return exposures(scope, &asserted);
    }
    let showing = of_system(source::showing(listing), scope);
    if showing.is_empty() && OF_CLUSTERS.contains(&listing) && scope.starts_with("kubernetes:") {
        let exports = of_system(source::giving(identity::WORKLOADS.id), scope);
        let text = format!(
            "Collect {} of {scope} from all namespaces, and say under `[[exports]]` of `assize.toml` that nothing was left out: `enumerates = [\"{}\"]`, or `none_of` in its place if there are none; no answer of `kubectl` shows it.",
            either(&exports),
            listing.name()
        );
        return (text, exported(&exports));
    }
    let (loaded, open): (Vec<&'static Source>, Vec<&'static Source>) =
        showing.iter().copied().partition(|about| is_loaded(input, about, scope));
    let mut ways: Vec<String> = Vec::new();
    if !open.is_empty() {
        ways.push(format!("add {} of {scope}", either(&open)));
    }
    if !loaded.is_empty() {
        ways.push(format!(
            "collect {} of {scope} again, without a filter: what was loaded does not show that the {} are all there",
            either(&loaded),
            listing.words()
        ));
    }
    if !ways.is_empty() {
        ways.push(asserted);
        let wanted = if open.is_empty() { &loaded } else { &open };
        return (format!("{}.", capital(&ways.join(", or "))), exported(wanted));
    }
    let (what, place) = match listing {
        Listing::Ownership => (
            if scope == "*" {
                "who owns which AI system, resource and identity".to_owned()
            } else {
                format!("who owns which identity of {scope}")
            },
            format!(
                "`owners` under `[[ai_systems]]`, `[[resources]]` or `[[identities]]` of the inventory, or a tag of an identity ({})",
                keys_of("owner_tags", &input.profile.owner_tags)
            ),
        ),
        Listing::LogSources => (
            format!("which identities of {scope} are logged"),
            "`[[log_sources]]` of the inventory, or `logged` under `[[identities]]`".to_owned(),
        ),
        other if !IN_INVENTORY.contains(&other) => {
            let text = format!(
                "Export the {} of {scope}, all of them, and say so under `[[exports]]` of `assize.toml`: `enumerates = [\"{}\"]` for that file, or `none_of` if there are none. Or {asserted}.",
                other.words(),
                other.name()
            );
            return (text, Vec::new());
        }
        Listing::AiSystems if has_ai_systems(input, scope) => (
            format!("what each AI system of {scope} runs as and holds, all of it, and those that are missing"),
            "`identities` and `credentials` under `[[ai_systems]]` of the inventory, `[]` where there are none"
                .to_owned(),
        ),
        other => (
            format!("the {} of {scope} that are missing", other.words()),
            format!("`[[{}]]` of the inventory{}", other.name(), as_csv(other.name())),
        ),
    };
    (format!("State {what}: {place}. Then {asserted}, with `entries = 0` if the inventory has none."), Vec::new())
}

/// True if an export lists an AI system of the scope.
fn has_ai_systems(input: &Input<'_>, scope: &str) -> bool {
    let world = input.estate.world;
    let of_scope = |row: &u32| shown(world.strings.text(world.scope(Row::new(Subject::AiSystem, *row)))) == scope;
    let table = world.table(Subject::AiSystem);
    table.rows().filter(|row| table.presence(*row) == Presence::Listed).any(|row| of_scope(&row))
}

/// The lists that are tables of the inventory.
const IN_INVENTORY: [Listing; 5] =
    [Listing::Owners, Listing::AiSystems, Listing::Resources, Listing::Reviews, Listing::Drills];

/// Where credentials were seen, only scans tell; that all places were scanned, only people do.
fn exposures(scope: &str, asserted: &str) -> Said {
    let scanners: Vec<&'static Source> = source::giving(exposure::LOCATION.id)
        .into_iter()
        .filter(|about| !matches!(about.system, "inventory" | "mcp"))
        .collect();
    let add = if scanners.is_empty() { String::new() } else { format!(", add {}", either(&scanners)) };
    let text = format!(
        "Scan the repositories and configurations where credentials of {scope} may stand{add}, and {asserted}."
    );
    (text, exported(&scanners))
}

/// Of a record of a model provider that is there and leaves out what is asked, or says it in a word that nobody documents.
fn unsaid(listing: Listing, scope: &str) -> String {
    if listing == Listing::ServiceAccounts {
        return format!(
            "Collect the list of users of {scope} with `is_service_account`, or state `kind` for these users of {scope} under `[[identities]]` of the inventory (`human` or `service_account`): whether they are people is not said."
        );
    }
    format!(
        "Collect the {} of {scope} again, and look at what the notes on the exports say of them: a record leaves out what is asked here, or says it in a word that is not documented.",
        listing.words()
    )
}

fn incomplete(input: &Input<'_>, listing: Listing, scope: &str) -> Said {
    let world = input.estate.world;
    let own = world.strings.get(scope);
    let said = own.map_or(&[][..], |own| world.enumerations.of(own, listing));
    let mut said = said.iter().chain(world.enumerations.of(world.everywhere(), listing));
    let shows = said.find_map(|closure| match closure {
        Closure::Incomplete { why, record } => Some((*why, world.records.export(*record)?)),
        _ => None,
    });
    let why = shows.map_or(String::new(), |(why, _)| format!(": {}", shown(world.strings.text(why))));
    let by = shows.and_then(|(_, export)| source::by_id(export.source));
    let words = listing.words();
    if let Some((_, export)) = shows.filter(|_| by.is_some_and(|by| by.system == "inventory")) {
        let text = format!(
            "Correct the inventory (`{}`): while it is so, the list of {words} is not known whole{why}.",
            shown(&export.path)
        );
        return (text, Vec::new());
    }
    let sources = by.map_or_else(|| of_system(source::showing(listing), scope), |by| vec![by]);
    let scope = shown(scope);
    if shows.is_none() && ["openai:", "anthropic:"].iter().any(|system| scope.starts_with(system)) {
        return (unsaid(listing, &scope), Vec::new());
    }
    if sources.is_empty() {
        // No export shows such a list, so whoever knows it vouches for it.
        let text = format!(
            "State the {words} of {scope} in the inventory, all of them, and under its `[[closures]]` by whom and as of when that is said, with `entries` for how many they are: the list is not whole{why}."
        );
        return (text, Vec::new());
    }
    let text = format!("Collect {} of {scope} again: the list of {words} in it is not whole{why}.", either(&sources));
    (text, exported(&sources))
}

/// True of a scope that is only named by others, and is none that the profile expects or calls the organisation's own: nobody
/// can be sent to collect there.
fn is_elsewhere(input: &Input<'_>, scope: &str) -> bool {
    let exports = &input.loaded.loaded.exports;
    let loaded = exports.iter().flat_map(|export| &export.scopes).any(|one| shown(one) == scope);
    let named = input.profile.expected_scopes.iter().chain(&input.profile.own_scopes).any(|own| shown(own) == scope);
    !loaded && !named
}

/// Whether a person signs in as an identity follows from its kind and its credentials.
fn human(input: &Input<'_>, scope: &str) -> Said {
    let stated = "`kind` for these identities under `[[identities]]` of the inventory (`human` for a person's account; for software `service_account`, `workload`, `machine_user`, `agent`, `api_client` or `oauth_app`)";
    let (loaded, open): (Vec<&'static Source>, Vec<&'static Source>) =
        of_system(source::showing(CREDENTIALS), scope).into_iter().partition(|about| is_loaded(input, about, scope));
    if loaded.is_empty() && is_elsewhere(input, scope) {
        let text = format!("State {stated}. Others name them: nothing of {scope} itself was loaded.");
        return (text, Vec::new());
    }
    if open.is_empty() && loaded.is_empty() {
        let text =
            format!("State {stated}. No export that assize reads says of {scope} whether a person signs in as them.");
        return (text, Vec::new());
    }
    if open.is_empty() {
        let text = format!(
            "State {stated}: {} of {scope} is loaded, and leaves open whether a person signs in as them.",
            either(&loaded)
        );
        return (text, Vec::new());
    }
    let text = format!(
        "Add {} of {scope}, or state {stated}. Whether a person signs in as them follows from their credentials.",
        either(&open)
    );
    (text, exported(&open))
}

/// What to do about a fact that follows from the graph and is open for reasons that no one list has.
pub(super) fn followed(fact: FactId, scope: &str) -> Option<String> {
    let texts = of_system(source::giving(policy::GRANTS.id), scope);
    let unread = texts.is_empty();
    let details = || either(&texts);
    if fact == identity::GRANTS.id && unread {
        return Some(format!("No export that assize reads says what these identities of {scope} may do."));
    }
    if fact == identity::GRANTS.id {
        return Some(format!(
            "Collect {} of {scope} anew, without a filter: these identities are not in what was loaded, or not with all of their policies and groups.",
            details()
        ));
    }
    let reach = [
        identity::REACHES_ADMIN.id,
        identity::REACH.id,
        identity::REACH_DEPTH.id,
        identity::REACH_SYSTEMS.id,
        identity::REACHED.id,
    ];
    let of_ai_system = [
        ai_system::REACHES_ADMIN.id,
        ai_system::REACH.id,
        ai_system::REACH_SYSTEMS.id,
        ai_system::REACHED.id,
        ai_system::ENVIRONMENTS_REACHED.id,
    ];
    if of_ai_system.contains(&fact) {
        return Some(
            "Say of each credential that these AI systems hold whose it is (`identity` under `[[credentials]]` of the inventory), and add the exports of every system in which they have an identity. `assize explain` tells of one system what is missing."
                .to_owned(),
        );
    }
    if fact == ai_system::EFFECTS.id || fact == ai_system::TOXIC_COMBINATIONS.id {
        return Some(
            "Say of each tool of these AI systems what it does or lets in: `effects` under `[[resources]]` of the inventory, with the tool's id, its name or what it runs or calls as the `pattern`, or with `*` for many. Then what their identities may do must be known."
                .to_owned(),
        );
    }
    if fact == credential::EXPOSURES.id || fact == credential::AI_SYSTEMS.id {
        return Some(format!(
            "Say under `[[links]]` of `assize.toml` whether these credentials of {scope} are the `same` as those that they may be, or `different`: `assize explain` names both."
        ));
    }
    if fact == identity::CAN_BE_ASSUMED_BY.id {
        let trusts = of_system(source::giving(fact), scope);
        if trusts.iter().all(|about| seldom(about, fact)) {
            return Some(format!("No export that assize reads says who may act as these identities of {scope}."));
        }
    }
    if unread && (reach.contains(&fact) || fact == identity::CAN_BECOME.id) {
        return Some(format!(
            "No export that assize reads says what these identities of {scope} may do, so what they reach stays open."
        ));
    }
    if fact == identity::IS_AI.id {
        return Some(
            "State under `[[identities]]` of the inventory which `ai_system` runs as them, or add the exports of their systems: by none of what was loaded are they recognised, or shown not to be."
                .to_owned(),
        );
    }
    if reach.contains(&fact) || fact == identity::CAN_BECOME.id {
        return Some(format!(
            "Add {} of every account that identities of {scope} can reach. If all are loaded, take away what leaves it open: a condition on a step, a right to rewrite or to make others, to hand an administrator's role to a service or to command what runs, a boundary that its holder can lift.",
            details()
        ));
    }
    (fact == identity::ENVIRONMENTS_REACHED.id).then(|| {
        format!(
            "State `environment` under `[[identities]]` and `[[resources]]` of the inventory for all that identities of {scope} can reach, or tag it. State there the `scope` of each resource that does not name its account, as a bucket does not. If all of that is said, take away what leaves open whether they reach it: a condition on a step, the right to become whoever is in the account, or a right on what is in another account, whose own policies are not read."
        )
    })
}

fn fact_remedy(input: &Input<'_>, fact: FactId, scope: &str, kinds: &BTreeSet<Proof>) -> Said {
    if fact == identity::HUMAN.id {
        return human(input, scope);
    }
    if fact == becoming::TRUSTED_SCOPE.id || fact == becoming::OWN_SCOPE.id {
        let text = format!(
            "Name in `assize.toml` the organisation's own accounts under `own_scopes`, and those of known partners under `trusted_scopes`. Each other account that is trusted in {scope} then counts as unknown to the organisation."
        );
        return (text, Vec::new());
    }
    if fact == becoming::SUBJECT_WILDCARD.id {
        let text = format!(
            "Ask in the trust policies of these identities of {scope} for the subject, or for the repository and its branch or environment: the claims that they ask for now do not tell which workload is meant. What one of them says is not known, or a workflow is named without whose repositories may run it."
        );
        return (text, Vec::new());
    }
    let plural = fact.subject.def().plural;
    let these = format!("these {plural} of {scope}");
    if fact == credential::USED_LATER.id || fact == identity::USED_LATER.id {
        return used_later(input, fact, scope, kinds);
    }
    // Up to when use is known says the export that says when it was.
    if let Some(used) = use_of(fact) {
        return fact_remedy(input, used, scope, kinds);
    }
    let unidentified = keys::unidentified(input, fact, scope);
    if let Some((text, exports)) = keys::not_listed(input, fact, scope) {
        let more = unidentified.map(|more| format!(" {more}")).unwrap_or_default();
        return (text + &more, exports);
    }
    if let Some(text) = unidentified {
        return (text, Vec::new());
    }
    if let Some(text) = followed(fact, scope) {
        // What says what identities may do is collected anew; of all else a person has to find what leaves it open.
        let texts = of_system(source::giving(policy::GRANTS.id), scope);
        return (text, if fact == identity::GRANTS.id { exported(&texts) } else { Vec::new() });
    }
    if let Some(said) = keys::elsewhere(input, fact, kinds) {
        return said;
    }
    let giving = keys::speaking(of_system(source::giving(fact), scope), kinds);
    let (loaded, open): (Vec<&'static Source>, Vec<&'static Source>) = giving
        .iter()
        .copied()
        .filter(|about| about.system != "inventory" && !seldom(about, fact))
        .partition(|about| is_loaded(input, about, scope));
    let mut ways: Vec<String> =
        open.iter().map(|about| format!("add {} of {scope}{}", export(about), fields(about, fact))).collect();
    if fact == identity::ENVIRONMENT.id {
        ways.push(environment_by_tag(input, &these));
    }
    let whom = if ways.is_empty() { &these } else { "them" };
    // What an identity is for is said as its purpose, whichever of the two is asked about.
    let said = if fact == identity::DESCRIPTION.id { identity::PURPOSE.id } else { fact };
    if let Some(place) = stated(said) {
        let what = if said == identity::PURPOSE.id { "what they are for: " } else { "" };
        ways.push(format!("state for {whom} {what}{place}"));
    }
    let text = match (loaded.as_slice(), fact.def().made) {
        _ if !ways.is_empty() => format!("{}.", capital(&ways.join(", or "))),
        ([], Made::Stored) => format!("No export that assize reads gives `{}` for {these}.", fact.path()),
        ([], _) => {
            format!("Load the exports that `{}` follows from: some of those facts are missing in {scope}.", fact.path())
        }
        (loaded, _) => {
            let named: Vec<String> =
                loaded.iter().map(|about| format!("{} of {scope}{}", export(about), fields(about, fact))).collect();
            format!("Collect {} again: what was loaded does not say it of these {plural}.", named.join(" or "))
        }
    };
    (text, exported(if ways.is_empty() { &loaded } else { &open }))
}

/// The fact that says when something was last used, of the one that says up to when that is known.
fn use_of(fact: FactId) -> Option<FactId> {
    let pairs = [
        (credential::USE_KNOWN_UNTIL.id, credential::LAST_USED_AT.id),
        (identity::USE_KNOWN_UNTIL.id, identity::LAST_USED_AT.id),
    ];
    pairs.into_iter().find(|(until, _)| *until == fact).map(|(_, used)| used)
}

/// An export tells of use up to its own time, so a newer one is wanted.
fn used_later(input: &Input<'_>, fact: FactId, scope: &str, kinds: &BTreeSet<Proof>) -> Said {
    let used =
        if fact.subject == Subject::Credential { credential::LAST_USED_AT.id } else { identity::LAST_USED_AT.id };
    let mut giving = keys::speaking(of_system(source::giving(used), scope), kinds);
    if fact.subject == Subject::Identity && !kinds.contains(&Proof::Role) {
        // What tells of roles tells of no user.
        giving.retain(|about| about.system != "aws" || !about.shows.contains(&Listing::Roles));
    }
    let loaded: Vec<&'static Source> = giving.into_iter().filter(|about| is_loaded(input, about, scope)).collect();
    let what = if loaded.is_empty() { "the exports".to_owned() } else { either(&loaded) };
    let text = format!(
        "Collect {what} of {scope} again: what was loaded tells of use up to when it was made, and whether these {} were used since is open.",
        fact.subject.def().plural
    );
    (text, exported(&loaded))
}

fn environment_by_tag(input: &Input<'_>, these: &str) -> String {
    let labels: Vec<String> = input.profile.environments.keys().map(|label| format!("`{}`", shown(label))).collect();
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!(", with a label of `[environments]`: {}", labels.join(", "))
    };
    format!("tag {these} ({}{labels})", keys_of("environment_tags", &input.profile.environment_tags))
}

/// The keys of tags that a choice of the profile names.
fn keys_of(choice: &str, keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{}`", shown(key))).collect();
    match keys.as_slice() {
        [] => format!("`{choice}` of the profile names no key yet"),
        [one] => format!("`{choice}` names the key {one}"),
        several => format!("`{choice}` names the keys {}", several.join(", ")),
    }
}

/// True if an export of this source was read that speaks of the scope.
pub(super) fn is_loaded(input: &Input<'_>, about: &Source, scope: &str) -> bool {
    let exports = &input.loaded.loaded.exports;
    exports.iter().any(|export| export.source == Some(about.id) && export.scopes.iter().any(|one| shown(one) == scope))
}
