//! Where a document lies: a reference that was checked.

use ownhand_plugin_sdk::{AdapterError, DocumentReference};

/// The longest reference, in bytes.
const MAX_REFERENCE: usize = 1024;
/// The longest part of one; what Linux allows.
const MAX_PART: usize = 255;

/// A document's place below the tenant's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folders: Vec<String>,
    pub(crate) name: String,
}

impl Place {
    /// Checks a reference.
    ///
    /// # Errors
    /// When it is no plain relative path.
    pub(crate) fn parse(reference: &DocumentReference) -> Result<Self, AdapterError> {
        let invalid = |why| AdapterError::invalid(format!("not a document reference: {why}"));
        let mut folders = parts(&reference.0).map_err(invalid)?;
        let name = folders.pop().ok_or_else(|| invalid("it is empty"))?;
        Ok(Self { folders, name })
    }

    /// All parts in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.folders
            .iter()
            .map(String::as_str)
            .chain(std::iter::once(self.name.as_str()))
    }

    /// The reference again.
    pub(crate) fn reference(&self) -> DocumentReference {
        DocumentReference(self.parts().collect::<Vec<_>>().join("/"))
    }
}

/// The parts of a relative path with `/`; the reason when it is none. The path itself is not repeated.
pub(crate) fn parts(path: &str) -> Result<Vec<String>, &'static str> {
    if path.len() > MAX_REFERENCE {
        return Err("it is too long");
    }
    path.split('/')
        .map(|part| match part {
            "" if path.starts_with('/') => Err("it is absolute; leave out the leading slash"),
            "" => Err("a part of it is empty"),
            _ if part.starts_with('.') => Err("a part of it begins with a dot"),
            _ if part.len() > MAX_PART => Err("a part of it is too long"),
            _ if part.contains('\\') => Err("it holds a backslash"),
            _ if part.chars().any(char::is_control) => Err("it holds control characters"),
            _ => Ok(part.to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_relative_paths_only() {
        let place = Place::parse(&DocumentReference("contracts/2026/nda é.pdf".into())).unwrap();
        assert_eq!(place.folders, ["contracts", "2026"]);
        assert_eq!(place.name, "nda é.pdf");
        assert_eq!(place.reference().0, "contracts/2026/nda é.pdf");
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "../b",
            "a//b",
            "a/",
            "./a",
            ".ownhand/deposits/x",
            "a/.hidden",
            "a\0b",
            "a\nb",
            "..\\b",
            &"x".repeat(256),
            &"x/".repeat(600),
        ] {
            assert!(
                Place::parse(&DocumentReference(bad.into())).is_err(),
                "{bad:?}"
            );
        }
    }
}
