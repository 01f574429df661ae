//! What the columns of a table mean, by their headings: those of Google Contacts, of Outlook in four languages, and those that people
//! write themselves.

use halyard_protocol::NumberLabel;
use halyard_protocol::letters::is_alphanumeric;

use super::Format;
use crate::contacts::search::fold;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CsvColumn {
    FullName,
    Given,
    Middle,
    Family,
    Prefix,
    Suffix,
    Nickname,
    Company,
    Email,
    Consent,
    Notes,
    /// A part of the address of a group of columns.
    Address(u16),
    /// The same address as a whole.
    AddressWhole(u16),
    Phone(NumberLabel),
    /// The label of the phone in the column of the same number.
    PhoneLabel(u16),
    LabelledPhone(u16),
    /// Understood, and nothing that anybody would miss.
    Known,
    /// Nothing that a contact keeps, as far as we can tell.
    Else,
}

/// Headings with one meaning each, folded, without figures, a bar around each.
const WHOLE: &[(CsvColumn, &str)] = &[
    (
        CsvColumn::FullName,
        "|name|full name|display name|contact|contact name|nombre completo|nom complet|vollstandiger name|anzeigename|",
    ),
    (CsvColumn::Given, "|first name|given name|first|forename|vorname|prenom|nombre|nombre de pila|"),
    (
        CsvColumn::Middle,
        "|middle name|additional name|weitere vornamen|zweiter vorname|segundo nombre|deuxieme prenom|",
    ),
    (
        CsvColumn::Family,
        "|last name|family name|last|surname|nachname|familienname|apellido|apellidos|nom de famille|nom|",
    ),
    (CsvColumn::Prefix, "|name prefix|prefix|anrede|tratamiento|"),
    (CsvColumn::Suffix, "|name suffix|suffix|namenszusatz|sufijo|suffixe|"),
    (
        CsvColumn::Consent,
        "|text consent|sms consent|consent|consent to texts|opt in|einwilligung|consentimiento|consentement|",
    ),
    (CsvColumn::Nickname, "|nickname|nick name|spitzname|apodo|surnom|alias|"),
    (
        CsvColumn::Company,
        "|company|company name|organization|organisation|organization name|business|customer|firma|unternehmen|empresa|compania|\
         organizacion|societe|entreprise|",
    ),
    (
        CsvColumn::Notes,
        "|notes|note|notizen|notiz|bemerkung|bemerkungen|kommentar|comments|comment|notas|nota|observaciones|remarques|commentaires|",
    ),
    (CsvColumn::PhoneLabel(0), "|phone label|phone type|"),
    (CsvColumn::LabelledPhone(0), "|phone value|"),
    (CsvColumn::AddressWhole(0), "|address formatted|"),
    (CsvColumn::Known, "|e mail label|e mail type|address label|address type|"),
];

/// What the words of other headings say, each with the words of its kind. A heading is understood if all of its words are.
const WORDS: &[(u16, &str)] = &[
    (
        PHONE,
        "|phone|phones|telephone|tel|telefon|telefono|telefonnummer|rufnummer|fon|haupttelefon|number|numero|nummer|callback|radio|",
    ),
    (
        MOBILE,
        "|mobile|mobil|cell|cellphone|cellular|handy|handynummer|mobiltelefon|mobilnummer|movil|celular|portable|gsm|natel|car|autotelefon|",
    ),
    (
        WORK,
        "|work|business|office|company|main|primary|geschaftlich|dienstlich|buro|arbeit|firma|haupttelefon|bureau|travail|professionnel|\
         trabajo|oficina|laboral|empresa|",
    ),
    (HOME, "|home|private|personal|privat|domicile|maison|prive|casa|particular|hogar|domicilio|"),
    (FAX, "|fax|telefax|telecopie|"),
    (EMAIL, "|email|emails|mail|correo|electronico|courriel|messagerie|electronique|mailadresse|emailadresse|"),
    (
        ADDRESS,
        "|address|adresse|direccion|street|strasse|calle|rue|city|ort|stadt|ciudad|ville|state|region|provincia|province|bundesland|\
         estado|zip|postal|code|plz|postleitzahl|postcode|codigo|country|land|pais|pays|po|box|extended|",
    ),
    (OTHER, "|other|weitere|weiteres|weiterer|sonstige|otro|otra|autre|"),
    (0, "|e|value|of|de|del|la|el|du|des|der|nr|no|"),
];

const PHONE: u16 = 1;
const MOBILE: u16 = 2;
const WORK: u16 = 4;
const HOME: u16 = 8;
const FAX: u16 = 16;
const EMAIL: u16 = 32;
const ADDRESS: u16 = 64;
const OTHER: u16 = 128;

fn holds(list: &str, text: &str) -> bool {
    !text.is_empty() && list.contains(&["|", text, "|"].concat())
}

/// The columns with these headings, and what wrote them.
pub(super) fn columns(names: &[String]) -> (Format, Vec<CsvColumn>) {
    let names: Vec<String> = names.iter().map(|name| fold(name.trim())).collect();
    let any = |known: &str| names.iter().any(|name| name.contains(known));
    let numbered = |kind: &str| names.iter().any(|name| name.starts_with(kind) && name.contains(" - "));
    let is = |list: &str| names.iter().any(|name| holds(list, name));
    let format = if numbered("phone ") || numbered("e-mail ") || numbered("organization ") || any("organization name") {
        Format::Google
    } else if is("|e-mail address|business phone|business fax|primary phone|telefon geschaftlich|dienstliches telefon|")
    {
        Format::Outlook
    } else {
        Format::Csv
    };
    let mut columns: Vec<CsvColumn> = names.iter().map(|name| column(name, format)).collect();
    let has = |wanted: &CsvColumn| columns.contains(wanted);
    // A "Name" beside a "Vorname" is the family's; a "Nombre" or "Nom" alone is all of it.
    let (given, family, full) = (has(&CsvColumn::Given), has(&CsvColumn::Family), has(&CsvColumn::FullName));
    for (name, column) in names.iter().zip(&mut columns) {
        match (*column, name.as_str()) {
            (CsvColumn::FullName, "name") if given && !family && is("|vorname|prenom|") => *column = CsvColumn::Family,
            (CsvColumn::Given, "nombre") if !family && !full => *column = CsvColumn::FullName,
            (CsvColumn::Family, "nom") if !given && !full => *column = CsvColumn::FullName,
            _ => {}
        }
    }
    (format, columns)
}

/// What a heading, folded, says.
fn column(name: &str, format: Format) -> CsvColumn {
    let words = || name.split(|c: char| !is_alphanumeric(c)).filter(|word| !word.is_empty());
    let is_figure = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let number: u16 = words().find(is_figure).and_then(|word| word.parse().ok()).unwrap_or_default();
    // "Business Phone 2", "E-mail 2 Address", "Phone 1 - Value".
    let plain: Vec<&str> = words().filter(|word| !is_figure(word)).collect();
    let heading = plain.join(" ");
    if format == Format::Outlook && holds("|title|titel|titre|titulo|", &heading) {
        return CsvColumn::Prefix;
    }
    if let Some((column, _)) = WHOLE.iter().find(|(_, known)| holds(known, &heading)) {
        return match column {
            CsvColumn::PhoneLabel(_) => CsvColumn::PhoneLabel(number),
            CsvColumn::LabelledPhone(_) => CsvColumn::LabelledPhone(number),
            CsvColumn::AddressWhole(_) => CsvColumn::AddressWhole(number),
            column => *column,
        };
    }
    let mut all = 0;
    for word in plain {
        let mut known = WORDS.iter().filter(|(_, words)| holds(words, word)).peekable();
        if known.peek().is_none() {
            return CsvColumn::Else;
        }
        all |= known.fold(0, |all, (kind, _)| all | kind);
    }
    let has = |kind| all & kind != 0;
    // The addresses of Outlook are told by their kind, those of Google by their number.
    let kinds = u16::from(has(WORK)) + 2 * u16::from(has(HOME)) + 4 * u16::from(has(OTHER));
    let group = number.min(999) + 1_000 * kinds;
    match () {
        () if has(FAX) => CsvColumn::Phone(NumberLabel::Fax),
        () if has(EMAIL) => CsvColumn::Email,
        () if has(ADDRESS) => CsvColumn::Address(group),
        () if has(MOBILE) => CsvColumn::Phone(NumberLabel::Mobile),
        () if has(HOME) => CsvColumn::Phone(NumberLabel::Home),
        () if has(WORK) => CsvColumn::Phone(NumberLabel::Work),
        () if has(PHONE) => CsvColumn::Phone(NumberLabel::Other),
        () => CsvColumn::Else,
    }
}
