//! Bytes from anybody, put into everything that reads bytes from outside. Each function takes any input and panics only if a
//! promise is broken; the fuzz targets and the bounded run of the test suite call the same ones.

mod files;
mod routes;
mod wire;

pub use files::{config_toml, plugin_file};
pub use routes::paths;
pub use wire::{connect_body, jwt_credential, multipart, sealed_record};

/// A function that takes any input.
pub type Target = fn(&[u8]);

/// Every target, with the name of its corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("connect_body", connect_body),
    ("multipart", multipart),
    ("jwt_credential", jwt_credential),
    ("config_toml", config_toml),
    ("sealed_record", sealed_record),
    ("plugin_file", plugin_file),
    ("paths", paths),
];
