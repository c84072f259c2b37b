//! Checks a file's shape against its JSON schema: keys, types, ranges and words, all at once, each with its place.
//!
//! The schema is generated from the section types, so the check, the editor's help and the types can't drift apart.

use serde_json::Value;

use crate::{
    literal,
    schema::{SECRET, SETTINGS},
    source::join,
    suggest,
    tree::{Kind, Node, Span},
    word::Format,
};

/// Something that is wrong at a place.
pub(crate) struct Issue {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// What the check found.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) issues: Vec<Issue>,
    /// Places of literal secrets, which must not be shown.
    pub(crate) masks: Vec<Span>,
}

impl Findings {
    pub(crate) fn add(
        &mut self,
        span: &Span,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.issues.push(Issue {
            span: span.clone(),
            message: message.into(),
            help: help.into(),
        });
    }
}

/// Checks a whole file.
pub(crate) fn check(tree: &Node, schema: &Value) -> Findings {
    let mut walk = Walk {
        root: schema,
        findings: Findings::default(),
    };
    walk.value(tree, schema, "");
    walk.findings
}

struct Walk<'a> {
    root: &'a Value,
    findings: Findings,
}

impl<'a> Walk<'a> {
    fn value(&mut self, node: &Node, schema: &'a Value, path: &str) {
        let schema = self.resolve(schema);
        if schema.get(SECRET).is_some() {
            literal::reference(node, path, &mut self.findings);
            return;
        }
        if schema.get(SETTINGS).is_some() {
            literal::settings(node, path, &mut self.findings);
            return;
        }
        if let Some(words) = words(schema) {
            self.word(node, &words, path);
            return;
        }
        if let Some(options) = schema["anyOf"].as_array() {
            let fitting = options
                .iter()
                .find(|option| fits(node, type_of(self.resolve(option))));
            if let Some(option) = fitting {
                self.value(node, option, path);
            } else {
                let forms: Vec<&str> = options
                    .iter()
                    .map(|option| article(type_of(self.resolve(option))))
                    .collect();
                self.wrong_type(node, &forms.join(" or "), path);
            }
            return;
        }
        let expected = type_of(schema);
        if !fits(node, expected) {
            self.wrong_type(node, article(expected), path);
            return;
        }
        match &node.kind {
            Kind::Table(_) => self.table(node, schema, path),
            Kind::Array(items) => self.list(node, items, schema, path),
            Kind::Integer(number) => self.range(node, *number, schema, path),
            Kind::String(text) => self.text(node, text, schema, path),
            _ => {}
        }
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| self.root.pointer(pointer));
        target.map_or(schema, |target| self.resolve(target))
    }

    fn wrong_type(&mut self, node: &Node, expected: &str, path: &str) {
        self.findings.add(
            &node.span,
            format!(
                "`{path}` must be {expected}, but here stands {}",
                node.describe()
            ),
            None,
        );
    }

    fn table(&mut self, node: &Node, schema: &'a Value, path: &str) {
        let Some(properties) = schema["properties"].as_object() else {
            // A table whose keys are names of the writer's own.
            if schema["additionalProperties"].is_object() {
                for entry in node.entries() {
                    let place = join(path, &entry.key);
                    self.value(&entry.node, &schema["additionalProperties"], &place);
                }
            }
            return;
        };
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut meant = Vec::new();
        for entry in node.entries() {
            let place = join(path, &entry.key);
            if let Some(property) = properties.get(&entry.key) {
                self.value(&entry.node, property, &place);
            } else {
                meant.extend(suggest::nearest(&entry.key, known.iter().copied()));
                let help = self.elsewhere(&entry.key, path, &known);
                literal::mask_all(&entry.node, &mut self.findings);
                self.findings
                    .add(&entry.key_span, format!("unknown key `{place}`"), help);
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for key in required.filter_map(Value::as_str) {
            // A mistyped key is said to be mistyped, not to be missing as well.
            if node.entry(key).is_none() && !meant.contains(&key) {
                self.missing(node, key, &properties[key], path);
            }
        }
    }

    fn missing(&mut self, node: &Node, key: &str, property: &'a Value, path: &str) {
        let resolved = self.resolve(property);
        let help = [property, resolved].into_iter().find_map(description);
        let (what, span) = match (path, type_of(resolved)) {
            // A file that misses a whole section has no place to point at but its beginning.
            ("", "array") => (format!("[[{key}]]"), 0..0),
            ("", _) => (format!("[{key}]"), 0..0),
            _ => (format!("`{}`", join(path, key)), node.span.clone()),
        };
        self.findings.add(&span, format!("{what} is missing"), help);
    }

    /// Help for an unknown key: the nearest key here, or the section where it belongs.
    fn elsewhere(&self, key: &str, path: &str, known: &[&str]) -> String {
        if path.is_empty() && key == "tokens" {
            return "the token store is the operator's choice, one for the installation: it is named in the operator's file".to_owned();
        }
        if suggest::nearest(key, known.iter().copied()).is_none() {
            let sections = self.root["properties"].as_object().into_iter().flatten();
            for (section, schema) in sections {
                if self.resolve(schema)["properties"].get(key).is_some() {
                    return format!("`{key}` belongs into [{section}]");
                }
            }
        }
        suggest::help(key, known.iter().copied())
    }

    fn list(&mut self, node: &Node, items: &[Node], schema: &'a Value, path: &str) {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        if (items.len() as u64) < least {
            self.findings
                .add(&node.span, format!("`{path}` must not be empty"), None);
        }
        for (index, item) in items.iter().enumerate() {
            let place = format!("{path}[{index}]");
            self.value(item, &schema["items"], &place);
        }
    }

    fn range(&mut self, node: &Node, number: Option<i64>, schema: &Value, path: &str) {
        let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
        let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
        if !number.is_some_and(|number| (least..=most).contains(&number)) {
            let message = format!("`{path}` must be between {least} and {most}");
            self.findings.add(&node.span, message, description(schema));
        }
    }

    fn text(&mut self, node: &Node, text: &str, schema: &Value, path: &str) {
        if literal::url_with_password(text) {
            literal::refuse_url(node, path, &mut self.findings);
            return;
        }
        if text.is_empty() && schema["minLength"].as_u64().unwrap_or(0) > 0 {
            self.findings
                .add(&node.span, format!("`{path}` must not be empty"), None);
            return;
        }
        let format = schema["format"].as_str().and_then(Format::named);
        if let Some(problem) = format.and_then(|format| format.problem(text)) {
            self.findings.add(
                &node.span,
                format!("`{path}` {}", problem.message),
                problem.help,
            );
        }
    }

    fn word(&mut self, node: &Node, words: &[&str], path: &str) {
        match &node.kind {
            Kind::String(text) if words.contains(&text.as_str()) => {}
            Kind::String(text) => {
                let known = words.iter().copied();
                self.findings.add(
                    &node.span,
                    format!("`{path}` can't be \"{text}\""),
                    suggest::help(text, known),
                );
            }
            _ => self.wrong_type(node, "a string", path),
        }
    }
}

/// What a place is for, on one line.
fn description(schema: &Value) -> Option<String> {
    let text = schema["description"].as_str()?;
    Some(text.replace('\n', " "))
}

/// The words that a schema lists, if it lists words.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(Value::as_str).collect();
    }
    let options = schema["oneOf"].as_array()?;
    options
        .iter()
        .map(|option| option["const"].as_str())
        .collect()
}

fn type_of(schema: &Value) -> &str {
    schema["type"].as_str().unwrap_or_else(|| {
        // A word of its own, such as "any", has no type in the generated schema.
        if schema.get("const").is_some() {
            "string"
        } else {
            ""
        }
    })
}

fn fits(node: &Node, expected: &str) -> bool {
    match node.kind {
        Kind::String(_) => matches!(expected, "string" | ""),
        Kind::Integer(_) => matches!(expected, "integer" | "number" | ""),
        Kind::Float(_) => matches!(expected, "number" | ""),
        Kind::Boolean(_) => matches!(expected, "boolean" | ""),
        Kind::Datetime(_) => expected.is_empty(),
        Kind::Array(_) => matches!(expected, "array" | ""),
        Kind::Table(_) => matches!(expected, "object" | ""),
    }
}

fn article(expected: &str) -> &'static str {
    match expected {
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    }
}
