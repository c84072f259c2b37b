//! Keeps user names and passwords of URLs out of messages.

/// The text with `scheme://user:password@host` written as `scheme://[redacted]@host`.
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'<>)`".contains(c));
        let authority = &after[..end.unwrap_or(after.len())];
        if let Some(host) = authority.rfind('@') {
            out.push_str("[redacted]");
            rest = &after[host..];
        } else {
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn only_user_info() {
        assert_eq!(
            redact("error for url (https://u:p@h/x?e=a@b) via ftp://v@w"),
            "error for url (https://[redacted]@h/x?e=a@b) via ftp://[redacted]@w"
        );
        assert_eq!(redact("see https://h/u@v, a@b"), "see https://h/u@v, a@b");
        assert_eq!(redact("postgres://u:p@"), "postgres://[redacted]@");
    }
}
