use ownhand_connector::{
    UnixMillis,
    ledger::{
        Act, Concluded, Conclusion, FlowRow, FlowStore, LinkState, LinkStore, Phase, RelinkReason,
    },
};

use crate::sample::{START, Sample, conclude, race, tenant};

#[tokio::test]
async fn a_link_is_found_by_user_by_id_and_by_docusign_user() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let link = sample.link(&acme, "jane", "docusign-jane");
    sample.linked(&link).await;
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
    for there in [true, false] {
        let audit = sample.line(&acme, Act::Unlinked);
        assert_eq!(
            ledger.remove_link(&acme, link.id, &audit).await.unwrap(),
            there
        );
    }
    assert_eq!(sample.audited(Act::Unlinked).await, 1);
    assert_eq!(ledger.link(&acme, link.id).await.unwrap(), None);
}

#[tokio::test]
async fn links_are_listed_page_by_page() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut all = Vec::new();
    for n in 0..5 {
        let link = sample.link(&acme, &format!("user-{n}"), &format!("docusign-{n}"));
        sample.linked(&link).await;
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
    sample.linked(&link).await;

    let mut again = link.clone();
    again.token_version = 2;
    again.created_at = UnixMillis(START + 9);
    again.updated_at = UnixMillis(START + 9);
    again.docusign_email = "doe@acme.example".to_owned();
    again.state = LinkState::Active;
    sample.linked(&again).await;
    again.token_version = 5;
    again.created_at = UnixMillis(START);
    assert_eq!(
        sample.ledger.link(&acme, link.id).await.unwrap(),
        Some(again.clone())
    );

    // The same user under another id is a mistake, and changes nothing.
    let mut twin = again.clone();
    twin.id = sample.id();
    sample.conclude(&twin, true).await.unwrap_err();
    assert_eq!(sample.ledger.links(&acme, None, 10).await.unwrap(), [again]);
}

#[tokio::test]
async fn an_exclusive_link_is_refused_while_somebody_else_holds_the_docusign_user() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let jane = sample.link(&acme, "jane", "shared");
    let joe = sample.link(&acme, "joe", "shared");
    sample.linked(&jane).await;
    let refused = sample.conclude(&joe, true).await.unwrap();
    assert_eq!(refused, Concluded::Taken);
    assert_eq!(
        sample.ledger.links_to(&acme, "shared").await.unwrap(),
        std::slice::from_ref(&jane)
    );
    // Her own is no obstacle.
    sample.linked(&jane).await;
    let elsewhere = sample.link(&tenant("other"), "joe", "shared");
    sample.linked(&elsewhere).await;
    let shared = sample.conclude(&joe, false).await.unwrap();
    assert_eq!(shared, Concluded::Linked);
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
        let walk = sample.walk_of(&link);
        async move { conclude(&ledger, walk, &link, true).await.unwrap() }
    })
    .await;
    let linked = results.iter().filter(|&&end| end == Concluded::Linked);
    assert_eq!(linked.count(), 1);
    assert_eq!(sample.audited(Act::Linked).await, 1);
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
    sample.linked(&link).await;
    let ledger = &sample.ledger;

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
        .set_default_account(&acme, id, "a", at)
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&format!("acme/{id} in links")));
    sample
        .ledger
        .raise_token_version(&acme, id, 1)
        .await
        .unwrap_err();
    let mut empty = sample.link(&acme, "jane", "docusign-jane");
    empty.accounts.clear();
    sample.conclude(&empty, false).await.unwrap_err();
}

#[tokio::test]
async fn a_link_dies_once_and_not_when_it_was_made_anew_meanwhile() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut link = sample.link(&acme, "jane", "docusign-jane");
    link.token_version = 5;
    sample.linked(&link).await;
    let ledger = &sample.ledger;
    let reason = RelinkReason::RefreshRefused;
    for (seen, dies) in [(4, false), (5, true), (5, false)] {
        let audit = sample.line(&acme, Act::LinkDied);
        let died = ledger.link_died(&link, seen, reason, &audit).await.unwrap();
        assert_eq!(died, dies, "seen {seen}");
    }
    assert_eq!(sample.audited(Act::LinkDied).await, 1);
    let found = ledger.link(&acme, link.id).await.unwrap().unwrap();
    assert_eq!(found.state, LinkState::NeedsRelink(reason));
}

#[tokio::test]
async fn a_walk_that_moved_on_makes_no_link() {
    let sample = Sample::new().await;
    let link = sample.link(&tenant("acme"), "jane", "docusign-jane");
    let (from, audit) = sample.walk_of(&link);
    let dead = FlowRow {
        phase: Phase::Dead,
        ..from.clone()
    };
    sample.ledger.insert_flow(&dead).await.unwrap();
    let end = Conclusion {
        from: &from,
        to: &dead,
        link: &link,
        exclusive: true,
        audit: &audit,
    };
    let ended = sample.ledger.conclude_walk(end).await.unwrap();
    assert_eq!(ended, Concluded::Gone);
    assert_eq!(
        sample.ledger.link(&link.tenant, link.id).await.unwrap(),
        None
    );
    assert_eq!(sample.audited(Act::Linked).await, 0);
}
