//! Secrets in settings.

use std::{cell::RefCell, collections::BTreeMap, fmt};

use ownhand_spi::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};

/// The key by which the host marks the place of a secret.
const MARK: &str = "$secret";

/// A secret setting. In the file it is a reference (`{ env = … }` or `{ file = … }`), never the secret itself; the host
/// resolves it and hands the value over beside the settings. Prints as redacted, is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret, for tests that build settings by hand.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The secret in clear.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The secret as the type that the roles use.
    pub fn into_inner(self) -> SecretString {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

thread_local! {
    /// The secrets of the settings that this thread is reading; set only for the duration of that.
    static SUPPLIED: RefCell<BTreeMap<String, SecretString>> = const { RefCell::new(BTreeMap::new()) };
}

/// Runs `read` while `secrets` answer the references in the settings.
pub(crate) fn with<T>(secrets: BTreeMap<String, SecretString>, read: impl FnOnce() -> T) -> T {
    struct Restore(BTreeMap<String, SecretString>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SUPPLIED.set(std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(SUPPLIED.replace(secrets));
    read()
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reference)
    }
}

struct Reference;

impl<'de> de::Visitor<'de> for Reference {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference to a secret: { env = \"…\" } or { file = \"…\" }")
    }

    // What stands there is the secret itself, so serde's message, which repeats the value, won't do.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Secret, E> {
        Err(literal())
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        Err(literal())
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        Err(literal())
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        Err(literal())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
        if map.next_key::<String>()?.as_deref() != Some(MARK) {
            return Err(de::Error::custom(
                "a secret is written { env = \"…\" } or { file = \"…\" }",
            ));
        }
        let key: String = map.next_value()?;
        SUPPLIED
            .with_borrow(|secrets| secrets.get(&key).cloned())
            .map(Secret)
            .ok_or_else(|| de::Error::custom("this secret was not supplied"))
    }
}

fn literal<E: de::Error>() -> E {
    E::custom(
        "a secret must not stand in the file itself; write { env = \"…\" } or { file = \"…\" }",
    )
}
