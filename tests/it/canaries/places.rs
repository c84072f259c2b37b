//! Where secrets might stand, and which do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use aho_corasick::AhoCorasick;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use reqwest::header::HeaderMap;
use xtask::world::Answer;

use crate::table::Table;

/// What was said or kept, by place.
#[derive(Default)]
pub(super) struct Places(BTreeMap<String, Vec<u8>>);

impl Places {
    /// Writes down what stands at a place; more than once adds up.
    pub(super) fn add(&mut self, place: impl Into<String>, bytes: impl AsRef<[u8]>) {
        let kept = self.0.entry(place.into()).or_default();
        kept.extend_from_slice(bytes.as_ref());
        kept.push(b'\n');
    }

    /// Writes down an answer: its body, where it leads, the cookie it sets, and its other headers, each for itself.
    pub(super) fn answer(&mut self, call: &str, answer: &Answer) {
        self.add(format!("{call}: body"), &answer.body);
        self.headers(call, &answer.headers);
    }

    fn headers(&mut self, call: &str, headers: &HeaderMap) {
        for (name, value) in headers {
            let place = match name.as_str() {
                "location" => format!("{call}: Location"),
                "set-cookie" => format!("{call}: Set-Cookie"),
                _ => format!("{call}: other headers"),
            };
            self.add(place, value.as_bytes());
        }
    }

    /// Writes down every file of the databases as it is now, the write-ahead log included.
    pub(super) fn databases(&mut self, folder: &Path) {
        for file in fs::read_dir(folder.join("data")).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                self.add(format!("file {name}"), fs::read(&path).unwrap());
            }
        }
    }

    /// How many places were written down, and how many bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.0.len(), self.0.values().map(Vec::len).sum())
    }

    /// Whether there is something at a place.
    pub(super) fn has(&self, place: &str) -> bool {
        self.0.get(place).is_some_and(|bytes| bytes.len() > 1)
    }

    /// Where each of these secrets stands, in whatever form.
    fn of(&self, secrets: &[&str]) -> Vec<BTreeSet<&str>> {
        let forms: Vec<_> = secrets.iter().map(|secret| forms(secret)).collect();
        let owners: Vec<_> = (0..)
            .zip(&forms)
            .flat_map(|(owner, forms)| vec![owner; forms.len()])
            .collect();
        // All at once: there is much to look through.
        let search = AhoCorasick::new(forms.iter().flatten()).unwrap();
        let mut found = vec![BTreeSet::new(); secrets.len()];
        for (place, bytes) in &self.0 {
            for hit in search.find_overlapping_iter(bytes) {
                let owner: usize = owners[hit.pattern().as_usize()];
                found[owner].insert(place.as_str());
            }
        }
        found
    }
}

/// A secret as it may be written.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let escaped: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let mut forms = vec![
        bytes.to_vec(),
        escaped.into_bytes(),
        // Without the last group, which depends on what follows.
        STANDARD_NO_PAD
            .encode(&bytes[..bytes.len() / 3 * 3])
            .into_bytes(),
        URL_SAFE_NO_PAD
            .encode(&bytes[..bytes.len() / 3 * 3])
            .into_bytes(),
        hex(bytes),
        format!("{bytes:?}")
            .trim_matches(['[', ']'])
            .as_bytes()
            .to_vec(),
    ];
    // A key of bytes that is written in base64 may stand as these bytes.
    if let Ok(raw) = STANDARD.decode(secret)
        && raw.len() >= 16
    {
        forms.push(hex(&raw));
        forms.push(
            format!("{raw:?}")
                .trim_matches(['[', ']'])
                .as_bytes()
                .to_vec(),
        );
        forms.push(raw);
    }
    forms
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.into_bytes()
}

/// The secrets of an installation, by kind.
#[derive(Default)]
pub(super) struct Secrets(Vec<(String, Vec<String>, Vec<String>)>);

impl Secrets {
    /// Secrets of a kind, and the only places where they may stand.
    pub(super) fn add<T: Into<String>>(
        &mut self,
        kind: &str,
        secrets: impl IntoIterator<Item = T>,
        allowed: &[&str],
    ) {
        let secrets: Vec<String> = secrets.into_iter().map(Into::into).collect();
        assert!(!secrets.is_empty(), "there is no {kind}");
        for secret in &secrets {
            assert!(
                secret.len() >= 16,
                "{kind}: `{secret}` is too short to be told from chance"
            );
        }
        let allowed = allowed.iter().map(|place| (*place).to_owned()).collect();
        self.0.push((kind.to_owned(), secrets, allowed));
    }

    /// Looks for all secrets at all places, and writes a line a kind.
    pub(super) fn look(&self, places: &Places, table: &mut Table) {
        let all: Vec<_> = self
            .0
            .iter()
            .flat_map(|(_, secrets, _)| secrets)
            .map(String::as_str)
            .collect();
        let mut found = places.of(&all).into_iter();
        for (kind, secrets, allowed) in &self.0 {
            let found: BTreeSet<_> = found.by_ref().take(secrets.len()).flatten().collect();
            let found: Vec<_> = found.into_iter().collect();
            let mut allowed: Vec<_> = allowed.iter().map(String::as_str).collect();
            allowed.sort_unstable();
            table.row(
                format!("{kind} ({})", secrets.len()),
                or_nowhere(&allowed),
                or_nowhere(&found),
            );
        }
    }
}

fn or_nowhere(places: &[&str]) -> String {
    if places.is_empty() {
        "nowhere".to_owned()
    } else {
        places.join(", ")
    }
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    for (form, written) in [
        ("itself", secret.to_owned()),
        (
            "escaped",
            "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY%3D".to_owned(),
        ),
        ("base64", STANDARD.encode(secret)),
        ("its bytes", "0123456789abcdef0123456789abcdef".to_owned()),
        (
            "its bytes in hex",
            "3031323334353637383961626364656630313233343536373839616263646566".to_owned(),
        ),
        (
            "its bytes in Debug",
            format!("{:?}", b"0123456789abcdef0123456789abcdef"),
        ),
    ] {
        let mut places = Places::default();
        places.add("here", format!("before {written} after"));
        places.add("there", "nothing");
        let found = places.of(&["not to be found here", secret]);
        assert_eq!(found, [BTreeSet::new(), ["here"].into()], "{form}");
    }
}
