//! From unknown verdicts to what would close them: by export, and by what a person has to say.

use std::collections::{BTreeMap, BTreeSet};

use super::place::Places;
use super::snippet::Form;
use super::{InScope, Old, OldWhy, SCHEMA, Statement, Supply, Unknown, Wanted, trusts};
use crate::assess::{About, Cause, Proof, left_open};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::make::{self, Input};
use crate::model::facts::{credential, identity};
use crate::model::listing::Listing;
use crate::model::{Row, Why};
use crate::source::About as Source;

/// How many subjects of a table are named in what a person is to fill in.
const NAMED: usize = 100;
/// The same on a terminal.
const BRIEF: usize = 2;

/// Something that is missing, with what would supply it.
struct Missing {
    why: Why,
    about: About,
    scope: String,
    remedy: String,
    exports: Vec<&'static Source>,
    /// Commands that help and close nothing by themselves.
    by_hand: Vec<&'static str>,
}

impl Missing {
    fn name(&self) -> &'static str {
        match self.about {
            About::Fact(fact) => fact.path(),
            About::Listing(listing) => listing.name(),
            About::Expression => "expression",
        }
    }

    fn is_of_no_account(&self) -> bool {
        make::is_of_no_account(self.about, &self.scope)
    }

    /// Why an export of this that was loaded did not supply it.
    fn does_not_do(&self) -> OldWhy {
        match (self.why, self.about) {
            (Why::Stale, _) => OldWhy::Stale,
            (_, About::Listing(_)) => OldWhy::ListOpen,
            (_, About::Fact(fact)) if [credential::USED_LATER.id, identity::USED_LATER.id].contains(&fact) => {
                OldWhy::UsedSince
            }
            _ => OldWhy::Silent,
        }
    }

    fn by(&self, source: &str) -> bool {
        self.exports.iter().any(|about| about.id == source)
    }

    /// What a person is asked to do, wherever it is; what has one remedy is asked for once.
    fn asked(&self) -> (&'static str, String) {
        // Whatever is missing of what is from nowhere, the same is to be done.
        if self.is_of_no_account() {
            return (Why::MissingFact.name(), self.remedy.clone());
        }
        (self.why.name(), self.remedy.replace(&*shown(&self.scope), "SCOPE"))
    }
}

/// Unknown verdicts of one check run that wait for the same.
struct Waiting {
    run: usize,
    causes: Vec<usize>,
    count: u64,
}

/// All that is missing, and who waits for it.
struct All<'i, 'a> {
    input: &'i Input<'a>,
    missing: Vec<Missing>,
    known: BTreeMap<(Why, About, String, Option<Proof>), usize>,
    waiting: Vec<Waiting>,
    /// Check run, and what leaves its population open.
    open: Vec<(usize, usize)>,
    /// By fact or list that nobody gave: the rows that it is missing of.
    rows: BTreeMap<&'static str, BTreeSet<Row>>,
}

/// What would close the gaps of an assessment.
#[must_use]
pub fn gather(input: &Input<'_>) -> Supply {
    let mut all = All {
        input,
        missing: Vec::new(),
        known: BTreeMap::new(),
        waiting: Vec::new(),
        open: Vec::new(),
        rows: BTreeMap::new(),
    };
    for run in 0..input.judged.len() {
        all.read(run);
    }
    let requirements = make::requirements_by_run(input);
    let form = all.form();
    Supply {
        schema: SCHEMA,
        as_of: input.as_of.to_string(),
        unknown: all.unknown(),
        open_populations: all.open_populations(|_| true),
        exports: all.exports(&requirements),
        statements: all.statements(&requirements),
        inventory: form.inventory(NAMED),
        inventory_brief: form.inventory(BRIEF),
        profile: form.profile(&trusts::outsiders(input.estate.world)),
    }
}

impl All<'_, '_> {
    fn missing(&mut self, why: Why, about: About, scope: &str, proof: Option<Proof>) -> usize {
        // Where a key was seen is not where its export is made, and the account that gave it out nobody knows yet.
        let scope = if matches!(proof, Some(Proof::KeyOf(_))) { "*" } else { scope };
        let key = (why, about, scope.to_owned(), proof);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (remedy, mut exports) = make::remedy_of(self.input, why, about, scope, &proof.into_iter().collect());
        // No report of a scanner says that all was scanned: a person has to, whatever is added.
        let mut by_hand = Vec::new();
        if about == About::Listing(Listing::Exposures) {
            // Of several that do the same, one is enough.
            by_hand.extend(exports.drain(..).next().and_then(|about| about.commands.first().copied()));
        }
        self.missing.push(Missing { why, about, scope: scope.to_owned(), remedy, exports, by_hand });
        self.known.insert(key, self.missing.len() - 1);
        self.missing.len() - 1
    }

    /// Reads what keeps the verdicts of a check run unknown.
    fn read(&mut self, run: usize) {
        let input = self.input;
        let (Some(question), Some(judged)) = (input.questions.get(run), input.judged.get(run)) else { return };
        let world = input.estate.world;
        let mut groups: BTreeMap<Vec<Cause>, u64> = BTreeMap::new();
        for open in left_open(input.estate, input.orders, question, &judged.verdicts) {
            for gap in &open.missing {
                let name = match gap.why {
                    Why::NotEnumerated(listing) => listing.name(),
                    Why::MissingFact => gap.fact.path(),
                    _ => continue,
                };
                self.rows.entry(name).or_default().insert(gap.row);
            }
            *groups.entry(open.causes).or_default() += 1;
        }
        for (causes, count) in groups {
            let of = causes
                .iter()
                .map(|cause| self.missing(cause.why, cause.about, world.strings.text(cause.scope), cause.proof));
            let causes = of.collect();
            self.waiting.push(Waiting { run, causes, count });
        }
        for open in &judged.open {
            let missing = self.missing(open.why, About::Listing(open.listing), &open.scope, None);
            self.open.push((run, missing));
        }
    }

    fn of(&self, waiting: &Waiting) -> impl Iterator<Item = &Missing> {
        waiting.causes.iter().filter_map(|cause| self.missing.get(*cause))
    }

    fn unknown(&self) -> Unknown {
        let mut unknown = Unknown::default();
        for waiting in &self.waiting {
            let of: Vec<&Missing> = self.of(waiting).collect();
            let with = of.iter().filter(|missing| !missing.exports.is_empty()).count();
            let first = of.first().map_or(&[][..], |missing| missing.exports.as_slice());
            let one = first.iter().any(|about| of.iter().all(|missing| missing.by(about.id)));
            unknown.all += waiting.count;
            match with {
                0 => unknown.person += waiting.count,
                with if with < of.len() => unknown.exports_and_person += waiting.count,
                _ if one => unknown.one_export += waiting.count,
                _ => unknown.several_exports += waiting.count,
            }
        }
        unknown
    }

    /// How many pairs of check run and scope have an open population, of which `counts` holds for what is missing.
    fn open_populations(&self, counts: impl Fn(&Missing) -> bool) -> u64 {
        let pairs = self.open.iter().filter_map(|(run, missing)| {
            let missing = self.missing.get(*missing).filter(|missing| counts(missing))?;
            Some((*run, missing.scope.as_str()))
        });
        pairs.collect::<BTreeSet<_>>().len() as u64
    }

    /// How many verdicts wait for what `counts` holds for, and how many of them for nothing else.
    fn count(&self, counts: impl Fn(&Missing) -> bool) -> (u64, u64) {
        let mut sums = (0, 0);
        for waiting in &self.waiting {
            if self.of(waiting).any(&counts) {
                sums.0 += waiting.count;
                sums.1 += if self.of(waiting).all(&counts) { waiting.count } else { 0 };
            }
        }
        sums
    }

    /// The check runs that wait for what `counts` holds for, and the requirements that they bear on.
    fn helped(
        &self,
        requirements: &BTreeMap<String, Vec<String>>,
        counts: impl Fn(&Missing) -> bool,
    ) -> (Vec<String>, Vec<String>) {
        let waiting = self.waiting.iter().filter(|waiting| self.of(waiting).any(&counts)).map(|waiting| waiting.run);
        let open = self.open.iter().filter(|(_, missing)| self.missing.get(*missing).is_some_and(&counts));
        let runs: BTreeSet<usize> = waiting.chain(open.map(|(run, _)| *run)).collect();
        let checks: BTreeSet<String> =
            runs.iter().filter_map(|run| self.input.plan.runs.get(*run)).map(|run| run.id.clone()).collect();
        let asked: BTreeSet<String> = checks.iter().filter_map(|id| requirements.get(id)).flatten().cloned().collect();
        (checks.into_iter().collect(), asked.into_iter().collect())
    }

    fn exports(&self, requirements: &BTreeMap<String, Vec<String>>) -> Vec<Wanted> {
        let sources: BTreeMap<&str, &'static Source> =
            self.missing.iter().flat_map(|missing| &missing.exports).map(|about| (about.id, *about)).collect();
        let mut all: Vec<Wanted> = sources.values().map(|about| self.wanted(about, requirements)).collect();
        all.sort_by(|a, b| {
            let key = |one: &Wanted| {
                let open: u64 = one.scopes.iter().map(|scope| scope.open_populations).sum();
                std::cmp::Reverse((one.alone, one.waiting, open))
            };
            key(a).cmp(&key(b)).then_with(|| a.source.cmp(b.source))
        });
        let mut places = Places::of(&self.input.loaded.loaded.exports);
        for one in &mut all {
            let about = sources.get(one.source);
            for scope in &mut one.scopes {
                scope.path = about.map(|about| places.place(about, &scope.scope)).unwrap_or_default();
            }
        }
        all
    }

    fn wanted(&self, about: &'static Source, requirements: &BTreeMap<String, Vec<String>>) -> Wanted {
        let closed: Vec<&Missing> = self.missing.iter().filter(|missing| missing.by(about.id)).collect();
        let names: BTreeSet<String> = closed.iter().map(|missing| missing.name().to_owned()).collect();
        let others: BTreeSet<&'static str> =
            closed.iter().flat_map(|missing| &missing.exports).map(|other| other.id).collect();
        let same = |other: &&str| **other != *about.id && closed.iter().all(|missing| missing.by(other));
        let scopes = self.in_scopes(about);
        let (waiting, alone) = self.count(|missing| missing.by(about.id));
        let (checks, requirements) = self.helped(requirements, |missing| missing.by(about.id));
        Wanted {
            source: about.id,
            title: about.title,
            system: about.system,
            commands: about.commands,
            missing: names.into_iter().collect(),
            waiting,
            alone,
            instead: others.into_iter().filter(same).collect(),
            scopes,
            checks,
            requirements,
        }
    }

    /// What an export would close scope by scope. There may be as many scopes as files, so all is counted at once.
    fn in_scopes(&self, about: &Source) -> Vec<InScope> {
        let mut scopes: BTreeMap<&str, (InScope, BTreeSet<usize>, Option<OldWhy>)> = BTreeMap::new();
        for missing in self.missing.iter().filter(|missing| missing.by(about.id)) {
            let one = scopes.entry(&missing.scope).or_default();
            let why = missing.does_not_do();
            one.2 = Some(one.2.map_or(why, |known| known.min(why)));
        }
        for waiting in &self.waiting {
            let of: Vec<&Missing> = self.of(waiting).collect();
            let here: BTreeSet<&str> =
                of.iter().filter(|missing| missing.by(about.id)).map(|missing| missing.scope.as_str()).collect();
            let alone = here.len() == 1 && of.iter().all(|one| one.by(about.id) && here.contains(one.scope.as_str()));
            for scope in here {
                let one = &mut scopes.entry(scope).or_default().0;
                one.waiting += waiting.count;
                one.alone += if alone { waiting.count } else { 0 };
            }
        }
        for (run, missing) in &self.open {
            if let Some(missing) = self.missing.get(*missing).filter(|missing| missing.by(about.id)) {
                scopes.entry(&missing.scope).or_default().1.insert(*run);
            }
        }
        let loaded = self.input.loaded.loaded.exports.iter().filter(|export| export.source == Some(about.id));
        for export in loaded {
            let own: BTreeSet<&str> = export.scopes.iter().map(String::as_str).collect();
            for scope in own {
                // What was loaded and closes the gap would have closed it.
                if let Some((one, _, Some(why))) = scopes.get_mut(scope) {
                    one.again.push(Old {
                        path: export.path.clone(),
                        collected_at: export.collected_at.map(|at| Instant(at).to_string()),
                        why: *why,
                    });
                }
            }
        }
        let told = scopes.into_iter().map(|(scope, (one, runs, _))| InScope {
            scope: scope.to_owned(),
            open_populations: runs.len() as u64,
            ..one
        });
        told.collect()
    }

    fn statements(&self, requirements: &BTreeMap<String, Vec<String>>) -> Vec<Statement> {
        let mut asked: BTreeMap<(&str, String), Vec<&Missing>> = BTreeMap::new();
        for missing in self.missing.iter().filter(|missing| missing.exports.is_empty()) {
            asked.entry(missing.asked()).or_default().push(missing);
        }
        let mut all: Vec<Statement> = Vec::new();
        for (key, missing) in asked {
            let same = |missing: &Missing| missing.exports.is_empty() && missing.asked() == key;
            let Some(first) = missing.iter().min_by(|a, b| a.scope.cmp(&b.scope)) else { continue };
            let names: BTreeSet<String> = missing.iter().map(|one| one.name().to_owned()).collect();
            let scopes: BTreeSet<String> = missing.iter().map(|one| one.scope.clone()).collect();
            let (waiting, alone) = self.count(same);
            let (checks, requirements) = self.helped(requirements, same);
            all.push(Statement {
                missing: names.into_iter().collect(),
                cause: key.0,
                waiting,
                alone,
                open_populations: self.open_populations(same),
                scopes: scopes.into_iter().collect(),
                remedy: shown(&first.remedy).into_owned(),
                commands: first.by_hand.clone(),
                checks,
                requirements,
            });
        }
        all.sort_by(|a, b| {
            let key = |one: &Statement| std::cmp::Reverse((one.alone, one.waiting, one.open_populations));
            key(a).cmp(&key(b)).then_with(|| a.missing.cmp(&b.missing))
        });
        all
    }

    /// What a person is asked to fill in.
    fn form(&self) -> Form {
        let mut form = Form::default();
        let estate = self.input.estate;
        let none = BTreeSet::new();
        // One fact or list is missing in as many scopes as there are, and its rows are the same for all of them.
        let mut facts = BTreeSet::new();
        let mut listings: BTreeMap<Listing, Vec<String>> = BTreeMap::new();
        for missing in self.missing.iter().filter(|missing| missing.exports.is_empty() && !missing.is_of_no_account()) {
            match (missing.why, missing.about) {
                (Why::MissingFact, About::Fact(fact)) => {
                    facts.insert(fact);
                }
                (Why::NotEnumerated(_), About::Listing(listing)) => {
                    listings.entry(listing).or_default().push(missing.scope.clone());
                }
                _ => {}
            }
        }
        let rows = |name: &str| self.rows.get(name).unwrap_or(&none);
        for fact in facts {
            form.fact(estate, fact, rows(fact.path()));
        }
        for (listing, scopes) in listings {
            form.listing(estate, listing, rows(listing.name()), &scopes);
        }
        form
    }
}
