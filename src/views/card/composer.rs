//! A card's composer.

use halyard_client::composer::ComposerAction;
use halyard_client::view::{ComposerView, CounterView, UsingView, is_night};
use halyard_client::{CardKey, FocusTarget, Ui};
use leptos::html::Textarea;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::attach;
use crate::adapters::device;
use crate::erased::Memo;
use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{EmojiButton, Icon, IconButton, IconName, MenuButton, MenuItem, is_composing};
use crate::words::{self, say, t};

/// The composer.
#[component]
pub(super) fn Composer(card: CardKey) -> impl IntoView {
    let app = expect_context::<App>();
    let composer =
        app.signals(|signals| signals.composers.acquire(card, || app.phone(|phone, _| phone.composer_view(card))));
    on_cleanup(move || app.signals(|signals| signals.composers.release(card)));
    let part = {
        let composer = composer.clone();
        move |read: fn(&ComposerView) -> Option<String>| {
            let composer = composer.clone();
            Memo::new(move |_| composer.with(read))
        }
    };
    let draft = part(|composer| Some(composer.draft.clone()));
    let problem = part(|composer| composer.problem.as_ref().map(say));
    let blocked = part(|composer| composer.blocked.as_ref().map(say));
    let closed = {
        let composer = composer.clone();
        Memo::new(move |_| composer.with(|composer| composer.closed))
    };
    let note = part(|composer| composer.note.as_ref().map(say));
    // A key press does not look at the clocks again: only the first one does.
    let zones = {
        let composer = composer.clone();
        let written =
            |composer: &ComposerView| if composer.draft.is_empty() { Vec::new() } else { composer.zones.clone() };
        Memo::new(move |_| composer.with(written))
    };
    let night = Memo::new(move |_| zones.with(|zones| night(zones)));
    let using = {
        let composer = composer.clone();
        Memo::new(move |_| composer.with(|composer| composer.using.clone()))
    };
    let files = {
        let composer = composer.clone();
        Memo::new(move |_| composer.with(|composer| composer.files.clone()))
    };
    let counter = Memo::new(move |_| composer.with(|composer| composer.counter.clone()));
    let costly = Memo::new(move |_| counter.get().filter(|counter| counter.costly.is_some()));
    let field = NodeRef::<Textarea>::new();
    fit(field, draft);
    let hint = ["hint-", &card.attribute()].concat();
    let described = hint.clone();
    let focus = FocusTarget::Composer(card).attribute();
    let writes = focus.clone();
    let empty = Memo::new(move |_| draft.with(|draft| draft.as_deref().is_none_or(str::is_empty)));

    let submit = move || app.send(Ui::Composer(card, ComposerAction::Submit));
    let key = move |event: web_sys::KeyboardEvent| {
        // Enter also ends the composition of a character: that one is no send. On the keyboard of a touch screen it is the only way to
        // a new line, and "Send" is beside the text.
        let sends = !event.shift_key() && !event.alt_key() && !is_composing(&event) && !device::is_touch_screen();
        if event.key() == "Enter" && sends {
            event.prevent_default();
            submit();
        }
    };
    // Writes into the text box: in the place of all that is there, or of what is selected.
    let write = move |text: &str, all: bool| {
        let Some(field) = field.get_untracked() else { return };
        let _ = field.focus();
        if all {
            field.select();
        }
        // By the browser's own edit, which its Undo takes back; it says of it as of typing.
        let page = document().dyn_into::<web_sys::HtmlDocument>().ok();
        let done = page.map(|page| page.exec_command_with_show_ui_and_value("insertText", false, text));
        if matches!(done, Some(Ok(true))) {
            return;
        }
        let (start, end) = (field.selection_start().ok().flatten(), field.selection_end().ok().flatten());
        let (start, end) = (start.unwrap_or_default(), end.unwrap_or_default());
        let _ = field.set_range_text_with_start_and_end_and_mode(text, start, end, "end");
        app.send(Ui::Composer(card, ComposerAction::Draft(field.value())));
    };
    let insert = Callback::new(move |emoji: String| write(&emoji, false));
    let make_plain = Callback::new(move |plain: String| write(&plain, true));
    view! {
        <div class="composer">
            <Line card=card using=using counter=counter />
            <p
                class="hint"
                class:bad=move || problem.get().is_some()
                class:warn=move || blocked.get().is_some()
                id=hint
                tabindex=move || closed.get().then_some("-1")
                data-focus=move || closed.get().then(|| focus.clone())
            >
                {move || problem.get().or_else(|| blocked.get()).or_else(|| note.get()).or_else(|| night.get())}
            </p>
            {move || costly.get().map(|counter| costly_hint(counter, make_plain))}
            {move || {
                let files = files.get();
                (!files.is_empty()).then(|| attach::chips(card, files))
            }}
            <div class="box" class:closed=move || closed.get() class:gone=move || closed.get() && empty.get()>
                <EmojiButton on_pick=insert />
                <attach::AttachButton card=card />
                <textarea
                    rows="1"
                    aria-label=t(words::TYPE_A_MESSAGE)
                    placeholder=t(words::TYPE_A_MESSAGE)
                    aria-describedby=described
                    aria-invalid=move || problem.get().map(|_| "true")
                    readonly=move || closed.get()
                    data-focus=move || (!closed.get()).then(|| writes.clone())
                    enterkeyhint=if device::is_touch_screen() { "enter" } else { "send" }
                    prop:value=move || draft.get().unwrap_or_default()
                    node_ref=field
                    on:input=move |event| app.send(Ui::Composer(card, ComposerAction::Draft(event_target_value(&event))))
                    on:keydown=key
                    on:paste=move |event| attach::pasted(app, card, &event)
                ></textarea>
                <IconButton
                    icon=IconName::SendHorizontal
                    label=t(words::SEND)
                    class="send"
                    on_click=Callback::new(move |()| submit())
                />
            </div>
        </div>
    }
}

/// That it is night in one of these time zones.
fn night(zones: &[&str]) -> Option<String> {
    let mut clocks = zones.iter().filter_map(|zone| format::clock_in(zone));
    let clock = clocks.find(|clock| is_night(clock.0 / 3_600_000))?;
    Some(say(&words::night_there(format::time(clock))))
}

/// Gives the text box the height of its text, where the browser does not do so itself.
fn fit(field: NodeRef<Textarea>, draft: Memo<Option<String>>) {
    Effect::new(move |_| {
        let Some(field) = field.get().filter(|field| !device::sizes_text_boxes(field)) else { return };
        draft.track();
        // Once the text is in it.
        request_animation_frame(move || {
            let style = HtmlElement::style(&field);
            let _ = style.set_property("height", "auto");
            let _ = style.set_property("height", &[&field.scroll_height().to_string(), "px"].concat());
        });
    });
}

/// "Send SMS using", and how long the text is.
#[component]
fn Line(card: CardKey, using: Memo<Option<UsingView>>, counter: Memo<Option<CounterView>>) -> impl IntoView {
    let app = expect_context::<App>();
    let shown = Memo::new(move |_| using.with(Option::is_some) || counter.with(Option::is_some));
    let items = Signal::derive(move || {
        let options = using.get().map(|using| using.options).unwrap_or_default();
        options
            .into_iter()
            .map(|option| {
                let number = option.number;
                MenuItem::radio(option.chosen, option.text, move || {
                    app.send(Ui::Composer(card, ComposerAction::SendUsing(number)))
                })
                .note(say(&option.label))
            })
            .collect::<Vec<_>>()
    });
    let choice = Memo::new(move |_| using.with(|using| using.as_ref().is_some_and(|using| using.options.len() > 1)));
    let chosen =
        Memo::new(move |_| using.with(|using| using.as_ref().map(|using| say(&using.chosen)).unwrap_or_default()));
    reactive(move || {
        shown.get().then(|| {
            view! {
                <div class="using">
                    {move || if using.with(Option::is_some) { t(words::SEND_SMS_USING) } else { "" }}
                    {move || {
                        if choice.get() {
                            view! {
                                <MenuButton
                                    label=Signal::derive(move || say(&words::send_sms_using_number(chosen.get())))
                                    class="num"
                                    items=items
                                    content=move || {
                                        view! {
                                            {move || chosen.get()}
                                            <Icon name=IconName::ChevronDown />
                                        }
                                    }
                                />
                            }.into_any()
                        } else {
                            view! { <b class="num">{move || chosen.get()}</b> }.into_any()
                        }
                    }}
                    {move || counter.get().map(count)}
                </div>
            }
            .into_any()
        })
    })
}

/// Which characters make a text several, and what can be done about it.
fn costly_hint(counter: CounterView, make_plain: Callback<String>) -> AnyView {
    let CounterView { costly, plain, .. } = counter;
    view! {
        <p class="hint">
            {costly.as_ref().map(say)}
            {plain
                .map(|plain| {
                    view! {
                        <button type="button" class="link" on:click=move |_| make_plain.run(plain.clone())>
                            {t(words::USE_PLAIN_CHARACTERS)}
                        </button>
                    }.into_any()
                })}
        </p>
    }
    .into_any()
}

fn count(counter: CounterView) -> AnyView {
    let CounterView { text, words, over, .. } = counter;
    let (text, words) = (say(&text), say(&words));
    let title = words.clone();
    view! {
        <span class="count num" class:warn=over title=title>
            <span aria-hidden="true">{text}</span>
            <span class="sr">{words}</span>
        </span>
    }
    .into_any()
}
