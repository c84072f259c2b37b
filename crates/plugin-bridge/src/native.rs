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
    let (home, building) = within(time, guard);
    let built = building.run(time, |_, span| {
        let (factory, home) = (Arc::clone(factory), Arc::clone(&home));
        isolated(&Arc::clone(&home), span, async move {
            Ok(export_instance(factory.build(args).await?, &home))
        })
    });
    Ok(import_instance(&built.await?, guard)?)
}

/// Has an adapter that is compiled in check its settings, behind the same guard.
///
/// # Errors
/// The adapter's own, and the guard's.
pub async fn check_guarded(
    factory: &Arc<dyn AdapterFactory>,
    args: InstanceArgs,
    time: Duration,
    guard: &Guard,
) -> Result<(), AdapterError> {
    let (home, checking) = within(time, guard);
    let checked = checking.run(time, |_, span| {
        let factory = Arc::clone(factory);
        // What crosses says nothing: that it crossed is the answer.
        isolated(&Arc::clone(&home), span, async move {
            factory.check(args).await?;
            Ok(export_instance(AdapterInstance::default(), &home))
        })
    });
    checked.await.map(drop)
}

/// Where the adapter runs, and the guard with the time that it has.
fn within(time: Duration, guard: &Guard) -> (Arc<dyn Home>, Guard) {
    let home: Arc<dyn Home> = Arc::new(Here {
        runtime: Handle::current(),
        spans: Arc::clone(&guard.spans),
    });
    let guard = Guard {
        call: time,
        ..guard.clone()
    };
    (home, guard)
}
