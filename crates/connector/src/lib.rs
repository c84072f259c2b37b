#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod ambient;
mod caller;
mod checkpoint;
mod connector;
mod envelopes;
mod error;
mod events;
mod flight;
pub mod id;
pub mod ledger;
mod links;
mod one_time;
pub mod paths;
pub mod seal;
mod tenant;
mod tokens;
mod worker;

pub use ambient::{Ambient, Clock, Entropy, Sleeper, UnixMillis};
pub use caller::{Caller, Proof, Session};
pub use checkpoint::{Checkpoint, Checkpoints, Unwatched};
pub use connector::{Connector, Limits, Parts};
pub use envelopes::{EnvelopeView, SenderView, Sent, WriteBackView};
pub use error::{Error, LinkRefusal, chain};
pub use links::{
    Begun, CallbackQuery, ConfirmForm, ConfirmPage, ConfirmView, DoneView, FinishedLink,
    LinkSummary, Me, OpenEnvelope, Person, StartView, StartedLink, Unlinked,
};
pub use tenant::{AllowedAccounts, Tenant, Tenants, UserMapping, WriteBackRules};
