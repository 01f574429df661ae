//! Settings: my availability, my status text, my devices.

use halyard_protocol::rest::{Device, Devices, UpdateMe};
use halyard_protocol::{Availability, DeviceId, limits};

use crate::api::{read, succeeded};
use crate::env::Env;
use crate::event::HttpOutcome;
use crate::softphone::Softphone;
use crate::update::{Changed, Update};

impl Softphone {
    pub(crate) fn set_availability(&mut self, availability: Availability, out: &mut Update) {
        if let Some(me) = self.session.me_mut() {
            me.user.availability = availability;
            let body = UpdateMe { availability: Some(availability), status_text: None };
            self.requests.update_me(&body, out);
            out.changed(Changed::Me);
        }
    }

    pub(crate) fn set_status_text(&mut self, text: String, env: &Env, out: &mut Update) {
        let text = text.trim().to_owned();
        if text.chars().count() > limits::STATUS_TEXT_LENGTH {
            let word = ["A status has ", &limits::STATUS_TEXT_LENGTH.to_string(), " characters at most."].concat();
            self.complain(word, env, out);
        } else if let Some(me) = self.session.me_mut() {
            me.user.status_text.clone_from(&text);
            self.requests.update_me(&UpdateMe { availability: None, status_text: Some(text) }, out);
            out.changed(Changed::Me);
        }
    }

    /// What it is now, the log says; the answer may be older than that. After a failure its last word stands.
    pub(crate) fn me_updated(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        let Err(error) = succeeded(outcome) else { return };
        if let Some(me) = self.session.me_mut()
            && let Some(said) = self.book.user(me.user.id)
        {
            me.user = said.clone();
        }
        out.changed(Changed::Me);
        self.call_failed(error, env, out);
    }

    pub(crate) fn devices_answered(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match read::<Devices>(outcome) {
            Ok(Devices { devices }) => {
                self.devices = Some(devices);
                out.changed(Changed::Devices);
            }
            Err(error) => self.call_failed(error, env, out),
        }
    }

    pub(crate) fn end_device(&mut self, id: DeviceId, out: &mut Update) {
        if let Some(devices) = &mut self.devices {
            devices.retain(|device: &Device| device.id != id);
            out.changed(Changed::Devices);
        }
        self.requests.end_device(id, out);
    }

    pub(crate) fn device_ended(&mut self, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        match succeeded(outcome) {
            Ok(_) => self.inform("That device is signed out.".to_owned(), env, out),
            Err(error) => self.call_failed(error, env, out),
        }
        self.requests.devices(out);
    }
}
