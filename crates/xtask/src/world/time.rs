//! The real clock, and waiting for what other programs do.

use std::time::Duration;

use crate::{Result, error::wrong};

/// How often something that is waited for is looked at.
const PULSE: Duration = Duration::from_millis(50);

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge of the recipes: other programs live in real time"
)]
pub fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// Looks until `probe` finds something.
///
/// # Errors
/// The probe's, and one that names `what` when `limit` has passed.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let looking = async {
        let mut pulse = tokio::time::interval(PULSE);
        loop {
            pulse.tick().await;
            if let Some(found) = probe().await? {
                return Ok(found);
            }
        }
    };
    tokio::time::timeout(limit, looking)
        .await
        .unwrap_or_else(|_| {
            Err(wrong(format!(
                "waited {} s in vain for {what}",
                limit.as_secs()
            )))
        })
}
