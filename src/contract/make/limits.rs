//! What no verdict takes into account, said once.

use crate::contract::v1::Limit;

/// The limits of this version.
pub(super) fn limits() -> Vec<Limit> {
    let limit = |code: &str, text: &str| Limit { code: code.to_owned(), text: text.to_owned() };
    vec![
        limit(
            "aws-organisation-policies",
            "Service control policies and resource control policies of an AWS organisation are not read. They can only take rights away, so an identity may be able to do less than is shown.",
        ),
        limit(
            "aws-session-policies",
            "Session policies, given when a role is assumed, are not in any export. A session may be able to do less than its role.",
        ),
        limit(
            "aws-resource-policies",
            "Policies on resources (of buckets, keys, queues, secrets) are not read, except the trust policies of roles. They can give rights that are not shown here, and a right on what is in another account works only where they let it: it is taken for possible.",
        ),
        limit(
            "aws-conditions",
            "Conditions are not evaluated. A grant or a trust with a condition counts as conditional, whatever the condition says; of trusts only, it is seen which keys must have a named value, and of which accounts a caller must be. Which accounts an organisation's id stands for is not known.",
        ),
        limit(
            "aws-narrowing-denies",
            "A deny on every resource, or on every one that an action acts on, takes it away; with a condition, or where it spares some resources, it leaves open whether what it denies holds. What a deny that names single resources, or a boundary, leaves is followed for known resources and for steps to another identity: what is denied, or not allowed, on all that a grant names of one is not reached, and what is touched is not certain. Of resources that nobody lists that is not told: there a grant keeps its level, though a deny that names some of them takes a part of it. Patterns that cover a resource only together are each taken for a part of it.",
        ),
        limit(
            "aws-variables",
            "A variable in the name of a resource is filled in where the export says its value (${aws:username} of a user, ${aws:PrincipalAccount}), and in a policy of the old version it is no variable. Any other may stand for any text: what it alone leads to is taken for possible.",
        ),
        limit(
            "aws-rewriting",
            "Rights to rewrite the trust of a named role, or to make a key or a password for a named user, are followed as possible steps: they keep a check from passing where the other is, or can become, an administrator, and do not fail it.",
        ),
        limit(
            "aws-kinds-of-resources",
            "Which kind of resource an action acts on is known for the listed actions of IAM, STS, Secrets Manager and Parameter Store. Where one statement lists several of them and several kinds, a grant of all of one kind may be laid to another action of the statement.",
        ),
        limit(
            "aws-wildcard-accounts",
            "A right to take on roles by a wildcard is followed into the accounts that were loaded, or that the profile names as own. Whether a role of any other account trusts this one is not looked for, unless the right names that account.",
        ),
        limit(
            "aws-not-action",
            "A statement with NotAction or NotResource is taken for the wildcard that it nearly is, and marked as inverted.",
        ),
        limit(
            "aws-provided-policies",
            "AWS gives all accounts the same text of the policies that it provides. Where exports of different days hold different default versions of one, each account is judged by its own export, and those without a copy by the newest.",
        ),
        limit(
            "aws-passed-roles",
            "Rights that come from handing a role to a service (iam:PassRole and the creation of compute) or from changing and commanding compute that exists (lambda:UpdateFunctionCode, ssm:SendCommand and others of the level file) are not followed as steps to another identity. Where there is an administrator's role that a service may take on, whoever has them is not said to be kept from it: that is unknown.",
        ),
        limit(
            "kubernetes-rbac-alone",
            "Of a cluster, the rights of RBAC are read and nothing else that decides. Admission control (pod security, policies of webhooks), network policies and other authorizers (nodes, webhooks, a cloud's own) are not: they can take away what is shown, and the last can give more. What runs on which machine is not read: a way out of a container to its machine, and from there to the tokens of what else runs there, is not followed.",
        ),
        limit(
            "kubernetes-steps",
            "Followed as steps to accounts of a namespace or a cluster are rights to make, change or enter workloads, to make tokens, to read the secrets that hold them, to impersonate, and to bind or write roles beyond one's own. Rights over machines, over requests of certificates and over webhooks that rewrite what others write keep a check from passing and do not fail it. Custom resources whose controllers act for whoever writes them are not followed.",
        ),
        limit(
            "kubernetes-users",
            "Users and groups of a cluster are known as far as its bindings name them. Who is in a group is said by certificates or an identity provider, and by no export of the cluster.",
        ),
        limit(
            "credential-kinds",
            "Of the credentials of AWS, access keys and passwords are read, and of signing certificates what the credential report says. Service-specific credentials such as Bedrock API keys, and SSH public keys, are not.",
        ),
        limit(
            "model-providers",
            "What an account or key of OpenAI or Anthropic may do goes by roles, projects, workspaces and restrictions of single keys, which are not read as rights: its grants, and whether it reaches an administrator, are unknown. That an organisation lets keys of other clouds or federated workloads in is not read either.",
        ),
        limit(
            "recognition",
            "Whether an identity is AI-connected is what the classification rules recognise in what was loaded. Not recognised does not mean that it is not.",
        ),
        limit(
            "holders",
            "Which credentials an AI system holds is what loaded configurations and the inventory show. A credential that none of them names is not asked as one of an AI system.",
        ),
        limit(
            "effects-of-tools",
            "What calling a tool does is what the inventory or the control files say of it, and not what its program was seen to do. What an AI system's rights add to that is reading, writing, secrets and the sending of messages: where its input comes from, and what code it runs, is known of its tools alone.",
        ),
        limit("point-in-time", "Exports show one moment. Whether a control worked over a period is not tested."),
    ]
}
