//! The columns of Google Contacts: `Phone 1 - Value` with `Phone 1 - Type` (older) or `Phone 1 - Label` (newer).

use super::csv::Column;

/// The columns with these headings in lower case, if Google wrote them.
pub(super) fn columns(names: &[String]) -> Option<Vec<Column>> {
    let is_numbered = |name: &String| {
        numbered(name, "phone ").is_some()
            || numbered(name, "e-mail ").is_some()
            || numbered(name, "organization ").is_some()
    };
    let ours = names.iter().any(is_numbered) || names.iter().any(|name| name == "organization name");
    ours.then(|| names.iter().map(|name| column(name)).collect())
}

fn column(name: &str) -> Column {
    match name {
        "name" => return Column::FullName,
        "given name" | "first name" => return Column::Given,
        "additional name" | "middle name" => return Column::Middle,
        "family name" | "last name" => return Column::Family,
        "organization name" => return Column::Company,
        _ => {}
    }
    match (numbered(name, "phone "), numbered(name, "e-mail "), numbered(name, "organization ")) {
        (Some((number, "value")), ..) => Column::LabelledPhone(number),
        (Some((number, "label" | "type")), ..) => Column::PhoneLabel(number),
        (_, Some((_, "value")), _) => Column::Email,
        (.., Some((_, "name"))) => Column::Company,
        _ => Column::Else,
    }
}

/// The number and what follows it: `1` and `value` of `phone 1 - value`.
fn numbered<'a>(name: &'a str, kind: &str) -> Option<(u16, &'a str)> {
    let (number, what) = name.strip_prefix(kind)?.split_once(" - ")?;
    Some((number.trim().parse().ok()?, what.trim()))
}
