//! PDF work: the stamp and the signatures on a document, joining, the certificate.

use std::collections::BTreeMap;

use bytes::Bytes;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream, dictionary};

use crate::envelope::{Document, Envelope, Status, render};

/// Name of the stamp's font; unlikely to be one of the document's own.
const FONT: &str = "SimulatorHelvetica";

/// A document as DocuSign gives it back: with the envelope's id on every page once sent, and with one line for
/// each signature. A file that is no readable PDF in spite of its first bytes comes back as it was uploaded.
pub(crate) fn signed(envelope: &Envelope, document: &Document) -> Bytes {
    if envelope.status == Status::Created {
        return document.bytes.clone();
    }
    let stamped = Pdf::load_mem(&document.bytes).and_then(|mut pdf| {
        stamp(&mut pdf, &stamp_lines(envelope))?;
        save(&mut pdf)
    });
    stamped.unwrap_or_else(|error| {
        tracing::warn!(envelope = %envelope.id, document = %document.id, %error, "document left unstamped");
        document.bytes.clone()
    })
}

/// All documents in one file, with the certificate at the end when asked for.
pub(crate) fn combined(envelope: &Envelope, sender: &str, with_certificate: bool) -> Option<Bytes> {
    let mut parts: Vec<Bytes> = envelope
        .ordered_documents()
        .into_iter()
        .map(|document| signed(envelope, document))
        .collect();
    if with_certificate {
        parts.push(certificate(envelope, sender));
    }
    let parts = parts
        .iter()
        .map(|bytes| {
            // A page that says so stands for a document that cannot be joined.
            Pdf::load_mem(bytes).or_else(|_| {
                Pdf::load_mem(&text_file(&["This document is no readable PDF.".into()]))
            })
        })
        .collect::<lopdf::Result<Vec<_>>>()
        .ok()?;
    save(&mut join(parts).ok()?).ok()
}

/// The certificate of completion: who did what and when.
pub(crate) fn certificate(envelope: &Envelope, sender: &str) -> Bytes {
    let mut lines = vec![
        "Certificate Of Completion".to_owned(),
        format!("Envelope Id: {}", envelope.id),
        format!("Subject: {}", envelope.email_subject),
        format!("Status: {}", envelope.status.as_str()),
        format!("Sender: {sender}"),
        String::new(),
    ];
    for recipient in &envelope.recipients {
        lines.push(format!(
            "{} {} <{}>: {}",
            recipient.kind.type_name(),
            recipient.name,
            recipient.email,
            recipient.status.as_str()
        ));
    }
    lines.push(String::new());
    lines.extend(
        envelope
            .history
            .iter()
            .map(|event| format!("{}  {}", render::time(event.at), event.text)),
    );
    text_file(&lines)
}

fn stamp_lines(envelope: &Envelope) -> Vec<String> {
    let mut lines = vec![format!(
        "DocuSign Envelope ID: {}",
        envelope.id.to_ascii_uppercase()
    )];
    for recipient in &envelope.recipients {
        if let (Some(signature), Some(at)) = (&recipient.signature, recipient.signed_at) {
            lines.push(format!(
                "Signed by {signature} <{}> on {}",
                recipient.email,
                render::time(at)
            ));
        }
    }
    lines
}

fn stamp(pdf: &mut Pdf, lines: &[String]) -> lopdf::Result<()> {
    let font = pdf.add_object(font());
    let pages: Vec<ObjectId> = pdf.page_iter().collect();
    let last = pages.len().saturating_sub(1);
    for (index, page) in pages.into_iter().enumerate() {
        add_font(pdf, page, font)?;
        // The id goes on every page, the signatures on the last one.
        let lines = if index == last { lines } else { &lines[..1] };
        // The page's own streams stay as they are; saved graphics state around them keeps what they did to the
        // coordinates from moving the stamp.
        let height = 12 * i64::try_from(lines.len()).unwrap_or(1);
        let mut after = b"\nQ\n".to_vec();
        after.extend_from_slice(&text_block(lines, 20, height, 8).encode()?);
        let before = pdf.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        let after = pdf.add_object(Stream::new(Dictionary::new(), after));
        let own = pdf.get_page_contents(page);
        let contents: Vec<Object> = [before]
            .into_iter()
            .chain(own)
            .chain([after])
            .map(Object::Reference)
            .collect();
        pdf.get_object_mut(page)?
            .as_dict_mut()?
            .set("Contents", contents);
    }
    Ok(())
}

fn add_font(pdf: &mut Pdf, page: ObjectId, font: ObjectId) -> lopdf::Result<()> {
    let fonts = pdf.get_or_create_resources(page)?.as_dict_mut()?;
    match fonts.get_mut(b"Font") {
        Ok(Object::Dictionary(fonts)) => fonts.set(FONT, font),
        Ok(Object::Reference(id)) => {
            let id = *id;
            pdf.get_object_mut(id)?.as_dict_mut()?.set(FONT, font);
        }
        _ => fonts.set("Font", dictionary! { FONT => font }),
    }
    Ok(())
}

fn join(parts: Vec<Pdf>) -> lopdf::Result<Pdf> {
    let mut joined = Pdf::with_version("1.5");
    let tree = joined.new_object_id();
    let mut pages = Vec::new();
    let mut objects = BTreeMap::new();
    for mut part in parts {
        part.renumber_objects_with(joined.max_id + 1);
        joined.max_id = part.max_id;
        for page in part.page_iter().collect::<Vec<_>>() {
            let mut own = part.get_dictionary(page)?.clone();
            for name in ["MediaBox", "CropBox", "Resources", "Rotate"] {
                if !own.has(name.as_bytes())
                    && let Some(value) = inherited(&part, page, name.as_bytes())
                {
                    own.set(name, value);
                }
            }
            own.set("Parent", tree);
            pages.push(page);
            part.objects.insert(page, Object::Dictionary(own));
        }
        objects.append(&mut part.objects);
    }
    joined.objects.extend(objects);
    let kids: Vec<Object> = pages.iter().copied().map(Object::Reference).collect();
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    joined.objects.insert(
        tree,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }),
    );
    let catalog = joined.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    joined.trailer.set("Root", catalog);
    // The parts' own catalogs and page trees are not reachable any more.
    joined.prune_objects();
    Ok(joined)
}

/// An attribute of a page that stands further up in the page tree.
fn inherited(pdf: &Pdf, page: ObjectId, name: &[u8]) -> Option<Object> {
    let mut node = pdf.get_dictionary(page).ok()?;
    // Trees are shallow; the bound ends a circular one.
    for _ in 0..64 {
        node = pdf
            .get_dictionary(node.get(b"Parent").ok()?.as_reference().ok()?)
            .ok()?;
        if let Ok(value) = node.get(name) {
            return Some(value.clone());
        }
    }
    None
}

/// A PDF of plain lines, as many pages as needed.
fn text_file(lines: &[String]) -> Bytes {
    let mut pdf = Pdf::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(font());
    let mut kids = Vec::new();
    for page_lines in lines.chunks(55) {
        let content = text_block(page_lines, 40, 790, 10)
            .encode()
            .unwrap_or_default();
        let content = pdf.add_object(Stream::new(Dictionary::new(), content));
        let page = pdf.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => tree,
            "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { FONT => font } },
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        kids.push(Object::Reference(page));
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    pdf.objects.insert(
        tree,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }),
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    // Writing to memory does not fail.
    save(&mut pdf).unwrap_or_default()
}

fn font() -> Dictionary {
    dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    }
}

/// Lines of text downwards from a point.
fn text_block(lines: &[String], x: i64, y: i64, size: i64) -> Content<Vec<Operation>> {
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec![FONT.into(), size.into()]),
        Operation::new("TL", vec![(size + 4).into()]),
        Operation::new("Td", vec![x.into(), y.into()]),
    ];
    for line in lines {
        operations.push(Operation::new(
            "Tj",
            vec![Object::string_literal(latin(line))],
        ));
        operations.push(Operation::new("T*", vec![]));
    }
    operations.push(Operation::new("ET", vec![]));
    Content { operations }
}

/// The built-in fonts know Latin-1; other characters become question marks.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect()
}

fn save(pdf: &mut Pdf) -> lopdf::Result<Bytes> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes)?;
    Ok(bytes.into())
}
