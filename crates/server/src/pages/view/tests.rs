//! Every page with samples, as it is sent.

use askama::Template;
use insta::assert_snapshot;
use ownhand_connector::{
    ConfirmView, DoneView, Error, LinkRefusal, Person, StartView,
    ledger::{DocusignAccount, LedgerError, RelinkReason},
};

use super::{Cancelled, Confirm, Done, Failed, Home, Start};
use crate::{
    failure::{Failure, Refusal},
    pages::failed::words,
};

fn person() -> Person {
    Person {
        name: Some("Jane Doe".into()),
        email: Some("jane.doe@acme.example".into()),
        login: Some("j.doe".into()),
    }
}

fn account(id: &str, name: &str, is_default: bool) -> DocusignAccount {
    DocusignAccount {
        account_id: id.into(),
        name: name.into(),
        base_uri: "https://demo.docusign.net".into(),
        is_default,
    }
}

fn start() -> StartView {
    StartView {
        tenant_name: "Acme Legal".into(),
        person: person(),
        relink: None,
        linked_as: None,
    }
}

fn confirm() -> ConfirmView {
    ConfirmView {
        tenant_name: "Acme Legal".into(),
        person: person(),
        docusign_name: "Jane Doe".into(),
        docusign_email: "jane.doe@acme.example".into(),
        accounts: vec![account("1a2b", "Acme Legal", true)],
        preselected: "1a2b".into(),
        csrf: "csrf-token".into(),
        replaces: None,
        email_differs: false,
    }
}

fn html(template: &impl Template) -> String {
    template.render().unwrap()
}

#[test]
fn start_of_a_first_link() {
    assert_snapshot!(html(&Start::new(&start())));
}

#[test]
fn start_after_a_dead_link() {
    let view = StartView {
        relink: Some(RelinkReason::RefreshRefused),
        linked_as: Some("jane.doe@acme.example".into()),
        ..start()
    };
    assert_snapshot!(html(&Start::new(&view)));
}

#[test]
fn confirm_with_one_account() {
    assert_snapshot!(html(&Confirm::new(&confirm())));
}

#[test]
fn confirm_with_several_accounts_and_another_email() {
    let view = ConfirmView {
        accounts: vec![
            account("1a2b", "Acme Legal", true),
            account("3c4d", "Acme Sales", false),
        ],
        preselected: "3c4d".into(),
        docusign_email: "jane@elsewhere.example".into(),
        email_differs: true,
        ..confirm()
    };
    assert_snapshot!(html(&Confirm::new(&view)));
}

#[test]
fn confirm_in_place_of_another_docusign_user() {
    let view = ConfirmView {
        replaces: Some("old.jane@acme.example".into()),
        ..confirm()
    };
    assert_snapshot!(html(&Confirm::new(&view)));
}

#[test]
fn done_with_and_without_a_way_back() {
    let view = |return_url: Option<&str>| DoneView {
        tenant_name: "Acme Legal".into(),
        person: Person {
            name: None,
            login: None,
            ..person()
        },
        docusign_name: "Jane Doe".into(),
        docusign_email: "jane.doe@acme.example".into(),
        account_name: "Acme Legal".into(),
        return_url: return_url.map(Into::into),
    };
    assert_snapshot!(
        "done_way_back",
        html(&Done::new(&view(Some(
            "https://dms.acme.example/signatures?a=1&b=2"
        ))))
    );
    assert_snapshot!("done", html(&Done::new(&view(None))));
}

#[test]
fn home_and_cancelled() {
    assert_snapshot!("home", html(&Home));
    assert_snapshot!("cancelled", html(&Cancelled));
}

#[test]
fn what_comes_from_outside_is_escaped() {
    let view = StartView {
        tenant_name: "<b>Acme</b>".into(),
        person: Person {
            name: Some("\"><script>alert(1)</script>".into()),
            ..person()
        },
        ..start()
    };
    let page = html(&Start::new(&view));
    assert!(
        !page.contains("<script") && !page.contains("<b>Acme"),
        "{page}"
    );
}

/// The words of every failure that a browser can meet. The page around them is one of the snapshots.
#[test]
fn failures() {
    let failures: [(&str, Failure); 13] = [
        ("gone", Error::FlowGone.into()),
        ("wrong browser", Error::WrongBrowser.into()),
        ("wrong user", Error::WrongUser.into()),
        ("consent refused", Error::ConsentRefused.into()),
        (
            "account",
            Error::LinkRefused(LinkRefusal::NoAllowedAccount).into(),
        ),
        (
            "email",
            Error::LinkRefused(LinkRefusal::Email {
                found: "jane@elsewhere.example".into(),
            })
            .into(),
        ),
        (
            "taken",
            Error::LinkRefused(LinkRefusal::TakenByAnother).into(),
        ),
        ("tenant", Error::UnknownTenant.into()),
        (
            "invalid",
            Error::Invalid {
                place: "account_id".into(),
                message: "choose".into(),
            }
            .into(),
        ),
        (
            "ledger",
            Error::from(LedgerError::inconsistent("table links, row 7")).into(),
        ),
        ("not found", Refusal::NotFound.into()),
        ("cross-site", Refusal::CrossSite.into()),
        ("internal", Refusal::Internal.into()),
    ];
    let said: Vec<String> = failures
        .iter()
        .map(|(name, failure)| {
            let words = words(failure);
            format!(
                "[{name}]\n{}\n{}\n{}\n",
                words.title, words.what, words.next
            )
        })
        .collect();
    let said = said.join("\n");
    assert!(!said.contains("row 7"), "a cause reached the page");
    assert_snapshot!("failure_words", said);
    let page = Failed {
        words: words(&Error::FlowGone.into()),
        request_id: "req_0123",
    };
    assert_snapshot!("failed", html(&page));
}
