//! A plugin's call site, as one of the host's.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use ownhand_plugin_bridge::{
    abi::{
        AbiCallsite, RString,
        codes::{interest, level},
    },
    plain,
};
use tracing_core::{
    Interest, Kind, Level, Metadata, callsite,
    callsite::{Callsite, Identifier},
    field::FieldSet,
};

/// Longest name that is taken, in bytes.
const NAME: usize = 256;
/// Most fields that are taken.
const FIELDS: usize = 32;

/// Lives for good, as the subscriber demands; so does the plugin whose it is.
pub(super) struct CallSite {
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU32,
}

impl CallSite {
    /// How many bytes its names take, at most.
    pub(super) fn names(abi: &AbiCallsite) -> usize {
        let texts = [&abi.name, &abi.target].into_iter();
        let texts = texts.chain(abi.file.as_ref().into_option());
        let texts = texts.chain(abi.module.as_ref().into_option());
        let texts = texts.chain(abi.fields.iter().take(FIELDS));
        // Escapes take up to ten bytes for one.
        texts
            .map(|text| text.len().saturating_mul(10).min(NAME))
            .sum()
    }

    pub(super) fn leak(abi: &AbiCallsite) -> &'static Self {
        let site: &'static Self = Box::leak(Box::new(Self {
            metadata: OnceLock::new(),
            interest: AtomicU32::new(interest::SOMETIMES),
        }));
        let fields: Vec<&'static str> = abi.fields.iter().take(FIELDS).map(text).collect();
        let metadata = Metadata::new(
            text(&abi.name),
            text(&abi.target),
            match abi.level {
                level::ERROR => Level::ERROR,
                level::WARN => Level::WARN,
                level::INFO => Level::INFO,
                level::DEBUG => Level::DEBUG,
                _ => Level::TRACE,
            },
            abi.file.as_ref().map(text).into_option(),
            abi.line.into_option(),
            abi.module.as_ref().map(text).into_option(),
            FieldSet::new(Box::leak(fields.into_boxed_slice()), Identifier(site)),
            if abi.is_span { Kind::SPAN } else { Kind::EVENT },
        );
        // The first and only time.
        let _ = site.metadata.set(metadata);
        site
    }

    /// Lets the subscriber decide on its interest.
    pub(super) fn register(&'static self) {
        callsite::register(self);
    }

    #[expect(
        clippy::expect_used,
        reason = "`leak`, the only constructor, sets it before anybody sees the value"
    )]
    pub(super) fn metadata(&self) -> &Metadata<'static> {
        self.metadata.get().expect("set when it was made")
    }

    pub(super) fn interest(&self) -> u32 {
        self.interest.load(Ordering::Relaxed)
    }
}

impl Callsite for CallSite {
    fn set_interest(&self, interest: Interest) {
        let code = if interest.is_never() {
            interest::NEVER
        } else if interest.is_always() {
            interest::ALWAYS
        } else {
            interest::SOMETIMES
        };
        self.interest.store(code, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        Self::metadata(self)
    }
}

fn text(abi: &RString) -> &'static str {
    Box::leak(plain(abi.as_bytes(), NAME).into_boxed_str())
}
