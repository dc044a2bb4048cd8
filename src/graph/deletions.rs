//! What actions delete: by curated lists, and by the first word of a name for what no list has.
//!
//! A name says that an action deletes, and a wildcard over all names of a service that one of them does: every service has
//! some that begin with `Delete`. What is left of a wildcard under denials of some of them, or meets the lists in part, may
//! delete, and so may what runs statements in another language.

use super::levels::{CLUSTER, Levels};
use super::pattern::{covers, is_wild, literal_prefix, overlap};

/// Whether actions delete what others made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Deletes {
    /// None of them does.
    #[default]
    No,
    /// Their names do not tell.
    Perhaps,
    /// One of them does.
    Surely,
}

impl Levels {
    /// Whether an action or pattern deletes, where `denied` says what of it is taken away.
    pub(super) fn deletes(&self, action: &str, denied: &dyn Fn(&str) -> bool) -> Deletes {
        let spared = |pattern: &str| self.spares.iter().any(|known| covers(known, pattern));
        if spared(action) {
            return Deletes::No;
        }
        let (service, name) = action.split_once(':').unwrap_or(("*", action));
        // A `*` of a service ends at the colon, or `s3:Get*` would be any action of any service.
        let meets = |known: &str| match known.split_once(':') {
            Some((of, known)) if action.contains(':') => overlap(service, of) && overlap(name, known),
            _ => overlap(action, known),
        };
        let begins = |verb: &String| {
            let head = literal_prefix(name);
            head.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb))
        };
        if self.delete_verbs.iter().any(begins) {
            return Deletes::Surely;
        }
        // Of one service, what a list says of every service is what it says of that one.
        let within = |known: &String| match known.strip_prefix("*:") {
            Some(name) if !is_wild(service) => format!("{service}:{name}"),
            _ => known.clone(),
        };
        let mut most = Deletes::No;
        for known in self.deletes.iter().filter(|known| meets(known)).map(within) {
            // One that is denied by its own name is not asked about.
            if spared(&known) || is_wild(action) && denied(&known) {
                continue;
            }
            let whole = covers(&known, action) || covers(action, &known) || action.starts_with(CLUSTER);
            most = most.max(if whole { Deletes::Surely } else { Deletes::Perhaps });
        }
        let may = || self.may_delete.iter().any(|known| meets(known) && !(is_wild(action) && denied(&within(known))));
        if most == Deletes::No && may() { Deletes::Perhaps } else { most }
    }

    /// The same of all actions but those listed.
    pub(super) fn deletes_but(&self, excluded: &[&str], denied: &dyn Fn(&str) -> bool) -> Deletes {
        let left = |list: &[String]| {
            list.iter().any(|known| !denied(known) && !excluded.iter().any(|action| covers(action, known)))
        };
        match (left(&self.deletes), left(&self.may_delete)) {
            (true, _) => Deletes::Surely,
            (false, true) => Deletes::Perhaps,
            (false, false) => Deletes::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Levels {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Levels {
            delete_verbs: list(&["Delete", "BatchDelete", "Purge", "Terminate"]),
            deletes: list(&[
                "*:Delete*",
                "kms:ScheduleKeyDeletion",
                "ec2:TerminateInstances",
                "s3:PutLifecycleConfiguration",
            ]),
            may_delete: list(&["rds-data:ExecuteStatement", "es:ESHttp*"]),
            spares: list(&["sqs:DeleteMessage*", "ec2messages:Delete*"]),
            ..Levels::default()
        }
    }

    fn of(action: &str, denied: &[&str]) -> Deletes {
        levels().deletes(action, &|known| denied.iter().any(|pattern| covers(pattern, known)))
    }

    #[test]
    fn a_name_tells_it_in_any_service() {
        for action in ["s3:DeleteObject", "x:Purge*", "dynamodb:batchdelete*", "kms:Schedule*", "*:Delete*"] {
            assert_eq!(of(action, &[]), Deletes::Surely, "{action}");
        }
        for action in ["s3:PutObject", "s3:Get*", "sqs:DeleteMessage", "sqs:DeleteMessageBatch", "s3:UndeleteObject"] {
            assert_eq!(of(action, &[]), Deletes::No, "{action}");
        }
    }

    #[test]
    fn a_wildcard_has_what_it_takes_in() {
        for action in ["s3:*", "s3:D*", "*", "sqs:*", "sqs:Delete*"] {
            assert_eq!(of(action, &[]), Deletes::Surely, "{action}");
        }
        assert_eq!(of("ec2messages:*", &[]), Deletes::No, "all that it deletes is spared");
        for action in ["s3:*Object", "rds-data:*Statement", "es:ESHttpPost"] {
            assert_eq!(of(action, &[]), Deletes::Perhaps, "{action}");
        }
    }

    #[test]
    fn a_denial_takes_away_what_it_covers() {
        let denied = ["s3:Delete*", "s3:PutLifecycleConfiguration"];
        assert_eq!(of("s3:*", &denied), Deletes::No);
        assert_eq!(of("s3:*", &denied[..1]), Deletes::Surely, "it can have objects deleted");
        assert_eq!(of("s3:*", &["s3:DeleteObject"]), Deletes::Surely, "it can delete buckets");
        assert_eq!(of("*", &denied), Deletes::Surely, "in other services");
        assert_eq!(of("ec2:*", &["ec2:Delete*"]), Deletes::Surely, "it can end instances");
        assert_eq!(of("s3:*Object", &["s3:Delete*"]), Deletes::No);
    }

    #[test]
    fn all_but_a_list_deletes_unless_the_list_has_it_all() {
        let but = |excluded: &[&str]| levels().deletes_but(excluded, &|_| false);
        assert_eq!(but(&["s3:DeleteObject"]), Deletes::Surely);
        assert_eq!(but(&["*:Delete*", "kms:*", "ec2:*", "s3:*"]), Deletes::Perhaps);
        assert_eq!(but(&["*"]), Deletes::No);
    }

    #[test]
    fn in_a_cluster_any_verb_deletes_too() {
        let of = |action: &str| {
            let levels = Levels { deletes: vec!["k8s:delete/*".to_owned()], ..Levels::default() };
            levels.deletes(action, &|_| false)
        };
        assert_eq!(of("k8s:*/pods.core"), Deletes::Surely);
        assert_eq!(of("k8s:delete/pods.core"), Deletes::Surely);
        assert_eq!(of("k8s:get/pods.core"), Deletes::No);
    }
}
