//! The REST interface.

use halyard_client::{HttpRequest, HttpResponse, Method};
use halyard_protocol::rest::{
    AddPeople, Bootstrap, ChangePassword, ConversationsBefore, ConversationsPage, Device, Devices, Imported, MarkRead,
    Me, PasswordChosen, SendMessage, SetFavourite, SignIn, UpdateConversation, UpdateMe, UsePasswordLink,
};
use halyard_protocol::{
    Cause, CauseCode, Change, ContactDraft, ContactId, ConversationId, DeviceId, ErrorBody, ErrorCode, Media, MediaId,
    MediaKind, UnixMs, UserId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{File, Server};

/// An answer, and the cookie that it sets.
type Answer = (HttpResponse, Option<DeviceId>);

impl Server {
    /// Answers a request that came with this cookie.
    pub(crate) fn answer(&mut self, cookie: Option<DeviceId>, request: &HttpRequest) -> Answer {
        let path = request.path.strip_prefix("/api/v1/").expect("a path of the interface");
        let asked = [request.method.as_str(), " ", path].concat();
        if let Some(at) = self.faults.iter().position(|fault| asked.starts_with(fault.asked)) {
            let fault = self.faults.remove(at).expect("found above");
            return (fault.answer, None);
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.split('/').collect();
        if (request.method, parts.as_slice()) == (Method::Post, &["session"][..]) {
            return self.sign_in(&body(request));
        }
        if (request.method, parts.as_slice()) == (Method::Post, &["password-links", "use"][..]) {
            return (self.use_password_link(body(request)), None);
        }
        let Some(user) = self.user_of(cookie) else {
            return (problem(ErrorCode::SignedOut, "Please sign in."), None);
        };
        (self.answer_user(user, cookie.expect("a session"), request, &parts, query), None)
    }

    fn sign_in(&mut self, request: &SignIn) -> Answer {
        let domain = ["@", &self.tenant.domain].concat();
        let account = self.accounts.values().find(|account| {
            request.login.strip_suffix(&domain) == Some(&account.user.extension) && account.password == request.password
        });
        let Some(user) = account.map(|account| account.user.id) else {
            return (problem(ErrorCode::WrongCredentials, "Wrong extension or password."), None);
        };
        let device = DeviceId(self.fresh_id());
        self.sessions.insert(device, user);
        (json(200, &self.me(user, device)), Some(device))
    }

    fn me(&self, user: UserId, device: DeviceId) -> Me {
        let account = &self.accounts[&user];
        let (user, numbers) = (account.user.clone(), account.numbers.clone());
        Me { user, tenant: self.tenant.clone(), numbers, device }
    }

    fn answer_user(
        &mut self,
        me: UserId,
        device: DeviceId,
        request: &HttpRequest,
        parts: &[&str],
        query: &str,
    ) -> HttpResponse {
        match (request.method, parts) {
            (Method::Delete, ["session"]) => {
                self.sessions.remove(&device);
                nothing()
            }
            (Method::Get, ["bootstrap"]) => json(200, &self.bootstrap(me, device)),
            (Method::Get, ["devices"]) => json(200, &self.devices(me, device)),
            (Method::Delete, ["devices", id]) => {
                self.sessions.remove(&id.parse().expect("an id"));
                nothing()
            }
            (Method::Delete, ["devices"]) => {
                self.end_other_sessions(me, device);
                nothing()
            }
            (Method::Put, ["me", "password"]) => self.change_password(me, device, body(request)),
            (Method::Get, ["session"]) => json(200, &self.me(me, device)),
            (Method::Patch, ["me"]) => {
                self.update_me(me, body(request));
                json(200, &self.me(me, device))
            }
            (Method::Put, ["favourites"]) => {
                let SetFavourite { favourite, on } = body(request);
                let key = (me, favourite);
                if on {
                    self.favourites.insert(key)
                } else {
                    self.favourites.remove(&key)
                };
                self.log(me, Change::FavouriteChanged { favourite, on });
                nothing()
            }
            (Method::Get, ["contacts"]) => json(200, &self.contacts_page(me, parameter(query, "after"))),
            (Method::Post, ["contacts", "import"]) => {
                json(200, &Imported { saved: self.import(me, body(request)) as u32 })
            }
            (Method::Put, ["contacts", id]) => {
                let (id, draft): (ContactId, ContactDraft) = (id.parse().expect("an id"), body(request));
                match self.contacts.get(&id).map(|saved| &saved.contact) {
                    Some(saved) if draft.version.is_some_and(|version| version != saved.version) => {
                        let cause = Some(CauseCode::ContactChanged.into());
                        let contact = Some(Box::new(saved.clone()));
                        json(409, &ErrorBody { contact, ..error(ErrorCode::Conflict, cause, "It was changed.") })
                    }
                    Some(_) | None => json(200, &self.save_contact(me, id, draft)),
                }
            }
            (Method::Delete, ["contacts", id]) => found(self.delete_contact(id.parse().expect("an id"))),
            (Method::Put, ["media", id]) => {
                let name = query.strip_prefix("name=").unwrap_or_default();
                self.take_file(me, id.parse().expect("an id"), name, request.body.as_deref().unwrap_or_default())
            }
            (Method::Post, ["messages"]) => self.send(me, request),
            (Method::Get, ["conversations"]) => {
                let before = parameter::<i64>(query, "before_at").zip(parameter(query, "before_id"));
                let before = before.map(|(at, id)| ConversationsBefore { at: UnixMs(at), id });
                let (conversations, older) = self.conversations_page(me, before);
                json(200, &ConversationsPage { conversations, older })
            }
            (method, ["conversations", id, rest @ ..]) => {
                self.answer_conversation(me, id.parse().expect("an id"), method, rest, request, query)
            }
            _ => panic!("no such address: {request:?}"),
        }
    }

    fn answer_conversation(
        &mut self,
        me: UserId,
        id: ConversationId,
        method: Method,
        rest: &[&str],
        request: &HttpRequest,
        query: &str,
    ) -> HttpResponse {
        match (method, rest) {
            (Method::Get, []) => maybe(self.conversation(me, id)),
            (Method::Get, ["entries"]) => {
                let limit = parameter(query, "limit").unwrap_or(100);
                maybe(self.entries_page(me, id, parameter(query, "before"), limit))
            }
            (Method::Post, ["read"]) => found(self.mark_read(me, id, body::<MarkRead>(request).seq)),
            (Method::Patch, []) => {
                let UpdateConversation { muted, title } = body(request);
                if self.conversation(me, id).is_none() {
                    return not_found();
                }
                if let Some(muted) = muted {
                    self.set_muted(me, id, muted);
                }
                if let Some(title) = title {
                    self.set_title(me, id, &title);
                }
                maybe(self.conversation(me, id))
            }
            (Method::Delete, []) => found(self.delete_conversation(me, id)),
            (Method::Post, ["people"]) => {
                let AddPeople { users } = body(request);
                if self.add_people(me, id, &users) { maybe(self.conversation(me, id)) } else { not_found() }
            }
            (Method::Delete, ["people", user]) => found(self.remove_person(me, id, user.parse().expect("an id"))),
            (Method::Post, ["restore"]) => maybe(self.restore_conversation(me, id)),
            _ => panic!("no such address: {request:?}"),
        }
    }

    fn bootstrap(&self, user: UserId, device: DeviceId) -> Bootstrap {
        let (conversations, older) = self.conversations_page(user, None);
        let unread =
            self.conversations.keys().filter_map(|id| self.conversation(user, *id)).filter(|one| one.unread > 0);
        let unread_older =
            unread.map(|one| one.id).filter(|id| conversations.iter().all(|here| here.id != *id)).collect();
        Bootstrap {
            me: self.me(user, device),
            cursor: self.newest(user),
            state_version: self.state_version,
            now: self.now,
            users: self.accounts.values().map(|account| account.user.clone()).collect(),
            former: self.former.clone(),
            favourites: self.favourites.iter().filter(|(of, _)| *of == user).map(|(_, entry)| *entry).collect(),
            conversations,
            older,
            unread_older,
        }
    }

    fn devices(&self, user: UserId, current: DeviceId) -> Devices {
        let mine = self.sessions.iter().filter(|(_, of)| **of == user).map(|(id, _)| *id);
        let device =
            |id| Device { id, name: String::new(), signed_in_at: self.now, seen_at: self.now, current: id == current };
        Devices { devices: mine.map(device).collect() }
    }

    fn end_other_sessions(&mut self, me: UserId, here: DeviceId) {
        self.sessions.retain(|device, user| *user != me || *device == here);
    }

    fn change_password(&mut self, me: UserId, here: DeviceId, change: ChangePassword) -> HttpResponse {
        let ChangePassword { current, new } = change;
        if let Some(refusal) = refused(&new) {
            return refusal;
        }
        let account = self.accounts.get_mut(&me).expect("a known user");
        if account.password != current {
            return refusal(ErrorCode::Forbidden, CauseCode::WrongPassword, "");
        }
        account.password = new;
        self.end_other_sessions(me, here);
        nothing()
    }

    fn use_password_link(&mut self, UsePasswordLink { token, password }: UsePasswordLink) -> HttpResponse {
        if let Some(refusal) = refused(&password) {
            return refusal;
        }
        let Some(user) = self.links.remove(&token) else {
            return refusal(ErrorCode::NotFound, CauseCode::LinkExpired, "");
        };
        let account = self.accounts.get_mut(&user).expect("a known user");
        account.password = password;
        let login = [&account.user.extension, "@", &self.tenant.domain].concat();
        self.sessions.retain(|_, of| *of != user);
        json(200, &PasswordChosen { login })
    }

    fn update_me(&mut self, me: UserId, update: UpdateMe) {
        let Some(account) = self.accounts.get_mut(&me) else { return };
        if let Some(availability) = update.availability {
            account.user.availability = availability;
        }
        if let Some(text) = update.status_text {
            account.user.status_text = text;
        }
        self.user_state_changed(me);
    }

    /// Takes a file, once for each id.
    fn take_file(&mut self, owner: UserId, id: MediaId, name: &str, content: &str) -> HttpResponse {
        let bytes: Vec<u8> = content.chars().map(|byte| u8::try_from(byte).expect("a byte")).collect();
        let Some(kind) = MediaKind::of(&bytes) else {
            return problem(ErrorCode::InvalidMedia, "This is no file that can be sent.");
        };
        let (size, name) = (bytes.len() as u32, name.to_owned());
        let media = Media { id, kind, name, size, width: 640, height: 480 };
        let file = File { owner, media, content: content.to_owned(), sent: false };
        let kept = self.media.entry(id).or_insert(file);
        if kept.owner == owner && kept.content == content {
            json(200, &kept.media)
        } else {
            problem(ErrorCode::Conflict, "This id belongs to another file.")
        }
    }

    fn send(&mut self, me: UserId, request: &HttpRequest) -> HttpResponse {
        let id = request.idempotency_key.expect("a message has its id as key");
        match self.accept(me, id, &body::<SendMessage>(request)) {
            Ok(message) => json(202, &message),
            Err((code, cause, detail)) => json(code.status(), &error(code, cause, &detail)),
        }
    }
}

/// Why a password can't be taken.
fn refused(password: &str) -> Option<HttpResponse> {
    let cause = match (password.chars().count(), password.len()) {
        (..8, _) => CauseCode::PasswordTooShort.limit(8),
        (_, 1_025..) => CauseCode::PasswordTooLong.limit(1_024),
        _ => return None,
    };
    Some(refusal(ErrorCode::Invalid, cause, ""))
}

/// An answer that is an error.
pub(crate) fn problem(code: ErrorCode, message: &str) -> HttpResponse {
    json(code.status(), &error(code, None, message))
}

/// The same, with a cause.
pub(crate) fn refusal(code: ErrorCode, cause: impl Into<Cause>, detail: &str) -> HttpResponse {
    json(code.status(), &error(code, Some(cause.into()), detail))
}

fn error(code: ErrorCode, cause: Option<Cause>, detail: &str) -> ErrorBody {
    ErrorBody { code, cause, detail: detail.to_owned(), message: detail.to_owned(), contact: None, field: None }
}

fn json(status: u16, body: &impl Serialize) -> HttpResponse {
    HttpResponse { status, body: serde_json::to_string(body).expect("it becomes JSON"), retry_after: None }
}

fn nothing() -> HttpResponse {
    HttpResponse { status: 204, body: String::new(), retry_after: None }
}

fn not_found() -> HttpResponse {
    problem(ErrorCode::NotFound, "Not found.")
}

fn found(there: bool) -> HttpResponse {
    if there { nothing() } else { not_found() }
}

fn maybe<T: Serialize>(thing: Option<T>) -> HttpResponse {
    thing.map_or_else(not_found, |thing| json(200, &thing))
}

fn body<T: DeserializeOwned>(request: &HttpRequest) -> T {
    let text = request.body.as_deref().expect("a body");
    serde_json::from_str(text).expect("a body that the interface takes")
}

fn parameter<T: std::str::FromStr>(query: &str, name: &str) -> Option<T> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    value.parse().ok()
}
