//! Conversations and memberships.

use std::collections::BTreeMap;

use halyard_protocol::rest::{ConversationsBefore, EntriesPage};
use halyard_protocol::{
    Change, Conversation, ConversationId, ConversationKey, Entry, Message, PeerRead, PhoneNumber, Seq, StateVersion,
    SystemEvent, UnixMs, UserId,
};

use super::Server;

/// What the members of a conversation share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) key: ConversationKey,
    pub(crate) title: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) last_activity: UnixMs,
    pub(crate) members: BTreeMap<UserId, Member>,
}

/// What a conversation is to one of its members.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Member {
    pub(crate) hidden: bool,
    pub(crate) muted: bool,
    pub(crate) read_seq: Seq,
    pub(crate) unread: u32,
    pub(crate) cleared_seq: Seq,
    pub(crate) prior_cleared_seq: Seq,
    /// The place after which they take part, if not from the beginning.
    pub(crate) joined: Option<Seq>,
    pub(crate) removed_at: Option<UnixMs>,
    pub(crate) last_sent_at: Option<UnixMs>,
    /// When its read position changed last.
    pub(crate) read_version: StateVersion,
}

impl Shared {
    pub(crate) fn last_seq(&self) -> Seq {
        self.entries.len() as Seq
    }

    /// The messages, in order.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.entries.iter().filter_map(Entry::message)
    }

    /// Entries after a place that count as unread.
    fn unread_after(&self, user: UserId, seq: Seq) -> u32 {
        let is_text = self.key.kind().is_text();
        self.entries.iter().filter(|entry| entry.seq() > seq && entry.is_inbound(user, is_text)).count() as u32
    }
}

impl Server {
    /// A conversation as a member sees it; `None` when they are none, or have deleted it.
    pub(crate) fn conversation(&self, user: UserId, id: ConversationId) -> Option<Conversation> {
        let shared = self.conversations.get(&id)?;
        let member = shared.members.get(&user).filter(|member| !member.hidden)?;
        let is_chat = shared.key.users().is_some();
        let reads = shared.members.iter().filter(|(other, _)| is_chat && **other != user);
        Some(Conversation {
            opted_out: self.opted_out_of(&shared.key),
            id,
            kind: shared.key.kind(),
            own_number: shared.key.own_number(),
            peers: shared.key.peers(user),
            title: shared.title.clone(),
            last_seq: shared.last_seq(),
            last_entry: shared.entries.last().filter(|last| last.seq() > member.cleared_seq).cloned(),
            last_activity: shared.last_activity,
            read_seq: member.read_seq,
            unread: member.unread,
            cleared_seq: member.cleared_seq,
            muted: member.muted,
            last_sent_at: member.last_sent_at,
            reads: reads
                .map(|(other, member)| PeerRead { user: *other, seq: member.read_seq, joined: member.joined })
                .collect(),
        })
    }

    /// Who in it wants no texts.
    pub(super) fn opted_out_of(&self, key: &ConversationKey) -> Vec<PhoneNumber> {
        let ConversationKey::Text { own, remote } = key else { return Vec::new() };
        remote.iter().filter(|number| self.opted_out.contains(&(*own, **number))).copied().collect()
    }

    /// Somebody wants no texts from a number, or wants them again: whoever has a conversation of the two hears of it.
    pub(crate) fn opt(&mut self, own: PhoneNumber, number: PhoneNumber, out: bool) {
        if out {
            self.opted_out.insert((own, number));
        } else {
            self.opted_out.remove(&(own, number));
        }
        let with = |key: &ConversationKey| matches!(key, ConversationKey::Text { own: of, remote } if *of == own && remote.contains(&number));
        let known: Vec<ConversationId> =
            self.conversations.iter().filter(|(_, shared)| with(&shared.key)).map(|(id, _)| *id).collect();
        for id in known {
            for user in self.conversations[&id].members.keys().copied().collect::<Vec<_>>() {
                self.log_changed(user, id);
            }
        }
    }

    /// A page of conversations, newest first.
    pub(super) fn conversations_page(
        &self,
        user: UserId,
        before: Option<ConversationsBefore>,
    ) -> (Vec<Conversation>, Option<ConversationsBefore>) {
        let mut all: Vec<Conversation> =
            self.conversations.keys().filter_map(|id| self.conversation(user, *id)).collect();
        all.sort_by_key(|one| std::cmp::Reverse((one.last_activity, one.id)));
        all.retain(|one| before.is_none_or(|before| (one.last_activity, one.id) < (before.at, before.id)));
        let more = all.len() > self.page;
        all.truncate(self.page);
        let older = all.last().filter(|_| more);
        let older = older.map(|last| ConversationsBefore { at: last.last_activity, id: last.id });
        (all, older)
    }

    pub(super) fn entries_page(
        &self,
        user: UserId,
        id: ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Option<EntriesPage> {
        let shared = self.conversations.get(&id)?;
        let member = shared.members.get(&user).filter(|member| !member.hidden)?;
        let visible =
            |entry: &&Entry| entry.seq() > member.cleared_seq && before.is_none_or(|before| entry.seq() < before);
        let all: Vec<Entry> = shared.entries.iter().filter(visible).cloned().collect();
        let skip = all.len().saturating_sub(limit);
        Some(EntriesPage { entries: all[skip..].to_vec(), more: skip > 0 })
    }

    pub(super) fn log_changed(&mut self, user: UserId, id: ConversationId) {
        if let Some(view) = self.conversation(user, id) {
            self.log(user, Change::ConversationChanged { conversation: Box::new(view) });
        }
    }

    /// A user has seen the messages up to here.
    pub(crate) fn mark_read(&mut self, user: UserId, id: ConversationId, seq: Seq) -> bool {
        let Some(shared) = self.conversations.get_mut(&id) else { return false };
        let last = shared.last_seq();
        let Some(member) = shared.members.get(&user).copied().filter(|member| !member.hidden) else { return false };
        let seq = seq.min(last);
        if seq <= member.read_seq {
            return true;
        }
        let unread = shared.unread_after(user, seq.max(member.cleared_seq));
        self.state_version += 1;
        let read_version = self.state_version;
        shared.members.insert(user, Member { read_seq: seq, unread, read_version, ..member });
        true
    }

    pub(super) fn set_muted(&mut self, user: UserId, id: ConversationId, muted: bool) {
        let shared = self.conversations.get_mut(&id);
        if let Some(member) = shared.and_then(|shared| shared.members.get_mut(&user))
            && member.muted != muted
        {
            member.muted = muted;
            self.log_changed(user, id);
        }
    }

    /// A member gives a group its name, for all.
    pub(crate) fn set_title(&mut self, by: UserId, id: ConversationId, title: &str) {
        let Some(shared) = self.conversations.get_mut(&id).filter(|shared| shared.key.kind().is_group()) else {
            return;
        };
        if shared.title == title {
            return;
        }
        title.clone_into(&mut shared.title);
        self.group_changed(by, id, SystemEvent::Renamed { title: title.to_owned() });
    }

    /// A member adds people to a group chat; they see what comes from now on.
    pub(crate) fn add_people(&mut self, by: UserId, id: ConversationId, users: &[UserId]) -> bool {
        let Some(shared) = self.conversations.get_mut(&id) else { return false };
        let last = shared.last_seq();
        let ConversationKey::Group { users: people, .. } = &mut shared.key else { return false };
        let new: Vec<UserId> = users.iter().copied().filter(|user| !people.contains(user)).collect();
        if !people.contains(&by) || new.is_empty() {
            return people.contains(&by);
        }
        people.extend(&new);
        people.sort_unstable();
        let member = Member {
            read_seq: last,
            cleared_seq: last,
            prior_cleared_seq: last,
            joined: Some(last),
            ..Member::default()
        };
        shared.members.extend(new.iter().map(|user| (*user, member)));
        self.group_changed(by, id, SystemEvent::Joined { users: new });
        true
    }

    /// A member removes somebody from a group chat, perhaps themselves.
    pub(crate) fn remove_person(&mut self, by: UserId, id: ConversationId, user: UserId) -> bool {
        let Some(shared) = self.conversations.get_mut(&id) else { return false };
        let cleared_seq = shared.last_seq();
        let ConversationKey::Group { users: people, .. } = &mut shared.key else { return false };
        if !people.contains(&by) || !people.contains(&user) {
            return false;
        }
        people.retain(|known| *known != user);
        shared.members.remove(&user);
        self.log(user, Change::ConversationRemoved { conversation: id, cleared_seq });
        self.group_changed(by, id, SystemEvent::Left { users: vec![user] });
        true
    }

    /// Every member hears of the conversation as it is now, and of what happened to it.
    fn group_changed(&mut self, by: UserId, id: ConversationId, event: SystemEvent) {
        for user in self.conversations[&id].members.keys().copied().collect::<Vec<_>>() {
            self.log_changed(user, id);
        }
        self.add_line(by, id, event);
    }

    /// Deletes a conversation for a user.
    pub(crate) fn delete_conversation(&mut self, user: UserId, id: ConversationId) -> bool {
        let now = self.now;
        let Some(shared) = self.conversations.get_mut(&id) else { return false };
        let cleared_seq = shared.last_seq();
        let Some(member) = shared.members.get_mut(&user) else { return false };
        if !member.hidden {
            member.hidden = true;
            member.unread = 0;
            member.prior_cleared_seq = member.cleared_seq;
            member.cleared_seq = cleared_seq;
            member.removed_at = Some(now);
            self.log(user, Change::ConversationRemoved { conversation: id, cleared_seq });
        }
        true
    }

    /// Takes a deletion back.
    pub(super) fn restore_conversation(&mut self, user: UserId, id: ConversationId) -> Option<Conversation> {
        let shared = self.conversations.get_mut(&id)?;
        let member = *shared.members.get(&user)?;
        if member.removed_at.is_some() {
            let cleared_seq = member.prior_cleared_seq;
            let unread = shared.unread_after(user, member.read_seq.max(cleared_seq));
            let back = Member { hidden: false, removed_at: None, cleared_seq, unread, ..member };
            shared.members.insert(user, back);
            self.log_changed(user, id);
        }
        self.conversation(user, id)
    }
}
