//! The columns of Outlook, and those that people give their own tables.

use halyard_protocol::NumberLabel;

use super::Format;
use super::csv::Column;

/// The columns with these headings in lower case, and whether Outlook wrote them.
pub(super) fn columns(names: &[String]) -> (Format, Vec<Column>) {
    let known = ["e-mail address", "business phone", "business fax", "primary phone"];
    let ours = names.iter().any(|name| known.contains(&name.as_str()));
    (if ours { Format::Outlook } else { Format::Csv }, names.iter().map(|name| column(name)).collect())
}

fn column(name: &str) -> Column {
    // "Business Phone 2", "E-mail 2 Address".
    let plain: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    match plain.join(" ").as_str() {
        "name" | "full name" | "display name" | "contact" | "contact name" => Column::FullName,
        "first name" | "given name" | "first" | "forename" => Column::Given,
        "middle name" => Column::Middle,
        "last name" | "family name" | "last" | "surname" => Column::Family,
        "company" | "company name" | "organization" | "organisation" | "business" | "customer" => Column::Company,
        "e-mail address" | "e-mail" | "email" | "email address" | "mail" => Column::Email,
        "mobile phone" | "mobile" | "cell" | "cell phone" | "mobile number" | "cell number" | "car phone" => {
            Column::Phone(NumberLabel::Mobile)
        }
        "business phone" | "company main phone" | "primary phone" | "work phone" | "office phone" | "work"
        | "office" | "work number" => Column::Phone(NumberLabel::Work),
        "home phone" | "home" | "home number" => Column::Phone(NumberLabel::Home),
        "business fax" | "home fax" | "other fax" | "fax" | "fax number" => Column::Phone(NumberLabel::Fax),
        "other phone" | "phone" | "phone number" | "telephone" | "telephone number" | "tel" | "number" | "callback"
        | "radio phone" => Column::Phone(NumberLabel::Other),
        _ => Column::Else,
    }
}
