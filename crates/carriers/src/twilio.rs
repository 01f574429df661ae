//! Twilio Programmable Messaging, after its documentation's pages "Messages resource", "Twilio's Request to your Incoming Message
//! Webhook URL", "Track the Message Status of Outbound Messages", "Validating Signatures from Twilio" and "Error and Warning Dictionary".
//!
//! Owns the requests of an account and what its answers mean; `codes` has the reasons, `webhook` what Twilio brings.
//!
//! Always holds: the text leaves from the user's own number, also where a Messaging Service stands between. A text is looked up among
//! all that Twilio has between two numbers: it lists by the moment of sending, which a text in its queue does not have yet, so that
//! moment is no filter here. A list that goes on behind its first page does not count.

mod codes;
#[cfg(test)]
mod tests;
mod webhook;

use core::time::Duration;

use form_urlencoded::Serializer;
use halyard_protocol::{MediaKind, UnixMs};
use serde::Deserialize;

use crate::account::{Field, Kind, Settings, SettingsError};
use crate::answer;
use crate::base::{self, Base};
use crate::event::{Event, Receipt, Reported};
use crate::http::{Request, Response, Webhook};
use crate::moment;
use crate::outbound::{Capabilities, Outbound};
use crate::outcome::{Found, LookedUp, Outcome, Tested};
use crate::provider::{Provider, WebhookAnswer, WebhookError};
use crate::refusal::Refusal;

const ACCOUNT_SID: Field = Field {
    name: "account_sid",
    about: "The Account SID, which the console shows under Account Info: AC and 32 digits.",
    required: true,
    secret: false,
};

const AUTH_TOKEN: Field = Field {
    name: "auth_token",
    about: "The Auth Token, which the console shows under Account Info. It logs in, and Twilio signs its webhooks with it.",
    required: true,
    secret: true,
};

const MESSAGING_SERVICE_SID: Field = Field {
    name: "messaging_service_sid",
    about: "The SID of the Messaging Service that the numbers belong to, if there is one: MG and 32 digits.",
    required: false,
    secret: false,
};

/// What an account at Twilio needs and takes.
pub const FIELDS: &[Field] = &[
    ACCOUNT_SID,
    AUTH_TOKEN,
    MESSAGING_SERVICE_SID,
    base::API,
    base::SEGMENTS_A_SECOND,
    base::SEGMENTS_OF_A_NUMBER,
    base::REPLIES,
];

/// The kinds of files that Twilio passes on; pictures alone may have more than 500 kB.
const MEDIA: &[MediaKind] = &[
    MediaKind::Jpeg,
    MediaKind::Png,
    MediaKind::Gif,
    MediaKind::Mp4,
    MediaKind::Mp3,
    MediaKind::Amr,
    MediaKind::Vcard,
    MediaKind::Pdf,
];

/// How far the clocks of two computers may differ, in milliseconds.
const CLOCKS: i64 = 120_000;

/// An account at Twilio.
pub struct Twilio {
    base: Base,
    account_sid: String,
    auth_token: String,
    messaging_service_sid: Option<String>,
    segments_a_second: u32,
}

impl Twilio {
    /// The account of these settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check(FIELDS)?;
        let account_sid = base::required(settings, &ACCOUNT_SID)?;
        if !is_sid(account_sid, "AC") {
            return Err(SettingsError::Invalid { field: ACCOUNT_SID.name, why: "is AC and 32 digits from 0 to f" });
        }
        let messaging_service_sid = settings.plain(MESSAGING_SERVICE_SID.name);
        if messaging_service_sid.is_some_and(|sid| !is_sid(sid, "MG")) {
            return Err(SettingsError::Invalid {
                field: MESSAGING_SERVICE_SID.name,
                why: "is MG and 32 digits from 0 to f",
            });
        }
        let auth_token = base::printable(settings, &AUTH_TOKEN)?;
        Ok(Self {
            base: Base::new(settings, "https://api.twilio.com", base::basic(account_sid, auth_token))?,
            account_sid: account_sid.to_owned(),
            auth_token: auth_token.to_owned(),
            messaging_service_sid: messaging_service_sid.map(str::to_owned),
            segments_a_second: base::segments_a_second(settings, 10)?,
        })
    }
}

/// Whether this is Twilio's id of a thing whose ids begin with this.
fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A message, as Twilio answers with it.
#[derive(Deserialize)]
struct Message {
    sid: Option<String>,
    status: Option<String>,
    direction: Option<String>,
    body: Option<String>,
    date_created: Option<String>,
    num_media: Option<String>,
    error_code: Option<i64>,
    error_message: Option<String>,
}

/// A page of a list of messages.
#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    next_page_uri: Option<String>,
}

/// An answer that is no success.
#[derive(Deserialize)]
struct Problem {
    code: i64,
    #[serde(default)]
    message: String,
}

/// The account itself.
#[derive(Deserialize)]
struct Account {
    status: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    friendly_name: Option<String>,
}

impl Message {
    /// What its status says; none while it waits at Twilio.
    fn reported(&self) -> Option<Reported> {
        let code = self.error_code.map(|code| code.to_string()).unwrap_or_default();
        reported(self.status.as_deref()?, &code, self.error_message.as_deref().unwrap_or_default())
    }

    /// Whether it may be this text, which began to be handed over at that moment.
    fn may_be(&self, text: &Outbound, since: UnixMs) -> bool {
        let is_inbound = self.direction.as_deref() == Some("inbound");
        let created = self.date_created.as_deref().and_then(moment::from_rfc2822);
        let is_older = created.is_some_and(|created| created.since(since) < -CLOCKS);
        // Twilio can be told to forget what was written: then the numbers and the files have to do.
        let body = self.body.as_deref().unwrap_or_default().trim();
        let has_media = self.num_media.as_deref().is_some_and(|number| number != "0");
        let is_same = if body.is_empty() { true } else { answer::is_same_text(body, &text.body) };
        !is_inbound && !is_older && is_same && (text.media.is_empty() || has_media || self.num_media.is_none())
    }
}

/// How far a text is by its status; none while it waits at Twilio, and for what this version does not know.
fn reported(status: &str, code: &str, words: &str) -> Option<Reported> {
    match status {
        "sent" | "partially_delivered" => Some(Reported::Sent),
        "delivered" | "read" => Some(Reported::Delivered),
        "failed" | "undelivered" | "canceled" => Some(Reported::Failed(Refusal::new(codes::why(code), code, words))),
        _ => None,
    }
}

impl Provider for Twilio {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            sms: true,
            mms: true,
            group_recipients: 0,
            media_bytes: 5_000_000,
            media: MEDIA,
            text_length: Kind::Twilio.text_length(),
            short_codes: false,
            segments_a_second: self.segments_a_second,
            look_up: true,
        }
    }

    fn submit(&self, text: &Outbound) -> Request {
        let mut form = Serializer::new(String::new());
        for to in &text.to {
            form.append_pair("To", &to.to_string());
        }
        form.append_pair("From", &text.from.to_string());
        if let Some(sid) = &self.messaging_service_sid {
            form.append_pair("MessagingServiceSid", sid);
        }
        if !text.body.is_empty() {
            form.append_pair("Body", &text.body);
        }
        for file in &text.media {
            form.append_pair("MediaUrl", &file.url);
        }
        if let Some(url) = &text.report_to {
            form.append_pair("StatusCallback", url);
        }
        let path = format!("/2010-04-01/Accounts/{}/Messages.json", self.account_sid);
        self.base.post(&path, "application/x-www-form-urlencoded", form.finish().into_bytes())
    }

    fn outcome(&self, _: &Outbound, answer: &Response) -> Outcome {
        if answer::is_success(answer) {
            let Some(message) = answer::json::<Message>(answer) else { return Outcome::Unknown };
            return match message.reported() {
                Some(Reported::Failed(refusal)) => Outcome::Refused(refusal),
                _ => answer::taken(message.sid),
            };
        }
        let Some(problem) = answer::json::<Problem>(answer) else { return answer::by_status(answer) };
        let code = problem.code.to_string();
        if codes::is_haste(&code) && (400..500).contains(&answer.status) {
            return Outcome::Throttled { wait: answer::retry_after(answer).or(codes::wait(&code)) };
        }
        answer::by_reason(answer, Refusal::new(codes::why(&code), &code, &problem.message))
    }

    fn look_up(&self, text: &Outbound, _: UnixMs) -> Option<Request> {
        let [to] = text.to.as_slice() else { return None };
        let query = Serializer::new(String::new())
            .append_pair("To", &to.to_string())
            .append_pair("From", &text.from.to_string())
            .append_pair("PageSize", "1000")
            .finish();
        Some(self.base.get(&format!("/2010-04-01/Accounts/{}/Messages.json?{query}", self.account_sid)))
    }

    fn looked_up(&self, text: &Outbound, since: UnixMs, answer: &Response) -> LookedUp {
        let page = Some(answer).filter(|answer| answer.status == 200).and_then(answer::json::<Page>);
        let Some(Page { messages, next_page_uri: None }) = page else { return LookedUp::Unknown };
        let mut found = Vec::new();
        for message in messages.into_iter().filter(|message| message.may_be(text, since)) {
            let reported = message.reported();
            let Some(reference) = message.sid.and_then(answer::reference) else { return LookedUp::Unknown };
            let receipt =
                |reported| Receipt { reference: reference.clone(), ours: None, to: text.to.first().copied(), reported };
            let receipts = reported.map(receipt).into_iter().collect();
            found.push(Found { reference, receipts });
        }
        LookedUp::Has(found)
    }

    fn test(&self) -> Request {
        self.base.get(&format!("/2010-04-01/Accounts/{}.json", self.account_sid))
    }

    fn tested(&self, answer: &Response) -> Tested {
        let fails = |words: &str| Tested::Fails(words.to_owned());
        match (answer.status, answer::json::<Account>(answer)) {
            (200, Some(account)) if account.status == "active" => {
                let name = account.friendly_name.unwrap_or_default();
                let trial = "It is a trial account: it sends to verified numbers only, and puts a sentence in front of every text.";
                let rest = if account.kind.as_deref() == Some("Trial") { trial } else { "It is active." };
                Tested::Works(format!("Twilio knows the account \u{201c}{}\u{201d}. {rest}", answer::words(&name)))
            }
            (200, Some(account)) => Tested::Fails(format!(
                "Twilio says that the account is {}. The console says why, and how to have it opened again.",
                answer::words(&account.status)
            )),
            (401, _) => fails(
                "Twilio refuses the login. Compare account_sid and auth_token with Account Info in the console; the token may have been replaced.",
            ),
            (403, _) => fails(
                "Twilio knows the login and refuses the request. See in the console whether the account is suspended, and which addresses may use it.",
            ),
            (404, _) => {
                fails("Twilio has no such account at this address. Check account_sid, and api where it is set.")
            }
            (429, _) => fails("Twilio is asked too often for now. Try again in a minute."),
            (500..=599, _) => fails("Twilio has a fault of its own. Try again later; its status page may say more."),
            _ => fails("What answers there does not answer as Twilio does. Check api."),
        }
    }

    fn webhook(&self, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
        webhook::read(&self.auth_token, webhook)
    }

    fn webhook_answer(&self) -> WebhookAnswer {
        WebhookAnswer { content_type: "text/xml", body: "<Response/>" }
    }

    fn fetch(&self, url: &str) -> Request {
        self.base.fetch(url)
    }
}

/// The wait that a queue at Twilio is worth that is full.
const FULL_QUEUE: Duration = Duration::from_secs(60);
