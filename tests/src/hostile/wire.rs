//! What comes over the network, or lies in the token store.

use std::sync::LazyLock;

use axum::body::Body;
use futures_util::FutureExt as _;
use ownhand_connector::{
    Ambient,
    seal::{KeyRing, Place, SealingKey},
};
use ownhand_docusign::connect::{ConnectKey, ConnectMessage, verify};
use ownhand_identity_jwt::{JwtIdentity, Settings};
use ownhand_plugin_sdk::{Adapter as _, BuildContext, NoOperatorSettings, Secret};
use ownhand_simulator::multipart::{boundary, read};
use ownhand_spi::{CallContext, Credential, IdentityMapper as _, TenantId};
use ownhand_testkit::{ManualClock, ambient};
use secrecy::SecretBox;

/// A Connect message that nobody signed is refused, and one that is read names well-formed ids.
pub fn connect_body(data: &[u8]) {
    let keys = [ConnectKey::new("the-integrators-key")];
    let signatures = [("x-docusign-signature-1", data)];
    assert!(
        verify(data, signatures, &keys).is_err(),
        "bytes vouch for themselves"
    );
    if let Ok(message) = ConnectMessage::parse(data)
        && let Some(news) = message.envelope
    {
        for id in [news.account_id.to_string(), news.envelope_id.to_string()] {
            assert!(is_guid(&id), "{id}");
        }
    }
}

/// Whether a text can stand in a path as it is.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The simulator's multipart parser ends, and its parts are no larger than what came in. The first line is the content type.
pub fn multipart(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (head, body) = data.split_at(end.unwrap_or(0));
    let Some(boundary) = boundary(&String::from_utf8_lossy(head)) else {
        return;
    };
    let most = 64 * 1024;
    let read = read(Body::from(body.to_vec()), &boundary, most)
        .now_or_never()
        .expect("a body in memory is there at once");
    if let Ok(parts) = read {
        let total: usize = parts.iter().map(|part| part.body.len()).sum();
        assert!(
            total <= body.len().min(most),
            "{total} bytes of {}",
            body.len()
        );
    }
}

/// No bytes are a person's assertion: the key that signs them is not known to anybody here.
pub fn jwt_credential(data: &[u8]) {
    let cx = CallContext {
        tenant: TenantId::new("acme").expect("a tenant's name"),
        request_id: "hostile".to_owned(),
        now_unix_ms: 1_795_435_200_000,
        budget: std::time::Duration::from_secs(1),
    };
    let credential = Credential {
        scheme: "bearer".to_owned(),
        value: String::from_utf8_lossy(data).into_owned().into(),
    };
    let named = MAPPER.resolve(&cx, credential).now_or_never();
    assert!(
        named
            .expect("keys given by configuration need no waiting")
            .is_err(),
        "bytes name a person"
    );
}

static MAPPER: LazyLock<JwtIdentity> = LazyLock::new(|| {
    let settings = serde_json::json!({
        "issuer": "https://dms.acme.example",
        "audience": "ownhand",
    });
    let mut settings: Settings = serde_json::from_value(settings).expect("settings that are right");
    settings.hmac_secret = Some(Secret::new("a secret of thirty-two bytes or so"));
    let context = BuildContext::new("acme", Some("acme".to_owned()));
    JwtIdentity::build(context, NoOperatorSettings {}, settings)
        .now_or_never()
        .expect("keys given by configuration need no waiting")
        .expect("settings that are right")
});

/// A record that was changed in any bit does not open, and neither does anything else.
pub fn sealed_record(data: &[u8]) {
    let acme = TenantId::new("acme").expect("a tenant's name");
    let place = Place {
        tenant: &acme,
        purpose: "tokens",
        name: "lnk_1",
        version: 7,
    };
    let (ring, sealed) = &*SEALED;
    assert!(ring.open(place, data).is_err(), "bytes open");
    // The input as a pattern of bits to flip, and as what is hung on.
    let mut changed = sealed.clone();
    for (byte, flip) in changed.iter_mut().zip(data) {
        *byte ^= flip;
    }
    changed.extend(data.iter().skip(sealed.len()));
    let opened = ring.open(place, &changed).is_ok();
    assert_eq!(opened, changed == *sealed, "a changed record opens");
}

static SEALED: LazyLock<(KeyRing, Vec<u8>)> = LazyLock::new(|| {
    let acme = TenantId::new("acme").expect("a tenant's name");
    let key = SealingKey {
        id: "k1".to_owned(),
        key: SecretBox::new(Box::new([7; 32])),
    };
    let ring = KeyRing::new(vec![key]).expect("a ring of one key");
    let ambient: Ambient = ambient(&ManualClock::start(), &std::sync::Arc::default());
    let place = Place {
        tenant: &acme,
        purpose: "tokens",
        name: "lnk_1",
        version: 7,
    };
    let sealed = ring.seal(&ambient, place, b"a refresh token");
    (ring, sealed.expect("a record can be sealed"))
});
