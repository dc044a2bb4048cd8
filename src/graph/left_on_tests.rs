//! What a boundary and denies leave of grants on known resources, on worlds of one identity.

use super::given::Sure;
use super::tests::Builder;
use super::{Estate, Graph, Levels};
use crate::model::facts::{GrantLevel, group, identity, resource};
use crate::model::policy::{Statement, StatementId};
use crate::model::{Row, Scalar, Slots as _, Subject};

const WHO: &str = "arn:aws:iam::111111111111:user/ann";
const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111111111111:table/t";

fn levels() -> Levels {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Levels {
        permissions: list(&["s3:PutBucketPolicy"]),
        read_verbs: list(&["Get", "List", "Describe", "Query", "BatchGet"]),
        ..Levels::default()
    }
}

/// One statement: `+` allows, `-` denies, and `?` after it is under a condition; then actions, ` on `, and resources. `!`
/// before either stands for all but them.
fn policy(builder: &mut Builder, name: &str, statements: &[&str]) -> u32 {
    let policy = builder.policy(name, &[]);
    for text in statements {
        let (head, resources) = text.split_once(" on ").unwrap();
        let (allow, head) = (head.starts_with('+'), head.get(1..).unwrap());
        let (conditional, actions) = head.strip_prefix('?').map_or((false, head), |rest| (true, rest));
        let (inverted_actions, actions) = actions.strip_prefix('!').map_or((false, actions), |rest| (true, rest));
        let (inverted_resources, resources) =
            resources.strip_prefix('!').map_or((false, resources), |rest| (true, rest));
        let strings = &mut builder.world.strings;
        let mut list = |text: &str| text.split(' ').map(|one| strings.intern(one)).collect::<Vec<_>>();
        let (actions, resources) = (list(actions), list(resources));
        let conditions = if conditional { list("aws:SourceIp") } else { Vec::new() };
        let all = &mut builder.world.statements;
        let statement = Statement {
            allow,
            actions: all.list(&actions),
            inverted_actions,
            resources: all.list(&resources),
            inverted_resources,
            conditions: all.list(&conditions),
            condition_digest: None,
        };
        let id: StatementId = all.statement(statement);
        all.add(policy, id, None);
    }
    policy
}

/// How an identity with these statements, and under this boundary, reaches a resource: as rights tell it, as the list of
/// what it reaches tells it.
fn reached(own: &[&str], boundary: &[&str], pattern: &str) -> (Option<(Sure, GrantLevel)>, Option<bool>) {
    let mut builder = Builder::new();
    let who = builder.identity(WHO);
    let held = policy(&mut builder, "held", own);
    builder.world.push(identity::POLICIES, who, held);
    if !boundary.is_empty() {
        let boundary = policy(&mut builder, "boundary", boundary);
        builder.bound(who, i64::from(boundary));
    }
    let (row, _) = builder.world.upsert(Subject::Resource, pattern);
    builder.world.set_text(resource::PATTERN, row, pattern, builder.record);
    builder.world.set_text(resource::SCOPE, row, "aws:111111111111", builder.record);
    told(builder, who, row)
}

fn told(mut builder: Builder, who: u32, resource: u32) -> (Option<(Sure, GrantLevel)>, Option<bool>) {
    builder.world.seal();
    let graph = Graph::build(&mut builder.world, &levels(), &[], &[]);
    let estate = Estate { world: &builder.world, graph: &graph };
    let me = Row::new(Subject::Identity, who);
    let mut best: Option<(Sure, u8)> = None;
    estate.list(me, identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(grant) = member.value else { return true };
        let given = estate.given(grant).get(&resource).map(|given| (given.sure, given.level));
        best = best.max(given);
        true
    });
    let mut listed = None;
    estate.list(me, identity::REACHED.id, &mut |member| {
        if member.value == Scalar::Ref(Row::new(Subject::Resource, resource)) {
            listed = Some(member.certain);
        }
        true
    });
    let levels = [GrantLevel::Read, GrantLevel::Write, GrantLevel::Admin, GrantLevel::Permissions];
    let level = |code: u8| *levels.iter().find(|level| **level as u8 == code).unwrap();
    (best.map(|(sure, code)| (sure, level(code))), listed)
}

/// `(own statements, boundary, resource, how it is reached)`; of a right that is not sure, the level is not asked.
type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a str, &'a str);

fn all_are(cases: &[Case<'_>]) {
    for (own, boundary, pattern, want) in cases {
        let (given, listed) = reached(own, boundary, pattern);
        let told = match given {
            None => "no",
            Some((Sure::Whole, GrantLevel::Read)) => "reads",
            Some((Sure::Whole, GrantLevel::Write)) => "writes",
            Some((Sure::Whole, GrantLevel::Admin)) => "administers",
            Some((Sure::Whole, GrantLevel::Permissions)) => "controls",
            Some(_) => "perhaps",
        };
        assert_eq!(told, *want, "{own:?} within {boundary:?} on {pattern}");
        let listed_as = match listed {
            None => "no",
            Some(false) => "perhaps",
            Some(true) => told,
        };
        assert_eq!(listed_as, told, "the list, {own:?} within {boundary:?} on {pattern}");
    }
}

#[test]
fn a_boundary_that_takes_nothing_away_leaves_a_resource_certain() {
    let own = "+dynamodb:GetItem dynamodb:UpdateItem on arn:aws:dynamodb:eu-west-1:111111111111:table/t";
    let all =
        "+dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on arn:aws:dynamodb:eu-west-1:111111111111:table/*";
    all_are(&[
        (&[own], &[], TABLE, "writes"),
        (&[own], &[all], TABLE, "writes"),
        (&[own], &["+* on *"], TABLE, "writes"),
        (&[own], &["+!iam:* on *"], TABLE, "writes"),
        (&[own], &["+dynamodb:* on !arn:aws:dynamodb:eu-west-1:111111111111:table/other"], TABLE, "writes"),
        (&[own], &["+dynamodb:* on *", "-iam:* on *"], TABLE, "writes"),
        // Two statements are one boundary.
        (&[own], &["+dynamodb:Get* on *", "+dynamodb:Update* on *:table/t"], TABLE, "writes"),
        // The level that is told is one that the boundary leaves.
        (&[own], &["+dynamodb:GetItem on arn:aws:dynamodb:*:*:table/*"], TABLE, "reads"),
        (&[own], &["+dynamodb:GetItem on *", "+?dynamodb:UpdateItem on *"], TABLE, "reads"),
        (&["+dynamodb:* on *"], &["+dynamodb:Query on *:table/t"], TABLE, "reads"),
        (&["+* on *"], &["+dynamodb:Query on *"], TABLE, "reads"),
        (&["+dynamodb:* on *"], &["+dynamodb:* on *"], TABLE, "administers"),
        (&["+!iam:* on *"], &["+dynamodb:* on *:table/*"], TABLE, "administers"),
        (&["+s3:Get* on arn:aws:s3:::b*"], &["+s3:* on arn:aws:s3:::b*"], "arn:aws:s3:::b", "reads"),
        (&["+s3:GetObject on arn:aws:s3:::b*"], &["+s3:GetObject on arn:aws:s3:::b/*"], "arn:aws:s3:::b", "reads"),
        (&["+s3:GetObject on arn:aws:s3:::b/x/*"], &["+s3:GetObject on arn:aws:s3:::b/*"], "arn:aws:s3:::b", "reads"),
    ]);
}

#[test]
fn a_boundary_that_allows_nothing_there_leaves_nothing_there() {
    let own = "+dynamodb:GetItem s3:PutObject on *";
    all_are(&[
        (&[own], &["+s3:* on *"], TABLE, "no"),
        (&[own], &["+dynamodb:* on arn:aws:dynamodb:eu-west-1:111111111111:table/other"], TABLE, "no"),
        (&[own], &["+dynamodb:UpdateItem on *", "+s3:PutObject on *"], TABLE, "no"),
        (&[own], &["+!dynamodb:Get* on *"], TABLE, "no"),
        (&[own], &["+* on !*:table/t*"], TABLE, "no"),
        (&["+dynamodb:GetItem on *:table/t"], &["+* on !*:table/t"], TABLE, "no"),
        (&["+!s3:* on *"], &["+s3:* on *"], TABLE, "no"),
    ]);
}

#[test]
fn a_boundary_that_allows_a_part_leaves_a_resource_open() {
    let own = "+dynamodb:GetItem on *:table/*";
    all_are(&[
        (&[own], &["+?dynamodb:GetItem on *"], TABLE, "perhaps"),
        (&["+dynamodb:Describe* on *"], &["+dynamodb:*Limits on *"], TABLE, "perhaps"),
        // A well-known action is in both.
        (&["+dynamodb:Get* on *"], &["+dynamodb:*Item on *"], TABLE, "reads"),
        (&[own], &["+dynamodb:GetItem on *:table/t/*"], TABLE, "perhaps"),
        (&[own], &["+dynamodb:GetItem on *:table/${aws:PrincipalTag/team}"], TABLE, "perhaps"),
        (&[own], &["+dynamodb:GetItem on !*:table/${aws:PrincipalTag/team}"], TABLE, "perhaps"),
        (&["+s3:GetObject on arn:aws:s3:::b*"], &["+s3:GetObject on arn:aws:s3:::b"], "arn:aws:s3:::b", "perhaps"),
        (&["+s3:GetObject on *"], &["+s3:GetObject on arn:aws:s3:::b/x/*"], "arn:aws:s3:::b", "perhaps"),
        (&["+s3:GetObject on *"], &["+s3:GetObject on arn:aws:s3:::b1"], "arn:aws:s3:::b?", "perhaps"),
    ]);
}

#[test]
fn a_deny_of_all_that_is_granted_on_a_resource_takes_it_away() {
    let (bucket, both) = ("arn:aws:s3:::b", "arn:aws:s3:::b arn:aws:s3:::b/*");
    let own = "+s3:GetObject s3:ListBucket on arn:aws:s3:::b arn:aws:s3:::b/*";
    let denied = format!("-s3:* on {both}");
    all_are(&[
        (&[own, &denied], &[], bucket, "no"),
        (&[own, &denied], &[], "arn:aws:s3:::b/*", "no"),
        (&["+s3:* on *", &denied], &[], bucket, "no"),
        (&["+s3:Get* on arn:aws:s3:::*", &denied], &[], bucket, "no"),
        (&[own, "-s3:* on arn:aws:s3:::b*"], &[], bucket, "no"),
        (&[own, "-!iam:* on arn:aws:s3:::b*"], &[], bucket, "no"),
        (&[own, "-* on !arn:aws:s3:::other arn:aws:s3:::other/*"], &[], bucket, "no"),
        // Each by another.
        (&[own, "-s3:GetObject on *:b*", "-s3:List* on *:b*"], &[], bucket, "no"),
        (&[own, "-s3:* on arn:aws:s3:::b", "-s3:* on arn:aws:s3:::b/*"], &[], bucket, "no"),
        // A deny of the boundary is one too.
        (&[own], &["+* on *", &denied], bucket, "no"),
        // What denies speak of is gone, and what they do not is as it was.
        (&[own, &denied], &[], "arn:aws:s3:::c", "no"),
        (&["+s3:GetObject on *", &denied], &[], "arn:aws:s3:::c", "reads"),
        (&["+* on *", "-iam:* on *"], &[], bucket, "administers"),
    ]);
}

#[test]
fn a_deny_of_a_part_takes_nothing_away_for_certain() {
    let bucket = "arn:aws:s3:::b";
    let own = "+s3:GetObject s3:PutObject on arn:aws:s3:::b/*";
    all_are(&[
        // Under a condition, on some of the objects, on what a variable names, in other letters.
        (&[own, "-?s3:* on arn:aws:s3:::b*"], &[], bucket, "perhaps"),
        (&[own, "-s3:* on arn:aws:s3:::b/secret/*"], &[], bucket, "perhaps"),
        (&[own, "-s3:* on arn:aws:s3:::${aws:PrincipalTag/team}/*"], &[], bucket, "perhaps"),
        (&[own, "-s3:* on !arn:aws:s3:::${aws:PrincipalTag/team}/*"], &[], bucket, "perhaps"),
        (&[own, "-s3:* on arn:aws:s3:::B/*"], &[], bucket, "perhaps"),
        (&[own, "-s3:* on arn:aws:s3:::?/x*"], &[], bucket, "perhaps"),
        (&["+s3:* on *", "-s3:* on arn:aws:s3:::b"], &[], "arn:aws:s3:::b*", "perhaps"),
        (&["+s3:* on *", "-s3:* on arn:aws:s3:::ab*"], &[], "arn:aws:s3:::?b", "perhaps"),
        // A bucket without its objects.
        (&["+s3:* on *", "-s3:* on arn:aws:s3:::ab"], &[], "arn:aws:s3:::?b", "writes"),
        (&["+s3:* on *", "-s3:* on arn:aws:s3:::b"], &[], bucket, "writes"),
        (&["+s3:* on *", "-s3:* on arn:aws:s3:::b/*"], &[], bucket, "controls"),
        // All but what is granted, or all on all else.
        (&[own, "-!s3:GetObject on arn:aws:s3:::b/*"], &[], bucket, "reads"),
        (&[own, "-* on !arn:aws:s3:::b/*"], &[], bucket, "writes"),
        // Some actions: what is told is what is left.
        (&[own, "-s3:PutObject on arn:aws:s3:::b/*"], &[], bucket, "reads"),
        (&[own, "-s3:Put* on *"], &[], bucket, "reads"),
        (&["+s3:* on *", "-s3:Put* s3:Delete* on arn:aws:s3:::b*"], &[], bucket, "reads"),
        (&["+s3:Get* on *", "-s3:GetObject on arn:aws:s3:::b/*"], &[], bucket, "reads"),
        (&["+dynamodb:* on *", "-dynamodb:DeleteTable on *:table/t"], &[], TABLE, "writes"),
        // Rights of one statement do not hide those of another.
        (&["+s3:PutObject on *", "+s3:GetObject on *", "-s3:Put* on *:b*"], &[], bucket, "reads"),
    ]);
}

#[test]
fn a_deny_of_a_group_is_one_of_its_members() {
    let mut builder = Builder::new();
    let who = builder.identity(WHO);
    let held = policy(&mut builder, "held", &["+dynamodb:GetItem on *"]);
    builder.world.push(identity::POLICIES, who, held);
    let (team, _) = builder.world.upsert(Subject::Group, "aws:111111111111:group:g");
    builder.world.mark_listed(Subject::Group, team, builder.record);
    let denied = policy(&mut builder, "denied", &["-dynamodb:* on *:table/t*"]);
    builder.world.push(group::POLICIES, team, denied);
    builder.world.push(identity::GROUPS, who, team);
    let (row, _) = builder.world.upsert(Subject::Resource, TABLE);
    builder.world.set_text(resource::PATTERN, row, TABLE, builder.record);
    builder.world.set_text(resource::SCOPE, row, "aws:111111111111", builder.record);
    assert_eq!(told(builder, who, row), (None, None));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1500))]

    /// A pattern of a deny or of a boundary against a resource: what a name shows to be left is not said to be gone, and
    /// what it shows to be taken away is not said to be certain.
    #[test]
    fn no_name_contradicts(
        granted in "[ab*?]{1,4}", limit in "[ab*?]{1,4}", known in "[ab*?]{1,4}", name in "[ab]{1,4}",
    ) {
        let arn = |name: &str| format!("arn:aws:sqs:eu-west-1:111111111111:{name}");
        let is = |pattern: &str| super::pattern::matches(pattern, &name);
        if !is(&granted) || !is(&known) {
            return Ok(());
        }
        let own = format!("+sqs:SendMessage on {}", arn(&granted));
        let (denied, _) = reached(&[&own, &format!("-sqs:* on {}", arn(&limit))], &[], &arn(&known));
        let (bounded, _) = reached(&[&own], &[&format!("+sqs:* on {}", arn(&limit))], &arn(&known));
        let certain = |given: Option<(Sure, GrantLevel)>| given.is_some_and(|(sure, _)| sure == Sure::Whole);
        if is(&limit) {
            proptest::prop_assert!(!certain(denied));
            proptest::prop_assert!(bounded.is_some());
        } else {
            proptest::prop_assert!(denied.is_some());
        }
    }
}
