use super::*;

const BODY: &[u8] = b"preamble\r\n--B\r\nContent-Type: application/json\r\nContent-Disposition: form-data\r\n\r\n{}\r\n\
    --B\r\nContent-Type: application/pdf\r\nContent-Disposition: file; filename=\"a;\\\"b\\\".pdf\";documentid=7\r\n\r\n\
    %PDF\r\n--\r\n--A\r\nx\r\n--B--\r\nepilogue";

fn parse(chunks: &[&[u8]]) -> Result<Vec<Part>, MultipartError> {
    let mut parser = Parser::new("B", 10_000);
    for chunk in chunks {
        parser.feed(chunk)?;
    }
    parser.finish()
}

#[test]
fn docusign_s_own_layout_is_read_however_it_is_cut() {
    let whole = parse(&[BODY]).unwrap();
    assert_eq!(whole.len(), 2);
    assert_eq!(&whole[0].body[..], b"{}");
    assert_eq!(whole[1].parameter("filename"), Some("a;\"b\".pdf"));
    assert_eq!(whole[1].parameter("documentid"), Some("7"));
    assert_eq!(&whole[1].body[..], b"%PDF\r\n--\r\n--A\r\nx");
    for cut in 0..BODY.len() {
        assert_eq!(
            parse(&[&BODY[..cut], &BODY[cut..]]).unwrap(),
            whole,
            "cut at {cut}"
        );
    }
    let bytes: Vec<&[u8]> = BODY.chunks(1).collect();
    assert_eq!(parse(&bytes).unwrap(), whole);
}

#[test]
fn a_body_without_an_end_and_a_body_too_long_are_refused() {
    assert_eq!(
        parse(&[&BODY[..BODY.len() - 20]]),
        Err(MultipartError::Unfinished)
    );
    let mut parser = Parser::new("B", 10);
    assert_eq!(parser.feed(BODY), Err(MultipartError::TooLarge));
}

#[test]
fn boundaries_are_read_quoted_or_not() {
    assert_eq!(
        boundary("multipart/form-data; boundary=\"a b\"").as_deref(),
        Some("a b")
    );
    assert_eq!(
        boundary("multipart/form-data; charset=utf-8; boundary=xyz").as_deref(),
        Some("xyz")
    );
    assert_eq!(boundary("application/json; boundary=xyz"), None);
}
