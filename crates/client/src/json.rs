//! Reading JSON: what the server says, and what the device kept.
//!
//! A reader of our own, because the app is loaded over the wire: `serde_json` brings places and words of errors and
//! fractions, which nobody here asks for, and reads each type in more ways than the server writes it. It still writes
//! all JSON, and reads it where size does not matter.
//!
//! Always holds: a text that `serde_json` reads as one of our types is read alike here. There are no fractions in
//! it, and no type that has to be looked at before it is known (flattened, untagged): such are refused. What is
//! skipped is looked at only as far as it takes to find its end. Any text is read or refused without a panic.

use std::borrow::Cow;

use serde::de::{
    self, Deserialize, DeserializeOwned, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// The text is no JSON, or not what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the JSON that was expected")]
pub struct Unreadable;

impl de::Error for Unreadable {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value from a text that holds it and nothing else.
///
/// # Errors
/// When the text is no JSON, or not that of a `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader { text, at: 0 };
    let value = T::deserialize(&mut reader)?;
    if reader.peek().is_none() { Ok(value) } else { Err(Unreadable) }
}

/// A text, and how far it was read.
struct Reader<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Reader<'de> {
    /// The next byte that is no white space; it stays the next.
    #[inline(never)]
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.at += blank;
        rest.get(blank).copied()
    }

    /// Takes this byte, if it is the next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.take(byte) { Ok(()) } else { Err(Unreadable) }
    }

    fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        self.peek();
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        self.at += word.len();
        if found { Ok(()) } else { Err(Unreadable) }
    }

    /// Whether a list or object has one more entry; takes the comma before it.
    #[inline(never)]
    fn another(&mut self, first: &mut bool, end: u8) -> Result<bool, Unreadable> {
        if self.peek() == Some(end) {
            return Ok(false);
        }
        if !core::mem::take(first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    #[inline(never)]
    fn string(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        self.expect(b'"')?;
        let plain = self.plain()?;
        if self.take_escape()? {
            let mut text = plain.to_owned();
            loop {
                text.push(self.escaped()?);
                text.push_str(self.plain()?);
                if !self.take_escape()? {
                    return Ok(Cow::Owned(text));
                }
            }
        }
        Ok(Cow::Borrowed(plain))
    }

    /// What stands before the next quote or backslash.
    fn plain(&mut self) -> Result<&'de str, Unreadable> {
        let rest = self.text.get(self.at..).ok_or(Unreadable)?;
        let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' ')).ok_or(Unreadable)?;
        self.at += end;
        rest.get(..end).ok_or(Unreadable)
    }

    /// Takes the quote that ends a string, or the backslash; whether it was the backslash.
    fn take_escape(&mut self) -> Result<bool, Unreadable> {
        let byte = self.text.as_bytes().get(self.at);
        self.at += 1;
        match byte {
            Some(b'"') => Ok(false),
            Some(b'\\') => Ok(true),
            _ => Err(Unreadable),
        }
    }

    /// The character that an escape stands for, after its backslash.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match byte.ok_or(Unreadable)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.hex()?;
                let low = if (0xD800..0xDC00).contains(&unit) {
                    if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
                        return Err(Unreadable);
                    }
                    self.at += 2;
                    Some(self.hex()?)
                } else {
                    None
                };
                let mut read = char::decode_utf16([unit].into_iter().chain(low));
                let char = read.next().and_then(Result::ok).ok_or(Unreadable)?;
                // A low half that did not belong to the high one is left over.
                if read.next().is_some() {
                    return Err(Unreadable);
                }
                char
            }
            plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            _ => return Err(Unreadable),
        })
    }

    fn hex(&mut self) -> Result<u16, Unreadable> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        // `from_str_radix` takes a sign, too.
        if digits.starts_with('+') { Err(Unreadable) } else { u16::from_str_radix(digits, 16).map_err(|_| Unreadable) }
    }

    /// A whole number: whether it is negative, and its digits' value.
    #[inline(never)]
    fn whole(&mut self) -> Result<(bool, u64), Unreadable> {
        let negative = self.take(b'-');
        let rest = self.text.get(self.at..).ok_or(Unreadable)?;
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end).ok_or(Unreadable)?;
        let padded = digits.len() > 1 && digits.starts_with('0');
        if padded || digits.is_empty() || after.starts_with(['.', 'e', 'E']) {
            return Err(Unreadable);
        }
        self.at += end;
        let value =
            digits.bytes().try_fold(0u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        value.map(|value| (negative, value)).ok_or(Unreadable)
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.whole()? {
            (false, value) => visitor.visit_u64(value),
            (true, value) => visitor.visit_i64(0i64.checked_sub_unsigned(value).ok_or(Unreadable)?),
        }
    }

    /// What our types never are.
    fn refused<V: Visitor<'de>>(&mut self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    /// Goes behind a value of any kind.
    #[inline(never)]
    fn skip(&mut self) -> Result<(), Unreadable> {
        let mut open = 0u32;
        loop {
            match self.peek().ok_or(Unreadable)? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    open = open.checked_sub(1).ok_or(Unreadable)?;
                    self.at += 1;
                }
                b',' | b':' if open > 0 => self.at += 1,
                _ => {
                    let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                    let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
                    match rest.iter().take_while(word).count() {
                        0 => return Err(Unreadable),
                        length => self.at += length,
                    }
                }
            }
            if open == 0 {
                return Ok(());
            }
        }
    }
}

/// Kinds of value that are read alike.
macro_rules! read_as {
    ($how:ident: $($kind:ident)*) => {
        $(fn $kind<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$how(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    read_as!(number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    read_as!(deserialize_str: deserialize_string deserialize_char deserialize_identifier);
    read_as!(refused: deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf);

    /// A word or an object: what an enum is that may have variants of another version.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'{') => self.deserialize_map(visitor),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let yes = self.peek() == Some(b't');
        self.word(if yes { "true" } else { "false" })?;
        visitor.visit_bool(yes)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.peek() != Some(b'n') {
            return visitor.visit_some(self);
        }
        self.word("null")?;
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.expect(b'[')?;
        let value = visitor.visit_seq(Entries { reader: self, first: true })?;
        self.expect(b']')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.expect(b'{')?;
        let value = visitor.visit_map(Entries { reader: self, first: true })?;
        self.expect(b'}')?;
        Ok(value)
    }

    /// Only as an object: nobody writes a structure as a list.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let bare = !self.take(b'{');
        let value = visitor.visit_enum(Variant { reader: self, bare })?;
        if !bare {
            self.expect(b'}')?;
        }
        Ok(value)
    }
}

/// The entries of a list or object.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        if !self.reader.another(&mut self.first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        if !self.reader.another(&mut self.first, b'}')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant: its bare name, or an object with its name as the only member.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    bare: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unreadable> {
        let variant = seed.deserialize(&mut *self.reader)?;
        if !self.bare {
            self.reader.expect(b':')?;
        }
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.bare { Ok(()) } else { <()>::deserialize(self.reader) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        if self.bare { Err(Unreadable) } else { seed.deserialize(self.reader) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        if self.bare { Err(Unreadable) } else { de::Deserializer::deserialize_seq(self.reader, visitor) }
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        if self.bare { Err(Unreadable) } else { de::Deserializer::deserialize_map(self.reader, visitor) }
    }
}

#[cfg(test)]
mod tests;
