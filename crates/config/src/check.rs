//! What the sections' `validate` functions share: the file, its namespace, and the list of what is wrong.

use std::{collections::BTreeMap, path::Path};

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{
    environment::Environment,
    literal,
    report::Diagnostic,
    secret::{Namespace, SecretRef},
    settings::Settings,
    shape,
    source::{Source, join},
    suggest,
    tree::{Kind, Node},
};

/// A file under check.
pub(crate) struct Check<'a> {
    pub(crate) source: &'a Source,
    pub(crate) namespace: Namespace<'a>,
    pub(crate) environment: &'a dyn Environment,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a file, checks its shape, and fills its type.
pub(crate) fn parse<T: DeserializeOwned>(
    file: &Path,
    schema: &Value,
) -> Result<(Source, T), Vec<Diagnostic>> {
    let mut source = Source::read(file)?;
    let findings = shape::check(source.tree(), schema);
    if !findings.issues.is_empty() {
        source.mask(&findings.masks);
        return Err(findings
            .issues
            .into_iter()
            .map(|issue| source.at(issue.span, issue.message, issue.help))
            .collect());
    }
    match serde_path_to_error::deserialize(source.tree().to_json()) {
        Ok(sections) => Ok((source, sections)),
        Err(error) => {
            let path = error.path().to_string();
            let message = format!("`{path}`: {}", error.into_inner());
            Err(vec![source.at(source.span(&path), message, None)])
        }
    }
}

impl Check<'_> {
    /// Notes what is wrong at a dotted path.
    pub(crate) fn error(
        &mut self,
        path: &str,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        let diagnostic = self
            .source
            .at(self.source.span(path), message.into(), help.into());
        self.diagnostics.push(diagnostic);
    }

    /// The secret behind a reference; `None` when it does not resolve, which is then noted.
    pub(crate) fn secret(&mut self, path: &str, reference: &SecretRef) -> Option<SecretString> {
        match self.namespace.resolve(reference, self.environment) {
            Ok(secret) => Some(secret),
            Err(refusal) => {
                self.error(path, format!("`{path}`: {}", refusal.message), refusal.help);
                None
            }
        }
    }

    /// Notes a word that is not one of the known.
    pub(crate) fn one_of(&mut self, path: &str, word: &str, known: &[String], place: &str) {
        if !known.iter().any(|candidate| candidate == word) {
            let message = format!("`{path}` names \"{word}\", which is not in {place}");
            let help = suggest::help(word, known.iter().map(String::as_str));
            self.error(path, message, help);
        }
    }

    /// The free settings at a path; their secrets get keys that begin with `prefix`.
    pub(crate) fn settings(&mut self, path: &str, prefix: &str) -> Option<Settings> {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let source = self.source;
        let Some(entry) = source.tree().follow(parent).entry(key) else {
            return Some(Settings::default());
        };
        let mut taken = Taken {
            settings_path: path,
            prefix,
            secrets: BTreeMap::new(),
            complete: true,
        };
        let value = self.without_secrets(&entry.node, "", &mut taken);
        taken.complete.then_some(Settings {
            value,
            secrets: taken.secrets,
        })
    }

    fn without_secrets(&mut self, node: &Node, path: &str, taken: &mut Taken<'_>) -> Value {
        if let Some((kind, target)) = literal::as_reference(node)
            && !path.is_empty()
        {
            let reference = match kind {
                "env" => SecretRef::Env(target.to_owned()),
                _ => SecretRef::File(target.to_owned()),
            };
            let key = format!("{}{path}", taken.prefix);
            match self.secret(&join(taken.settings_path, path), &reference) {
                Some(secret) => drop(taken.secrets.insert(key.clone(), secret)),
                None => taken.complete = false,
            }
            return json!({ "$secret": key });
        }
        match &node.kind {
            Kind::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.without_secrets(item, &format!("{path}[{index}]"), taken))
                .collect(),
            Kind::Table(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| {
                        let value =
                            self.without_secrets(&entry.node, &join(path, &entry.key), taken);
                        (entry.key.clone(), value)
                    })
                    .collect::<Map<_, _>>(),
            ),
            Kind::String(text) => Value::String(self.namespace.with_folder(text)),
            _ => node.to_json(),
        }
    }
}

/// Secrets taken out of settings so far.
struct Taken<'a> {
    settings_path: &'a str,
    prefix: &'a str,
    secrets: BTreeMap<String, SecretString>,
    complete: bool,
}
