//! Gaps: what keeps verdicts unknown, and what would close it.

use super::Input;
use super::names::subject;
use crate::assess::{About, GapGroup};
use crate::contract::v1::{Cause, Gap, GapAbout, Remedy};
use crate::model::facts::identity;
use crate::model::listing::Listing;
use crate::model::schema::{FactId, Made};
use crate::model::{Row, Why};
use crate::source;

/// The list that tells people from machines where nobody says which they are.
const CREDENTIALS: Listing = Listing::Passwords;

pub(super) fn gaps(input: &Input<'_>) -> Vec<Gap> {
    let mut all = Vec::new();
    for ((run, question), judged) in input.plan.runs.iter().zip(input.questions).zip(input.judged) {
        for group in &judged.gaps {
            all.push(Gap {
                check_run: run.id.clone(),
                cause: cause(group.why),
                about: match group.about {
                    About::Listing(listing) => GapAbout::Listing(listing.name().to_owned()),
                    About::Fact(fact) => GapAbout::Fact(fact.path()),
                    About::Expression => GapAbout::Fact("expression".to_owned()),
                },
                scope: crate::base::text::shown(&group.scope).into_owned(),
                count: group.count,
                remedy: remedy(group),
                first: group.first.iter().map(|row| subject(input.estate, Row::new(question.subject, *row))).collect(),
                subjects_sha256: group.digest.clone(),
            });
        }
    }
    all.sort_by(|a, b| (&a.check_run, a.cause, &a.about, &a.scope).cmp(&(&b.check_run, b.cause, &b.about, &b.scope)));
    all
}

fn cause(why: Why) -> Cause {
    match why {
        Why::MissingFact => Cause::MissingFact,
        Why::NotEnumerated(_) => Cause::NotEnumerated,
        Why::Incomplete(_) => Cause::Incomplete,
        Why::Stale => Cause::Stale,
        Why::Conflict => Cause::Conflict,
        Why::AfterAsOf => Cause::AfterAsOf,
        Why::Error => Cause::Error,
    }
}

/// What would close a gap, in words and as commands.
fn remedy(group: &GapGroup) -> Remedy {
    let scope = crate::base::text::shown(&group.scope);
    let (text, commands) = match (group.why, group.about) {
        (Why::Stale, _) => {
            ("Export it again: what was loaded is older than the profile allows.".to_owned(), commands_of(group.about))
        }
        (Why::Conflict, About::Fact(fact)) => (
            format!(
                "Two exports of equal rank give different values of `{}`. State the right one in the inventory, or say in the manifest when each was collected.",
                fact.path()
            ),
            Vec::new(),
        ),
        (Why::AfterAsOf, About::Fact(fact)) => (
            format!(
                "`{}` lies after the date of assessment. Choose a later `--as-of`, or an earlier export.",
                fact.path()
            ),
            Vec::new(),
        ),
        (Why::Incomplete(listing), _) => (
            format!("The list of {} in {scope} is cut short: a page is missing. Export it whole.", words(listing)),
            commands_for(listing),
        ),
        (_, About::Listing(listing)) => (listing_remedy(listing, &scope), commands_for(listing)),
        (_, About::Fact(fact)) => (fact_remedy(fact, &scope), commands_of(About::Fact(fact))),
        _ => (
            "The expression could not be evaluated for these subjects; see `assize controls eval`.".to_owned(),
            Vec::new(),
        ),
    };
    Remedy { text, commands }
}

/// A listing's name as words.
fn words(listing: Listing) -> String {
    listing.name().replace('_', " ")
}

fn listing_remedy(listing: Listing, scope: &str) -> String {
    let asserted = format!(
        "state in the inventory under `[[closures]]` that the list is complete (`listing = \"{}\"`, `scope = \"{scope}\"`, by whom and as of when)",
        listing.name()
    );
    let titles: Vec<&str> = source::showing(listing).iter().map(|about| about.title).collect();
    if titles.is_empty() {
        return format!(
            "Nobody said that all {} of {scope} are listed. Add those that are missing to the inventory, and {asserted}.",
            words(listing)
        );
    }
    format!("Nobody listed all {} of {scope}. Add {}, or {asserted}.", words(listing), titles.join(" or "))
}

fn fact_remedy(fact: FactId, scope: &str) -> String {
    if fact == identity::HUMAN.id {
        let titles: Vec<&str> = source::showing(CREDENTIALS).iter().map(|about| about.title).collect();
        return format!(
            "Whether a person signs in as these of {scope} follows from their credentials: add {}, or state their `kind` in the inventory under `[[identities]]`.",
            titles.join(" or ")
        );
    }
    let titles: Vec<&str> = source::giving(fact).iter().map(|about| about.title).collect();
    match (titles.is_empty(), fact.def().made) {
        (false, _) => format!(
            "No export that was loaded gives `{}` for these subjects in {scope}. It is in: {}.",
            fact.path(),
            titles.join("; ")
        ),
        (true, Made::Stored) => format!("No source that assize reads gives `{}` yet.", fact.path()),
        (true, _) => format!(
            "`{}` follows from other facts, of which some are missing in {scope}: load the exports that list them.",
            fact.path()
        ),
    }
}

fn commands_for(listing: Listing) -> Vec<String> {
    commands(&source::showing(listing))
}

fn commands_of(about: About) -> Vec<String> {
    match about {
        About::Fact(fact) if fact == identity::HUMAN.id => commands_for(CREDENTIALS),
        About::Fact(fact) => commands(&source::giving(fact)),
        About::Listing(listing) => commands_for(listing),
        About::Expression => Vec::new(),
    }
}

/// The commands of sources that a command exports; what people write by hand has none.
fn commands(sources: &[&source::About]) -> Vec<String> {
    let exported = sources.iter().filter(|about| about.system != "inventory");
    exported.flat_map(|about| about.commands).map(|command| (*command).to_owned()).collect()
}
