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
    /// Texts with files that an account's carrier has brought to a tenant: each waits for the server that has the files.
    Files {
        /// The tenant.
        tenant: TenantId,
        /// The account.
        account: CarrierAccountId,
    },
    /// What an account's carrier has brought, where no tenant is known yet.
    Account(CarrierAccountId),
}

/// What stands in place of a number in the names of queues of files.
const FILES: &str = "files";

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(tenant) => tenant.fmt(f),
            Self::Line { tenant, account, number } => write!(f, "{tenant}.{account}.{number}"),
            Self::Files { tenant, account } => write!(f, "{tenant}.{account}.{FILES}"),
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
            [tenant, account, FILES] => {
                Some(Self::Files { tenant: tenant.parse().ok()?, account: account.parse().ok()? })
            }
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
            Self::Tenant(tenant) | Self::Line { tenant, .. } | Self::Files { tenant, .. } => Some(tenant),
            Self::Account(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::Ulid;

    #[test]
    fn names_are_read_as_they_are_written() {
        let (tenant, account) = (TenantId(Ulid::from_bits(7)), CarrierAccountId(Ulid::from_bits(8)));
        let number = PhoneNumber::from_e164("+16195550101").unwrap();
        for queue in [
            Queue::Tenant(tenant),
            Queue::Line { tenant, account, number },
            Queue::Files { tenant, account },
            Queue::Account(account),
        ] {
            assert_eq!(Queue::read(&queue.to_string()), Some(queue), "{queue}");
        }
        for name in ["", "account.", "x", "account.x", &format!("{tenant}.{account}.1"), "a.b.files"] {
            assert_eq!(Queue::read(name), None, "{name}");
        }
    }
}
