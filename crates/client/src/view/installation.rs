//! The app as the device has it: the banners' and the settings' side of it.

use crate::installation::{Install, Links};
use crate::softphone::Softphone;

/// The app as the device has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstallationView {
    /// Whether a newer release waits.
    pub update: bool,
    /// Whether to say, in passing, that the app can be installed.
    pub hint: bool,
    /// How it can be.
    pub install: Install,
    /// Whether links of other pages can open here.
    pub links: Links,
}

impl Softphone {
    /// The app as the device has it.
    #[must_use]
    pub fn installation_view(&self) -> InstallationView {
        let installation = &self.installation;
        let (install, links) = (installation.install, installation.links);
        let hint = installation.hint && install == Install::Offered && self.session.is_signed_in();
        InstallationView { update: installation.update, hint, install, links }
    }
}

impl Install {
    /// What to do, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown | Self::Offered => {
                "A window of its own, an icon beside your other apps, and a start without a network."
            }
            Self::Done => "Halyard is installed on this device.",
            Self::Menu => {
                "Open the browser's menu and choose \u{201c}Install\u{201d} or \u{201c}Add to Home screen\u{201d}."
            }
            Self::Safari => {
                "On an iPhone or iPad choose Share, then \u{201c}Add to Home Screen\u{201d}. On a Mac choose File, then \
                 \u{201c}Add to Dock\u{201d}."
            }
            Self::Never => {
                "Firefox on a computer does not install web apps. Halyard works in its tab, also without a network; \
                 Edge, Chrome and Safari can install it."
            }
        }
    }
}

impl Links {
    /// What it is about, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Possible => {
                "Numbers on other pages (tel: and sms: links) open here, with the people and the text filled in."
            }
            Self::Asked => {
                "The browser asks you once for each kind of link. In its settings, under protocol handlers, you can \
                 change your mind."
            }
            Self::Refused => "The browser refused. Its settings may forbid sites to handle links.",
            Self::Never => {
                "This browser can't hand links over. Copy the number and paste it into New Conversation: any way of \
                 writing it will do."
            }
        }
    }
}
