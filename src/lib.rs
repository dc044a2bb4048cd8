//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.
//!
//! ```text
//! exports → facts → identity graph → verdicts → evidence
//! ```
//!
//! [`check`] is the pipeline on one page; each step is a module below, and none imports from
//! one that comes after it.

pub mod assess;
pub mod base;
pub mod cli;
pub mod contract;
pub mod control;
pub mod derive;
pub mod export;
pub mod expr;
pub mod graph;
pub mod init;
pub mod model;
pub mod report;
pub mod source;
pub mod supply;

mod prepare;

use std::path::PathBuf;

use base::diagnostic::{Diagnostic, Severity};
use base::time::Instant;
use contract::make::{Input, Reports};
use contract::v1::ControlTests;
use graph::{Estate, Graph};

/// What an assessment is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The folder of exports.
    pub dir: PathBuf,
    /// The date of assessment, if it is given.
    pub as_of: Option<Instant>,
    /// The date where neither the request nor any export gives one.
    pub today: Option<Instant>,
    /// The frameworks asked for by id; empty for those of the profile.
    pub frameworks: Vec<String>,
    /// The requirements asked for by id or alias; empty for all.
    pub requirements: Vec<String>,
    /// The folder where outputs go; where it lies within the exports it is not read.
    pub outputs: Option<PathBuf>,
    /// A folder of control files that add to or replace the built-in ones.
    pub controls: Option<PathBuf>,
    /// Files with waivers, beside those at the top of the folder.
    pub waivers: Vec<PathBuf>,
}

/// What was found wrong on the way.
#[derive(Debug, Default)]
pub struct Noted {
    /// The mistakes, in the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
    /// Texts of the files that diagnostics point into, by the name that they use.
    pub texts: std::collections::BTreeMap<String, String>,
}

impl Noted {
    /// True if something is wrong that lets no result stand.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads, links, derives and judges; `then` is given the assessment, and what was noted about its inputs.
///
/// # Errors
/// What makes an assessment impossible: broken controls or profile, nothing recognised, snapshots that cannot be told apart.
pub fn check<R>(request: &Request, then: impl FnOnce(&Input<'_>, &Noted) -> R) -> Result<R, Noted> {
    run(request, true, then)
}

/// Reads, links and derives as [`check`] does, and judges nobody: for questions about single subjects.
///
/// # Errors
/// The same as those of [`check`].
pub fn look<R>(request: &Request, then: impl FnOnce(&Input<'_>, &Noted) -> R) -> Result<R, Noted> {
    run(request, false, then)
}

fn run<R>(request: &Request, judge: bool, then: impl FnOnce(&Input<'_>, &Noted) -> R) -> Result<R, Noted> {
    let mut noted = Noted::default();
    prepare::folder(request, &mut noted)?;
    let (pack, ahead) = rayon::join(|| prepare::controls(request, &mut noted), || prepare::ahead(request));
    let mut pack = pack?;
    let (profile, profile_sha256) = prepare::profile(request, &pack, &mut noted)?;
    let profile = prepare::with_frameworks(request, profile, &pack, &mut noted)?;
    prepare::select(request, &profile, &mut pack, &mut noted)?;

    let waivers = prepare::waivers(request, &pack, &mut noted)?;
    let mut loaded = prepare::load(request, &profile, ahead, &mut noted)?;
    let mut world = std::mem::take(&mut loaded.world);
    let (as_of, as_of_origin) = prepare::as_of(request, &world);
    world.as_of = Some(as_of.0);
    prepare::collected_later(&mut world, as_of, &mut noted);
    prepare::collected_long_before(&mut world, &profile, as_of, &mut noted);
    prepare::said_later(&mut world, &loaded.attestations, as_of, request, &mut noted);
    world.stale = prepare::stale(&world, &profile, as_of);
    world.seal();

    derive::labels::apply(&mut world, &prepare::labels(&profile));
    noted.diagnostics.extend(derive::stated::apply(&mut world, &profile.environments));
    derive::owners::apply(&mut world);
    derive::tools::apply(&mut world, &prepare::tools(&pack));
    derive::held::apply(&mut world);
    derive::questions::apply(&mut world);
    derive::slots::apply(&mut world);
    // The graph is built by one thread, and the tests of controls need nothing that was read.
    let mut tests = ControlTests::default();
    let graph = rayon::in_place_scope(|beside| {
        if judge {
            beside.spawn(|_| tests = prepare::self_tests(&pack));
        }
        Graph::build(
            &mut world,
            &prepare::levels(&pack),
            &prepare::known_scopes(&profile),
            &prepare::own_scopes(&profile),
        )
    });
    world.statements.forget_trusts();
    let context = prepare::rule_context(as_of);
    let classified = derive::classify::apply(&mut world, &graph, &prepare::rules(&pack), &context);

    let planned = if waivers.is_empty() { control::Plan::new } else { control::Plan::with_waivers };
    let plan = planned(&pack, &profile);
    prepare::looser(&pack, &plan, &mut noted);
    let contexts = prepare::contexts(&pack, &plan, as_of, &mut noted)?;
    let estate = Estate { world: &world, graph: &graph };
    let mut orders = assess::Orders::of(&world);
    let questions = prepare::questions(&pack, &plan, &contexts);
    let put = |estate: &Estate<'_>, orders: &assess::Orders, question: &assess::Question<'_>| {
        assess::judge(estate, orders, &profile.expected_scopes, question)
    };
    // Where single subjects are looked at, only what waivers are for is judged: what they match is told of them.
    let asked = |run: &control::CheckRun| judge || waivers.all.iter().any(|waiver| waiver.is_for(&run.check, &run.id));
    let is_asked = |at: usize| plan.runs.get(at).is_some_and(asked);
    let mut judged = assess::judge_all(&estate, &orders, &profile.expected_scopes, &questions, is_asked);

    // What waivers match is known now: they come among the subjects, and are judged after all others.
    let terms = assess::waive::Terms::new(as_of, profile.max_waiver);
    let (settled, covered) =
        assess::waive::settle(&estate, &orders, &waivers.all, terms, &plan.runs, &questions, &judged);
    for ((judged, question), covered) in judged.iter_mut().zip(&questions).zip(covered) {
        judged.waive(&orders.get(question.subject).rows, covered);
    }
    assess::waive::record(&mut world, &waivers.all, &settled, terms);
    let estate = Estate { world: &world, graph: &graph };
    orders.renew(&world, model::Subject::Waiver);
    for (judged, question) in judged.iter_mut().zip(&questions).filter(|(_, one)| one.subject == model::Subject::Waiver)
    {
        *judged = put(&estate, &orders, question);
    }
    if !judge {
        judged.clear();
    }

    let input = Input {
        estate: &estate,
        loaded: &Reports { loaded: &loaded, ignored: &[] },
        orders: &orders,
        pack: &pack,
        plan: &plan,
        profile: &profile,
        profile_sha256: profile_sha256.as_deref(),
        questions: &questions,
        judged: &judged,
        waivers: &waivers,
        settled: &settled,
        classified: &classified,
        as_of,
        as_of_origin,
        tests: &tests,
    };
    Ok(then(&input, &noted))
}
