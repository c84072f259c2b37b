use ownhand_connector::{
    UnixMillis,
    ledger::{LinkState, LinkStore, RelinkReason},
};

use crate::sample::{START, Sample, race, tenant};

#[tokio::test]
async fn a_link_is_found_by_user_by_id_and_by_docusign_user() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let link = sample.link(&acme, "jane", "docusign-jane");
    assert!(sample.ledger.save_link(&link, true).await.unwrap());
    let (issuer, subject) = (&link.user.issuer, &link.user.subject);
    let ledger = &sample.ledger;
    assert_eq!(
        ledger.link_of(&acme, issuer, subject).await.unwrap(),
        Some(link.clone())
    );
    assert_eq!(ledger.link_of(&acme, issuer, "joe").await.unwrap(), None);
    assert_eq!(ledger.link_of(&acme, "other", subject).await.unwrap(), None);
    assert_eq!(
        ledger.link(&acme, link.id).await.unwrap(),
        Some(link.clone())
    );
    assert_eq!(
        ledger.links_to(&acme, "docusign-jane").await.unwrap(),
        std::slice::from_ref(&link)
    );
    assert_eq!(ledger.links_to(&acme, "docusign-joe").await.unwrap(), []);
    assert!(ledger.remove_link(&acme, link.id).await.unwrap());
    assert!(!ledger.remove_link(&acme, link.id).await.unwrap());
    assert_eq!(ledger.link(&acme, link.id).await.unwrap(), None);
}

#[tokio::test]
async fn links_are_listed_page_by_page() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut all = Vec::new();
    for n in 0..5 {
        let link = sample.link(&acme, &format!("user-{n}"), &format!("docusign-{n}"));
        sample.ledger.save_link(&link, false).await.unwrap();
        all.push(link);
    }
    let page = |after, limit| sample.ledger.links(&acme, after, limit);
    assert_eq!(page(None, 2).await.unwrap(), all[..2]);
    assert_eq!(page(Some(all[1].id), 2).await.unwrap(), all[2..4]);
    assert_eq!(page(Some(all[3].id), 2).await.unwrap(), all[4..]);
    assert_eq!(page(Some(all[4].id), 2).await.unwrap(), []);
}

#[tokio::test]
async fn a_second_save_keeps_the_first_time_and_the_highest_token_version() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut link = sample.link(&acme, "jane", "docusign-jane");
    link.token_version = 5;
    link.state = LinkState::NeedsRelink(RelinkReason::TokensMissing);
    sample.ledger.save_link(&link, true).await.unwrap();

    let mut again = link.clone();
    again.token_version = 2;
    again.created_at = UnixMillis(START + 9);
    again.updated_at = UnixMillis(START + 9);
    again.docusign_email = "doe@acme.example".to_owned();
    again.state = LinkState::Active;
    assert!(sample.ledger.save_link(&again, true).await.unwrap());
    again.token_version = 5;
    again.created_at = UnixMillis(START);
    assert_eq!(
        sample.ledger.link(&acme, link.id).await.unwrap(),
        Some(again.clone())
    );

    // The same user under another id is a mistake, and changes nothing.
    let mut twin = again.clone();
    twin.id = sample.id();
    sample.ledger.save_link(&twin, true).await.unwrap_err();
    assert_eq!(sample.ledger.links(&acme, None, 10).await.unwrap(), [again]);
}

#[tokio::test]
async fn an_exclusive_link_is_refused_while_somebody_else_holds_the_docusign_user() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let jane = sample.link(&acme, "jane", "shared");
    let joe = sample.link(&acme, "joe", "shared");
    assert!(sample.ledger.save_link(&jane, true).await.unwrap());
    assert!(!sample.ledger.save_link(&joe, true).await.unwrap());
    assert_eq!(
        sample.ledger.links_to(&acme, "shared").await.unwrap(),
        std::slice::from_ref(&jane)
    );
    assert!(
        sample.ledger.save_link(&jane, true).await.unwrap(),
        "her own is no obstacle"
    );
    let elsewhere = sample.link(&tenant("other"), "joe", "shared");
    assert!(sample.ledger.save_link(&elsewhere, true).await.unwrap());
    assert!(sample.ledger.save_link(&joe, false).await.unwrap());
    assert_eq!(
        sample.ledger.links_to(&acme, "shared").await.unwrap(),
        [jane, joe]
    );
}

#[tokio::test]
async fn one_of_many_users_gets_an_exclusive_docusign_user() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let results = race(|n| {
        let ledger = sample.ledger.clone();
        let link = sample.link(&acme, &format!("user-{n}"), "shared");
        async move { ledger.save_link(&link, true).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().filter(|&&saved| saved).count(), 1);
    assert_eq!(
        sample.ledger.links(&acme, None, 100).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn single_fields_change_alone() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut link = sample.link(&acme, "jane", "docusign-jane");
    sample.ledger.save_link(&link, true).await.unwrap();
    let ledger = &sample.ledger;

    link.state = LinkState::NeedsRelink(RelinkReason::RefreshRefused);
    link.updated_at = UnixMillis(START + 1);
    ledger
        .set_link_state(&acme, link.id, link.state, link.updated_at)
        .await
        .unwrap();
    assert_eq!(
        ledger.link(&acme, link.id).await.unwrap().as_ref(),
        Some(&link)
    );

    link.default_account = "account-2".to_owned();
    link.updated_at = UnixMillis(START + 2);
    ledger
        .set_default_account(&acme, link.id, "account-2", link.updated_at)
        .await
        .unwrap();
    assert_eq!(
        ledger.link(&acme, link.id).await.unwrap().as_ref(),
        Some(&link)
    );

    for (raise, expected) in [(4, 4), (3, 4), (4, 4), (9, 9)] {
        ledger
            .raise_token_version(&acme, link.id, raise)
            .await
            .unwrap();
        link.token_version = expected;
        assert_eq!(
            ledger.link(&acme, link.id).await.unwrap().as_ref(),
            Some(&link)
        );
    }
    ledger
        .raise_token_version(&acme, link.id, u64::MAX)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn changing_a_link_that_is_not_there_is_an_error() {
    let sample = Sample::new().await;
    let (acme, id, at) = (tenant("acme"), sample.id(), UnixMillis(START));
    let error = sample
        .ledger
        .set_link_state(&acme, id, LinkState::Active, at)
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&format!("acme/{id} in links")));
    sample
        .ledger
        .set_default_account(&acme, id, "a", at)
        .await
        .unwrap_err();
    sample
        .ledger
        .raise_token_version(&acme, id, 1)
        .await
        .unwrap_err();
    let mut empty = sample.link(&acme, "jane", "docusign-jane");
    empty.accounts.clear();
    sample.ledger.save_link(&empty, false).await.unwrap_err();
}
