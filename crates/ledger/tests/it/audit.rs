use ownhand_connector::{
    UnixMillis,
    ledger::{Act, AuditLine, AuditLog},
};
use sqlx::Row;

use crate::sample::{START, Sample, tenant};

#[tokio::test]
async fn a_line_is_stored_whole_and_never_over_another() {
    let sample = Sample::new().await;
    let line = AuditLine {
        id: sample.id(),
        tenant: tenant("acme"),
        at: UnixMillis(START),
        issuer: "https://dms.example".to_owned(),
        subject: "jane".to_owned(),
        by: "user",
        act: Act::Linked,
        detail: serde_json::json!({"account": "account-1"}),
    };
    sample.ledger.audit(&line).await.unwrap();
    sample.ledger.audit(&line).await.unwrap_err();

    let rows = sqlx::query("SELECT * FROM audit")
        .fetch_all(&sample.raw().await)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let text = |column: &str| rows[0].get::<String, _>(column);
    assert_eq!(text("tenant"), "acme");
    assert_eq!(text("id"), line.id.to_string());
    assert_eq!(rows[0].get::<i64, _>("happened_at"), START);
    assert_eq!(text("issuer"), "https://dms.example");
    assert_eq!(text("subject"), "jane");
    assert_eq!(text("done_by"), "user");
    assert_eq!(text("act"), "linked");
    assert_eq!(text("detail"), r#"{"account":"account-1"}"#);
}
