//! Fragments with candidates that come after the offer or answer (RFC 8840, 9).

use core::fmt;

use super::description::Sdp;
use super::lines::{SdpError, attribute, clean, lines};

/// A fragment: whose candidates they are, and the candidates for each `m=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// User fragment and password of the session's part, which hold for each `m=` that has none of its own.
    pub ice: Option<(String, String)>,
    /// Whether no more candidates come for any `m=`.
    pub ended: bool,
    /// The candidates by `m=`.
    pub media: Vec<FragmentMedia>,
}

/// The candidates of an `m=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FragmentMedia {
    /// The `m=` as it stands in the description, or something like it: it only parts.
    pub line: String,
    /// `a=mid`: which `m=` of the description it is.
    pub mid: Option<String>,
    /// User fragment and password.
    pub ice: Option<(String, String)>,
    /// The candidates, each as it stands behind `a=candidate:`.
    pub candidates: Vec<String>,
    /// Whether no more come.
    pub ended: bool,
}

impl Fragment {
    /// Reads a fragment. Attributes that are not known are passed over.
    ///
    /// # Errors
    /// When a line is none, or is there that may not be, such as a candidate in front of the first `m=`.
    pub fn parse(text: &str) -> Result<Self, SdpError> {
        let mut fragment = Self::default();
        let (mut name, mut password) = (None, None);
        for line in lines(text)? {
            if line.kind == 'm' {
                fragment.take_ice(&mut name, &mut password)?;
                fragment.media.push(FragmentMedia { line: line.value, ..FragmentMedia::default() });
                continue;
            }
            if line.kind != 'a' {
                return Err(SdpError::Fragment);
            }
            let is = |name| attribute(&line, name).map(str::to_owned);
            if let Some(value) = is("ice-ufrag") {
                name = Some(value);
            } else if let Some(value) = is("ice-pwd") {
                password = Some(value);
            } else if is("end-of-candidates").is_some() {
                *fragment.media.last_mut().map_or(&mut fragment.ended, |media| &mut media.ended) = true;
            } else if let Some(candidate) = is("candidate") {
                fragment.media.last_mut().ok_or(SdpError::Fragment)?.candidates.push(candidate);
            } else if let Some(mid) = is("mid") {
                fragment.media.last_mut().ok_or(SdpError::Fragment)?.mid = Some(mid);
            }
        }
        fragment.take_ice(&mut name, &mut password)?;
        Ok(fragment)
    }

    /// Reads the body of an INFO.
    ///
    /// # Errors
    /// As [`Fragment::parse`], and when it is not UTF-8.
    pub fn from_body(body: &[u8]) -> Result<Self, SdpError> {
        Self::parse(core::str::from_utf8(body).map_err(|_| SdpError::NotText)?)
    }

    /// The fragment that brings candidates, each as it stands behind `candidate:`, for an `m=` of a description (RFC 8840, 4.4).
    #[must_use]
    pub fn of(sdp: &Sdp, index: usize, candidates: &[&str], ended: bool) -> Self {
        let media = FragmentMedia {
            line: sdp.media(index).map_or_else(String::new, |media| media.to_string()),
            mid: sdp.attribute(index, "mid").map(str::to_owned),
            ice: sdp.ice(index).map(|(name, password)| (name.to_owned(), password.to_owned())),
            candidates: candidates.iter().map(|candidate| (*candidate).to_owned()).collect(),
            ended,
        };
        Self { ice: None, ended: false, media: vec![media] }
    }

    /// User fragment and password that hold for a part.
    #[must_use]
    pub fn ice_of(&self, media: &FragmentMedia) -> Option<(String, String)> {
        media.ice.clone().or_else(|| self.ice.clone())
    }

    /// Keeps what the part that ends here said; the one needs the other.
    fn take_ice(&mut self, name: &mut Option<String>, password: &mut Option<String>) -> Result<(), SdpError> {
        let ice = match (name.take(), password.take()) {
            (Some(name), Some(password)) => Some((name, password)),
            (None, None) => None,
            _ => return Err(SdpError::Fragment),
        };
        *self.media.last_mut().map_or(&mut self.ice, |media| &mut media.ice) = ice;
        Ok(())
    }
}

fn ice(f: &mut fmt::Formatter<'_>, ice: Option<&(String, String)>) -> fmt::Result {
    ice.map_or(Ok(()), |(name, password)| write!(f, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", clean(name), clean(password)))
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const END: &str = "a=end-of-candidates\r\n";
        ice(f, self.ice.as_ref())?;
        f.write_str(if self.ended { END } else { "" })?;
        for media in &self.media {
            write!(f, "m={}\r\n", clean(&media.line))?;
            if let Some(mid) = &media.mid {
                write!(f, "a=mid:{}\r\n", clean(mid))?;
            }
            ice(f, media.ice.as_ref())?;
            for candidate in &media.candidates {
                write!(f, "a=candidate:{}\r\n", clean(candidate))?;
            }
            f.write_str(if media.ended { END } else { "" })?;
        }
        Ok(())
    }
}
