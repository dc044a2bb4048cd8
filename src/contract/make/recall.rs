//! What a thread remembers while it makes findings, so that expressions ask each sort of grant once and not each grant.

use std::cell::OnceCell;

use crate::expr::{Expr, Memo};

/// Memories of expressions, by their position; made when they are first asked. Nothing that is told depends on them.
#[derive(Debug, Default)]
pub(super) struct Recall {
    runs: Vec<OnceCell<Memo>>,
    rules: Vec<OnceCell<Memo>>,
    none: Memo,
}

impl Recall {
    /// For so many check runs and classification rules.
    pub(super) fn new(runs: usize, rules: usize) -> Self {
        let cells = |count: usize| (0..count).map(|_| OnceCell::new()).collect();
        Self { runs: cells(runs), rules: cells(rules), none: Memo::default() }
    }

    /// The memory of what a check run asks of those whom it is about.
    pub(super) fn of_run(&self, run: usize, passes: &Expr) -> &Memo {
        self.runs.get(run).map_or(&self.none, |memo| memo.get_or_init(|| Memo::of(passes)))
    }

    /// The memory of a classification rule.
    pub(super) fn of_rule(&self, rule: usize, when: &Expr) -> &Memo {
        self.rules.get(rule).map_or(&self.none, |memo| memo.get_or_init(|| Memo::of(when)))
    }
}
