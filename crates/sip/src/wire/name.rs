//! Names of headers, in their usual spelling, and the compact forms (RFC 3261, 7.3.3).

macro_rules! names {
    ($($constant:ident = $name:literal,)*) => {
        $(#[doc = concat!("`", $name, "`.")] pub const $constant: &str = $name;)*
    };
}

names! {
    ACCEPT = "Accept",
    ALERT_INFO = "Alert-Info",
    ALLOW = "Allow",
    ALLOW_EVENTS = "Allow-Events",
    AUTHENTICATION_INFO = "Authentication-Info",
    AUTHORIZATION = "Authorization",
    CALL_ID = "Call-ID",
    CALL_INFO = "Call-Info",
    CONTACT = "Contact",
    CONTENT_DISPOSITION = "Content-Disposition",
    CONTENT_ENCODING = "Content-Encoding",
    CONTENT_LENGTH = "Content-Length",
    CONTENT_TYPE = "Content-Type",
    CSEQ = "CSeq",
    DATE = "Date",
    EVENT = "Event",
    EXPIRES = "Expires",
    FLOW_TIMER = "Flow-Timer",
    FROM = "From",
    INFO_PACKAGE = "Info-Package",
    MAX_FORWARDS = "Max-Forwards",
    MIN_EXPIRES = "Min-Expires",
    MIN_SE = "Min-SE",
    P_ASSERTED_IDENTITY = "P-Asserted-Identity",
    P_PREFERRED_IDENTITY = "P-Preferred-Identity",
    PATH = "Path",
    PRIVACY = "Privacy",
    PROXY_AUTHENTICATE = "Proxy-Authenticate",
    PROXY_AUTHORIZATION = "Proxy-Authorization",
    PROXY_REQUIRE = "Proxy-Require",
    REASON = "Reason",
    RECORD_ROUTE = "Record-Route",
    RECV_INFO = "Recv-Info",
    REFER_SUB = "Refer-Sub",
    REFER_TO = "Refer-To",
    REFERRED_BY = "Referred-By",
    REPLACES = "Replaces",
    REQUIRE = "Require",
    RETRY_AFTER = "Retry-After",
    ROUTE = "Route",
    SERVER = "Server",
    SERVICE_ROUTE = "Service-Route",
    SESSION_EXPIRES = "Session-Expires",
    SUBJECT = "Subject",
    SUBSCRIPTION_STATE = "Subscription-State",
    SUPPORTED = "Supported",
    TIMESTAMP = "Timestamp",
    TO = "To",
    UNSUPPORTED = "Unsupported",
    USER_AGENT = "User-Agent",
    VIA = "Via",
    WARNING = "Warning",
    WWW_AUTHENTICATE = "WWW-Authenticate",
}

/// The usual spelling of a compact form; any other name is itself.
fn long(name: &str) -> &str {
    let &[letter] = name.as_bytes() else { return name };
    match letter.to_ascii_lowercase() {
        b'a' => "Accept-Contact",
        b'b' => REFERRED_BY,
        b'c' => CONTENT_TYPE,
        b'd' => "Request-Disposition",
        b'e' => CONTENT_ENCODING,
        b'f' => FROM,
        b'i' => CALL_ID,
        b'j' => "Reject-Contact",
        b'k' => SUPPORTED,
        b'l' => CONTENT_LENGTH,
        b'm' => CONTACT,
        b'n' => "Identity-Info",
        b'o' => EVENT,
        b'r' => REFER_TO,
        b's' => SUBJECT,
        b't' => TO,
        b'u' => ALLOW_EVENTS,
        b'v' => VIA,
        b'x' => SESSION_EXPIRES,
        b'y' => "Identity",
        _ => name,
    }
}

/// Whether two names are the same header's: without regard to case, the compact form as the long one.
#[must_use]
pub fn same(one: &str, two: &str) -> bool {
    long(one).eq_ignore_ascii_case(long(two))
}
