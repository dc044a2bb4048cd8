//! `assize controls list`: frameworks, their requirements and parts, and the checks.

use std::fmt::Write as _;

use super::super::Outcome;
use super::super::args::ControlsArgs;
use super::super::print;
use super::usable;
use crate::report::human::heading;

pub(in crate::cli) fn list(args: &ControlsArgs) -> Outcome {
    let Some(pack) = usable(args) else { return Outcome::Broken };
    let mut text = String::new();
    for framework in &pack.frameworks {
        let _ = writeln!(text, "{}  {}", framework.id, heading(&framework.title));
        for requirement in &framework.requirements {
            let _ = writeln!(text, "  {:<12} {}", requirement.id, requirement.title);
            for part in &requirement.parts {
                let checks: Vec<&str> = part.checks.iter().map(|check| check.check.as_str()).collect();
                let by = match (checks.is_empty(), &part.manual) {
                    (false, None) => checks.join(", "),
                    (false, Some(_)) => format!("{}, and an attestation", checks.join(", ")),
                    (true, Some(_)) => "an attestation".to_owned(),
                    (true, None) => "nothing".to_owned(),
                };
                let _ = writeln!(text, "    {:<22} {by}", part.id);
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "checks");
    for check in &pack.checks {
        let _ = writeln!(text, "  {:<9} {:<32} {}", check.severity.name(), check.id, check.title);
    }
    print::out(&text)
}
