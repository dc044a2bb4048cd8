//! The date of assessment, and what the exports and the inventory say of other days.

use crate::base::diagnostic::Diagnostic;
use crate::base::time::{DAY, Instant};
use crate::contract::v1::AsOfOrigin;
use crate::control::Profile;
use crate::model::World;
use crate::model::enumeration::Closure;
use crate::source::attestation::Attestation;
use crate::{Noted, Request};

/// The date of assessment: as given, else the latest collection time, else today.
pub(crate) fn as_of(request: &Request, world: &World) -> (Instant, AsOfOrigin) {
    if let Some(given) = request.as_of {
        return (given, AsOfOrigin::Given);
    }
    match world.records.exports.iter().filter_map(|export| export.collected_at).max() {
        Some(latest) => (Instant(latest), AsOfOrigin::LatestCollection),
        None => (request.today.unwrap_or(Instant(0)), AsOfOrigin::Today),
    }
}

/// Says of exports that were collected after the date of assessment that they show a later state.
pub(crate) fn collected_later(world: &mut World, as_of: Instant, noted: &mut Noted) {
    let times: Vec<i64> = world.records.exports.iter().filter_map(|export| export.collected_at).collect();
    let (all, later) = (world.records.exports.len(), times.iter().filter(|at| **at > as_of.0).count());
    let Some(last) = times.into_iter().max().filter(|_| later > 0) else { return };
    let message = format!(
        "{later} of {all} exports {} collected after the date of assessment, the last at {}: what they say of things \
         that change is said of then, and not of {as_of}",
        if later == 1 { "was" } else { "were" },
        Instant(last)
    );
    let help = "what is dated after it is unknown, and what was made after it is not judged; for the rest take exports \
                of that date, or a later `--as-of`";
    noted.diagnostics.push(Diagnostic::warning("collected-after-as-of", message.clone()).help(help));
    world.note("collected-after-as-of", message, None);
    world.quality.sort();
}

/// Takes back what the inventory says of a day that has not come, and names attestations that are not in force yet.
///
/// Where the date of assessment is that of the last export, the inventory may have been written since, until today.
pub(crate) fn said_later(
    world: &mut World,
    attestations: &[Attestation],
    as_of: Instant,
    request: &Request,
    noted: &mut Noted,
) {
    let today = request.today.filter(|_| request.as_of.is_none());
    let until = today.map_or(as_of, |today| today.max(as_of));
    let records = &world.records;
    let of_inventory = |record| records.export(record).is_some_and(|export| export.source.starts_with("inventory"));
    let later = |closure: &Closure| match closure {
        Closure::Asserted { at: Some(at), record, .. } => *at > until.0 && of_inventory(*record),
        _ => false,
    };
    let mut told: Vec<String> = Vec::new();
    for (scope, listing, closure) in world.enumerations.take_back(|closure| !later(closure)) {
        let Closure::Asserted { at: Some(at), record, .. } = closure else { continue };
        let message = format!(
            "the inventory says that all {} of `{}` are listed as of {}, which is after the assessment: that is not taken for {as_of}",
            listing.words(),
            world.strings.text(scope),
            Instant(at)
        );
        told.push(message.clone());
        world.note("closure-after-as-of", message, Some(record));
    }
    told.sort();
    if let Some(first) = told.first() {
        let more = if told.len() > 1 { format!("; and {} more likewise", told.len() - 1) } else { String::new() };
        let help = "correct `as_of` of the entry under `[[closures]]`, or take a later `--as-of`";
        noted.diagnostics.push(Diagnostic::warning("closure-after-as-of", format!("{first}{more}")).help(help));
    }
    for attestation in attestations.iter().filter(|attestation| attestation.at > as_of) {
        let message = format!(
            "the attestation of `{}` on `{}` of `{}` is of {}, which is after the assessment: it is not in force yet, and counts for nothing",
            attestation.part, attestation.requirement, attestation.framework, attestation.at
        );
        world.note("attestation-not-yet-in-force", message, Some(attestation.record));
    }
    world.quality.sort();
}

/// Says how many exports are much older than the date of assessment, where the profile sets no limit to that.
pub(crate) fn collected_long_before(world: &mut World, profile: &Profile, as_of: Instant, noted: &mut Noted) {
    let old = |at: &i64| is_long_before(Instant(*at), as_of);
    let times: Vec<i64> = world.records.exports.iter().filter_map(|export| export.collected_at).filter(old).collect();
    let Some(first) = times.iter().min().filter(|_| profile.max_evidence_age.is_none()) else { return };
    let message = format!(
        "{} of {} exports {} collected more than {LONG_BEFORE} days before the date of assessment, the first at {}: what \
         happened since, such as the use of a key, is not in them",
        times.len(),
        world.records.exports.len(),
        if times.len() == 1 { "was" } else { "were" },
        Instant(*first)
    );
    let help = "take newer exports, or set `max_evidence_age` in the profile: what is older then counts as unknown";
    noted.diagnostics.push(Diagnostic::warning(COLLECTED_LONG_BEFORE, message.clone()).help(help));
    world.note(COLLECTED_LONG_BEFORE, message, None);
    world.quality.sort();
}

/// The code of what is told of exports that are much older than the date of assessment.
pub(crate) const COLLECTED_LONG_BEFORE: &str = "collected-long-before-as-of";

/// True if what was collected `at` is told to be old.
pub(crate) fn is_long_before(at: Instant, as_of: Instant) -> bool {
    at.until(as_of).0 > LONG_BEFORE * DAY
}

/// After how many days what an export says is told to be old, where the profile does not say.
const LONG_BEFORE: i64 = 30;

/// Which exports are older than the profile allows; empty if none is.
pub(crate) fn stale(world: &World, profile: &Profile, as_of: Instant) -> Vec<bool> {
    let Some(limit) = profile.max_evidence_age else { return Vec::new() };
    let old = |collected: Option<i64>| collected.is_some_and(|at| Instant(at).until(as_of) > limit);
    let stale: Vec<bool> = world.records.exports.iter().map(|export| old(export.collected_at)).collect();
    if stale.contains(&true) { stale } else { Vec::new() }
}
