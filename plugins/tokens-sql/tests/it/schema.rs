//! The schema beside the manifest is the one of the settings.

#[test]
fn settings_schema_is_up_to_date() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../settings.schema.json")).unwrap();
    assert_eq!(
        file,
        ownhand_tokens_sql::settings_schema(),
        "run `cargo xtask generate`"
    );
}
