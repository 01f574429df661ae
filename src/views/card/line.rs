//! A row of the timeline that is no message: a call, a voicemail, a note, what happened to the conversation, or something that a later
//! version shows.

use halyard_client::view::{Item, LineIcon};

use crate::erased::ArcRwSignal;
use crate::format;
use crate::prelude::*;
use crate::views::common::{Icon, IconName};
use crate::words::say;

/// The row.
#[component]
pub(super) fn Line(item: ArcRwSignal<Item>) -> impl IntoView {
    reactive(move || match item.get() {
        Item::Line(line) => {
            let (icon, class) = match line.icon {
                LineIcon::Call => (IconName::Phone, "small"),
                LineIcon::MissedCall => (IconName::Phone, "small no"),
                LineIcon::Voicemail => (IconName::Voicemail, "small"),
                LineIcon::Note => (IconName::Pencil, "small"),
                LineIcon::People => (IconName::UsersRound, "small"),
                LineIcon::OptedOut => (IconName::BellOff, "small"),
                LineIcon::Texts => (IconName::MessageSquareText, "small"),
                LineIcon::Files => (IconName::Paperclip, "small"),
                LineIcon::Update => (IconName::RefreshCw, "small"),
            };
            let text = (!line.text.is_empty()).then(|| view! { <p class="aside">{line.text.clone()}</p> }.into_any());
            Some(
                view! {
                    <div class="line" title=format::moment(line.at)>
                        <p class="event">
                            <Icon name=icon class=class />
                            <span>{say(&line.words)}</span>
                            <span class="num">{format::time(line.at)}</span>
                        </p>
                        {text}
                    </div>
                }
                .into_any(),
            )
        }
        Item::Day { .. } | Item::New | Item::Message(_) => None,
    })
}
