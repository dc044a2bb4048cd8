//! Small drawings: boxes with wrapped names, and numbered lines between them, laid out here so that a template only
//! prints them.

use serde::Serialize;

use super::Word;

/// A drawing, in units of a pixel.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Drawing {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// The lines, to be drawn beneath the boxes.
    pub lines: Vec<Line>,
    /// The boxes.
    pub boxes: Vec<Box>,
    /// Words beside lines, and headings of columns.
    pub texts: Vec<Words>,
    /// Numbers in circles: those of the steps or things in the list beside the drawing.
    pub numbers: Vec<Words>,
}

/// A box.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Box {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// What it stands for: `system`, `credential`, `identity`, `administrator`, `resource`, or `more` for what is left out.
    pub kind: &'static str,
    /// What stands in it, line by line.
    pub texts: Vec<Words>,
}

/// A line with an arrow at its end.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Line {
    /// The path, as SVG writes it.
    pub d: String,
    /// How sure the step is.
    pub state: Word,
}

/// A piece of text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Words {
    /// Where it begins, or its middle for a number.
    pub x: u32,
    /// Its base line, or its middle for a number.
    pub y: u32,
    /// `name`, `small` or `head`; `number` for a number.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

/// What is written into a box.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub name: String,
    pub small: Vec<String>,
    pub kind: &'static str,
}

/// Height of a line of a name, and of a small line.
const NAME: u32 = 15;
const SMALL: u32 = 14;
/// Room above and below the text of a box.
const PAD: u32 = 8;
/// Most lines of one name.
const LINES: usize = 3;

impl Label {
    /// How high a box with it is, if `columns` characters stand in a line.
    pub(super) fn height(&self, columns: usize) -> u32 {
        let names = u32::try_from(wrapped(&self.name, columns, LINES).len()).unwrap_or(1);
        let small: usize = self.small.iter().map(|one| wrapped(one, columns + 1, 2).len()).sum();
        2 * PAD + names * NAME + u32::try_from(small).unwrap_or(0) * SMALL
    }

    /// The box with it.
    pub(super) fn placed(&self, x: u32, y: u32, width: u32, columns: usize) -> Box {
        let mut texts = Vec::new();
        let mut base = y + PAD;
        for text in wrapped(&self.name, columns, LINES) {
            base += NAME;
            texts.push(Words { x: x + 12, y: base - 4, kind: "name", text });
        }
        for text in self.small.iter().flat_map(|one| wrapped(one, columns + 1, 2)) {
            base += SMALL;
            texts.push(Words { x: x + 12, y: base - 4, kind: "small", text });
        }
        Box { x, y, width, height: self.height(columns), kind: self.kind, texts }
    }
}

/// How wide a path is drawn, and how many characters stand in a line of it.
const PATH_WIDTH: u32 = 320;
const PATH_COLUMNS: usize = 39;
/// Room between two boxes of a path, for the number and the words of a step.
const STEP: u32 = 44;

/// A path from top to bottom: a box for each place, and between them the steps with their numbers and words.
pub(super) fn path(places: &[Label], steps: &[(String, String, Word)]) -> Drawing {
    let mut drawing = Drawing { width: PATH_WIDTH, ..Drawing::default() };
    let (mut y, middle) = (1, 24);
    for (at, place) in places.iter().enumerate() {
        let made = place.placed(1, y, PATH_WIDTH - 2, PATH_COLUMNS);
        y += made.height;
        drawing.boxes.push(made);
        let Some((n, how, state)) = steps.get(at) else { continue };
        drawing.lines.push(Line { d: format!("M{middle} {y} V{}", y + STEP - 1), state: state.clone() });
        drawing.numbers.push(Words { x: middle, y: y + STEP / 2 - 3, kind: "number", text: n.clone() });
        let words = wrapped(how, PATH_COLUMNS - 3, 2);
        let top = y + STEP / 2 + 2 - if words.len() > 1 { SMALL / 2 } else { 0 };
        for (text, line) in words.into_iter().zip(0..) {
            drawing.texts.push(Words { x: middle + 18, y: top + line * SMALL, kind: "small", text });
        }
        y += STEP;
    }
    drawing.height = y + 1;
    drawing
}

/// The text in lines of at most `columns` characters, broken where a name has a joint; the last of `most` lines ends
/// in `…` if there is more.
pub(super) fn wrapped(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(4);
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.trim().chars().collect();
    while !rest.is_empty() {
        let fits = fitting(&rest, columns);
        if fits == rest.len() {
            lines.push(rest.iter().collect());
            break;
        }
        if lines.len() + 1 == most {
            let cut: String = rest.iter().take(fitting(&rest, columns - 1)).collect();
            lines.push(format!("{}…", cut.trim_end()));
            break;
        }
        let joint = |c: &char| matches!(c, ' ' | '-' | '_' | '/' | ':' | '.' | '@' | '#' | ',' | '|');
        let broken = rest.iter().take(fits).rposition(joint).map(|at| at + 1).filter(|at| *at > columns / 3);
        let after = rest.split_off(broken.unwrap_or(fits).max(1));
        lines.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = after.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines
}

/// How many characters stand in so many columns; those of East Asia are twice as wide.
fn fitting(text: &[char], columns: usize) -> usize {
    let mut used = 0;
    text.iter()
        .take_while(|c| {
            used += if **c >= '\u{1100}' { 2 } else { 1 };
            used <= columns
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_break_at_their_joints_and_are_cut_with_a_sign() {
        assert_eq!(wrapped("ops-remediator", 20, 3), ["ops-remediator"]);
        assert_eq!(
            wrapped("AmazonBedrockExecutionRoleForAgents_replydesk", 20, 3),
            ["AmazonBedrockExecuti", "onRoleForAgents_", "replydesk"]
        );
        assert_eq!(wrapped(&"x".repeat(99), 10, 2), ["xxxxxxxxxx", "xxxxxxxxx…"]);
        assert_eq!(wrapped("漢字漢字漢字", 6, 2), ["漢字漢", "字漢字"]);
        assert!(wrapped("", 9, 3).is_empty());
    }
}
