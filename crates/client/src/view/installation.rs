//! The app as the device has it: the banners' and the settings' side of it.

use crate::installation::{Install, Links};
use crate::softphone::Softphone;
use halyard_words::{self as words, Word};

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
    pub fn words(self) -> Word {
        match self {
            Self::Unknown | Self::Offered => words::INSTALL_OFFERED,
            Self::Done => words::INSTALL_DONE,
            Self::Menu => words::INSTALL_MENU,
            Self::Safari => words::INSTALL_SAFARI,
            Self::Never => words::INSTALL_NEVER,
        }
    }
}

impl Links {
    /// What it is about, in words.
    #[must_use]
    pub fn words(self) -> Word {
        match self {
            Self::Possible => words::LINKS_POSSIBLE,
            Self::Asked => words::LINKS_ASKED,
            Self::Refused => words::LINKS_REFUSED,
            Self::Never => words::LINKS_NEVER,
        }
    }
}
