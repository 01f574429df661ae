//! Whatever comes, in whatever order, from whomever: the machine takes it without a panic, and what is on screen is
//! what the machine holds.

use halyard_client::SocketEvent;
use halyard_client::commands::Target;
use halyard_client::composer::ChosenFile;
use halyard_client::composer::ComposerAction;
use halyard_client::contacts::ContactField;
use halyard_client::contacts::ContactsAction;
use halyard_client::contacts::{ContactsFilter, NumberField};
use halyard_client::conversations::ColumnFilter;
use halyard_client::conversations::ConversationsAction;
use halyard_client::devices::DevicesAction;
use halyard_client::importing::ImportAction;
use halyard_client::installation::AppEvent;
use halyard_client::notices::NoticesAction;
use halyard_client::outbox::OutboxAction;
use halyard_client::overlay::OverlayAction;
use halyard_client::recipients::RecipientsAction;
use halyard_client::session::SessionAction;
use halyard_client::storage::Db;
use halyard_client::storage::{Health as Storage, Range, Reason, Row, Store, Token};
use halyard_client::windows::{Grip, SnapZone, WindowAction};
use halyard_client::{
    AppCommand, CardKey, Command, Event, HttpResponse, Net, NetworkFailure, RequestId, Route, System, Timer, Ui,
};
use halyard_protocol::conversation::group_id;
use halyard_protocol::event::Favourite;
use halyard_protocol::{
    Availability, Change, ContactId, ConversationId, ConversationKey, DeliveryState, LoggedEvent, MediaId, MessageId,
    Peer, ReadPosition, ServerFrame, Ulid, UnixMs, UserId, UserState,
};
use proptest::prelude::*;

use crate::support::device::Health;
use crate::support::people::{ANA, BEN, DEVON, FRONT_DESK, MAYA, PRIYA, SALES, STRANGER, number};
use crate::support::{World, cases};

/// Commands of each kind.
const COMMANDS: [Command; 12] = [
    Command::Palette,
    Command::Shortcuts,
    Command::NewConversation,
    Command::Import,
    Command::Settings,
    Command::NextCard,
    Command::Fullscreen,
    Command::Pin,
    Command::Minimise,
    Command::Snap(SnapZone::TopLeft),
    Command::Move(16, 0),
    Command::Close,
];

/// Three numbers to choose by, and something typed.
type Raw = (u8, u8, u8, String);

fn raw() -> impl Strategy<Value = Raw> {
    let typed = prop_oneof![
        Just(String::new()),
        Just("Ana".to_owned()),
        Just("1002".to_owned()),
        Just("619-555-0142, Ben; +16195550177".to_owned()),
        Just("{\"type\":\"ping\"}".to_owned()),
        ".{0,12}",
    ];
    (any::<u8>(), any::<u8>(), any::<u8>(), typed)
}

struct Test {
    world: World,
    conversations: Vec<ConversationId>,
    users: Vec<UserId>,
}

impl Test {
    fn new() -> Self {
        let mut world = World::new();
        world.server.page = 2;
        let users = [MAYA, DEVON, PRIYA].map(|extension| world.server.user(extension)).to_vec();
        let tenant = world.server.tenant.id;
        let keys = [
            ConversationKey::text(number(FRONT_DESK), [number(ANA)]),
            ConversationKey::text(number(SALES), [number(ANA)]),
            ConversationKey::chat([users[0], users[1]]),
            ConversationKey::chat(users.clone()),
            ConversationKey::text(number(FRONT_DESK), [number(STRANGER)]),
            ConversationKey::group(group_id(tenant, users[1], Ulid::from_bits(7)), users.clone()),
        ];
        let conversations = keys.map(|key| key.id(tenant)).to_vec();
        world.server.receive(number(ANA), number(FRONT_DESK), "one");
        world.server.receive(number(ANA), number(SALES), "two");
        world.server.chat(users[1], &users, "three");
        world.server.group(users[1], Ulid::from_bits(7), &users, "four");
        world.signed_in(MAYA);
        Self { world, conversations, users }
    }

    fn conversation(&self, a: u8) -> ConversationId {
        self.conversations[usize::from(a) % self.conversations.len()]
    }

    fn card(&self, a: u8) -> CardKey {
        if a.is_multiple_of(3) {
            let new = self.world.new_cards(0);
            new.get(usize::from(a / 3 % 3)).copied().unwrap_or(CardKey::New(0))
        } else {
            CardKey::Conversation(self.conversation(a))
        }
    }

    fn user(&self, a: u8) -> UserId {
        self.users[usize::from(a) % self.users.len()]
    }

    fn peer(&self, a: u8) -> Peer {
        let numbers = [ANA, BEN, STRANGER, FRONT_DESK];
        if a.is_multiple_of(2) {
            Peer::User(self.user(a / 2))
        } else {
            Peer::Number(number(numbers[usize::from(a / 2) % 4]))
        }
    }

    fn entry(&self, a: u8) -> Favourite {
        if a.is_multiple_of(2) { Favourite::User(self.user(a)) } else { Favourite::Contact(contact(a)) }
    }

    fn route(&self, a: u8) -> Route {
        match a % 5 {
            0 => Route::Home,
            1 => Route::Chats(None),
            2 => Route::Chats(Some(self.conversation(a / 5))),
            3 => Route::Contacts(Some(self.entry(a / 5))),
            _ => Route::Settings,
        }
    }

    fn message(&mut self, a: u8) -> MessageId {
        let outbox = self.world.devices[0].outbox();
        let kept = outbox.get(usize::from(a) % outbox.len().max(1)).map(|row| row.id);
        kept.unwrap_or(MessageId(Ulid::from_bits(a.into())))
    }

    fn step(&mut self, (kind, a, b, text): Raw) {
        match kind % 9 {
            0..=3 => {
                let ui = self.ui(a, b, text);
                self.world.ui(0, ui);
            }
            4 => {
                let event = self.event(a, b, text);
                self.world.handle(0, event);
            }
            5 => {
                let frame = self.frame(a, b, text);
                self.world.frame(0, &frame);
            }
            6 => self.server(a, b, &text),
            7 => self.device(a, b),
            _ => {
                self.world.commit(0);
                self.world.prepare(0);
                self.world.carry(0, usize::from(a % 3), crate::support::Fate::Answered);
                self.world.deliver_answer(0, usize::from(b % 3));
                self.world.follow(0, usize::from(b % 5) + 1);
            }
        }
    }

    fn ui(&mut self, a: u8, b: u8, text: String) -> Ui {
        let (card, id, peer, entry) = (self.card(b), self.conversation(b), self.peer(b), self.entry(b));
        match a % 60 {
            0 => Ui::Session(SessionAction::SignIn {
                login: "1001@harbor".to_owned(),
                password: "tide-1001".to_owned(),
                device: text,
            }),
            1 => Ui::Session(SessionAction::SignOut),
            2 | 3 => Ui::Navigate(self.route(b)),
            4 => Ui::Contacts(ContactsAction::Search(text)),
            5 => Ui::Contacts(ContactsAction::Filter(
                [ContactsFilter::All, ContactsFilter::Mine, ContactsFilter::Favourites][b as usize % 3],
            )),
            6 => Ui::Contacts(ContactsAction::Select(Some(entry))),
            7 => Ui::Contacts(ContactsAction::SetFavourite(entry, b > 99)),
            8 => Ui::Contacts(ContactsAction::New((b > 99).then(|| number(STRANGER)))),
            9 => Ui::Contacts(ContactsAction::Edit(contact(b))),
            10 => Ui::Contacts(ContactsAction::Field(ContactField::Numbers(vec![NumberField {
                text,
                ..NumberField::default()
            }]))),
            11 if b > 200 => Ui::Session(SessionAction::Forget(self.user(b))),
            11 if b > 180 => {
                let current = "tide-1001".to_owned();
                Ui::Session(SessionAction::ChangePassword { new: current.clone(), current })
            }
            11 if b > 170 => Ui::Devices(DevicesAction::EndOthers),
            11 if b > 160 => Ui::Session(SessionAction::ChoosePassword("tide-1001".to_owned())),
            11 if b > 130 => Ui::Session(SessionAction::LeaveLink),
            11 => Ui::Contacts(ContactsAction::Save),
            12 => Ui::Contacts(ContactsAction::Cancel),
            13 => Ui::Contacts(ContactsAction::Delete(contact(b))),
            14 => Ui::Import(ImportAction::File { name: "people.vcf".to_owned(), bytes: text.into_bytes() }),
            15 if b < 40 => Ui::Import(ImportAction::Encoding(usize::from(b % 2), Some(b.into()))),
            15 if b < 80 => Ui::Import(ImportAction::Map(usize::from(b % 2), 1, Some(b.into()))),
            15 => Ui::Import(ImportAction::Shared(b > 99)),
            16 if b > 250 => Ui::Import(ImportAction::All(b > 252)),
            16 => Ui::Import(ImportAction::Toggle(b.into())),
            17 => Ui::Import(ImportAction::Confirm),
            18 => Ui::Import(ImportAction::Cancel),
            19 => Ui::Conversations(ConversationsAction::Search(text)),
            20 => Ui::Conversations(ConversationsAction::Filter(
                [ColumnFilter::All, ColumnFilter::Unread, ColumnFilter::Sms, ColumnFilter::Undelivered][b as usize % 4],
            )),
            21 | 22 => Ui::Conversations(ConversationsAction::Open(id)),
            23 => Ui::Conversations(ConversationsAction::More),
            24 => Ui::Conversations(ConversationsAction::Message { peer, from: (a > 99).then(|| number(SALES)) }),
            25 => Ui::NewConversation,
            26 => Ui::Recipients(card, RecipientsAction::Query(text)),
            27 => Ui::Recipients(card, RecipientsAction::AddTyped),
            28 => Ui::Recipients(card, RecipientsAction::Add(peer)),
            29 => Ui::Recipients(card, RecipientsAction::Remove(peer)),
            30 if b > 130 => Ui::Recipients(card, RecipientsAction::Alone(b > 170)),
            30 => Ui::Recipients(card, RecipientsAction::Finish),
            31 | 32 => Ui::Composer(card, ComposerAction::Draft(text)),
            33 | 34 => Ui::Composer(card, ComposerAction::Submit),
            35 => Ui::Composer(card, ComposerAction::SendUsing(number([FRONT_DESK, SALES, STRANGER][b as usize % 3]))),
            36 => Ui::Outbox(OutboxAction::Retry(self.message(b))),
            37 => Ui::Outbox(OutboxAction::Edit(self.message(b))),
            38 if b > 200 => Ui::Outbox(OutboxAction::Stop(self.message(b))),
            38 => Ui::Outbox(OutboxAction::Delete(self.message(b))),
            39 => Ui::Conversations(ConversationsAction::LoadOlder(card)),
            40 => Ui::Conversations(ConversationsAction::Scrolled {
                card,
                at_bottom: b > 99,
                last: b.is_multiple_of(2).then(|| self.message(b).into()),
                to_unread: a > 99,
            }),
            41 => Ui::Window(self.window(b)),
            42 => Ui::Conversations(ConversationsAction::SetMuted(id, b > 99)),
            43 => Ui::Conversations(ConversationsAction::ViewContact(id)),
            44 => Ui::Conversations(match b % 4 {
                0 => ConversationsAction::AddPerson(id, self.user(a)),
                1 => ConversationsAction::RemovePerson(id, self.user(a)),
                2 => ConversationsAction::Leave(id),
                _ => ConversationsAction::SetTitle(id, text),
            }),
            45 => Ui::Conversations(ConversationsAction::Delete(id)),
            46 => Ui::Notices(NoticesAction::Answer(b > 60)),
            47 => Ui::Notices(NoticesAction::Accept(u32::from(b % 8))),
            48 => Ui::Session(SessionAction::SetAvailability(Availability::Busy)),
            49 | 50 => Ui::Run(COMMANDS[b as usize % COMMANDS.len()]),
            51 => Ui::Overlay(OverlayAction::Query(text)),
            52 => Ui::Overlay(OverlayAction::Step(isize::from(b) - 9)),
            53 => Ui::Overlay(OverlayAction::Pick(match b % 5 {
                0 => Target::Card(card),
                1 => Target::Conversation(id),
                2 => Target::Peer(peer),
                3 => Target::Details(entry),
                _ => Target::Command(COMMANDS[b as usize % COMMANDS.len()]),
            })),
            54 => Ui::Overlay(OverlayAction::Close),
            55 => Ui::App(
                [AppCommand::Update, AppCommand::Install, AppCommand::HideHint, AppCommand::HandleLinks]
                    [b as usize % 4],
            ),
            56 | 57 => {
                let content = [&b"\xFF\xD8\xFF\xE0\0\x10"[..], b"%PDF-1.7", b"MZ"][b as usize % 3].to_vec();
                let number = self.world.devices[0].chosen.len() as u32 + 1_000;
                self.world.devices[0].chosen.insert(number, content.clone());
                let size = [content.len() as u64, 700_000, u64::MAX][b as usize / 3 % 3];
                Ui::Composer(card, ComposerAction::Attach(vec![ChosenFile { number, name: text, size, head: content }]))
            }
            58 => {
                let file = self.world.phone(0).composer_view(card).files.first().map(|file| file.id);
                Ui::Composer(card, ComposerAction::Detach(file.unwrap_or(MediaId(self.message(b).0))))
            }
            _ => Ui::Session(SessionAction::SetStatusText(text)),
        }
    }

    fn window(&self, b: u8) -> WindowAction {
        let card = self.card(b / 8);
        let (x, y) = (i32::from(b) * 5, i32::from(b) * 3);
        match b % 11 {
            0 => WindowAction::Close(card),
            1 => WindowAction::Minimise(card),
            2 => WindowAction::Restore(card),
            3 => WindowAction::ToggleFullscreen(card),
            4 => WindowAction::Back,
            5 if b > 128 => WindowAction::SetPinned(card, b > 190),
            5 => WindowAction::Tile,
            6 => WindowAction::FocusNext,
            7 => WindowAction::StartDrag { card, grip: Grip::Title, x, y },
            8 => WindowAction::Drag { x, y },
            9 => WindowAction::EndDrag { x, y },
            _ => WindowAction::Focus(card),
        }
    }

    fn event(&mut self, a: u8, b: u8, text: String) -> Event {
        let request = RequestId(u32::from(b));
        match a % 12 {
            0 => Event::Net(Net::Http(request, Err(NetworkFailure))),
            1 => Event::Net(Net::Http(request, Ok(HttpResponse { status: 200, body: text, retry_after: None }))),
            2 => Event::Net(Net::Http(request, Ok(HttpResponse { status: 401, body: text, retry_after: Some(3) }))),
            3 => Event::Net(Net::Socket(SocketEvent::Opened)),
            4 => Event::Net(Net::Socket(SocketEvent::Closed([None, Some(4401), Some(1013)][b as usize % 3]))),
            5 => Event::Net(Net::Socket(SocketEvent::Frame(text))),
            6 => {
                let row = Row { store: Store::ALL[b as usize % Store::ALL.len()], key: text.clone(), text };
                Event::Db(
                    [
                        Db::Loaded { rows: vec![row.clone()], sealed: Vec::new() },
                        Db::Rows { range: Range::all(row.store), rows: vec![row.clone()], more: Some(row.key.clone()) },
                        Db::Opened(vec![row]),
                    ][b as usize % 3]
                        .clone(),
                )
            }
            7 => {
                let token = Token::Message(self.message(b));
                let answers = [
                    Db::Committed(token),
                    Db::Failed(token, Reason::Shut),
                    Db::Committed(Token::Cache),
                    Db::Failed(Token::Cache, Reason::Full),
                    Db::Unavailable,
                    Db::NotRead(Range::all(Store::Outbox)),
                    Db::NotUnsealed,
                    Db::Health(Storage::Silent),
                    Db::Health(Storage::Blocked),
                    Db::Health(Storage::Works),
                    Db::Health(Storage::SetAside),
                    Db::Health(Storage::Reopened),
                    Db::Health(Storage::Newer),
                ];
                Event::Db(answers[b as usize % answers.len()].clone())
            }
            8 => {
                Event::Timer([Timer::Bootstrap, Timer::Reconnect, Timer::SocketSilence, Timer::Outbox][b as usize % 4])
            }
            9 => Event::Timer(
                [Timer::CatchUp, Timer::Notices, Timer::Clock, Timer::Cache, Timer::WrittenCheck][b as usize % 5],
            ),
            10 => Event::System(System::Resized {
                viewport: u32::from(b) * 8,
                width: u32::from(b) * 4,
                height: u32::from(a) * 4,
            }),
            11 if b > 199 => Event::System(System::App(match b % 7 {
                0 => AppEvent::Whole,
                1 => AppEvent::UpdateReady,
                2 => AppEvent::ReleaseChanged,
                3 => AppEvent::File { name: [&text, ".vcf"].concat(), bytes: text.into_bytes() },
                4 => AppEvent::Launched(text),
                5 => AppEvent::Launched(["/password#", &text].concat()),
                _ => AppEvent::Launched(["/open?url=sms:", &text].concat()),
            })),
            _ => Event::System(
                [
                    System::Attention(
                        [
                            halyard_client::Attention::Hidden,
                            halyard_client::Attention::Shows,
                            halyard_client::Attention::Focused,
                        ][b as usize / 4 % 3],
                    ),
                    System::Online(b > 99),
                    System::Navigated(self.route(b / 3)),
                    System::Leaving,
                ][b as usize % 4]
                    .clone(),
            ),
        }
    }

    /// A frame that this server would not send now.
    fn frame(&self, a: u8, b: u8, text: String) -> String {
        let conversation = self.conversation(b);
        let (user, version) = (self.user(b), b.into());
        let frame = match a % 8 {
            0 => return text,
            1 => ServerFrame::Welcome { cursor: b.into(), now: UnixMs(0), presence: vec![user] },
            2 => {
                let (availability, status_text, connected) = (Availability::Busy, text, b.is_multiple_of(2));
                let users = vec![UserState { user, availability, status_text, connected }];
                ServerFrame::Users { version, users }
            }
            3 | 4 => ServerFrame::Typing { conversation, user: self.user(a) },
            5 => ServerFrame::Reset,
            6 => {
                let unread = b.is_multiple_of(2).then_some(u32::MAX);
                ServerFrame::Reads { version, reads: vec![ReadPosition { conversation, user, seq: u64::MAX, unread }] }
            }
            _ => ServerFrame::Events {
                events: vec![LoggedEvent {
                    cursor: b.into(),
                    at: UnixMs(i64::MAX),
                    change: Change::ConversationRemoved { conversation, cleared_seq: u64::MAX },
                }],
            },
        };
        serde_json::to_string(&frame).expect("a frame becomes JSON")
    }

    /// Something happens to the device: its clock, its zone, its database.
    fn device(&mut self, a: u8, b: u8) {
        match a % 4 {
            0 => self.world.set_clock((i64::from(b) - 128) * 1_300_000),
            1 => self.world.travel(b),
            2 => self.world.devices[0].health = [Health::Works, Health::Full, Health::Missing][b as usize % 3],
            _ => self.world.hangs = b > 99,
        }
        self.world.hurry(0);
    }

    /// Something happens at the server.
    fn server(&mut self, a: u8, b: u8, text: &str) {
        let (id, maya, other) = (self.conversation(b), self.users[0], self.user(b | 1));
        let server = &mut self.world.server;
        match a % 12 {
            0 => drop(server.receive(number(ANA), number(FRONT_DESK), text)),
            1 => drop(server.receive(number(STRANGER), number(FRONT_DESK), text)),
            2 if other != maya => drop(server.chat(other, &[maya], text)),
            3 => drop(server.mark_read(maya, id, b.into())),
            4 => drop(server.mark_read(other, id, b.into())),
            5 => match b % 3 {
                0 => server.set_title(maya, id, text),
                1 => drop(server.add_people(other, id, &[maya])),
                _ => drop(server.remove_person(other, id, maya)),
            },
            6 => drop(server.delete_conversation(maya, id)),
            7 => server.report(id, usize::from(b % 4), 0, DeliveryState::Failed),
            8 => drop(server.delete_contact(contact(b))),
            9 => server.log(maya, Change::ContactsReplaced),
            10 => server.log(maya, Change::UserRemoved { user: other }),
            11 => server.log(maya, Change::NumbersChanged { numbers: Vec::new() }),
            _ => server.trim(),
        }
    }
}

fn contact(a: u8) -> ContactId {
    ContactId(Ulid::from_bits(u128::from(a % 4)))
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn nothing_upsets_it_and_the_screen_is_true(steps in prop::collection::vec(raw(), 1..60)) {
        let mut test = Test::new();
        for step in steps {
            test.step(step);
        }
    }
}
