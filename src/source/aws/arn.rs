//! Amazon resource names, and the ids that are made from them.

use std::fmt::Write as _;

use crate::model::facts::PrincipalKind;

/// The longest name that is read, in bytes: it is written again with each finding, and AWS has none of a tenth of that.
const LONGEST: usize = 64 << 10;

/// The parts of a name of IAM, such as `arn:aws:iam::111122223333:role/team/name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The account, or `aws` for what AWS itself provides.
    pub account: &'a str,
    /// `user`, `role`, `group`, `policy`, `root`, or another.
    pub kind: &'a str,
    /// The last part of the path.
    pub name: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads a name of IAM or STS; `None` if it is not one, is longer than any, or lacks its account.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let known = arn == "arn" && partition.starts_with("aws") && matches!(service, "iam" | "sts");
        if !known || !is_account(account) && account != "aws" || resource.is_empty() {
            return None;
        }
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, resource));
        let name = rest.rsplit('/').next().unwrap_or(rest);
        (!name.is_empty()).then_some(Self { account, kind, name })
    }

    /// Writes the id of the identity, group or policy of this name.
    pub fn id(self, arn: &str, out: &mut String) {
        out.clear();
        let _ = write!(out, "aws:{}:{}:{arn}", self.account, self.kind);
    }
}

/// The scope of what AWS provides to all accounts: of no account, and nothing can be exported from it.
pub const PROVIDED: &str = "aws:aws";

/// True for the twelve digits of an account.
#[must_use]
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name of a user, role or group with a placeholder for its account, in the account that a person says the file is of.
///
/// AWS itself provides policies only, under `aws` in place of an account; a user with such a name is somebody's, and the name
/// does not say whose. `None` where it does, or nobody said it.
#[must_use]
pub fn in_account(arn: &str, said: Option<&str>) -> Option<String> {
    let account = said?.strip_prefix("aws:").filter(|account| is_account(account))?;
    let named = Arn::parse(arn).filter(|named| named.account == "aws" && named.kind != "policy")?;
    let (before, after) = arn.split_once("::aws:")?;
    (matches!(named.kind, "user" | "role" | "group" | "root")).then(|| format!("{before}::{account}:{after}"))
}

/// The account of the first name of IAM in a text.
#[must_use]
pub fn first_account(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find(":iam::") {
        rest = rest.get(at + 6..)?;
        if let Some(account) = rest.get(..12)
            && is_account(account)
            && rest.as_bytes().get(12) == Some(&b':')
        {
            return Some(account);
        }
    }
    None
}

/// What the principal of a trust is, under its key (`AWS`, `Service`, `Federated`, …).
#[must_use]
pub fn principal_kind(key: &str, principal: &str) -> PrincipalKind {
    match key {
        _ if principal == "*" => PrincipalKind::Anyone,
        "Service" => PrincipalKind::Service,
        "Federated" => PrincipalKind::Federated,
        "AWS" if is_account(principal) => PrincipalKind::Account,
        "AWS" => match Arn::parse(principal) {
            Some(arn) if arn.kind == "root" => PrincipalKind::Account,
            Some(_) => PrincipalKind::Identity,
            None => PrincipalKind::Other,
        },
        _ => PrincipalKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts() {
        let arn = Arn::parse("arn:aws:iam::111122223333:role/team/x").unwrap();
        assert_eq!((arn.account, arn.kind, arn.name), ("111122223333", "role", "x"));
        assert_eq!(Arn::parse("arn:aws-cn:iam::111122223333:root").unwrap().kind, "root");
        for text in ["", "x", "arn:aws:iam:::role/x", "arn:aws:s3:::bucket", "arn:aws:iam::111122223333:role/"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
        assert_eq!(
            first_account(r#""arn:aws:iam::aws:policy/x" arn:aws:iam::111122223333:user"#),
            Some("111122223333")
        );
        assert_eq!(principal_kind("AWS", "arn:aws:iam::111122223333:root"), PrincipalKind::Account);
        assert_eq!(principal_kind("AWS", "AROAEXAMPLE"), PrincipalKind::Other);
    }
}
