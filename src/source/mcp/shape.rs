//! What servers look like where no key around them says that they are some.

use serde_json::value::RawValue;

use super::json::{elements, members};
use crate::source::aws::lenient::Text;

/// The key under which a file says what describes its form.
pub const SCHEMA: &str = "$schema";
/// Keys that only extensions of Goose have.
pub const OF_EXTENSIONS: &[&str] = &["available_tools", "bundled", "cmd", "env_keys", "envs", "uri"];

/// True for an object that has one of these keys.
fn has(raw: &RawValue, names: &[&str]) -> bool {
    members(raw).is_some_and(|inner| inner.iter().any(|(key, _)| names.contains(&&**key)))
}

/// True for an object that has what servers have.
#[must_use]
pub fn is_server(raw: &RawValue) -> bool {
    has(raw, &["command"]) || has(raw, &["url"]) && has(raw, &["headers", "type"])
}

/// True for servers by name or in a list, as far as a member that runs or calls something tells. Only asked where what stands
/// around it is a configuration.
#[must_use]
pub fn may_be_servers(value: &RawValue) -> bool {
    let named = members(value).unwrap_or_default().into_iter().map(|(_, raw)| raw);
    let mut all = named.chain(elements(value).unwrap_or_default());
    all.any(|raw| has(raw, &["command", "httpUrl", "serverUrl", "url"]))
}

/// True for extensions of Goose, by name or in a list, of which one has what only they have.
#[must_use]
pub fn is_extensions(value: &RawValue) -> bool {
    let named = members(value).unwrap_or_default().into_iter().map(|(_, raw)| raw);
    let mut all = named.chain(elements(value).unwrap_or_default());
    all.any(|raw| {
        has(raw, OF_EXTENSIONS) || members(raw).unwrap_or_default().iter().any(|(_, raw)| has(raw, OF_EXTENSIONS))
    })
}

/// Fields that servers have; where nothing but servers stands in a file, they have no others.
const FIELDS: &[&str] = &[
    "alwaysAllow",
    "alwaysLoad",
    "args",
    "autoApprove",
    "command",
    "cwd",
    "description",
    "disabled",
    "disabledTools",
    "enabled",
    "env",
    "envFile",
    "environment",
    "headers",
    "headersHelper",
    "httpUrl",
    "name",
    "oauth",
    "serverUrl",
    "start_on_launch",
    "startupTimeout",
    "timeout",
    "tools",
    "transport",
    "type",
    "url",
    "working_directory",
];
/// How a client speaks to a server.
const TYPES: &[&str] =
    &["http", "local", "remote", "sse", "stdio", "streamable-http", "streamableHttp", "streamable_http", "ws"];

/// True for the members of a document that has servers and nothing around them, as plugins and Warp have it.
#[must_use]
pub fn servers_alone(top: &[(Text<'_>, &RawValue)]) -> bool {
    let server = |raw: &RawValue| {
        let Some(inner) = members(raw) else { return false };
        let has = |name: &str| inner.iter().any(|(key, _)| &**key == name);
        let typed = inner.iter().filter(|(key, _)| matches!(&**key, "type" | "transport")).any(|(_, value)| {
            serde_json::from_str::<String>(value.get()).is_ok_and(|kind| TYPES.contains(&kind.as_str()))
        });
        let run = has("command") && (typed || ["args", "env", "environment"].into_iter().any(has));
        let called = ["url", "httpUrl", "serverUrl"].into_iter().any(has) && (typed || has("headers") || has("oauth"));
        inner.iter().all(|(key, _)| FIELDS.contains(&&**key)) && (run || called)
    };
    let mut servers = top.iter().filter(|(name, _)| &**name != SCHEMA).peekable();
    servers.peek().is_some() && servers.all(|(_, raw)| server(raw))
}
