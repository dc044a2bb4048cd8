//! Names of identities, groups and policies as the graph compares them: ARNs, scopes and accounts.

use crate::model::facts::identity;
use crate::model::{Row, Subject, Sym, World};

/// The ARN of an identity; empty where nobody said it.
#[must_use]
pub fn arn(world: &World, row: u32) -> &str {
    text(world, world.table(Subject::Identity).get(identity::KEY.id, row)).unwrap_or("")
}

/// The scope of an identity.
#[must_use]
pub fn scope(world: &World, row: u32) -> Sym {
    world.scope(Row::new(Subject::Identity, row))
}

/// The ARN in the stable id of a group or a policy, `aws:111122223333:policy:arn:aws:iam::…`; empty for one without.
#[must_use]
pub fn key(world: &World, subject: Subject, row: u32) -> &str {
    let id = world.table(subject).id(row).map_or("", |id| world.strings.text(id));
    id.find(":arn:").and_then(|at| id.get(at + 1..)).unwrap_or("")
}

/// The account in an ARN or its head.
#[must_use]
pub fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// A pattern with the variables that policies may have in it filled in, as `${aws:username}`; and whether all could be.
#[must_use]
pub fn filled(world: &World, row: u32, pattern: &str) -> (String, bool) {
    let (mut out, mut whole) = (String::with_capacity(pattern.len()), true);
    let mut rest = pattern;
    while let Some((before, variable)) = rest.split_once("${") {
        out.push_str(before);
        let (name, after) = variable.split_once('}').unwrap_or((variable, ""));
        let arn = arn(world, row);
        let value = match name {
            "$" => Some("$"),
            "aws:PrincipalAccount" => account_of(arn),
            "aws:username" if arn.contains(":user/") => arn.rsplit('/').next(),
            _ => None,
        };
        whole &= value.is_some();
        out.push_str(value.unwrap_or("*"));
        rest = after;
    }
    out.push_str(rest);
    (out, whole)
}

/// The text that a cell of text holds.
fn text(world: &World, cell: i64) -> Option<&str> {
    u32::try_from(cell).ok().map(|sym| world.strings.text(Sym(sym)))
}
