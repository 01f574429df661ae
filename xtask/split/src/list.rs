//! What the first screen does without. The sign-in and the home screen, with its column, its list of contacts and its open
//! cards, are drawn before any of this runs.

/// What can wait, and parts of the names by which its functions are known: a module, a type, a method, whether it is the
/// function's own path or that of a type that it was made for.
pub(crate) const LATER: [(&str, &[&str]); 14] = [
    ("the settings are a page of their own", &["halyard::views::settings::", "Device as ", "set_expiry", "update_me"]),
    (
        "a contact's details and its form open by a click",
        &[
            "halyard::views::contacts::details::",
            "halyard::views::contacts::form::",
            "halyard::views::contacts::message::own_numbers",
            "halyard_client::contacts::form::",
            "halyard_protocol::contact::ContactDraft",
            "set_favourite",
        ],
    ),
    (
        "contacts are imported once in a while",
        &[
            "halyard::views::contacts::import::",
            "halyard_client::contacts::import::",
            "view::importing::",
            "compare_import",
        ],
    ),
    (
        "a search begins with a word that somebody types",
        &["contacts::search::rank::", "contacts::search::query::Query"],
    ),
    (
        "a new conversation begins with its recipients",
        &[
            "halyard::views::card::recipients::",
            "halyard::views::common::combobox::",
            "halyard_client::new_conversation::NewConversation>::",
            "halyard_client::view::recipients::",
            "Softphone>::suggestions",
            "Softphone>::recipients_view",
            "Softphone>::add_",
            "Softphone>::finish_recipients",
            "Softphone>::open_thread",
            "from_typed",
            "split_extension",
        ],
    ),
    (
        "menus, dialogs and pickers open by a click or a key",
        &[
            "halyard::views::common::emoji::",
            "halyard::views::common::dialog::",
            "halyard::views::common::menu::MenuItem",
            "halyard::views::common::menu::entries",
            "halyard::views::card::header::__component_rename",
            "halyard::views::card::header::__component_more",
            "halyard::views::card::message::__component_receipts",
            "halyard::views::shell::keys::",
            "tachys::html::event::keydown",
        ],
    ),
    ("conversations are managed when they are there", &["conversations::managing", "sha2::", "ask_for", "take_back"]),
    (
        "cards are moved by keys and pointers",
        &["halyard_client::windows::drag::", "windows::action::", "Windows>::act"],
    ),
    (
        "changes come over the socket, which opens after the screen",
        &["halyard_protocol::event::Change", "retarget_card"],
    ),
    ("older messages are asked for when one scrolls up", &["rest::ConversationsBefore", "timeline::merge"]),
    ("only what is removed makes a tree's nodes merge", &["BalancingContext", "remove_leaf_kv", "rehash_in_place"]),
    ("the softphone ends with the page", &["runtime::Runtime>>::drop_slow"]),
    (
        "what goes wrong is told in words",
        &[
            "core::panicking::",
            "std::panicking::",
            "console_error_panic_hook::",
            "Debug>::fmt",
            "core::fmt::float::",
            "core::fmt::builders::",
            "core::num::flt2dec",
            "escape_debug_ext",
            "slice_error_fail",
            "Error as core::fmt::Display>::fmt",
            "serde_core::de::Expected",
            "serde_core::de::Unexpected",
            "serde_json::error::JsonUnexpected",
            "serde_json::error::make_error",
        ],
    ),
    ("libraries hold what the app does not use", &["wasm_streams::", "visit_bytes", "zmij::", "ignored_any::"]),
];

/// What runs before the first screen although [`LATER`] names it: mostly what stands ready to be opened.
pub(crate) const FIRST: [&str; 11] = [
    "__component_import_dialog",
    "view::importing::ImportView",
    "contacts::importing::Importing>",
    "halyard::views::contacts::import::ImportDialog",
    "__component_emoji_button",
    "halyard::views::common::emoji::EmojiButton",
    "combobox::ComboboxOption",
    "RwSignal<alloc::string::String>>::set",
    // The compiler merges functions that are alike, under the name of any.
    "drop_in_place::<core::option::Option<halyard_client::contacts::form::ContactForm>>",
    "__component_rename::{closure#2}::{closure#0}",
    "core::option::Option<alloc::vec::Vec<halyard_protocol::rest::Device>>",
];
