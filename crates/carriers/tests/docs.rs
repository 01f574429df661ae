//! Holds what the documentation says that each kind of account needs to the code. `UPDATE_DOCS=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use halyard_carriers::Kind;
use halyard_carriers::kinds::fields;

const BEGIN: &str = "<!-- made from the code: UPDATE_DOCS=1 cargo test -p halyard-carriers --test docs -->\n";
const END: &str = "<!-- end -->";

#[test]
fn what_each_kind_needs_stands_in_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/carriers.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut table = String::new();
    for kind in Kind::ALL {
        let _ = writeln!(table, "\n**{}**\n\n| setting | | what it is |\n|---|---|---|", kind.name());
        for field in fields(kind) {
            let how = match (field.required, field.secret) {
                (true, true) => "secret",
                (true, false) => "",
                (false, true) => "secret, optional",
                (false, false) => "optional",
            };
            let _ = writeln!(table, "| `{}` | {how} | {} |", field.name, field.about);
        }
    }
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let right = format!("{before}{BEGIN}{table}\n{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, right).unwrap();
    } else {
        assert_eq!(page, right, "see the head of this test on how to write it anew");
    }
}
