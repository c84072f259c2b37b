//! Credentials and sessions.

use std::time::Duration;

use ownhand_connector::{Error, Proof};
use ownhand_spi::ExposeSecret as _;
use ownhand_testkit::{World, assertion};

#[tokio::test]
async fn an_assertion_proves_once_where_it_is_burnt() {
    let world = World::new().await;
    let header = assertion("jane");
    let caller = world
        .connector
        .authenticate("acme", Some(&header), Proof::Fresh, "r")
        .await
        .unwrap();
    assert_eq!(caller.user().subject, "jane");
    let again = world
        .connector
        .authenticate("acme", Some(&header), Proof::Fresh, "r")
        .await;
    assert!(matches!(again, Err(Error::CredentialReplayed)), "{again:?}");
    let elsewhere = world
        .connector
        .authenticate("other", Some(&header), Proof::Fresh, "r")
        .await;
    assert!(elsewhere.is_ok(), "another tenant burns its own ids");
}

#[tokio::test]
async fn a_session_holds_for_its_tenant_and_its_time() {
    let world = World::new().await;
    let caller = world.caller("jane").await;
    let session = world.connector.open_session(&caller).unwrap();
    let header = format!("Bearer {}", session.bearer.expose_secret());
    let ask = async |tenant: &str, proof: Proof| {
        world
            .connector
            .authenticate(tenant, Some(&header), proof, "r")
            .await
    };
    assert_eq!(
        ask("acme", Proof::Any).await.unwrap().user().subject,
        "jane"
    );
    assert!(matches!(
        ask("other", Proof::Any).await,
        Err(Error::CredentialRejected(_))
    ));
    assert!(matches!(
        ask("acme", Proof::Fresh).await,
        Err(Error::FreshCredentialNeeded)
    ));
    assert!(matches!(
        ask("nobody", Proof::Any).await,
        Err(Error::UnknownTenant)
    ));
    world.clock.advance(Duration::from_mins(15));
    assert!(matches!(
        ask("acme", Proof::Any).await,
        Err(Error::CredentialRejected(_))
    ));
}

#[tokio::test]
async fn what_is_no_credential_is_refused() {
    let world = World::new().await;
    for (header, code) in [
        (None, "credential_missing"),
        (Some("Bearer"), "credential_missing"),
        (Some("Bearer ohs_AAAA"), "credential_rejected"),
        (Some("Bearer nonsense"), "credential_rejected"),
    ] {
        let error = world
            .connector
            .authenticate("acme", header, Proof::Any, "r")
            .await
            .unwrap_err();
        assert_eq!(error.code(), code, "{header:?}");
    }
}

#[tokio::test]
async fn a_session_that_could_not_be_carried_is_refused_where_it_is_made() {
    let world = World::new().await;
    let caller = world.caller(&"j".repeat(13 * 1024)).await;
    let refused = world.connector.open_session(&caller).map(drop);
    assert!(
        matches!(refused, Err(Error::CredentialRejected(_))),
        "{refused:?}"
    );
}
