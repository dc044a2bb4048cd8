//! `assize report`: render the outputs of an assessment again.

use std::io;
use std::path::Path;

use super::Outcome;
use super::args::ReportArgs;
use super::print;
use super::staging::{Staging, is_results};
use crate::base::text::shown;
use crate::report::{RESULTS, Templates, render_all};
use crate::supply::shell::quoted;

pub(super) fn run(args: &ReportArgs) -> Outcome {
    let beside = args.results.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let out = args.out.as_deref().unwrap_or(beside);
    let templates = match args.templates.as_deref().map_or_else(|| Ok(Templates::built_in()), Templates::from_folder) {
        Ok(templates) => templates,
        Err(error) => {
            print::note(&format!("error: {error}"));
            return Outcome::Broken;
        }
    };
    match render(&args.results, out, &templates) {
        Ok(files) => print::out(&files),
        Err(error) => {
            print::note(&format!("error: {error}"));
            // What is wrong with a template is said already.
            if !is_results(&args.results) {
                print::note(&help(&args.results));
            }
            Outcome::Broken
        }
    }
}

/// What to give in place of a file that cannot be rendered.
fn help(results: &Path) -> String {
    let beside = results.join(RESULTS);
    if beside.is_file() {
        return format!("help: that is a folder: write `assize report {}`", shown(&quoted(&beside.to_string_lossy())));
    }
    format!("help: it takes the `{RESULTS}` that `assize check FOLDER --report FOLDER` writes beside the report")
}

/// Renders into a folder, and gives the files' names, a line each.
fn render(results: &Path, out: &Path, templates: &Templates) -> io::Result<String> {
    let staging = Staging::begin(out)?;
    let rendered = render_all(results, staging.folder(), templates)
        .map_err(|error| staging.told(&io::Error::other(error.to_string())))?;
    staging.finish(&[])?;
    let mut names = String::new();
    for name in rendered.files.iter().filter_map(|file| file.file_name()) {
        names.push_str(&format!("{}\n", out.join(name).display()));
    }
    Ok(names)
}
