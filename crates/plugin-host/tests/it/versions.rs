//! Libraries for other minor versions of the ABI, loaded and called.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_plugin_host::{LoadError, inspect, load};
use ownhand_spi::{Deposit, DepositKey, DocumentMetadata, DocumentReference};

use crate::support::{Source, actor, context, copy_of, of, options};

#[tokio::test(flavor = "multi_thread")]
async fn newer_minors_work_beside_our_own() {
    // The newest first: what was loaded before must not matter.
    for (version, announced) in [("1_2", "None"), ("1_0", "not asked"), ("1_1", "not asked")] {
        let plugin = of(copy_of(&format!("raw_{version}")));
        let full = format!("{}.0", version.replace('_', "."));
        assert_eq!(plugin.plugin.inspection().abi_version, full);
        let instance = plugin.named("well").await.unwrap();
        let source = Source(instance.document_source.unwrap());
        // Its own stream, with whatever methods it has beyond ours.
        let mut opened = source.open("version").await.unwrap();
        assert_eq!(opened.metadata.name, full);
        assert_eq!(opened.content.next().await.unwrap().unwrap(), "four");
        assert!(opened.content.next().await.is_none());
        // Our stream, which may be asked what it does not know.
        let deposit = Deposit {
            key: DepositKey("k".into()),
            reference: DocumentReference("a.pdf".into()),
            metadata: DocumentMetadata {
                name: "a.pdf".into(),
                content_type: "application/pdf".into(),
                length: None,
                revision: None,
            },
            sha256: None,
            content: Box::pin(stream::iter([Ok(Bytes::from_static(b"12345"))])),
        };
        let cx = context(Duration::from_secs(20));
        let receipt = source.0.deposit(&cx, &actor(), deposit).await.unwrap();
        assert_eq!(receipt.length, 5);
        assert_eq!(receipt.revision.as_deref(), Some(announced));
    }
}

#[test]
fn versions_that_break_the_rules_are_refused() {
    for version in ["1_3", "1_4"] {
        let (_folder, path) = copy_of(&format!("raw_{version}"));
        inspect(&path, None).unwrap();
        let error = load(&path, None, &options()).unwrap_err();
        assert!(matches!(error, LoadError::Layout { .. }), "{error}");
        assert!(
            error
                .to_string()
                .starts_with("the types at the boundary differ: "),
            "{error}"
        );
    }
    // Those that keep them are taken after that.
    of(copy_of("raw_1_2"));
}
