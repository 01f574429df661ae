//! The device's key, by WebCrypto: AES-GCM for what is sealed, PBKDF2 from the password to the copy of the key.
//!
//! Always holds: the key that is kept while its user is signed in can't be taken out of the browser; what remains
//! after they left is a copy that is encrypted by a key from their password, which is kept nowhere.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

/// What OWASP asks for PBKDF2 with SHA-256 (Password Storage Cheat Sheet, 2023).
const ROUNDS: u32 = 600_000;
/// Bytes of a nonce: what AES-GCM takes without hashing it (NIST SP 800-38D).
const NONCE: usize = 12;
const SALT: usize = 16;

type Result<T> = core::result::Result<T, JsValue>;

/// WebCrypto; there is none on a page that came over plain HTTP.
fn subtle() -> Result<SubtleCrypto> {
    let crypto = web_sys::window().ok_or(JsValue::NULL)?.crypto()?;
    let subtle = crypto.subtle();
    if subtle.is_undefined() { Err(JsValue::NULL) } else { Ok(subtle) }
}

fn random(length: usize) -> Result<Uint8Array> {
    let mut bytes = vec![0u8; length];
    web_sys::window().ok_or(JsValue::NULL)?.crypto()?.get_random_values_with_u8_array(&mut bytes)?;
    Ok(Uint8Array::from(&bytes[..]))
}

pub(super) fn set(object: &Object, name: &str, value: &JsValue) -> Result<()> {
    Reflect::set(object, &JsValue::from_str(name), value).map(drop)
}

pub(super) fn get(object: &JsValue, name: &str) -> Result<JsValue> {
    Reflect::get(object, &JsValue::from_str(name))
}

fn words(words: &[&str]) -> Array {
    words.iter().map(|word| JsValue::from_str(word)).collect()
}

fn aes(nonce: &JsValue) -> Result<Object> {
    let aes = Object::new();
    set(&aes, "name", &"AES-GCM".into())?;
    set(&aes, "iv", nonce)?;
    Ok(aes)
}

fn aes_key() -> Result<Object> {
    let kind = Object::new();
    set(&kind, "name", &"AES-GCM".into())?;
    set(&kind, "length", &256.into())?;
    Ok(kind)
}

/// The key that comes from a password: it opens and closes the copy of the device's key, and nothing else.
async fn from_password(password: &str, salt: &JsValue, rounds: u32) -> Result<CryptoKey> {
    let subtle = subtle()?;
    let bytes = Uint8Array::from(password.as_bytes());
    let base = subtle.import_key_with_str("raw", &bytes, "PBKDF2", false, &words(&["deriveKey"]))?;
    let base: CryptoKey = JsFuture::from(base).await?.unchecked_into();
    let kind = Object::new();
    set(&kind, "name", &"PBKDF2".into())?;
    set(&kind, "hash", &"SHA-256".into())?;
    set(&kind, "salt", salt)?;
    set(&kind, "iterations", &rounds.into())?;
    let uses = words(&["wrapKey", "unwrapKey"]);
    let key = subtle.derive_key_with_object_and_object(&kind, &base, &aes_key()?, false, &uses)?;
    Ok(JsFuture::from(key).await?.unchecked_into())
}

/// A new key, ready to be kept: `key`, which does not leave the browser, and its copy (`wrapped`, `nonce`, `salt`, `rounds`).
pub(super) async fn new_key(password: &str) -> Result<Object> {
    let subtle = subtle()?;
    let (salt, nonce) = (random(SALT)?, random(NONCE)?);
    let from_password = from_password(password, &salt, ROUNDS).await?;
    let uses = words(&["encrypt", "decrypt"]);
    let fresh = subtle.generate_key_with_object(&aes_key()?, true, &uses)?;
    let fresh: CryptoKey = JsFuture::from(fresh).await?.unchecked_into();
    let wrapped = subtle.wrap_key_with_object("raw", &fresh, &from_password, &aes(&nonce)?)?;
    let vault = Object::new();
    set(&vault, "wrapped", &JsFuture::from(wrapped).await?)?;
    set(&vault, "nonce", &nonce)?;
    set(&vault, "salt", &salt)?;
    set(&vault, "rounds", &ROUNDS.into())?;
    let key = open_key(&vault, &from_password).await?;
    set(&vault, "key", &key)?;
    Ok(vault)
}

/// The copy's key, if the password is the one that it was made with.
pub(super) async fn key_of(vault: &JsValue, password: &str) -> Result<CryptoKey> {
    let rounds = get(vault, "rounds")?.as_f64().unwrap_or_default() as u32;
    let from_password = from_password(password, &get(vault, "salt")?, rounds).await?;
    open_key(vault, &from_password).await
}

async fn open_key(vault: &JsValue, from_password: &CryptoKey) -> Result<CryptoKey> {
    let key = subtle()?.unwrap_key_with_buffer_source_and_object_and_object(
        "raw",
        get(vault, "wrapped")?.unchecked_ref::<Object>(),
        from_password,
        &aes(&get(vault, "nonce")?)?,
        &aes_key()?,
        false,
        &words(&["encrypt", "decrypt"]),
    )?;
    Ok(JsFuture::from(key).await?.unchecked_into())
}

/// Encrypts a text: (nonce, what it became).
pub(super) async fn encrypt(key: &JsValue, text: &str) -> Result<(JsValue, JsValue)> {
    let nonce = random(NONCE)?;
    let bytes = Uint8Array::from(text.as_bytes());
    let sealed = subtle()?.encrypt_with_object_and_buffer_source(&aes(&nonce)?, key.unchecked_ref(), &bytes)?;
    Ok((nonce.into(), JsFuture::from(sealed).await?))
}

/// The text again; an error if the key is another one, or somebody has changed what is sealed.
pub(super) async fn decrypt(key: &CryptoKey, nonce: &JsValue, sealed: &JsValue) -> Result<String> {
    let opened =
        subtle()?.decrypt_with_object_and_buffer_source(&aes(nonce)?, key, sealed.unchecked_ref::<Object>())?;
    let bytes = Uint8Array::new(&JsFuture::from(opened).await?).to_vec();
    String::from_utf8(bytes).map_err(|_| JsValue::NULL)
}
