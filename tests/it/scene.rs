//! The scene of attacks: an installation, its host app with pages, and users at browsers of their own.

use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;
use xtask::{
    recipe::host_page,
    world::{
        Answer, Browser, Form, HostApp, Installation, Person, Plan, Site,
        people::{EVERYBODY, JANE, OMAR},
        walk,
    },
};

use crate::{support::started, table::Table};

/// What is seen of a case when it is over and nothing came of it.
pub(crate) const NOTHING: &str = "linked: nobody; redeemed: nothing";
/// What a scene has come to when the victim has linked as herself, once.
pub(crate) const HONEST: &str = "linked: jane as jane; redeemed: jane";

/// How the page of a dead link is seen.
pub(crate) const GONE: &str = "410 This link no longer works";
/// How a page that another browser opened is seen.
pub(crate) const WRONG_BROWSER: &str = "403 This page belongs to another browser";

/// An installation whose tenants leave everything to the walk itself.
pub(crate) struct Scene {
    pub(crate) installation: Arc<Installation>,
    _folder: TempDir,
}

impl Drop for Scene {
    fn drop(&mut self) {
        // The pages that are still being answered hold the installation, and its log goes with its folder.
        if std::thread::panicking() {
            xtask::output::warn(self.installation.log_tails());
        }
    }
}

impl Scene {
    /// Plays `act` while the host app's pages are served.
    pub(crate) async fn play(act: impl AsyncFnOnce(&Self)) {
        let plan = Plan {
            site: Site::Localhost,
            same_email: false,
            ..Plan::new(Form::BuiltIn, &["acme", "globex"])
        };
        let (folder, installation) = started(&plan).await;
        let scene = Self {
            installation: Arc::new(installation),
            _folder: folder,
        };
        let pages = host_page::serve(Arc::clone(&scene.installation), "acme");
        tokio::select! {
            served = pages => panic!("the host app's pages ended: {served:?}"),
            () = act(&scene) => {}
        }
    }

    pub(crate) fn host(&self) -> &HostApp {
        self.installation.host_app("acme").unwrap()
    }

    pub(crate) fn elsewhere(&self) -> &HostApp {
        self.installation.host_app("globex").unwrap()
    }

    /// Somebody at a new browser of their own, signed in at the host app.
    pub(crate) async fn user(&self, person: &'static Person) -> User {
        let browser = self.installation.browser().unwrap();
        let dms = Url::parse(&self.host().origin).unwrap();
        let login = [("login", person.login)];
        let signed_in = browser.post(&dms.join("sign-in").unwrap(), &login).await;
        signed_in.unwrap().expect(303).unwrap();
        User {
            person,
            browser,
            dms,
        }
    }

    /// Who sat down to attack, and who is attacked.
    pub(crate) async fn attacker_and_victim(&self) -> (User, User) {
        (self.user(&OMAR).await, self.user(&JANE).await)
    }

    /// How many calls DocuSign has seen.
    pub(crate) async fn mark(&self) -> usize {
        self.installation.simulator.journal().await.unwrap().len()
    }

    /// Whose codes were redeemed since `mark`.
    pub(crate) async fn redeemed(&self, mark: usize) -> String {
        let journal = self.installation.simulator.journal().await.unwrap();
        let calls = journal[mark..]
            .iter()
            .filter(|call| call["path"] == "/oauth/token");
        let whose: Vec<_> = calls
            .map(|call| match call["status"].as_u64() {
                Some(200) => whose(call["user_id"].as_str(), |person| person.docusign_user),
                _ => "refused",
            })
            .collect();
        listed(&whose, "nothing")
    }

    /// Who is linked to whom, at either tenant.
    pub(crate) async fn links(&self) -> String {
        let mut links = Vec::new();
        for host in &self.installation.host_apps {
            for person in [&JANE, &OMAR] {
                let link = me(host, person).await["link"].clone();
                if let Some(email) = link["docusign_email"].as_str() {
                    let docusign = whose(Some(email), |person| person.email);
                    links.push(format!("{} as {docusign}", short(person)));
                }
            }
        }
        let links: Vec<_> = links.iter().map(String::as_str).collect();
        listed(&links, "nobody")
    }

    /// Nobody is linked any more.
    pub(crate) async fn unlink(&self) {
        for person in [&JANE, &OMAR] {
            let session = self.host().session(person).await.unwrap();
            let gone = self.host().call(Method::DELETE, "me/link", &session, None);
            gone.await.unwrap().expect(200).unwrap();
        }
    }

    /// Plays a case and writes it down with what came of it; then looks whether an honest walk works, and cleans up.
    pub(crate) async fn case(
        &self,
        table: &mut Table,
        name: &str,
        expected: &str,
        act: impl Future<Output = Vec<String>>,
    ) {
        let mark = self.mark().await;
        let mut seen = act.await;
        let (links, redeemed) = (self.links().await, self.redeemed(mark).await);
        seen.push(format!("linked: {links}; redeemed: {redeemed}"));
        self.unlink().await;
        let victim = self.user(&JANE).await;
        victim.link().await;
        let honest = self.links().await;
        self.unlink().await;
        assert_eq!(honest, "jane as jane", "the honest walk after `{name}`");
        table.row(name, expected, seen.join("; "));
    }
}

/// What the API says about a user.
pub(crate) async fn me(host: &HostApp, person: &Person) -> Value {
    let session = host.session(person).await.unwrap();
    let me = host.call(Method::GET, "me", &session, None).await.unwrap();
    me.expect(200).unwrap().json()
}

fn whose(value: Option<&str>, of: impl Fn(&Person) -> &'static str) -> &'static str {
    let found = EVERYBODY
        .into_iter()
        .find(|person| Some(of(person)) == value);
    found.map_or("somebody", short)
}

/// A person's first name.
fn short(person: &Person) -> &'static str {
    match person.login {
        "j.doe" => "jane",
        "o.haddad" => "omar",
        other => panic!("{other} takes no part"),
    }
}

fn listed(names: &[&str], none: &str) -> String {
    if names.is_empty() {
        none.to_owned()
    } else {
        names.join(", ")
    }
}

/// Somebody at a browser of their own, signed in at the host app.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) person: &'static Person,
    pub(crate) browser: Browser,
    dms: Url,
}

impl User {
    /// Presses the host app's button; answers the start URL.
    pub(crate) async fn start(&self) -> Url {
        let connect = self.dms.join("connect").unwrap();
        let answer = self.browser.post(&connect, &[]).await.unwrap();
        answer.expect(303).unwrap().location().unwrap()
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &Url) -> Answer {
        self.browser.get(url).await.unwrap()
    }

    /// Sends a form.
    pub(crate) async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Answer {
        self.browser.post(url, fields).await.unwrap()
    }

    /// Goes on from a start page; answers DocuSign's address.
    pub(crate) async fn begin(&self, start: &Url) -> Url {
        self.open(start).await.expect(200).unwrap();
        let answer = self.post(start, &[]).await;
        answer.expect(303).unwrap().location().unwrap()
    }

    /// Signs in at DocuSign as somebody; answers the callback.
    pub(crate) async fn sign_in(&self, docusign: &Url, person: &Person) -> Url {
        walk::sign_in(&self.browser, docusign, person)
            .await
            .unwrap()
    }

    /// From the host app's button as far as DocuSign's address.
    pub(crate) async fn away(&self) -> Url {
        self.begin(&self.start().await).await
    }

    /// From the host app's button as far as the callback, as themselves.
    pub(crate) async fn called_back(&self) -> Url {
        self.sign_in(&self.away().await, self.person).await
    }

    /// Goes on from a callback; answers the host app's finish URL with the handle.
    pub(crate) async fn back(&self, callback: &Url) -> Url {
        let answer = self.open(callback).await;
        answer.expect(303).unwrap().location().unwrap()
    }

    /// From the host app's button as far as the finish URL, as themselves.
    pub(crate) async fn returned(&self) -> Url {
        self.back(&self.called_back().await).await
    }

    /// Goes on from the host app's finish URL; answers the confirm URL.
    pub(crate) async fn finish(&self, finish: &Url) -> Url {
        let answer = self.open(finish).await;
        answer.expect(303).unwrap().location().unwrap()
    }

    /// From the host app's button as far as the confirm page, as themselves.
    pub(crate) async fn pending(&self) -> Url {
        self.finish(&self.returned().await).await
    }

    /// Decides on a confirm page, as its form does.
    pub(crate) async fn decide(&self, confirm: &Url, action: &str) -> Answer {
        let page = self.open(confirm).await.expect(200).unwrap();
        let fields = form(&page, action);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.post(confirm, &fields).await
    }

    /// The whole honest walk.
    pub(crate) async fn link(&self) {
        let confirm = self.pending().await;
        walk::confirm(&self.browser, &confirm, self.person)
            .await
            .unwrap();
    }
}

/// The fields that a confirm page's form sends.
pub(crate) fn form(page: &Answer, action: &str) -> [(&'static str, String); 3] {
    [
        ("csrf", page.field("csrf").unwrap()),
        ("account_id", page.field("account_id").unwrap()),
        ("action", action.to_owned()),
    ]
}

/// The handle in a finish URL.
pub(crate) fn handle(finish: &Url) -> String {
    parameter(finish, "handle")
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {}", url.path()))
        .1
        .into_owned()
}

/// The same address with another value of a parameter.
pub(crate) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<_> = url
        .query_pairs()
        .map(|(key, old)| {
            let new = if key == name {
                value.to_owned()
            } else {
                old.into_owned()
            };
            (key.into_owned(), new)
        })
        .collect();
    let mut changed = url.clone();
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    changed
}

/// An answer in a few words: the status, and the page's heading, the problem's code, or where it leads, without what is secret.
pub(crate) fn seen(answer: &Answer) -> String {
    let status = answer.status;
    if let Ok(location) = answer.location() {
        return format!("{status} to {}", place(&location));
    }
    let text = answer.text();
    let between = |open: &str, close: &str| {
        let (_, rest) = text.split_once(open)?;
        Some(rest.split_once(close)?.0.to_owned())
    };
    let words = between("<h1>", "</h1>").or_else(|| between("\"code\":\"", "\""));
    format!("{status} {}", words.unwrap_or_default())
}

/// Where an address leads, by what stands there.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().replace(".localhost", "");
    let mut segments: Vec<_> = url.path_segments().into_iter().flatten().collect();
    if segments.first() == Some(&"link") {
        // The tenant, and a one-time value.
        segments = vec![segments[2]];
    }
    format!("{host} {}", segments.join("/"))
}
