//! Objects as the API writes them, as far as they are read. What is not named here is passed over unread: above all the
//! data of secrets.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::source::aws::lenient::{Many, Text};

/// Annotations by which an account of the cluster acts as one of a cloud, by the name that links are made under.
pub const CLOUD_ANNOTATIONS: [&str; 3] =
    ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];
/// The annotation that names the account of a token.
pub const TOKEN_ACCOUNT: &str = "kubernetes.io/service-account.name";
/// The annotation that says what something is for.
pub const DESCRIPTION: &str = "kubernetes.io/description";

/// Any object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object<'a> {
    #[serde(borrow)]
    pub api_version: Option<Text<'a>>,
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub metadata: Option<Meta<'a>>,
    #[serde(borrow, rename = "type")]
    pub type_: Option<&'a RawValue>,
    #[serde(borrow)]
    pub rules: Option<&'a RawValue>,
    #[serde(borrow)]
    pub aggregation_rule: Option<&'a RawValue>,
    #[serde(borrow)]
    pub role_ref: Option<&'a RawValue>,
    #[serde(borrow)]
    pub subjects: Option<&'a RawValue>,
    #[serde(borrow)]
    pub spec: Option<&'a RawValue>,
    #[serde(borrow)]
    pub status: Option<&'a RawValue>,
}

/// How a workload fares, as far as it shows that pods of it were started. What is not written as the API writes it shows nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status<'a> {
    #[serde(borrow)]
    pub phase: Option<Text<'a>>,
    pub available_replicas: Option<i64>,
    pub ready_replicas: Option<i64>,
    pub number_available: Option<i64>,
    pub number_ready: Option<i64>,
    pub current_number_scheduled: Option<i64>,
    pub succeeded: Option<i64>,
    pub failed: Option<i64>,
    /// A number of pods for a job; a list of jobs for a job by the clock.
    #[serde(borrow)]
    pub active: Option<&'a RawValue>,
}

impl Status<'_> {
    /// True if a cluster made a pod of it. It makes none whose account is not there, also where the pod then waits; of a pod
    /// without a phase nothing says that a cluster made it.
    #[must_use]
    pub fn started(&self, kind: &str) -> bool {
        let some = |count: Option<i64>| count.is_some_and(|count| count > 0);
        match kind {
            "pod" => self
                .phase
                .as_deref()
                .is_some_and(|phase| matches!(phase, "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown")),
            _ => {
                let active = self.active.and_then(|active| active.get().parse::<i64>().ok());
                let counts = [
                    self.available_replicas,
                    self.ready_replicas,
                    self.number_available,
                    self.number_ready,
                    self.current_number_scheduled,
                    self.succeeded,
                    self.failed,
                    active,
                ];
                counts.into_iter().any(some)
            }
        }
    }
}

/// What names an object.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub uid: Option<Text<'a>>,
    #[serde(borrow)]
    pub creation_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    pub labels: Option<Labels<'a>>,
    #[serde(borrow)]
    pub annotations: Option<Annotations<'a>>,
    #[serde(borrow)]
    pub owner_references: Option<&'a RawValue>,
}

/// All labels.
#[derive(Debug, Default)]
pub struct Labels<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// The annotations that are read. Any may hold anything, such as the whole object with its data.
#[derive(Debug, Default)]
pub struct Annotations<'a>(pub Vec<(&'static str, Cow<'a, str>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Labels<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("labels")
            }

            fn visit_unit<E: Error>(self) -> Result<Labels<'de>, E> {
                Ok(Labels::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(Text(key)) = map.next_key()? {
                    let value: &'de RawValue = map.next_value()?;
                    let text = serde_json::from_str::<Text<'de>>(value.get());
                    // A value that should be quoted, and stands as a number or as `true`, is meant as it is written.
                    all.push((key, text.map_or(Cow::Borrowed(value.get()), |text| text.0)));
                }
                Ok(Labels(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Annotations<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Annotations<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("annotations")
            }

            fn visit_unit<E: Error>(self) -> Result<Annotations<'de>, E> {
                Ok(Annotations::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    let mut read = CLOUD_ANNOTATIONS.into_iter().chain([TOKEN_ACCOUNT, DESCRIPTION]);
                    match read.find(|known| *known == key) {
                        Some(known) => {
                            let value: Text<'de> = map.next_value()?;
                            all.push((known, value.0));
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Annotations(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A rule of a role. A part that is missing is `None`, and one that is there and empty, or `null`, is an empty list: the
/// first is no rule that the API takes, and the second gives nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyRule<'a> {
    #[serde(borrow, default, deserialize_with = "there")]
    pub api_groups: Option<Many<Text<'a>>>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub resources: Option<Many<Text<'a>>>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub verbs: Option<Many<Text<'a>>>,
    #[serde(borrow, default)]
    pub resource_names: Many<Text<'a>>,
    #[serde(borrow, default, rename = "nonResourceURLs", deserialize_with = "there")]
    pub non_resource_urls: Option<Many<Text<'a>>>,
}

/// A list that is there, be it empty or `null`.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Many<Text<'de>>>, D::Error> {
    Many::deserialize(deserializer).map(Some)
}

/// Which roles of the cluster a role is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AggregationRule<'a> {
    #[serde(borrow, default)]
    pub cluster_role_selectors: Many<Selector<'a>>,
}

/// A selector of labels.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selector<'a> {
    #[serde(borrow)]
    pub match_labels: Option<Labels<'a>>,
    #[serde(borrow)]
    pub match_expressions: Option<Many<Expression<'a>>>,
}

/// A condition of a selector.
#[derive(Debug, Deserialize)]
pub struct Expression<'a> {
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    #[serde(borrow)]
    pub operator: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub values: Many<Text<'a>>,
}

/// Which role a binding is of.
#[derive(Debug, Deserialize)]
pub struct RoleRef<'a> {
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
}

/// Whom a binding is for.
#[derive(Debug, Deserialize)]
pub struct BindingSubject<'a> {
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub namespace: Option<Text<'a>>,
}

/// What an object belongs to.
#[derive(Debug, Deserialize)]
pub struct OwnerReference<'a> {
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default)]
    pub controller: Option<bool>,
}

/// The specification of a workload: of a pod itself, or with a template of one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec<'a> {
    #[serde(borrow)]
    pub service_account_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub service_account: Option<Text<'a>>,
    #[serde(borrow)]
    pub containers: Option<Many<Container<'a>>>,
    #[serde(borrow)]
    pub init_containers: Option<Many<Container<'a>>>,
    #[serde(borrow)]
    pub ephemeral_containers: Option<Many<Container<'a>>>,
    #[serde(borrow)]
    pub template: Option<Template<'a>>,
    #[serde(borrow)]
    pub job_template: Option<Template<'a>>,
}

/// What holds a specification.
#[derive(Debug, Deserialize)]
pub struct Template<'a> {
    #[serde(borrow)]
    pub spec: Option<&'a RawValue>,
}

/// A container of a pod.
#[derive(Debug, Deserialize)]
pub struct Container<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub env: Option<Many<Variable<'a>>>,
}

/// A variable of a container, with its value where that is written there.
#[derive(Debug, Deserialize)]
pub struct Variable<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub value: Option<&'a RawValue>,
}

/// What stands beside a list of objects.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Beside<'a> {
    #[serde(borrow)]
    pub api_version: Option<Text<'a>>,
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub metadata: Option<ListMeta<'a>>,
}

/// The page marker of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMeta<'a> {
    #[serde(borrow, rename = "continue")]
    pub next: Option<Text<'a>>,
    pub remaining_item_count: Option<i64>,
}

impl ListMeta<'_> {
    /// True if more follows.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.next.as_ref().is_some_and(|next| !next.is_empty())
            || self.remaining_item_count.is_some_and(|left| left > 0)
    }
}
