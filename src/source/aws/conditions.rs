//! The conditions of a statement: which keys they compare, and which of them hold only for values that the statement names.
//!
//! A trust policy may name everyone and leave the choice to its conditions, so it matters what a
//! condition asks. `StringEquals` on a key holds only for callers whose request carries the key
//! with one of the values. `StringNotEquals`, `StringEqualsIfExists` and `ForAllValues:…` hold for
//! a request without the key too, and say little of who comes.
//!
//! Values of conditions can be secrets between two organisations. They are looked at while a
//! statement is read; kept are only those that name the subjects and audiences of an issuer, and
//! those of claims that are known to say nothing else than which workload comes, and the account or
//! resource for which a service must come.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::arn::is_account;
use super::claims;
use super::lenient::Text;
use super::operands::Operands;
use super::values::{account_of_arn, says_only_account, says_something, says_yes_or_no, spans};
use super::wildcards::{is_wild, literal};
use crate::base::digest::sha256;

/// What a statement asks before it counts.
#[derive(Debug, Default)]
pub struct Conditions<'a> {
    /// The keys, sorted, each once.
    pub keys: Vec<Text<'a>>,
    /// The keys in lower case, sorted, of which all that is asked is that a request carries one of some values.
    pub plain: Vec<Text<'a>>,
    /// What a request that it speaks of must carry.
    pub demands: Demands<'a>,
    /// What a request must carry that it does *not* speak of: of a denial, what it lets through.
    pub spares: Spares<'a>,
    /// What tells these conditions from others, values and operators with it; `None` where there are none.
    pub digest: Option<String>,
}

/// Keys that a request must carry with certain values.
#[derive(Debug, Default)]
pub struct Demands<'a> {
    /// The keys in lower case, sorted, each once. A key that any value satisfies is not among them.
    pub keys: Vec<Text<'a>>,
    /// Values of keys that say which subjects of an issuer are meant, also such as strangers have; empty where every
    /// subject will do. Only where the key stands in `keys` do they say whose subjects are meant.
    pub subjects: Vec<Text<'a>>,
    /// Whether they do.
    named: bool,
    /// Whether a condition on the subject compares without regard to case.
    pub any_case: bool,
    /// Values of keys that say which audience a token must name.
    pub audiences: Vec<Text<'a>>,
    /// Values of other claims that say which workload a token was made for, by claim; and of the keys that say for whom a
    /// service comes, by key.
    claims: BTreeMap<String, Vec<Text<'a>>>,
    /// The accounts of which the caller must be, sorted, each once; empty where no condition names them one by one.
    pub accounts: Vec<Text<'a>>,
}

/// What gets past a denial.
#[derive(Debug, Default)]
pub enum Spares<'a> {
    /// Its conditions do not say it by a value.
    #[default]
    Anything,
    /// Only requests that carry this.
    Only(Demands<'a>),
    /// It has several conditions, of which one says it by a value: which requests get past depends on the others.
    Perhaps,
}

impl<'de: 'a, 'a> Deserialize<'de> for Conditions<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Conditions<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("conditions")
            }

            fn visit_unit<E: Error>(self) -> Result<Conditions<'de>, E> {
                Ok(Conditions::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Conditions<'de>, A::Error> {
                let (mut all, mut asked) = (Vec::new(), Vec::new());
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    let operator = Operator::read(&name);
                    for (key, values) in map.next_value::<Operands<'de>>()?.0 {
                        let lower = key.to_ascii_lowercase();
                        asked.push(in_one_form(&name, &lower, &values.0));
                        let values = values.0.into_iter().map(|value| operator.kept(value)).collect();
                        all.push(Condition { operator, key, lower, values });
                    }
                }
                Ok(Conditions { digest: digest(asked), ..Conditions::of(all) })
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// One operator on one key, in a form that does not depend on the order of values or on case where AWS does not.
///
/// An external id is a secret between two organisations: of it goes in only that one is asked for.
fn in_one_form(operator: &str, key: &str, values: &[Text<'_>]) -> String {
    let mut values: Vec<&str> = values.iter().map(|value| &**value).collect();
    if key == "sts:externalid" && Operator::read(operator).form == Form::Text {
        // That any will do, or none, is no secret.
        values
            .iter_mut()
            .filter(|value| !value.chars().all(|c| c == '*' || c == '?'))
            .for_each(|value| *value = "an id");
    }
    values.sort_unstable();
    values.dedup();
    let operator = operator.to_ascii_lowercase();
    let mut form = String::new();
    for part in [operator.as_str(), key].into_iter().chain(values) {
        let _ = write!(form, "{}:{part}", part.len());
    }
    form
}

/// How many letters of a digest of conditions are kept: enough that nobody finds others of the same.
const LETTERS: usize = 32;

fn digest(mut asked: Vec<String>) -> Option<String> {
    asked.sort_unstable();
    asked.dedup();
    let digest = sha256(asked.join("\n").as_bytes());
    (!asked.is_empty()).then(|| digest.get(..LETTERS).unwrap_or(&digest).to_owned())
}

/// One operator on one key.
struct Condition<'a> {
    operator: Operator,
    key: Text<'a>,
    /// The key in lower case: keys are not told apart by case.
    lower: String,
    /// The values, in the form in which wildcards are told from letters.
    values: Vec<Text<'a>>,
}

/// What an operator compares, and for which requests it holds.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of an operator by itself")]
#[derive(Debug, Clone, Copy)]
struct Operator {
    form: Form,
    /// It speaks of the values that are *not* listed.
    negated: bool,
    /// It holds for a request without the key, too.
    without_key: bool,
    /// One of several values of a request is enough for it (`ForAnyValue`).
    any_value: bool,
    /// It compares names of resources part by part, so that no wildcard stands for more than what is between two colons.
    by_part: bool,
    /// It compares letter by letter, so that a star is a star.
    literal: bool,
    /// It does not tell letters apart by case.
    any_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Text or names of resources.
    Text,
    Bool,
    /// Whether the request carries the key at all.
    Null,
    /// Numbers, dates, addresses and what is not known: it names no one.
    Other,
}

impl Operator {
    fn read(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let (set, name) = text.split_once(':').unwrap_or(("", &text));
        let (name, if_exists) = name.strip_suffix("ifexists").map_or((name, false), |name| (name, true));
        let form = match name {
            "bool" => Form::Bool,
            "null" => Form::Null,
            _ if name.starts_with("string") || name.starts_with("arn") => Form::Text,
            _ => Form::Other,
        };
        let negated = name.contains("not");
        let any_value = set == "foranyvalue";
        let without_key = if_exists || set == "forallvalues" || (negated && !any_value);
        let literal = name.starts_with("string") && name.contains("equals");
        let (by_part, any_case) = (name.starts_with("arn"), name.contains("ignorecase"));
        Self { form, negated, without_key, any_value, by_part, literal, any_case }
    }

    /// A value as it is kept.
    fn kept(self, value: Text<'_>) -> Text<'_> {
        if !self.literal {
            return value;
        }
        match literal(&value) {
            Cow::Borrowed(_) => value,
            Cow::Owned(kept) => Text(Cow::Owned(kept)),
        }
    }
}

impl<'a> Conditions<'a> {
    fn of(all: Vec<Condition<'a>>) -> Self {
        let spares = match all.as_slice() {
            [one] if one.spares() => {
                let mut demands = Demands::default();
                demands.add(one);
                Spares::Only(demands.sorted())
            }
            several if several.iter().any(Condition::spares) => Spares::Perhaps,
            _ => Spares::Anything,
        };
        let mut demands = Demands::default();
        for one in all.iter().filter(|one| one.demands(&all)) {
            demands.add(one);
        }
        let plain = plain(&all);
        let mut keys: Vec<Text<'a>> = all.into_iter().map(|one| one.key).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        keys.dedup();
        Self { keys, plain, demands: demands.sorted(), spares, digest: None }
    }
}

impl<'a> Demands<'a> {
    fn add(&mut self, condition: &Condition<'a>) {
        if condition.binds() {
            self.keys.push(Text(Cow::Owned(condition.bound_key().to_owned())));
        }
        if let Some(accounts) = condition.accounts() {
            // Both must hold. Where they have none in common nobody is let in, and the first is as good as any.
            let both = |one: &Text<'a>| accounts.binary_search_by(|other| other.0.cmp(&one.0)).is_ok();
            let common: Vec<Text<'a>> = self.accounts.iter().filter(|one| both(one)).cloned().collect();
            if self.accounts.is_empty() {
                self.accounts = accounts;
            } else if !common.is_empty() {
                self.accounts = common;
            }
        }
        // Of several conditions on one key the narrowest decides.
        match condition.names() {
            Some(Named::Subject) => {
                let named = condition.binds();
                if named && !self.named {
                    self.subjects.clear();
                }
                if named || !self.named {
                    narrower(&mut self.subjects, &condition.values);
                }
                self.named |= named;
                self.any_case |= condition.operator.any_case;
            }
            Some(Named::Audience) => narrower(&mut self.audiences, &condition.values),
            Some(Named::Claim(claim)) => narrower(self.claims.entry(claim).or_default(), &condition.values),
            None => {}
        }
    }

    /// What other claims must be, each as `claim=pattern`, sorted by claim.
    pub fn claims(&self) -> Vec<Text<'static>> {
        let of = |(claim, values): (&String, &Vec<Text<'a>>)| {
            values.iter().map(|value| Text(Cow::Owned(format!("{claim}={}", &**value)))).collect::<Vec<_>>()
        };
        self.claims.iter().flat_map(of).collect()
    }

    fn sorted(mut self) -> Self {
        self.keys.sort_by(|a, b| a.0.cmp(&b.0));
        self.keys.dedup();
        self
    }
}

/// What a key of an issuer says of a token.
enum Named {
    Subject,
    Audience,
    /// Another claim, which says something of the workload.
    Claim(String),
}

impl<'a> Condition<'a> {
    /// The accounts of callers that it names one by one, sorted, each once; `None` where it leaves out none, or not by account.
    fn accounts(&self) -> Option<Vec<Text<'a>>> {
        let of = |value: &Text<'a>| match self.lower.as_str() {
            "aws:principalaccount" => is_account(value).then(|| value.clone()),
            "aws:principalarn" => account_of_arn(value).map(|account| Text(Cow::Owned(account.to_owned()))),
            _ => None,
        };
        let named = self.operator.form == Form::Text && !self.values.is_empty();
        let mut all: Vec<Text<'a>> = self.values.iter().filter(|_| named).map(of).collect::<Option<_>>()?;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup();
        (!all.is_empty()).then_some(all)
    }
}

impl Condition<'_> {
    /// True if it holds only for requests that carry its key with one of its values.
    fn demands(&self, all: &[Self]) -> bool {
        let Operator { form, negated, without_key, .. } = self.operator;
        let present = |other: &Self| other.lower == self.lower && other.asks_for_key();
        match form {
            Form::Text => !negated && (!without_key || all.iter().any(present)),
            Form::Bool => self.are("true") && (!without_key || all.iter().any(present)),
            Form::Null | Form::Other => false,
        }
    }

    /// True if it asks that a request carries the key, with whatever value.
    fn asks_for_key(&self) -> bool {
        self.operator.form == Form::Null && !self.operator.without_key && self.are("false")
    }

    /// True if it holds for every request that carries its key.
    fn asks_no_value(&self) -> bool {
        let Operator { form, negated, by_part, .. } = self.operator;
        let text = form == Form::Text && !negated && !by_part;
        self.asks_for_key() || (text && self.values.iter().any(|value| is_any(value)))
    }

    /// True if it holds for the requests that carry its key with a value that one of its values stands for, and no others.
    fn is_plain(&self, all: &[Self]) -> bool {
        // A name of a resource has six parts, and one that has fewer stands for none.
        let whole = |value: &Text<'_>| !self.operator.by_part || value.splitn(6, ':').count() == 6;
        self.operator.form == Form::Text
            && self.demands(all)
            && !self.values.is_empty()
            && self.values.iter().all(whole)
    }

    /// True if, alone on a denial, it lets through only requests that carry its key with one of its values.
    fn spares(&self) -> bool {
        match self.operator.form {
            Form::Text => self.operator.negated && !self.operator.any_value,
            // A request without the key is denied by `BoolIfExists`, and not by `Bool`.
            Form::Bool => self.operator.without_key && self.are("false"),
            Form::Null | Form::Other => false,
        }
    }

    fn are(&self, wanted: &str) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| value.eq_ignore_ascii_case(wanted))
    }

    /// True if its values leave something out.
    fn binds(&self) -> bool {
        let yes = self.operator.form != Form::Bool && says_yes_or_no(&self.lower);
        !self.values.is_empty()
            && self.values.iter().all(|value| says_something(&self.lower, value))
            && (self.operator.by_part || !self.values.iter().any(|value| spans(value)))
            && (!yes || self.are("true"))
    }

    /// The key that it binds: who says by the name of a caller only its account says the account.
    fn bound_key(&self) -> &str {
        let whole = self.lower == "aws:principalarn" && self.values.iter().any(|value| says_only_account(value));
        if whole { "aws:principalaccount" } else { &self.lower }
    }

    fn names(&self) -> Option<Named> {
        let lower = self.lower.as_str();
        if self.operator.form != Form::Text || self.values.is_empty() {
            return None;
        }
        if claims::is_subject(lower) {
            return (!self.values.iter().any(|value| is_any(value))).then_some(Named::Subject);
        }
        // Also what binds nobody may keep out the one who comes.
        if claims::SOURCES.contains(&lower) {
            return Some(Named::Claim(lower.to_owned()));
        }
        if !self.binds() {
            return None;
        }
        if claims::is_audience(lower) {
            return Some(Named::Audience);
        }
        let claim = claims::claim(lower)?;
        let says = claims::says(claim).is_some_and(|says| says != claims::Says::Nothing);
        says.then(|| Named::Claim(claim.to_owned()))
    }
}

/// True of a value that stands for every text.
fn is_any(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'*') && !value.is_empty()
}

/// The keys of which all that is asked is that a request carries one of some values.
fn plain<'a>(all: &[Condition<'a>]) -> Vec<Text<'a>> {
    let mut asking: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for one in all {
        let (count, plain) = asking.entry(&one.lower).or_insert((0, true));
        if !one.asks_no_value() {
            *count += 1;
            *plain &= one.is_plain(all);
        }
    }
    let plain = asking.into_iter().filter(|(_, (count, plain))| *count < 2 && *plain);
    plain.map(|(key, _)| Text(Cow::Owned(key.to_owned()))).collect()
}

/// The better of two lists of values, both of which a request must match.
fn narrower<'a>(known: &mut Vec<Text<'a>>, other: &[Text<'a>]) {
    let wild = |values: &[Text<'a>]| values.iter().any(|value| is_wild(value));
    if known.is_empty() || (wild(known) && !wild(other)) {
        *known = other.to_vec();
    }
}
