//! The parts that every screen is made of. They know the rules of accessibility and nothing of the product: what they
//! show comes in as properties and signals, what happens goes out by callbacks.

mod avatar;
mod banner;
mod button;
mod chips;
mod combobox;
mod dialog;
mod emoji;
mod empty;
mod field;
mod icon;
mod keys;
mod menu;
mod popover;
mod resize;
mod search;
mod toasts;
mod virtual_list;

pub(crate) use avatar::{Avatar, AvatarSize, PresenceDot, presence_word};
pub(crate) use banner::{Banner, BannerTone};
pub(crate) use button::IconButton;
pub(crate) use chips::Chips;
pub(crate) use combobox::{Combobox, ComboboxOption};
pub(crate) use dialog::{Dialog, is_focus_free};
pub(crate) use emoji::EmojiButton;
pub(crate) use empty::EmptyState;
pub(crate) use field::{FieldError, TextField, unique_id};
pub(crate) use icon::{Icon, IconName};
pub(crate) use keys::is_composing;
pub(crate) use menu::{MenuButton, MenuItem};
pub(crate) use popover::Popover;
pub(crate) use resize::on_resize;
pub(crate) use search::SearchField;
pub(crate) use toasts::{Toast, Toasts};
pub(crate) use virtual_list::VirtualList;
