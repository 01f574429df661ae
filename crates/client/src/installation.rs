//! The app as the device has it: a newer release that waits, whether it can be installed, and what it was opened with.
//!
//! Always holds: a page starts anew only after somebody said so here or in another tab, and once; what it was opened with
//! is done once, and waits until somebody is signed in.

use halyard_protocol::UnixMs;

use crate::context::Turn;
use crate::effect::{AppCommand, Effect};
use crate::fact::Fact;
use crate::links;
use crate::storage::Secret;
use crate::update::Changed;
use crate::windows::CardKey;

/// How long a tab that is looked at again goes without asking for a newer release, in milliseconds.
const RELEASE_AGE: i64 = 15 * 60_000;
/// The same for one whose server was away: it may be another by now.
const AFTER_LOSS: i64 = 10_000;

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

/// What the browser can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Its name and system: "Firefox on Linux".
    pub name: String,
    /// Whether this is the installed app.
    pub installed: bool,
    /// Whether it may be said in passing that the app can be installed.
    pub hints: bool,
    /// Whether it can hand links of other pages over.
    pub links: bool,
}

/// What the browser says about the app as the device has it, and what it opens with it.
#[derive(strum::IntoStaticStr, Clone, Debug)]
pub enum AppEvent {
    /// All of the app is here, and the first screen is drawn.
    Whole,
    /// A newer release is on the device and waits.
    UpdateReady,
    /// It has taken over from the one that this page runs.
    ReleaseChanged,
    /// What the browser can do.
    Browser(Browser),
    /// The browser's dialog to install the app can be opened, or no longer.
    Installable(bool),
    /// The app was installed.
    Installed,
    /// The browser was asked to hand links over, or has refused.
    LinksAsked(bool),
    /// The app was opened at this address, by a link, a shortcut or another app.
    Launched(String),
    /// The app was opened with this file.
    File {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// What the app was opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
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
    openings: Vec<Opening>,
    /// The card that takes what is being shared.
    pub(crate) sharing: Option<CardKey>,
}

/// The browser and the system of a device: the app names one "Firefox on macOS" when it signs in there.
pub(crate) fn browser_and_system(name: &str) -> Option<(&str, &str)> {
    name.split_once(" on ")
}

impl Installation {
    /// The browser says something about the app.
    pub(crate) fn app(&mut self, event: AppEvent, turn: &mut Turn<'_>) {
        match event {
            // All of the app is here: what needs no haste begins.
            AppEvent::Whole => {
                self.settled = true;
                self.checked = turn.env.now;
                turn.effect(Effect::App(AppCommand::Settle));
            }
            AppEvent::UpdateReady => self.update = true,
            // Another release has this page's files from now on.
            AppEvent::ReleaseChanged => {
                if !core::mem::replace(&mut self.reloading, true) {
                    turn.fact(Fact::ReloadWanted);
                }
            }
            AppEvent::Browser(browser) => self.browser(&browser),
            // The browser's dialog can be opened, or no longer.
            AppEvent::Installable(true) => self.install = Install::Offered,
            AppEvent::Installable(false) => {
                if self.install == Install::Offered {
                    self.install = Install::Menu;
                }
            }
            AppEvent::Installed => self.install = Install::Done,
            AppEvent::LinksAsked(taken) => self.links = if taken { Links::Asked } else { Links::Refused },
            // This one needs nobody who is signed in.
            AppEvent::Launched(address) => match links::password_token(&address) {
                Some(token) => turn.fact(Fact::PasswordLink(Secret(token.to_owned()))),
                None => self.openings.push(Opening::Address(address)),
            },
            AppEvent::File { name, bytes } => self.openings.push(Opening::File(name, bytes)),
        }
        turn.changed(Changed::Installation);
    }

    fn browser(&mut self, browser: &Browser) {
        if browser.installed {
            self.install = Install::Done;
        } else if self.install != Install::Offered {
            self.install = match browser_and_system(&browser.name) {
                Some(("Safari", _) | (_, "iPhone" | "iPad")) => Install::Safari,
                Some(("Firefox", system)) if system != "Android" => Install::Never,
                _ => Install::Menu,
            };
        }
        self.hint = browser.hints;
        self.links = if browser.links { Links::Possible } else { Links::Never };
    }

    /// The user asks for something of the kind.
    pub(crate) fn act(&mut self, asked: AppCommand, turn: &mut Turn<'_>) {
        if asked == AppCommand::HideHint {
            self.hint = false;
            turn.changed(Changed::Installation);
        }
        turn.effect(Effect::App(asked));
    }

    /// Asks for a newer release, if that was not done in so many milliseconds.
    fn check_release(&mut self, age: i64, turn: &mut Turn<'_>) {
        if self.settled && turn.env.now.since(self.checked) >= age {
            self.checked = turn.env.now;
            turn.effect(Effect::App(AppCommand::Check));
        }
    }

    /// The tab is looked at again.
    pub(crate) fn looked_at(&mut self, turn: &mut Turn<'_>) {
        self.check_release(RELEASE_AGE, turn);
    }

    /// The server was away and is back: it may run another release.
    pub(crate) fn reconnected(&mut self, turn: &mut Turn<'_>) {
        self.check_release(AFTER_LOSS, turn);
    }

    pub(crate) fn has_openings(&self) -> bool {
        !self.openings.is_empty()
    }

    /// What the app was opened with, each once.
    pub(crate) fn take_openings(&mut self) -> Vec<Opening> {
        core::mem::take(&mut self.openings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Alone, Done};

    fn asked(done: &Done) -> Vec<AppCommand> {
        let command = |effect: &Effect| if let Effect::App(command) = effect { Some(*command) } else { None };
        done.effects.iter().filter_map(command).collect()
    }

    #[test]
    fn another_release_is_loaded_once() {
        let (mut app, mut alone) = (Installation::default(), Alone::new());
        let facts = [(), ()].map(|()| alone.turn(|cx| app.app(AppEvent::ReleaseChanged, cx)).facts.len());
        assert_eq!(facts, [1, 0]);
    }

    #[test]
    fn a_newer_release_is_asked_for_a_quarter_of_an_hour_later_or_when_the_server_was_away() {
        let (mut app, mut alone) = (Installation::default(), Alone::new());
        assert_eq!(asked(&alone.turn(|cx| app.looked_at(cx))), []);
        assert_eq!(asked(&alone.turn(|cx| app.app(AppEvent::Whole, cx))), [AppCommand::Settle]);
        alone.wait(RELEASE_AGE - 1);
        assert_eq!(asked(&alone.turn(|cx| app.looked_at(cx))), []);
        assert_eq!(asked(&alone.turn(|cx| app.reconnected(cx))), [AppCommand::Check]);
        alone.wait(RELEASE_AGE);
        assert_eq!(asked(&alone.turn(|cx| app.looked_at(cx))), [AppCommand::Check]);
    }

    #[test]
    fn what_it_was_opened_with_is_taken_once() {
        let (mut app, mut alone) = (Installation::default(), Alone::new());
        alone.turn(|cx| app.app(AppEvent::Launched("/new".to_owned()), cx));
        assert!(app.has_openings());
        assert_eq!(app.take_openings(), [Opening::Address("/new".to_owned())]);
        assert!(app.take_openings().is_empty());
    }

    #[test]
    fn each_browser_is_told_how_it_installs() {
        let (mut app, mut alone) = (Installation::default(), Alone::new());
        for (name, install) in [
            ("Safari on macOS", Install::Safari),
            ("Chrome on iPhone", Install::Safari),
            ("Firefox on Linux", Install::Never),
            ("Firefox on Android", Install::Menu),
            ("Chrome on Linux", Install::Menu),
        ] {
            let browser = Browser { name: name.to_owned(), ..Browser::default() };
            alone.turn(|cx| app.app(AppEvent::Browser(browser), cx));
            assert_eq!(app.install, install, "{name}");
        }
    }
}
