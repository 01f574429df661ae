//! Icons: Lucide's, from the sprite in the page (`public/icons.svg`), so that their outlines stay out of the wasm.

use crate::prelude::*;

macro_rules! icons {
    ($($name:ident => $id:literal,)*) => {
        /// An icon of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum IconName {
            $(#[doc = $id] $name,)*
        }

        impl IconName {
            /// Its address in the sprite.
            fn href(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("#", $id),)*
                }
            }

            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

icons! {
    ArrowDown => "arrow-down",
    Bell => "bell",
    BellOff => "bell-off",
    Check => "check",
    CheckCheck => "check-check",
    ChevronDown => "chevron-down",
    ChevronLeft => "chevron-left",
    ChevronRight => "chevron-right",
    CircleAlert => "circle-alert",
    Clock => "clock",
    Contacts => "contacts",
    Download => "download",
    EllipsisVertical => "ellipsis-vertical",
    History => "history",
    Laptop => "laptop",
    LayoutGrid => "layout-grid",
    LogOut => "log-out",
    Maximize2 => "maximize-2",
    MessageSquareText => "message-square-text",
    Minimize2 => "minimize-2",
    Minus => "minus",
    Paperclip => "paperclip",
    Pencil => "pencil",
    Phone => "phone",
    Pin => "pin",
    PinOff => "pin-off",
    Plus => "plus",
    RefreshCw => "refresh-cw",
    Search => "search",
    SendHorizontal => "send-horizontal",
    Settings => "settings",
    Smartphone => "smartphone",
    Smile => "smile",
    SquarePen => "square-pen",
    Star => "star",
    Trash2 => "trash-2",
    Upload => "upload",
    UserPlus => "user-plus",
    UserRound => "user-round",
    UsersRound => "users-round",
    Voicemail => "voicemail",
    WifiOff => "wifi-off",
    X => "x",
}

/// An icon. Without a label it is decoration, and screen readers pass over it.
#[component]
pub(crate) fn Icon(
    /// Which.
    #[prop(into)]
    name: Signal<IconName>,
    /// More classes: `small`, `ok`, `no`.
    #[prop(optional)]
    class: &'static str,
    /// What it says, where nothing else does.
    #[prop(optional)]
    label: &'static str,
) -> impl IntoView {
    let labelled = !label.is_empty();
    let class =
        if name.get_untracked() == IconName::ChevronLeft { "icon turns".to_owned() } else { ["icon ", class].concat() };
    view! {
        <svg
            class=class
            role=labelled.then_some("img")
            aria-label=labelled.then_some(label)
            aria-hidden=(!labelled).then_some("true")
        >
            <use href=move || name.get().href()></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_has_the_icons_in_use_and_no_other() {
        let sprite = include_str!("../../../public/icons.svg");
        for icon in IconName::ALL {
            let id = icon.href().trim_start_matches('#');
            assert!(sprite.contains(&["id=\"", id, "\""].concat()), "{id}");
        }
        assert_eq!(sprite.matches("<symbol").count(), IconName::ALL.len());
    }
}
