//! Linking a host user to a DocuSign user: the walk of the design's section 4.
//!
//! `start` (host app) → start page → DocuSign → `callback` → host app's finish URL → `finish` (host app) → confirm page → done. Each
//! step consumes a one-time value by compare-and-swap, so none can be replayed, and only the host user who started can finish.

mod begin;
mod callback;
mod confirm;
mod finish;
mod manage;
mod rules;
mod state;
mod views;

pub use begin::{Begun, StartedLink};
pub use callback::CallbackQuery;
pub use confirm::ConfirmForm;
pub use finish::FinishedLink;
pub use manage::{LinkSummary, Me, OpenEnvelope, Unlinked};
pub use views::{ConfirmPage, ConfirmView, DoneView, Person, StartView};
