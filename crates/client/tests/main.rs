//! The softphone in its users' words, and what holds whatever happens to it.

mod any_events;
mod attaching;
mod clock;
mod conversations;
mod deleting;
mod earlier_release;
mod entries;
mod faults;
mod installed;
mod kept;
mod names;
mod new_conversation;
mod nothing_typed_is_lost;
mod on_a_phone;
mod outbox;
mod own_numbers;
mod palette;
mod reading;
mod sending_in_any_order;
mod several_tabs;
mod signing_in;
mod silent_database;
mod storage_health;
mod support;
mod two_ways_to_send;
mod unread_in_any_order;
