//! What a test tried, expected and saw: printed as a table, and judged as a whole.

use xtask::output;

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

    /// Writes down a case.
    pub(crate) fn row(
        &mut self,
        case: impl Into<String>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) {
        self.rows.push([case.into(), expected.into(), seen.into()]);
    }

    /// Prints the table, and fails if anything was seen that was not expected.
    pub(crate) fn judge(self) {
        let heads = ["case", "expected", "seen"].map(str::to_owned);
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&heads]);
            cells
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths = [0, 1].map(width);
        let mut lines = vec![format!("\n{}", self.title)];
        for (index, [case, expected, seen]) in [&heads].into_iter().chain(&self.rows).enumerate() {
            let seen = match index {
                0 => seen.as_str(),
                _ if seen == expected => "the same",
                _ => seen.as_str(),
            };
            lines.push(format!(
                "  {case:0$}  {expected:1$}  {seen}",
                widths[0], widths[1]
            ));
        }
        output::tell(lines.join("\n"));
        let wrong: Vec<_> = self
            .rows
            .iter()
            .filter(|[_, expected, seen]| expected != seen)
            .map(|[case, expected, seen]| format!("{case}: expected `{expected}`, saw `{seen}`"))
            .collect();
        assert!(!self.rows.is_empty(), "{}: nothing was tried", self.title);
        assert!(wrong.is_empty(), "{}:\n{}", self.title, wrong.join("\n"));
    }
}
