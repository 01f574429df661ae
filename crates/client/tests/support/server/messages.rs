//! Accepting messages, taking in texts from outside, delivery reports.

use std::collections::BTreeMap;

use halyard_protocol::conversation::group_id;
use halyard_protocol::media::check_media;
use halyard_protocol::recipients::check_text;
use halyard_protocol::rest::SendMessage;
use halyard_protocol::{
    Author, Cause, CauseCode, Change, ConversationId, ConversationKey, Delivery, DeliveryState, Entry, EntryId,
    ErrorCode, Media, Message, MessageId, PhoneNumber, SenderId, Seq, SystemEvent, SystemLine, ToGroup, Ulid, UnixMs,
    UserId,
};

use super::{Member, Server, Shared};

/// The code, the cause and the detail of an answer that is an error.
type Refused = (ErrorCode, Option<Cause>, String);

fn rule(code: ErrorCode, error: impl Into<Cause> + ToString) -> Refused {
    let detail = error.to_string();
    (code, Some(error.into()), detail)
}

impl Server {
    /// Takes a message in, once for each id.
    pub(super) fn accept(&mut self, author: UserId, id: MessageId, request: &SendMessage) -> Result<Message, Refused> {
        let body = serde_json::to_string(request).unwrap_or_default();
        if let Some((before, conversation, seq)) = self.sent.get(&(author, id)) {
            let message = self.conversations[conversation].entries[*seq as usize - 1].message().expect("sent as one");
            return if *before == body {
                let mut message = message.clone();
                for delivery in &mut message.deliveries {
                    delivery.state = DeliveryState::Accepted;
                }
                Ok(message)
            } else {
                Err((
                    ErrorCode::IdempotencyConflict,
                    None,
                    "This message was already sent with another text.".to_owned(),
                ))
            };
        }
        let numbers = &self.accounts[&author].numbers;
        let own = numbers.iter().find(|own| Some(own.number) == request.to.from);
        if request.to.from.is_some() && own.is_none() {
            return Err((ErrorCode::NotYourNumber, None, "This number is not yours.".to_owned()));
        }
        let key = request.to.key(author, own).map_err(|error| rule(ErrorCode::InvalidRecipients, error))?;
        if !self.opted_out_of(&key).is_empty() {
            let because = CauseCode::RecipientOptedOut.into();
            return Err((ErrorCode::InvalidRecipients, Some(because), "They want no texts.".to_owned()));
        }
        let with_files = !request.media.is_empty();
        check_text(key.kind(), &request.body, with_files).map_err(|error| rule(ErrorCode::InvalidText, error))?;
        let mut media = Vec::new();
        for id in &request.media {
            let file = self.media.get(id).filter(|file| file.owner == author && !file.sent);
            let file = file.ok_or((ErrorCode::UnknownMedia, None, "One of the files is not here.".to_owned()))?;
            media.push(file.media.clone());
        }
        check_media(key.kind(), own, &media).map_err(|error| rule(ErrorCode::InvalidMedia, error))?;
        for id in &request.media {
            self.media.get_mut(id).expect("found above").sent = true;
        }
        let deliveries = match &key {
            ConversationKey::Chat(_) | ConversationKey::Group { .. } => Vec::new(),
            ConversationKey::Text { remote, .. } => remote.iter().map(|to| self.accepted(*to)).collect(),
            ConversationKey::Sender { .. } => unreachable!("nobody can write to one"),
        };
        if let Some(group) = &request.to.group {
            self.begin_group(author, group, &key)?;
        }
        let message = self.append_with(key, id, Author::User(author), request.body.clone(), media, deliveries);
        self.sent.insert((author, id), (body, message.conversation, message.seq));
        Ok(message)
    }

    /// A group that a message goes to has its author in it, and begins with it if it is not there.
    fn begin_group(&mut self, author: UserId, group: &ToGroup, key: &ConversationKey) -> Result<(), Refused> {
        let refused = || (ErrorCode::InvalidRecipients, Some(CauseCode::NotInGroup.into()), "Not in it.".to_owned());
        if let Some(shared) = self.conversations.get(&group.id) {
            return if shared.members.contains_key(&author) { Ok(()) } else { Err(refused()) };
        }
        let begin = group.begin.as_ref().ok_or_else(refused)?;
        if group_id(self.tenant.id, author, begin.nonce) != group.id {
            return Err(refused());
        }
        self.open(group.id, key);
        self.conversations.get_mut(&group.id).expect("opened above").title.clone_from(&begin.title);
        Ok(())
    }

    /// What happened to a conversation that is there. It brings it back to nobody.
    pub(super) fn add_line(&mut self, by: UserId, conversation: ConversationId, event: SystemEvent) {
        let id = EntryId(self.fresh_id());
        let (seq, at) = self.next_place(conversation);
        self.push(Entry::System(SystemLine { id, conversation, seq, at, by: Some(by), event }));
    }

    fn accepted(&self, to: PhoneNumber) -> Delivery {
        Delivery { to, state: DeliveryState::Accepted, cause: None, reason: None, at: self.now }
    }

    /// A text comes in from outside.
    pub(crate) fn receive(&mut self, from: PhoneNumber, to: PhoneNumber, text: &str) -> Message {
        let id = MessageId(self.fresh_id());
        self.append(ConversationKey::text(to, [from]), id, Author::Number(from), text.to_owned(), Vec::new())
    }

    /// A text comes in from a business that texts under a word.
    pub(crate) fn receive_from_sender(&mut self, sender: SenderId, to: PhoneNumber, text: &str) -> Message {
        let id = MessageId(self.fresh_id());
        let key = ConversationKey::Sender { own: to, sender };
        self.append(key, id, Author::Sender(sender), text.to_owned(), Vec::new())
    }

    /// A colleague writes in a chat, from a device that this test does not have.
    pub(crate) fn chat(&mut self, from: UserId, with: &[UserId], text: &str) -> Message {
        let id = MessageId(self.fresh_id());
        let key = ConversationKey::chat(with.iter().copied().chain([from]));
        self.append(key, id, Author::User(from), text.to_owned(), Vec::new())
    }

    /// The same in a group chat of its own.
    pub(crate) fn group(&mut self, from: UserId, nonce: Ulid, with: &[UserId], text: &str) -> Message {
        let id = MessageId(self.fresh_id());
        let key = ConversationKey::group(group_id(self.tenant.id, from, nonce), with.iter().copied().chain([from]));
        self.append(key, id, Author::User(from), text.to_owned(), Vec::new())
    }

    fn append(
        &mut self,
        key: ConversationKey,
        id: MessageId,
        author: Author,
        body: String,
        deliveries: Vec<Delivery>,
    ) -> Message {
        self.append_with(key, id, author, body, Vec::new(), deliveries)
    }

    fn append_with(
        &mut self,
        key: ConversationKey,
        id: MessageId,
        author: Author,
        body: String,
        media: Vec<Media>,
        deliveries: Vec<Delivery>,
    ) -> Message {
        let conversation = key.id(self.tenant.id);
        self.open(conversation, &key);
        let (seq, at) = self.next_place(conversation);
        let message = Message { id, conversation, seq, author, body, media, at, deliveries };
        self.push(Entry::Message(message.clone()));
        message
    }

    /// An entry of another kind joins a conversation that is there: `make` gets its id, its place and its time.
    pub(crate) fn add(&mut self, conversation: ConversationId, make: impl FnOnce(EntryId, Seq, UnixMs) -> Entry) {
        let id = EntryId(self.fresh_id());
        self.reopen(conversation);
        let (seq, at) = self.next_place(conversation);
        self.push(make(id, seq, at));
    }

    fn next_place(&mut self, conversation: ConversationId) -> (Seq, UnixMs) {
        let now = self.now;
        let shared = self.conversations.get_mut(&conversation).expect("opened before");
        shared.last_activity = shared.last_activity.max(now);
        (shared.last_seq() + 1, shared.last_activity)
    }

    /// The entry stands in its timeline; every member is told.
    fn push(&mut self, entry: Entry) {
        let (seq, at, author) = (entry.seq(), entry.at(), entry.message().map(|message| message.author));
        let shared = self.conversations.get_mut(&entry.conversation()).expect("opened before");
        shared.entries.push(entry.clone());
        let is_text = shared.key.kind().is_text();
        let mut told = Vec::new();
        for (user, member) in &mut shared.members {
            if author == Some(Author::User(*user)) {
                *member = Member { read_seq: seq, unread: 0, last_sent_at: Some(at), ..*member };
            } else if entry.is_inbound(*user, is_text) {
                member.unread += 1;
            }
            told.push((*user, member.unread, member.read_seq));
        }
        for (user, unread, read_seq) in told {
            self.log(user, Change::EntryAdded { entry: entry.clone(), unread, read_seq });
        }
    }

    /// The conversation exists, and nobody has it deleted any more; tells those for whom it is new or back.
    fn open(&mut self, id: ConversationId, key: &ConversationKey) {
        if self.conversations.contains_key(&id) {
            return self.reopen(id);
        }
        let told = match key {
            ConversationKey::Chat(users) | ConversationKey::Group { users, .. } => users.clone(),
            ConversationKey::Text { own, .. } | ConversationKey::Sender { own, .. } => self.users_of(*own),
        };
        let members: BTreeMap<UserId, Member> = told.iter().map(|user| (*user, Member::default())).collect();
        let last_activity = self.now;
        let (key, title) = (key.clone(), String::new());
        self.conversations.insert(id, Shared { key, title, entries: Vec::new(), last_activity, members });
        for user in told {
            self.log_changed(user, id);
        }
    }

    /// Nobody has the conversation deleted any more; tells those for whom it is back.
    fn reopen(&mut self, id: ConversationId) {
        let shared = self.conversations.get_mut(&id).expect("a conversation that is there");
        let mut told = Vec::new();
        for (user, member) in &mut shared.members {
            if std::mem::take(&mut member.hidden) {
                told.push(*user);
            }
        }
        for user in told {
            self.log_changed(user, id);
        }
    }

    /// The carrier reports on a message, for one recipient.
    pub(crate) fn report(&mut self, id: ConversationId, at: usize, to: usize, state: DeliveryState) {
        self.report_with(id, at, to, state, None);
    }

    /// The same, of a message that is not delivered, with a cause.
    pub(crate) fn report_failed(&mut self, id: ConversationId, at: usize, to: usize, cause: Option<Cause>) {
        self.report_with(id, at, to, DeliveryState::Failed, cause);
    }

    fn report_with(&mut self, id: ConversationId, at: usize, to: usize, state: DeliveryState, cause: Option<Cause>) {
        let now = self.now;
        let Some(shared) = self.conversations.get_mut(&id) else { return };
        let members: Vec<UserId> = shared.members.keys().copied().collect();
        let Some(message) = shared.entries.get_mut(at).and_then(Entry::message_mut) else { return };
        let Some(delivery) = message.deliveries.get_mut(to) else { return };
        let reason = (state == DeliveryState::Failed).then(|| format!("{} is not in service.", delivery.to));
        let report = Delivery { to: delivery.to, state, cause, reason, at: now };
        if delivery.apply(&report) {
            let change = Change::DeliveryChanged { conversation: id, message: message.id, delivery: report };
            for user in members {
                self.log(user, change.clone());
            }
        }
    }

    /// The texts of a conversation, in order.
    pub(crate) fn texts(&self, id: ConversationId) -> Vec<&str> {
        let messages = self.conversations.get(&id).map(Shared::messages).into_iter().flatten();
        messages.map(|message| message.body.as_str()).collect()
    }
}
