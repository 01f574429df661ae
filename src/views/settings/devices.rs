//! The devices that I am signed in on.

use halyard_client::Ui;
use halyard_client::devices::DevicesAction;
use halyard_client::view::DeviceView;

use crate::format;
use crate::prelude::*;
use crate::runtime::App;
use crate::views::common::{Icon, IconName};
use crate::words::{self, say, t};

/// The list, read anew each time it is shown.
#[component]
pub(super) fn Devices() -> impl IntoView {
    let app = expect_context::<App>();
    app.send(Ui::Devices(DevicesAction::Load));
    let devices = app.signals(|signals| signals.devices.clone());
    let alone = {
        let devices = devices.clone();
        move || devices.get().is_none_or(|devices| devices.iter().all(|device| device.current))
    };
    view! {
        <section class="setting" aria-labelledby="devices-title">
            <h2 id="devices-title">{t(words::YOUR_DEVICES)}</h2>
            <p class="muted">{t(words::YOUR_DEVICES_HINT)}</p>
            <ul class="devices">
                {move || devices.get().map(|devices| devices.into_iter().map(line).collect::<Vec<_>>())}
            </ul>
            <button class="btn quiet" hidden=alone on:click=move |_| app.send(Ui::Devices(DevicesAction::EndOthers))>
                {t(words::SIGN_OUT_ELSEWHERE)}
            </button>
        </section>
    }
}

fn line(device: DeviceView) -> AnyView {
    let app = expect_context::<App>();
    let DeviceView { id, name, phone, signed_in_at, seen_at, current } = device;
    let label = say(&words::sign_out_device(&name));
    let name = say(&name);
    let env = crate::runtime::env();
    let [signed_in, seen] = [signed_in_at, seen_at].map(|at| format::moment(env.local(at)));
    let when = say(&words::device_times(signed_in, seen));
    view! {
        <li class="device">
            <Icon name=if phone { IconName::Smartphone } else { IconName::Laptop } />
            <div>
                <b>{name}</b>
                <p class="muted">{when}</p>
            </div>
            {if current {
                view! { <span class="tag">{t(words::THIS_DEVICE)}</span> }.into_any()
            } else {
                view! {
                    <button class="btn quiet" aria-label=label on:click=move |_| app.send(Ui::Devices(DevicesAction::End(id)))>
                        {t(words::SIGN_OUT_THERE)}
                    </button>
                }.into_any()
            }}
        </li>
    }
    .into_any()
}
