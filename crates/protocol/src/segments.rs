//! SMS segments.

/// Characters that a text or group MMS may have (the carriers' common ceiling).
pub const SMS_TEXT_LENGTH: usize = 1_600;
