//! Two rounds of one walk, hop by hop, with everything that is said and kept on the way.

use reqwest::Method;
use serde_json::json;
use url::Url;
use xtask::world::{Answer, Browser, host_app::address, people::JANE, walk};

use super::story::{Life, last};

impl Life {
    /// A walk, with every hop's answer and every state of the databases.
    pub(super) async fn walks(&mut self) {
        let browser = self.installation.browser().unwrap();
        let (mut tickets, mut states, mut handles) = (Vec::new(), Vec::new(), Vec::new());
        let mut assertions = Vec::new();
        let assertion = self.host("acme").assertion(&JANE);
        let started = self
            .call("acme", Method::POST, "me/link", &assertion, Some(json!({})))
            .await;
        assertions.push(assertion);
        let start = address(&started, "start_url").unwrap();
        tickets.push(last(&start));
        self.databases();
        self.page("GET start", &browser, &start).await;
        let begun = browser.post(&start, &[]).await.unwrap();
        self.places.answer("POST start", &begun);
        let cookie = begun.headers["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        self.secrets
            .add("browser cookie", [cookie], &["POST start: Set-Cookie"]);
        self.databases();
        let docusign = begun.location().unwrap();
        states.push(state(&docusign));
        let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
        let returned = self.page("GET callback", &browser, &callback).await;
        handles.push(handle(&returned));
        self.databases();
        // The code has expired when the host app comes with the handle: so the walk leads to DocuSign once more.
        let later = json!({ "advance_seconds": 600 });
        self.installation
            .simulator
            .set("clock", &later)
            .await
            .unwrap()
            .expect(200)
            .unwrap();
        let again = self.finish(&handles[0], &mut assertions).await;
        let sent_again = self.page("GET again", &browser, &again).await;
        let docusign = sent_again.location().unwrap();
        states.push(state(&docusign));
        let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
        let returned = self.page("GET callback", &browser, &callback).await;
        handles.push(handle(&returned));
        let confirm = self.finish(&handles[1], &mut assertions).await;
        self.databases();
        self.confirm(&browser, &confirm).await;
        self.replays(&browser, &[&start, &callback]).await;
        self.answered(&browser, &confirm).await;
        self.secrets.add(
            "again value",
            [last(&again)],
            &["POST me/link/finish: body"],
        );
        self.secrets.add(
            "confirm value",
            [last(&confirm)],
            &[
                "GET confirm, answered: Location",
                "POST confirm: Location",
                "POST me/link/finish: body",
            ],
        );
        self.secrets.add(
            "state",
            states,
            &["GET again: Location", "POST start: Location"],
        );
        self.secrets
            .add("handle", handles, &["GET callback: Location"]);
        self.secrets.add("ticket", tickets, &["POST me/link: body"]);
        let signatures = assertions
            .iter()
            .map(|assertion| assertion.rsplit('.').next().unwrap());
        self.secrets
            .add("host credential", signatures.map(str::to_owned), &[]);
    }

    pub(super) async fn page(&mut self, name: &str, browser: &Browser, url: &Url) -> Answer {
        let answer = browser.get(url).await.unwrap();
        self.places.answer(name, &answer);
        answer
    }

    async fn finish(&mut self, handle: &str, assertions: &mut Vec<String>) -> Url {
        let assertion = self.host("acme").assertion(&JANE);
        let body = json!({ "handle": handle });
        let finished = self
            .call(
                "acme",
                Method::POST,
                "me/link/finish",
                &assertion,
                Some(body),
            )
            .await;
        assertions.push(assertion);
        address(&finished.expect(200).unwrap(), "confirm_url").unwrap()
    }

    async fn confirm(&mut self, browser: &Browser, confirm: &Url) {
        let page = self.page("GET confirm", browser, confirm).await;
        let csrf = page.field("csrf").unwrap();
        let account = page.field("account_id").unwrap();
        let fields = |csrf| {
            [
                ("csrf", csrf),
                ("account_id", account.as_str()),
                ("action", "confirm"),
            ]
        };
        let wrong = browser.post(confirm, &fields("wrong")).await.unwrap();
        self.places
            .answer("POST confirm, refused", &wrong.expect(403).unwrap());
        let done = browser.post(confirm, &fields(&csrf)).await.unwrap();
        self.places.answer("POST confirm", &done);
        self.page("GET done", browser, &done.location().unwrap())
            .await
            .expect(200)
            .unwrap();
        self.secrets
            .add("CSRF token", [csrf], &["GET confirm: body"]);
        self.databases();
    }

    /// The confirm page after the confirmation: its own browser is led on, others are refused.
    async fn answered(&mut self, browser: &Browser, confirm: &Url) {
        let stranger = self.installation.browser().unwrap();
        let own = self.page("GET confirm, answered", browser, confirm).await;
        own.expect(303).unwrap();
        let other = self.page("GET confirm, answered", &stranger, confirm).await;
        other.expect(403).unwrap();
    }

    /// What was good once is refused, and the refusal repeats nothing of it.
    async fn replays(&mut self, browser: &Browser, addresses: &[&Url]) {
        let stranger = self.installation.browser().unwrap();
        for url in addresses {
            self.page("GET of a page that is gone", browser, url)
                .await
                .expect(410)
                .unwrap();
            self.page("GET of a page that is gone", &stranger, url)
                .await
                .expect(410)
                .unwrap();
        }
        let refused = browser
            .post(addresses[0], &[])
            .await
            .unwrap()
            .expect(410)
            .unwrap();
        self.places.answer("POST of a page that is gone", &refused);
    }
}

/// The secret part of the state in an authorize URL.
fn state(docusign: &Url) -> String {
    let state = crate::scene::parameter(docusign, "state");
    state.split_once('.').unwrap().1.to_owned()
}

fn handle(returned: &Answer) -> String {
    crate::scene::handle(&returned.location().unwrap())
}
