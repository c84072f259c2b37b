use lopdf::Document;
use reqwest::Method;

use crate::world::{JANE, JANES, World, definition, pdf, signer};
use base64::Engine as _;

#[tokio::test]
async fn signed_documents_combine_and_come_with_a_certificate() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let mut envelope = definition("sent", &[signer(1, "Bob", 1)]);
    envelope["documents"].as_array_mut().unwrap().push(serde_json::json!({
        "documentId": "2", "name": "Annex", "documentBase64": base64::engine::general_purpose::STANDARD.encode(pdf("Annex")),
    }));
    let id = world.create(JANES, &token, &envelope).await;
    let bob = world.signing_urls("bob@signer.example").await.remove(0);
    world.sign(&bob, "Bob B.").await;

    let fetch = async |what: &str| {
        let path = format!("/envelopes/{id}/documents/{what}");
        let answer = world
            .rest(Method::GET, JANES, &path, &token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        answer.bytes().await.unwrap()
    };
    let text = |bytes: &[u8]| {
        let pdf = Document::load_mem(bytes).unwrap();
        let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
        (pages.len(), pdf.extract_text(&pages).unwrap())
    };
    let (pages, one) = text(&fetch("1").await);
    assert_eq!(pages, 1);
    assert!(
        one.contains("Lease") && one.contains("Signed by Bob B."),
        "{one}"
    );
    assert!(
        one.contains(&format!("DocuSign Envelope ID: {}", id.to_uppercase())),
        "{one}"
    );
    let (pages, certificate) = text(&fetch("certificate").await);
    assert_eq!(pages, 1);
    assert!(
        certificate.contains("Certificate Of Completion")
            && certificate.contains("Envelope completed")
    );
    let (pages, both) = text(&fetch("combined").await);
    assert_eq!(pages, 2);
    assert!(both.contains("Lease") && both.contains("Annex"));
    assert_eq!(text(&fetch("combined?certificate=true").await).0, 3);

    let (_, list) = world
        .get(JANES, &format!("/envelopes/{id}/documents"), &token)
        .await;
    let ids: Vec<_> = list["envelopeDocuments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["documentId"].clone())
        .collect();
    assert_eq!(ids, ["1", "2", "certificate"]);
    assert_eq!(
        world
            .get(JANES, &format!("/envelopes/{id}/documents/9"), &token)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_file_that_only_begins_like_a_pdf_still_completes() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let mut envelope = definition("sent", &[signer(1, "Bob", 1)]);
    let broken = b"%PDF-1.4 and then nothing";
    envelope["documents"][0]["documentBase64"] = base64::engine::general_purpose::STANDARD
        .encode(broken)
        .into();
    let id = world.create(JANES, &token, &envelope).await;
    let path = format!("/envelopes/{id}/documents");
    let one = world
        .rest(Method::GET, JANES, &format!("{path}/1"), &token)
        .send()
        .await
        .unwrap();
    assert_eq!(&one.bytes().await.unwrap()[..], broken);
    let combined = world
        .rest(Method::GET, JANES, &format!("{path}/combined"), &token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        Document::load_mem(&combined.bytes().await.unwrap())
            .unwrap()
            .get_pages()
            .len(),
        1
    );
}
