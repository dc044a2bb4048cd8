//! The templates, built in or from a folder, and how what they print is escaped.
//!
//! Every value that a template prints is escaped for the format of the template's name; only
//! the filters of this file make text that is not. A template that names something that is not
//! there is an error, never an empty place. Templates from a folder are held to [`super::guard`],
//! and all of them to a number of steps and a size of what they print. The built-in templates of
//! a finding are printed by [`super::printer`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use sha2::{Digest as _, Sha256};

use super::own_templates::Own;
use super::printer::{Escape, Printer};
use super::view::{FindingView, Report};
use super::{escape, prose};

/// All templates, by name. The end of a name says how its output is escaped.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("ai-systems.html", include_str!("../../templates/html/ai-systems.html")),
    ("ai-systems.md", include_str!("../../templates/markdown/ai-systems.md")),
    ("appendix.html", include_str!("../../templates/html/appendix.html")),
    ("appendix.md", include_str!("../../templates/markdown/appendix.md")),
    ("attention.html", include_str!("../../templates/html/attention.html")),
    ("attention.md", include_str!("../../templates/markdown/attention.md")),
    ("check.html", include_str!("../../templates/html/check.html")),
    ("check.md", include_str!("../../templates/markdown/check.md")),
    ("finding.html", include_str!("../../templates/html/finding.html")),
    ("finding.md", include_str!("../../templates/markdown/finding.md")),
    ("findings.html", include_str!("../../templates/html/findings.html")),
    ("findings.md", include_str!("../../templates/markdown/findings.md")),
    ("framework.html", include_str!("../../templates/html/framework.html")),
    ("framework.md", include_str!("../../templates/markdown/framework.md")),
    ("gaps.html", include_str!("../../templates/html/gaps.html")),
    ("gaps.md", include_str!("../../templates/markdown/gaps.md")),
    ("macros.html", include_str!("../../templates/html/macros.html")),
    ("macros.md", include_str!("../../templates/markdown/macros.md")),
    ("report.html", include_str!("../../templates/html/report.html")),
    ("report.md", include_str!("../../templates/markdown/report.md")),
    ("scope.html", include_str!("../../templates/html/scope.html")),
    ("scope.md", include_str!("../../templates/markdown/scope.md")),
];

/// What is put into the page as it is: no template, and printed whole by `asset`.
pub(super) const ASSETS: &[(&str, &str)] = &[
    ("drawing.css", super::drawing::STYLE),
    ("script.js", include_str!("../../templates/html/script.js")),
    ("style.css", include_str!("../../templates/html/style.css")),
];

/// How many steps one report may take: some ten times what the largest of the built-in ones does.
const STEPS: u64 = 20_000_000;
/// How many steps one finding may take; the longest takes some thousands.
const STEPS_OF_FINDING: u64 = 60_000;
/// How much one report may print, in bytes; the largest of the built-in ones is a tenth of it.
pub(super) const PRINTED: usize = 128 << 20;
/// How much one finding may print, in bytes.
const PRINTED_OF_FINDING: usize = 2 << 20;
/// The kind of errors that are about a template, and name it.
pub(super) const UNFIT: io::ErrorKind = io::ErrorKind::InvalidData;
/// What is said where that is not enough.
const TOO_LONG: &str = "the template prints more than a report may";
/// How deep templates may call one another.
const DEPTH: usize = 60;

/// The templates of a rendering: one's own, or those that are built in, which are read when they are needed.
#[derive(Clone)]
pub struct Templates(Option<Arc<Inner>>);

struct Inner {
    environment: Result<Environment<'static>, String>,
    /// The same with fewer steps, for one finding.
    of_findings: Environment<'static>,
    /// The templates of one finding that are plain, by name.
    plain: Vec<(&'static str, Printer)>,
    own: Vec<Own>,
}

static BUILT_IN: LazyLock<Inner> = LazyLock::new(|| Inner::new(Vec::new()));

impl Inner {
    fn new(own: Vec<Own>) -> Self {
        let environment = environment(&own).map_err(|error| told(&error, &own));
        let mut of_findings = environment.clone().unwrap_or_default();
        of_findings.set_fuel(Some(STEPS_OF_FINDING));
        Self { environment, of_findings, plain: plain(&own), own }
    }
}

impl Templates {
    /// Those that are built in.
    #[must_use]
    pub fn built_in() -> Self {
        Self(None)
    }

    pub(super) fn with(own: Vec<Own>) -> Self {
        Self(Some(Arc::new(Inner::new(own))))
    }

    fn inner(&self) -> &Inner {
        self.0.as_deref().unwrap_or_else(|| &BUILT_IN)
    }

    /// Those that are not built in, by name.
    pub(super) fn own(&self) -> &[Own] {
        self.0.as_ref().map_or(&[], |inner| &inner.own)
    }

    /// What is wrong with the templates as they are written.
    pub(super) fn wrong(&self) -> Option<&str> {
        self.inner().environment.as_ref().err().map(String::as_str)
    }

    /// Renders a report with the template of that name.
    ///
    /// # Errors
    /// What the writer gives, and a template that does not fit the report.
    pub(super) fn render(&self, name: &str, mut report: Report, out: &mut dyn Write) -> io::Result<()> {
        let environment = self.inner().environment.as_ref().map_err(|error| io::Error::new(UNFIT, error.clone()))?;
        let rendered = Rendered(std::mem::take(&mut report.rendered).into_iter().collect());
        let context = minijinja::context! { rendered => Value::from_object(rendered), ..Value::from(Serde(&report)) };
        drop(report);
        // A long report is not held as a whole beside its findings.
        self.print(environment, name, context, PRINTED, out)
    }

    /// Renders one finding with the template of that name.
    ///
    /// # Errors
    /// A template that does not fit the finding.
    pub(super) fn finding(&self, name: &str, finding: &FindingView) -> io::Result<Value> {
        let plain = self.inner().plain.iter().find(|(known, _)| *known == name);
        if let Some(text) = plain.and_then(|(_, printer)| printer.print(finding)) {
            return Ok(Value::from_safe_string(text));
        }
        self.interpreted(name, finding)
    }

    /// The same, by the interpreter of templates, whatever is plain.
    pub(super) fn interpreted(&self, name: &str, finding: &FindingView) -> io::Result<Value> {
        let context = minijinja::context! { finding => Value::from(Serde(finding)) };
        let mut text = Vec::new();
        self.print(&self.inner().of_findings, name, context, PRINTED_OF_FINDING, &mut text)?;
        let text = String::from_utf8(text).map_err(|error| io::Error::new(UNFIT, error))?;
        Ok(Value::from_safe_string(text))
    }

    fn print(
        &self,
        environment: &Environment<'static>,
        name: &str,
        context: Value,
        most: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let printed = PRINTED_SO_FAR.with(|printed| {
            printed.store(PRINTED.saturating_sub(most), Ordering::Relaxed);
            environment.get_template(name)?.render_captured_to(context, Bounded { out, room: most }).map(drop)
        });
        printed.map_err(|error| match source_of(&error) {
            Some(failed) => io::Error::new(failed.kind(), failed.to_string()),
            None => io::Error::new(UNFIT, told(&error, self.own())),
        })
    }
}

/// What the writer gave, where that ended the rendering.
fn source_of(error: &Error) -> Option<&io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// A writer that takes so much: the text of a template itself counts too, which no value is.
struct Bounded<'a> {
    out: &'a mut dyn Write,
    room: usize,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.room.checked_sub(bytes.len()).ok_or_else(|| io::Error::new(UNFIT, TOO_LONG))?;
        self.room = left;
        self.out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Findings that are printed already, by their anchors.
#[derive(Debug)]
struct Rendered(HashMap<String, Value>);

impl Object for Rendered {
    fn get_value(self: &Arc<Self>, anchor: &Value) -> Option<Value> {
        self.0.get(anchor.as_str()?).cloned()
    }
}

thread_local! {
    /// How much the report that this thread renders has printed so far, whatever became of it.
    static PRINTED_SO_FAR: AtomicUsize = const { AtomicUsize::new(0) };
}

/// The built-in templates of a finding as printers, where nothing that they are made of is one's own.
fn plain(own: &[Own]) -> Vec<(&'static str, Printer)> {
    let built_in = |name: &str| {
        let text = TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        text.filter(|_| own.iter().all(|one| one.name != name))
    };
    let both = [("finding.html", Escape::Html), ("finding.md", Escape::Markdown)];
    let read = |(name, escape)| Some((name, Printer::read(built_in(name)?, "finding", escape, &built_in)?));
    both.into_iter().filter_map(read).collect()
}

/// Reads the built-in templates, so that they are ready when a report is.
pub(super) fn prepare() {
    LazyLock::force(&BUILT_IN);
}

/// The error with its causes, since each names another template; of one's own templates with its file.
fn told(error: &Error, own: &[Own]) -> String {
    let one = |error: &Error| {
        let what = match error.detail() {
            _ if error.kind() == ErrorKind::OutOfFuel => "the template takes more steps than a report may".to_owned(),
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        let Some(name) = error.name() else { return what };
        let file = own
            .iter()
            .find(|one| one.name == name)
            .map_or_else(|| format!("the built-in template `{name}`"), |one| format!("`{}`", one.path.display()));
        match error.line() {
            Some(line) => format!("{file}, line {line}: {what}"),
            None => format!("{file}: {what}"),
        }
    };
    let mut text = one(error);
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.downcast_ref::<Error>().map_or_else(|| inner.to_string(), one);
        text.push_str(&format!("; {inner_text}"));
        cause = inner.source();
    }
    crate::base::text::shown(&text).into_owned()
}

fn environment(own: &[Own]) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(STEPS));
    environment.set_recursion_limit(DEPTH);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "md")) => AutoEscape::Custom("markdown".into()),
        _ => AutoEscape::Html,
    });
    environment.set_formatter(|out, state, value| {
        let text = match (state.auto_escape(), value.as_str()) {
            (_, Some(text)) if value.is_safe() => Cow::from(text),
            (AutoEscape::Html, Some(text)) => escape::html(text),
            (AutoEscape::Custom(_), Some(text)) => escape::markdown(text).into(),
            (_, None) if matches!(value.kind(), ValueKind::Number | ValueKind::Bool) => value.to_string().into(),
            (_, None) if value.is_undefined() => {
                return Err(Error::new(ErrorKind::UndefinedError, "there is no value of that name"));
            }
            _ => {
                return Err(Error::new(ErrorKind::InvalidOperation, "only text, numbers and yes or no can be printed"));
            }
        };
        let printed = PRINTED_SO_FAR.with(|printed| printed.fetch_add(text.len(), Ordering::Relaxed));
        if printed.saturating_add(text.len()) > PRINTED {
            return Err(Error::new(ErrorKind::InvalidOperation, TOO_LONG));
        }
        Ok(out.write_str(&text)?)
    });
    filters(&mut environment);
    assets(&mut environment, own);
    for (name, source) in TEMPLATES.iter().filter(|(name, _)| own.iter().all(|one| one.name != *name)) {
        environment.add_template(name, source)?;
    }
    for one in own.iter().filter(|one| one.is_template()) {
        environment.add_template_owned(one.name.clone(), one.text.clone())?;
    }
    Ok(environment)
}

fn filters(environment: &mut Environment<'static>) {
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("prose", |text: &str| Value::from_safe_string(prose::html(text)));
    environment.add_filter("quoted", |text: &str| Value::from_safe_string(prose::quoted(text)));
    environment.add_filter("fenced", |text: &str| Value::from_safe_string(escape::markdown_code(text)));
    environment.add_filter("code", |text: &str| Value::from_safe_string(escape::markdown_inline_code(text)));
    environment.add_filter("cell", |text: &str| Value::from_safe_string(escape::markdown_cell_code(text)));
    environment.add_filter("html", |text: &str| Value::from_safe_string(escape::html(text).into_owned()));
    environment.add_filter("inline", |state: &State<'_, '_>, text: &str| {
        let html = matches!(state.auto_escape(), AutoEscape::Html);
        Value::from_safe_string(if html { prose::inline_html(text) } else { prose::inline_markdown(text) })
    });
    environment.add_filter("inline_cell", |text: &str| Value::from_safe_string(prose::inline_markdown_cell(text)));
    environment.add_filter("codelines", |text: &str| {
        let lines: Vec<_> = text.trim_matches('\n').lines().map(escape::html).collect();
        Value::from_safe_string(lines.join("\n"))
    });
}

/// `asset(name)` prints an asset as it is, `asset_digest(name)` what a policy of the page has to allow for it.
fn assets(environment: &mut Environment<'static>, own: &[Own]) {
    let texts: Vec<(String, String)> = ASSETS
        .iter()
        .map(|(name, text)| {
            let own = own.iter().find(|one| one.name == *name);
            ((*name).to_owned(), own.map_or(*text, |one| one.text.as_str()).to_owned())
        })
        .collect();
    let texts = Arc::new(texts);
    let find = move |name: &str| {
        let found = texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        found.ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, format!("there is no asset `{name}`")))
    };
    let find = Arc::new(find);
    let text = Arc::clone(&find);
    environment.add_function("asset", move |name: &str| text(name).map(Value::from_safe_string));
    environment.add_function("asset_digest", move |name: &str| {
        let digest = Sha256::digest(find(name)?.as_bytes());
        let digest = base64::engine::general_purpose::STANDARD.encode(digest);
        Ok::<_, Error>(Value::from_safe_string(format!("'sha256-{digest}'")))
    });
}
