//! The templates, and how what they print is escaped.
//!
//! Every value that a template prints is escaped for the format of the template's name; only
//! the filters of this file make text that is not. A template that names something that is not
//! there is an error, never an empty place.

use std::io::{self, Write};
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior, Value};

use super::view::Report;
use super::{escape, prose};

/// All templates, by name. The end of a name says how its output is escaped.
const TEMPLATES: &[(&str, &str)] = &[
    ("appendix.html", include_str!("../../templates/html/appendix.html")),
    ("appendix.md", include_str!("../../templates/markdown/appendix.md")),
    ("attention.html", include_str!("../../templates/html/attention.html")),
    ("attention.md", include_str!("../../templates/markdown/attention.md")),
    ("check.html", include_str!("../../templates/html/check.html")),
    ("check.md", include_str!("../../templates/markdown/check.md")),
    ("framework.html", include_str!("../../templates/html/framework.html")),
    ("framework.md", include_str!("../../templates/markdown/framework.md")),
    ("macros.html", include_str!("../../templates/html/macros.html")),
    ("macros.md", include_str!("../../templates/markdown/macros.md")),
    ("report.html", include_str!("../../templates/html/report.html")),
    ("report.md", include_str!("../../templates/markdown/report.md")),
    ("scope.html", include_str!("../../templates/html/scope.html")),
    ("scope.md", include_str!("../../templates/markdown/scope.md")),
    ("style.css", include_str!("../../templates/html/style.css")),
];

static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(environment);

/// Reads the templates, so that they are ready when a report is.
pub(super) fn prepare() {
    LazyLock::force(&ENVIRONMENT);
}

/// Renders a report with the template of that name.
///
/// # Errors
/// What the writer gives, and a template that does not fit the report.
pub(super) fn render(name: &str, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let environment = ENVIRONMENT.as_ref().map_err(told)?;
    let template = environment.get_template(name).map_err(|error| told(&error))?;
    let text = template.render(Value::from(Serde(report))).map_err(|error| told(&error))?;
    out.write_all(text.as_bytes())
}

/// The error with its causes, since each names another template.
fn told(error: &Error) -> io::Error {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    io::Error::other(text)
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "md")) => AutoEscape::Custom("markdown".into()),
        Some((_, "css")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    environment.set_formatter(|out, state, value| {
        let escaped = match (state.auto_escape(), value.as_str()) {
            (_, Some(text)) if value.is_safe() => return Ok(out.write_str(text)?),
            (AutoEscape::Html, Some(text)) => escape::html(text),
            (AutoEscape::Custom(_), Some(text)) => escape::markdown(text),
            (AutoEscape::Custom(_), None) if !value.is_undefined() => escape::markdown(&value.to_string()),
            _ => return minijinja::escape_formatter(out, state, value),
        };
        Ok(out.write_str(&escaped)?)
    });
    environment.add_filter("prose", |text: &str| Value::from_safe_string(prose::html(text)));
    environment.add_filter("quoted", |text: &str| Value::from_safe_string(prose::quoted(text)));
    environment.add_filter("fenced", |text: &str| Value::from_safe_string(escape::markdown_code(text)));
    environment.add_filter("code", |text: &str| Value::from_safe_string(escape::markdown_inline_code(text)));
    environment.add_filter("cell", |text: &str| Value::from_safe_string(escape::markdown_cell_code(text)));
    environment.add_filter("inline", |state: &State<'_, '_>, text: &str| {
        let html = matches!(state.auto_escape(), AutoEscape::Html);
        Value::from_safe_string(if html { prose::inline_html(text) } else { prose::inline_markdown(text) })
    });
    environment.add_filter("inline_cell", |text: &str| Value::from_safe_string(prose::inline_markdown_cell(text)));
    environment.add_filter("codelines", |text: &str| {
        let lines: Vec<_> = text.trim_matches('\n').lines().map(escape::html).collect();
        Value::from_safe_string(lines.join("\n"))
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}
