//! The softphone without a browser.
