//! The app's addresses.
//!
//! Always holds: `parse(format(route)) == route`, and any other path leads to the conversations.

use halyard_protocol::ConversationId;
use halyard_protocol::event::Favourite;

/// What the address bar says.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Route {
    /// "Chat and SMS"; in the narrow shapes with the card that fills the pane.
    Chats(Option<ConversationId>),
    /// "Contacts", perhaps with somebody's details.
    Contacts(Option<Favourite>),
    /// "Settings".
    Settings,
    /// The address of the app itself.
    #[default]
    Home,
}

impl Route {
    /// Reads a path.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("messages"), id, None, None) => Self::Chats(id.and_then(|id| id.parse().ok())),
            (Some("contacts"), Some("contact"), Some(id), None) => {
                Self::Contacts(id.parse().ok().map(Favourite::Contact))
            }
            (Some("contacts"), Some("user"), Some(id), None) => Self::Contacts(id.parse().ok().map(Favourite::User)),
            (Some("contacts"), ..) => Self::Contacts(None),
            (Some("settings"), ..) => Self::Settings,
            _ => Self::Home,
        }
    }

    /// Writes the path.
    #[must_use]
    pub fn format(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Chats(None) => "/messages".to_owned(),
            Self::Chats(Some(id)) => ["/messages/", &id.to_string()].concat(),
            Self::Contacts(None | Some(Favourite::Unknown)) => "/contacts".to_owned(),
            Self::Contacts(Some(Favourite::Contact(id))) => ["/contacts/contact/", &id.to_string()].concat(),
            Self::Contacts(Some(Favourite::User(id))) => ["/contacts/user/", &id.to_string()].concat(),
            Self::Settings => "/settings".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let id = "01J9ZK4T6Q8Y2M0C5R7W3X1B9D";
        for route in [
            Route::Home,
            Route::Chats(None),
            Route::Chats(id.parse().ok()),
            Route::Contacts(None),
            Route::Contacts(id.parse().ok().map(Favourite::Contact)),
            Route::Contacts(id.parse().ok().map(Favourite::User)),
            Route::Settings,
        ] {
            assert_eq!(Route::parse(&route.format()), route);
        }
    }

    #[test]
    fn what_is_unknown_leads_home() {
        for path in ["", "/", "/nonsense/1", "//"] {
            assert_eq!(Route::parse(path), Route::Home, "{path}");
        }
        assert_eq!(Route::parse("/messages/nonsense"), Route::Chats(None));
        assert_eq!(Route::parse("/contacts/user/x"), Route::Contacts(None));
    }
}
