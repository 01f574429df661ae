//! A text on its way out, and what a carrier takes.

use halyard_protocol::{MediaKind, PhoneNumber};

/// A text on its way out: one submission, however many get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// Ours: the same at every try, different for every message. Letters, digits and dots.
    pub reference: String,
    /// The own number.
    pub from: PhoneNumber,
    /// Who gets it: several for a group MMS, sorted.
    pub to: Vec<PhoneNumber>,
    /// The text; may be empty where there are files.
    pub body: String,
    /// The files.
    pub media: Vec<Attachment>,
    /// Where the provider reports what becomes of it; it leads to this account's webhook and names [`Outbound::reference`] by the parameter
    /// [`crate::http::REFERENCE`]. None where the server's own address is not known.
    pub report_to: Option<String>,
}

/// A file of a text on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where the provider fetches it.
    pub url: String,
    /// What it is.
    pub kind: MediaKind,
    /// Bytes.
    pub size: u32,
}

/// What a carrier takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it takes texts.
    pub sms: bool,
    /// Whether it takes files.
    pub mms: bool,
    /// How many recipients a group MMS has at most; 0 where it takes none.
    pub group_recipients: u8,
    /// Bytes of the files of one text.
    pub media_bytes: u32,
    /// The kinds of files that it takes.
    pub media: &'static [MediaKind],
    /// Characters of a text.
    pub text_length: usize,
    /// Whether it takes texts to short codes.
    pub short_codes: bool,
    /// Segments that an account takes in a second, where nothing else is said.
    pub segments_a_second: u32,
    /// Whether an earlier submission can be looked up.
    pub look_up: bool,
}
