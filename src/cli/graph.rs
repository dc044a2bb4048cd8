//! `assize graph`: what a subject reaches, or what reaches a resource, drawn.

use super::Outcome;
use super::args::{GraphArgs, GraphFormat};
use super::{look, print};
use crate::contract::make::{self, Bounds};
use crate::report::DRAWINGS;

pub(super) fn run(args: &GraphArgs) -> Outcome {
    let form = match args.format {
        GraphFormat::Text => "text",
        GraphFormat::Dot => "dot",
        GraphFormat::Mermaid => "mermaid",
        GraphFormat::Svg => "svg",
    };
    look::run(&args.look, |input, target| {
        let picture = make::picture(input, target, Bounds { depth: args.depth, possible: args.possible });
        DRAWINGS
            .iter()
            .find(|drawing| drawing.id == form)
            .map_or(Outcome::Broken, |drawing| print::out(&(drawing.draw)(&picture)))
    })
}
