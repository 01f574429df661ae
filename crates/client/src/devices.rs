//! My devices: which ones are signed in, and signing them out from here.

use halyard_protocol::DeviceId;
use halyard_protocol::rest::{Device, Devices as Answer};
use halyard_words::{self as words, Word};

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
    /// "Sign out on all other devices".
    EndOthers,
}

/// What the server was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    /// Which devices there are.
    List,
    /// To sign some of them out, and what to say then.
    End(Word),
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
            DevicesAction::End(id) => self.end(Some(id), turn),
            DevicesAction::EndOthers => self.end(None, turn),
        }
    }

    /// Signs one of them out, or all but this one.
    fn end(&mut self, one: Option<DeviceId>, turn: &mut Turn<'_>) {
        if let Some(devices) = &mut self.list {
            devices.retain(|device| one.map_or(device.current, |id| device.id != id));
            turn.changed(Changed::Devices);
        }
        let (path, done) = match one {
            Some(id) => (item("devices", id, ""), words::DEVICE_SIGNED_OUT),
            None => ("devices".to_owned(), words::OTHER_DEVICES_SIGNED_OUT),
        };
        self.requests.start(Call::End(done), bare(Method::Delete, path), turn);
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
            Call::End(done) => {
                match succeeded(outcome) {
                    Ok(_) => turn.inform(done),
                    Err(error) => turn.failed(error),
                }
                self.load(turn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::NetworkFailure;
    use crate::fact::Fact;
    use crate::testing::{Alone, Done, answer};

    const LIST: &str = r#"{"devices":[{"id":"01JZ7TXK1N9RYWM4DPTF0PVM2P","name":"Firefox","signed_in_at":1,"seen_at":1,"current":false}]}"#;

    fn answer_with(devices: &mut Devices, alone: &mut Alone, asked: &Done, outcome: HttpOutcome) -> Done {
        let call = devices.requests.take(asked.requests()[0].0).expect("a request");
        alone.turn(|cx| devices.answered(call, outcome, cx))
    }

    #[test]
    fn one_that_is_signed_out_goes_at_once_and_comes_back_when_the_server_did_not_hear_it() {
        let (mut devices, mut alone) = (Devices::default(), Alone::new());
        let asked = alone.turn(|cx| devices.act(DevicesAction::Load, cx));
        answer_with(&mut devices, &mut alone, &asked, Ok(answer(200, LIST)));
        let id = devices.list().expect("a list")[0].id;
        let asked = alone.turn(|cx| devices.act(DevicesAction::End(id), cx));
        assert_eq!(devices.list().map(<[Device]>::len), Some(0));
        let done = answer_with(&mut devices, &mut alone, &asked, Err(NetworkFailure));
        assert!(done.facts.iter().any(|fact| matches!(fact, Fact::Failed(_))));
        answer_with(&mut devices, &mut alone, &done, Ok(answer(200, LIST)));
        assert_eq!(devices.list().map(<[Device]>::len), Some(1));
    }
}
