//! Which known resources a statement's patterns match.

use super::pattern::{literal_prefix, overlap};
use crate::model::facts::resource;
use crate::model::{Subject, Sym, World};

/// The known resources, sorted by the fixed start of their patterns.
#[derive(Debug, Default)]
pub struct Resources {
    /// Fixed start, whole pattern, row.
    sorted: Vec<(String, String, u32)>,
}

impl Resources {
    /// Indexes the resources of a world.
    #[must_use]
    pub fn build(world: &World) -> Self {
        let table = world.table(Subject::Resource);
        let mut sorted: Vec<_> = table
            .rows()
            .filter_map(|row| {
                let sym = u32::try_from(table.get(resource::PATTERN.id, row)).ok()?;
                let pattern = world.strings.text(Sym(sym));
                Some((literal_prefix(pattern).to_owned(), pattern.to_owned(), row))
            })
            .collect();
        sorted.sort();
        Self { sorted }
    }

    /// Visits the rows that `pattern` and a resource's own pattern have in common.
    ///
    /// `services` keeps a statement on `*` from reaching resources of services that its actions do not touch.
    pub fn matched(&self, pattern: &str, services: &[String], visit: &mut dyn FnMut(u32)) {
        let head = literal_prefix(pattern);
        let wild = head.len() < pattern.len();
        for (start, whole, row) in &self.sorted {
            let near = if wild || start.len() < head.len() {
                head.starts_with(start.as_str()) || start.starts_with(head)
            } else {
                start.starts_with(head)
            };
            if near && touches(services, whole) && overlap(pattern, whole) {
                visit(*row);
            }
        }
    }

    /// True if no resource is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// True if the resource is of one of the services, or not an ARN.
fn touches(services: &[String], pattern: &str) -> bool {
    let mut parts = pattern.split(':');
    if parts.next() != Some("arn") {
        return true;
    }
    let Some(service) = parts.nth(1) else { return true };
    services.iter().any(|known| known == "*" || overlap(known, service))
}
