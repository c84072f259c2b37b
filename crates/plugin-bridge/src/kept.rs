//! Authors' objects, dropped where they may.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use ownhand_spi::AdapterError;

use crate::Home;

/// An author's object. The last to let go of it does not run the author's `Drop`, which may block or panic: its own side does.
pub(crate) struct Kept<T: ?Sized + Send + Sync + 'static>(Arc<Inner<T>>);

struct Inner<T: ?Sized + Send + Sync + 'static> {
    object: Option<Arc<T>>,
    home: Arc<dyn Home>,
}

impl<T: ?Sized + Send + Sync + 'static> Kept<T> {
    pub(crate) fn new(object: Arc<T>, home: &Arc<dyn Home>) -> Self {
        Self(Arc::new(Inner {
            object: Some(object),
            home: Arc::clone(home),
        }))
    }

    pub(crate) fn home(&self) -> &Arc<dyn Home> {
        &self.0.home
    }

    /// The object; there is none only while it is dropped.
    pub(crate) fn get(&self) -> Result<&T, AdapterError> {
        let object = self.0.object.as_deref();
        object.ok_or_else(|| AdapterError::unavailable("the instance is gone"))
    }
}

impl<T: ?Sized + Send + Sync + 'static> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + Send + Sync + 'static> Drop for Inner<T> {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else {
            return;
        };
        let Ok(runtime) = self.home.runtime() else {
            // Shut down: nothing of the author's runs any more, so the object is left where it is.
            std::mem::forget(object);
            return;
        };
        let dropping = AssertUnwindSafe(|| runtime.spawn_blocking(move || drop(object)));
        if let Err(payload) = catch_unwind(dropping) {
            std::mem::forget(payload);
        }
    }
}
