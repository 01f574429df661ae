//! Telnyx Messaging, after its documentation's pages "Send a message", "Send a group MMS message", "Receiving webhooks for messaging",
//! "Webhook signing", "MMS Media & Transcoding", "Messaging Error Code Reference" and "API error codes".
//!
//! Owns the requests of an account and what its answers mean; `codes` has the reasons, `webhook` what Telnyx brings.
//!
//! Always holds: a text can't be looked up, as Telnyx shows a message by its own id alone, which nobody knows whose answer was lost.

mod codes;
#[cfg(test)]
mod tests;
mod webhook;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halyard_protocol::{MediaKind, PhoneNumber, UnixMs};
use serde::{Deserialize, Serialize};

use crate::account::{Field, Kind, Settings, SettingsError};
use crate::answer;
use crate::base::{self, Base};
use crate::event::Event;
use crate::http::{Request, Response, Webhook};
use crate::outbound::{Capabilities, Outbound};
use crate::outcome::{LookedUp, Outcome, Tested};
use crate::provider::{Provider, WebhookError};
use crate::refusal::Refusal;

const API_KEY: Field = Field {
    name: "api_key",
    about: "An API key of version 2, which the portal shows once when it is made, under API Keys. It begins with KEY.",
    required: true,
    secret: true,
};

const PUBLIC_KEY: Field = Field {
    name: "public_key",
    about: "The public key by which webhooks are checked, which the portal shows under Keys & Credentials, Public Key.",
    required: true,
    secret: false,
};

const MESSAGING_PROFILE_ID: Field = Field {
    name: "messaging_profile_id",
    about: "The id of the messaging profile that the numbers belong to, which the portal shows under Messaging.",
    required: false,
    secret: false,
};

/// What an account at Telnyx needs and takes.
pub const FIELDS: &[Field] = &[
    API_KEY,
    PUBLIC_KEY,
    MESSAGING_PROFILE_ID,
    base::API,
    base::SEGMENTS_A_SECOND,
    base::SEGMENTS_OF_A_NUMBER,
    base::REPLIES,
];

/// The kinds of files that Telnyx passes on.
const MEDIA: &[MediaKind] = &[
    MediaKind::Jpeg,
    MediaKind::Png,
    MediaKind::Gif,
    MediaKind::Webp,
    MediaKind::Mp4,
    MediaKind::Mp3,
    MediaKind::Amr,
    MediaKind::Vcard,
    MediaKind::Pdf,
];

/// An account at Telnyx.
pub struct Telnyx {
    base: Base,
    public_key: Vec<u8>,
    messaging_profile_id: Option<String>,
    segments_a_second: u32,
}

impl Telnyx {
    /// The account of these settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check(FIELDS)?;
        let api_key = base::printable(settings, &API_KEY)?;
        let public_key = STANDARD.decode(base::required(settings, &PUBLIC_KEY)?).ok().filter(|key| key.len() == 32);
        let messaging_profile_id = settings.plain(MESSAGING_PROFILE_ID.name);
        let is_id = |id: &str| id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if messaging_profile_id.is_some_and(|id| !is_id(id)) {
            return Err(SettingsError::Invalid {
                field: MESSAGING_PROFILE_ID.name,
                why: "is 32 digits from 0 to f with four hyphens between",
            });
        }
        Ok(Self {
            base: Base::new(settings, "https://api.telnyx.com", base::bearer(api_key))?,
            public_key: public_key.ok_or(SettingsError::Invalid {
                field: PUBLIC_KEY.name,
                why: "is 32 bytes in base 64: 44 characters",
            })?,
            messaging_profile_id: messaging_profile_id.map(str::to_owned),
            segments_a_second: base::segments_a_second(settings, 10)?,
        })
    }
}

/// Whom a text goes to: a number, or all of a group.
#[derive(Serialize)]
#[serde(untagged)]
enum To<'a> {
    One(String),
    Group(&'a [PhoneNumber]),
}

/// A text as Telnyx takes it.
#[derive(Serialize)]
struct Message<'a> {
    from: PhoneNumber,
    to: To<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media_urls: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_profile_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
}

/// What stands in every answer of Telnyx.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// A message that Telnyx has taken.
#[derive(Deserialize)]
struct Taken {
    id: Option<String>,
}

/// A messaging profile.
#[derive(Deserialize)]
struct Profile {
    name: String,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// An answer that is no success.
#[derive(Deserialize)]
struct Problems {
    errors: Vec<Problem>,
}

/// One reason; also of a text that did not arrive.
#[derive(Deserialize)]
struct Problem {
    code: Code,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    source: Option<Source>,
}

/// A code: a text by the documentation, and a number in places.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Text(String),
    Number(i64),
}

/// Which part of the request, or which recipient, a reason is about.
#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    pointer: Option<String>,
}

impl Problem {
    fn code(&self) -> String {
        match &self.code {
            Code::Text(code) => code.clone(),
            Code::Number(code) => code.to_string(),
        }
    }

    fn refusal(&self) -> Refusal {
        let words =
            [self.title.as_deref(), self.detail.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let code = self.code();
        Refusal::new(codes::why(&code), &code, &words)
    }
}

impl Telnyx {
    /// What the answer to a question for one profile, or for all of them, says.
    fn profile(&self, answer: &Response) -> Option<Option<Profile>> {
        if self.messaging_profile_id.is_some() {
            return answer::json::<Data<Profile>>(answer).map(|answer| Some(answer.data));
        }
        answer::json::<Data<Vec<Profile>>>(answer).map(|answer| answer.data.into_iter().next())
    }
}

impl Provider for Telnyx {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            sms: true,
            mms: true,
            group_recipients: 8,
            // Less than 1 MB, and the request has its own share in it.
            media_bytes: 900_000,
            media: MEDIA,
            text_length: Kind::Telnyx.text_length(),
            short_codes: true,
            segments_a_second: self.segments_a_second,
            look_up: false,
        }
    }

    fn submit(&self, text: &Outbound) -> Request {
        let (path, to, messaging_profile_id) = match text.to.as_slice() {
            [to] => ("/v2/messages", To::One(to.to_carrier()), self.messaging_profile_id.as_deref()),
            // A group's number says which profile it is.
            to => ("/v2/messages/group_mms", To::Group(to), None),
        };
        let message = Message {
            from: text.from,
            to,
            text: &text.body,
            media_urls: text.media.iter().map(|file| file.url.as_str()).collect(),
            messaging_profile_id,
            webhook_url: text.report_to.as_deref(),
        };
        self.base.post_json(path, &message)
    }

    fn outcome(&self, _: &Outbound, answer: &Response) -> Outcome {
        if answer::is_success(answer) {
            return answer::taken(answer::json::<Data<Taken>>(answer).and_then(|answer| answer.data.id));
        }
        let problem = answer::json::<Problems>(answer).and_then(|answer| answer.errors.into_iter().next());
        let Some(problem) = problem else { return answer::by_status(answer) };
        if codes::is_haste(&problem.code()) && (400..500).contains(&answer.status) {
            return Outcome::Throttled { wait: answer::retry_after(answer) };
        }
        answer::by_reason(answer, problem.refusal())
    }

    fn look_up(&self, _: &Outbound, _: UnixMs) -> Option<Request> {
        None
    }

    fn looked_up(&self, _: &Outbound, _: UnixMs, _: &Response) -> LookedUp {
        LookedUp::Unknown
    }

    fn test(&self) -> Request {
        match &self.messaging_profile_id {
            Some(id) => self.base.get(&format!("/v2/messaging_profiles/{id}")),
            None => self.base.get("/v2/messaging_profiles?page%5Bsize%5D=1"),
        }
    }

    fn tested(&self, answer: &Response) -> Tested {
        let fails = |words: &str| Tested::Fails(words.to_owned());
        let problem = answer::json::<Problems>(answer).and_then(|answer| answer.errors.into_iter().next());
        match (answer.status, self.profile(answer)) {
            (200, Some(Some(profile))) if profile.enabled => Tested::Works(format!(
                "Telnyx knows the key and the messaging profile \u{201c}{}\u{201d}.",
                answer::words(&profile.name)
            )),
            (200, Some(Some(profile))) => Tested::Fails(format!(
                "The messaging profile \u{201c}{}\u{201d} is switched off. The portal switches it on under Messaging.",
                answer::words(&profile.name)
            )),
            (200, Some(None)) => fails(
                "Telnyx knows the key, and the account has no messaging profile. Make one in the portal under Messaging, and give it the numbers.",
            ),
            (401, _) => {
                fails("Telnyx refuses the key. Make another one in the portal under API Keys and set it as api_key.")
            }
            (402, _) => fails("The account at Telnyx has no funds. Add some in the portal under Billing."),
            (403, _) => Tested::Fails(format!(
                "Telnyx knows the key and refuses the request{}. See in the portal whether the account is verified and not suspended, and which addresses may use the key.",
                problem.map(|problem| format!(" ({})", answer::words(&problem.refusal().words))).unwrap_or_default()
            )),
            (404, _) if self.messaging_profile_id.is_some() => fails(
                "Telnyx has no such messaging profile. Compare messaging_profile_id with the portal, and check api where it is set.",
            ),
            (404, _) => fails("There is nothing of Telnyx at this address. Check api."),
            (429, _) => fails("Telnyx is asked too often for now. Try again in a minute."),
            (500..=599, _) => fails("Telnyx has a fault of its own. Try again later; its status page may say more."),
            _ => fails("What answers there does not answer as Telnyx does. Check api."),
        }
    }

    fn webhook(&self, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
        webhook::read(&self.public_key, webhook)
    }

    fn fetch(&self, url: &str) -> Request {
        // Files lie in a store that asks for no login.
        Base::fetch_without_login(url)
    }
}
