//! What each role may do: one table, for both ends and for the documentation.

use crate::user::Role;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Set the availability and the status text of a colleague.
    SetStatusOfOthers,
    /// Add, change, delete and import the contacts that everybody at the business sees.
    EditSharedContacts,
    /// See all users, disabled ones too, and where they are signed in.
    SeeUsers,
    /// Add, change, disable, enable and remove users; sign them out; make links for new passwords.
    ManageUsers,
    /// Do that with Administrators, and make a user an Administrator.
    ManageAdministrators,
    /// See the business's numbers, name them, and choose who texts from them.
    AssignNumbers,
    /// Rename the business.
    RenameTenant,
    /// Read who administered what.
    ReadAudit,
    /// See and change who wants no texts, and what HELP is answered with.
    ManageOptOuts,
    /// Add, test and remove the business's accounts at carriers, and choose which one carries a number.
    ManageCarriers,
    /// Add numbers, say what they can do, move them to another business, and retire them.
    ManageNumbers,
    /// Add, change and close businesses, and act in each of them.
    ManageTenants,
    /// See jobs that failed at every attempt, and run them again.
    ManageJobs,
}

impl Permission {
    /// All, as the documentation lists them.
    pub const ALL: [Self; 13] = [
        Self::SetStatusOfOthers,
        Self::EditSharedContacts,
        Self::SeeUsers,
        Self::ManageUsers,
        Self::ManageAdministrators,
        Self::AssignNumbers,
        Self::RenameTenant,
        Self::ReadAudit,
        Self::ManageOptOuts,
        Self::ManageCarriers,
        Self::ManageNumbers,
        Self::ManageTenants,
        Self::ManageJobs,
    ];

    /// The least role that may, and whether only at the business that operates this system.
    #[must_use]
    pub fn least(self) -> (Role, bool) {
        match self {
            Self::SetStatusOfOthers => (Role::Supervisor, false),
            Self::EditSharedContacts
            | Self::SeeUsers
            | Self::ManageUsers
            | Self::AssignNumbers
            | Self::ManageOptOuts => (Role::OfficeManager, false),
            Self::ManageAdministrators | Self::RenameTenant | Self::ReadAudit | Self::ManageCarriers => {
                (Role::Administrator, false)
            }
            Self::ManageNumbers | Self::ManageTenants | Self::ManageJobs => (Role::Administrator, true),
        }
    }

    /// What it is, in English, for the documentation.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::SetStatusOfOthers => "Set the availability and the status text of a colleague",
            Self::EditSharedContacts => "Add, change, delete and import shared contacts",
            Self::SeeUsers => "See all users, disabled ones too, and where they are signed in",
            Self::ManageUsers => {
                "Add, change, disable, enable and remove users, sign them out, make links for new passwords"
            }
            Self::ManageAdministrators => "Do so with Administrators, too, and make a user an Administrator",
            Self::AssignNumbers => "See the business's numbers, name them, choose who texts from them",
            Self::RenameTenant => "Rename the business, set its country",
            Self::ReadAudit => "Read and export the audit log",
            Self::ManageOptOuts => "See and change who wants no texts, and what HELP is answered with",
            Self::ManageCarriers => "Add, test and remove accounts at carriers, choose which one carries a number",
            Self::ManageNumbers => "Add numbers, say what they can do, move them to another business, retire them",
            Self::ManageTenants => "Add, change and close businesses, act in each of them",
            Self::ManageJobs => "See jobs that failed at every attempt, run them again",
        }
    }
}

impl Role {
    /// The roles, each of which may do all that the ones before it may.
    pub const ALL: [Self; 4] = [Self::Basic, Self::Supervisor, Self::OfficeManager, Self::Administrator];

    /// Whether this role may, at a business that operates this system (`operator`) or another.
    #[must_use]
    pub fn may(self, permission: Permission, operator: bool) -> bool {
        let (least, operators_only) = permission.least();
        self.rank() >= least.rank() && (operator || !operators_only)
    }

    /// Its place among the roles. An unknown one counts as Basic.
    fn rank(self) -> u8 {
        match self {
            Self::Basic | Self::Unknown => 0,
            Self::Supervisor => 1,
            Self::OfficeManager => 2,
            Self::Administrator => 3,
        }
    }

    /// What people call it, in English.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Basic => "Basic User",
            Self::Supervisor => "Call Center Supervisor",
            Self::OfficeManager => "Office Manager",
            Self::Administrator => "Administrator",
            Self::Unknown => "Unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_ones_before_it_may() {
        for permission in Permission::ALL {
            for operator in [false, true] {
                let may: Vec<bool> = Role::ALL.iter().map(|role| role.may(permission, operator)).collect();
                assert!(may.is_sorted(), "{permission:?}: {may:?}");
            }
            assert!(Role::Administrator.may(permission, true));
            assert!(!Role::Basic.may(permission, true), "what everybody may needs no permission");
            assert!(!Role::Unknown.may(permission, true));
        }
    }

    #[test]
    fn the_list_is_whole() {
        for (index, permission) in Permission::ALL.iter().enumerate() {
            assert!(!Permission::ALL[..index].contains(permission));
        }
    }
}
