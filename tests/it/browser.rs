//! The link pages in Debian's Chromium.

use xtask::recipe::screenshots;

use crate::support::programs;

#[tokio::test]
async fn link_pages_look_and_work_as_they_must() {
    if let Err(error) = screenshots::take(&programs()).await {
        panic!("{}", xtask::output::chain(&error));
    }
}
