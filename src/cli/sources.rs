//! `assize sources`: what can be read, and the commands that export it.

use super::Outcome;
use super::print;
use crate::source::SOURCES;

pub(super) fn run() -> Outcome {
    let mut text = String::new();
    for source in SOURCES {
        let about = source.about();
        text.push_str(&format!("{}\n    {}\n", about.id, about.title));
        for command in about.commands {
            text.push_str(&format!("    $ {command}\n"));
        }
        text.push('\n');
    }
    text.push_str("Put the files into one folder, in any order and under any name, and run `assize check FOLDER`.\n");
    print::out(&text)
}
