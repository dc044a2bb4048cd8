//! Writes all formats at once, while findings pass or from a results file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{End, FORMATS, Format, Kept, Output, template};
use crate::contract::v1::{Finding, FindingSink, Gap, Head, ReadError, ResultsWriter, Tee, read_into};

/// The name of the results file.
pub const RESULTS: &str = "results.json";

/// Why outputs could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The results file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An output could not be written.
    #[error("cannot write to `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
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
    kept: Kept,
}

impl Rendering {
    /// Starts every format as a file in the folder `out`, which is made if it is not there.
    ///
    /// # Errors
    /// A file that cannot be made, named.
    pub fn create(out: &Path, head: &Head) -> io::Result<Self> {
        rayon::spawn(template::prepare);
        std::fs::create_dir_all(out).map_err(|error| named(out, &error))?;
        let mut rendering = Self { outputs: Vec::new(), files: Vec::new(), kept: Kept::default() };
        for format in FORMATS {
            let path = out.join(format.file);
            let file = File::create(&path).map_err(|error| named(&path, &error))?;
            let output = (format.open)(Box::new(BufWriter::new(file)), head).map_err(|error| named(&path, &error))?;
            rendering.outputs.push(output);
            rendering.files.push(path);
        }
        Ok(rendering)
    }

    /// Writes what stands after the findings, and gives the worst findings and the names of the files.
    ///
    /// # Errors
    /// What writing gives, with the name of the file.
    pub fn finish(self, head: &Head, gaps: &[Gap]) -> io::Result<(Kept, Vec<PathBuf>)> {
        let end = End { head, kept: &self.kept, gaps };
        let finished: Vec<io::Result<()>> = self
            .outputs
            .into_par_iter()
            .zip(&self.files)
            .map(|(output, path)| output.finish(&end).map_err(|error| named(path, &error)))
            .collect();
        finished.into_iter().collect::<io::Result<()>>()?;
        Ok((self.kept, self.files))
    }
}

impl FindingSink for Rendering {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.kept.finding(finding)?;
        let mut outputs = self.outputs.iter_mut().zip(&self.files);
        outputs.try_for_each(|(output, path)| output.finding(finding).map_err(|error| named(path, &error)))
    }
}

/// The error with the name of the file that it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
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
    let rendering = Rendering::create(out, head)?;
    let path = out.join(RESULTS);
    let results = File::create(&path).and_then(|file| ResultsWriter::new(file, head));
    let mut both = Tee(results.map_err(|error| named(&path, &error))?, rendering);
    findings(&mut both)?;
    let Tee(results, rendering) = both;
    results.finish(gaps).map_err(|error| named(&path, &error))?;
    let (kept, mut files) = rendering.finish(head, gaps)?;
    files.insert(0, path);
    Ok((kept, files))
}

/// Renders a results file in every format into the folder `out`.
///
/// # Errors
/// [`RenderError`], which names the file.
pub fn render_all(results: &Path, out: &Path) -> Result<Rendered, RenderError> {
    let (head, rendering, gaps) = read_into(results, |head| Rendering::create(out, head))?;
    let (kept, files) = match rendering.finish(&head, &gaps) {
        Ok(written) => written,
        Err(source) => return Err(RenderError::Write { path: out.to_path_buf(), source }),
    };
    Ok(Rendered { head, kept, gaps, files })
}

/// Renders a results file in one format.
///
/// # Errors
/// [`RenderError`], which names the file.
pub fn render_one(results: &Path, format: &Format, out: impl Write + Send + 'static) -> Result<Rendered, RenderError> {
    let (head, one, gaps) =
        read_into(results, |head| Ok(One { output: (format.open)(Box::new(out), head)?, kept: Kept::default() }))?;
    let end = End { head: &head, kept: &one.kept, gaps: &gaps };
    if let Err(source) = one.output.finish(&end) {
        return Err(RenderError::Write { path: PathBuf::from(format.file), source });
    }
    Ok(Rendered { head, kept: one.kept, gaps, files: Vec::new() })
}

struct One {
    output: Box<dyn Output>,
    kept: Kept,
}

impl FindingSink for One {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.kept.finding(finding)?;
        self.output.finding(finding)
    }
}
