//! What stands around the screens: session, rail, connection, notices, the open question.

use halyard_protocol::{Availability, MessageId, Peer, Permission, Presence, UserId};
use halyard_words::{self as words, Text, Word};

use super::AvatarView;
use crate::fact::{Offer, Question};
use crate::outbox::Progress;
use crate::route::Route;
use crate::session::{Attempt, PasswordLink, State};
use crate::softphone::Softphone;
use crate::storage::{Health, SealedLabel};
use crate::sync::Connection;

/// Which screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionView {
    /// Asking the server who is signed in.
    Starting,
    /// The server can't be reached yet; it is tried again by itself.
    Unreachable,
    /// The log-in.
    SignedOut {
        /// Who was signed in here last, as far as the device knows; empty if nobody.
        login: String,
        /// Whether an attempt is under way.
        busy: bool,
        /// Why the last one failed.
        error: Option<Text>,
        /// Whose conversations are kept here, sealed.
        sealed: Vec<SealedView>,
        /// Whether a password was just chosen by a link, to sign in with.
        chosen: bool,
    },
    /// The page of a link for a new password, over whatever there is.
    Choosing {
        /// Whether the server is being told.
        busy: bool,
        /// Why it did not take it.
        error: Option<Text>,
    },
    /// The softphone.
    SignedIn,
    /// The softphone, with the log-in over it: the session has ended.
    Expired {
        /// The log-in to go on with.
        login: String,
        /// Whether an attempt is under way.
        busy: bool,
        /// Why the last one failed.
        error: Option<Text>,
    },
}

/// Somebody's conversations that are kept on this device, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedView {
    /// Whose.
    pub user: UserId,
    /// Their log-in.
    pub login: String,
    /// What is kept, in words: "2 pinned conversations for 1001@harbor are saved on this device".
    pub words: Text,
}

/// The rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RailView {
    /// What is current.
    pub route: Route,
    /// Conversations with something unread.
    pub unread: u32,
    /// Narrow shapes: whether the column shows rather than a card.
    pub shows_column: bool,
    /// Whether the shape is narrow.
    pub narrow: bool,
}

/// The signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeView {
    /// Who.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// `1001@harbor`.
    pub login: String,
    /// Tenant's name.
    pub tenant: String,
    /// Avatar.
    pub avatar: AvatarView,
    /// What they say of themselves.
    pub availability: Availability,
    /// A few words of theirs.
    pub status_text: String,
    /// Whether they may edit shared contacts.
    pub edits_shared: bool,
    /// Whether a change of their password is under way.
    pub changing: bool,
    /// Why the last one failed.
    pub change_error: Option<Text>,
}

/// The connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionView {
    /// Whether the server is being followed.
    pub live: bool,
    /// Whether the device has no network.
    pub offline: bool,
    /// Whether the connection was lost, rather than never made.
    pub lost: bool,
    /// Messages that wait in the outbox.
    pub waiting: usize,
    /// Whether what is sealed here is read without a network.
    pub reading: bool,
    /// How the device's database is.
    pub storage: Health,
    /// Whether a message waits that the device does not keep: a reload would lose it.
    pub unstored: bool,
    /// The same text is on its way to several people, to each alone.
    pub round: Option<RoundView>,
}

/// The same text on its way to several people, to each alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundView {
    /// Its id, for "Stop".
    pub id: MessageId,
    /// How many have been sent.
    pub sent: u32,
    /// Of how many.
    pub all: u32,
    /// Why it does not go on, with the message to retry.
    pub held: Option<(MessageId, Text)>,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeView {
    /// Its id.
    pub id: u32,
    /// The words.
    pub text: Text,
    /// Whether something went wrong.
    pub is_error: bool,
    /// The action's label, if it has one.
    pub action: Option<Word>,
}

/// A question that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// The question.
    pub title: Text,
    /// What follows from a yes.
    pub text: Text,
    /// The yes, in a word.
    pub yes: Word,
    /// Whether it may be answered by [`crate::notices::NoticesAction::SendCards`], and undoes nothing.
    pub may_send: bool,
}

impl Softphone {
    /// Which screen shows.
    #[must_use]
    pub fn session_view(&self) -> SessionView {
        if let Some(PasswordLink { attempt: Attempt { busy, error, .. }, .. }) = &self.session.link {
            return SessionView::Choosing { busy: *busy, error: error.clone() };
        }
        match &self.session.state {
            State::Starting => SessionView::Starting,
            State::Unreachable => SessionView::Unreachable,
            State::SignedOut { attempt: Attempt { busy, error, .. } } => {
                let sealed = self.database.sealed.iter().map(sealed_view).collect();
                let login = match self.database.sealed.first() {
                    Some(label) if self.database.last_login.is_empty() => label.login.clone(),
                    Some(_) | None => self.database.last_login.clone(),
                };
                let chosen = self.session.chosen;
                SessionView::SignedOut { login, busy: *busy, error: error.clone(), sealed, chosen }
            }
            State::SignedIn(_) | State::Reading(_) => SessionView::SignedIn,
            State::Expired { me, attempt } => {
                SessionView::Expired { login: me.login(), busy: attempt.busy, error: attempt.error.clone() }
            }
        }
    }

    /// The rail.
    #[must_use]
    pub fn rail_view(&self) -> RailView {
        RailView {
            route: self.desk.route,
            unread: self.conversations.unread(),
            shows_column: self.desk.windows.shows_column(),
            narrow: self.desk.windows.is_narrow(),
        }
    }

    /// The signed-in user.
    #[must_use]
    pub fn me_view(&self) -> Option<MeView> {
        let me = self.me()?;
        Some(MeView {
            user: me.user.id,
            name: me.user.name.clone(),
            login: me.login(),
            tenant: me.tenant.name.clone(),
            avatar: AvatarView::of(&me.user.name, Some(me.user.id)),
            availability: me.user.availability,
            status_text: me.user.status_text.clone(),
            edits_shared: me.user.role.may(Permission::EditSharedContacts, false),
            changing: self.session.change.busy,
            change_error: self.session.change.error.clone(),
        })
    }

    /// The connection.
    #[must_use]
    pub fn connection_view(&self) -> ConnectionView {
        ConnectionView {
            live: self.sync.connection == Connection::Live,
            offline: !self.online,
            // Without a user there was no connection to lose: the screen itself says what is tried.
            lost: self.me().is_some() && self.sync.is_lost(),
            waiting: self.outbox.waiting(),
            reading: self.reading,
            storage: self.database.health,
            unstored: self.outbox.unstored().next().is_some(),
            round: self.outbox.progress().map(|Progress { round, sent, held }| RoundView {
                id: round.id,
                sent,
                all: round.people,
                held: held.map(|held| (held.row.id, held.state.why_parked().unwrap_or_default())),
            }),
        }
    }

    /// The notices, oldest first.
    #[must_use]
    pub fn notices_view(&self) -> Vec<NoticeView> {
        self.notices
            .shown()
            .iter()
            .map(|notice| NoticeView {
                id: notice.id,
                text: notice.text.clone(),
                is_error: notice.is_error,
                action: notice.offer.as_ref().map(Offer::word),
            })
            .collect()
    }

    /// The open question.
    #[must_use]
    pub fn question_view(&self) -> Option<QuestionView> {
        match self.notices.question()? {
            Question::DeleteConversation(id) => {
                let thread = self.conversations.get(*id)?;
                let name = self.conversation_name(&thread.conversation);
                Some(QuestionView {
                    title: words::delete_question(name),
                    text: words::DELETE_QUESTION_TEXT.into(),
                    yes: words::DELETE,
                    may_send: false,
                })
            }
            Question::RemovePerson(id, user) => {
                let group = self.conversation_name(&self.conversations.get(*id)?.conversation);
                let leaves = self.user() == Some(*user);
                let (title, text, yes) = if leaves {
                    (words::leave_question(group), words::LEAVE_QUESTION_TEXT, words::LEAVE)
                } else {
                    let name = self.peer_name(Peer::User(*user));
                    (words::remove_question(name, group), words::REMOVE_QUESTION_TEXT, words::REMOVE)
                };
                Some(QuestionView { title, text: text.into(), yes, may_send: false })
            }
            Question::Forget(user) => {
                let label = self.database.sealed.iter().find(|label| label.user == *user)?;
                Some(QuestionView {
                    title: words::forget_question(&label.login),
                    text: words::FORGET_QUESTION_TEXT.into(),
                    yes: words::REMOVE,
                    may_send: false,
                })
            }
            Question::SendAgain(_) => Some(QuestionView {
                title: words::SEND_AGAIN_QUESTION.into(),
                text: words::SEND_AGAIN_QUESTION_TEXT.into(),
                yes: words::SEND_AGAIN,
                may_send: false,
            }),
            Question::SignOut(waiting) => Some(QuestionView {
                title: words::SIGN_OUT_QUESTION.into(),
                text: words::sign_out_question_text(*waiting),
                yes: words::SIGN_OUT,
                may_send: false,
            }),
            Question::Cards { files, .. } => {
                let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
                Some(QuestionView {
                    title: words::cards_question(files.len()),
                    text: Text::as_is(names.join(", ")),
                    yes: words::IMPORT_CONTACTS,
                    may_send: true,
                })
            }
        }
    }

    /// A user's presence.
    #[must_use]
    pub fn presence_view(&self, user: UserId) -> Presence {
        let live = self.sync.connection == Connection::Live;
        match (self.me(), self.contacts.book.user(user)) {
            // One's own dot shows what one says, also in the moment before the server says so.
            (Some(me), _) if me.user.id == user => Presence::of(me.user.availability, live),
            (_, Some(known)) => Presence::of(known.availability, live && known.connected),
            (_, None) => Presence::Offline,
        }
    }

    /// Where the app stands.
    #[must_use]
    pub fn route(&self) -> Route {
        self.desk.route
    }
}

fn sealed_view(label: &SealedLabel) -> SealedView {
    let SealedLabel { user, ref login, pins, unsent, .. } = *label;
    let words = match (pins, unsent) {
        (0, 0) => words::saved_text(login),
        (pins, 0) => words::saved_pins(pins, login),
        (0, unsent) => words::saved_unsent(unsent, login),
        (pins, unsent) => words::saved_pins_and_unsent(pins, unsent, login),
    };
    SealedView { user, login: login.clone(), words }
}
