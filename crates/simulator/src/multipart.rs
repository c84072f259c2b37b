//! A tolerant, streaming multipart parser.
//!
//! DocuSign's binary envelopes have parts without a name and with the disposition type `file`, which ordinary
//! multipart libraries refuse. This one takes any part, and never holds more than the parts themselves and the
//! few bytes in which a delimiter may begin.

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::TryStreamExt as _;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) content_type: Option<String>,
    /// The parameters of `Content-Disposition`, names in lower case.
    parameters: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Part {
    /// A parameter of the disposition, such as `filename`.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why a body was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MultipartError {
    #[error("the body is larger than allowed")]
    TooLarge,
    #[error("the body ended before its closing delimiter")]
    Unfinished,
    #[error("the headers of a part are too long")]
    BadHeaders,
    #[error("the body could not be read")]
    Read,
}

/// The boundary of a multipart content type; `None` for any other type.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    self::parameters(parameters)
        .into_iter()
        .find(|(name, _)| name == "boundary")
        .map(|(_, value)| value)
}

/// Reads all parts of a body.
pub(crate) async fn read(
    body: Body,
    boundary: &str,
    most_bytes: usize,
) -> Result<Vec<Part>, MultipartError> {
    let mut parser = Parser::new(boundary, most_bytes);
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.try_next().await.map_err(|_| MultipartError::Read)? {
        parser.feed(&chunk)?;
    }
    parser.finish()
}

/// The bodies of all parts, of a body that comes in these pieces: for tests that try the parser with any bytes.
pub fn multipart_bodies(content_type: &str, chunks: &[&[u8]]) -> Option<Vec<Vec<u8>>> {
    let boundary = boundary(content_type)?;
    let mut parser = Parser::new(&boundary, chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        parser.feed(chunk).ok()?;
    }
    let parts = parser.finish().ok()?;
    Some(parts.into_iter().map(|part| part.body.to_vec()).collect())
}

/// Headers of one part may not be longer.
const MOST_HEADER_BYTES: usize = 16 * 1024;

#[derive(Debug)]
enum Stage {
    /// Before the first delimiter.
    Preamble,
    /// After a delimiter: its line's end, or the two dashes that end everything.
    AfterDelimiter,
    Headers,
    Body {
        content_type: Option<String>,
        parameters: Vec<(String, String)>,
        body: BytesMut,
    },
    Done,
}

#[derive(Debug)]
struct Parser {
    /// `--boundary`, without the line break before it.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    stage: Stage,
    parts: Vec<Part>,
    left: usize,
}

impl Parser {
    fn new(boundary: &str, most_bytes: usize) -> Self {
        Self {
            delimiter: format!("--{boundary}").into_bytes(),
            buffer: BytesMut::new(),
            stage: Stage::Preamble,
            parts: Vec::new(),
            left: most_bytes,
        }
    }

    fn feed(&mut self, chunk: &[u8]) -> Result<(), MultipartError> {
        self.left = self
            .left
            .checked_sub(chunk.len())
            .ok_or(MultipartError::TooLarge)?;
        self.buffer.extend_from_slice(chunk);
        while self.step()? {}
        Ok(())
    }

    fn finish(self) -> Result<Vec<Part>, MultipartError> {
        match self.stage {
            Stage::Done => Ok(self.parts),
            _ => Err(MultipartError::Unfinished),
        }
    }

    /// Takes one step; `false` when more bytes are needed.
    fn step(&mut self) -> Result<bool, MultipartError> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Preamble => Ok(self.preamble()),
            Stage::AfterDelimiter => self.after_delimiter(),
            Stage::Headers => self.headers(),
            Stage::Body {
                content_type,
                parameters,
                body,
            } => Ok(self.body(content_type, parameters, body)),
            Stage::Done => {
                // What follows the end is no part of the message.
                self.buffer.clear();
                Ok(false)
            }
        }
    }

    fn preamble(&mut self) -> bool {
        if let Some(at) = find(&self.buffer, &self.delimiter) {
            self.buffer.advance(at + self.delimiter.len());
            self.stage = Stage::AfterDelimiter;
            return true;
        }
        let keep = self.delimiter.len().min(self.buffer.len());
        self.buffer.advance(self.buffer.len() - keep);
        self.stage = Stage::Preamble;
        false
    }

    fn after_delimiter(&mut self) -> Result<bool, MultipartError> {
        if self.buffer.starts_with(b"--") {
            return Ok(true);
        }
        let Some(at) = find(&self.buffer, b"\n") else {
            self.stage = Stage::AfterDelimiter;
            return if self.buffer.len() > MOST_HEADER_BYTES {
                Err(MultipartError::BadHeaders)
            } else {
                Ok(false)
            };
        };
        self.buffer.advance(at + 1);
        self.stage = Stage::Headers;
        Ok(true)
    }

    fn headers(&mut self) -> Result<bool, MultipartError> {
        // Bare line feeds are accepted, too.
        let ends: [&[u8]; 2] = [b"\r\n\r\n", b"\n\n"];
        let end = ends
            .iter()
            .filter_map(|end| find(&self.buffer, end).map(|at| (at, at + end.len())))
            .min();
        let (lines, rest) = match end {
            _ if self.buffer.starts_with(b"\r\n") => (0, 2),
            Some(found) => found,
            None if self.buffer.len() > MOST_HEADER_BYTES => {
                return Err(MultipartError::BadHeaders);
            }
            None => {
                self.stage = Stage::Headers;
                return Ok(false);
            }
        };
        // File names come in whatever encoding the caller had.
        let text = String::from_utf8_lossy(&self.buffer[..lines]).into_owned();
        let mut content_type = None;
        let mut parameters = Vec::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => content_type = Some(value.trim().to_owned()),
                "content-disposition" => {
                    parameters = value
                        .split_once(';')
                        .map(|(_, rest)| self::parameters(rest))
                        .unwrap_or_default();
                }
                _ => {}
            }
        }
        self.buffer.advance(rest);
        self.stage = Stage::Body {
            content_type,
            parameters,
            body: BytesMut::new(),
        };
        Ok(true)
    }

    fn body(
        &mut self,
        content_type: Option<String>,
        parameters: Vec<(String, String)>,
        mut body: BytesMut,
    ) -> bool {
        let mut end = b"\r\n".to_vec();
        end.extend_from_slice(&self.delimiter);
        if let Some(at) = find(&self.buffer, &end) {
            body.extend_from_slice(&self.buffer[..at]);
            self.buffer.advance(at + end.len());
            self.parts.push(Part {
                content_type,
                parameters,
                body: body.freeze(),
            });
            self.stage = Stage::AfterDelimiter;
            return true;
        }
        // The last bytes may be the beginning of a delimiter; all before them are content.
        let keep = (end.len() - 1).min(self.buffer.len());
        let content = self.buffer.split_to(self.buffer.len() - keep);
        body.extend_from_slice(&content);
        self.stage = Stage::Body {
            content_type,
            parameters,
            body,
        };
        false
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(step) = haystack[from..].iter().position(|byte| *byte == first) {
        let at = from + step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Parameters such as ` filename="a;b.pdf";documentid=1`, quoted or not.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ';']).to_ascii_lowercase();
        let after = after.trim_start();
        let (value, next) = if let Some(quoted) = after.strip_prefix('"') {
            let mut value = String::new();
            let mut characters = quoted.char_indices();
            let mut end = quoted.len();
            while let Some((at, character)) = characters.next() {
                match character {
                    '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    _ => value.push(character),
                }
            }
            (value, &quoted[end..])
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after[..end].trim().to_owned(), &after[end..])
        };
        found.push((name, value));
        rest = next;
    }
    found
}

#[cfg(test)]
mod tests;
