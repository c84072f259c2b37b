//! The same attacks in a real browser, which keeps sites, cookies and frames apart as browsers do.

use xtask::{output, recipe::screenshots};

use crate::support::programs;

async fn play(script: &str) {
    match screenshots::attacks(script, &programs()).await {
        Ok(table) => output::tell(format!("\nlink attacks in Chromium\n{table}")),
        Err(error) => panic!("{}", output::chain(&error)),
    }
}

#[tokio::test]
async fn no_attack_on_the_walk_works_in_a_real_browser() {
    play("attacks-on-the-walk.mjs").await;
}

#[tokio::test]
async fn no_attack_on_the_pages_works_in_a_real_browser() {
    play("attacks-on-the-pages.mjs").await;
}
