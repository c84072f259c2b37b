//! Bytes that cross without a copy.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    slice,
};

use abi_stable::StableAbi;
use bytes::Bytes;

/// Bytes owned by the side that made them; the other side reads them, and hands them back by dropping them. What the other side
/// says of them is believed only after [`checked`](Self::checked).
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

/// What the other side says of its bytes can't be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBytes {
    /// More than is taken.
    #[error("{0} bytes")]
    TooLong(usize),
    /// Bytes, but nowhere.
    #[error("{0} bytes at no address")]
    Nowhere(usize),
}

/// Frees an owner on the side that made it, but on a thread of the other: a panic of its drop must not leave, where it would end
/// the process.
///
/// # Safety
/// `owner` comes from `Box::<T>::into_raw` of the same `T`, and is freed once.
unsafe extern "C" fn free<T>(owner: *mut ()) {
    // SAFETY: the caller's duty, kept by `AbiBytes::from_owner` and its `Drop`.
    let dropping = || drop(unsafe { Box::from_raw(owner.cast::<T>()) });
    if let Err(payload) = catch_unwind(AssertUnwindSafe(dropping)) {
        // Its drop might panic in turn.
        std::mem::forget(payload);
    }
}

impl AbiBytes {
    /// Lends the bytes of an owner, which is dropped on this side when the other side is done.
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

    /// The bytes, at most `limit`. Length and address are looked at before anything is made of them.
    ///
    /// # Errors
    /// [`InvalidBytes`].
    pub fn checked(&self, limit: usize) -> Result<&[u8], InvalidBytes> {
        // No slice may be longer than `isize::MAX`.
        if self.len > limit.min(isize::MAX.unsigned_abs()) {
            return Err(InvalidBytes::TooLong(self.len));
        }
        if self.len == 0 {
            return Ok(&[]);
        }
        if self.ptr.is_null() {
            return Err(InvalidBytes::Nowhere(self.len));
        }
        // SAFETY: the length was checked above; pointer and length come from a slice of the owner, which lives as long as `self`.
        Ok(unsafe { slice::from_raw_parts(self.ptr, self.len) })
    }

    /// The bytes, at most `limit`, without a copy: the other side keeps them until the last clone is dropped.
    ///
    /// # Errors
    /// [`InvalidBytes`].
    pub fn into_bytes(self, limit: usize) -> Result<Bytes, InvalidBytes> {
        self.checked(limit)?;
        Ok(Bytes::from_owner(Checked(self)))
    }
}

/// Bytes of the other side that were looked at.
struct Checked(AbiBytes);

impl AsRef<[u8]> for Checked {
    fn as_ref(&self) -> &[u8] {
        // Never empty by mistake: `into_bytes` has asked the same.
        self.0.checked(usize::MAX).unwrap_or_default()
    }
}

impl From<Bytes> for AbiBytes {
    fn from(bytes: Bytes) -> Self {
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
        let back = AbiBytes::from(bytes).into_bytes(4096).unwrap();
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
        let native = bytes.into_bytes(2).unwrap();
        let clone = native.clone();
        drop(native);
        assert_eq!(&clone[..], [1, 2]);
        assert_eq!(Arc::strong_count(&count), 2);
        drop(clone);
        assert_eq!(Arc::strong_count(&count), 1);
    }

    #[test]
    fn empty() {
        let bytes = AbiBytes::from(Bytes::new());
        assert_eq!(bytes.checked(0), Ok(&[][..]));
    }

    #[test]
    fn a_length_that_cannot_be_right_is_never_made_a_slice() {
        // What a faulty library would send: a good owner, and lies about where and how much.
        let lying = |ptr: Option<*const u8>, len| {
            let mut bytes = AbiBytes::from(Bytes::from_static(b"four"));
            bytes.ptr = ptr.unwrap_or(bytes.ptr);
            bytes.len = len;
            bytes
        };
        let null = Some(std::ptr::null());
        for (bytes, refused) in [
            (lying(None, 5), InvalidBytes::TooLong(5)),
            (lying(None, usize::MAX), InvalidBytes::TooLong(usize::MAX)),
            (lying(null, 4), InvalidBytes::Nowhere(4)),
            (lying(null, usize::MAX), InvalidBytes::TooLong(usize::MAX)),
        ] {
            assert_eq!(bytes.checked(4), Err(refused));
            assert_eq!(bytes.into_bytes(4), Err(refused));
        }
        let longest = lying(None, usize::MAX);
        let refused = InvalidBytes::TooLong(usize::MAX);
        assert_eq!(longest.checked(usize::MAX), Err(refused));
        assert_eq!(lying(null, 0).checked(4), Ok(&[][..]));
    }

    #[test]
    fn a_panic_of_the_owners_drop_stays_on_this_side() {
        struct Owner;
        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                b"x"
            }
        }
        impl Drop for Owner {
            fn drop(&mut self) {
                panic!("in the drop of an owner");
            }
        }
        // Without the guard the process ends here.
        drop(AbiBytes::from_owner(Owner));
        drop(AbiBytes::from(Bytes::from_owner(Owner)));
    }
}
