//! What the profile chose beside frameworks and ages, by dotted name.

use super::Input;
use crate::base::text::shown;
use crate::contract::v1::Setting;

/// All other choices of the profile, sorted by name; none where there is no profile.
pub(super) fn settings(input: &Input<'_>) -> Vec<Setting> {
    let profile = input.profile;
    if profile.file.is_empty() {
        return Vec::new();
    }
    let lists = [
        ("environment_tags", &profile.environment_tags),
        ("own_scopes", &profile.own_scopes),
        ("owner_tags", &profile.owner_tags),
        ("trusted_scopes", &profile.trusted_scopes),
    ];
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    let mut all: Vec<Setting> = lists.map(|(name, list)| setting(name, &list.join(", "))).collect();
    all.extend(profile.max_waiver.map(|longest| setting("max_waiver", &longest.to_string())));
    let labels = profile.environments.iter();
    all.extend(labels.map(|(label, means)| setting(&format!("environments.{label}"), means.name())));
    for (check, params) in &profile.params {
        all.extend(params.iter().map(|(name, value)| setting(&format!("params.{check}.{name}"), &value.to_string())));
    }
    let links =
        profile.links.ties.iter().map(|tie| (if tie.same { "same" } else { "different" }, &tie.one, &tie.other));
    let acting = profile.links.acting.iter();
    let acting = acting.map(|link| (if link.acts { "acts_as" } else { "never_acts_as" }, &link.who, &link.whom));
    all.extend(
        links.chain(acting).map(|(says, one, other)| setting(&format!("links.{says}"), &format!("{one}, {other}"))),
    );
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn setting(name: &str, value: &str) -> Setting {
    Setting { name: shown(name).into_owned(), value: shown(value).into_owned() }
}
