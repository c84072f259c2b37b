//! Where a client goes and where it does not.

use ownhand_egress::{AllowedHost, Client, EgressError, EgressPolicy, PolicyError, Reach};
use url::Url;

use crate::servers::{client_for, raw_server, url};

fn parse(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn a_target_off_the_list_is_refused_before_a_connection() {
    let (listed, _) = raw_server(None).await;
    let (other, heard) = raw_server(None).await;
    let client = client_for(listed);

    let error = client.get(&url(other, "/secret?a=b")).err().unwrap();
    let EgressError::Refused { target, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*target, format!("http://{other}"));
    assert!(!error.may_have_been_sent());
    let with_password = parse(&format!("http://user:pw@{listed}/"));
    assert!(client.get(&with_password).is_err());
    assert_eq!(heard.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let (server, heard) = raw_server(Some("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let by_name = parse(&format!("https://localhost:{}/", server.port()));
    let by_address = parse(&format!("https://{server}/"));
    let rules = [&by_name, &by_address].map(|u| AllowedHost::origin(u, false).unwrap());
    let client = Client::new(EgressPolicy::new(rules.to_vec())).unwrap();

    let error = client.get(&by_name).unwrap().send().await.err().unwrap();
    assert!(matches!(error, EgressError::Refused { .. }), "{error:?}");
    assert!(client.get(&by_address).is_err());
    assert_eq!(heard.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_handed_back_and_not_followed() {
    let (elsewhere, followed) = raw_server(None).await;
    let answer =
        format!("HTTP/1.1 302 Found\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
    let (server, heard) = raw_server(Some(answer.leak())).await;

    let here = url(server, "/");
    let response = client_for(server).get(&here).unwrap().send().await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!((heard.connections(), followed.connections()), (1, 0));
}

#[test]
fn a_domain_rule_covers_its_sub_domains_over_https_only() {
    let rule = AllowedHost::subdomains_of("docusign.net").unwrap();
    let policy = EgressPolicy::new(vec![rule]);
    for good in [
        "https://na2.docusign.net/restapi",
        "https://a.b.docusign.net/",
        "https://NA2.DocuSign.net:443/",
    ] {
        assert_eq!(policy.check(&parse(good)).unwrap(), Reach::Public, "{good}");
    }
    for bad in [
        "https://docusign.net/",
        "https://evildocusign.net/",
        "https://na2.docusign.net.evil.example/",
        "https://na2.docusign.net./",
        "https://na2.docusign.net:8443/",
        "http://na2.docusign.net/",
        "https://na2.docusign.net@evil.example/",
        "https://[::1]/",
    ] {
        assert!(policy.check(&parse(bad)).is_err(), "{bad}");
    }
}

#[test]
fn plain_http_is_for_private_loopback_origins_only() {
    let plain = |text: &str, private| AllowedHost::origin(&parse(text), private);
    assert!(plain("http://127.0.0.1:8080", true).is_ok());
    assert!(plain("http://docusign.localhost:8080", true).is_ok());
    for (bad, private) in [
        ("http://127.0.0.1:8080", false),
        ("http://dms.internal", true),
        ("http://10.0.0.1", true),
        ("http://localhost.evil.example", true),
    ] {
        let error = plain(bad, private).unwrap_err();
        assert!(matches!(error, PolicyError::PlainHttp(_)), "{bad}");
    }
    assert!(plain("ftp://127.0.0.1", true).is_err());
    for domain in [
        "net",
        "",
        "DocuSign.net",
        "a..b",
        "*.docusign.net",
        "1.2.3.4",
    ] {
        assert!(AllowedHost::subdomains_of(domain).is_err(), "{domain}");
    }
}

#[test]
fn a_private_address_in_a_url_needs_a_private_rule() {
    let metadata = parse("https://169.254.169.254/latest");
    for private in [false, true] {
        let rule = AllowedHost::origin(&metadata, private).unwrap();
        assert_eq!(
            EgressPolicy::new(vec![rule]).check(&metadata).is_ok(),
            private
        );
    }
}
