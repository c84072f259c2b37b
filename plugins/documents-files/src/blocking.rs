//! File work, off the runtime's threads.

use ownhand_plugin_sdk::AdapterError;

/// Runs `work` on a thread that may block. A panic in it goes on here. When the caller goes away, `work` still ends, and what it
/// returns is dropped.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AdapterError> + Send + 'static,
) -> Result<T, AdapterError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => {
            Err(AdapterError::unavailable("the program is shutting down").caused_by(error))
        }
    }
}
