//! The OpenAPI page: from the handlers' own declarations, plus what holds for all of them.
//!
//! Always holds: every answer that an address can give is on the page. What is alike everywhere (signed out, wrong
//! origin, malformed, too large, our fault) is added here by what the operation takes, so no handler forgets it.

use halyard_protocol::{CauseCode, ClientFrame, ErrorBody, ErrorCode, ServerFrame};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::problem::PROBLEM_JSON;

/// The frame of the page; the operations come from the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Halyard",
        description = "Texts, chats and contacts of a business phone system. Sign in with `POST /session`; the answer's \
                       cookie is the session. Requests that change something are refused when a browser says that \
                       they come from another site. Every error is a problem detail (RFC 9457) with a stable `code`, the `cause` \
                       where the code does not say which rule was broken, and a sentence in English."
    ),
    components(schemas(CauseCode, ErrorBody, ErrorCode, ClientFrame, ServerFrame)),
    tags(
        (name = "session", description = "Who I am, where I am signed in, and what an app starts from"),
        (name = "contacts", description = "Saved contacts and favourites"),
        (name = "conversations", description = "Chats and texts"),
        (name = "events", description = "What happens, as it happens"),
    )
)]
pub struct Frame;

/// The name of the security scheme.
const COOKIE: &str = "session";

/// The page as JSON, complete.
///
/// # Errors
/// When the page can't be written as JSON, which would be a mistake in the handlers' declarations.
pub fn complete(page: &OpenApi, cookie: &str) -> Result<Value, serde_json::Error> {
    let mut page = serde_json::to_value(page)?;
    let scheme = json!({
        "type": "apiKey", "in": "cookie", "name": cookie,
        "description": "Given by `POST /session`. `__Host-halyard` where the app is served over https."
    });
    page["components"]["securitySchemes"][COOKIE] = scheme;
    page["security"] = json!([{ COOKIE: [] }]);
    tidy(&mut page);
    describe(&mut page, "ErrorCode", ErrorCode::ALL.iter().map(|code| code.name()).zip(ErrorCode::MEANINGS));
    describe(&mut page, "CauseCode", CauseCode::ALL.iter().map(|code| code.name()).zip(CauseCode::MEANINGS));
    if let Some(schemas) = page["components"]["schemas"].as_object_mut() {
        schemas.remove("u64");
    }
    if let Some(paths) = page["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                if let Some(operation) = operation.as_object_mut() {
                    mark_problems(operation);
                    add_answers(path, method, operation);
                    add_links(path, method, operation);
                }
            }
        }
    }
    Ok(page)
}

/// Answers that are errors have a media type of their own.
fn mark_problems(operation: &mut Map<String, Value>) {
    for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if status.starts_with(['4', '5'])
            && let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut)
            && let Some(body) = content.remove("application/json")
        {
            content.insert(PROBLEM_JSON.to_owned(), body);
        }
    }
}

fn add_answers(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let signed = operation.get("security").is_none();
    let body = operation.contains_key("requestBody");
    let json = operation.get("requestBody").is_some_and(|body| body["content"].get("application/json").is_some());
    let parameters = operation.get("parameters").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let changes = method != "get";
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut add = |wanted: bool, status: &str, codes: &str| {
        if wanted {
            answers.entry(status).or_insert_with(|| answer(codes));
        }
    };
    add(signed, "401", "`signed_out`: nobody is signed in, or the session has ended");
    add(changes, "403", "`wrong_origin`: the request comes from another site");
    add(body || parameters, "400", "`malformed_request`");
    add(body, "408", "`unavailable`: the body did not arrive in time; the connection is closed");
    add(body, "413", "`too_large`");
    add(json, "415", "`unsupported_media_type`: the body is not said to be JSON");
    add(json, "422", "`invalid`: a text holds the character U+0000");
    add(true, "500", "`internal`: our fault");
    add(true, "503", "`unavailable`: starting, stopping or overloaded");
    for status in ["408", "503"] {
        if let Some(answer) = answers.get_mut(status) {
            answer["headers"]["Retry-After"] = json!({
                "schema": { "type": "integer", "minimum": 0 }, "description": "Seconds to wait"
            });
        }
    }
    operation.entry("operationId").and_modify(|id| *id = operation_id(path, method).into());
}

/// Says what each code of an enum means.
fn describe<'a>(page: &mut Value, schema: &str, codes: impl Iterator<Item = (&'a str, &'a &'a str)>) {
    let about = &mut page["components"]["schemas"][schema]["description"];
    let list: String = codes.map(|(code, meaning)| format!("\n- `{code}`: {}", meaning.trim())).collect();
    *about = format!("{}\n{list}", about.as_str().unwrap_or_default()).into();
}

fn answer(codes: &str) -> Value {
    json!({
        "description": codes,
        "content": { PROBLEM_JSON: { "schema": { "$ref": "#/components/schemas/ErrorBody" } } }
    })
}

/// Says where the ids of other addresses come from, for programs that explore.
fn add_links(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let (id, targets): (&str, &[&str]) = match (method, path) {
        ("get", "/api/v1/bootstrap" | "/api/v1/conversations") => (
            "$response.body#/conversations/0/id",
            &[
                "get_conversations_one",
                "patch_conversations_one",
                "delete_conversations_one",
                "post_conversations_one_restore",
                "post_conversations_one_read",
                "get_conversations_one_entries",
            ],
        ),
        ("get", "/api/v1/contacts") => ("$response.body#/contacts/0/id", &["put_contacts_one", "delete_contacts_one"]),
        _ => return,
    };
    let links: Map<String, Value> = targets
        .iter()
        .map(|target| ((*target).to_owned(), json!({ "operationId": target, "parameters": { "id": id } })))
        .collect();
    operation["responses"]["200"]["links"] = links.into();
}

/// Counts have a name of their own in the code, which is nobody's business here; and what the code's own pages link
/// is only marked.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("$ref").and_then(Value::as_str) == Some("#/components/schemas/u64") {
                object.remove("$ref");
                object.extend([("type".into(), "integer".into()), ("format".into(), "int64".into())]);
                object.insert("minimum".into(), 0.into());
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        Value::String(text) if text.contains("[`") => {
            *text = text.replace("[`crate::", "`").replace("[`", "`").replace("`]", "`");
        }
        _ => {}
    }
}

/// `get /api/v1/conversations/{id}/entries` is `get_conversations_one_entries`.
fn operation_id(path: &str, method: &str) -> String {
    let words = path.trim_start_matches("/api/v1").split('/').filter(|word| !word.is_empty());
    let words = words.map(|word| if word.starts_with('{') { "one" } else { word });
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}
