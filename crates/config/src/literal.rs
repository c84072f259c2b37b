//! Secrets stand in no file: recognises references to secrets, and secrets that stand where a reference belongs.

use crate::{
    shape::Findings,
    source::join,
    suggest,
    tree::{Entry, Kind, Node},
};

const MEND: &str =
    "write `{ env = \"NAME\" }` for an environment variable or `{ file = \"path\" }` for a file";

/// Last words of the names of settings whose value is a secret, whatever the plugin is.
const TELLING: [&str; 24] = [
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "token",
    "bearer",
    "credential",
    "credentials",
    "apikey",
    "api_key",
    "access_key",
    "auth_key",
    "encryption_key",
    "hmac_key",
    "private_key",
    "sealing_key",
    "secret_key",
    "shared_key",
    "signing_key",
    "client_key",
];

/// Checks a place where a secret is referred to.
pub(crate) fn reference(node: &Node, path: &str, findings: &mut Findings) {
    match (&node.kind, node.entries()) {
        (
            Kind::Table(_),
            [
                Entry {
                    key, node: target, ..
                },
            ],
        ) if is_reference_key(key) => match &target.kind {
            Kind::String(text) if !text.is_empty() => {}
            Kind::String(_) => {
                findings.add(
                    &target.span,
                    format!("`{path}.{key}` must not be empty"),
                    None,
                );
            }
            _ => findings.add(
                &target.span,
                format!(
                    "`{path}.{key}` must be a string, but here stands {}",
                    target.describe()
                ),
                None,
            ),
        },
        (Kind::Table(_), [Entry { key, key_span, .. }]) => {
            mask_all(node, findings);
            let help = suggest::nearest(key, ["env", "file"])
                .map_or_else(|| MEND.to_owned(), |near| format!("did you mean `{near}`?"));
            findings.add(key_span, format!("unknown key `{path}.{key}`"), help);
        }
        (Kind::Table(_), _) => {
            mask_all(node, findings);
            findings.add(
                &node.span,
                format!("`{path}` must have one key, either `env` or `file`"),
                MEND.to_owned(),
            );
        }
        _ => refuse(node, path, findings),
    }
}

/// Whether a table in free settings refers to a secret, and how.
pub(crate) fn as_reference(node: &Node) -> Option<(&str, &str)> {
    match node.entries() {
        [entry] if is_reference_key(&entry.key) => match &entry.node.kind {
            Kind::String(text) => Some((&entry.key, text)),
            _ => None,
        },
        _ => None,
    }
}

fn is_reference_key(key: &str) -> bool {
    matches!(key, "env" | "file")
}

/// Checks the free settings of a plugin: what JSON can't hold, reserved names, and secrets that stand there in clear.
pub(crate) fn settings(node: &Node, path: &str, findings: &mut Findings) {
    if matches!(node.kind, Kind::Table(_)) {
        setting(node, path, true, findings);
    } else {
        let message = format!(
            "`{path}` must be a table, but here stands {}",
            node.describe()
        );
        findings.add(&node.span, message, None);
    }
}

/// `plain`: whether the way to here makes a key that no other way can make.
fn setting(node: &Node, path: &str, plain: bool, findings: &mut Findings) {
    match &node.kind {
        Kind::Table(entries) => {
            for entry in entries {
                let place = join(path, &entry.key);
                let plain = plain && is_plain(&entry.key);
                if entry.key.starts_with('$') {
                    let message = format!("`{place}`: names that begin with `$` are reserved");
                    findings.add(&entry.key_span, message, None);
                } else if is_telling(&entry.key) && holds_literal(&entry.node) {
                    refuse(&entry.node, &place, findings);
                } else {
                    if as_reference(&entry.node).is_some() && !plain {
                        let message = format!(
                            "`{place}`: the keys that lead to a secret are made of letters, digits, `_` and `-`"
                        );
                        findings.add(&entry.key_span, message, None);
                    }
                    setting(&entry.node, &place, plain, findings);
                }
            }
        }
        Kind::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                setting(item, &format!("{path}[{index}]"), plain, findings);
            }
        }
        Kind::String(text) if url_with_password(text) => refuse_url(node, path, findings),
        Kind::String(text) if looks_secret(text) => refuse(node, path, findings),
        Kind::Integer(None) => {
            findings.add(&node.span, format!("`{path}` is too large a number"), None);
        }
        Kind::Float(number) if !number.is_finite() => {
            findings.add(
                &node.span,
                format!("`{path}` must be a finite number"),
                None,
            );
        }
        _ => {}
    }
}

fn is_telling(key: &str) -> bool {
    let key = snake(key);
    TELLING.iter().any(|word| {
        key.strip_suffix(word)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// `apiKey` and `api-key` as `api_key`.
fn snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for letter in key.chars() {
        if letter.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_ascii_digit();
        snake.extend(letter.to_lowercase());
    }
    snake.replace('-', "_")
}

/// Whether a value is text or a number itself, or a list that holds some. What a table holds is judged by its own keys.
fn holds_literal(node: &Node) -> bool {
    match &node.kind {
        Kind::String(_) | Kind::Integer(_) | Kind::Float(_) => true,
        Kind::Array(items) => items.iter().any(holds_literal),
        Kind::Boolean(_) | Kind::Datetime(_) | Kind::Table(_) => false,
    }
}

/// Whether a text is a secret by its own form: a private key in PEM, the value of an `Authorization` header, a JWT.
fn looks_secret(text: &str) -> bool {
    let jwt = text.starts_with("eyJ") && text.matches('.').count() >= 2;
    let header = ["Bearer ", "Basic "]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    jwt || header || text.contains("PRIVATE KEY-----")
}

fn is_plain(key: &str) -> bool {
    key.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn refuse(node: &Node, path: &str, findings: &mut Findings) {
    mask_all(node, findings);
    findings.add(
        &node.span,
        format!("`{path}` is a secret and must not stand in the file"),
        MEND.to_owned(),
    );
}

/// Whether a text is a URL with a password in it.
pub(crate) fn url_with_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'))
}

pub(crate) fn refuse_url(node: &Node, path: &str, findings: &mut Findings) {
    mask_all(node, findings);
    findings.add(
        &node.span,
        format!("`{path}` holds a password, and no secret may stand in the file"),
        "take the password out of the URL and refer to it as a secret of its own".to_owned(),
    );
}

/// Keeps every text and number of a value from being shown.
pub(crate) fn mask_all(node: &Node, findings: &mut Findings) {
    match &node.kind {
        Kind::String(_) | Kind::Integer(_) | Kind::Float(_) => {
            findings.masks.push(node.span.clone());
        }
        Kind::Array(items) => items.iter().for_each(|item| mask_all(item, findings)),
        Kind::Table(entries) => entries
            .iter()
            .for_each(|entry| mask_all(&entry.node, findings)),
        _ => {}
    }
}
