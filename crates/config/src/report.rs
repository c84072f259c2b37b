//! What is wrong with a configuration, and how it is shown.

use std::{
    error::Error,
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode, SourceSpan,
};

use crate::source::printable;

/// A place in a file; line and column count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Clone)]
pub struct Diagnostic {
    /// The file.
    pub file: PathBuf,
    /// The place in it; `None` when the whole file is meant.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    pub(crate) snippet: Option<Box<Snippet>>,
}

/// The text that is shown, with secrets masked.
#[derive(Clone)]
pub(crate) struct Snippet {
    pub(crate) text: Arc<str>,
    pub(crate) span: Range<usize>,
}

impl Diagnostic {
    pub(crate) fn of_file(file: &Path, message: String, help: Option<String>) -> Self {
        Self {
            file: file.to_owned(),
            position: None,
            message: printable(message),
            help: help.map(printable),
            snippet: None,
        }
    }
}

impl Diagnostic {
    /// The same with how to mend it.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(printable(help.into())),
            ..self
        }
    }
}

impl fmt::Debug for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One line: `file:line:column: message`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// ASCII without colours, for logs and files.
    Plain,
    /// Box drawing and colours, for terminals.
    Fancy,
}

/// Everything that is wrong with a configuration; never empty when [`load`](crate::load) returns it.
#[derive(Clone, Debug)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// A report of these diagnostics, ordered by file and place. What several tenants' plugins say about one line of the operator's is
    /// said once.
    pub fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(|a, b| {
            (&a.file, a.position, &a.message).cmp(&(&b.file, b.position, &b.message))
        });
        diagnostics.dedup_by(|a, b| {
            (&a.file, a.position, &a.message) == (&b.file, b.position, &b.message)
        });
        Self { diagnostics }
    }

    /// What is wrong, by file and place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Draws the report with the offending lines and the mends.
    pub fn render(&self, style: Style) -> String {
        let handler = match style {
            Style::Plain => GraphicalReportHandler::new_themed(GraphicalTheme::none()),
            Style::Fancy => GraphicalReportHandler::new_themed(GraphicalTheme::unicode()),
        }
        .with_context_lines(1)
        .with_width(110)
        .with_links(false);
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            // Writing into a string does not fail; if drawing does, the one-line form still says what is wrong.
            if handler
                .render_report(&mut out, &Drawn::new(diagnostic))
                .is_err()
            {
                out.push_str(&diagnostic.to_string());
            }
            out.push('\n');
        }
        out
    }
}

/// One line for each thing that is wrong.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl Error for Report {}

/// A diagnostic as miette draws it.
#[derive(Debug)]
struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<(NamedSource<String>, SourceSpan)>,
}

impl<'a> Drawn<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        let source = diagnostic.snippet.as_ref().map(|snippet| {
            let name = diagnostic.file.display().to_string();
            let source = NamedSource::new(name, snippet.text.to_string());
            (source, SourceSpan::from(snippet.span.clone()))
        });
        Self { diagnostic, source }
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.source.is_some() {
            f.write_str(&self.diagnostic.message)
        } else {
            write!(f, "{}", self.diagnostic)
        }
    }
}

impl Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|(source, _)| source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.source.as_ref()?;
        Some(Box::new(std::iter::once(
            LabeledSpan::new_primary_with_span(None, *span),
        )))
    }
}
