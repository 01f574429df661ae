//! In whose turns jobs run. The column `jobs.tenant` has a queue's name: it was the tenant's id alone once.

use std::fmt;

use halyard_protocol::{CarrierAccountId, PhoneNumber, TenantId};

/// In whose turn a job runs: each queue has turns of its own, so one that is long or slow keeps no other waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// What belongs to a tenant.
    Tenant(TenantId),
    /// The texts of one of a tenant's numbers that an account carries: as fast as that takes them.
    Line {
        /// The tenant.
        tenant: TenantId,
        /// The account.
        account: CarrierAccountId,
        /// The own number.
        number: PhoneNumber,
    },
    /// What an account's carrier has brought, where no tenant is known yet.
    Account(CarrierAccountId),
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(tenant) => tenant.fmt(f),
            Self::Line { tenant, account, number } => write!(f, "{tenant}.{account}.{number}"),
            Self::Account(account) => write!(f, "account.{account}"),
        }
    }
}

impl Queue {
    /// The queue that is written so.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        match parts[..] {
            [tenant] => tenant.parse().ok().map(Self::Tenant),
            ["account", account] => account.parse().ok().map(Self::Account),
            [tenant, account, number] => Some(Self::Line {
                tenant: tenant.parse().ok()?,
                account: account.parse().ok()?,
                number: number.parse().ok()?,
            }),
            _ => None,
        }
    }

    /// The tenant, where it is known.
    #[must_use]
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Tenant(tenant) | Self::Line { tenant, .. } => Some(tenant),
            Self::Account(_) => None,
        }
    }
}
