//! What a configuration that was not read leaves open: nobody knows which AI system holds what stands in it.
//!
//! Who says that all AI systems are listed, with what each holds, or all exposures, cannot have seen what could not be read. So the
//! statement is taken back where a configuration or a server in it was rejected, and where an AI system of the inventory
//! is said to be a client whose configuration no export has. Where nobody says so, the lists are open already.

use std::collections::BTreeSet;

use crate::model::enumeration::Closure;
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::source::run::{FileRun, Run};

/// What was told of configurations, until all was read.
#[derive(Debug, Default)]
pub struct Configurations {
    /// The ids of the clients whose configurations were read.
    read: BTreeSet<String>,
    /// What was not read: why, and the first record that shows it, of each file.
    lost: Vec<(Sym, RecordId)>,
    /// The clients that AI systems of the inventory are said to be, and where.
    named: Vec<(String, RecordId)>,
}

/// Says that a configuration, or a server in it, was rejected.
pub fn lost(run: &mut FileRun<'_>, place: &str, offset: u64) {
    let of_file = |known: &RecordId| run.run.world.records.get(*known).is_some_and(|known| known.export == run.export);
    // The first of a file is enough, and those of one file follow each other.
    if run.run.configurations.lost.last().is_some_and(|(_, known)| of_file(known)) {
        return;
    }
    let why = format!("a record of `{}` was rejected: {place}", run.path());
    let why = run.world().strings.intern(&why);
    let record = run.record_of("", offset);
    run.run.configurations.lost.push((why, record));
}

/// Says that the configuration of a client was read.
pub fn read(run: &mut FileRun<'_>, client: &str) {
    run.run.configurations.read.insert(client.to_owned());
}

/// Says that not all servers of a client were read.
pub fn partly(run: &mut FileRun<'_>, client: &str) {
    run.run.configurations.read.remove(client);
}

impl Configurations {
    /// True if an AI system has a name that is a client's whose configuration was not read whole.
    #[must_use]
    pub fn miss(&self, names: &[String]) -> bool {
        names.iter().any(|name| is_client(name) && !self.read.contains(name))
    }
}

fn is_client(id: &str) -> bool {
    id.starts_with("mcp:") && id.contains(":client:")
}

/// Says that an AI system of the inventory is a client of this id.
pub fn named(run: &mut FileRun<'_>, client: &str, record: RecordId) {
    if is_client(client) {
        run.run.configurations.named.push((client.to_owned(), record));
    }
}

/// Takes back what is said of all AI systems and all exposures where something of them was not read.
pub fn finish(run: &mut Run) {
    let Configurations { read, mut lost, named } = std::mem::take(&mut run.configurations);
    let world = &mut run.world;
    for (client, record) in named.into_iter().filter(|(client, _)| !read.contains(client)) {
        let message =
            format!("the inventory names the client `{client}`, whose configuration no export has that could be read");
        lost.push((world.strings.intern(&message), record));
        world.note("client-not-read", message, Some(record));
    }
    let asserted = |closures: &[Closure]| closures.iter().any(|one| matches!(one, Closure::Asserted { .. }));
    // What stands in a configuration is held by its client, and exposed there.
    let of_clients = |listing: Listing| matches!(listing, Listing::AiSystems | Listing::Exposures);
    let said = world.enumerations.iter().filter(|(_, listing, closures)| of_clients(*listing) && asserted(closures));
    let said: Vec<(Sym, Listing)> = said.map(|(scope, listing, _)| (scope, listing)).collect();
    for (scope, listing) in said {
        for (why, record) in &lost {
            world.enumerations.add(scope, listing, Closure::Incomplete { why: *why, record: *record });
        }
    }
}
