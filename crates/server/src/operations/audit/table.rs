//! The audit log as a table for spreadsheets (CSV, RFC 4180).
//!
//! Always holds: no cell begins as a formula does: names are chosen by users, and a spreadsheet would run it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use halyard_protocol::admin::AuditEntry;

use crate::store::sql::word;

/// The first line.
pub const HEADING: &str =
    "number,time (ms since 1970),actor,user,actor name,action,subject,subject name,before,after\r\n";

/// The line of an entry.
#[must_use]
pub fn row(entry: &AuditEntry) -> String {
    let AuditEntry { seq, at, actor, user, actor_name, action, subject, subject_name, before, after } = entry;
    let cells = [
        seq.to_string(),
        at.0.to_string(),
        word(*actor).unwrap_or_default(),
        user.map(|user| user.to_string()).unwrap_or_default(),
        actor_name.clone(),
        action.name().to_owned(),
        subject.clone(),
        subject_name.clone(),
        fields(before),
        fields(after),
    ];
    let mut line = cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

fn fields(fields: &BTreeMap<String, String>) -> String {
    fields.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = write!(text, "{}{name}: {value}", if text.is_empty() { "" } else { "; " });
        text
    })
}

fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halyard_protocol::UnixMs;
    use halyard_protocol::admin::ActorKind;
    use halyard_protocol::admin::AuditAction;

    #[test]
    fn a_line_is_read_by_a_spreadsheet_and_runs_nothing() {
        let entry = AuditEntry {
            seq: 3,
            at: UnixMs(1_000),
            actor: ActorKind::Operator,
            user: None,
            actor_name: String::new(),
            action: AuditAction::NumberAdded,
            subject: "+16195550142".to_owned(),
            subject_name: "Front, \"desk\"".to_owned(),
            before: BTreeMap::new(),
            after: BTreeMap::from([("can".to_owned(), "sms, mms".to_owned()), ("label".to_owned(), "=1+1".to_owned())]),
        };
        let line =
            "3,1000,operator,,,number_added,'+16195550142,\"Front, \"\"desk\"\"\",,\"can: sms, mms; label: =1+1\"\r\n";
        assert_eq!(row(&entry), line);
        for text in ["=1", "+1", "-1", "@a", "\t=1"] {
            assert!(cell(text).trim_start_matches('"').starts_with('\''), "{text}");
        }
    }
}
