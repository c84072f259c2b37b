//! The checks against adapters in memory: a right one passes, and each kind of wrong one fails the check that is for it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod documents;
mod identity;
mod tokens;

use std::time::Duration;

use ownhand_conformance::{Outcome, Report};
use ownhand_spi::{CallContext, TenantId};

fn context(tenant: &str) -> CallContext {
    CallContext {
        tenant: TenantId::new(tenant).unwrap(),
        request_id: "test".into(),
        now_unix_ms: 1_800_000_000_000,
        budget: Duration::from_secs(10),
    }
}

/// The names of the checks that failed.
fn failed(report: &Report) -> Vec<&'static str> {
    report.failures().map(|check| check.name).collect()
}

#[test]
fn a_report_prints_one_line_for_a_check() {
    let report = Report {
        role: ownhand_spi::Role::TokenStore,
        checks: vec![
            ownhand_conformance::Check {
                name: "keeps",
                outcome: Outcome::Passed,
            },
            ownhand_conformance::Check {
                name: "loses",
                outcome: Outcome::Failed {
                    why: "nothing there".into(),
                },
            },
        ],
    };
    assert!(!report.is_passed());
    assert_eq!(
        report.to_string(),
        "token_store\n  passed  keeps\n  FAILED  loses: nothing there\n"
    );
}
