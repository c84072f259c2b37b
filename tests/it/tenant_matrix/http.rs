//! The routes: what belongs to one user of one tenant stays with them.

use std::path::Path;

use ownhand_e2e::routes::{Route, routes};
use serde_json::json;
use url::Url;
use xtask::world::{
    Answer, HostApp,
    people::{JANE, OMAR},
    time::now,
};

use super::{
    jane::{Jane, KEY},
    routes::{Guard, Known, ROUTES},
};
use crate::{
    scene::{GONE, Scene, User, WRONG_BROWSER, form, seen},
    table::Table,
};

const MISSING: &str = "401 credential_missing";
const REJECTED: &str = "401 credential_rejected";

#[tokio::test]
async fn no_route_gives_anybody_what_is_somebody_elses() {
    Scene::play(async |scene| {
        let mut table = Table::new("the tenant matrix: routes");
        every_route_is_known(&mut table);
        let jane = Jane::sits_down(scene).await;
        let before = jane.everything().await;
        for known in ROUTES {
            match known.guard {
                Guard::Assertion | Guard::Session => jane.api(known, &mut table).await,
                Guard::Ticket | Guard::Browser => jane.page(known, &mut table).await,
                Guard::Signature => jane.hook(known, &mut table).await,
                Guard::Open => jane.open(known, &mut table).await,
            }
        }
        let unchanged = before == jane.everything().await;
        table.row(
            "everything of Jane's afterwards",
            "unchanged: true",
            format!("unchanged: {unchanged}"),
        );
        jane.hook_control(&mut table).await;
        for known in ROUTES.iter().filter(|known| known.guard == Guard::Session) {
            jane.control(known, &mut table).await;
        }
        table.judge();
    })
    .await;
}

fn every_route_is_known(table: &mut Table) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let served = routes(&root).unwrap();
    let known: Vec<_> = ROUTES
        .iter()
        .map(|known| Route {
            path: known.path.to_owned(),
            method: known.method.to_owned(),
        })
        .collect();
    let of = |routes: Vec<&Route>| {
        let names: Vec<_> = routes
            .iter()
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        format!("{names:?}")
    };
    let new = served
        .iter()
        .filter(|route| !known.contains(route))
        .collect();
    let gone = known
        .iter()
        .filter(|route| !served.contains(route))
        .collect();
    table.row(
        "routes that the server has and this matrix does not; and the other way round",
        "[]; []",
        format!("{}; {}", of(new), of(gone)),
    );
}

impl Jane<'_> {
    async fn api(&self, known: &Known, table: &mut Table) {
        let (acme, globex) = (self.scene.host(), self.scene.elsewhere());
        let name = format!("{} {}", known.method, known.path);
        let past = json!({ "iat": now() - 1000, "exp": now() - 600 });
        let as_jane_does = async |host: &HostApp| match known.guard {
            Guard::Assertion => host.assertion(&JANE),
            _ => host.session(&JANE).await.unwrap(),
        };
        let of_omar = match known.guard {
            Guard::Assertion => acme.assertion(&OMAR),
            _ => acme.session(&OMAR).await.unwrap(),
        };
        let expired = acme.assertion_with(&JANE, &past);
        let foreign = as_jane_does(globex).await;
        let own = as_jane_does(acme).await;
        let namesake = as_jane_does(globex).await;
        let tries = [
            ("without a credential", "acme", None, MISSING),
            (
                "an expired assertion of Jane's",
                "acme",
                Some(expired.as_str()),
                REJECTED,
            ),
            (
                "a made-up session",
                "acme",
                Some("ohs_bm90aGluZw"),
                if known.guard == Guard::Assertion {
                    "403 fresh_credential_needed"
                } else {
                    REJECTED
                },
            ),
            (
                "her namesake's credential of globex",
                "acme",
                Some(&foreign),
                REJECTED,
            ),
            (
                "her own credential, at globex",
                "globex",
                Some(&own),
                REJECTED,
            ),
            (
                "her own credential, at no tenant",
                "nobody",
                Some(&own),
                "404 unknown_tenant",
            ),
            ("Omar of acme", "acme", Some(&of_omar), known.other_user),
            (
                "her namesake at globex",
                "globex",
                Some(&namesake),
                known.other_tenant,
            ),
        ];
        for (who, tenant, bearer, expected) in tries {
            let answer = self.call(known, tenant, bearer, KEY).await;
            table.row(format!("{name}: {who}"), expected, self.told(&answer));
        }
    }

    /// Jane herself gets through: so it was the credential that kept others out.
    async fn control(&self, known: &Known, table: &mut Table) {
        let session = self.scene.host().session(&JANE).await.unwrap();
        let answer = self.call(known, "acme", Some(&session), "control").await;
        let name = format!("{} {}: Jane herself", known.method, known.path);
        table.row(
            name,
            "let in: true",
            format!("let in: {}", answer.status < 300),
        );
    }

    async fn page(&self, known: &Known, table: &mut Table) {
        let name = format!("{} {}", known.method, known.path);
        let ask = async |who: &User, url: &Url| match known.method {
            "GET" => who.open(url).await,
            _ => who.post(url, &[("csrf", "x"), ("action", "cancel")]).await,
        };
        let bare = |answer: &Answer| {
            self.told(answer)
                .trim_end()
                .replace(&answer.status.to_string(), &seen(answer))
        };
        let moved = |url: &Url| {
            Url::parse(
                &url.as_str()
                    .replace("/acme/", "/globex/")
                    .replace("=acme.", "=globex."),
            )
            .unwrap()
        };
        let omar = self.scene.user(&OMAR).await;
        omar.pending().await;
        let stranger = self.scene.user(&OMAR).await;
        if known.guard == Guard::Browser {
            let (_, url) = self.walk(known.path).await;
            let answer = ask(&stranger, &url).await;
            table.row(
                format!("{name}: a browser without a walk"),
                WRONG_BROWSER,
                bare(&answer),
            );
            let (_, url) = self.walk(known.path).await;
            let answer = ask(&omar, &url).await;
            table.row(
                format!("{name}: the browser of Omar's walk"),
                WRONG_BROWSER,
                bare(&answer),
            );
        }
        let (walker, url) = self.walk(known.path).await;
        let answer = ask(&walker, &moved(&url)).await;
        table.row(
            format!("{name}: her own browser, at globex"),
            GONE,
            bare(&answer),
        );
        let made_up = made_up(&url);
        let answer = ask(&walker, &made_up).await;
        table.row(
            format!("{name}: her own browser, another value"),
            GONE,
            bare(&answer),
        );
        let control = match known.method {
            "POST" if known.guard == Guard::Browser => {
                let page = walker.open(&url).await;
                let fields = form(&page, "cancel");
                let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
                walker.post(&url, &fields).await
            }
            _ => ask(&walker, &url).await,
        };
        table.row(
            format!("{name}: Jane herself"),
            "let in: true",
            format!("let in: {}", control.status < 400),
        );
    }

    async fn open(&self, known: &Known, table: &mut Table) {
        let stranger = self.scene.installation.browser().unwrap();
        let answer = stranger
            .get(&self.address(known.path, "acme"))
            .await
            .unwrap();
        let name = format!("{} {}: anybody", known.method, known.path);
        table.row(name, "200", self.told(&answer));
    }
}

/// The same address with another one-time value.
fn made_up(url: &Url) -> Url {
    let mut other = url.clone();
    if url.query().is_some() {
        return crate::scene::with_parameter(url, "state", "acme.AAAAAAAAAAAAAAAAAAAAAA");
    }
    let path = url.path().rsplit_once('/').unwrap().0;
    other.set_path(&format!("{path}/AAAAAAAAAAAAAAAAAAAAAA"));
    other
}
