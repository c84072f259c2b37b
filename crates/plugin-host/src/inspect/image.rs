//! The file as a library: whole, and for this machine.

use std::env::consts::ARCH;

use object::{Architecture, BinaryFormat, File, Object, ObjectKind, ObjectSection, ObjectSegment};

use crate::LoadError;

const SECTION: &str = ".ownhand";

/// The bytes of the manifest's section. A cut-off file would end the process when it is opened, so nothing here is optional.
pub(super) fn section(bytes: &[u8]) -> Result<&[u8], LoadError> {
    if bytes.is_empty() {
        return Err(not_a_library("it is empty"));
    }
    let file = File::parse(bytes).map_err(|e| not_a_library(&e.to_string()))?;
    if file.format() != BinaryFormat::Elf {
        return Err(not_a_library("it is not an ELF file"));
    }
    if Some(file.architecture()) != ours() {
        return Err(LoadError::Architecture {
            found: format!("{:?}", file.architecture()),
            expected: ARCH,
        });
    }
    if file.kind() != ObjectKind::Dynamic {
        return Err(not_a_library("it is a program or an object file"));
    }
    check_segments(&file, bytes.len() as u64)?;
    let section = file.section_by_name(SECTION).ok_or(LoadError::NotAPlugin)?;
    section.data().map_err(|e| LoadError::Manifest {
        reason: e.to_string(),
    })
}

/// Every part that is mapped into memory must lie inside the file.
fn check_segments(file: &File<'_>, length: u64) -> Result<(), LoadError> {
    for segment in file.segments() {
        let (offset, size) = segment.file_range();
        let needed = offset.saturating_add(size);
        if needed > length {
            return Err(LoadError::Truncated { length, needed });
        }
    }
    Ok(())
}

fn not_a_library(reason: &str) -> LoadError {
    LoadError::NotALibrary {
        reason: reason.to_owned(),
    }
}

fn ours() -> Option<Architecture> {
    match ARCH {
        "x86_64" => Some(Architecture::X86_64),
        "aarch64" => Some(Architecture::Aarch64),
        "riscv64" => Some(Architecture::Riscv64),
        "powerpc64" => Some(Architecture::PowerPc64),
        "s390x" => Some(Architecture::S390x),
        _ => None,
    }
}
