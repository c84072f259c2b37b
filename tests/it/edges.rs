//! The shape of the workspace.

use cargo_metadata::MetadataCommand;
use ownhand_e2e::edges::{Edge, Kind, drawn, edges};

fn all() -> Vec<Edge> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(root)
        .no_deps()
        .exec()
        .unwrap();
    edges(&metadata)
}

#[test]
fn every_edge_of_the_workspace_is_drawn() {
    let all = all();
    assert!(all.len() > 100, "only {} edges were read", all.len());
    let forbidden: Vec<_> = all
        .iter()
        .filter_map(|edge| edge.check().err())
        .map(|forbidden| forbidden.to_string())
        .collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

#[test]
fn every_drawn_edge_is_there() {
    let all = all();
    let idle: Vec<_> = drawn()
        .filter(|(from, to)| !all.iter().any(|edge| edge.from == *from && edge.to == *to))
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn the_edges_that_the_house_stands_on_are_read() {
    let all = all();
    for (from, to) in [
        ("ownhand-connector", "ownhand-docusign"),
        ("ownhand-docusign", "ownhand-egress"),
        ("ownhand-egress", "reqwest"),
        ("ownhand-identity-jwt-so", "ownhand-identity-jwt"),
        ("ownhand", "ownhand-tokens-sql"),
    ] {
        assert!(
            all.iter().any(|edge| edge.from == from && edge.to == to),
            "{from} -> {to}"
        );
    }
}

#[test]
fn an_edge_that_is_not_drawn_is_named() {
    use Kind::{Adapter, Export, House};
    for (from, kind, to, ours) in [
        ("ownhand-spi", House, "ownhand-connector", Some(House)),
        ("ownhand-server", House, "ownhand-ledger", Some(House)),
        ("ownhand-connector", House, "ownhand-config", Some(House)),
        ("ownhand-simulator", House, "ownhand-docusign", Some(House)),
        ("ownhand", House, "ownhand-simulator", Some(House)),
        ("ownhand-server", House, "ownhand-tokens-sql", Some(Adapter)),
        ("ownhand-tokens-sql", Adapter, "ownhand-spi", Some(House)),
        (
            "ownhand-tokens-sql",
            Adapter,
            "ownhand-identity-jwt",
            Some(Adapter),
        ),
        (
            "ownhand-tokens-sql-so",
            Export,
            "ownhand-identity-jwt",
            Some(Adapter),
        ),
        ("ownhand-newcomer", House, "ownhand-spi", Some(House)),
        ("ownhand-connector", House, "reqwest", None),
        ("ownhand-connector", House, "sqlx", None),
        ("ownhand-connector", House, "axum", None),
        ("ownhand-server", House, "libloading", None),
        ("ownhand-identity-jwt", Adapter, "abi_stable", None),
        ("ownhand-identity-jwt-so", Export, "sqlx", None),
    ] {
        let edge = Edge {
            from: from.to_owned(),
            kind,
            to: to.to_owned(),
            ours,
        };
        let told = edge.check().expect_err(&edge.to_string()).to_string();
        assert!(
            told.starts_with(&format!("{from} -> {to} is a new edge")),
            "{told}"
        );
    }
}
