//! A small account of AWS: its authorization details and its credential report, as its own commands write them.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The account.
pub const ACCOUNT: &str = "111122223333";
/// The first row of a credential report.
const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// A user of authorization details, whose ARN has `account`.
pub fn user(account: &str, name: &str) -> Value {
    json!({
        "Path": "/", "UserName": name, "UserId": name, "Arn": format!("arn:aws:iam::{account}:user/{name}"),
        "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
    })
}

/// A role that trusts `principal`, and may do `action` on everything.
pub fn role(name: &str, principal: &Value, action: &str) -> Value {
    let allow = |extra: Value| {
        let mut statement = json!({ "Effect": "Allow" });
        statement.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "Version": "2012-10-17", "Statement": [statement] })
    };
    json!({
        "Path": "/", "RoleName": name, "RoleId": name, "Arn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        "CreateDate": "2026-01-01T00:00:00Z", "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": [],
        "AssumeRolePolicyDocument": allow(json!({ "Principal": principal, "Action": "sts:AssumeRole" })),
        "RolePolicyList": [{ "PolicyName": "own", "PolicyDocument": allow(json!({ "Action": action, "Resource": "*" })) }],
    })
}

/// The row of a user with one access key, made with it and not used since.
pub fn row(name: &str, made: &str) -> String {
    format!(
        "{name},arn:aws:iam::{ACCOUNT}:user/{name},{made},false,N/A,N/A,N/A,false,true,{made},N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    )
}

/// The row of the root, with a key that was used.
pub fn root_row() -> String {
    format!(
        "<root_account>,arn:aws:iam::{ACCOUNT}:root,2024-01-01T00:00:00+00:00,not_supported,2026-10-01T00:00:00+00:00,not_supported,not_supported,true,true,2025-01-01T00:00:00+00:00,2026-10-01T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    )
}

/// A folder with these users and roles in authorization details, and these rows in a report of `2026-10-31`.
pub fn folder(users: &[Value], roles: &[Value], rows: &[String]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let details = json!({
        "UserDetailList": users, "GroupDetailList": [], "RoleDetailList": roles, "Policies": [], "IsTruncated": false,
    });
    put(folder.path(), "details.json", &details.to_string());
    if !rows.is_empty() {
        report(folder.path(), "2026-10-31T06:00:00+00:00", rows);
    }
    folder
}

/// Puts a credential report into a folder.
pub fn report(folder: &Path, made: &str, rows: &[String]) {
    let content = format!("{COLUMNS}\n{}", rows.join("\n"));
    let report = json!({ "Content": content, "GeneratedTime": made, "ReportFormat": "text/csv" });
    put(folder, "report.json", &report.to_string());
}

/// Puts a file into a folder, with the folders in between.
pub fn put(folder: &Path, name: &str, text: &str) {
    let to = folder.join(name);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, text).unwrap();
}
