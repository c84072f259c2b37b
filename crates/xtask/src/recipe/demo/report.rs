//! What happened, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::world::{Person, programs::Library, story::Envelope};

/// A send that came back signed.
pub struct Sent {
    /// Who sent.
    pub person: &'static Person,
    /// What came back.
    pub envelope: Envelope,
}

#[derive(Serialize)]
struct PluginLine {
    name: String,
    role: String,
    path: String,
    sha256: String,
}

#[derive(Serialize)]
struct EnvelopeLine {
    tenant: String,
    host_user: String,
    sender_name: String,
    sender_email: String,
    account_id: String,
    envelope_id: String,
    status: String,
    document: String,
    signed_copy: String,
}

/// The whole of it.
#[derive(Serialize)]
pub struct Report {
    plugins: Vec<PluginLine>,
    envelopes: Vec<EnvelopeLine>,
}

impl Report {
    /// The report of a tenant's sends.
    pub fn of(tenant: &str, libraries: &[Library], sent: &[Sent]) -> Self {
        let plugins = libraries.iter().map(|library| PluginLine {
            name: library.name.clone(),
            role: library.role.clone(),
            path: library.path.display().to_string(),
            sha256: library.sha256.clone(),
        });
        let envelopes = sent.iter().map(|Sent { person, envelope }| EnvelopeLine {
            tenant: tenant.to_owned(),
            host_user: person.login.to_owned(),
            sender_name: envelope.sender_name.clone(),
            sender_email: envelope.sender_email.clone(),
            account_id: envelope.account_id.clone(),
            envelope_id: envelope.id.clone(),
            status: envelope.status.clone(),
            document: person.document.to_owned(),
            signed_copy: envelope.signed_copy.display().to_string(),
        });
        Self {
            plugins: plugins.collect(),
            envelopes: envelopes.collect(),
        }
    }

    /// The file that programs read.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// A table with a line a send.
    pub fn table(&self) -> String {
        let mut text = "\nplugins, loaded as libraries\n".to_owned();
        for plugin in &self.plugins {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "  {:16} {:16} sha256 {}…",
                plugin.name,
                plugin.role,
                &plugin.sha256[..plugin.sha256.len().min(16)]
            );
        }
        for envelope in &self.envelopes {
            let _ = write!(
                text,
                "\n{} of {} sent {}\n  the signer saw   {} <{}>\n  charged account  {}\n  envelope         {} ({})\n  signed copy      {}\n",
                envelope.host_user,
                envelope.tenant,
                envelope.document,
                envelope.sender_name,
                envelope.sender_email,
                envelope.account_id,
                envelope.envelope_id,
                envelope.status,
                envelope.signed_copy
            );
        }
        text.push_str("\nno envelope lies in any other account");
        text
    }
}
