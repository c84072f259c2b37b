//! A configuration in a temporary folder, right as it stands, with everything around it that a wrong one might reach for.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use ownhand::{Checked, check};
use ownhand_config::{Report, Style};

/// The folder of the files that the tests read.
pub(crate) const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");

/// 32 bytes in base64.
const SEAL_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const SECRET: &str = "a secret of more than thirty-two bytes";

/// A configuration in a folder of its own.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
}

impl Scratch {
    /// The good configuration of the corpus, with two tenants.
    pub(crate) fn new() -> Self {
        let scratch = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: [
                ("CLIENT_SECRET", "s3cret-of-the-client"),
                ("CONNECT_KEY", "s3cret-of-connect"),
                ("EMPTY", ""),
                ("OWNHAND_T_BETA_KEY", SECRET),
                ("OWNHAND_T_ACME_EU_KEY", SECRET),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        };
        let good = |name: &str| fs::read_to_string(format!("{CORPUS}/good/{name}")).unwrap();
        scratch.write("ownhand.toml", &good("ownhand.toml"));
        for tenant in ["acme", "beta"] {
            let file = good(&format!("{tenant}.toml"));
            scratch.write(&format!("tenants/{tenant}.toml"), &file);
            scratch.secret(&format!("secrets/{tenant}/dms.pem"), &good("dms.pem"));
            fs::create_dir_all(scratch.path(&format!("documents/{tenant}"))).unwrap();
        }
        scratch.secret("secrets/seal.key", SEAL_KEY);
        scratch.secret("secrets/second.key", SEAL_KEY);
        scratch.secret("secrets/short.key", "c2hvcnQ=");
        scratch.write("secrets/open.key", SEAL_KEY);
        scratch.secret("secrets/acme/hmac", SECRET);
        scratch.secret("secrets/acme/short", "guess me");
        scratch.secret(
            "secrets/acme/private.pem",
            "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n",
        );
        fs::create_dir(scratch.path("secrets/acme-eu")).unwrap();
        symlink("../beta/dms.pem", scratch.path("secrets/acme/link.pem")).unwrap();
        symlink("../beta", scratch.path("documents/acme/way-out")).unwrap();
        scratch.write("notes.txt", "These are notes, and nothing else.\n");
        scratch.write(
            "chain.pem",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        );
        scratch.write("lib/plugin.so", "not a library\n");
        // A folder that everybody may write to would be refused for that, whatever lies in it.
        for folder in ["", "lib"] {
            fs::set_permissions(scratch.path(folder), Permissions::from_mode(0o755)).unwrap();
        }
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }

    /// A file that nobody else may read.
    fn secret(&self, name: &str, text: &str) {
        self.write(name, text);
        fs::set_permissions(self.path(name), Permissions::from_mode(0o600)).unwrap();
    }

    /// Replaces what stands once in a file.
    pub(crate) fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {name}");
        self.write(name, &text.replace(old, new));
    }

    /// The whole check, as `ownhand config check` makes it.
    pub(crate) async fn check(&self) -> Result<Checked, Report> {
        check(&self.path("ownhand.toml"), &self.environment).await
    }

    /// What people read about a configuration that is wrong.
    pub(crate) async fn complaint(&self) -> String {
        match self.check().await {
            Ok(_) => panic!("this configuration is wrong"),
            Err(report) => self.shown(&report),
        }
    }

    /// A report as it is drawn, without the folder that is another one each time.
    pub(crate) fn shown(&self, report: &Report) -> String {
        let folder = self.folder.path().display().to_string();
        report
            .render(Style::Plain)
            .replace(&format!("{folder}/"), "")
            .replace(&folder, "")
    }

    /// Everything that lies in the folder, with its length and time of change.
    pub(crate) fn traces(&self) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        collect(self.folder.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        let state = format!("{} {:?}", metadata.len(), metadata.modified().unwrap());
        found.insert(entry.path(), state);
        if metadata.is_dir() {
            collect(&entry.path(), found);
        }
    }
}
