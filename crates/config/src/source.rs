//! One configuration file: its text, its tree, and where things stand in it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::de::DeTable;

use crate::{
    report::{Diagnostic, Position, Snippet},
    tree::{Kind, Node, Span},
};

/// A file that parsed. Its text may be shown to people, so literal secrets are masked in it.
pub(crate) struct Source {
    file: PathBuf,
    text: Arc<str>,
    tree: Node,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.file).finish()
    }
}

impl Source {
    /// Reads and parses a file.
    pub(crate) fn read(file: &Path) -> Result<Self, Vec<Diagnostic>> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            vec![Diagnostic::of_file(
                file,
                format!("the file can't be read: {error}"),
                None,
            )]
        })?;
        let (table, errors) = DeTable::parse_recoverable(&text);
        if errors.is_empty() {
            let tree = Node::from_table(table.span(), table.into_inner());
            return Ok(Self {
                file: file.to_owned(),
                text: text.into(),
                tree,
            });
        }
        // Without a tree nobody can say which strings are literal secrets, so the text itself is not shown.
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for error in errors {
            let start = error.span().map_or(0, |span| span.start);
            let position = position(&text, start);
            if diagnostics.iter().all(|d| d.position != Some(position)) {
                diagnostics.push(Diagnostic {
                    position: Some(position),
                    ..Diagnostic::of_file(
                        file,
                        format!("not TOML: {}", error.message()),
                        syntax_help(error.message()),
                    )
                });
            }
        }
        Err(diagnostics)
    }

    pub(crate) fn tree(&self) -> &Node {
        &self.tree
    }

    /// Blanks places of the text that people must not see.
    pub(crate) fn mask(&mut self, spans: &[Span]) {
        self.text = masked(&self.text, spans).into();
    }

    /// A diagnostic at a place of the text.
    pub(crate) fn at(&self, span: Span, message: String, help: Option<String>) -> Diagnostic {
        Diagnostic {
            file: self.file.clone(),
            position: Some(position(&self.text, span.start)),
            message: printable(message),
            help: help.map(printable),
            snippet: Some(Box::new(Snippet {
                text: Arc::clone(&self.text),
                span,
            })),
        }
    }

    /// The place of a dotted path or, where it leads nowhere, of its nearest ancestor.
    pub(crate) fn span(&self, path: &str) -> Span {
        self.tree.follow(path).span.clone()
    }

    /// A diagnostic inside free settings. All strings of the settings are masked: only the plugin knows which are secrets.
    pub(crate) fn in_settings(
        &self,
        settings: &str,
        path: &str,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let mut strings = Vec::new();
        collect_strings(self.tree.follow(settings), &mut strings);
        let span = self.span(&join(settings, path));
        Diagnostic {
            snippet: Some(Box::new(Snippet {
                text: masked(&self.text, &strings).into(),
                span: span.clone(),
            })),
            ..self.at(span, message, help)
        }
    }
}

/// The commonest slip behind the parser's words.
fn syntax_help(message: &str) -> Option<String> {
    let number = ["invalid float", "invalid integer"]
        .iter()
        .any(|start| message.starts_with(start));
    number.then(|| "text stands in quotes: key = \"text\"".to_owned())
}

/// Joins two dotted paths.
pub(crate) fn join(parent: &str, child: &str) -> String {
    match (parent, child) {
        ("", _) => child.to_owned(),
        (_, "") => parent.to_owned(),
        _ if child.starts_with('[') => format!("{parent}{child}"),
        _ => format!("{parent}.{child}"),
    }
}

fn collect_strings(node: &Node, spans: &mut Vec<Span>) {
    match &node.kind {
        Kind::String(_) => spans.push(node.span.clone()),
        Kind::Array(items) => items.iter().for_each(|item| collect_strings(item, spans)),
        Kind::Table(entries) => entries
            .iter()
            .for_each(|entry| collect_strings(&entry.node, spans)),
        _ => {}
    }
}

/// A message may quote a file; control characters in it would speak to the reader's terminal.
pub(crate) fn printable(text: String) -> String {
    if text.contains(char::is_control) {
        text.replace(char::is_control, "\u{fffd}")
    } else {
        text
    }
}

/// Line and column, both from 1, the column in characters.
fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// Replaces what stands in the spans by asterisks of the same length in bytes, so that every other place stays where it is.
fn masked(text: &str, spans: &[Span]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in bytes.get_mut(span.clone()).into_iter().flatten() {
            if *byte != b'\n' {
                *byte = b'*';
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
