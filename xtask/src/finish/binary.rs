//! A WebAssembly's bytes, as its specification has them (chapter 5).

use anyhow::{Context, Result, bail};

/// The sections, each with its number.
///
/// # Errors
/// When there is no head.
pub(super) fn sections(wasm: &[u8]) -> Result<impl Iterator<Item = Result<(u8, &[u8])>>> {
    const HEAD: usize = 8;
    let mut rest = Bytes(wasm.get(HEAD..).context("the WebAssembly is too short")?);
    Ok(std::iter::from_fn(move || {
        (!rest.0.is_empty()).then(|| {
            let id = rest.byte()?;
            Ok((id, rest.text()?))
        })
    }))
}

/// What is yet to be read.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// An unsigned number in LEB128 (spec 5.2.2).
    pub(super) fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number without an end")
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.0.split_first().context("the WebAssembly ends too early")?;
        self.0 = rest;
        Ok(byte)
    }

    /// Bytes with their number before them.
    pub(super) fn text(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.number()?)?;
        let (text, rest) = self.0.split_at_checked(length).context("the WebAssembly ends too early")?;
        self.0 = rest;
        Ok(text)
    }

    pub(super) fn count(&mut self, to: &mut Vec<u8>) -> Result<u64> {
        let count = self.number()?;
        push_number(to, count);
        Ok(count)
    }

    pub(super) fn copy(&mut self, to: &mut Vec<u8>) -> Result<u8> {
        let byte = self.byte()?;
        to.push(byte);
        Ok(byte)
    }

    /// The types of the functions in a section of imports (spec 5.5.5).
    pub(super) fn imported_functions(mut self) -> Result<Vec<u64>> {
        let mut types = Vec::new();
        for _ in 0..self.number()? {
            self.text()?;
            self.text()?;
            match self.byte()? {
                0 => types.push(self.number()?),
                kind => self.import(kind, &mut Vec::new())?,
            }
        }
        Ok(types)
    }

    /// Copies what is imported (spec 5.5.5), of this kind: of a function its type; of a table its element and limits, and so on.
    pub(super) fn import(&mut self, kind: u8, to: &mut Vec<u8>) -> Result<()> {
        let numbers = match kind {
            0 => 1,
            1 => self.copy(to).and_then(|_| self.limits(to))?,
            2 => self.limits(to)?,
            3 | 4 => 2,
            kind => bail!("an import of the unknown kind {kind}"),
        };
        for _ in 0..numbers {
            let number = self.number()?;
            push_number(to, number);
        }
        Ok(())
    }

    /// Copies the flags of limits; how many numbers follow.
    fn limits(&mut self, to: &mut Vec<u8>) -> Result<usize> {
        Ok(if self.copy(to)? & 1 == 0 { 1 } else { 2 })
    }
}

pub(super) fn push_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

pub(super) fn push_text(to: &mut Vec<u8>, text: &[u8]) {
    push_number(to, text.len() as u64);
    to.extend_from_slice(text);
}
