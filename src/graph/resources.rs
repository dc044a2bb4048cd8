//! Which known resources a statement's patterns match.

use super::levels::ActionSummary;
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
    /// `actions` keep a statement on `*` from reaching resources of services that they do not touch.
    pub fn matched(&self, pattern: &str, actions: &ActionSummary, visit: &mut dyn FnMut(u32)) {
        self.of_services(pattern, &|service| touches(actions, service), visit);
    }

    /// Visits all of them.
    pub fn every(&self, visit: &mut dyn FnMut(u32)) {
        self.of_services("*", &|_| true, visit);
    }

    fn of_services(&self, pattern: &str, touched: &dyn Fn(&str) -> bool, visit: &mut dyn FnMut(u32)) {
        let head = literal_prefix(pattern);
        let wild = head.len() < pattern.len();
        for (start, whole, row) in &self.sorted {
            let near = if wild || start.len() < head.len() {
                head.starts_with(start.as_str()) || start.starts_with(head)
            } else {
                start.starts_with(head)
            };
            if near && service(whole).is_none_or(touched) && overlap(pattern, whole) {
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

/// The service of a resource; `None` for what is not an ARN.
fn service(pattern: &str) -> Option<&str> {
    let mut parts = pattern.split(':');
    if parts.next() == Some("arn") { parts.nth(1) } else { None }
}

/// True if some of the actions are of the service.
fn touches(actions: &ActionSummary, service: &str) -> bool {
    actions.services.iter().any(|known| known == "*" || overlap(known, service))
        && !actions.lost_services.iter().any(|lost| lost.eq_ignore_ascii_case(service))
}
