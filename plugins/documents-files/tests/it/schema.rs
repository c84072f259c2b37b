//! The schema beside the manifest is the one of the settings.

#[test]
fn settings_schema_is_up_to_date() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../settings.schema.json")).unwrap();
    assert_eq!(
        file,
        ownhand_documents_files::settings_schema(),
        "run `cargo xtask generate`"
    );
}

#[test]
fn operator_schema_is_up_to_date() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../operator.schema.json")).unwrap();
    assert_eq!(
        file,
        ownhand_documents_files::operator_schema(),
        "run `cargo xtask generate`"
    );
}
