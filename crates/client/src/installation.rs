//! The app as the device has it: a newer release that waits, whether it can be installed, and what it was opened with.
//!
//! Always holds: a page starts anew only after somebody said so here or in another tab, and once; what it was opened with
//! is done once, and waits until somebody is signed in.

use halyard_protocol::{Peer, PhoneNumber, UnixMs};

use crate::effect::{AppCommand, Effect, FocusTarget};
use crate::env::Env;
use crate::event::{App, Browser};
use crate::links::{self, Link};
use crate::new_conversation::NewConversation;
use crate::route::Route;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};
use crate::windows::CardKey;

/// How long a tab that is looked at again goes without asking for a newer release, in milliseconds.
const RELEASE_AGE: i64 = 15 * 60_000;
/// The same for one whose server was away: it may be another by now.
pub(crate) const AFTER_LOSS: i64 = 10_000;

/// How the app can be installed here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Install {
    /// The browser has not said yet.
    #[default]
    Unknown,
    /// By the browser's dialog, which our button opens.
    Offered,
    /// It is.
    Done,
    /// By the browser's own menu.
    Menu,
    /// As Safari does it.
    Safari,
    /// Not at all.
    Never,
}

/// Whether links of other pages can open here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// The browser can't.
    #[default]
    Never,
    /// It can be asked.
    Possible,
    /// It was asked.
    Asked,
    /// It has refused.
    Refused,
}

/// What the app was opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Address(String),
    File(String, Vec<u8>),
}

/// The app as the device has it.
#[derive(Debug, Default)]
pub(crate) struct Installation {
    /// Whether the browser keeps the app's files.
    settled: bool,
    checked: UnixMs,
    pub(crate) update: bool,
    reloading: bool,
    pub(crate) install: Install,
    pub(crate) hint: bool,
    pub(crate) links: Links,
    errands: Vec<Errand>,
    /// The card that takes what is being shared.
    sharing: Option<CardKey>,
}

fn ask(command: AppCommand, out: &mut Update) {
    out.effect(Effect::App(command));
}

impl Softphone {
    /// The browser says something about the app. Never inlined: all of it can come later (`xtask/split`).
    #[inline(never)]
    pub(crate) fn on_app(&mut self, said: App, env: &Env, out: &mut Update) {
        match said {
            App::Whole => self.settle(env, out),
            App::UpdateReady => self.update_ready(out),
            App::ReleaseChanged => self.release_changed(out),
            App::Browser(browser) => self.browser_says(&browser, out),
            App::Installable(now) => self.installable(now, out),
            App::Installed => self.installed(out),
            App::LinksAsked(taken) => self.links_asked(taken, out),
            App::Launched(address) => self.opened_with(Errand::Address(address), env, out),
            App::File { name, bytes } => self.opened_with(Errand::File(name, bytes), env, out),
        }
    }

    /// The user asks for something of the kind.
    pub(crate) fn app_asked(&mut self, asked: AppCommand, out: &mut Update) {
        if asked == AppCommand::HideHint {
            self.installation.hint = false;
            out.changed(Changed::Installation);
        }
        ask(asked, out);
    }

    /// All of the app is here: what needs no haste begins.
    fn settle(&mut self, env: &Env, out: &mut Update) {
        self.installation.settled = true;
        self.installation.checked = env.now;
        ask(AppCommand::Settle, out);
    }

    /// Asks for a newer release, if that was not done in so many milliseconds.
    pub(crate) fn check_release(&mut self, age: i64, env: &Env, out: &mut Update) {
        let installation = &mut self.installation;
        if installation.settled && env.now.since(installation.checked) >= age {
            installation.checked = env.now;
            ask(AppCommand::Check, out);
        }
    }

    pub(crate) fn looked_at(&mut self, env: &Env, out: &mut Update) {
        self.check_release(RELEASE_AGE, env, out);
    }

    fn update_ready(&mut self, out: &mut Update) {
        if !core::mem::replace(&mut self.installation.update, true) {
            out.changed(Changed::Installation);
        }
    }

    /// Another release has this page's files from now on.
    fn release_changed(&mut self, out: &mut Update) {
        if !core::mem::replace(&mut self.installation.reloading, true) {
            self.keep_now(out);
            ask(AppCommand::Reload, out);
        }
    }

    fn browser_says(&mut self, browser: &Browser, out: &mut Update) {
        let installation = &mut self.installation;
        let name = browser.name.as_str();
        if browser.installed {
            installation.install = Install::Done;
        } else if installation.install != Install::Offered {
            installation.install = match name.split_once(" on ") {
                Some(("Safari", _) | (_, "iPhone" | "iPad")) => Install::Safari,
                Some(("Firefox", system)) if system != "Android" => Install::Never,
                _ => Install::Menu,
            };
        }
        installation.hint = browser.hints;
        installation.links = if browser.links { Links::Possible } else { Links::Never };
        out.changed(Changed::Installation);
    }

    /// The browser's dialog can be opened, or no longer.
    fn installable(&mut self, now: bool, out: &mut Update) {
        let install = &mut self.installation.install;
        if now {
            *install = Install::Offered;
        } else if *install == Install::Offered {
            *install = Install::Menu;
        }
        out.changed(Changed::Installation);
    }

    fn installed(&mut self, out: &mut Update) {
        self.installation.install = Install::Done;
        out.changed(Changed::Installation);
    }

    fn links_asked(&mut self, taken: bool, out: &mut Update) {
        self.installation.links = if taken { Links::Asked } else { Links::Refused };
        out.changed(Changed::Installation);
    }

    /// The app was opened with something.
    fn opened_with(&mut self, errand: Errand, env: &Env, out: &mut Update) {
        self.installation.errands.push(errand);
        self.run_errands(env, out);
    }

    /// Does what the app was opened with, once somebody is signed in and what they have is here.
    pub(crate) fn run_errands(&mut self, env: &Env, out: &mut Update) {
        if self.session.is_signed_in() && !self.requests.is_asking_all() && !self.installation.errands.is_empty() {
            self.do_errands(env, out);
        }
    }

    #[inline(never)]
    fn do_errands(&mut self, env: &Env, out: &mut Update) {
        for errand in core::mem::take(&mut self.installation.errands) {
            match errand {
                Errand::Address(address) => self.follow(links::parse(&address), env, out),
                Errand::File(name, bytes) => self.take_file(name, bytes, env, out),
            }
        }
    }

    fn follow(&mut self, link: Link, env: &Env, out: &mut Update) {
        if let Link::Go(route) = link {
            return self.go(route, false, out);
        }
        // The address bar forgets it first: a reload, or Back, does not do it again.
        out.effect(Effect::Navigate { route: self.route, replace: true });
        if !self.shows_cards() {
            self.go(Route::Chats(None), false, out);
        }
        match link {
            Link::Write { text, files: true, .. } => {
                ask(AppCommand::TakeShared, out);
                let write = !text.is_empty();
                self.installation.sharing = write.then(|| self.write_to(Vec::new(), text, env, out));
            }
            Link::Write { people, text, .. } => {
                self.write_to(people, text, env, out);
            }
            Link::Call(number) => match self.person(&number) {
                Ok(peer) => self.message_peer(peer, None, env, out),
                Err(_) => {
                    self.write_to(vec![number], String::new(), env, out);
                }
            },
            Link::Go(_) | Link::Unknown => {
                self.complain("Halyard can't open this kind of link.".to_owned(), env, out);
            }
        }
    }

    /// Whom a link names: a number or an extension. A name could be anybody's.
    fn person(&self, named: &str) -> Result<Peer, String> {
        match self.book.extension(named) {
            Some(user) => Ok(Peer::User(user.id)),
            None => {
                let (number, _) = PhoneNumber::split_extension(named);
                PhoneNumber::from_typed(number, self.home()).map(Peer::Number).map_err(|error| error.to_string())
            }
        }
    }

    /// The card of the conversation with these people, or a new one with them; the text is added to its draft.
    fn write_to(&mut self, people: Vec<String>, text: String, env: &Env, out: &mut Update) -> CardKey {
        let mut peers = Vec::new();
        let mut refused = Vec::new();
        let mut why = None;
        for named in people {
            match self.person(&named) {
                Ok(peer) => peers.push((peer, named)),
                Err(error) => {
                    why = why.or(Some(error));
                    refused.push(named);
                }
            }
        }
        let known = if refused.is_empty() { self.known_conversation(&peers) } else { None };
        let card = known.unwrap_or_else(|| self.fresh_card());
        self.open_card(card, out);
        if known.is_none() {
            for (peer, named) in peers {
                self.add_recipient(card, peer, out);
                let Some(new) = self.new.get(&card) else { continue };
                if !new.peers.contains(&peer) {
                    why = why.or_else(|| new.error.clone());
                    refused.push(named);
                }
            }
            if !refused.is_empty() {
                self.set_query(card, refused.join(", "), out);
                self.refuse(card, why.unwrap_or_default(), out);
            }
        }
        if !text.is_empty() {
            let draft = self.drafts.get(card);
            let text = if draft.is_empty() { text } else { [draft, "\n", &text].concat() };
            self.draft(card, text, env, out);
        }
        let nobody = self.new.get(&card).is_some_and(|new| new.peers.is_empty() || new.error.is_some());
        out.effect(Effect::Focus(if nobody { FocusTarget::Recipients(card) } else { FocusTarget::Composer(card) }));
        card
    }

    fn known_conversation(&self, peers: &[(Peer, String)]) -> Option<CardKey> {
        let peers: Vec<Peer> = peers.iter().map(|(peer, _)| *peer).collect();
        let (_, key) = self.check_people(&peers, None).ok()?;
        let id = key.id(self.session.me()?.tenant.id);
        self.conversations.get(id).map(|_| CardKey::Conversation(id))
    }

    /// A new conversation in which nothing was typed.
    fn fresh_card(&mut self) -> CardKey {
        let nobody = |(card, new): &&(CardKey, NewConversation)| {
            new.peers.is_empty() && new.query.is_empty() && !self.drafts.has(*card)
        };
        if let Some((card, _)) = self.new.entries().iter().find(nobody) {
            return *card;
        }
        self.last_new += 1;
        let card = CardKey::New(self.last_new);
        self.new.get_or_insert(card, NewConversation::default());
        card
    }

    /// A file that was opened with Halyard, or shared: contacts are imported, what can be sent goes into a new
    /// conversation, together with what is shared beside it.
    fn take_file(&mut self, name: String, bytes: Vec<u8>, env: &Env, out: &mut Update) {
        let kind = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(kind.as_str(), "vcf" | "vcard" | "csv") {
            let card = self.installation.sharing.filter(|card| self.new.get(card).is_some());
            let card = card.unwrap_or_else(|| self.write_to(Vec::new(), String::new(), env, out));
            self.installation.sharing = Some(card);
            self.attach_shared(card, name, bytes, env, out);
        } else if self.importing.is_some() {
            self.complain([&name, " was not opened: finish the import that is open first."].concat(), env, out);
        } else {
            self.import_file(&name, &bytes, out);
        }
    }
}
