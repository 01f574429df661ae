//! Bandwidth Messaging, after its documentation's pages "Create Message", "List Messages", "Messaging Webhooks", "Messaging Errors",
//! "Rate Limits" and "Applications", and the OpenAPI description of its API of version 2.
//!
//! Owns the requests of an account and what its answers mean; `codes` has the reasons, `webhook` what Bandwidth brings.
//!
//! Always holds: Bandwidth lists what it has by numbers and time, without words and without our tag, and does not say how soon a text is
//! in the list. So a list that has nothing proves nothing ([`LookedUp::Unknown`]), and the same is true of one that goes on.

mod codes;
#[cfg(test)]
mod tests;
mod webhook;

use form_urlencoded::Serializer;
use halyard_protocol::{MediaKind, PhoneNumber, UnixMs};
use serde::{Deserialize, Serialize};

use crate::account::{Field, Kind, Settings, SettingsError};
use crate::answer;
use crate::base::{self, Base};
use crate::event::{Event, Receipt, Reported};
use crate::http::{Request, Response, Webhook};
use crate::moment;
use crate::outbound::{Capabilities, Outbound};
use crate::outcome::{Found, LookedUp, Outcome, Tested};
use crate::provider::{Provider, WebhookError};
use crate::refusal::Refusal;

const ACCOUNT_ID: Field = Field {
    name: "account_id",
    about: "The number of the account, which the dashboard shows under Account.",
    required: true,
    secret: false,
};

const APPLICATION_ID: Field = Field {
    name: "application_id",
    about: "The id of the messaging application that the numbers' location is linked to, which the dashboard shows under Applications.",
    required: true,
    secret: false,
};

const USER: Field = Field {
    name: "user",
    about: "The name of an API user of the account, who has the role for messaging.",
    required: true,
    secret: false,
};

const PASSWORD: Field = Field { name: "password", about: "That user's password.", required: true, secret: true };

const CALLBACK_USER: Field = Field {
    name: "callback_user",
    about: "The user name that the application gives for its callbacks, inbound and outbound alike.",
    required: true,
    secret: false,
};

const CALLBACK_PASSWORD: Field = Field {
    name: "callback_password",
    about: "The password that the application gives for its callbacks.",
    required: true,
    secret: true,
};

/// What an account at Bandwidth needs and takes.
pub const FIELDS: &[Field] = &[
    ACCOUNT_ID,
    APPLICATION_ID,
    USER,
    PASSWORD,
    CALLBACK_USER,
    CALLBACK_PASSWORD,
    base::API,
    base::SEGMENTS_A_SECOND,
    base::SEGMENTS_OF_A_NUMBER,
];

/// The kinds of files that Bandwidth passes on.
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

/// An account at Bandwidth.
pub struct Bandwidth {
    base: Base,
    messages: String,
    application_id: String,
    callback_login: String,
    segments_a_second: u32,
}

impl Bandwidth {
    /// The account of these settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check(FIELDS)?;
        let account_id = base::required(settings, &ACCOUNT_ID)?;
        if !account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SettingsError::Invalid { field: ACCOUNT_ID.name, why: "has digits only" });
        }
        let application_id = base::required(settings, &APPLICATION_ID)?;
        if !application_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(SettingsError::Invalid {
                field: APPLICATION_ID.name,
                why: "has letters, digits and hyphens only",
            });
        }
        let user = |field: &Field| match base::required(settings, field)? {
            name if name.contains(':') => Err(SettingsError::Invalid { field: field.name, why: "has no colon" }),
            name => Ok(name),
        };
        let login = base::basic(user(&USER)?, base::required(settings, &PASSWORD)?);
        Ok(Self {
            base: Base::new(settings, "https://messaging.bandwidth.com", login)?,
            messages: format!("/api/v2/users/{account_id}/messages"),
            application_id: application_id.to_owned(),
            callback_login: base::basic(user(&CALLBACK_USER)?, base::required(settings, &CALLBACK_PASSWORD)?),
            segments_a_second: base::segments_a_second(settings, 1)?,
        })
    }
}

/// A text as Bandwidth takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    application_id: &'a str,
    to: &'a [PhoneNumber],
    from: PhoneNumber,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<&'a str>,
    tag: &'a str,
}

/// A message that Bandwidth has taken.
#[derive(Deserialize)]
struct Taken {
    id: Option<String>,
}

/// An answer that is no success.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    field_errors: Option<Vec<FieldError>>,
}

/// What is wrong with one field of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldError {
    #[serde(default)]
    field_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

impl Problem {
    fn refusal(&self) -> Refusal {
        let error = self.field_errors.iter().flatten().next();
        let field = error.and_then(|error| error.field_name.as_deref()).unwrap_or_default();
        let words = error.and_then(|error| error.description.as_deref()).unwrap_or(&self.description);
        Refusal::new(codes::of_field(field), &self.kind, words)
    }
}

/// A page of a list of messages.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    page_info: Option<PageInfo>,
    messages: Vec<Item>,
}

/// Whether a list goes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    #[serde(default)]
    next_page: Option<String>,
    #[serde(default)]
    next_page_token: Option<String>,
}

impl PageInfo {
    fn goes_on(&self) -> bool {
        [&self.next_page, &self.next_page_token].into_iter().flatten().any(|next| !next.is_empty())
    }
}

/// A message in a list, for one recipient.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    message_id: String,
    #[serde(default)]
    destination_tn: Option<String>,
    #[serde(default)]
    message_status: Option<String>,
    #[serde(default)]
    error_code: Option<i64>,
    #[serde(default)]
    recipient_count: Option<usize>,
}

impl Item {
    /// What its status says; none while it waits at Bandwidth.
    fn reported(&self) -> Option<Reported> {
        match self.message_status.as_deref()? {
            "SENT" | "ACCEPTED" => Some(Reported::Sent),
            "DELIVERED" => Some(Reported::Delivered),
            "FAILED" | "UNDELIVERED" => {
                let code = self.error_code.map(|code| code.to_string()).unwrap_or_default();
                Some(failed(&code, ""))
            }
            _ => None,
        }
    }
}

/// What a failure comes to. One code says that no receipt came, not that the text didn't.
fn failed(code: &str, words: &str) -> Reported {
    if codes::is_no_news(code) { Reported::Sent } else { Reported::Failed(Refusal::new(codes::why(code), code, words)) }
}

impl Provider for Bandwidth {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            sms: true,
            mms: true,
            // Ten take part, and the sender is one of them.
            group_recipients: 9,
            media_bytes: 3_750_000,
            media: MEDIA,
            text_length: Kind::Bandwidth.text_length(),
            short_codes: false,
            segments_a_second: self.segments_a_second,
            look_up: true,
        }
    }

    fn submit(&self, text: &Outbound) -> Request {
        let message = Message {
            application_id: &self.application_id,
            to: &text.to,
            from: text.from,
            text: &text.body,
            media: text.media.iter().map(|file| file.url.as_str()).collect(),
            tag: &text.reference,
        };
        self.base.post_json(&self.messages, &message)
    }

    fn outcome(&self, _: &Outbound, answer: &Response) -> Outcome {
        if answer::is_success(answer) {
            return answer::taken(answer::json::<Taken>(answer).and_then(|answer| answer.id));
        }
        match answer::json::<Problem>(answer) {
            Some(problem) => answer::by_reason(answer, problem.refusal()),
            None => answer::by_status(answer),
        }
    }

    fn look_up(&self, text: &Outbound, since: UnixMs) -> Option<Request> {
        let to: Vec<_> = text.to.iter().map(PhoneNumber::to_string).collect();
        let query = Serializer::new(String::new())
            .append_pair("sourceTn", &text.from.to_string())
            .append_pair("destinationTn", &to.join(","))
            .append_pair("messageDirection", "OUTBOUND")
            .append_pair("fromDateTime", &moment::to_iso(since.plus(-CLOCKS)))
            .append_pair("limit", "100")
            .finish();
        Some(self.base.get(&format!("{}?{query}", self.messages)))
    }

    fn looked_up(&self, text: &Outbound, _: UnixMs, answer: &Response) -> LookedUp {
        let list = Some(answer).filter(|answer| answer.status == 200).and_then(answer::json::<List>);
        let Some(list) = list.filter(|list| !list.page_info.as_ref().is_some_and(PageInfo::goes_on)) else {
            return LookedUp::Unknown;
        };
        let mut found: Vec<Found> = Vec::new();
        for item in list.messages {
            if item.recipient_count.is_some_and(|count| count > 0 && count != text.to.len()) {
                continue;
            }
            let reported = item.reported();
            let to = item.destination_tn.as_deref().and_then(|to| PhoneNumber::from_e164(to).ok());
            let Some(reference) = answer::reference(item.message_id) else { return LookedUp::Unknown };
            let place = found.iter().position(|found| found.reference == reference).unwrap_or_else(|| {
                found.push(Found { reference: reference.clone(), receipts: Vec::new() });
                found.len() - 1
            });
            // Without a recipient it would count for all of them.
            if let (Some(found), Some(reported), Some(to)) = (found.get_mut(place), reported, to) {
                found.receipts.push(Receipt { reference, ours: None, to: Some(to), reported });
            }
        }
        if found.is_empty() { LookedUp::Unknown } else { LookedUp::Has(found) }
    }

    fn test(&self) -> Request {
        self.base.get(&format!("{}?messageDirection=OUTBOUND&limit=1", self.messages))
    }

    fn tested(&self, answer: &Response) -> Tested {
        let fails = |words: &str| Tested::Fails(words.to_owned());
        match (answer.status, answer::json::<List>(answer)) {
            (200, Some(_)) => Tested::Works(
                "Bandwidth knows the account and the user. Whether application_id is right, the first text shows."
                    .to_owned(),
            ),
            (401, _) => fails(
                "Bandwidth refuses the login. Check user, password and account_id: the user has to be an API user of that account.",
            ),
            (403, _) => fails(
                "Bandwidth knows the user, who may not use messaging. Give the user that role in the dashboard, and see there which addresses may use the account.",
            ),
            (404, _) => {
                fails("Bandwidth has no such account at this address. Check account_id, and api where it is set.")
            }
            (429, _) => fails("Bandwidth is asked too often for now. Try again in five minutes."),
            (500..=599, _) => fails("Bandwidth has a fault of its own. Try again later; its status page may say more."),
            _ => fails("What answers there does not answer as Bandwidth does. Check api."),
        }
    }

    fn webhook(&self, webhook: &Webhook<'_>) -> Result<Vec<Event>, WebhookError> {
        webhook::read(&self.callback_login, webhook)
    }

    fn fetch(&self, url: &str) -> Request {
        self.base.fetch(url)
    }
}
