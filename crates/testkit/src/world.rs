//! The whole core in process.

use std::{collections::BTreeSet, sync::Arc};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ownhand_connector::{
    AllowedAccounts, Ambient, CallbackQuery, Caller, ConfirmForm, ConfirmPage, ConfirmView,
    Connector, Error, Limits, Parts, Proof, Tenant, Tenants, WriteBackRules,
    seal::{KeyRing, SealingKey},
};
use ownhand_docusign::{
    ClientSecret, CustomEnvironment, Environment, connect::ConnectKey, oauth::OAuthClient,
    rest::RestClient,
};
use ownhand_egress::Client;
use ownhand_ledger::{Options, SqlLedger};
use ownhand_spi::{ExposeSecret as _, SecretString, TenantId};
use secrecy::SecretBox;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use url::Url;

use crate::{
    Assertions, Docusign, JANE, ManualClock, MemoryDocuments, MemoryTokens, SAM, Tripwire, User,
    ambient, assertion,
};

/// The world's public address.
pub const PUBLIC: &str = "https://ownhand.example";
/// The key that the simulator signs events with.
pub const CONNECT_KEY: &str = "simulator-hmac-key";
const INTEGRATION_KEY: &str = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10";

/// A core with everything around it.
pub struct World {
    /// The core.
    pub connector: Connector,
    /// Its time.
    pub clock: Arc<ManualClock>,
    /// Ends its tasks where a test says.
    pub tripwire: Arc<Tripwire>,
    /// Its ledger.
    pub ledger: SqlLedger,
    /// Its token store.
    pub tokens: Arc<MemoryTokens>,
    /// The host app's documents.
    pub documents: Arc<MemoryDocuments>,
    /// DocuSign.
    pub docusign: Docusign,
    secrets: Vec<String>,
    folder: TempDir,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("docusign", &self.docusign)
            .finish_non_exhaustive()
    }
}

/// A tenant in which everybody of `acme.example` may link Jane's and Sam's accounts.
pub fn tenant(id: &str, documents: &Arc<MemoryDocuments>) -> Tenant {
    Tenant {
        id: TenantId::new(id).unwrap(),
        name: "Acme Legal".to_owned(),
        finish_url: Url::parse("https://dms.acme.example/docusign/finish").unwrap(),
        return_urls: vec![Url::parse("https://dms.acme.example/signatures").unwrap()],
        allowed_accounts: AllowedAccounts::Only(BTreeSet::from([
            JANE.account.to_owned(),
            SAM.account.to_owned(),
        ])),
        require_same_email: false,
        one_host_user_per_docusign_user: true,
        users: Vec::new(),
        write_back: WriteBackRules {
            folder: None,
            name: "{stem} (signed).pdf".to_owned(),
            certificate: Some("{stem} (certificate).pdf".to_owned()),
        },
        identity: Arc::new(Assertions),
        documents: Arc::<MemoryDocuments>::clone(documents),
    }
}

impl World {
    /// A fresh world with the tenants `acme` and `other`.
    pub async fn new() -> Self {
        let docusign = Docusign::start().await;
        let folder = tempfile::tempdir().unwrap();
        let ledger = open_ledger(&folder).await;
        let secrets = vec!["simulator-secret".to_owned()];
        let (clock, tripwire) = (ManualClock::start(), Arc::default());
        let (tokens, documents) = (Arc::default(), Arc::default());
        let ambient = ambient(&clock, &tripwire);
        Self {
            connector: connector(&docusign, ambient, &ledger, &tokens, &documents, &secrets),
            clock,
            tripwire,
            ledger,
            tokens,
            documents,
            docusign,
            secrets,
            folder,
        }
    }

    /// Changes the ledger's rows behind its back, as damage would.
    ///
    /// # Panics
    /// When nothing was changed.
    pub async fn tamper(&self, sql: &'static str) {
        let mut database = SqliteConnection::connect(&url_of(&self.folder))
            .await
            .unwrap();
        let done = sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        assert!(done.rows_affected() > 0, "changed nothing: {sql}");
        database.close().await.unwrap();
    }

    /// Another core on the same ledger, store and documents: as after a restart, with nothing in memory.
    pub fn restart(&mut self) {
        self.connector = connector(
            &self.docusign,
            ambient(&self.clock, &self.tripwire),
            &self.ledger,
            &self.tokens,
            &self.documents,
            &self.secrets,
        );
    }

    /// Another core with other client secrets.
    pub fn restart_with_secrets(&mut self, secrets: &[&str]) {
        self.secrets = secrets.iter().map(|&secret| secret.to_owned()).collect();
        self.restart();
    }

    /// A caller of tenant `acme`.
    pub async fn caller(&self, subject: &str) -> Caller {
        self.connector
            .authenticate("acme", Some(&assertion(subject)), Proof::Fresh, "test")
            .await
            .unwrap()
    }

    /// Walks the whole way up to the confirm page. Answers its one-time value and the browser's cookie.
    ///
    /// # Errors
    /// What `finish` says.
    pub async fn up_to_confirm(
        &self,
        subject: &str,
        user: User,
    ) -> Result<(SecretString, SecretString), Error> {
        let caller = self.caller(subject).await;
        let started = self.connector.start_link(&caller, None).await?;
        let ticket = last_segment(&started.start_url);
        let begun = self.connector.begin("acme", &ticket, None).await?;
        let back = self
            .docusign
            .sign_in(begun.location.expose_secret(), user)
            .await;
        let handle = self.come_back(&back, &begun.browser).await?;
        let finished = self
            .connector
            .finish_link(&self.caller(subject).await, &handle)
            .await?;
        Ok((last_segment(&finished.confirm_url), begun.browser))
    }

    /// Takes the browser from DocuSign back to the host app. Answers the handle.
    ///
    /// # Errors
    /// What `callback` says.
    pub async fn come_back(
        &self,
        back: &Url,
        browser: &SecretString,
    ) -> Result<SecretString, Error> {
        let location = self
            .connector
            .callback(query_of(back), Some(browser))
            .await?;
        let location = Url::parse(location.expose_secret()).unwrap();
        let handle = location
            .query_pairs()
            .find(|(name, _)| name == "handle")
            .unwrap()
            .1;
        Ok(handle.into_owned().into())
    }

    /// What the confirm page asks.
    ///
    /// # Errors
    /// What `view_confirm` says; [`Error::FlowGone`] when it was answered already.
    pub async fn ask(
        &self,
        token: &SecretString,
        browser: &SecretString,
    ) -> Result<ConfirmView, Error> {
        match self
            .connector
            .view_confirm("acme", token, Some(browser))
            .await?
        {
            ConfirmPage::Ask(view) => Ok(*view),
            ConfirmPage::Answered(_) => Err(Error::FlowGone),
        }
    }

    /// DocuSign's signature over the body of an event.
    pub fn connect_signature(&self, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, CONNECT_KEY.as_bytes());
        STANDARD.encode(hmac::sign(&key, body))
    }

    /// Links a host user to a DocuSign user.
    ///
    /// # Errors
    /// What `finish` or `confirm` says.
    pub async fn link(&self, subject: &str, user: User) -> Result<(), Error> {
        let (token, browser) = self.up_to_confirm(subject, user).await?;
        let view = self.ask(&token, &browser).await?;
        let form = ConfirmForm {
            csrf: view.csrf,
            account_id: view.preselected,
        };
        self.connector
            .confirm("acme", &token, Some(&browser), form)
            .await
            .map(drop)
    }
}

fn url_of(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("ledger.db").display())
}

async fn open_ledger(folder: &TempDir) -> SqlLedger {
    SqlLedger::open(&url_of(folder), Options::default())
        .await
        .unwrap()
}

/// What DocuSign's redirect carries.
pub(crate) fn query_of(back: &Url) -> CallbackQuery {
    let find = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    CallbackQuery {
        state: find("state").map(Into::into),
        code: find("code").map(Into::into),
        error: find("error"),
    }
}

/// The one-time value at the end of a link page's URL.
fn last_segment(url: &SecretString) -> SecretString {
    url.expose_secret()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .into()
}

fn connector(
    docusign: &Docusign,
    ambient: Ambient,
    ledger: &SqlLedger,
    tokens: &Arc<MemoryTokens>,
    documents: &Arc<MemoryDocuments>,
    secrets: &[String],
) -> Connector {
    let environment = Environment::custom(CustomEnvironment {
        name: "simulator".to_owned(),
        auth: docusign.url().clone(),
        rest: vec![docusign.url().clone()],
    })
    .unwrap();
    let http = Client::new(environment.egress_policy().unwrap()).unwrap();
    let key = SealingKey {
        id: "k1".to_owned(),
        key: SecretBox::new(Box::new([7; 32])),
    };
    Connector::new(Parts {
        ambient,
        tenants: Tenants::new([tenant("acme", documents), tenant("other", documents)]),
        ledger: Arc::new(ledger.clone()),
        token_store: Arc::<MemoryTokens>::clone(tokens),
        keys: KeyRing::new(vec![key]).unwrap(),
        oauth: OAuthClient::new(http.clone(), environment.clone(), INTEGRATION_KEY),
        client_secrets: secrets
            .iter()
            .map(|secret| ClientSecret::new(secret.clone()))
            .collect(),
        rest: RestClient::new(http, environment),
        connect_keys: vec![ConnectKey::new(CONNECT_KEY)],
        public_url: Url::parse(PUBLIC).unwrap(),
        limits: Limits::default(),
    })
}

/// A small PDF of one page with a line of text.
pub fn pdf(text: &str) -> Vec<u8> {
    let page = format!("BT /F1 18 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", n + 1).as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(
        format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes(),
    );
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    out.extend_from_slice(trailer.as_bytes());
    out
}
