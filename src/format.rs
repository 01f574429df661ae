//! Times and dates as the user's locale writes them, by the browser's `Intl`.
//!
//! Always holds: a time is written as the softphone's clock has it. The formats know no zone of their own, so all times on
//! screen are of one zone, also after a journey.

use crate::words::{self, t};
use halyard_client::LocalTime;
use halyard_client::view::When;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Keys as this keyboard has them: "Ctrl K", "\u{2318}K".
pub(crate) fn keys(keys: &str) -> String {
    let mac = crate::adapters::device::is_mac();
    let mut text = String::new();
    for key in keys.split('+') {
        if !mac && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(match key {
            "Ctrl" if mac => "\u{2318}",
            "Alt" if mac => "\u{2325}",
            "Shift" if mac => "\u{21e7}",
            "PageUp" => "PgUp",
            "PageDown" => "PgDn",
            "Escape" => "Esc",
            key => key,
        });
    }
    text
}

/// "9:42", "Fri", "Nov 14", "Nov 14, 2025".
pub(crate) fn when(at: LocalTime, when: When) -> String {
    match when {
        When::Today => time(at),
        When::ThisWeek => WEEKDAY.with(|format| text(format, at)),
        When::Date => SHORT_DATE.with(|format| text(format, at)),
        When::DateAndYear => SHORT_DATE_AND_YEAR.with(|format| text(format, at)),
    }
}

/// "9:42".
pub(crate) fn time(at: LocalTime) -> String {
    TIME.with(|format| text(format, at))
}

/// "Today", "Yesterday", "Friday", "Friday, November 14", "Friday, November 14, 2025".
pub(crate) fn day(at: LocalTime, ago: i64, this_year: bool) -> String {
    match ago {
        0 => t(words::TODAY).to_owned(),
        1 => t(words::YESTERDAY).to_owned(),
        2..=6 => LONG_WEEKDAY.with(|format| text(format, at)),
        _ if this_year => LONG_DATE.with(|format| text(format, at)),
        _ => LONG_DATE_AND_YEAR.with(|format| text(format, at)),
    }
}

/// "November 14, 2026 at 9:42".
pub(crate) fn moment(at: LocalTime) -> String {
    MOMENT.with(|format| text(format, at))
}

/// What the clocks of a time zone of the IANA database show now; `None` where the browser does not know the zone.
pub(crate) fn clock_in(zone: &str) -> Option<LocalTime> {
    const MINUTE: i64 = 60_000;
    let options = options(&[("timeZone", zone), ("hourCycle", "h23"), ("hour", "2-digit"), ("minute", "2-digit")]);
    let format = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let format: Function = Reflect::get(&format, &JsValue::from_str("DateTimeFormat")).ok()?.dyn_into().ok()?;
    // Of a zone that it does not know it throws.
    let format = Reflect::construct(&format, &Array::of2(&JsValue::from_str("en-GB"), &options)).ok()?;
    let clock = text_at(format.unchecked_ref(), Date::new_0())?;
    // `22:40`
    let digit = |at: usize| clock.as_bytes().get(at).map_or(0, |digit| i64::from(digit & 15));
    Some(LocalTime((digit(0) * 600 + digit(1) * 60 + digit(3) * 10 + digit(4)) * MINUTE))
}

thread_local! {
    static TIME: Intl::DateTimeFormat = format(&[("hour", "numeric"), ("minute", "2-digit")]);
    static WEEKDAY: Intl::DateTimeFormat = format(&[("weekday", "short")]);
    static LONG_WEEKDAY: Intl::DateTimeFormat = format(&[("weekday", "long")]);
    static SHORT_DATE: Intl::DateTimeFormat = format(&[("month", "short"), ("day", "numeric")]);
    static SHORT_DATE_AND_YEAR: Intl::DateTimeFormat =
        format(&[("month", "short"), ("day", "numeric"), ("year", "numeric")]);
    static LONG_DATE_AND_YEAR: Intl::DateTimeFormat =
        format(&[("weekday", "long"), ("month", "long"), ("day", "numeric"), ("year", "numeric")]);
    static LONG_DATE: Intl::DateTimeFormat =
        format(&[("weekday", "long"), ("month", "long"), ("day", "numeric")]);
    static MOMENT: Intl::DateTimeFormat = format(&[("dateStyle", "long"), ("timeStyle", "short")]);
}

fn format(with: &[(&str, &str)]) -> Intl::DateTimeFormat {
    let object = options(with);
    // What is formatted is local time already.
    set(&object, "timeZone", "UTC");
    Intl::DateTimeFormat::new(&Array::new(), &object)
}

fn options(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in options {
        set(&object, key, value);
    }
    object
}

fn set(object: &Object, key: &str, value: &str) {
    // Setting a property of a fresh object can't fail.
    let _ = Reflect::set(object, &JsValue::from_str(key), &JsValue::from_str(value));
}

fn text(format: &Intl::DateTimeFormat, at: LocalTime) -> String {
    text_at(format, Date::new(&JsValue::from_f64(at.0 as f64))).unwrap_or_default()
}

fn text_at(format: &Intl::DateTimeFormat, at: Date) -> Option<String> {
    format.format().call1(&JsValue::UNDEFINED, &at).ok()?.as_string()
}
