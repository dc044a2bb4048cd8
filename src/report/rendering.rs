//! Writes all formats at once, while findings pass or from a results file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::kept::{Keeping, KeptPart};
use super::{End, FORMATS, Format, Kept, Output, Templates, template};
use crate::base::digest::Digested;
use crate::contract::v1::{
    Finding, FindingSink, Gap, Head, PartSink, ReadError, ReadInto, ResultsWriter, Tee, read_into,
};

/// The name of the results file.
pub const RESULTS: &str = "results.json";

/// How much of an output is written at once, in bytes.
const BUFFER: usize = 1 << 16;

/// Why outputs could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The results file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An output could not be written.
    #[error(transparent)]
    Write(io::Error),
}

/// What was written.
#[derive(Debug)]
pub struct Rendered {
    /// The head of the results.
    pub head: Head,
    /// The worst findings.
    pub kept: Kept,
    /// The gaps.
    pub gaps: Vec<Gap>,
    /// The files, in the order of [`FORMATS`].
    pub files: Vec<PathBuf>,
}

/// All outputs of a folder while they are written. Findings are given to it one by one.
pub struct Rendering {
    outputs: Vec<Box<dyn Output>>,
    files: Vec<PathBuf>,
    kept: Keeping,
    /// Findings that came one by one, until they are enough for a part.
    waiting: Vec<Finding>,
    templates: Templates,
}

impl Rendering {
    /// Starts every format as a file in the folder `out`, which is made if it is not there.
    ///
    /// # Errors
    /// A file that cannot be made, named.
    pub fn create(out: &Path, head: &Head, templates: &Templates) -> io::Result<Self> {
        rayon::spawn(template::prepare);
        std::fs::create_dir_all(out).map_err(|error| named(out, &error))?;
        let mut rendering = Self {
            outputs: Vec::new(),
            files: Vec::new(),
            kept: Keeping::default(),
            waiting: Vec::new(),
            templates: templates.clone(),
        };
        for format in FORMATS {
            let path = out.join(format.file);
            let file = File::create(&path).map_err(|error| named(&path, &error))?;
            let output = (format.open)(Box::new(BufWriter::with_capacity(BUFFER, file)), head)
                .map_err(|error| named(&path, &error))?;
            rendering.outputs.push(output);
            rendering.files.push(path);
        }
        Ok(rendering)
    }

    /// Writes what stands after the findings, and gives the worst findings and the names of the files.
    ///
    /// `results_sha256` is the digest of the results file, which the reports name.
    ///
    /// # Errors
    /// What writing gives, with the name of the file.
    pub fn finish(self, head: &Head, gaps: &[Gap], results_sha256: &str) -> io::Result<(Kept, Vec<PathBuf>)> {
        self.finish_beside(head, gaps, results_sha256, |_| ()).map(|(kept, files, ())| (kept, files))
    }

    /// The same, while `beside` makes something else of the worst findings.
    ///
    /// # Errors
    /// Those of [`Rendering::finish`].
    pub fn finish_beside<T: Send>(
        mut self,
        head: &Head,
        gaps: &[Gap],
        results_sha256: &str,
        beside: impl FnOnce(&Kept) -> T + Send,
    ) -> io::Result<(Kept, Vec<PathBuf>, T)> {
        self.pass_on()?;
        let kept = self.kept.finish();
        let end = End { head, kept: &kept, gaps, results_sha256, templates: &self.templates };
        let finish = || -> Vec<io::Result<()>> {
            let outputs = self.outputs.into_par_iter().zip(&self.files);
            outputs.map(|(output, path)| output.finish(&end).map_err(|error| named(path, &error))).collect()
        };
        let (finished, made) = rayon::join(finish, || beside(&kept));
        finished.into_iter().collect::<io::Result<()>>()?;
        Ok((kept, self.files, made))
    }

    /// Makes a part of the findings that came one by one.
    fn pass_on(&mut self) -> io::Result<()> {
        let findings = std::mem::take(&mut self.waiting);
        self.take(self.part(findings)?)
    }
}

/// How many findings that come one by one make a part.
const PART: usize = 128;

/// What all outputs make of some findings.
pub struct RenderedPart {
    /// By output.
    texts: Vec<Vec<u8>>,
    kept: KeptPart,
}

impl PartSink for Rendering {
    type Part = RenderedPart;

    fn part(&self, findings: Vec<Finding>) -> io::Result<RenderedPart> {
        let outputs = self.outputs.iter().zip(&self.files);
        let texts = outputs.map(|(output, path)| output.text_of(&findings).map_err(|error| named(path, &error)));
        Ok(RenderedPart { texts: texts.collect::<io::Result<_>>()?, kept: self.kept.part(findings)? })
    }

    fn take(&self, part: RenderedPart) -> io::Result<()> {
        let outputs = self.outputs.iter().zip(&self.files).zip(&part.texts);
        for ((output, path), text) in outputs {
            output.write(text).map_err(|error| named(path, &error))?;
        }
        self.kept.take(part.kept)
    }
}

impl FindingSink for Rendering {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.waiting.push(finding.clone());
        if self.waiting.len() < PART { Ok(()) } else { self.pass_on() }
    }
}

/// The error with the name of the file that it is about; one of a template names that already.
fn named(path: &Path, error: &io::Error) -> io::Error {
    if error.kind() == template::UNFIT {
        return io::Error::new(error.kind(), error.to_string());
    }
    io::Error::new(error.kind(), format!("cannot write `{}`: {error}", path.display()))
}

/// Writes the results file and every format into the folder `out`, in one pass over the findings.
///
/// `findings` gives each finding to the sink that it is handed, in the order of check run and subject.
///
/// # Errors
/// What writing gives, with the name of the file, and what `findings` gives.
pub fn write_all(
    out: &Path,
    head: &Head,
    gaps: &[Gap],
    findings: impl FnOnce(&mut dyn FindingSink) -> io::Result<()>,
) -> io::Result<(Kept, Vec<PathBuf>)> {
    let rendering = Rendering::create(out, head, &Templates::built_in())?;
    let path = out.join(RESULTS);
    let results = File::create(&path).and_then(|file| ResultsWriter::new(Digested::new(file), head));
    let mut both = Tee(results.map_err(|error| named(&path, &error))?, rendering);
    findings(&mut both)?;
    let Tee(results, rendering) = both;
    let results = results.finish(gaps).map_err(|error| named(&path, &error))?;
    let (kept, mut files) = rendering.finish(head, gaps, &results.digest())?;
    files.insert(0, path);
    Ok((kept, files))
}

/// Renders a results file in every format into the folder `out`.
///
/// # Errors
/// [`RenderError`], which names the file.
pub fn render_all(results: &Path, out: &Path, templates: &Templates) -> Result<Rendered, RenderError> {
    let read = read_into(results, |head| Rendering::create(out, head, templates))?;
    let (kept, files) = match read.sink.finish(&read.head, &read.gaps, &read.sha256) {
        Ok(written) => written,
        Err(source) => return Err(RenderError::Write(source)),
    };
    Ok(Rendered { head: read.head, kept, gaps: read.gaps, files })
}

/// Renders a results file in one format, with the built-in templates.
///
/// # Errors
/// [`RenderError`], which names the file.
pub fn render_one(
    results: &Path,
    format: &Format,
    out: impl Write + Send + Sync + 'static,
) -> Result<Rendered, RenderError> {
    let ReadInto { head, sink, gaps, sha256 } =
        read_into(results, |head| Ok(One { output: (format.open)(Box::new(out), head)?, kept: Kept::default() }))?;
    let templates = Templates::built_in();
    let end = End { head: &head, kept: &sink.kept, gaps: &gaps, results_sha256: &sha256, templates: &templates };
    if let Err(source) = sink.output.finish(&end) {
        return Err(RenderError::Write(named(Path::new(format.file), &source)));
    }
    Ok(Rendered { head, kept: sink.kept, gaps, files: Vec::new() })
}

struct One {
    output: Box<dyn Output>,
    kept: Kept,
}

impl FindingSink for One {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.kept.finding(finding)?;
        let text = self.output.text_of(std::slice::from_ref(finding))?;
        self.output.write(&text)
    }
}
