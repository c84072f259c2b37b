//! Connect: telling a listener what happened to an envelope.

mod deliver;
mod message;
mod notification;

pub(crate) use deliver::{DeliveryRecord, Dispatcher};
pub(crate) use notification::{Notification, NotificationError};
