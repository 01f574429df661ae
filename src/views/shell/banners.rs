//! Lasting words about the connection, the outbox, and the app itself.

use halyard_client::outbox::OutboxAction;
use halyard_client::storage::Health;
use halyard_client::view::{ConnectionView, RoundView};
use halyard_client::{AppCommand, Ui};

use crate::erased::Memo;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Banner, BannerTone, IconName};
use crate::words::{self, Text, Word, say, t};

/// The banners.
#[component]
pub(super) fn Banners() -> impl IntoView {
    let app = expect_context::<App>();
    let connection = app.signals(|signals| signals.connection.clone());
    let words = Memo::new({
        let connection = connection.clone();
        move |_| words(connection.get())
    });
    let round = Memo::new({
        let connection = connection.clone();
        move |_| connection.with(|connection| connection.round.clone())
    });
    let going = Memo::new(move |_| round.with(Option::is_some));
    let installation = app.signals(|signals| signals.installation.clone());
    view! {
        <div class="banners">
            {move || {
                words
                    .get()
                    .map(|(icon, tone, text)| view! { <Banner icon=icon tone=tone>{text}</Banner> }.into_any())
            }}
            {move || going.get().then(|| sending(app, round))}
            {move || storage(app, connection.get())}
            {move || {
                let view = installation.get();
                (view.update || view.hint).then(|| super::offers::offer(app, view.update))
            }}
        </div>
    }
}

/// A text that is on its way to several people, to each alone. Screen readers hear when that begins and what holds it up; each step is said
/// by the button.
fn sending(app: App, round: Memo<Option<RoundView>>) -> AnyView {
    let count =
        Memo::new(move |_| round.with(|round| round.as_ref().map(|round| words::sent_of(round.sent, round.all))));
    let act = move |retry: bool| {
        round.with_untracked(|round| {
            let Some(RoundView { id, held, .. }) = round else { return };
            let retry = held.as_ref().filter(|_| retry).map(|(id, _)| OutboxAction::Retry(*id));
            app.send(Ui::Outbox(retry.unwrap_or(OutboxAction::Stop(*id))));
        });
    };
    let held = Memo::new(move |_| round.with(|round| round.as_ref().and_then(|round| round.held.clone())));
    let button = move |word: Word, retry: bool| {
        view! {
            <button
                type="button"
                class="link"
                aria-label=move || count.with(|count| count.as_ref().map(|count| [t(word), ", ", &say(count)].concat()))
                on:click=move |_| act(retry)
            >
                {t(word)}
            </button>
        }
        .into_any()
    };
    view! {
        <Banner icon=IconName::SendHorizontal tone=BannerTone::Calm>
            {t(words::TEXTING_EACH_ALONE)}
            <span class="num" aria-hidden="true">
                {move || count.with(|count| count.as_ref().map(say))}
            </span>
            {move || held.with(|held| {
                held.as_ref().map(|(_, why)| vec![say(why).into_any(), button(words::RETRY, true)])
            })}
            {button(words::STOP, false)}
        </Banner>
    }
    .into_any()
}

/// What the device's database needs: another tab, or this one, has to be loaded again.
fn storage(app: App, ConnectionView { storage, unstored, .. }: ConnectionView) -> Option<AnyView> {
    let (text, reload) = match storage {
        Health::Blocked => (words::OLDER_TAB_BLOCKS, false),
        Health::Newer if unstored => (words::UPDATED_MESSAGES_WAIT, true),
        Health::Newer => (words::UPDATED_IN_ANOTHER_TAB, true),
        Health::Works | Health::SetAside | Health::Reopened | Health::Silent | Health::Refused | Health::Full => {
            return None;
        }
    };
    let reload = reload.then(|| {
        view! {
            <button type="button" class="link" on:click=move |_| app.send(Ui::App(AppCommand::Reload))>
                {t(words::RELOAD)}
            </button>
        }
        .into_any()
    });
    Some(view! { <Banner icon=IconName::RefreshCw tone=BannerTone::Warn>{t(text)} {reload}</Banner> }.into_any())
}

fn words(connection: ConnectionView) -> Option<(IconName, BannerTone, String)> {
    let ConnectionView { live, offline, lost, waiting, reading, storage: _, unstored: _, round: _ } = connection;
    if reading {
        let text = t(words::OFFLINE_READING);
        return Some((IconName::WifiOff, BannerTone::Warn, text.to_owned()));
    }
    let with = |none: Word, some: Text| if waiting == 0 { t(none).to_owned() } else { say(&some) };
    if offline {
        let text = with(words::OFFLINE_BANNER, words::offline_waiting(waiting));
        Some((IconName::WifiOff, BannerTone::Warn, text))
    } else if lost && !live {
        let text = with(words::RECONNECTING, words::reconnecting_waiting(waiting));
        Some((IconName::RefreshCw, BannerTone::Warn, text))
    } else {
        None
    }
}
