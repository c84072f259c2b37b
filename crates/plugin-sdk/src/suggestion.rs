//! "Did you mean" for a key that is not known.

/// Adds the nearest known name to serde's message about an unknown field or variant, if one is near.
pub(crate) fn with_suggestion(message: String) -> String {
    match nearest(&message) {
        Some(name) => format!("{message}; did you mean `{name}`?"),
        None => message,
    }
}

/// Serde writes "unknown field `a`, expected one of `b`, `c`"; there is no other way to learn the names.
fn nearest(message: &str) -> Option<&str> {
    if !message.starts_with("unknown field ") && !message.starts_with("unknown variant ") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    names
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 3)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::with_suggestion;

    #[test]
    fn near_and_far() {
        let near = "unknown field `isuer`, expected one of `issuer`, `audience`";
        assert!(with_suggestion(near.to_owned()).ends_with("did you mean `issuer`?"));
        let far = "unknown field `colour`, expected `issuer`";
        assert_eq!(with_suggestion(far.to_owned()), far);
        let other = "missing field `issuer`";
        assert_eq!(with_suggestion(other.to_owned()), other);
    }
}
