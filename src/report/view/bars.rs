//! Stacked bars: counts by word, as shares of a whole, for a drawing that reads without colour.

use serde::Serialize;

use super::Word;
use crate::report::human;

/// A stacked bar. Its numbers stand beside it, so it says nothing that the text does not.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Bar {
    /// What it shows, in a few words.
    title: String,
    /// All of its numbers in one sentence.
    told: String,
    /// Its pieces, from left to right; none if there is nothing to show.
    pieces: Vec<Piece>,
}

/// One piece of a bar.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Piece {
    /// What it counts.
    word: Word,
    /// How many.
    count: String,
    /// Where it begins, as a share of the bar such as `12.50%`.
    x: String,
    /// How wide it is, as a share of the bar.
    width: String,
}

/// Narrowest piece that is drawn, in hundredths of a percent: what is there can be seen.
const LEAST: u64 = 100;

impl Bar {
    /// A bar of the counts that are not zero.
    pub(super) fn new(title: &str, counts: impl IntoIterator<Item = (Word, u64)>) -> Self {
        let counts: Vec<(Word, u64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        let total: u128 = counts.iter().map(|(_, count)| u128::from(*count)).sum();
        let share = |count: u64| {
            let share = u128::from(count).saturating_mul(10_000).checked_div(total).unwrap_or(0);
            u64::try_from(share).unwrap_or(10_000).max(LEAST)
        };
        let whole: u64 = counts.iter().map(|(_, count)| share(*count)).sum();
        let scaled = |at: u64| percent(at.saturating_mul(10_000).checked_div(whole).unwrap_or(0));
        let mut at = 0;
        let mut pieces = Vec::new();
        for (word, count) in &counts {
            let width = share(*count);
            pieces.push(Piece {
                word: word.clone(),
                count: human::number(*count),
                x: scaled(at),
                width: scaled(width),
            });
            at += width;
        }
        let told: Vec<String> =
            counts.iter().map(|(word, count)| format!("{} {}", human::number(*count), word.label)).collect();
        let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
        Self { title: title.to_owned(), told, pieces }
    }
}

fn percent(hundredths: u64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::Severity;
    use crate::report::view::word;

    #[test]
    fn pieces_fill_the_bar_and_the_smallest_can_be_seen() {
        let bar = Bar::new(
            "t",
            [(word!(Severity::Critical), 1), (word!(Severity::High), 0), (word!(Severity::Low), u64::MAX)],
        );
        let told: Vec<_> = bar.pieces.iter().map(|one| (one.word.name, one.x.as_str(), one.width.as_str())).collect();
        assert_eq!(told, [("critical", "0.00%", "0.99%"), ("low", "0.99%", "99.00%")]);
        assert_eq!(Bar::new("t", []).told, "none");
    }
}
