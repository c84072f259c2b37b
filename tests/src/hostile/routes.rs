//! What stands in addresses.

use std::sync::LazyLock;

use axum::{
    Router,
    body::Body,
    http::{Request, Uri},
};
use ownhand_connector::id::{LinkId, SendId};
use ownhand_docusign::EnvelopeId;
use ownhand_server::{Limits, Settings, router};
use ownhand_spi::TenantId;
use ownhand_testkit::{ManualClock, PUBLIC, World, ambient, assertion};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::wire::is_guid;

/// Ids that are read can stand in a path as they are, and no address makes the server fail.
pub fn paths(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(id) = text.parse::<EnvelopeId>() {
        assert!(is_guid(&id.to_string()), "{id}");
    }
    for id in [
        text.parse::<SendId>().map(|id| id.to_string()),
        text.parse::<LinkId>().map(|id| id.to_string()),
    ]
    .into_iter()
    .flatten()
    {
        assert!(
            id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
            "{id}"
        );
    }
    if let Ok(id) = TenantId::new(text.as_ref()) {
        assert!(!id.as_str().contains(['/', '.', '%']), "{id}");
    }
    for path in [
        format!("/v1/tenants/acme/envelopes/{text}"),
        format!("/v1/tenants/{text}/me"),
        format!("/link/acme/start/{text}"),
        format!("/hooks/docusign/{text}"),
        format!("/{text}"),
    ] {
        if let Ok(uri) = path.parse::<Uri>() {
            asked(&uri);
        }
    }
}

struct Server {
    runtime: Runtime,
    router: Router,
    // Holds the ledger's folder and the simulator.
    _world: World,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::new());
    let time = ambient(&ManualClock::start(), &std::sync::Arc::default());
    let settings = Settings {
        public_url: PUBLIC.parse().expect("an address"),
        auth_origin: world.docusign.url().origin().ascii_serialization(),
        form_origins: std::sync::Arc::new(|_| Vec::new()),
        entropy: time.entropy,
        clock: time.clock,
        limits: Limits::default(),
    };
    Server {
        router: router(world.connector.clone(), settings),
        runtime,
        _world: world,
    }
});

fn asked(uri: &Uri) {
    let request = Request::get(uri.clone())
        .header("authorization", assertion("jane"))
        .body(Body::empty())
        .expect("a request");
    let router = SERVER.router.clone();
    let answer = SERVER.runtime.block_on(router.oneshot(request));
    let status = answer.expect("the router answers").status();
    assert!(!status.is_server_error(), "{uri}: {status}");
}
