#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(
    clippy::panic,
    reason = "panicking on demand is what this plugin is for"
)]

mod content;
mod hostile;
mod identity;
mod source;

use std::{
    collections::HashMap,
    sync::{Mutex, atomic::AtomicU64},
};

use ownhand_plugin_sdk::{
    Adapter, AdapterError, BuildContext, Bytes, NoOperatorSettings, Secret, adapter, export_adapter,
};
use serde::Deserialize;

/// How an instance misbehaves, and what tells it from others.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    label: String,
    build: Build,
    secret: Option<Secret>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    path: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Build {
    #[default]
    Well,
    Panic,
    Hang,
    Block,
}

/// The plugin.
struct Misbehaving {
    settings: Settings,
    context: BuildContext,
    deposits: Mutex<HashMap<String, Vec<Bytes>>>,
    /// How often a document was opened.
    opened: AtomicU64,
}

impl Adapter for Misbehaving {
    const NAME: &'static str = "misbehaving";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Settings = Settings;
    type Operator = NoOperatorSettings;

    async fn build(
        context: BuildContext,
        _: NoOperatorSettings,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        match settings.build {
            Build::Well => {}
            Build::Panic => panic!("in build"),
            Build::Hang => std::future::pending().await,
            Build::Block => loop {
                std::thread::park();
            },
        }
        if let Some(rule) = settings.rules.iter().position(|rule| rule.path.is_empty()) {
            return Err(AdapterError::configuration(
                format!("rules[{rule}].path"),
                "is empty",
            ));
        }
        Ok(Self {
            settings,
            context,
            deposits: Mutex::default(),
            opened: AtomicU64::new(0),
        })
    }
}

impl Drop for Misbehaving {
    fn drop(&mut self) {
        assert!(self.settings.label != "panics when dropped", "in drop");
        if self.settings.label == "blocks when dropped" {
            loop {
                std::thread::park();
            }
        }
    }
}

adapter!(Misbehaving: identity_mapper, document_source);
export_adapter!(Misbehaving);
