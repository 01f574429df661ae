//! The protocol's units (SMPP 3.4, 3 and 4): out of a stream of bytes, and into it.
//!
//! Always holds: a unit is at most [`LONGEST_PDU`] long, whatever its length says. A field that ends too early is as long as what is
//! there, and what follows the last parameter that is whole is passed over.

/// The longest unit that is taken: one with a `message_payload` of the longest text there is, and some parameters.
pub const LONGEST_PDU: usize = 65_536;

/// Octets of the header that every unit has.
const HEADER: usize = 16;

/// `command_id` of those units that are spoken here; [`command::ANSWER`] makes an answer of it.
pub(crate) mod command {
    pub(crate) const ANSWER: u32 = 0x8000_0000;
    pub(crate) const GENERIC_NACK: u32 = ANSWER;
    pub(crate) const BIND_RECEIVER: u32 = 0x01;
    pub(crate) const BIND_TRANSMITTER: u32 = 0x02;
    pub(crate) const SUBMIT_SM: u32 = 0x04;
    pub(crate) const DELIVER_SM: u32 = 0x05;
    pub(crate) const UNBIND: u32 = 0x06;
    pub(crate) const BIND_TRANSCEIVER: u32 = 0x09;
    pub(crate) const OUTBIND: u32 = 0x0b;
    pub(crate) const ENQUIRE_LINK: u32 = 0x15;
    pub(crate) const ALERT_NOTIFICATION: u32 = 0x102;
    pub(crate) const DATA_SM: u32 = 0x103;
}

/// Tags of optional parameters.
pub(crate) mod tag {
    pub(crate) const RECEIPTED_MESSAGE_ID: u16 = 0x001e;
    pub(crate) const SAR_MSG_REF_NUM: u16 = 0x020c;
    pub(crate) const SAR_TOTAL_SEGMENTS: u16 = 0x020e;
    pub(crate) const SAR_SEGMENT_SEQNUM: u16 = 0x020f;
    pub(crate) const NETWORK_ERROR_CODE: u16 = 0x0423;
    pub(crate) const MESSAGE_PAYLOAD: u16 = 0x0424;
    pub(crate) const MESSAGE_STATE: u16 = 0x0427;
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pdu {
    pub(crate) command: u32,
    pub(crate) status: u32,
    pub(crate) sequence: u32,
    pub(crate) body: Vec<u8>,
}

/// A length that no unit has: the stream can't be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLength;

/// Units out of a stream, however it is cut.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    read: usize,
}

impl Frames {
    /// Takes in what came.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..core::mem::take(&mut self.read).min(self.bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// The next unit; none until all of it is there.
    pub(crate) fn next(&mut self) -> Result<Option<Pdu>, BadLength> {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let Some(length) = number(rest) else { return Ok(None) };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(HEADER..=LONGEST_PDU).contains(&length) {
            return Err(BadLength);
        }
        let Some((pdu, header)) = rest.get(..length).and_then(|pdu| Some((pdu, pdu.get(4..HEADER)?))) else {
            return Ok(None);
        };
        let (fields, _) = header.as_chunks::<4>();
        let [command, status, sequence] = fields else { return Ok(None) };
        let pdu = Pdu {
            command: u32::from_be_bytes(*command),
            status: u32::from_be_bytes(*status),
            sequence: u32::from_be_bytes(*sequence),
            body: pdu.get(HEADER..).unwrap_or_default().to_vec(),
        };
        self.read += length;
        Ok(Some(pdu))
    }

    /// Forgets what is there.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|octets| u32::from_be_bytes(*octets))
}

/// Fields of a body in their order.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn octet(&mut self) -> Option<u8> {
        let (octet, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*octet)
    }

    /// Text up to its NUL, or all there is, as ISO 8859-1, which ASCII is part of.
    pub(crate) fn text(&mut self) -> String {
        let end = self.0.iter().position(|octet| *octet == 0).unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.get(1..).unwrap_or_default();
        text.iter().map(|octet| char::from(*octet)).collect()
    }

    /// So many octets, or as many as there are.
    pub(crate) fn octets(&mut self, length: usize) -> &'a [u8] {
        let (octets, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        octets
    }

    /// The optional parameters: the first of each tag counts.
    pub(crate) fn parameters(self) -> Parameters<'a> {
        Parameters(self.0)
    }
}

/// The optional parameters of a body.
#[derive(Clone, Copy)]
pub(crate) struct Parameters<'a>(&'a [u8]);

impl<'a> Parameters<'a> {
    pub(crate) fn get(self, tag: u16) -> Option<&'a [u8]> {
        let mut rest = self.0;
        while let [high, low, longer, length, others @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*longer, *length]));
            let (value, behind) = others.split_at(length.min(others.len()));
            if u16::from_be_bytes([*high, *low]) == tag {
                return Some(value);
            }
            rest = behind;
        }
        None
    }

    /// A number of one octet, or the last of several.
    pub(crate) fn octet(self, tag: u16) -> Option<u8> {
        self.get(tag)?.last().copied()
    }

    /// Text, with a NUL behind it or without.
    pub(crate) fn text(self, tag: u16) -> Option<String> {
        self.get(tag).map(|value| Fields(value).text())
    }
}

/// Writes a unit.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(command: u32, status: u32, sequence: u32) -> Self {
        let mut bytes = Vec::with_capacity(64);
        for field in [0, command, status, sequence] {
            bytes.extend_from_slice(&field.to_be_bytes());
        }
        Self(bytes)
    }

    pub(crate) fn octets(mut self, octets: &[u8]) -> Self {
        self.0.extend_from_slice(octets);
        self
    }

    /// Text with its NUL. It has none inside, nor anything but ASCII: that would be another text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|octet| *octet != 0 && octet.is_ascii()));
        self.0.push(0);
        self
    }

    /// An optional parameter.
    pub(crate) fn parameter(mut self, tag: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&tag.to_be_bytes());
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend(value.iter().take(usize::from(length)));
        self
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.0.iter_mut().zip(length).for_each(|(octet, length)| *octet = length);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_read_is_not_kept() {
        let mut frames = Frames::default();
        let unit = Writer::new(command::ENQUIRE_LINK, 0, 7).octets(&[0; 1_000]).finish();
        for _ in 0..1_000 {
            frames.push(&unit);
            frames.push(&unit[..10]);
            assert!(frames.next().unwrap().is_some() && frames.next().unwrap().is_none());
            frames.push(&unit[10..]);
            assert!(frames.next().unwrap().is_some());
            assert!(frames.bytes.len() <= 3 * unit.len());
        }
    }

    #[test]
    fn parameters_end_where_they_make_no_sense() {
        let parameters = Parameters(&[0, 1, 0, 1, 9, 0, 1, 0, 1, 8, 0, 2, 0, 9, 7]);
        assert_eq!(parameters.get(1), Some(&[9][..]));
        assert_eq!(parameters.get(2), Some(&[7][..]));
        assert_eq!((parameters.get(3), Parameters(&[0, 1, 0]).get(1)), (None, None));
        assert_eq!(Parameters(&[0, 1, 0, 3, b'a', 0, b'b']).text(1).as_deref(), Some("a"));
    }

    proptest! {
        #[test]
        fn units_go_both_ways(
            units in prop::collection::vec((any::<u32>(), any::<u32>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..100)), 0..20),
            size in 1_usize..200,
        ) {
            let write = |(command, status, sequence, body): &(u32, u32, u32, Vec<u8>)| {
                Writer::new(*command, *status, *sequence).octets(body).finish()
            };
            let bytes: Vec<u8> = units.iter().flat_map(write).collect();
            let (mut frames, mut read) = (Frames::default(), Vec::new());
            for piece in bytes.chunks(size) {
                frames.push(piece);
                while let Some(Pdu { command, status, sequence, body }) = frames.next().unwrap() {
                    read.push((command, status, sequence, body));
                }
            }
            prop_assert_eq!(read, units);
        }
    }
}
