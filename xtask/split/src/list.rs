//! What the first screen does without. The sign-in and the home screen of a new device, with its column and its list of
//! contacts, are drawn before any of this runs. Open cards are drawn by the later part: a device that has some has its
//! files, too.

/// What can wait, and parts of the names by which its functions are known: a module, a type, a method, whether it is the
/// function's own path or that of a type that it was made for.
pub(crate) const LATER: [(&str, &[&str]); 18] = [
    (
        "a device that is new has no cards, and on one that has some the files are there, too",
        &[
            "halyard::views::card::__component_card",
            "halyard::views::card::composer::",
            "halyard::views::card::header::",
            "halyard::views::card::message::",
            "halyard::views::card::timeline::",
            "halyard::signals::TimelineSignals",
            "Softphone>::timeline_view",
            "Softphone>::composer_view",
            "Softphone>::header_view",
            "halyard_protocol::links::",
            "halyard_protocol::segments::",
        ],
    ),
    (
        "the worker, links and launches come when the first screen stands",
        &[
            "halyard::adapters::worker::Worker>::",
            "halyard::adapters::installed::take_launches",
            "installed::Installed>::settle",
            "Adapters>::run_app",
            "halyard::adapters::browser::",
            "Softphone>::do_errands",
            "Softphone>::on_app",
            "halyard::views::shell::offers::",
            "halyard_client::installation::Links",
            "halyard_client::installation::Install>",
            "Softphone>::draft",
            "Softphone>::import_file",
            "Softphone>::message_peer",
            "Softphone>::set_query",
        ],
    ),
    (
        "a contact is written to by a click",
        &[
            "halyard::views::contacts::message::own_numbers",
            "halyard_protocol::contact::ContactDraft",
            "set_favourite",
            "Softphone>::new_contact",
            "ContactError",
        ],
    ),
    (
        "a search begins with a word that somebody types",
        &[
            "contacts::search::rank::",
            "contacts::search::run::Run",
            "contacts::search::query::Query",
            "Softphone>::matches",
        ],
    ),
    (
        "a new conversation begins with its recipients",
        &[
            "halyard::views::card::recipients::",
            "halyard::views::common::combobox::",
            "halyard_client::view::recipients::",
            "Softphone>::suggestions",
            "Softphone>::recipients_view",
            "Softphone>::add_",
            "Softphone>::finish_recipients",
            "Softphone>::open_thread",
            "Softphone>::own_number",
            "Softphone>::check_people",
            "new_conversation::is_list",
            "RecipientsError as ",
            "from_typed",
            "split_extension",
        ],
    ),
    (
        "menus, dialogs and pickers open by a click or a key",
        &[
            "halyard::views::shell::question::dialog",
            "halyard::views::common::dialog::",
            "halyard::views::common::menu::MenuItem",
            "halyard::views::common::menu::entries",
            "halyard::views::card::header::__component_rename",
            "halyard::views::card::header::__component_more",
            "halyard::views::card::message::__component_receipts",
            "halyard::views::shell::keys::",
            "halyard::views::common::menu::focus",
            "halyard::views::common::popover::place",
            "halyard::views::common::popover::set",
            "popover::Toggle>::show",
            "halyard_protocol::links::Link>::href",
            "tachys::html::event::keydown",
            "tachys::html::event::input",
            "tachys::html::event::click",
            "tachys::html::event::dblclick",
            "tachys::html::event::pointer",
            "tachys::html::event::lostpointercapture",
            "tachys::html::event::mousedown",
            "Softphone>::new_conversation",
        ],
    ),
    (
        "conversations are managed when they are there",
        &["sha2::", "ask_for", "take_back", "Softphone>::authors_changed"],
    ),
    (
        "cards are moved by keys and pointers",
        &["halyard_client::windows::drag::", "Windows>::act", "halyard::views::card::drag::"],
    ),
    (
        "changes come over the socket, which opens after the screen",
        &["halyard_protocol::event::Change", "retarget_card"],
    ),
    ("older messages are asked for when one scrolls up", &["rest::ConversationsBefore", "timeline::merge"]),
    ("only what is removed makes a tree's nodes merge", &["BalancingContext", "remove_leaf_kv", "rehash_in_place"]),
    ("a number that somebody typed is read", &["halyard_protocol::phone::typed::", "PhoneNumberError"]),
    ("what is written is sent later", &["Softphone>::send_read", "api::Requests>::update_conversation"]),
    (
        "the device's database is written to when something is typed or sent",
        &["transaction::Transaction>::commit", "object_store::delete::", "object_store::add_put::"],
    ),
    (
        "what has changed is written to the device's database a while after it did",
        &[
            "Softphone>::batch",
            "Softphone>::keep_now",
            "Softphone>::state",
            "serde_json::ser::",
            "as serde_core::ser::Serialize>::serialize",
        ],
    ),
    (
        "the other tabs speak of what is done in them",
        &["halyard_client::tabs::", "Softphone>::hear", "Softphone>::tell", "Softphone>::take_outbox"],
    ),
    ("notices come and go later", &["set_expiry"]),
    (
        "what the user does is done when there is something to do it with",
        &["Softphone>::on_ui", "Softphone>::asked_answered", "Softphone>::on_timer"],
    ),
];

/// What runs before the first screen although [`LATER`] names it: mostly what stands ready to be opened.
pub(crate) const FIRST: [&str; 19] = [
    // What the names of others contain.
    "Softphone>::tell_unread",
    "Softphone>::sealed_are",
    "storage::seal::SealedLabel",
    "combobox::ComboboxOption",
    // One function for all types, under the name of any.
    "::value_untracked",
    "Vec<(u32, halyard_client::contacts::search::run::Run",
    "__component_import_dialog",
    "view::importing::ImportView",
    "contacts::importing::Importing>",
    "halyard::views::conversations::row::__component_row",
    "halyard::views::common::field::__component_text_field",
    "RwSignal<alloc::string::String>>::set",
    // The compiler merges functions that are alike, under the name of any.
    "RawVec<",
    "drop_in_place::<core::option::Option<halyard_client::contacts::form::ContactForm>>",
    "core::option::Option<alloc::vec::Vec<halyard_protocol::rest::Device>>",
    "palette::__component_palette",
    "shortcuts::__component_shortcuts",
    "core::option::Option<halyard_client::palette::PaletteView>",
    "halyard_client::palette::Overlay",
];

/// What follows when somebody touches the app for the first time: pages and dialogs that one opens now and then.
pub(crate) const RARE: [(&str, &[&str]); 12] = [
    (
        "links, shared texts and the installation are of one's first days",
        &[
            "halyard_client::links::",
            "Softphone>::write_to",
            "installed::Installed>::install",
            "installed::Installed>::h",
            "installed::Installed>::take_shared",
            "halyard::adapters::installed::shared",
        ],
    ),
    ("a contact's details open by a click", &["halyard::views::contacts::details::"]),
    (
        "who signs in or out is sealed, and what was",
        &[
            "halyard::adapters::database::seal::",
            "halyard::adapters::database::crypto::",
            "halyard_client::storage::seal::",
            "Softphone>::seal",
            "Softphone>::opened",
            "Softphone>::leave",
            "Softphone>::forget_user",
        ],
    ),
    ("what one does now and then", &["Softphone>::on_occasional", "Softphone>::occasional_answered"]),
    ("the settings are a page of their own", &["halyard::views::settings::", "update_me"]),
    (
        "contacts are imported once in a while",
        &[
            "halyard::views::contacts::import::",
            "halyard_client::contacts::import::",
            "view::importing::",
            "compare_import",
            "halyard::adapters::files::read",
        ],
    ),
    (
        "the palette, the sheet of shortcuts and all actions come by a key or a click",
        &[
            "halyard_client::palette::",
            "halyard_client::commands::",
            "halyard::views::shell::palette::",
            "halyard::views::shell::shortcuts::",
            "halyard::views::card::header::entries",
            "halyard::views::card::header::arrange",
            "halyard::views::card::header::action",
            "Softphone>::run",
            "Softphone>::palette_",
            "Softphone>::cards_for",
            "Softphone>::card_matches",
            "Softphone>::commands_for",
            "Softphone>::entry_of",
        ],
    ),
    (
        "a contact is written once, and read often",
        &["halyard::views::contacts::form::", "halyard_client::contacts::form::"],
    ),
    ("emoji come with a list of their own", &["halyard::views::common::emoji::"]),
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
            "core::slice::index::slice_index_fail",
            "indexed_db_futures::error::dom_exception::",
        ],
    ),
    ("the softphone ends with the page", &["runtime::Runtime>>::drop_slow", "database::Shared>>::drop_slow"]),
    ("libraries hold what the app does not use", &["wasm_streams::", "ignored_any::"]),
];
