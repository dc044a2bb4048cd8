//! From statements as text to statements of the world, each distinct text read once.
//!
//! Exports repeat a few statements very often. Their text is looked up by a 128-bit hash under
//! a key that is drawn anew for each run, so the texts themselves need not be kept.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::{PoisonError, RwLock};

use hashbrown::{DefaultHashBuilder, HashMap};

use super::arn;
use super::conditions::{Demands, Spares};
use super::document::{self, Document, Principals, Statement, Variables};
use super::lenient::{Many, Text};
use crate::model::intern::Sym;
use crate::model::policy::{ListId, StatementId, Trust};
use crate::model::world::World;

/// A document without statements is none: to take it for one that grants nothing would be a guess.
const NO_STATEMENT: &str = "a policy document in it has no `Statement`";

/// Statements of which the text was seen before.
///
/// Records are parsed while earlier ones are taken. A text that is looked up too early is read once more, and then found by its
/// hash: which of both happens changes nothing of the world.
#[derive(Debug, Default)]
pub struct Cache {
    known: RwLock<HashMap<u128, (StatementId, Option<Sym>)>>,
    one: DefaultHashBuilder,
    two: DefaultHashBuilder,
}

/// A statement of a policy: seen before, or read.
#[derive(Debug)]
pub enum Found<'a> {
    /// Its text was seen before.
    Seen(StatementId, Option<Sym>),
    /// Its text is new, under this hash.
    Fresh(u128, Box<Statement<'a>>),
}

/// The text of a policy, ready for the world.
#[derive(Debug)]
pub enum Policy<'a> {
    /// Statements.
    Statements(Vec<Found<'a>>),
    /// A whole document that stood as text; it was read once, so it can be read again.
    Text(String),
}

impl Cache {
    /// What is known of a text, by its hash.
    fn seen(&self, hash: u128) -> Option<(StatementId, Option<Sym>)> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&hash).copied()
    }

    fn hash(&self, text: &str, literal: bool) -> u128 {
        let mut second = self.two.build_hasher();
        second.write(text.as_bytes());
        second.write_u8(if literal { 2 } else { 1 });
        (u128::from(self.one.hash_one(text)) << 64) | u128::from(second.finish())
    }

    /// Looks a document's statements up, and reads those that are new.
    ///
    /// # Errors
    /// When one of them is not a statement.
    pub fn find<'a>(&self, document: Document<'a>) -> Result<Policy<'a>, String> {
        match document {
            Document::Object(None, _) => Err(NO_STATEMENT.to_owned()),
            Document::Object(Some(text), variables) => self.find_text(text, variables).map(Policy::Statements),
            Document::Text(text) => {
                let (statements, variables) = document::statement_text(&text)?;
                self.find_text(statements.ok_or(NO_STATEMENT)?, variables)?;
                Ok(Policy::Text(text))
            }
        }
    }

    fn find_text<'a>(&self, text: &'a str, variables: Variables) -> Result<Vec<Found<'a>>, String> {
        split(text)?
            .into_iter()
            .map(|text| {
                let literal = variables == Variables::Literal && text.contains("${");
                let hash = self.hash(text, literal);
                if let Some((id, name)) = self.seen(hash) {
                    return Ok(Found::Seen(id, name));
                }
                let mut read = document::granting(text)?;
                if literal {
                    document::escape(&mut read);
                }
                Ok(Found::Fresh(hash, Box::new(read)))
            })
            .collect()
    }

    /// The statements of a policy, each with its own name.
    pub fn statements(&self, world: &mut World, policy: Policy<'_>) -> Vec<(StatementId, Option<Sym>)> {
        match policy {
            Policy::Statements(statements) => statements.into_iter().map(|found| self.known(world, found)).collect(),
            Policy::Text(text) => {
                let Ok((Some(statements), variables)) = document::statement_text(&text) else { return Vec::new() };
                let found = self.find_text(statements, variables).unwrap_or_default();
                self.statements(world, Policy::Statements(found))
            }
        }
    }

    fn known(&self, world: &mut World, found: Found<'_>) -> (StatementId, Option<Sym>) {
        match found {
            Found::Seen(id, name) => (id, name),
            Found::Fresh(hash, statement) => self.keep(world, hash, &statement),
        }
    }

    /// Adds a policy's statements to the world.
    pub fn add(&self, world: &mut World, row: u32, policy: Policy<'_>) {
        match policy {
            Policy::Statements(statements) => {
                for found in statements {
                    let (id, name) = self.known(world, found);
                    world.statements.add(row, id, name);
                }
            }
            Policy::Text(text) => {
                let Ok((Some(statements), variables)) = document::statement_text(&text) else { return };
                if let Ok(found) = self.find_text(statements, variables) {
                    self.add(world, row, Policy::Statements(found));
                }
            }
        }
    }

    fn keep(&self, world: &mut World, hash: u128, statement: &Statement<'_>) -> (StatementId, Option<Sym>) {
        // The same text may stand twice in what was read before the first of them was taken.
        if let Some(known) = self.seen(hash) {
            return known;
        }
        let (actions, inverted_actions) = either(world, statement.action.as_ref(), statement.not_action.as_ref());
        let (resources, inverted_resources) =
            either(world, statement.resource.as_ref(), statement.not_resource.as_ref());
        let kept = crate::model::policy::Statement {
            allow: statement.effect.as_deref() == Some("Allow"),
            actions,
            inverted_actions,
            resources,
            inverted_resources,
            conditions: list(world, &statement.condition.keys),
            condition_digest: statement.condition.digest.as_deref().map(|digest| world.strings.intern(digest)),
        };
        let id = world.statements.statement(kept);
        let name = statement.sid.as_deref().filter(|sid| !sid.is_empty()).map(|sid| world.strings.intern(sid));
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(hash, (id, name));
        (id, name)
    }
}

fn split(text: &str) -> Result<Vec<&str>, String> {
    document::statements(text).ok_or_else(|| "a policy document in it has something else than statements".to_owned())
}

fn list(world: &mut World, texts: &[Text<'_>]) -> ListId {
    let members: Vec<Sym> = texts.iter().map(|text| world.strings.intern(text)).collect();
    world.statements.list(&members)
}

/// The list, and true if it is the one of exceptions.
fn either(world: &mut World, plain: Option<&Many<Text<'_>>>, exceptions: Option<&Many<Text<'_>>>) -> (ListId, bool) {
    match (plain, exceptions) {
        (None, Some(exceptions)) => (list(world, exceptions), true),
        (plain, _) => (list(world, plain.map_or(&[], |plain| plain)), false),
    }
}

/// The text of a trust policy, ready for the world.
#[derive(Debug)]
pub enum TrustPolicy<'a> {
    /// Statements.
    Statements(Vec<Statement<'a>>),
    /// A whole document that stood as text; it was read once, so it can be read again.
    Text(String),
}

/// Reads the statements of a trust policy.
///
/// # Errors
/// When one of them is not a statement.
pub fn trust(document: Document<'_>) -> Result<TrustPolicy<'_>, String> {
    match document {
        Document::Object(None, _) => Err(NO_STATEMENT.to_owned()),
        Document::Object(Some(text), _) => trust_text(text).map(TrustPolicy::Statements),
        Document::Text(text) => {
            trust_text(document::statement_text(&text)?.0.ok_or(NO_STATEMENT)?)?;
            Ok(TrustPolicy::Text(text))
        }
    }
}

fn trust_text(text: &str) -> Result<Vec<Statement<'_>>, String> {
    split(text)?.into_iter().map(document::trusting).collect()
}

/// Adds what a trust policy says to an identity.
pub fn add_trust(world: &mut World, identity: u32, policy: &TrustPolicy<'_>) {
    match policy {
        TrustPolicy::Statements(statements) => {
            for (at, statement) in statements.iter().enumerate() {
                add_statement(world, identity, u32::try_from(at).unwrap_or(u32::MAX), statement);
            }
        }
        TrustPolicy::Text(text) => {
            let Ok((Some(statements), _)) = document::statement_text(text) else { return };
            if let Ok(statements) = trust_text(statements) {
                add_trust(world, identity, &TrustPolicy::Statements(statements));
            }
        }
    }
}

fn add_statement(world: &mut World, identity: u32, at: u32, statement: &Statement<'_>) {
    let (actions, inverted_actions) = either(world, statement.action.as_ref(), statement.not_action.as_ref());
    let allow = statement.effect.as_deref() == Some("Allow");
    let nothing = Demands::default();
    let demands = match (&statement.condition.spares, allow) {
        (_, true) => &statement.condition.demands,
        (Spares::Only(demands), false) => demands,
        (Spares::Anything | Spares::Perhaps, false) => &nothing,
    };
    let unsure = !allow && matches!(statement.condition.spares, Spares::Perhaps);
    let bound = (!unsure).then(|| list(world, &demands.keys));
    let plain = list(world, &statement.condition.plain);
    let subjects = list(world, &demands.subjects);
    let audiences = list(world, &demands.audiences);
    let claims = list(world, &demands.claims());
    let accounts = list(world, &demands.accounts);
    let conditions = list(world, &statement.condition.keys);
    let condition_digest = statement.condition.digest.as_deref().map(|digest| world.strings.intern(digest));
    let mut add = |principals: &Principals<'_>, inverted: bool| {
        for (key, names) in &principals.0 {
            for name in names.iter() {
                let trust = Trust {
                    principal: world.strings.intern(name),
                    kind: arn::principal_kind(key, name),
                    allow,
                    inverted,
                    actions,
                    inverted_actions,
                    conditions,
                    condition_digest,
                    plain,
                    bound,
                    subjects,
                    any_case: demands.any_case,
                    audiences,
                    claims,
                    accounts,
                    statement: at,
                };
                world.statements.add_trust(identity, trust);
            }
        }
    };
    if let Some(principals) = &statement.principal {
        add(principals, false);
    }
    if let Some(principals) = &statement.not_principal {
        add(principals, true);
    }
}
