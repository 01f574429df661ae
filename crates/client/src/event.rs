//! Events: everything that the machine hears of, grouped by who speaks.

use halyard_protocol::event::Favourite;
use halyard_protocol::{
    Availability, ContactDraft, ContactId, ConversationId, DeviceId, MediaId, MediaKind, MessageId, Peer, PhoneNumber,
    UserId,
};

use crate::commands::Command;
use crate::contacts::{ContactsFilter, NumberField};
use crate::conversations::ColumnFilter;
use crate::effect::{AppCommand, RequestId, TimerId};
use crate::palette::Target;
use crate::route::Route;
use crate::storage::{Range, Row, SealedLabel, Token};
use crate::windows::{CardKey, WindowAction};

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The user asked for something.
    Ui(Ui),
    /// The server said something.
    Net(Net),
    /// The device's database answered.
    Db(Db),
    /// A timer that was set has come.
    Timer(TimerId),
    /// The browser or the device changed.
    System(System),
    /// The tabs of this browser.
    Tab(Tab),
    /// A file of a message.
    Files(Files),
}

/// A file that the user chose, dropped or pasted.
#[derive(Clone, PartialEq, Eq)]
pub struct ChosenFile {
    /// The adapter's number for it.
    pub number: u32,
    /// Its name; may be empty.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// How it begins: what [`MediaKind::of`] wants to see.
    pub head: Vec<u8>,
}

impl core::fmt::Debug for ChosenFile {
    /// Never shows the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "file {} of {} bytes", self.number, self.size)
    }
}

/// What became of a file that was to be made ready.
#[derive(Clone, PartialEq, Eq)]
pub enum Files {
    /// It is ready.
    Ready {
        /// Which.
        id: MediaId,
        /// What it is now.
        kind: MediaKind,
        /// For a picture: pixels across; 0 when not known.
        width: u32,
        /// For a picture: pixels down; 0 when not known.
        height: u32,
        /// Its content, as [`crate::storage::Store::Files`] has it: one character for each byte.
        content: String,
    },
    /// It can't be read, or is no picture although it begins like one.
    Unreadable(MediaId),
}

impl core::fmt::Debug for Files {
    /// Never shows the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Ready { id, .. } => write!(f, "ready {id}"),
            Self::Unreadable(id) => write!(f, "unreadable {id}"),
        }
    }
}

/// What the user asks for. The names follow the controls.
#[derive(Clone, Debug)]
pub enum Ui {
    /// "Sign in".
    SignIn {
        /// `1001@harbor`.
        login: String,
        /// The password.
        password: String,
        /// What to call this device.
        device: String,
    },
    /// "Sign out".
    SignOut,
    /// "Forget this device" at somebody's sealed conversations.
    ForgetSealed(UserId),
    /// A link of the rail, or Back and Forward.
    Navigate(Route),

    /// Typed into the search of contacts.
    SearchContacts(String),
    /// One of the filters above the contacts.
    FilterContacts(ContactsFilter),
    /// The name of a contact.
    SelectContact(Option<Favourite>),
    /// The star.
    SetFavourite(Favourite, bool),
    /// "New contact", perhaps with a number that is to be saved.
    NewContact(Option<PhoneNumber>),
    /// "Edit".
    EditContact(ContactId),
    /// Something changed in the form.
    ContactForm(ContactField),
    /// "Save" in the form.
    SaveContact,
    /// "Cancel" in the form.
    CancelContact,
    /// "Delete" in the details.
    DeleteContact(ContactId),

    /// A file to import contacts from.
    ImportFile {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// Save the imported ones as shared contacts, or as mine.
    ImportShared(bool),
    /// Take a row in, or leave it out.
    ImportToggle(usize),
    /// "Import".
    ImportConfirm,
    /// "Cancel" or "Close" of the import.
    ImportCancel,

    /// Typed into the search of conversations.
    SearchConversations(String),
    /// One of the filters above the column.
    FilterConversations(ColumnFilter),
    /// A row of the column.
    OpenConversation(ConversationId),
    /// The column was scrolled to its end.
    MoreConversations,
    /// The message icon: text or chat with them, from this number when one was chosen.
    Message {
        /// Them.
        peer: Peer,
        /// The own number that was chosen; the one last used with them otherwise.
        from: Option<PhoneNumber>,
    },
    /// "New Conversation".
    NewConversation,
    /// Typed into "Add Contact".
    RecipientQuery(CardKey, String),
    /// Enter, a comma, or "Add number to group": take what is typed.
    AddTyped(CardKey),
    /// One of the suggestions.
    AddRecipient(CardKey, Peer),
    /// The cross of a bubble.
    RemoveRecipient(CardKey, Peer),
    /// "Done".
    FinishRecipients(CardKey),

    /// Typed into a card's text box.
    Draft(CardKey, String),
    /// Files for a card's text box.
    Attach(CardKey, Vec<ChosenFile>),
    /// The cross of one.
    Detach(CardKey, MediaId),
    /// Enter or "Send".
    Submit(CardKey),
    /// "Send SMS using".
    SendUsing(CardKey, PhoneNumber),
    /// "Retry" at a message that could not be sent.
    Retry(MessageId),
    /// "Edit" at one: back into the text box.
    EditUnsent(MessageId),
    /// "Delete" at one.
    DeleteUnsent(MessageId),
    /// The timeline was scrolled near its top.
    LoadOlder(CardKey),
    /// The timeline came to its bottom, or left it.
    AtBottom(CardKey, bool),

    /// An action, by its keys or from the palette.
    Run(Command),
    /// Typed into the palette.
    PaletteQuery(String),
    /// The palette's mark goes on by so many.
    PaletteStep(isize),
    /// What is marked or clicked in it.
    PalettePick(Target),
    /// The palette or the sheet of shortcuts goes.
    CloseOverlay,

    /// Something about a card's window.
    Window(WindowAction),
    /// "Turn off notifications" and back.
    SetMuted(ConversationId, bool),
    /// "View Contact".
    ViewContact(ConversationId),
    /// A group's name.
    SetTitle(ConversationId, String),
    /// "Delete conversation": asks first.
    DeleteConversation(ConversationId),
    /// The answer to the question that is open.
    Answer(bool),
    /// A notice's action: "Undo".
    NoticeAction(u32),
    /// A notice's cross.
    DismissNotice(u32),

    /// My availability.
    SetAvailability(Availability),
    /// My status text.
    SetStatusText(String),
    /// Show my devices.
    LoadDevices,
    /// "Sign out there".
    EndDevice(DeviceId),

    /// "Reload" when a new version is ready, "Install", "Not now", "Make Halyard handle my links".
    App(AppCommand),
}

/// A field of the contact's form.
#[derive(Clone, Debug)]
pub enum ContactField {
    /// Everything but the numbers, as it stands now.
    Draft(Box<ContactDraft>),
    /// The numbers, as typed.
    Numbers(Vec<NumberField>),
}

/// What the server said.
#[derive(Clone, Debug)]
pub enum Net {
    /// The outcome of a request.
    Http(RequestId, HttpOutcome),
    /// The socket is open.
    SocketOpened,
    /// A frame came.
    SocketFrame(String),
    /// The socket is closed, or could not be opened; with the close code if there was one.
    SocketClosed(Option<u16>),
}

/// How a request ended.
pub type HttpOutcome = Result<HttpResponse, NetworkFailure>;

/// The server's answer.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The body, as text.
    pub body: String,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl core::fmt::Debug for HttpResponse {
    /// Never shows the body.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "status {}", self.status)
    }
}

/// No answer came: no network, the server is away, or it took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkFailure;

/// What the device's database answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Db {
    /// To [`DbCommand::Load`](crate::storage::DbCommand::Load).
    Loaded {
        /// What is kept.
        rows: Vec<Row>,
        /// Whose sealed rows are here.
        sealed: Vec<SealedLabel>,
    },
    /// To [`DbCommand::Read`](crate::storage::DbCommand::Read).
    Rows {
        /// What was asked for.
        range: Range,
        /// What is there, by key.
        rows: Vec<Row>,
        /// When there is more: where it begins.
        more: Option<String>,
    },
    /// A transaction is committed.
    Committed(Token),
    /// It was not: the device is full, its database is shut, or another user's.
    Failed(Token),
    /// The user's rows are sealed, or could not be.
    Sealed {
        /// Whose.
        user: UserId,
        /// Whether they are.
        done: bool,
        /// Whose sealed rows are here now.
        sealed: Vec<SealedLabel>,
    },
    /// The user who has signed in has a key; what was sealed of them is in its stores again, but for what another
    /// password had sealed.
    Unsealed {
        /// Whether anything was.
        restored: bool,
        /// Whose sealed rows are here now.
        sealed: Vec<SealedLabel>,
    },
    /// Sealed rows, opened to be read; nothing if the password opens none.
    Opened(Vec<Row>),
    /// There is no database on this device (private mode, blocked).
    Unavailable,
}

/// What concerns the tabs of this browser.
#[derive(Clone, Debug)]
pub enum Tab {
    /// This tab leads, or doesn't.
    Leads(bool),
    /// Another tab said so.
    Said(String),
}

/// What the browser can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Its name and system: "Firefox on Linux".
    pub name: String,
    /// Whether this is the installed app.
    pub installed: bool,
    /// Whether it may be said in passing that the app can be installed.
    pub hints: bool,
    /// Whether it can hand links of other pages over.
    pub links: bool,
}

/// What the browser says about the app as the device has it, and what it opens with it.
#[derive(Clone, Debug)]
pub enum App {
    /// All of the app is here, and the first screen is drawn.
    Whole,
    /// A newer release is on the device and waits.
    UpdateReady,
    /// It has taken over from the one that this page runs.
    ReleaseChanged,
    /// What the browser can do.
    Browser(Browser),
    /// The browser's dialog to install the app can be opened, or no longer.
    Installable(bool),
    /// The app was installed.
    Installed,
    /// The browser was asked to hand links over, or has refused.
    LinksAsked(bool),
    /// The app was opened at this address, by a link, a shortcut or another app.
    Launched(String),
    /// The app was opened with this file.
    File {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// What the browser or the device says.
#[derive(Clone, Debug)]
pub enum System {
    /// The app has started at this address, on a desk of this size.
    Started {
        /// Where.
        route: Route,
    },
    /// The tab is in front and has the focus, or no longer.
    Attention(bool),
    /// The tab may be gone at any moment: the page is hidden or unloads.
    Leaving,
    /// The device says that it has a network, or no longer.
    Online(bool),
    /// Back or Forward.
    Navigated(Route),
    /// The window's width and the desk's size in CSS pixels.
    Resized {
        /// Of the window.
        viewport: u32,
        /// Width of the desk.
        width: u32,
        /// Height of the desk.
        height: u32,
    },
    /// About the app as the device has it.
    App(App),
}
