//! Accounts at carriers, who wants no texts, and how a business texts to phones outside.
//!
//! Always holds: no secret is here but one that is just being set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CallingCode, CarrierAccountId, PhoneNumber, UnixMs};

/// An account at a carrier, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarrierAccount {
    /// Its id.
    pub id: CarrierAccountId,
    /// `twilio`, `telnyx`, `bandwidth`, `smpp` or `simulator`.
    pub kind: String,
    /// What the business calls it.
    pub name: String,
    /// Whether it is the operator's, for all businesses.
    pub shared: bool,
    /// What is not secret of it, by name.
    pub settings: BTreeMap<String, String>,
    /// Its secrets, by name: where each is kept, never what it is: `sealed` in the database, `env:NAME` or `file:PATH` of the server.
    pub secrets: BTreeMap<String, String>,
    /// The address to enter at the carrier for its reports and for texts that come in; empty where the server does not know its own. Whoever has it
    /// can try to bring texts.
    pub webhook: String,
    /// The numbers of the business that it carries.
    pub numbers: Vec<PhoneNumber>,
}

/// The accounts at carriers that may carry a business's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarrierAccounts {
    /// The accounts, the business's own first.
    pub carriers: Vec<CarrierAccount>,
}

/// An account at a carrier to add.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCarrierAccount {
    /// `twilio`, `telnyx`, `bandwidth`, `smpp` or `simulator`.
    pub kind: String,
    /// What the business calls it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// What is not secret of it, by name; which there are stands in `docs/carriers.md`.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Its secrets, by name. They are sealed, and nobody reads them again.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// Whether it is for all businesses: of the operator's own.
    #[serde(default)]
    pub shared: bool,
}

impl core::fmt::Debug for NewCarrierAccount {
    /// Never shows a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NewCarrierAccount").field("kind", &self.kind).field("name", &self.name).finish_non_exhaustive()
    }
}

/// What came of a test of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarrierTest {
    /// Whether it works.
    pub works: bool,
    /// What was found, or what is wrong and where to mend it, in English.
    pub words: String,
}

/// How a business texts to phones outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Texting {
    /// What HELP is answered with; empty for the usual: the business's name, and how to opt out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub help_text: String,
    /// The calling codes of the countries that texts may go to by a carrier; empty for the business's own. Only who operates the system changes it.
    #[serde(default)]
    pub countries: Vec<CallingCode>,
}

/// Somebody who wants no texts from a number of the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptOut {
    /// The number of the business.
    pub number: PhoneNumber,
    /// Who wants no texts from it.
    pub recipient: PhoneNumber,
    /// How that is known: `reply`, `carrier`, `administrator` or `import`.
    pub source: String,
    /// Since when.
    pub at: UnixMs,
}

/// Those who want no texts from numbers of the business, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptOuts {
    /// They.
    pub opt_outs: Vec<OptOut>,
}

/// Which account carries a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignCarrier {
    /// The account; absent for none: then the number reaches numbers of this system alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<CarrierAccountId>,
}
