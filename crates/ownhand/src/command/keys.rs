//! `ownhand keys`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Subcommand;
use zeroize::Zeroizing;

use crate::{
    ambient,
    output::{Exit, data},
};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Print a fresh sealing key; put it into a file that only Ownhand can read
    Generate,
}

impl Keys {
    pub(super) fn run(&self) -> Exit {
        match self {
            Self::Generate => {
                let key = Zeroizing::new(ambient::system().bytes::<32>());
                data(Zeroizing::new(STANDARD.encode(key.as_slice())).as_str());
                Exit::Done
            }
        }
    }
}
