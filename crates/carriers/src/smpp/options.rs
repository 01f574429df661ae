//! The settings of an account at an SMSC.
//!
//! Always holds: what has no setting is what most SMSCs expect, and a setting that makes no sense is an error that says what it should
//! look like.

use core::time::Duration;

use halyard_protocol::CallingCode;

use crate::account::{Field, Kind, Secret, Settings, SettingsError};
use crate::outbound::Capabilities;
use crate::sms::receipt::Ids;
use crate::sms::{Alphabet, Concatenation};

const fn field(name: &'static str, about: &'static str) -> Field {
    Field { name, about, required: false, secret: false }
}

/// The fields of an account.
pub const FIELDS: &[Field] = &[
    Field { required: true, ..field("host", "The host name or address of the carrier's SMSC.") },
    Field { required: true, ..field("port", "Its port: often 2775, or 3550 with TLS.") },
    field(
        "tls",
        "Whether the connection is encrypted: yes (unless set) or no. Without it the carrier should be reached by a VPN.",
    ),
    field(
        "ca_file",
        "A file on the server with the certificates that vouch for the carrier (PEM), in place of the public ones.",
    ),
    Field { required: true, ..field("system_id", "The login: the carrier calls it system_id.") },
    Field { required: true, secret: true, ..field("password", "The password of the login.") },
    field("system_type", "The system_type, if the carrier gave one."),
    field("bind", "How to bind: transceiver (unless set), one session for both directions, or separate, one for each."),
    field("window", "How many messages may wait for their answer at a time: 10 unless set."),
    field("segments_a_second", "How many segments the carrier takes in a second: 10 unless set."),
    field(
        "source_numbering",
        "Type and plan of sender's numbers as TON/NPI, like 1/1; auto (unless set) writes them as is usual.",
    ),
    field(
        "destination_numbering",
        "Type and plan of recipients' numbers as TON/NPI, like 1/1; auto (unless set) writes them as is usual.",
    ),
    field("country", "The calling code of the country whose numbers the carrier may write without it: 1 unless set."),
    field("alphabet", "The carrier's default alphabet (data_coding 0): gsm (unless set), gsm_packed, latin1 or ascii."),
    field("concatenation", "How parts of a long text are told apart: udh8 (unless set), udh16, sar or payload."),
    field("validity_hours", "For how many hours the carrier tries to deliver, 1 to 336; its own time unless set."),
    field("service_type", "The service_type, if the carrier gave one."),
    field(
        "message_ids",
        "How receipts write the ids of messages: auto (unless set), same, hex_then_decimal or decimal_then_hex.",
    ),
    field("idle_seconds", "After how many seconds of silence the connection is tested: 30 unless set."),
    field("response_seconds", "For how many seconds an answer is waited for: 30 unless set."),
];

/// Type and plan of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbering {
    /// Type of number.
    pub ton: u8,
    /// Numbering plan.
    pub npi: u8,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Both directions.
    Transceiver,
    /// Texts go out.
    Transmitter,
    /// Texts and receipts come in.
    Receiver,
}

/// How an account binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bind {
    /// One session for both directions.
    #[default]
    Transceiver,
    /// One session for each direction.
    Separate,
}

impl Bind {
    /// The sessions that it takes.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Transceiver => &[Role::Transceiver],
            Self::Separate => &[Role::Transmitter, Role::Receiver],
        }
    }
}

/// An account's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The SMSC's host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// A file with the certificates that vouch for it; the public ones without it.
    pub ca_file: Option<String>,
    /// The login.
    pub system_id: String,
    /// Its password.
    pub password: Secret,
    /// What kind of system this is; mostly empty.
    pub system_type: String,
    /// How to bind.
    pub bind: Bind,
    /// How many submissions may be unanswered at a time.
    pub window: usize,
    /// How many segments the account takes in a second; the caller sees to it.
    pub segments_a_second: u32,
    /// Type and plan of senders' numbers; none for the usual ones.
    pub source: Option<Numbering>,
    /// Type and plan of recipients' numbers; none for the usual ones.
    pub destination: Option<Numbering>,
    /// The country of numbers without one.
    pub home: CallingCode,
    /// The SMSC's default alphabet.
    pub alphabet: Alphabet,
    /// How parts say which they are.
    pub concatenation: Concatenation,
    /// How long a message is tried, as SMPP writes it; empty for the SMSC's own time.
    pub validity: String,
    /// The service; mostly empty.
    pub service_type: String,
    /// How ids of messages are written.
    pub ids: Ids,
    /// After how much silence the connection is tested.
    pub idle: Duration,
    /// How long an answer is waited for.
    pub response: Duration,
}

impl Options {
    /// Reads an account's settings.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check(FIELDS)?;
        let read = Reader(settings);
        let port = read.number("port", 0, 1, 65_535, "is a number from 1 to 65535")?;
        Ok(Self {
            host: read.text("host", 253, "is a host name or an address")?,
            port: u16::try_from(port).unwrap_or_default(),
            tls: read.one_of("tls", "is yes or no", &[("yes", true), ("no", false)])?,
            ca_file: settings.plain("ca_file").map(str::to_owned),
            system_id: read.text("system_id", 15, "has at most 15 characters of ASCII")?,
            password: read.password()?,
            system_type: read.text("system_type", 12, "has at most 12 characters of ASCII")?,
            bind: read.one_of(
                "bind",
                "is transceiver or separate",
                &[("transceiver", Bind::Transceiver), ("separate", Bind::Separate)],
            )?,
            window: read.number("window", 10, 1, 1_000, "is a number from 1 to 1000")? as usize,
            segments_a_second: read.number("segments_a_second", 10, 1, 10_000, "is a number from 1 to 10000")?,
            source: read.numbering("source_numbering")?,
            destination: read.numbering("destination_numbering")?,
            home: CallingCode(
                u16::try_from(read.number(
                    "country",
                    1,
                    1,
                    999,
                    "is a calling code of one to three digits, like 1 or 44",
                )?)
                .unwrap_or(1),
            ),
            alphabet: read.one_of(
                "alphabet",
                "is gsm, gsm_packed, latin1 or ascii",
                &[
                    ("gsm", Alphabet::Gsm),
                    ("gsm_packed", Alphabet::GsmPacked),
                    ("latin1", Alphabet::Latin1),
                    ("ascii", Alphabet::Ascii),
                ],
            )?,
            concatenation: read.one_of(
                "concatenation",
                "is udh8, udh16, sar or payload",
                &[
                    ("udh8", Concatenation::Header8),
                    ("udh16", Concatenation::Header16),
                    ("sar", Concatenation::Sar),
                    ("payload", Concatenation::Payload),
                ],
            )?,
            validity: validity(read.number("validity_hours", 0, 1, 336, "is a number of hours from 1 to 336")?),
            service_type: read.text("service_type", 5, "has at most 5 characters of ASCII")?,
            ids: read.one_of(
                "message_ids",
                "is auto, same, hex_then_decimal or decimal_then_hex",
                &[
                    ("auto", Ids::Auto),
                    ("same", Ids::AsIs),
                    ("hex_then_decimal", Ids::HexThenDecimal),
                    ("decimal_then_hex", Ids::DecimalThenHex),
                ],
            )?,
            idle: read.seconds("idle_seconds")?,
            response: read.seconds("response_seconds")?,
        })
    }
}

/// What an account takes.
#[must_use]
pub const fn capabilities(options: &Options) -> Capabilities {
    Capabilities {
        sms: true,
        mms: false,
        group_recipients: 0,
        media_bytes: 0,
        media: &[],
        text_length: Kind::Smpp.text_length(),
        short_codes: true,
        segments_a_second: options.segments_a_second,
        look_up: false,
    }
}

/// Hours as a time from now (SMPP 3.4, 7.1.1.2): years, months, days, hours and so on, two digits each.
fn validity(hours: u32) -> String {
    if hours == 0 { String::new() } else { format!("0000{:02}{:02}0000000R", hours / 24, hours % 24) }
}

struct Reader<'a>(&'a Settings);

impl Reader<'_> {
    /// A text; empty where it is not set.
    fn text(&self, field: &'static str, most: usize, why: &'static str) -> Result<String, SettingsError> {
        let text = self.0.plain(field).unwrap_or_default();
        if text.len() > most || !text.bytes().all(|octet| (b' '..=b'~').contains(&octet)) {
            return Err(SettingsError::Invalid { field, why });
        }
        Ok(text.to_owned())
    }

    /// The standard has at most eight characters; some carriers give longer ones.
    fn password(&self) -> Result<Secret, SettingsError> {
        let password = self.0.secret("password").unwrap_or_default();
        if password.len() > 64 || !password.bytes().all(|octet| (b' '..=b'~').contains(&octet)) {
            return Err(SettingsError::Invalid { field: "password", why: "has at most 64 characters of ASCII" });
        }
        Ok(Secret(password.to_owned()))
    }

    fn number(
        &self,
        field: &'static str,
        unset: u32,
        least: u32,
        most: u32,
        why: &'static str,
    ) -> Result<u32, SettingsError> {
        let Some(text) = self.0.plain(field) else { return Ok(unset) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or(SettingsError::Invalid { field, why })
    }

    fn seconds(&self, field: &'static str) -> Result<Duration, SettingsError> {
        let seconds = self.number(field, 30, 5, 600, "is a number of seconds from 5 to 600")?;
        Ok(Duration::from_secs(u64::from(seconds)))
    }

    /// The value of a name; the first one's where it is not set.
    fn one_of<T: Copy + Default>(
        &self,
        field: &'static str,
        why: &'static str,
        names: &[(&str, T)],
    ) -> Result<T, SettingsError> {
        let Some(text) = self.0.plain(field) else {
            return Ok(names.first().map(|(_, value)| *value).unwrap_or_default());
        };
        let named = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, value)| *value).ok_or(SettingsError::Invalid { field, why })
    }

    fn numbering(&self, field: &'static str) -> Result<Option<Numbering>, SettingsError> {
        let Some(text) = self.0.plain(field).filter(|text| !text.eq_ignore_ascii_case("auto")) else { return Ok(None) };
        let octet = |text: &str| text.trim().parse::<u8>().ok();
        let numbering = text.split_once('/').and_then(|(ton, npi)| {
            let (ton, npi) = (octet(ton)?, octet(npi)?);
            (ton <= 6 && npi <= 18).then_some(Numbering { ton, npi })
        });
        let why = "is auto, or a type from 0 to 6 and a plan from 0 to 18 like 1/1";
        numbering.map(Some).ok_or(SettingsError::Invalid { field, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(more: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in [("host", "smsc.test"), ("port", "2775"), ("system_id", "halyard")].iter().chain(more) {
            settings.plain.insert((*name).to_owned(), (*value).to_owned());
        }
        settings.secrets.insert("password".to_owned(), Secret("fairwind".to_owned()));
        settings
    }

    #[test]
    fn what_is_not_set_is_usual() {
        let options = Options::read(&settings(&[])).unwrap();
        assert_eq!((options.port, options.tls, options.window), (2775, true, 10));
        assert_eq!((options.bind.roles(), options.ids), (&[Role::Transceiver][..], Ids::Auto));
        assert_eq!((options.source, options.validity.as_str()), (None, ""));
        assert_eq!(options.idle, Duration::from_secs(30));
        assert!(!format!("{options:?}").contains("fairwind"));
        assert_eq!(capabilities(&options).segments_a_second, 10);
    }

    #[test]
    fn settings_are_read() {
        let options = Options::read(&settings(&[
            ("tls", "No"),
            ("bind", "separate"),
            ("source_numbering", "3/ 0"),
            ("destination_numbering", "auto"),
            ("validity_hours", "49"),
            ("alphabet", "gsm_packed"),
            ("concatenation", "udh16"),
            ("message_ids", "hex_then_decimal"),
        ]))
        .unwrap();
        assert_eq!((options.tls, options.bind), (false, Bind::Separate));
        assert_eq!((options.source, options.destination), (Some(Numbering { ton: 3, npi: 0 }), None));
        assert_eq!(options.validity, "000002010000000R");
        assert_eq!((options.alphabet, options.concatenation), (Alphabet::GsmPacked, Concatenation::Header16));
        assert_eq!(options.ids, Ids::HexThenDecimal);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (name, value) in [
            ("port", "0"),
            ("port", "70000"),
            ("tls", "perhaps"),
            ("window", "0"),
            ("system_id", "longer than fifteen"),
            ("source_numbering", "1"),
            ("source_numbering", "9/1"),
            ("service_type", "é"),
            ("validity_hours", "1000"),
            ("country", "1a"),
            ("idle_seconds", "1"),
        ] {
            let Err(SettingsError::Invalid { field, .. }) = Options::read(&settings(&[(name, value)])) else {
                panic!("{name}")
            };
            assert_eq!(field, name);
        }
        assert!(matches!(Options::read(&settings(&[("colour", "blue")])), Err(SettingsError::UnknownField(_))));
        assert!(matches!(Options::read(&Settings::default()), Err(SettingsError::Missing("host"))));
        for field in FIELDS {
            assert!(field.about.ends_with('.'), "{}", field.name);
        }
    }
}
