//! Facts: what one noun tells the others.
//!
//! A noun changes only itself. Whatever that means for another one it states as a fact; `softphone/facts.rs` is the only
//! place that knows who has to hear of it. Facts are made of ids and of the protocol's types, so that no noun has to know
//! another one's.

use halyard_protocol::rest::{Bootstrap, Me};
use halyard_protocol::{
    Change, Contact, ConversationId, Message, MessageId, Peer, PhoneNumber, ReadPosition, UserId, UserState,
};
use halyard_words::{self as words, Text, Word};

use crate::api::CallError;
use crate::commands::Target;
use crate::route::Route;
use crate::storage::Secret;
use crate::windows::CardKey;

/// Something that happened in one noun and concerns others.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// The user should hear of it.
    Notice(NewNotice),
    /// The user is asked before it happens.
    Asked(Question),
    /// The user said yes.
    Confirmed(Question),
    /// The user pressed a notice's button.
    Accepted(Offer),
    /// A request failed, and nobody has said so to the user yet.
    Failed(CallError),
    /// What failed for now may be tried again in a while.
    TryLater,

    /// The server took the login and password; they are kept until they have opened what is sealed here.
    SignedIn {
        /// Who.
        me: Box<Me>,
        /// What they signed in with.
        typed: Option<(String, Secret)>,
    },
    /// The server can't be reached to sign in; what is sealed here may open all the same.
    SignInUnreachable {
        /// What they typed.
        typed: (String, Secret),
    },
    /// The app was opened with a link for a new password: its token.
    PasswordLink(Secret),
    /// A password was chosen by the link: whose, by their log-in.
    PasswordChosen(String),
    /// The user's password is another one.
    PasswordChanged {
        /// What they sign in with from now on.
        typed: (String, Secret),
    },
    /// The snapshot of everything is here.
    Snapshot(Box<Bootstrap>),
    /// The snapshot could not be had for now.
    SnapshotFailed(CallError),
    /// The server has said whose session this is, or why not.
    Verified(Result<Box<Me>, CallError>),
    /// My own name, availability or numbers may read differently.
    MeUpdateFailed(CallError),

    /// The server must be asked whose session this is.
    ProbeWanted,
    /// The server must be asked for the snapshot.
    SnapshotWanted,
    /// The socket follows the log.
    Connected {
        /// Whether it was lost before.
        again: bool,
    },
    /// The socket is gone.
    Disconnected,
    /// The log says this; in the order of the log.
    Logged(Box<Change>),
    /// A conversation was taken away by the log. It is heard after all that the log says at once, which may bring it back.
    ConversationRemoved(ConversationId),
    /// How users are now.
    UserStates(Vec<UserState>),
    /// How far somebody has read.
    Reads(Vec<ReadPosition>),
    /// Somebody types.
    Typing(ConversationId, UserId),

    /// Names may read differently.
    Renamed(Renamed),
    /// Another part of the app is to show.
    Go {
        /// Where.
        route: Route,
        /// Whether it takes the place of the current address.
        replace: bool,
    },
    /// Something was picked in the palette.
    Jumped(Target),
    /// A conversation's card is to open.
    ConversationWanted(ConversationId),
    /// The user wants to write to somebody.
    MessageWanted {
        /// Whom to write to.
        peer: Peer,
        /// From which own number.
        from: Option<PhoneNumber>,
    },
    /// Somebody's details are to show; a number that nobody has is offered to be saved.
    ContactWanted(Peer),
    /// A conversation's newest page is wanted if its card is open.
    PageWanted(ConversationId),
    /// Its first page has come from the server.
    FirstPage(ConversationId),
    /// The server has no such conversation.
    ConversationMissing(ConversationId),
    /// The server has let a colleague into a group chat, as the user asked.
    PersonAdded(UserId),
    /// It has let somebody out of one, perhaps the user.
    PersonRemoved(UserId),
    /// A card was closed.
    CardClosed(CardKey),

    /// "Done": the people of a new conversation are chosen.
    RecipientsFinished(CardKey),
    /// A draft's text is another one.
    DraftChanged(CardKey),
    /// A draft's files are others, or ready.
    FilesChanged(CardKey),
    /// A draft that was submitted can be sent now: its files are ready.
    SubmitWanted(CardKey),

    /// Outgoing messages may leave.
    OutboxReady,
    /// An outgoing message is kept on the device, or never will be.
    Written(MessageId),
    /// How far an outgoing message is has changed.
    OutgoingChanged(MessageId),
    /// The server has a message of this device.
    Sent(Box<Message>),
    /// A refused message is to be sent again, by the tab that sends.
    RetryWanted(MessageId),
    /// A message that could not be delivered is to be sent anew.
    ResendWanted(MessageId),
    /// The user takes a message back that was not sent; with `edit` its text goes back into the text box.
    TakenBack {
        /// Which.
        id: MessageId,
        /// Whether it is to be edited.
        edit: bool,
    },
    /// The user stops a round.
    RoundStopped(MessageId),
    /// The page starts anew, with another release.
    ReloadWanted,
}

/// Whose names may read differently after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Renamed {
    pub(crate) numbers: Vec<PhoneNumber>,
    pub(crate) user: Option<UserId>,
}

/// A short message to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewNotice {
    pub(crate) text: Text,
    pub(crate) is_error: bool,
    pub(crate) offer: Option<Offer>,
}

/// What a notice's button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// "Undo": brings a deleted contact back.
    RestoreContact(Box<Contact>),
    /// "Undo": brings a deleted conversation back.
    RestoreConversation(ConversationId),
    /// "Open": shows another conversation that the notice speaks of.
    OpenConversation(ConversationId),
}

impl Offer {
    /// What the button says.
    pub(crate) const fn word(&self) -> Word {
        match self {
            Self::RestoreContact(_) | Self::RestoreConversation(_) => words::UNDO,
            Self::OpenConversation(_) => words::OPEN,
        }
    }
}

/// What the user is asked before it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Delete a conversation.
    DeleteConversation(ConversationId),
    /// Remove somebody from a group chat, or leave it.
    RemovePerson(ConversationId, UserId),
    /// Sign out although so many messages wait.
    SignOut(usize),
    /// Send a text once more that may have arrived.
    SendAgain(MessageId),
    /// Remove what is sealed on this device for somebody.
    Forget(UserId),
    /// Import the contacts of files that the app was opened with, or send the files.
    Cards {
        /// Names and contents.
        files: Vec<(String, Vec<u8>)>,
        /// What the user wants.
        send: bool,
    },
}
