//! The named moments at which a crash would hurt most. In production nobody watches them; tests end the process there and
//! look whether everything that is promised still holds after a restart.

/// A moment between two steps of which either may be the last that a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Checkpoint {
    /// A ticket is consumed; the browser has not been sent to DocuSign.
    LinkAway,
    /// The code is parked; the browser has not been sent to the host app.
    LinkReturned,
    /// The host app's user is proven; the code has not been redeemed.
    LinkRedeeming,
    /// DocuSign has given tokens; they are nowhere but in memory.
    LinkRedeemed,
    /// The tokens wait, sealed, for the user's confirmation; nobody was told.
    LinkPending,
    /// The user has confirmed; the tokens are not in the token store.
    LinkConfirming,
    /// The tokens are in the token store; the link is not written.
    LinkStored,
    /// The link is written; the browser was not told.
    LinkConcluded,
    /// The intent to send is written; DocuSign knows nothing.
    SendIntent,
    /// DocuSign has a draft; the send is not committed to it.
    SendDrafted,
    /// The send is committed to a draft, which is not sent.
    SendCommitted,
    /// The envelope is out; this is not written.
    SendSwitched,
    /// That it is out is written; the caller was not told.
    SendNoted,
    /// An event is in the inbox; DocuSign was not answered.
    EventReceived,
    /// DocuSign has told how an envelope stands; this is not written.
    EventFetched,
    /// The envelope has moved on; its event is not done.
    EventMoved,
    /// A signed document is taken up; nothing is deposited.
    WriteBackTaken,
    /// The signed document is deposited; this is not written.
    WriteBackDeposited,
    /// That it is deposited is written.
    WriteBackNoted,
}

impl Checkpoint {
    /// All of them, in the order in which an envelope's life passes them.
    pub const ALL: [Self; 19] = [
        Self::LinkAway,
        Self::LinkReturned,
        Self::LinkRedeeming,
        Self::LinkRedeemed,
        Self::LinkPending,
        Self::LinkConfirming,
        Self::LinkStored,
        Self::LinkConcluded,
        Self::SendIntent,
        Self::SendDrafted,
        Self::SendCommitted,
        Self::SendSwitched,
        Self::SendNoted,
        Self::EventReceived,
        Self::EventFetched,
        Self::EventMoved,
        Self::WriteBackTaken,
        Self::WriteBackDeposited,
        Self::WriteBackNoted,
    ];

    /// Its name, e.g. `send.drafted`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LinkAway => "link.away",
            Self::LinkReturned => "link.returned",
            Self::LinkRedeeming => "link.redeeming",
            Self::LinkRedeemed => "link.redeemed",
            Self::LinkPending => "link.pending",
            Self::LinkConfirming => "link.confirming",
            Self::LinkStored => "link.stored",
            Self::LinkConcluded => "link.concluded",
            Self::SendIntent => "send.intent",
            Self::SendDrafted => "send.drafted",
            Self::SendCommitted => "send.committed",
            Self::SendSwitched => "send.switched",
            Self::SendNoted => "send.noted",
            Self::EventReceived => "event.received",
            Self::EventFetched => "event.fetched",
            Self::EventMoved => "event.moved",
            Self::WriteBackTaken => "write_back.taken",
            Self::WriteBackDeposited => "write_back.deposited",
            Self::WriteBackNoted => "write_back.noted",
        }
    }
}

/// Is told when a checkpoint is reached.
pub trait Checkpoints: Send + Sync + 'static {
    /// The moment is now.
    fn reached(&self, checkpoint: Checkpoint);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Checkpoints for Unwatched {
    fn reached(&self, _: Checkpoint) {}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Checkpoint;

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Checkpoint::ALL.iter().map(|at| at.name()).collect();
        assert_eq!(names.len(), Checkpoint::ALL.len());
    }
}
