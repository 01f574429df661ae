//! The question that waits for an answer.

use halyard_client::Ui;
use halyard_client::notices::NoticesAction;
use halyard_client::view::QuestionView;

use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::Dialog;
use crate::words::{self, say, t};

/// The open question, as a dialog.
#[component]
pub(super) fn Question() -> impl IntoView {
    let app = expect_context::<App>();
    let question = app.signals(|signals| signals.question.clone());
    reactive(move || question.get().map(|question| dialog(app, question)))
}

fn dialog(app: App, question: QuestionView) -> AnyView {
    let answer = move |yes| app.send(Ui::Notices(NoticesAction::Answer(yes)));
    view! {
        <Dialog title=say(&question.title) on_close=Callback::new(move |()| answer(false))>
            <p>{say(&question.text)}</p>
            <footer class="buttons end">
                <button class="btn quiet" on:click=move |_| answer(false)>
                    {t(words::CANCEL)}
                </button>
                {question
                    .may_send
                    .then(|| {
                        view! {
                            <button class="btn quiet" on:click=move |_| app.send(Ui::Notices(NoticesAction::SendCards))>
                                {t(words::SEND_IN_MESSAGE)}
                            </button>
                        }.into_any()
                    })}
                <button class="btn primary" class:danger=move || !question.may_send on:click=move |_| answer(true)>
                    {t(question.yes)}
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}
