//! Sealed records, as they come back from a token store.

use std::sync::{Arc, LazyLock};

use ownhand_connector::seal::{KeyRing, Place, SealingKey};
use ownhand_spi::TenantId;
use ownhand_testkit::{ManualClock, ambient};
use secrecy::SecretBox;

static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let key = |id: &str, byte| SealingKey {
        id: id.to_owned(),
        key: SecretBox::new(Box::new([byte; 32])),
    };
    KeyRing::new(vec![key("k2", 2), key("k1", 1)]).unwrap()
});
static ACME: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("acme").unwrap());
static GLOBEX: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("globex").unwrap());

fn place(tenant: &'static TenantId, name: &'static str, version: u64) -> Place<'static> {
    Place {
        tenant,
        purpose: "tokens",
        name,
        version,
    }
}

fn seal(plain: &[u8]) -> Vec<u8> {
    let ambient = ambient(&ManualClock::start(), &Arc::default());
    RING.seal(&ambient, place(&ACME, "link", 1), plain).unwrap()
}

/// Only what was sealed here opens, unchanged and at its own place.
pub(super) fn record(input: &[u8]) {
    assert!(
        RING.open(place(&ACME, "link", 1), input).is_err(),
        "nobody seals without the key"
    );
    let sealed = seal(input);
    assert_eq!(
        RING.open(place(&ACME, "link", 1), &sealed)
            .unwrap()
            .as_slice(),
        input
    );
    for elsewhere in [
        place(&GLOBEX, "link", 1),
        place(&ACME, "other", 1),
        place(&ACME, "link", 2),
    ] {
        assert!(RING.open(elsewhere, &sealed).is_err(), "a record was moved");
    }
    // The input says which byte is changed, and how.
    if let [position, change, ..] = *input
        && change != 0
    {
        let mut changed = sealed.clone();
        let position = usize::from(position) % changed.len();
        changed[position] ^= change;
        assert!(
            RING.open(place(&ACME, "link", 1), &changed).is_err(),
            "a record was changed"
        );
    }
    let cut = &sealed[..sealed.len() - 1 - input.len() % 8];
    assert!(
        RING.open(place(&ACME, "link", 1), cut).is_err(),
        "a record was cut"
    );
}

pub(super) fn examples() -> Vec<Vec<u8>> {
    let other = KeyRing::new(vec![SealingKey {
        id: "k1".to_owned(),
        key: SecretBox::new(Box::new([9; 32])),
    }]);
    let ambient = ambient(&ManualClock::start(), &Arc::default());
    let foreign = other
        .unwrap()
        .seal(&ambient, place(&ACME, "link", 1), b"tokens");
    vec![
        b"{\"access\":\"a\"}".to_vec(),
        foreign.unwrap(),
        vec![1, 2, b'k', b'1'],
    ]
}
