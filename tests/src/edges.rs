//! Who may import whom. Anything that is not drawn here is forbidden.

use std::{collections::BTreeMap, fmt};

use cargo_metadata::{DependencyKind, Metadata, Package};

/// Crates that may import whatever they need: they are never part of the product.
const EXEMPT: [&str; 3] = ["ownhand-testkit", "ownhand-e2e", "xtask"];

/// Each crate of the house, and which others of the house it may name.
///
/// `plugin-host`, `plugin-sdk`, `ledger` and `server` name `spi` directly: the words of the traits that the crate between them hands on.
const HOUSE: &[(&str, &[&str])] = &[
    ("ownhand-spi", &[]),
    ("ownhand-plugin-abi", &[]),
    ("ownhand-egress", &[]),
    ("ownhand-config", &[]),
    ("ownhand-simulator", &[]),
    (
        "ownhand-plugin-bridge",
        &["ownhand-spi", "ownhand-plugin-abi"],
    ),
    (
        "ownhand-plugin-sdk",
        &["ownhand-plugin-bridge", "ownhand-spi"],
    ),
    (
        "ownhand-plugin-host",
        &["ownhand-plugin-bridge", "ownhand-spi"],
    ),
    ("ownhand-conformance", &["ownhand-spi"]),
    ("ownhand-docusign", &["ownhand-egress"]),
    ("ownhand-connector", &["ownhand-spi", "ownhand-docusign"]),
    ("ownhand-ledger", &["ownhand-connector", "ownhand-spi"]),
    (
        "ownhand-server",
        &["ownhand-connector", "ownhand-docusign", "ownhand-spi"],
    ),
    (
        "ownhand",
        &[
            "ownhand-config",
            "ownhand-connector",
            "ownhand-docusign",
            "ownhand-egress",
            "ownhand-ledger",
            "ownhand-plugin-host",
            "ownhand-plugin-sdk",
            "ownhand-server",
            "ownhand-spi",
        ],
    ),
];

/// Libraries of others that only few may name. `simulator` delivers Connect's messages itself, hence its HTTP client.
const THIRD_PARTY: &[(&str, &[&str])] = &[
    ("abi_stable", &["ownhand-plugin-abi"]),
    ("async-ffi", &["ownhand-plugin-abi"]),
    ("libloading", &["ownhand-plugin-host"]),
    ("axum", &["ownhand-server", "ownhand-simulator"]),
    (
        "reqwest",
        &["ownhand-egress", "ownhand-simulator", ADAPTERS],
    ),
    ("sqlx", &["ownhand-ledger", ADAPTERS]),
];

/// Stands for every adapter below `plugins/`.
const ADAPTERS: &str = "plugins/*";

/// What a crate is, by the folder it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Below `crates/`.
    House,
    /// An adapter's library, below `plugins/`.
    Adapter,
    /// The package that exports an adapter, beside it.
    Export,
    /// A plugin that tests load.
    TestPlugin,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who imports.
    pub from: String,
    /// What that is.
    pub kind: Kind,
    /// What is imported.
    pub to: String,
    /// What that is, if it is ours.
    pub ours: Option<Kind>,
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

/// An import that is not drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is a new edge: take it out, or draw it in the design and in tests/src/edges.rs, with a decision record"
)]
pub struct Forbidden(pub Edge);

impl Edge {
    /// Whether the edge is drawn.
    ///
    /// # Errors
    /// [`Forbidden`].
    pub fn check(&self) -> Result<(), Forbidden> {
        if EXEMPT.contains(&self.from.as_str()) {
            return Ok(());
        }
        let drawn = match self.ours {
            None => self.third_party(),
            Some(to) => match (self.kind, to) {
                (Kind::House, Kind::House) => HOUSE
                    .iter()
                    .any(|(from, may)| *from == self.from && may.contains(&self.to.as_str())),
                // The program registers the shipped adapters as built-ins.
                (Kind::House, Kind::Adapter) => self.from == "ownhand",
                // Those that are written by hand, without the kit, for other versions of the ABI.
                (Kind::TestPlugin, Kind::House) if self.to == "ownhand-plugin-abi" => true,
                (Kind::Adapter | Kind::Export | Kind::TestPlugin, Kind::House) => {
                    self.to == "ownhand-plugin-sdk"
                }
                // An export names the adapter that it exports, and no other.
                (Kind::Export, Kind::Adapter) => self.from == format!("{}-so", self.to),
                _ => false,
            },
        };
        if drawn {
            Ok(())
        } else {
            Err(Forbidden(self.clone()))
        }
    }

    fn third_party(&self) -> bool {
        let is_adapter = matches!(self.kind, Kind::Adapter | Kind::TestPlugin);
        THIRD_PARTY
            .iter()
            .find(|(library, _)| *library == self.to)
            .is_none_or(|(_, may)| {
                may.contains(&self.from.as_str()) || (is_adapter && may.contains(&ADAPTERS))
            })
    }
}

/// The edges that are drawn by name, from and to. What any adapter may name is only allowed, and not listed.
pub fn drawn() -> impl Iterator<Item = (&'static str, &'static str)> {
    let house = HOUSE
        .iter()
        .flat_map(|(from, may)| may.iter().map(move |to| (*from, *to)));
    let third_party = THIRD_PARTY.iter().flat_map(|(library, may)| {
        let named = may.iter().filter(|from| **from != ADAPTERS);
        named.map(move |from| (*from, *library))
    });
    house.chain(third_party)
}

/// All imports of a workspace but those of tests.
pub fn edges(metadata: &Metadata) -> Vec<Edge> {
    let packages = metadata.workspace_packages();
    let kinds: BTreeMap<&str, Kind> = packages
        .iter()
        .map(|package| (package.name.as_str(), kind(metadata, package)))
        .collect();
    let mut edges = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Development {
                continue;
            }
            edges.push(Edge {
                from: package.name.to_string(),
                kind: kind(metadata, package),
                to: dependency.name.clone(),
                ours: kinds.get(dependency.name.as_str()).copied(),
            });
        }
    }
    edges
}

fn kind(metadata: &Metadata, package: &Package) -> Kind {
    let folder = package
        .manifest_path
        .strip_prefix(&metadata.workspace_root)
        .unwrap_or(&package.manifest_path);
    let part = |index: usize| folder.components().nth(index).map(|part| part.as_str());
    match (part(0), part(2)) {
        (Some("plugins"), Some("cdylib")) => Kind::Export,
        (Some("plugins"), _) => Kind::Adapter,
        (Some("crates"), Some("tests")) => Kind::TestPlugin,
        _ => Kind::House,
    }
}
