//! Which hosts are DocuSign's.

use ownhand_docusign::{AccountId, CustomEnvironment, Environment};
use proptest::prelude::*;
use url::Url;

fn accepts(environment: &Environment, base_uri: &str) -> bool {
    environment.accepts_base_uri(&Url::parse(base_uri).unwrap())
}

#[test]
fn base_uris_are_those_of_the_environment_only() {
    let demo = Environment::demo().unwrap();
    let production = Environment::production().unwrap();
    assert!(accepts(&demo, "https://demo.docusign.net"));
    assert!(!accepts(&production, "https://demo.docusign.net"));
    for host in ["www", "na2", "eu", "eu1.a"] {
        let base_uri = format!("https://{host}.docusign.net/");
        assert!(accepts(&production, &base_uri), "{base_uri}");
        assert!(!accepts(&demo, &base_uri), "{base_uri}");
    }
    for bad in [
        "http://na2.docusign.net",
        "https://docusign.net",
        "https://evildocusign.net",
        "https://na2.docusign.net.evil.example",
        "https://na2.docusign.net.",
        "https://na2.docusign.net:8443",
        "https://na2.docusign.net/restapi",
        "https://na2.docusign.net?x",
        "https://na2.docusign.net#x",
        "https://u:p@na2.docusign.net",
        "https://127.0.0.1",
        "https://na2.docusign.com",
    ] {
        assert!(!accepts(&production, bad), "{bad}");
        assert!(!accepts(&demo, bad), "{bad}");
    }
}

#[test]
fn the_egress_policy_reaches_the_environment_and_no_further() {
    let policy = Environment::demo().unwrap().egress_policy().unwrap();
    let allows = |url: &str| policy.check(&Url::parse(url).unwrap()).is_ok();
    assert!(allows("https://account-d.docusign.com/oauth/token"));
    assert!(allows("https://demo.docusign.net/restapi"));
    assert!(!allows("https://na2.docusign.net/restapi"));
    let policy = Environment::production().unwrap().egress_policy().unwrap();
    let allows = |url: &str| policy.check(&Url::parse(url).unwrap()).is_ok();
    assert!(allows("https://account.docusign.com/oauth/token"));
    assert!(allows("https://na2.docusign.net/restapi"));
    assert!(!allows("https://account-d.docusign.com/oauth/token"));
}

#[test]
fn a_custom_environment_is_made_of_plain_origins() {
    let make = |auth: &str, rest: &[&str]| {
        Environment::custom(CustomEnvironment {
            name: "simulator".to_owned(),
            auth: Url::parse(auth).unwrap(),
            rest: rest.iter().map(|r| Url::parse(r).unwrap()).collect(),
        })
    };
    let here = "http://127.0.0.1:8080";
    let simulator = make("https://docusign.localhost:8443", &[here]).unwrap();
    assert_eq!(simulator.aud(), "docusign.localhost:8443");
    assert!(accepts(&simulator, here));
    assert!(!accepts(&simulator, "http://127.0.0.1:8081"));
    assert!(!accepts(&simulator, "https://docusign.localhost:8443"));
    assert_eq!(Environment::demo().unwrap().aud(), "account-d.docusign.com");
    for (auth, rest) in [
        (here, &[][..]),
        ("http://127.0.0.1:8080/oauth", &[here][..]),
        (here, &["http://127.0.0.1:8080/restapi"][..]),
        (here, &["http://simulator.example"][..]),
    ] {
        assert!(make(auth, rest).is_err(), "{auth} {rest:?}");
    }
}

proptest! {
    #[test]
    fn only_guids_become_ids(text in "[-0-9a-fA-F{}./% ]{0,40}") {
        if let Ok(id) = text.parse::<AccountId>() {
            prop_assert_eq!(id.to_string(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn every_guid_becomes_an_id(bytes: [u8; 16], upper: bool) {
        let guid = uuid::Uuid::from_bytes(bytes).to_string();
        let text = if upper { guid.to_ascii_uppercase() } else { guid.clone() };
        let id: AccountId = text.parse().unwrap();
        prop_assert_eq!(id.to_string(), guid.clone());
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(&json, &format!("\"{guid}\""));
        prop_assert_eq!(serde_json::from_str::<AccountId>(&json).unwrap(), id);
    }
}

#[test]
fn what_is_not_a_hyphenated_guid_is_no_id() {
    for bad in [
        "",
        "123456",
        "../../../../users/00000000-0000-0000",
        "{11111111-2222-3333-4444-555555555555}",
        "11111111222233334444555555555555",
        "urn:uuid:11111111-2222-3333-4444-555555555555",
        "11111111-2222-3333-4444-55555555555/",
        " 1111111-2222-3333-4444-555555555555",
    ] {
        assert!(bad.parse::<AccountId>().is_err(), "{bad}");
    }
}
