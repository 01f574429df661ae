//! The kinds of carriers: what an account of each needs, and an account that is ready to be spoken to.

use crate::account::{Field, Kind, Settings, SettingsError};
use crate::bandwidth::{self, Bandwidth};
use crate::base;
use crate::provider::Provider;
use crate::simulator::{self, Simulator};
use crate::smpp;
use crate::telnyx::{self, Telnyx};
use crate::twilio::{self, Twilio};

/// The fields of a kind.
#[must_use]
pub fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Simulator => simulator::FIELDS,
        Kind::Twilio => twilio::FIELDS,
        Kind::Telnyx => telnyx::FIELDS,
        Kind::Bandwidth => bandwidth::FIELDS,
        Kind::Smpp => smpp::FIELDS,
    }
}

/// An account of a kind; none of a kind that is not spoken to by HTTP.
///
/// # Errors
/// What is wrong with the settings.
pub fn provider(kind: Kind, settings: &Settings) -> Result<Option<Box<dyn Provider>>, SettingsError> {
    settings.check(fields(kind))?;
    base::check_replies(settings)?;
    base::check_pace_of_a_number(settings)?;
    Ok(match kind {
        Kind::Simulator => Some(Box::new(Simulator::new(settings)?)),
        Kind::Twilio => Some(Box::new(Twilio::new(settings)?)),
        Kind::Telnyx => Some(Box::new(Telnyx::new(settings)?)),
        Kind::Bandwidth => Some(Box::new(Bandwidth::new(settings)?)),
        Kind::Smpp => {
            smpp::Options::read(settings)?;
            None
        }
    })
}
