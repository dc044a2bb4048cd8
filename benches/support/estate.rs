//! An invented estate of any size, written as the AWS command line prints it. The same size gives the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};

/// A small generator of numbers: `SplitMix64`, so that no crate's change moves the bytes.
pub struct Dice(u64);

impl Dice {
    /// A generator from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

const ACTIONS: [(&str, &str); 9] = [
    ("\"s3:GetObject\",\n                                \"s3:ListBucket\"", "arn:aws:s3:::{team}-data-{n}/*"),
    ("\"logs:CreateLogStream\",\n                                \"logs:PutLogEvents\"", "arn:aws:logs:*:{account}:*"),
    (
        "\"dynamodb:GetItem\",\n                                \"dynamodb:PutItem\"",
        "arn:aws:dynamodb:eu-west-1:{account}:table/{team}-{n}",
    ),
    ("\"kms:Decrypt\"", "arn:aws:kms:eu-west-1:{account}:key/{team}-{n}"),
    ("\"ec2:Describe*\"", "*"),
    ("\"bedrock:InvokeModel\"", "*"),
    ("\"secretsmanager:GetSecretValue\"", "arn:aws:secretsmanager:eu-west-1:{account}:secret:{team}/*"),
    ("\"sqs:SendMessage\"", "arn:aws:sqs:eu-west-1:{account}:{team}-{n}"),
    ("\"s3:*\"", "*"),
];

const TEAMS: [&str; 8] = ["payments", "search", "risk", "data", "support", "billing", "genai", "edge"];

/// Writes the authorization details of `principals` roles and a tenth as many users.
pub fn write_details(principals: u64, out: &mut impl Write) -> io::Result<()> {
    let mut dice = Dice::new(7);
    let accounts = (principals / 2000).max(1);
    let account = |i: u64| 100_000_000_000 + (i * accounts / principals.max(1)) * 7919;
    let users = principals / 10;
    writeln!(out, "{{\n    \"UserDetailList\": [")?;
    for i in 0..users {
        let (team, account) = (TEAMS[(i % 8) as usize], account(i * 10));
        let comma = if i + 1 < users { "," } else { "" };
        writeln!(
            out,
            "        {{\n            \"Path\": \"/\",\n            \"UserName\": \"{team}-{i}\",\n            \"UserId\": \"AIDA{i:016}\",\n            \"Arn\": \"arn:aws:iam::{account}:user/{team}-{i}\",\n            \"CreateDate\": \"2024-03-0{}T10:00:00+00:00\",\n            \"GroupList\": [],\n            \"AttachedManagedPolicies\": [],\n            \"Tags\": []\n        }}{comma}",
            1 + dice.below(9)
        )?;
    }
    writeln!(out, "    ],\n    \"GroupDetailList\": [],\n    \"RoleDetailList\": [")?;
    for i in 0..principals {
        let comma = if i + 1 < principals { "," } else { "" };
        writeln!(out, "        {}{comma}", role(i, account(i), &mut dice))?;
    }
    writeln!(out, "    ],\n    \"Policies\": []\n}}")
}

fn role(i: u64, account: u64, dice: &mut Dice) -> String {
    let team = TEAMS[dice.below(8) as usize];
    let mut statements = String::new();
    for n in 0..=dice.below(4) {
        let (actions, resource) = ACTIONS[dice.below(9) as usize];
        let resource = resource
            .replace("{team}", team)
            .replace("{account}", &account.to_string())
            .replace("{n}", &dice.below(300).to_string());
        let comma = if n == 0 { "" } else { ",\n" };
        let _ = write!(
            statements,
            "{comma}                        {{\n                            \"Sid\": \"S{n}\",\n                            \"Effect\": \"Allow\",\n                            \"Action\": [\n                                {actions}\n                            ],\n                            \"Resource\": \"{resource}\"\n                        }}"
        );
    }
    let principal = if i > 0 && dice.below(2) == 0 {
        let other = i - 1 - dice.below(i.min(40));
        format!(
            "{{\n                            \"AWS\": \"arn:aws:iam::{account}:role/{}\"\n                        }}",
            name(other)
        )
    } else {
        "{\n                            \"Service\": \"lambda.amazonaws.com\"\n                        }".to_owned()
    };
    format!(
        "{{\n            \"Path\": \"/\",\n            \"RoleName\": \"{name}\",\n            \"RoleId\": \"AROA{i:016}\",\n            \"Arn\": \"arn:aws:iam::{account}:role/{name}\",\n            \"CreateDate\": \"2024-05-0{day}T08:00:00+00:00\",\n            \"AssumeRolePolicyDocument\": {{\n                \"Version\": \"2012-10-17\",\n                \"Statement\": [\n                    {{\n                        \"Effect\": \"Allow\",\n                        \"Principal\": {principal},\n                        \"Action\": \"sts:AssumeRole\"\n                    }}\n                ]\n            }},\n            \"InstanceProfileList\": [],\n            \"RolePolicyList\": [\n                {{\n                    \"PolicyName\": \"{name}-inline\",\n                    \"PolicyDocument\": {{\n                        \"Version\": \"2012-10-17\",\n                        \"Statement\": [\n{statements}\n                        ]\n                    }}\n                }}\n            ],\n            \"AttachedManagedPolicies\": [],\n            \"Tags\": [\n                {{\n                    \"Key\": \"environment\",\n                    \"Value\": \"prod\"\n                }}\n            ],\n            \"RoleLastUsed\": {{\n                \"LastUsedDate\": \"2026-10-0{day}T08:00:00+00:00\",\n                \"Region\": \"eu-west-1\"\n            }}\n        }}",
        name = name(i),
        day = 1 + dice.below(9),
    )
}

fn name(i: u64) -> String {
    format!("{}-worker-{i}", TEAMS[(i % 8) as usize])
}
