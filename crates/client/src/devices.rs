//! My devices: which ones are signed in, and signing them out from here.

use halyard_protocol::DeviceId;
use halyard_protocol::rest::{Device, Devices as Answer};
use halyard_words as words;

use crate::api::{bare, item, read, succeeded};
use crate::context::Turn;
use crate::effect::{HttpOutcome, Method};
use crate::requests::Requests;
use crate::update::Changed;

/// What the user does with their devices.
#[derive(strum::IntoStaticStr, Clone, Copy, Debug)]
pub enum DevicesAction {
    /// Show them.
    Load,
    /// "Sign out there".
    End(DeviceId),
}

/// What the server was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    /// Which devices there are.
    List,
    /// To sign one of them out.
    End,
}

/// My devices, once asked for.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    list: Option<Vec<Device>>,
    pub(crate) requests: Requests<Call>,
}

impl Devices {
    pub(crate) fn list(&self) -> Option<&[Device]> {
        self.list.as_deref()
    }

    pub(crate) fn act(&mut self, action: DevicesAction, turn: &mut Turn<'_>) {
        match action {
            DevicesAction::Load => self.load(turn),
            DevicesAction::End(id) => {
                if let Some(devices) = &mut self.list {
                    devices.retain(|device| device.id != id);
                    turn.changed(Changed::Devices);
                }
                self.requests.start(Call::End, bare(Method::Delete, item("devices", id, "")), turn);
            }
        }
    }

    fn load(&mut self, turn: &mut Turn<'_>) {
        self.requests.start(Call::List, bare(Method::Get, "devices".to_owned()), turn);
    }

    pub(crate) fn answered(&mut self, call: Call, outcome: HttpOutcome, turn: &mut Turn<'_>) {
        match call {
            Call::List => match read::<Answer>(outcome) {
                Ok(Answer { devices }) => {
                    self.list = Some(devices);
                    turn.changed(Changed::Devices);
                }
                Err(error) => turn.failed(error),
            },
            Call::End => {
                match succeeded(outcome) {
                    Ok(_) => turn.inform(words::DEVICE_SIGNED_OUT),
                    Err(error) => turn.failed(error),
                }
                self.load(turn);
            }
        }
    }
}
