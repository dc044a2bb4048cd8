//! The records of AWS exports, as far as they are read. What is not named here is passed over unread.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::Document;
use super::lenient::{Many, Text};

/// An inline policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Inline<'a> {
    #[serde(borrow)]
    pub policy_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub policy_document: Option<Document<'a>>,
}

/// A policy attached to something.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attached<'a> {
    #[serde(borrow)]
    pub policy_arn: Option<Text<'a>>,
}

/// A permissions boundary.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Boundary<'a> {
    #[serde(borrow)]
    #[serde(rename = "PermissionsBoundaryArn")]
    pub arn: Option<Text<'a>>,
}

/// A tag.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag<'a> {
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
}

/// When a role was last used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed<'a> {
    #[serde(borrow)]
    pub last_used_date: Option<Text<'a>>,
}

/// A user, role or group of `get-account-authorization-details`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Principal<'a> {
    #[serde(borrow)]
    pub arn: Option<Text<'a>>,
    #[serde(borrow, alias = "RoleName", alias = "GroupName")]
    pub user_name: Option<Text<'a>>,
    #[serde(borrow, alias = "RoleId", alias = "GroupId")]
    pub user_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub create_date: Option<Text<'a>>,
    #[serde(borrow)]
    pub description: Option<Text<'a>>,
    pub max_session_duration: Option<i64>,
    #[serde(borrow)]
    pub group_list: Option<Many<Text<'a>>>,
    #[serde(borrow)]
    pub attached_managed_policies: Option<Many<Attached<'a>>>,
    #[serde(borrow, alias = "RolePolicyList", alias = "GroupPolicyList")]
    pub user_policy_list: Option<Many<Inline<'a>>>,
    #[serde(borrow)]
    pub permissions_boundary: Option<Boundary<'a>>,
    #[serde(borrow)]
    pub tags: Option<Many<Tag<'a>>>,
    #[serde(borrow)]
    pub assume_role_policy_document: Option<Document<'a>>,
    #[serde(borrow)]
    pub role_last_used: Option<RoleLastUsed<'a>>,
}

/// One version of a managed policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Version<'a> {
    #[serde(borrow)]
    #[serde(rename = "VersionId")]
    pub id: Option<Text<'a>>,
    #[serde(default)]
    #[serde(rename = "IsDefaultVersion")]
    pub in_force: bool,
    #[serde(borrow)]
    pub create_date: Option<Text<'a>>,
    #[serde(borrow)]
    pub document: Option<&'a RawValue>,
}

/// A managed policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Managed<'a> {
    #[serde(borrow)]
    pub arn: Option<Text<'a>>,
    #[serde(borrow)]
    pub policy_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub default_version_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub create_date: Option<Text<'a>>,
    #[serde(borrow)]
    pub update_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub attachment_count: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub permissions_boundary_usage_count: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub policy_version_list: Many<Version<'a>>,
}

impl<'a> Managed<'a> {
    /// To how many users, groups and roles it is attached, if the account says a number.
    #[must_use]
    pub fn attached(&self) -> Option<i64> {
        number(self.attachment_count)
    }

    /// Of how many users and roles it is the boundary, if the account says a number.
    #[must_use]
    pub fn bounding(&self) -> Option<i64> {
        number(self.permissions_boundary_usage_count)
    }

    /// The version that is in force.
    #[must_use]
    pub fn current(&self) -> Option<&Version<'a>> {
        let named = self.default_version_id.as_deref();
        self.policy_version_list
            .iter()
            .find(|version| version.in_force)
            .or_else(|| self.policy_version_list.iter().find(|version| version.id.as_deref() == named))
    }
}

fn number(count: Option<&RawValue>) -> Option<i64> {
    count?.get().parse().ok().filter(|count| *count >= 0)
}

/// An access key of `list-access-keys`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListedKey<'a> {
    #[serde(borrow)]
    pub user_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub access_key_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub status: Option<Text<'a>>,
    #[serde(borrow)]
    pub create_date: Option<Text<'a>>,
}

/// The answer of `get-access-key-last-used`. AWS names no key in it; who adds one is understood.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyUse<'a> {
    #[serde(borrow)]
    pub user_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub access_key_id: Option<Text<'a>>,
    #[serde(borrow)]
    #[serde(rename = "AccessKeyLastUsed")]
    pub last_used: Option<RoleLastUsed<'a>>,
}

/// The JSON answer of `get-credential-report`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report<'a> {
    #[serde(borrow)]
    pub content: Option<Text<'a>>,
    #[serde(borrow)]
    pub generated_time: Option<Text<'a>>,
}
