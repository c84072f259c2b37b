//! What a test of many cases tells: each case, what must hold, and what was seen.

use std::fmt::Write as _;

/// A table of cases.
pub(crate) struct Table {
    title: &'static str,
    rows: Vec<[String; 3]>,
}

impl Table {
    pub(crate) fn new(title: &'static str) -> Self {
        Self {
            title,
            rows: Vec::new(),
        }
    }

    /// Adds a case.
    pub(crate) fn row(&mut self, case: &str, expected: &str, seen: &str) {
        self.rows
            .push([case, expected, seen].map(ToOwned::to_owned));
    }

    /// Prints the table; every case must have been seen as expected.
    #[expect(
        clippy::print_stdout,
        reason = "the table is what the test has to show"
    )]
    pub(crate) fn holds(&self) {
        assert!(!self.rows.is_empty(), "{} has no case", self.title);
        let head = [self.title, "expected", "seen"].map(ToOwned::to_owned);
        let widths = [0, 1].map(|column| {
            let cells = self.rows.iter().chain([&head]);
            let width = cells.map(|row| row[column].chars().count()).max();
            width.unwrap_or_default()
        });
        let mut text = String::new();
        for [case, expected, seen] in [&head].into_iter().chain(&self.rows) {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{case:0$} | {expected:1$} | {seen}",
                widths[0], widths[1]
            );
        }
        println!("{text}");
        let wrong: Vec<_> = self.rows.iter().filter(|row| row[1] != row[2]).collect();
        assert!(wrong.is_empty(), "not as expected: {wrong:#?}");
    }
}
