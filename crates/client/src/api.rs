//! The REST calls: what is asked, and how the answer reads.
//!
//! Owns the table of requests that are under way. Always holds: each request is answered once; an answer to one
//! that is not in the table is dropped.

use halyard_protocol::event::Favourite;
use halyard_protocol::rest::{
    ConversationsBefore, ImportContacts, MarkRead, SendMessage, SetFavourite, SignIn, UpdateConversation, UpdateMe,
};
use halyard_protocol::{
    Contact, ContactDraft, ContactId, Conversation, ConversationId, DeviceId, ErrorBody, ErrorCode, Media, MediaId,
    MessageId, Seq,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::conversations::Timeline;
use crate::effect::{Effect, FileCommand, HttpRequest, Method, RequestId};
use crate::event::HttpOutcome;
use crate::json;
use crate::sorted::SortedMap;
use crate::update::Update;

/// What was asked; kept until the answer comes, to know what it answers.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    SignIn,
    SignOut,
    Bootstrap,
    Contacts {
        generation: u32,
        after: Option<ContactId>,
    },
    SaveContact,
    /// Carries the contact, to put it back when the server refuses.
    DeleteContact(Box<Contact>),
    RestoreContact,
    Import,
    SetFavourite(Favourite, bool),
    Conversations,
    Conversation(ConversationId),
    /// Carries the timeline's epoch: the page of an earlier one is dropped.
    Messages(ConversationId, u32),
    Send(MessageId),
    /// Carries the message that waits for the file.
    Upload(MessageId, MediaId),
    MarkRead(ConversationId, Seq),
    UpdateConversation(ConversationId),
    /// Carries the conversation, to put it back when the server refuses.
    DeleteConversation(Box<Conversation>),
    /// Carries how often the log had said by then that it is deleted.
    RestoreConversation(ConversationId, u32),
    UpdateMe,
    Devices,
    /// Asks only whether the session still stands.
    Probe,
    EndDevice,
}

/// Why a call failed, as the user may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallError {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    /// The answer's status: says more than a code that this version does not know.
    pub(crate) status: u16,
    /// Milliseconds that the server asked to wait.
    pub(crate) retry_after: Option<u32>,
}

impl CallError {
    /// Whether the same request may succeed later: no network, an overloaded or restarting server, too many tries.
    pub(crate) fn is_temporary(&self) -> bool {
        // 408 and 425 are said by what stands between us and the server.
        matches!(self.status, 408 | 425 | 429) || self.status >= 500
    }

    fn unreadable() -> Self {
        Self {
            code: ErrorCode::Unknown,
            message: "The server's answer can't be read. Reload the app; it may have been updated.".to_owned(),
            status: ErrorCode::Unknown.status(),
            retry_after: None,
        }
    }

    fn unreachable() -> Self {
        Self {
            code: ErrorCode::Unavailable,
            message: "The server can't be reached. Check the network and try again.".to_owned(),
            status: ErrorCode::Unavailable.status(),
            retry_after: None,
        }
    }
}

/// The requests under way.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    last: u32,
    pending: SortedMap<RequestId, Call>,
}

impl Requests {
    pub(crate) fn take(&mut self, id: RequestId) -> Option<Call> {
        self.pending.remove(&id)
    }

    /// Forgets those that read conversations: a newer snapshot is here, and what they bring is of before it.
    pub(crate) fn forget_readings(&mut self) {
        self.pending.retain(|_, call| {
            !matches!(call, Call::Conversations | Call::Conversation(_) | Call::Messages(..) | Call::Bootstrap)
        });
    }

    /// Whether this conversation is being deleted.
    pub(crate) fn is_deleting(&self, id: ConversationId) -> bool {
        self.pending.values().any(|call| matches!(call, Call::DeleteConversation(going) if going.id == id))
    }

    /// Whether this contact is being deleted.
    pub(crate) fn is_deleting_contact(&self, id: ContactId) -> bool {
        self.pending.values().any(|call| matches!(call, Call::DeleteContact(going) if going.id == id))
    }

    /// Whether the server is being asked for everything.
    pub(crate) fn is_asking_all(&self) -> bool {
        self.pending.values().any(|call| matches!(call, Call::Bootstrap))
    }

    /// Whether the server has still to take a change that shows here already: it may refuse it, or never hear of it.
    pub(crate) fn is_changing(&self) -> bool {
        self.pending.values().any(|call| {
            matches!(
                call,
                Call::DeleteContact(_)
                    | Call::RestoreContact
                    | Call::SetFavourite(..)
                    | Call::UpdateConversation(_)
                    | Call::DeleteConversation(_)
                    | Call::RestoreConversation(..)
                    | Call::UpdateMe
            )
        })
    }

    /// Forgets all of them: their answers are no longer wanted.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }

    fn start(&mut self, call: Call, request: HttpRequest, out: &mut Update) {
        self.last += 1;
        let id = RequestId(self.last);
        self.pending.insert(id, call);
        out.effect(Effect::Http(id, request));
    }

    pub(crate) fn sign_in(&mut self, body: &SignIn, out: &mut Update) {
        self.start(Call::SignIn, with_body(Method::Post, "session".to_owned(), body), out);
    }

    pub(crate) fn sign_out(&mut self, out: &mut Update) {
        self.start(Call::SignOut, bare(Method::Delete, "session".to_owned()), out);
    }

    pub(crate) fn bootstrap(&mut self, out: &mut Update) {
        self.start(Call::Bootstrap, bare(Method::Get, "bootstrap".to_owned()), out);
    }

    pub(crate) fn contacts(&mut self, after: Option<ContactId>, generation: u32, out: &mut Update) {
        let mut path = String::from("contacts?limit=2000");
        if let Some(after) = after {
            path.push_str("&after=");
            path.push_str(&after.to_string());
        }
        self.start(Call::Contacts { generation, after }, bare(Method::Get, path), out);
    }

    pub(crate) fn save_contact(&mut self, id: ContactId, draft: &ContactDraft, out: &mut Update) {
        self.start(Call::SaveContact, with_body(Method::Put, item("contacts", id, ""), draft), out);
    }

    pub(crate) fn delete_contact(&mut self, contact: Contact, out: &mut Update) {
        let path = item("contacts", contact.id, "");
        self.start(Call::DeleteContact(Box::new(contact)), bare(Method::Delete, path), out);
    }

    pub(crate) fn restore_contact(&mut self, contact: &Contact, out: &mut Update) {
        let path = item("contacts", contact.id, "");
        self.start(Call::RestoreContact, with_body(Method::Put, path, &contact.to_draft()), out);
    }

    pub(crate) fn import(&mut self, body: &ImportContacts, out: &mut Update) {
        self.start(Call::Import, with_body(Method::Post, "contacts/import".to_owned(), body), out);
    }

    pub(crate) fn set_favourite(&mut self, favourite: Favourite, on: bool, out: &mut Update) {
        let body = SetFavourite { favourite, on };
        self.start(Call::SetFavourite(favourite, on), with_body(Method::Put, "favourites".to_owned(), &body), out);
    }

    pub(crate) fn conversations(&mut self, before: ConversationsBefore, out: &mut Update) {
        let path =
            ["conversations?limit=100&before_at=", &before.at.0.to_string(), "&before_id=", &before.id.to_string()]
                .concat();
        self.start(Call::Conversations, bare(Method::Get, path), out);
    }

    pub(crate) fn conversation(&mut self, id: ConversationId, out: &mut Update) {
        self.start(Call::Conversation(id), bare(Method::Get, item("conversations", id, "")), out);
    }

    pub(crate) fn messages(&mut self, conversation: ConversationId, timeline: &Timeline, out: &mut Update) {
        let mut path = item("conversations", conversation, "/messages?limit=50");
        if let Some(before) = timeline.before() {
            path.push_str("&before=");
            path.push_str(&before.to_string());
        }
        self.start(Call::Messages(conversation, timeline.epoch), bare(Method::Get, path), out);
    }

    pub(crate) fn send(&mut self, id: MessageId, body: &SendMessage, out: &mut Update) {
        let mut request = with_body(Method::Post, "messages".to_owned(), body);
        request.idempotency_key = Some(id);
        self.start(Call::Send(id), request, out);
    }

    pub(crate) fn upload(&mut self, message: MessageId, media: Media, content: String, out: &mut Update) {
        self.last += 1;
        let request = RequestId(self.last);
        self.pending.insert(request, Call::Upload(message, media.id));
        out.effect(Effect::Files(FileCommand::Upload { request, media, content }));
    }

    /// Whether a read position of this conversation is under way.
    pub(crate) fn is_marking_read(&self, id: ConversationId) -> bool {
        self.pending.values().any(|call| matches!(call, Call::MarkRead(known, _) if *known == id))
    }

    pub(crate) fn mark_read(&mut self, conversation: ConversationId, seq: Seq, out: &mut Update) {
        let path = item("conversations", conversation, "/read");
        self.start(Call::MarkRead(conversation, seq), with_body(Method::Post, path, &MarkRead { seq }), out);
    }

    pub(crate) fn update_conversation(&mut self, id: ConversationId, body: &UpdateConversation, out: &mut Update) {
        let path = item("conversations", id, "");
        self.start(Call::UpdateConversation(id), with_body(Method::Patch, path, body), out);
    }

    pub(crate) fn delete_conversation(&mut self, conversation: Conversation, out: &mut Update) {
        let path = item("conversations", conversation.id, "");
        self.start(Call::DeleteConversation(Box::new(conversation)), bare(Method::Delete, path), out);
    }

    pub(crate) fn restore_conversation(&mut self, id: ConversationId, removals: u32, out: &mut Update) {
        let path = item("conversations", id, "/restore");
        self.start(Call::RestoreConversation(id, removals), bare(Method::Post, path), out);
    }

    pub(crate) fn update_me(&mut self, body: &UpdateMe, out: &mut Update) {
        self.start(Call::UpdateMe, with_body(Method::Patch, "me".to_owned(), body), out);
    }

    pub(crate) fn probe(&mut self, out: &mut Update) {
        self.start(Call::Probe, bare(Method::Get, "session".to_owned()), out);
    }

    pub(crate) fn devices(&mut self, out: &mut Update) {
        self.start(Call::Devices, bare(Method::Get, "devices".to_owned()), out);
    }

    pub(crate) fn end_device(&mut self, id: DeviceId, out: &mut Update) {
        self.start(Call::EndDevice, bare(Method::Delete, item("devices", id, "")), out);
    }
}

fn item(noun: &str, id: impl core::fmt::Display, rest: &str) -> String {
    [noun, "/", &id.to_string(), rest].concat()
}

fn bare(method: Method, path: String) -> HttpRequest {
    HttpRequest { method, path: ["/api/v1/", &path].concat(), body: None, idempotency_key: None }
}

fn with_body(method: Method, path: String, body: &impl Serialize) -> HttpRequest {
    // Our own types have string keys and no foreign serializers: they always become JSON.
    HttpRequest { body: serde_json::to_string(body).ok(), ..bare(method, path) }
}

/// Reads an answer that has a body.
pub(crate) fn read<T: DeserializeOwned>(outcome: HttpOutcome) -> Result<T, CallError> {
    let body = succeeded(outcome)?;
    json::read(&body).map_err(|_| CallError::unreadable())
}

/// Whether the call succeeded; gives the body.
pub(crate) fn succeeded(outcome: HttpOutcome) -> Result<String, CallError> {
    let response = outcome.map_err(|_| CallError::unreachable())?;
    if (200..300).contains(&response.status) {
        return Ok(response.body);
    }
    let error = json::read::<ErrorBody>(&response.body).unwrap_or_else(|_| ErrorBody {
        // Not ours: a proxy's page, or a server that is just going down.
        code: if response.status >= 500 { ErrorCode::Unavailable } else { ErrorCode::Unknown },
        message: "The server gave an answer that can't be read. Try again.".to_owned(),
        field: None,
    });
    Err(CallError {
        code: error.code,
        message: error.message,
        status: response.status,
        retry_after: response.retry_after.map(|seconds| seconds.saturating_mul(1000)),
    })
}
