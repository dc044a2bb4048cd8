//! What can only be done once all files were read: joins, the inventory, closures, contradictions.

use std::collections::BTreeMap;

use super::asserted::{self, LeftOut};
use super::aws::arn::PROVIDED;
use super::aws::{counts, groups, join, provided};
use super::bedrock;
use super::doubts;
use super::inventory::assign;
use super::kubernetes::place;
use super::link::{acting, credentials};
use super::mcp::lost;
use super::provider;
use super::run::Run;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::export::declared::{Links, Said};
use crate::model::enumeration::Closure;
use crate::model::facts::{IdentityKind, identity};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Row;
use crate::model::table::Presence;

/// Brings what the files said together. `said` is what the manifest says of each export, by its number, `left` are the files
/// of which it speaks and that were left out; `links` are those that it forces or forbids.
pub fn finish(run: &mut Run, said: &[Said], left: &[LeftOut], links: &Links) {
    provided::finish(run);
    groups::finish(run);
    join::finish(run);
    bedrock::finish(run);
    provider::finish(run);
    place::finish(run);
    let mut sets = std::mem::take(&mut run.sets);
    sets.finish(&mut run.world);
    let exceeded = counts::exceeded(run);
    credentials::finish(run, &links.ties);
    assign::finish(run);
    acting::finish(run, &links.acting);
    doubts::native_ids(run);
    for (export, said) in said.iter().enumerate() {
        contradictions(run, export, said);
        issuer(run, export, said);
    }
    asserted::assert(run, said, left);
    counts::open(run, exceeded);
    lost::finish(run);
    running(run);
    mentions(run);
}

/// A manifest that says another scope than the file itself.
fn contradictions(run: &mut Run, export: usize, said: &Said) {
    let (Some(declared), Some(report)) = (&said.scope, run.reports.get(export)) else { return };
    let others: Vec<&str> =
        report.scopes.iter().map(String::as_str).filter(|scope| *scope != declared && *scope != PROVIDED).collect();
    let Some(other) = others.first() else { return };
    let path = &report.path;
    let message = format!("the manifest says that `{path}` is of `{declared}`, and the file says `{other}`");
    let mut diagnostic = Diagnostic::error("manifest-contradicts-file", message);
    if let Some(place) = &said.place {
        diagnostic = diagnostic.at(place.file.clone(), place.span.clone(), "the file says otherwise");
    }
    let help = "nothing was judged: correct the scope or the path pattern, or take the entry out of the manifest";
    run.diagnostics.push(diagnostic.help(help));
}

/// The issuer whose tokens the accounts of an export's scopes present.
fn issuer(run: &mut Run, export: usize, said: &Said) {
    let (Some(issuer), Some(report)) = (&said.issuer, run.reports.get(export)) else { return };
    let address = issuer.trim().trim_start_matches("https://").trim_end_matches('/').to_owned();
    for scope in &report.scopes {
        let scope = run.world.strings.intern(scope);
        let known = *run.world.issuers.entry(address.clone()).or_insert(scope);
        if known != scope {
            let (one, other) = (run.world.strings.text(known), run.world.strings.text(scope));
            let message = format!("the manifest gives `{one}` and `{other}` the same issuer; the first is taken");
            run.world.note("issuer-twice", message, None);
        }
    }
}

/// Accounts of a cluster as which a pod that was made runs, by its own exports, and that the list of accounts lacks: a cluster starts
/// nothing as an account that is not there, so the list is not whole.
///
/// What only names an account is no such sign: a binding may be of one that never was, and the template of a workload that is
/// suspended or has no replicas too. Nor is what a policy of a cloud names as a resource.
fn running(run: &mut Run) {
    let world = &run.world;
    let table = world.table(Subject::Identity);
    let mut lacking: BTreeMap<Sym, (RecordId, Sym)> = BTreeMap::new();
    for (row, record) in &world.started {
        let Some(id) = table.id(*row).filter(|_| table.presence(*row) == Presence::Mentioned) else { continue };
        let scope = world.scope(Row::new(Subject::Identity, *row));
        if world.enumerations.closed(scope, Listing::ServiceAccounts) {
            lacking.entry(scope).or_insert((*record, id));
        }
    }
    for (scope, (record, id)) in lacking {
        let world = &mut run.world;
        let why = format!("a pod was made that runs as `{}`, which the list lacks", shown(world.strings.text(id)));
        let why = world.strings.intern(&why);
        world.enumerations.add(scope, Listing::ServiceAccounts, Closure::Incomplete { why, record });
        let message = format!(
            "a pod of `{}` was made that runs as `{}`, and no export lists that account: the list of service accounts is taken as not whole",
            world.strings.text(scope),
            world.strings.text(id)
        );
        world.note("runs-as-unlisted", message, Some(record));
    }
}

/// Things named in a scope of which all were listed, and not among them.
fn mentions(run: &mut Run) {
    let subjects = [
        (Subject::Identity, Listing::Users),
        (Subject::Identity, Listing::ServiceAccounts),
        (Subject::Group, Listing::Groups),
        (Subject::Policy, Listing::Policies),
    ];
    let mut counts: BTreeMap<(Subject, Sym), (u64, Option<RecordId>)> = BTreeMap::new();
    for (subject, listing) in subjects {
        let table = run.world.table(subject);
        let of_list = |row: u32| {
            let account = table.get(identity::KIND.id, row) == i64::from(IdentityKind::ServiceAccount as u8);
            listing != Listing::ServiceAccounts || account
        };
        for row in table.rows().filter(|row| table.presence(*row) == Presence::Mentioned && of_list(*row)) {
            let scope = run.world.scope(Row::new(subject, row));
            if run.world.enumerations.closed(scope, listing) {
                let count = counts.entry((subject, scope)).or_insert((0, table.records(row).next()));
                count.0 += 1;
            }
        }
    }
    for ((subject, scope), (count, record)) in counts {
        let (plural, scope) = (subject.def().plural, run.world.strings.text(scope).to_owned());
        let message =
            format!("{count} {plural} of `{scope}` are named by others and not in its list, which is complete");
        run.world.note("mentioned-not-listed", message, record);
    }
    run.world.quality.sort();
}
