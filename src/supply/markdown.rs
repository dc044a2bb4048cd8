//! What would close the gaps, as Markdown: all of it, with nothing shortened.

use super::text::{by_framework, cause, closes, head, in_scope, parts};
use super::{Statement, Supply, Wanted};
use crate::report::escape;

/// The text.
#[must_use]
pub fn markdown(supply: &Supply) -> String {
    let mut out = format!("# What would close the gaps\n\n{}\n", escape::markdown(&head(supply)));
    let parts = parts(supply);
    if !parts.is_empty() {
        out.push_str(&format!("\n{}", list(&parts)));
    }
    if !supply.exports.is_empty() {
        out.push_str("\n## Exports to add or to collect again\n\nA verdict that waits for several exports is counted under each. Nothing else is what is known now: once the export is there, a verdict may be decided, or may turn out to wait for something more.\n");
    }
    for wanted in &supply.exports {
        out.push_str(&export(wanted));
    }
    if !supply.statements.is_empty() {
        out.push_str("\n## What a person has to state, or to look into\n");
    }
    for statement in &supply.statements {
        out.push_str(&stated(statement));
    }
    if !supply.inventory.is_empty() {
        out.push_str(&format!(
            "\n## To fill in, as a TOML file of its own in the folder, such as stated.toml\n\n{}\n",
            escape::markdown_code(&supply.inventory)
        ));
    }
    if !supply.profile.is_empty() {
        out.push_str(&format!("\n## To fill in in assize.toml\n\n{}\n", escape::markdown_code(&supply.profile)));
    }
    out
}

fn export(wanted: &Wanted) -> String {
    let open = wanted.scopes.iter().map(|scope| scope.open_populations).sum();
    let mut out = format!(
        "\n### {}\n\n{}: {}.\n\n",
        escape::markdown(wanted.source),
        escape::markdown(&capital(wanted.title)),
        closes(wanted.waiting, wanted.alone, open)
    );
    let scopes: Vec<String> = wanted.scopes.iter().map(|scope| in_scope(scope, wanted.scopes.len() == 1)).collect();
    out.push_str(&list(&scopes));
    if !wanted.instead.is_empty() {
        out.push_str(&format!("\n{} would close the same.\n", escape::markdown(&wanted.instead.join(", "))));
    }
    for command in wanted.commands {
        out.push_str(&format!("\n{}\n", escape::markdown_code(command)));
    }
    out + &helped(&wanted.missing, &wanted.checks, &wanted.requirements)
}

fn stated(statement: &Statement) -> String {
    let mut out = format!(
        "\n### {} ({})\n\n{}\n\n",
        escape::markdown(&statement.missing.join(", ")),
        cause(statement.cause),
        escape::markdown(&statement.remedy)
    );
    out.push_str(&format!("{}.\n", capital(&closes(statement.waiting, statement.alone, statement.open_populations))));
    out.push_str(&format!("\nScopes: {}\n", escape::markdown_within(&statement.scopes.join(", "))));
    for command in &statement.commands {
        out.push_str(&format!("\nBy hand:\n\n```sh\n{command}\n```\n"));
    }
    out + &helped(&[], &statement.checks, &statement.requirements)
}

fn helped(missing: &[String], checks: &[String], requirements: &[String]) -> String {
    let mut out = String::new();
    let named = [("Missing", missing.join(", ")), ("Checks", checks.join(", ")), ("For", by_framework(requirements))];
    for (name, text) in named.iter().filter(|(_, text)| !text.is_empty()) {
        out.push_str(&format!("\n{name}: {}\n", escape::markdown_within(text)));
    }
    out
}

fn list(all: &[String]) -> String {
    all.iter().map(|one| format!("- {}\n", escape::markdown(one))).collect::<Vec<_>>().concat()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
