//! Adapters that are built in, behind the same wall as those that are loaded.

use std::{sync::Arc, time::Duration};

use ownhand_spi::{AdapterError, AdapterFactory, AdapterInstance, InstanceArgs};
use tokio::runtime::Handle;

use crate::{Guard, Home, export_instance, home::Here, import_instance, isolated};

/// Builds an instance of an adapter that is compiled in, and puts the guard before its calls: they run as tasks of their own, within
/// the guard's time, and their panics, sizes and shapes are handled as a loaded library's are. There is one wall, not two.
///
/// # Errors
/// The adapter's own, and the guard's.
pub async fn build_guarded(
    factory: &Arc<dyn AdapterFactory>,
    args: InstanceArgs,
    time: Duration,
    guard: &Guard,
) -> Result<AdapterInstance, AdapterError> {
    let home: Arc<dyn Home> = Arc::new(Here {
        runtime: Handle::current(),
        spans: Arc::clone(&guard.spans),
    });
    let building = Guard {
        call: time,
        ..guard.clone()
    };
    let built = building.run(time, |_, span| {
        let (factory, home) = (Arc::clone(factory), Arc::clone(&home));
        isolated(&Arc::clone(&home), span, async move {
            Ok(export_instance(factory.build(args).await?, &home))
        })
    });
    Ok(import_instance(&built.await?, guard)?)
}
