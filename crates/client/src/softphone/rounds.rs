//! Rounds: the same text to several people, to each alone, in a conversation of their own.
//!
//! Always holds: the messages of a round and the draft that they were change places in one transaction; whoever wants no texts is skipped,
//! and the user hears who.

use halyard_protocol::recipients::check_text;
use halyard_protocol::{ConversationKind, Destination, MessageId, Peer, PhoneNumber};
use halyard_words::{self as words, Text};

use super::{Softphone, context, people};
use crate::composer::{as_sent, draft_key};
use crate::context::Turn;
use crate::effect::{Effect, FocusTarget};
use crate::outbox::{OutboxRow, Progress, Round};
use crate::reasons;
use crate::storage::Token;
use crate::update::Changed;
use crate::windows::CardKey;

impl Softphone {
    /// Takes what is still in the field of a new conversation; says whether that was possible.
    pub(super) fn takes_each(&mut self, card: CardKey, turn: &mut Turn<'_>) -> bool {
        self.recipients.add_typed(card, people!(self), context!(self, turn));
        self.recipients.get(card).is_some_and(|new| new.query.trim().is_empty())
    }

    /// Why a text to each of these people alone can't be sent, before one looks at it.
    pub(crate) fn cannot_write_each(&self, card: CardKey) -> Result<PhoneNumber, Text> {
        if self.reading {
            return Err(words::OFFLINE_READING_ONLY.into());
        }
        let new = self.recipients.get(card).ok_or(words::CONVERSATION_GONE)?;
        let own = self.people().check_each(&new.peers, new.from).map_err(reasons::rule)?;
        if self.composer.drafts.files(card).is_empty() { Ok(own) } else { Err(words::FILES_NOT_ALONE.into()) }
    }

    /// The messages as they would leave: from which number, to whom, who is skipped, and the text; or what stands in the way.
    fn compose_each(&self, card: CardKey) -> Result<(PhoneNumber, Vec<Peer>, Option<Text>, String), Text> {
        let own = self.cannot_write_each(card)?;
        let draft = as_sent(ConversationKind::Sms, self.composer.drafts.get(card));
        check_text(ConversationKind::Sms, &draft, false).map_err(reasons::rule)?;
        let all = self.recipients.get(card).map(|new| new.peers.as_slice()).unwrap_or_default();
        let (skipped, out) = self.skipped(own, all);
        let to: Vec<Peer> = all.iter().filter(|peer| !out.contains(peer)).copied().collect();
        match skipped {
            Some(skipped) if to.is_empty() => Err(skipped),
            skipped => Ok((own, to, skipped, draft.trim_end().to_owned())),
        }
    }

    /// Who of these people would not get a text from this number, and the words for it.
    pub(crate) fn skipped(&self, own: PhoneNumber, peers: &[Peer]) -> (Option<Text>, Vec<Peer>) {
        let out = self.conversations.opted_out(own, peers);
        let words = || words::some_want_no_texts(self.names(&out), own.display(self.home()));
        ((!out.is_empty()).then(words), out)
    }

    /// Enter in a new conversation whose people get the text each alone.
    pub(super) fn write_each(&mut self, card: CardKey, turn: &mut Turn<'_>) {
        let (own, to, skipped, body) = match self.compose_each(card) {
            Ok(composed) => composed,
            Err(problem) => return self.composer.refuse(card, problem, context!(self, turn)),
        };
        let Some(author) = self.user() else { return };
        let (at, people) = (turn.env.now, u32::try_from(to.len()).unwrap_or(u32::MAX));
        let mut rows: Vec<OutboxRow> = Vec::new();
        for peer in to {
            let to = Destination::new(Some(own), vec![peer]);
            let Some(conversation) = self.open_thread(&to) else { continue };
            let id = self.outbox.next_id(turn.env);
            let round = Some(rows.first().map_or(id, |first| first.id));
            let row =
                OutboxRow { id, author, conversation, to, body: body.clone(), media: Vec::new(), at, round, people };
            self.put_out(&row, Vec::new(), turn);
            rows.push(row);
        }
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let token = Token::Round(first.id);
        turn.effect(Effect::KeepNewest(last.id));
        turn.announce(words::TEXTING_EACH_ALONE);
        if let Some(skipped) = skipped {
            turn.inform(skipped);
        }
        self.composer.drafts.set(card, String::new());
        self.composer.clear_problem(card);
        let draft = (self.database.loads == 0).then(|| draft_key(author, card));
        if draft.is_none() {
            // What the device has of an earlier time is none of this text.
            self.composer.drafts.unstored.insert(card);
        }
        self.keep_out(&rows, draft, token, turn);
        self.recipients.remove(card);
        self.desk.close(card, context!(self, turn));
    }

    /// "Stop": who did not get the text is in a new conversation with it.
    pub(super) fn stop_round(&mut self, round: MessageId, turn: &mut Turn<'_>) {
        let left = self.outbox.of_round(round).filter(|message| message.state.can_be_taken_back());
        let rows: Vec<OutboxRow> = left.map(|message| message.row.clone()).collect();
        let Some(first) = rows.first() else { return turn.inform(words::STOPPED_TOO_LATE) };
        let card = self.recipients.begin_fresh(turn.env, |card| !self.composer.drafts.has(card));
        let people = rows.iter().flat_map(|row| &row.to.peers).copied().collect();
        self.recipients.put_each(card, people, first.to.from, context!(self, turn));
        // The draft is kept before the messages are forgotten: at no moment is the text nowhere.
        self.put_before_draft(card, &first.body, turn);
        for row in &rows {
            self.outbox.remove(row.id);
            self.taken_back(row, true, turn);
        }
        self.show_cards(turn);
        self.desk.open(card, context!(self, turn));
        turn.focus(FocusTarget::Composer(card));
        turn.inform(words::ROUND_STOPPED);
    }

    /// Says how many have got the text of a round, if that is over.
    pub(super) fn say_how_round_ended(&self, round: Option<Round>, turn: &mut Turn<'_>) {
        let Some(round) = round.filter(|round| self.outbox.is_over(*round)) else { return };
        let Progress { sent, .. } = self.outbox.progress_of(round);
        turn.inform(if sent == round.people {
            words::round_done(sent)
        } else {
            words::round_done_some(sent, round.people)
        });
        turn.changed(Changed::Connection);
    }
}
