//! Ids and paths: what stands in an address.

use std::{
    str::FromStr,
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use ownhand_connector::id::LinkId;
use ownhand_docusign::{AccountId, EnvelopeId};
use ownhand_server::{Limits, Settings, router};
use ownhand_spi::TenantId;
use ownhand_testkit::{PUBLIC, World, ambient, assertion};
use tower::ServiceExt as _;
use url::Url;

use super::RUNTIME;

struct Served {
    router: Router,
    // Holds the ledger's folder and DocuSign.
    _world: World,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    RUNTIME.block_on(async {
        let world = World::new().await;
        let ambient = ambient(&world.clock, &world.tripwire);
        let settings = Settings {
            public_url: Url::parse(PUBLIC).unwrap(),
            auth_origin: world.docusign.url().origin().ascii_serialization(),
            form_origins: Arc::new(|_| Vec::new()),
            entropy: ambient.entropy,
            clock: ambient.clock,
            limits: Limits::default(),
        };
        Served {
            router: router(world.connector.clone(), settings),
            _world: world,
        }
    })
});

/// An id reads only in the form that it is written in; and whatever stands in an address, it is refused and nothing breaks.
pub(super) fn ids_and_paths(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    ids(&text);
    let escaped: String = url::form_urlencoded::byte_serialize(input).collect();
    let escaped = escaped.replace('+', "%20");
    for value in [&*escaped, &*text] {
        for (path, credential) in [
            (format!("/v1/tenants/acme/envelopes/{value}"), true),
            (format!("/v1/tenants/{value}/me"), true),
            (
                format!("/v1/tenants/acme/envelopes?before={value}&limit={value}"),
                false,
            ),
            (format!("/link/acme/start/{value}"), false),
            (format!("/link/{value}/confirm/{value}"), false),
            (format!("/oauth/callback?state={value}&code={value}"), false),
            (format!("/hooks/docusign?tenant={value}"), false),
            (format!("/{value}"), false),
        ] {
            let Ok(request) = Request::get(&path).body(Body::empty()) else {
                continue;
            };
            answered(&path, request, credential);
        }
    }
}

fn answered(path: &str, mut request: Request<Body>, credential: bool) {
    if credential {
        let assertion = assertion("jane").parse().unwrap();
        request.headers_mut().insert("authorization", assertion);
    }
    let known = ["/", "/healthz", "/readyz", "/assets/ownhand.css"].contains(&request.uri().path());
    let listed = request.uri().path() == "/v1/tenants/acme/envelopes" && credential;
    let me = ["/v1/tenants/acme/me", "/v1/tenants/other/me"].contains(&request.uri().path());
    // Before the runtime is entered, since it starts on it.
    let router = SERVED.router.clone();
    let (status, bytes) = RUNTIME.block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1024 * 1024).await.unwrap();
        (status, bytes)
    });
    assert!(!status.is_server_error(), "{path}: {status}");
    assert!(
        known || listed || me || status.is_client_error(),
        "{path}: {status}"
    );
    assert!(status != StatusCode::OK || !bytes.is_empty());
}

fn ids(text: &str) {
    let written = [
        EnvelopeId::from_str(text).map(|id| id.to_string()).ok(),
        AccountId::from_str(text).map(|id| id.to_string()).ok(),
    ];
    for id in written.into_iter().flatten() {
        assert_eq!(id, text.to_lowercase());
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        );
    }
    if let Ok(id) = LinkId::from_str(text) {
        assert!(id.to_string().eq_ignore_ascii_case(text));
    }
    if let Ok(tenant) = TenantId::new(text) {
        assert_eq!(tenant.as_str(), text);
        assert!(!text.contains(['/', '\\', '.', '%', ' ', '\0']) && !text.is_empty());
    }
}

pub(super) fn examples() -> Vec<Vec<u8>> {
    [
        "e0000001-0001-4000-8000-000000000001",
        "snd_01M894PAE61N4JMTSKAKR1TXS8",
        "lnk_01M894PAE61N4JMTSKAKR1TXS8",
        "acme",
        "../../v1/tenants/other/me",
        "..%2f..%2fother",
        "acme.AAAAAAAAAAAAAAAAAAAAAA",
        "a/b?c=d#e",
        "100",
        "\u{202e}\u{0}\r\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
