//! What the app was opened with: links, shared texts, files.

use halyard_protocol::{ConversationKind, Peer};
use halyard_words as words;

use super::{Softphone, context, people};
use crate::context::Turn;
use crate::effect::{AppCommand, Effect, FocusTarget};
use crate::importing::ImportAction;
use crate::installation::Opening;
use crate::links::{self, LinkAction};
use crate::route::Route;
use crate::windows::CardKey;

impl Softphone {
    /// Does what the app was opened with, once somebody is signed in and what they have is here.
    pub(super) fn open_what_waits(&mut self, turn: &mut Turn<'_>) {
        if !self.session.is_signed_in() || self.session.is_asking_snapshot() || !self.installation.has_openings() {
            return;
        }
        for opening in self.installation.take_openings() {
            match opening {
                Opening::Address(address) => self.follow(links::parse(&address), turn),
                Opening::File(name, bytes) => self.take_file(name, bytes, turn),
            }
        }
    }

    fn follow(&mut self, link: LinkAction, turn: &mut Turn<'_>) {
        if let LinkAction::Go(route) = link {
            return self.go(route, false, turn);
        }
        // The address bar forgets it first: a reload, or Back, does not do it again.
        turn.effect(Effect::Navigate { route: self.desk.route, replace: true });
        if !self.desk.shows_cards() {
            self.go(Route::Chats(None), false, turn);
        }
        match link {
            LinkAction::Write { text, files: true, .. } => {
                turn.effect(Effect::App(AppCommand::TakeShared));
                let write = !text.is_empty();
                self.installation.sharing = write.then(|| self.write_to(Vec::new(), text, turn));
            }
            LinkAction::Write { people, text, .. } => {
                self.write_to(people, text, turn);
            }
            LinkAction::Call(number) => match self.people().named(&number) {
                Ok(peer) => self.message_peer(peer, None, turn),
                Err(_) => {
                    self.write_to(vec![number], String::new(), turn);
                }
            },
            LinkAction::Go(_) | LinkAction::Unknown => turn.complain(words::UNKNOWN_LINK),
        }
    }

    /// The card of the conversation with these people, or a new one with them; the text is added to its draft.
    fn write_to(&mut self, people: Vec<String>, text: String, turn: &mut Turn<'_>) -> CardKey {
        let mut peers = Vec::new();
        let mut refused = Vec::new();
        let mut why = None;
        for named in people {
            match self.people().named(&named) {
                Ok(peer) => peers.push((peer, named)),
                Err(error) => {
                    why = why.or(Some(error));
                    refused.push(named);
                }
            }
        }
        let known = if refused.is_empty() { self.known_conversation(&peers) } else { None };
        let known = known.or_else(|| self.begun_with(&peers, &text).filter(|_| refused.is_empty()));
        let card =
            known.unwrap_or_else(|| self.recipients.begin_fresh(turn.env, |card| !self.composer.drafts.has(card)));
        self.desk.open(card, context!(self, turn));
        if known.is_none() {
            for (peer, named) in peers {
                self.recipients.add(card, peer, people!(self), context!(self, turn));
                let Some(new) = self.recipients.get(card) else { continue };
                if !new.peers.contains(&peer) {
                    why = why.or_else(|| new.error.clone());
                    refused.push(named);
                }
            }
            if !refused.is_empty() {
                self.recipients.set_query(card, refused.join(", "), context!(self, turn));
                self.recipients.refuse(card, why.unwrap_or_default(), context!(self, turn));
            }
        }
        if !text.is_empty() {
            let draft = self.composer.drafts.get(card);
            // The same link once more adds nothing.
            let there = draft.strip_suffix(&*text).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
            if !there {
                let text = if draft.is_empty() { text } else { [draft, "\n", &text].concat() };
                self.type_draft(card, text, turn);
            }
        }
        let nobody = self.recipients.get(card).is_some_and(|new| new.peers.is_empty() || new.error.is_some());
        turn.focus(if nobody { FocusTarget::Recipients(card) } else { FocusTarget::Composer(card) });
        card
    }

    /// The card of a new conversation with exactly these people, whose text ends so.
    fn begun_with(&self, peers: &[(Peer, String)], text: &str) -> Option<CardKey> {
        let same = |card: &CardKey| {
            let new = self.recipients.get(*card);
            new.is_some_and(|new| !peers.is_empty() && new.peers.iter().eq(peers.iter().map(|(peer, _)| peer)))
                && self.composer.drafts.get(*card).ends_with(text)
        };
        self.recipients.cards().find(same)
    }

    fn known_conversation(&self, peers: &[(Peer, String)]) -> Option<CardKey> {
        let peers: Vec<Peer> = peers.iter().map(|(peer, _)| *peer).collect();
        let (_, key) = self.people().check(&peers, None).ok()?;
        let known = match key.kind() {
            ConversationKind::GroupChat => self.conversations.group_of(&peers, ""),
            ConversationKind::Chat | ConversationKind::Sms | ConversationKind::GroupMms | ConversationKind::Unknown => {
                self.conversations.get(key.id(self.me()?.tenant.id))
            }
        };
        known.map(|thread| CardKey::Conversation(thread.conversation.id))
    }

    /// A file that was opened with Halyard, or shared. Tables of contacts are imported, of cards the user says whether they are;
    /// what else can be sent goes into a new conversation, together with what is shared beside it.
    fn take_file(&mut self, name: String, bytes: Vec<u8>, turn: &mut Turn<'_>) {
        let kind = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match kind.as_str() {
            "vcf" | "vcard" => self.notices.ask_cards(name, bytes, turn),
            "csv" => self.import_file(name, bytes, turn),
            _ => self.attach_shared(vec![(name, bytes)], turn),
        }
    }

    pub(super) fn import_file(&mut self, name: String, bytes: Vec<u8>, turn: &mut Turn<'_>) {
        self.import.act(ImportAction::File { name, bytes }, &self.contacts.book, context!(self, turn));
    }

    pub(super) fn attach_shared(&mut self, files: Vec<(String, Vec<u8>)>, turn: &mut Turn<'_>) {
        let card = self.installation.sharing.filter(|card| self.recipients.get(*card).is_some());
        let card = card.unwrap_or_else(|| self.write_to(Vec::new(), String::new(), turn));
        self.installation.sharing = Some(card);
        let place = self.place_of(card);
        self.composer.attach_shared(card, &place, files, context!(self, turn));
    }
}
