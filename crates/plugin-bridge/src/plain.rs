//! Text of the other side, for people's eyes.

/// Stands where something was cut off.
const CUT: char = '…';

/// The text, at most `limit` bytes of it, and without anything that a terminal or a line of a log would obey: control characters,
/// line separators and marks that turn the direction of writing are written as escapes.
pub fn plain(bytes: &[u8], limit: usize) -> String {
    // Not more than could be shown is looked at.
    let looked_at = &bytes[..bytes.len().min(limit)];
    let mut out = String::with_capacity(looked_at.len());
    for c in String::from_utf8_lossy(looked_at).chars() {
        if is_obeyed(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    if out.len() > limit || looked_at.len() < bytes.len() {
        out.truncate(out.floor_char_boundary(limit.saturating_sub(CUT.len_utf8())));
        out.push(CUT);
    }
    out
}

fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_is_left_to_obey() {
        assert_eq!(plain("grün, 5 €".as_bytes(), 99), "grün, 5 €");
        let hostile = "a\r\nERROR forged \u{1b}[31m\u{7}\u{85}\u{2028}\u{202e}b";
        assert_eq!(
            plain(hostile.as_bytes(), 999),
            r"a\r\nERROR forged \u{1b}[31m\u{7}\u{85}\u{2028}\u{202e}b"
        );
        assert_eq!(plain(b"\xff\xfe", 99), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn it_is_cut_at_the_limit_within_no_character() {
        assert_eq!(plain(b"0123456789", 10), "0123456789");
        assert_eq!(plain(b"0123456789a", 10), "0123456…");
        for limit in 8..40 {
            for text in ["ä".repeat(50), "\n".repeat(50), "\u{1b}".repeat(50)] {
                let shown = plain(text.as_bytes(), limit);
                assert!(shown.len() <= limit && shown.ends_with('…'), "{shown}");
            }
        }
    }
}
