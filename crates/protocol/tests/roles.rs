//! The documentation's table of roles is the one that the code goes by.

use std::fmt::Write as _;
use std::{env, fs};

use halyard_protocol::{Permission, Role};

fn page() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         Everybody who is signed in texts, chats, keeps contacts of their own, changes their own password and status, and signs\n\
         their own devices out. What takes more than that is in this table. It is made from `crates/protocol/src/roles.rs`:\n\
         `UPDATE_DOCS=1 cargo test -p halyard-protocol --test roles` writes it anew.\n\n\
         An Office Manager manages all users but Administrators. Nobody disables, removes or gives another role to themselves, so a\n\
         business that has an Administrator keeps one.\n\n\
         The last rows are for Administrators of the business that operates the system. Which one does, a command says:\n\
         `halyard-server tenant operator <domain>`. They name the business in which they act by `?tenant=<domain>`; for everybody else\n\
         other businesses are not there.\n\n\
         Whoever runs `halyard-server` beside the database may do everything. What is administered is written into the business's\n\
         audit log, by whichever way: `halyard-server audit list`, `GET /api/v1/audit`.\n\n",
    );
    let titles: Vec<&str> = Role::ALL.iter().map(|role| role.title()).collect();
    let _ = writeln!(page, "| | {} |", titles.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(titles.len()));
    for permission in Permission::ALL {
        let (_, operators_only) = permission.least();
        let cell = |role: &Role| match (role.may(permission, true), operators_only) {
            (false, _) => "",
            (true, false) => "yes",
            (true, true) => "operator's",
        };
        let cells: Vec<&str> = Role::ALL.iter().map(cell).collect();
        let _ = writeln!(page, "| {} | {} |", permission.about(), cells.join(" | "));
    }
    page
}

#[test]
fn the_table_of_roles_is_the_one_that_the_code_goes_by() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/roles.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, page()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), page(), "see the page on how to write it anew");
}
