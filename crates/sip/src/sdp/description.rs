//! A description as its lines, and the edits of it.

use core::fmt;
use core::ops::Range;

use super::fields::{Direction, Fingerprint, Media, Origin};
use super::lines::{Line, SdpError, attribute, clean, lines};

/// A session description: a part for the session, and one for each `m=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdp {
    lines: Vec<Line>,
    origin: Origin,
}

impl Sdp {
    /// Reads a description.
    ///
    /// # Errors
    /// When a line is none, or `v=`, `o=` or an `m=` is not right.
    pub fn parse(text: &str) -> Result<Self, SdpError> {
        let lines = lines(text)?;
        if !matches!(lines.first(), Some(Line { kind: 'v', value }) if value == "0") {
            return Err(SdpError::Version);
        }
        let mut origins = lines.iter().filter(|line| line.kind == 'o');
        let (Some(origin), None) = (origins.next(), origins.next()) else { return Err(SdpError::Origin) };
        let origin = origin.value.parse()?;
        for media in lines.iter().filter(|line| line.kind == 'm') {
            media.value.parse::<Media>()?;
        }
        let sdp = Self { lines, origin };
        for part in core::iter::once(None).chain((0..sdp.len()).map(Some)) {
            sdp.own_direction(part)?;
        }
        Ok(sdp)
    }

    /// Reads the body of a message.
    ///
    /// # Errors
    /// As [`Sdp::parse`], and when it is not UTF-8.
    pub fn from_body(body: &[u8]) -> Result<Self, SdpError> {
        Self::parse(core::str::from_utf8(body).map_err(|_| SdpError::NotText)?)
    }

    /// `o=`.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Changes `o=`: each new offer or answer of a session has the next version (RFC 3264, 8).
    pub fn set_origin(&mut self, origin: Origin) {
        let value = clean(&origin.to_string());
        if let Some(line) = self.lines.iter_mut().find(|line| line.kind == 'o') {
            line.value = value;
        }
        self.origin = origin;
    }

    /// Sets the version in `o=`.
    pub fn set_version(&mut self, version: u64) {
        let origin = Origin { version, ..self.origin.clone() };
        self.set_origin(origin);
    }

    /// How many `m=` there are.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "none is no empty description")]
    pub fn len(&self) -> usize {
        self.lines.iter().filter(|line| line.kind == 'm').count()
    }

    /// An `m=`, counted from 0.
    #[must_use]
    pub fn media(&self, index: usize) -> Option<Media> {
        self.lines.iter().filter(|line| line.kind == 'm').nth(index)?.value.parse().ok()
    }

    /// All `m=`.
    pub fn all_media(&self) -> impl Iterator<Item = Media> {
        self.lines.iter().filter(|line| line.kind == 'm').filter_map(|line| line.value.parse().ok())
    }

    /// Sets the port of an `m=`; 0 refuses or ends it.
    pub fn set_port(&mut self, index: usize, port: u16) {
        if let Some(line) = self.lines.iter_mut().filter(|line| line.kind == 'm').nth(index)
            && let Ok(mut media) = line.value.parse::<Media>()
        {
            media.port = port;
            line.value = media.to_string();
        }
    }

    /// The values of an attribute: of the session with `None`, or of an `m=`. One without a value has an empty one.
    pub fn attributes<'a>(&'a self, part: Option<usize>, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines[self.part(part)].iter().filter_map(move |line| attribute(line, name))
    }

    /// The first value of an attribute of an `m=`, or else of the session.
    #[must_use]
    pub fn attribute(&self, index: usize, name: &str) -> Option<&str> {
        let own = self.lines[self.part(Some(index))].iter().find_map(|line| attribute(line, name));
        own.or_else(|| self.lines[self.part(None)].iter().find_map(|line| attribute(line, name)))
    }

    /// Adds an attribute at the end of a part. Line ends in the value become spaces.
    pub fn add_attribute(&mut self, part: Option<usize>, name: &str, value: &str) {
        let end = self.part(part).end;
        let text = if value.is_empty() { name.to_owned() } else { format!("{name}:{value}") };
        self.lines.insert(end, Line { kind: 'a', value: clean(&text) });
    }

    /// Takes all attributes with a name out of a part.
    pub fn remove_attribute(&mut self, part: Option<usize>, name: &str) {
        let part = self.part(part);
        let mut at = 0;
        self.lines.retain(|line| {
            let here = part.contains(&at);
            at += 1;
            !(here && attribute(line, name).is_some())
        });
    }

    /// Which way the media of an `m=` flow: as it says, or as the session says, or both ways.
    #[must_use]
    pub fn direction(&self, index: usize) -> Direction {
        let own = |part| self.own_direction(part).ok().flatten();
        own(Some(index)).or_else(|| own(None)).unwrap_or(Direction::SendRecv)
    }

    /// Says for every `m=` which way media flow, and no longer for the session.
    pub fn set_direction(&mut self, direction: Direction) {
        for part in core::iter::once(None).chain((0..self.len()).map(Some)) {
            for old in [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive] {
                self.remove_attribute(part, old.as_str());
            }
            if part.is_some() {
                self.add_attribute(part, direction.as_str(), "");
            }
        }
    }

    /// Whether who wrote it has put the other end on hold: no `m=` that is there receives (RFC 3264, 8.4). The address 0.0.0.0 of RFC 2543
    /// says that, too.
    #[must_use]
    pub fn is_hold(&self) -> bool {
        let mut live =
            (0..self.len()).filter(|index| self.media(*index).is_some_and(|media| media.port != 0)).peekable();
        live.peek().is_some() && live.all(|index| !self.direction(index).receives() || self.is_nowhere(index))
    }

    fn is_nowhere(&self, index: usize) -> bool {
        let line = |part| self.lines[self.part(part)].iter().find(|line| line.kind == 'c');
        // With ICE, 0.0.0.0 stands there until candidates come (RFC 8840, 4.1).
        let with_ice = self.attribute(index, "ice-ufrag").is_some();
        !with_ice && line(Some(index)).or_else(|| line(None)).is_some_and(|line| line.value == "IN IP4 0.0.0.0")
    }

    /// The fingerprints of an `m=`, or else of the session.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn fingerprints(&self, index: usize) -> Result<Vec<Fingerprint>, SdpError> {
        let of = |part| self.attributes(part, "fingerprint").map(str::parse).collect::<Result<Vec<_>, _>>();
        let own = of(Some(index))?;
        if own.is_empty() { of(None) } else { Ok(own) }
    }

    /// User fragment and password of ICE of an `m=`, or else of the session (RFC 8839, 5.4).
    #[must_use]
    pub fn ice(&self, index: usize) -> Option<(&str, &str)> {
        Some((self.attribute(index, "ice-ufrag")?, self.attribute(index, "ice-pwd")?))
    }

    /// The candidates of an `m=`, each as it stands behind `a=candidate:`.
    pub fn candidates(&self, index: usize) -> impl Iterator<Item = &str> {
        self.attributes(Some(index), "candidate")
    }

    /// The lines of a part: of the session in front of the first `m=`, or from an `m=` to the next. Of an `m=` that is not there it is the
    /// empty part at the end.
    fn part(&self, part: Option<usize>) -> Range<usize> {
        let mut begins = self.lines.iter().enumerate().filter(|(_, line)| line.kind == 'm').map(|(at, _)| at);
        let end = self.lines.len();
        match part {
            None => 0..begins.next().unwrap_or(end),
            Some(index) => begins.nth(index).unwrap_or(end)..begins.next().unwrap_or(end),
        }
    }

    /// What a part itself says about the direction.
    fn own_direction(&self, part: Option<usize>) -> Result<Option<Direction>, SdpError> {
        let mut said = self.lines[self.part(part)]
            .iter()
            .filter(|line| line.kind == 'a')
            .filter_map(|line| Direction::named(&line.value));
        let first = said.next();
        if said.any(|other| Some(other) != first) { Err(SdpError::Direction) } else { Ok(first) }
    }
}

impl fmt::Display for Sdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| write!(f, "{}={}\r\n", line.kind, line.value))
    }
}
