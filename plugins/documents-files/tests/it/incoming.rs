//! Documents on their way in, while others are busy in the same folder.

use futures_util::{StreamExt, stream};
use ownhand_plugin_sdk::{Bytes, ErrorKind};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{
    deposits::{deposit, holds, names, put},
    forms::{Place, forms},
};

#[tokio::test(flavor = "multi_thread")]
async fn another_instance_that_cleans_up_takes_nothing_away() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({})).await.unwrap();
        let deposits = async {
            for number in 0..100 {
                let name = format!("{number}.pdf");
                let key = format!("k{number}");
                put(&*source, deposit(&key, &name, b"%PDF")).await.unwrap();
            }
        };
        // Each build cleans up after those who were killed.
        let builds = async {
            loop {
                place.build(&form, json!({})).await.unwrap();
            }
        };
        tokio::select! {
            () = deposits => {}
            () = builds => {}
        }
        assert!(names(&place.incoming()).is_empty());
        assert_eq!(names(&place.acme()).len(), 101);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_put_under_the_name_is_neither_deposited_nor_removed() {
    for form in forms() {
        for moved_aside in [true, false] {
            let place = Place::new();
            let source = place.build(&form, json!({})).await.unwrap();
            let (go, gone) = oneshot::channel::<()>();
            let mut slow = deposit("k", "a.pdf", b"%PDF-ours");
            let first = stream::iter([Ok(Bytes::from_static(b"%PDF"))]);
            let second = async {
                gone.await.unwrap();
                Ok(Bytes::from_static(b"-ours"))
            };
            slow.content = Box::pin(first.chain(stream::once(second)));
            let swap = async {
                holds(&place.incoming(), 1).await;
                let name = names(&place.incoming()).remove(0);
                // Not to be foreseen: 128 random bits.
                assert_eq!(name.len(), 32);
                place.write("theirs", b"another user's secret");
                if moved_aside {
                    let ours = place.incoming().join(&name);
                    std::fs::rename(ours, place.acme().join("aside")).unwrap();
                }
                std::fs::rename(place.acme().join("theirs"), place.incoming().join(&name)).unwrap();
                go.send(()).unwrap();
                name
            };
            let (receipt, name) = tokio::join!(put(&*source, slow), swap);
            if moved_aside {
                receipt.unwrap();
            } else {
                // Written over, ours has no name left to be linked from: an error, and the next try does it.
                assert_eq!(receipt, Err(ErrorKind::Unavailable));
                assert!(!place.acme().join("a.pdf").exists());
                put(&*source, deposit("k", "a.pdf", b"%PDF-ours"))
                    .await
                    .unwrap();
            }
            let deposited = std::fs::read(place.acme().join("a.pdf")).unwrap();
            assert_eq!(deposited, b"%PDF-ours");
            let theirs = std::fs::read(place.incoming().join(name)).unwrap();
            assert_eq!(theirs, b"another user's secret");
        }
    }
}
