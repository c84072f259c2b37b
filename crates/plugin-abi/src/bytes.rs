//! Bytes that cross without a copy.

use std::{fmt, slice};

use abi_stable::StableAbi;
use bytes::Bytes;

/// Bytes owned by the side that made them; the other side reads them, and hands them back by dropping them.
#[repr(C)]
#[derive(StableAbi)]
pub struct AbiBytes {
    ptr: *const u8,
    len: usize,
    owner: *mut (),
    free: unsafe extern "C" fn(*mut ()),
}

// SAFETY: the only constructor takes an owner that is `Send + Sync`, and the bytes are never written.
unsafe impl Send for AbiBytes {}
// SAFETY: as above.
unsafe impl Sync for AbiBytes {}

/// Frees an owner on the side that made it.
///
/// # Safety
/// `owner` comes from `Box::<T>::into_raw` of the same `T`, and is freed once.
unsafe extern "C" fn free<T>(owner: *mut ()) {
    // SAFETY: the caller's duty, kept by `AbiBytes::from_owner` and its `Drop`.
    drop(unsafe { Box::from_raw(owner.cast::<T>()) });
}

impl AbiBytes {
    /// Lends the bytes of an owner, which is dropped on this side when the other side is done. The owner's drop must not panic.
    pub(crate) fn from_owner<T: AsRef<[u8]> + Send + Sync + 'static>(owner: T) -> Self {
        let owner = Box::new(owner);
        let bytes: &[u8] = (*owner).as_ref();
        let (ptr, len) = (bytes.as_ptr(), bytes.len());
        Self {
            ptr,
            len,
            owner: Box::into_raw(owner).cast(),
            free: free::<T>,
        }
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 || self.ptr.is_null() {
            return &[];
        }
        // SAFETY: pointer and length come from a slice of the owner, which lives as long as `self`.
        unsafe { slice::from_raw_parts(self.ptr, self.len) }
    }
}

impl AsRef<[u8]> for AbiBytes {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl From<Bytes> for AbiBytes {
    fn from(bytes: Bytes) -> Self {
        Self::from_owner(bytes)
    }
}

impl From<AbiBytes> for Bytes {
    fn from(bytes: AbiBytes) -> Self {
        Self::from_owner(bytes)
    }
}

impl Drop for AbiBytes {
    fn drop(&mut self) {
        // SAFETY: `owner` and `free` belong together since `from_owner`; a value is dropped once.
        unsafe { (self.free)(self.owner) }
    }
}

impl fmt::Debug for AbiBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbiBytes")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn no_copy_there_and_back() {
        let bytes = Bytes::from(vec![7; 4096]);
        let address = bytes.as_ptr();
        let back = Bytes::from(AbiBytes::from(bytes));
        assert_eq!(back.as_ptr(), address);
        assert_eq!(back, vec![7; 4096]);
    }

    #[test]
    fn the_owner_is_dropped_once() {
        struct Owner {
            _alive: Arc<()>,
            bytes: Vec<u8>,
        }
        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                &self.bytes
            }
        }
        let count = Arc::new(());
        let bytes = AbiBytes::from_owner(Owner {
            _alive: Arc::clone(&count),
            bytes: vec![1, 2],
        });
        let native = Bytes::from(bytes);
        let clone = native.clone();
        drop(native);
        assert_eq!(&clone[..], [1, 2]);
        assert_eq!(Arc::strong_count(&count), 2);
        drop(clone);
        assert_eq!(Arc::strong_count(&count), 1);
    }

    #[test]
    fn empty() {
        assert!(Bytes::from(AbiBytes::from(Bytes::new())).is_empty());
    }
}
