//! A sealed value opens in its place only.

use std::sync::Arc;

use ownhand_connector::seal::{KeyRing, Place, SealError, SealingKey};
use ownhand_spi::TenantId;
use ownhand_testkit::{ManualClock, ambient};
use proptest::prelude::*;

/// A key of 32 equal bytes.
fn key(id: &str, byte: u8) -> SealingKey {
    SealingKey {
        id: id.to_owned(),
        key: Box::new([byte; 32]).into(),
    }
}

fn ring(keys: impl IntoIterator<Item = SealingKey>) -> KeyRing {
    KeyRing::new(keys.into_iter().collect()).unwrap()
}

fn sealed(ring: &KeyRing, place: Place<'_>) -> Vec<u8> {
    ring.seal(
        &ambient(&ManualClock::start(), &Arc::default()),
        place,
        b"a refresh token",
    )
    .unwrap()
}

#[test]
fn it_opens_in_its_place_and_in_no_other() {
    let (acme, other) = (
        TenantId::new("acme").unwrap(),
        TenantId::new("other").unwrap(),
    );
    let ring = ring([key("k1", 1)]);
    let home = Place {
        tenant: &acme,
        purpose: "tokens",
        name: "lnk_1",
        version: 3,
    };
    let value = sealed(&ring, home);
    assert_eq!(*ring.open(home, &value).unwrap(), b"a refresh token");
    for (what, place) in [
        (
            "another tenant",
            Place {
                tenant: &other,
                ..home
            },
        ),
        (
            "another purpose",
            Place {
                purpose: "session",
                ..home
            },
        ),
        (
            "another link",
            Place {
                name: "lnk_2",
                ..home
            },
        ),
        ("another version", Place { version: 2, ..home }),
    ] {
        assert_eq!(
            ring.open(place, &value).map(drop),
            Err(SealError::Damaged),
            "{what}"
        );
    }
}

#[test]
fn fields_cannot_run_into_one_another() {
    let acme = TenantId::new("acme").unwrap();
    let ring = ring([key("k1", 1)]);
    let value = sealed(
        &ring,
        Place {
            tenant: &acme,
            purpose: "ab",
            name: "c",
            version: 1,
        },
    );
    let shifted = Place {
        tenant: &acme,
        purpose: "a",
        name: "bc",
        version: 1,
    };
    assert_eq!(
        ring.open(shifted, &value).map(drop),
        Err(SealError::Damaged)
    );
}

#[test]
fn the_first_key_seals_and_all_open() {
    let acme = TenantId::new("acme").unwrap();
    let place = Place {
        tenant: &acme,
        purpose: "tokens",
        name: "lnk_1",
        version: 1,
    };
    let old = sealed(&ring([key("k1", 1)]), place);
    let both = ring([key("k2", 2), key("k1", 1)]);
    assert_eq!(*both.open(place, &old).unwrap(), b"a refresh token");
    let new = sealed(&both, place);
    assert_eq!(
        ring([key("k1", 1)]).open(place, &new).map(drop),
        Err(SealError::UnknownKey("k2".to_owned())),
        "the missing key is named"
    );
    assert_eq!(
        ring([key("k1", 9)]).open(place, &old).map(drop),
        Err(SealError::Damaged),
        "another key of the same id"
    );
}

#[test]
fn a_ring_needs_fit_ids() {
    for keys in [
        vec![],
        vec![key("", 1)],
        vec![key(&"x".repeat(33), 1)],
        vec![key("a", 1), key("a", 2)],
    ] {
        assert_eq!(KeyRing::new(keys).map(drop), Err(SealError::Ring));
    }
}

proptest! {
    #[test]
    fn no_changed_byte_and_no_cut_opens(at in 0_usize..80, bit in 0_u8..8, cut in 0_usize..80) {
        let acme = TenantId::new("acme").unwrap();
        let place = Place { tenant: &acme, purpose: "tokens", name: "lnk_1", version: 1 };
        let ring = ring([key("k1", 1)]);
        let value = sealed(&ring, place);
        let mut flipped = value.clone();
        let at = at % flipped.len();
        flipped[at] ^= 1 << bit;
        prop_assert!(ring.open(place, &flipped).is_err());
        prop_assert!(ring.open(place, &value[..cut % value.len()]).is_err());
    }
}
