//! What actions amount to: from curated lists and verbs, compiled once for each distinct list of actions.

use std::collections::BTreeSet;

use super::pattern::{covers, overlap};
use crate::model::facts::{ActionWidth, GrantLevel};
use crate::model::rewrite::{Rewrite, Rewrites};

/// The lists and verbs by which actions of one system are judged. Made from the level files.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// Actions that change who has access.
    pub permissions: Vec<String>,
    /// Those of them that, allowed on every resource, make the caller an administrator.
    pub escalates: Vec<String>,
    /// Actions that read stored secrets.
    pub secrets: Vec<String>,
    /// Actions that call an AI model or agent.
    pub models: Vec<String>,
    /// Actions that take on another identity.
    pub assume: Vec<String>,
    /// Actions that hand an identity to a service.
    pub pass: Vec<String>,
    /// What some of `permissions` rewrite.
    pub rewrites: Vec<(Rewrite, String)>,
    /// The verbs, at the start of an action's name, that only read.
    pub read_verbs: Vec<String>,
}

/// What a list of actions amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of one list of actions")]
pub struct ActionSummary {
    /// The most that one of the actions allows.
    pub level: GrantLevel,
    /// What the level rests on, such as `iam:PutRolePolicy: list of permission changes`.
    pub level_by: String,
    /// How wide the widest is.
    pub width: ActionWidth,
    /// The services named, sorted; `*` for all.
    pub services: Vec<String>,
    /// Those of them of which every action is meant, as in `s3:*`.
    pub whole_services: Vec<String>,
    /// Changes who has access.
    pub permissions: bool,
    /// Does so by an action that is narrower than a whole service.
    pub permissions_by_name: bool,
    /// Makes the caller an administrator if allowed on every resource.
    pub escalates: bool,
    /// Reads stored secrets.
    pub secrets: bool,
    /// Calls an AI model or agent.
    pub models: bool,
    /// Does so by an action that is narrower than a whole service.
    pub models_by_name: bool,
    /// Takes on another identity.
    pub assume: bool,
    /// Hands an identity to a service.
    pub pass: bool,
    /// Does so by an action that is narrower than a whole service.
    pub pass_by_name: bool,
    /// What it rewrites, and so gives power over.
    pub rewrites: Rewrites,
}

impl Levels {
    /// What the actions (or, if `inverted`, all actions but those) amount to.
    #[must_use]
    pub fn summary<'a>(&self, actions: impl IntoIterator<Item = &'a str>, inverted: bool) -> ActionSummary {
        self.summary_but(actions, inverted, &|_| false)
    }

    /// The same, where single actions for which `denied` is true are taken out of wider patterns.
    #[must_use]
    pub fn summary_but<'a>(
        &self,
        actions: impl IntoIterator<Item = &'a str>,
        inverted: bool,
        denied: &dyn Fn(&str) -> bool,
    ) -> ActionSummary {
        let actions: Vec<&str> = actions.into_iter().collect();
        if inverted {
            return self.inverted(&actions, denied);
        }
        let mut summary = ActionSummary {
            level: GrantLevel::Read,
            level_by: String::new(),
            width: ActionWidth::Named,
            services: Vec::new(),
            whole_services: Vec::new(),
            permissions: false,
            permissions_by_name: false,
            escalates: false,
            secrets: false,
            models: false,
            models_by_name: false,
            assume: false,
            pass: false,
            pass_by_name: false,
            rewrites: Rewrites::default(),
        };
        let (mut services, mut whole) = (BTreeSet::new(), BTreeSet::new());
        for action in actions {
            let (level, by, width) = self.level(action, denied);
            if summary.level_by.is_empty() || level > summary.level {
                summary.level = level;
                summary.level_by = format!("{action}: {by}");
            }
            summary.width = summary.width.max(width);
            let service = action.split_once(':').map_or("*", |(service, _)| service).to_ascii_lowercase();
            if width == ActionWidth::Service {
                whole.insert(service.clone());
            }
            services.insert(service);
            let hits = |list: &[String]| list.iter().any(|known| overlap(action, known) && !denied(known));
            let by_name = width == ActionWidth::Named;
            let (permissions, models, pass) = (hits(&self.permissions), hits(&self.models), hits(&self.pass));
            summary.permissions |= permissions;
            summary.permissions_by_name |= permissions && by_name;
            summary.escalates |= hits(&self.escalates);
            summary.secrets |= hits(&self.secrets);
            summary.models |= models;
            summary.models_by_name |= models && by_name;
            summary.assume |= hits(&self.assume);
            summary.pass |= pass;
            summary.pass_by_name |= pass && by_name;
            for (rewrite, known) in &self.rewrites {
                if overlap(action, known) && !denied(known) {
                    summary.rewrites.add(*rewrite);
                }
            }
        }
        summary.services = services.into_iter().collect();
        summary.whole_services = whole.into_iter().collect();
        summary
    }

    /// The level of one action or pattern: the highest that it can match.
    fn level(&self, action: &str, denied: &dyn Fn(&str) -> bool) -> (GrantLevel, &'static str, ActionWidth) {
        let name = action.split_once(':').map(|(_, name)| name);
        let width = match name {
            None => ActionWidth::All,
            Some(name) if action.bytes().all(|byte| byte == b'*' || byte == b':') && name.contains('*') => {
                ActionWidth::All
            }
            Some(name) if name.bytes().all(|byte| byte == b'*') => ActionWidth::Service,
            Some(_) => ActionWidth::Named,
        };
        if width == ActionWidth::Named && self.permissions.iter().any(|known| overlap(action, known) && !denied(known))
        {
            return (GrantLevel::Permissions, "list of actions that change permissions", width);
        }
        match width {
            ActionWidth::All => (GrantLevel::Admin, "every action", width),
            ActionWidth::Service => (GrantLevel::Admin, "every action of the service", width),
            ActionWidth::Named => {
                let name = name.unwrap_or("");
                let reads = self
                    .read_verbs
                    .iter()
                    .any(|verb| name.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb)));
                if reads {
                    (GrantLevel::Read, "verb that reads", width)
                } else {
                    (GrantLevel::Write, "verb that does not only read", width)
                }
            }
        }
    }

    fn inverted(&self, excluded: &[&str], denied: &dyn Fn(&str) -> bool) -> ActionSummary {
        let left = |list: &[String]| {
            list.iter().any(|known| !denied(known) && !excluded.iter().any(|action| covers(action, known)))
        };
        let permissions = left(&self.permissions);
        let mut rewrites = Rewrites::default();
        for (rewrite, known) in &self.rewrites {
            if !denied(known) && !excluded.iter().any(|action| covers(action, known)) {
                rewrites.add(*rewrite);
            }
        }
        ActionSummary {
            level: GrantLevel::Admin,
            level_by: "every action but those listed".to_owned(),
            width: ActionWidth::All,
            services: vec!["*".to_owned()],
            whole_services: Vec::new(),
            permissions,
            permissions_by_name: false,
            escalates: left(&self.escalates),
            secrets: left(&self.secrets),
            models: left(&self.models),
            models_by_name: false,
            assume: left(&self.assume),
            pass: left(&self.pass),
            pass_by_name: false,
            rewrites,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Levels {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Levels {
            permissions: list(&["iam:PutRolePolicy", "s3:PutBucketPolicy"]),
            escalates: list(&["iam:PutRolePolicy"]),
            secrets: list(&["secretsmanager:GetSecretValue"]),
            models: list(&["bedrock:InvokeModel"]),
            assume: list(&["sts:AssumeRole"]),
            pass: list(&["iam:PassRole"]),
            rewrites: vec![(Rewrite::GrantsOfRole, "iam:PutRolePolicy".to_owned())],
            read_verbs: list(&["Get", "List", "Describe"]),
        }
    }

    #[test]
    fn a_wildcard_takes_the_highest_level_that_it_can_match() {
        let levels = levels();
        let level = |action: &str| levels.summary([action], false).level;
        assert_eq!(level("s3:GetObject"), GrantLevel::Read);
        assert_eq!(level("s3:Get*"), GrantLevel::Read);
        assert_eq!(level("sqs:SendMessage"), GrantLevel::Write);
        assert_eq!(level("sqs:*"), GrantLevel::Admin);
        assert_eq!(level("s3:Put*"), GrantLevel::Permissions);
        assert_eq!(level("IAM:putrolepolicy"), GrantLevel::Permissions);
        assert_eq!(level("*"), GrantLevel::Admin);
        assert_eq!(level("iam:*"), GrantLevel::Admin);
        assert_eq!(levels.summary(["*"], false).width, ActionWidth::All);
        assert_eq!(levels.summary(["*:*"], false).width, ActionWidth::All);
    }

    #[test]
    fn what_one_action_gives_is_not_laid_to_another() {
        let both = levels().summary(["iam:PassRole", "sqs:*"], false);
        assert_eq!((both.width, both.pass_by_name, both.permissions_by_name), (ActionWidth::Service, true, false));
        assert_eq!((both.services, both.whole_services), (vec!["iam".into(), "sqs".into()], vec!["sqs".to_owned()]));
        let whole = levels().summary(["bedrock:*", "iam:Put*"], false);
        assert_eq!((whole.models, whole.models_by_name, whole.permissions_by_name), (true, false, true));
    }

    #[test]
    fn everything_but_a_list_is_nearly_everything() {
        let summary = levels().summary(["iam:*", "s3:*"], true);
        assert_eq!((summary.width, summary.permissions, summary.escalates), (ActionWidth::All, false, false));
        assert!(summary.secrets && summary.assume && !summary.pass);
        assert!(levels().summary(["iam:Get*"], true).escalates);
    }
}
