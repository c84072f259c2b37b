//! "Did you mean": the known word that is nearest to a mistyped one.

/// The nearest of the known words, if one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| {
            let folded = candidate.to_lowercase().replace('-', "_");
            (strsim::jaro_winkler(&word, &folded), candidate)
        })
        .filter(|(similarity, _)| *similarity >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// A help text: the nearest word, or all words that are known.
pub(crate) fn help<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(nearest) = nearest(word, known.clone()) {
        return format!("did you mean `{nearest}`?");
    }
    let mut known: Vec<String> = known.into_iter().map(|word| format!("`{word}`")).collect();
    known.dedup();
    if known.is_empty() {
        "there is none to choose from".to_owned()
    } else {
        format!("known here: {}", known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["listen", "public_url", "tls"];
        assert_eq!(nearest("lsten", known), Some("listen"));
        assert_eq!(nearest("public-url", known), Some("public_url"));
        assert_eq!(nearest("PublicUrl", known), Some("public_url"));
        assert_eq!(nearest("colour", known), None);
    }
}
