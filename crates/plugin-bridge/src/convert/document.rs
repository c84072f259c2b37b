//! What is said of documents beside their bytes.

use ownhand_plugin_abi::{AbiMetadata, AbiReceipt, AbiSourceFacts, RVec, codes::capability};
use ownhand_spi::{ActorKind, Capabilities, DocumentMetadata, DocumentReference, Receipt};

use crate::{Crosses, Garbage};

impl Crosses for DocumentMetadata {
    type Abi = AbiMetadata;

    fn into_abi(self) -> AbiMetadata {
        AbiMetadata {
            name: self.name.into(),
            content_type: self.content_type.into(),
            length: self.length.into(),
            revision: self.revision.into_abi(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiMetadata) -> Result<Self, Garbage> {
        Ok(Self {
            name: String::from_abi(abi.name)?,
            content_type: String::from_abi(abi.content_type)?,
            length: abi.length.into(),
            revision: Option::from_abi(abi.revision)?,
        })
    }
}

impl Crosses for Receipt {
    type Abi = AbiReceipt;

    fn into_abi(self) -> AbiReceipt {
        AbiReceipt {
            reference: self.reference.0.into(),
            revision: self.revision.into_abi(),
            sha256: self.sha256,
            length: self.length,
            already_present: self.already_present,
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiReceipt) -> Result<Self, Garbage> {
        Ok(Self {
            reference: DocumentReference(String::from_abi(abi.reference)?),
            revision: Option::from_abi(abi.revision)?,
            sha256: abi.sha256,
            length: abi.length,
            already_present: abi.already_present,
        })
    }
}

/// What a source can do, and how it acts.
impl Crosses for (Capabilities, ActorKind) {
    type Abi = AbiSourceFacts;

    fn into_abi(self) -> AbiSourceFacts {
        let bit = |is: bool, bit: u64| if is { bit } else { 0 };
        AbiSourceFacts {
            capabilities: bit(self.0.conditional_write, capability::CONDITIONAL_WRITE)
                | bit(self.0.versions, capability::VERSIONS)
                | bit(self.0.metadata, capability::METADATA)
                | bit(self.0.acts_later, capability::ACTS_LATER),
            acting: self.1.into_abi(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiSourceFacts) -> Result<Self, Garbage> {
        let has = |bit: u64| abi.capabilities & bit != 0;
        let capabilities = Capabilities {
            conditional_write: has(capability::CONDITIONAL_WRITE),
            versions: has(capability::VERSIONS),
            metadata: has(capability::METADATA),
            acts_later: has(capability::ACTS_LATER),
        };
        Ok((capabilities, ActorKind::from_abi(abi.acting)?))
    }
}
