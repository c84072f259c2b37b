//! What the kit for authors would not let happen.

use std::{
    io::Write,
    mem::{ManuallyDrop, transmute},
    ptr,
};

use abi::{AbiBytes, AbiCallsite, AbiParent, AbiValue, RNone, RString, RVec, codes};

use crate::plugin::LOG;

/// Stands in the file, so that a test can change it there: nobody can tell an initialiser anything else.
#[used]
static MODE: [u8; 16] = *b"raw-mode:good...";

/// What the library does at moments of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Good,
    /// Ends the process when it is opened, as if all were well.
    Exits,
    /// Never comes to an end when it is opened.
    Hangs,
    /// Writes without end when it is opened.
    Floods,
    FailsInInit,
    HangsInInit,
    HangsWhenNotified,
}

impl Mode {
    pub(crate) fn present() -> Self {
        // SAFETY: a static of our own; read anew because the file may say something else than the source.
        match &unsafe { ptr::read_volatile(&raw const MODE) }[9..] {
            b"exit..." => Self::Exits,
            b"hang..." => Self::Hangs,
            b"flood.." => Self::Floods,
            b"init..." => Self::FailsInInit,
            b"inhang." => Self::HangsInInit,
            b"notice." => Self::HangsWhenNotified,
            _ => Self::Good,
        }
    }

    pub(crate) fn when_opened(self) {
        match self {
            Self::Exits => std::process::exit(0),
            Self::Hangs => hang(),
            Self::Floods => {
                let line = [b"x".repeat(64 * 1024), b"\n".to_vec()].concat();
                for _ in 0..1000 {
                    let _ = std::io::stderr().write_all(&line);
                }
                let _ = std::io::stderr().write_all(b"error: \x1b[2Jdone\n");
                std::process::exit(3);
            }
            _ => {}
        }
    }

    pub(crate) fn when_started(self) {
        if self == Self::HangsInInit {
            hang();
        }
    }

    pub(crate) fn when_notified(self) {
        if self == Self::HangsWhenNotified {
            hang();
        }
    }
}

/// Keeps this thread for good.
pub(crate) fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// A text that is none.
pub(crate) fn no_text() -> RString {
    // SAFETY: none; the host must not rely on it. Nothing on this side reads the text.
    unsafe { RString::from_utf8_unchecked(RVec::from(vec![0xff, 0xfe, b'\n', 0x1b])) }
}

/// Bytes that lie about where they are and how many.
pub(crate) fn lying(bytes: AbiBytes, nowhere: bool, length: usize) -> AbiBytes {
    /// The fields of `AbiBytes`, in its `repr(C)` order.
    #[repr(C)]
    struct Parts {
        ptr: *const u8,
        len: usize,
        owner: *mut (),
        free: unsafe extern "C" fn(*mut ()),
    }
    let bytes = ManuallyDrop::new(bytes);
    // SAFETY: the same fields in the same order; the original is not dropped.
    let mut parts: Parts = unsafe { ptr::read((&raw const bytes).cast()) };
    parts.len = length;
    if nowhere {
        parts.ptr = ptr::null();
    }
    // SAFETY: the same fields in the same order; owner and `free` still belong together.
    unsafe { transmute::<Parts, AbiBytes>(parts) }
}

/// Tries to close, leave and alter spans that are not the library's, first of all the one that it was lent.
pub(crate) fn attack_spans(lent: u64) -> RString {
    let Some(log) = LOG.get() else {
        return "no log".into();
    };
    let callsite = callsite(true);
    for span in (0..200).chain([u64::MAX, 1 << 63]).chain([lent; 5]) {
        log.exit(span);
        log.record(span, callsite, values("altered"));
        log.follows_from(span, lent);
        for _ in 0..5 {
            log.close_span(span);
        }
    }
    format!("after {lent}").into()
}

/// Says what could be taken for another line.
pub(crate) fn attack_log() -> RString {
    let Some(log) = LOG.get() else {
        return "no log".into();
    };
    let parent = AbiParent {
        kind: codes::parent::CURRENT,
        span: 0,
    };
    log.event(callsite(false), parent, values("a\nERROR forged \x1b[2J"));
    log.event(4711, parent, values("from nowhere"));
    let far = AbiValue {
        field: u32::MAX,
        kind: 99,
        bits: 0,
        text: no_text(),
    };
    log.event(callsite(false), parent, vec![far].into());
    "said".into()
}

fn callsite(is_span: bool) -> u64 {
    let site = site(is_span);
    LOG.get().map_or(u64::MAX, |log| log.register(site).id)
}

fn site(is_span: bool) -> AbiCallsite {
    AbiCallsite {
        name: "raw\nname".into(),
        target: "raw\ntarget".into(),
        level: codes::level::WARN,
        is_span,
        module: RNone,
        file: RNone,
        line: RNone,
        fields: vec![RString::from("message")].into(),
        ext: RVec::new(),
    }
}

fn values(text: &str) -> RVec<AbiValue> {
    let value = AbiValue {
        field: 0,
        kind: codes::value::FORMATTED,
        bits: 0,
        text: text.into(),
    };
    vec![value].into()
}

/// Makes more call sites, with long names, than a host should keep; how many it took.
pub(crate) fn many_callsites() -> RString {
    let taken = (0..10_000).filter(|number| {
        let site = AbiCallsite {
            name: format!("{number} {}", "n".repeat(2000)).into(),
            ..site(false)
        };
        LOG.get()
            .is_some_and(|log| log.register(site).id != u64::MAX)
    });
    taken.count().to_string().into()
}

/// Opens more spans than a host should follow, and closes none; how many it took.
pub(crate) fn many_spans() -> RString {
    let callsite = callsite(true);
    let parent = AbiParent {
        kind: codes::parent::ROOT,
        span: 0,
    };
    let taken = (0..20_000).filter(|_| {
        LOG.get()
            .is_some_and(|log| log.new_span(callsite, parent, values("open")) != 0)
    });
    taken.count().to_string().into()
}
