//! Effects: what the machine asks the browser to do. Data only; `src/adapters/` of the app carries them out.

use halyard_protocol::event::Favourite;
use halyard_protocol::{ContactId, Media, MediaId, MessageId};
use halyard_words::Text;

use crate::route::Route;
use crate::storage::DbCommand;
use crate::windows::CardKey;

/// Names a request until its answer comes; never used twice in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// A request's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request to our server, with the cookie of this origin.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Its method.
    pub method: Method,
    /// Path and query, from the root: `/api/v1/bootstrap`.
    pub path: String,
    /// The body: JSON, sent as `application/json`.
    pub body: Option<String>,
    /// For a message: its id, sent as `Idempotency-Key`.
    pub idempotency_key: Option<MessageId>,
}

impl core::fmt::Debug for HttpRequest {
    /// Never shows the body: it may hold a password or a message.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
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

/// What to do with the one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketCommand {
    /// Open it at this path, instead of one that may be open.
    Open(&'static str),
    /// Send this text; dropped when it is not open.
    Send(String),
    /// Close it, if it is open.
    Close,
}

/// What becomes of the socket.
#[derive(strum::IntoStaticStr, Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open.
    Opened,
    /// A frame came.
    Frame(String),
    /// It is closed, or could not be opened; with the close code if there was one.
    Closed(Option<u16>),
}

/// The timers that the machine sets, each by its key. Setting one again replaces it.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Ask for the first snapshot again, or tell the server again that the user has signed out.
    Bootstrap,
    /// Open the socket again.
    Reconnect,
    /// The socket has been silent for too long.
    SocketSilence,
    /// Something in the outbox may try again.
    Outbox,
    /// Read positions, pages of contacts and the like, which failed for now, may try again.
    CatchUp,
    /// The time of a notice is over.
    Notices,
    /// Somebody is no longer typing.
    Typing,
    /// What has changed is written to the device's database.
    Cache,
    /// The device's database has not answered for too long.
    Database,
    /// The leading tab has not answered in time.
    LeaderReply,
    /// Another tab has begun to write a message, and may have died before it said more.
    WrittenCheck,
    /// Midnight: times on screen read differently.
    Clock,
}

/// Where to put the keyboard focus. The views mark these places by the attribute `data-focus` with the value of
/// [`FocusTarget::attribute`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FocusTarget {
    /// A card's text box.
    Composer(CardKey),
    /// A new conversation's "Add Contact".
    Recipients(CardKey),
    /// The column's heading or list, when no card is left.
    Column,
    /// The search of the list that shows.
    Search,
    /// Where a file is chosen to import contacts from.
    Import,
    /// A form's first field.
    Form,
    /// The field that an error is about.
    Invalid,
    /// The log-in field.
    SignIn,
    /// The star of the details that show.
    Star,
    /// The name above the details that show.
    Details,
    /// Somebody's row in the list of contacts; if it is not drawn, as [`Self::Column`].
    Row(Favourite),
}

impl FocusTarget {
    /// The value of `data-focus` at this place: `composer:…`, `recipients:…` (with the card's [`CardKey::attribute`]),
    /// `column`, `search`, `import`, `form`, `invalid`, `sign-in`, `star`, `details`,
    /// `row:…`.
    #[must_use]
    pub fn attribute(self) -> String {
        match self {
            Self::Composer(card) => ["composer:", &card.attribute()].concat(),
            Self::Recipients(card) => ["recipients:", &card.attribute()].concat(),
            Self::Column => "column".to_owned(),
            Self::Search => "search".to_owned(),
            Self::Import => "import".to_owned(),
            Self::Form => "form".to_owned(),
            Self::Invalid => "invalid".to_owned(),
            Self::SignIn => "sign-in".to_owned(),
            Self::Star => "star".to_owned(),
            Self::Details => "details".to_owned(),
            Self::Row(Favourite::User(id)) => ["row:", &id.to_string()].concat(),
            Self::Row(Favourite::Contact(id)) => ["row:", &id.to_string()].concat(),
            Self::Row(Favourite::Unknown) => String::new(),
        }
    }
}

/// What to do with the app as the device has it.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppCommand {
    /// Keep the app's files on the device; report what the browser can do, and what the app is opened with from now on.
    Settle,
    /// Ask whether there is a newer release.
    Check,
    /// Let the one that waits take over.
    Update,
    /// Load the page again.
    Reload,
    /// Open the browser's dialog to install the app.
    Install,
    /// Never say in passing again that the app can be installed.
    HideHint,
    /// Ask the browser to open links of other pages here.
    HandleLinks,
    /// Report the files that were shared.
    TakeShared,
    /// Let the service worker send what waits once there is a network, should no page be open then.
    SendLater,
}

/// What is in a file.
#[derive(Clone, PartialEq, Eq)]
pub enum FileContent {
    /// The adapter has it, by the number under which it told of it.
    Chosen(u32),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl core::fmt::Debug for FileContent {
    /// Never shows the bytes.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Chosen(number) => write!(f, "chosen {number}"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// Whose a photo is that is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoOf {
    /// Of the contact that is written in the form.
    Form(ContactId),
    /// Of the row of the import that makes this contact.
    Import(ContactId),
}

/// What to do with a file of a message, or a contact's photo.
#[derive(Clone, PartialEq, Eq)]
pub enum FileCommand {
    /// Make it ready to be sent; reported as [`crate::composer::Files`]. A picture that has more bytes than `most` is made
    /// smaller, by the steps of [`crate::composer::STEPS`].
    Prepare {
        /// As which it will be sent.
        id: MediaId,
        /// What is in it.
        content: FileContent,
        /// How many bytes a picture may have; none where it stays as it is.
        most: Option<u32>,
    },
    /// Have these of the server's files on the device: their conversations are pinned.
    Fetch(Vec<MediaId>),
    /// Give it to the server; the outcome comes back as [`crate::event::Net::Http`] with this id. Then it is kept with what
    /// the server's files are kept with, for this device need not fetch it.
    Upload {
        /// The request.
        request: RequestId,
        /// The file.
        media: Media,
        /// Its content, as [`crate::storage::Store::Files`] has it.
        content: String,
    },
    /// Make a contact's photo small, by the steps of [`crate::contacts::photo::STEPS`]; reported as [`crate::Event::Photo`].
    Photo {
        /// Whose.
        of: PhotoOf,
        /// Its content in base 64.
        content: String,
    },
}

impl core::fmt::Debug for FileCommand {
    /// Never shows the content.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Prepare { id, .. } => write!(f, "prepare {id}"),
            Self::Fetch(ids) => write!(f, "fetch {} files", ids.len()),
            Self::Upload { media, .. } => write!(f, "upload {}", media.id),
            Self::Photo { of, .. } => write!(f, "photo {of:?}"),
        }
    }
}

/// What the machine asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A request; its outcome comes back as [`crate::event::Net::Http`] with this id.
    Http(RequestId, HttpRequest),
    /// The socket.
    Socket(SocketCommand),
    /// Call back as [`crate::Event::Timer`] after so many milliseconds.
    SetTimer(Timer, u32),
    /// Don't.
    CancelTimer(Timer),
    /// Put the focus there once the views have been drawn.
    Focus(FocusTarget),
    /// Say it to screen readers, politely.
    Announce(Text),
    /// Show this address; `replace` leaves no step for the Back button.
    Navigate {
        /// Where.
        route: Route,
        /// Whether it takes the place of the current one.
        replace: bool,
    },
    /// Scroll a card's timeline to its newest entry.
    ShowNewest(CardKey),
    /// Scroll a card's timeline to its line "New", and say then what is on screen.
    ShowUnread(CardKey),
    /// The id of the newest message that was written in this browser. To be kept where the next tab has it at its start, even if the
    /// database does not answer: ids follow the order of writing, whatever the clock says by then.
    KeepNewest(MessageId),
    /// The tab's title: the unread count, 0 for none.
    Title(u32),
    /// The device's database.
    Db(DbCommand),
    /// Sends this to the other tabs.
    SendToTabs(String),
    /// Takes the lead of the browser's tabs from one that does not answer.
    Lead,
    /// The app as the device has it.
    App(AppCommand),
    /// A file of a message, or a contact's photo.
    Files(FileCommand),
}
