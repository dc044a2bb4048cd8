//! `assize init`: placeholder.
use super::Outcome;
use super::args::InitArgs;

pub(super) fn run(_: &InitArgs) -> Outcome {
    Outcome::Broken
}
