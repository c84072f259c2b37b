//! Whatever stands in a file: loading ends in a configuration or in a report that can be drawn.

use ownhand_config::Style;
use proptest::prelude::*;

use crate::scratch::{OPERATOR, Scratch, TENANT};

/// A text with a piece exchanged for something else.
fn disturbed(text: &'static str) -> impl Strategy<Value = String> {
    let noise = prop_oneof![
        Just(String::new()),
        "[\\[\\]{}=.,\"'#\n ]{1,4}",
        "(1e400|-?[0-9]{1,30}|nan|1979-05-27|true|\"\u{202e}\u{e9}\"|\\{ env = 'X' \\})",
        "\\PC{0,8}",
    ];
    (0..text.len(), 0..40_usize, noise).prop_map(move |(start, length, noise)| {
        let end = (start + length).min(text.len());
        format!("{}{noise}{}", &text[..start], &text[end..])
    })
}

fn drawn(file: &str, text: &str) {
    let scratch = Scratch::new();
    scratch.write(file, text);
    if let Err(report) = scratch.load() {
        assert!(!report.diagnostics().is_empty());
        let shown = report.render(Style::Plain);
        for diagnostic in report.diagnostics() {
            let lines = text.lines().count() + 1;
            assert!(
                diagnostic
                    .position
                    .is_none_or(|position| position.line <= lines)
            );
            assert!(!diagnostic.message.is_empty());
        }
        assert!(!shown.trim().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn in_the_operators_file(text in disturbed(OPERATOR)) {
        drawn("ownhand.toml", &text);
    }

    #[test]
    fn in_a_tenants_file(text in disturbed(TENANT)) {
        drawn("tenants/acme.toml", &text);
    }
}
