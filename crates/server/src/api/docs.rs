//! `/api/docs`: the OpenAPI page for people. Written by us as plain HTML: no script, nothing from elsewhere.

use serde_json::{Map, Value};

/// Its style sheet, served beside it.
pub const STYLE: &str = include_str!("docs.css");

/// The page as HTML.
#[must_use]
pub fn html(page: &Value) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Halyard: the interface</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/docs.css\">\
         <main><h1>Halyard: the interface</h1>",
    );
    html += &format!("<p>{}</p>", prose(&page["info"]["description"]));
    html += "<p>For programs: <a href=\"/api/openapi.json\">openapi.json</a>.</p>";
    for tag in page["tags"].as_array().into_iter().flatten() {
        html += &format!("<h2>{}</h2><p>{}</p>", prose(&tag["name"]), prose(&tag["description"]));
        for (path, item) in entries(&page["paths"]) {
            for (method, operation) in entries(item) {
                if operation["tags"].as_array().is_some_and(|tags| tags.contains(&tag["name"])) {
                    html += &operation_html(path, method, operation);
                }
            }
        }
    }
    html += "<h2>Shapes</h2>";
    for (name, schema) in entries(&page["components"]["schemas"]) {
        html += &format!(
            "<section id=\"{name}\"><h3>{name}</h3><p>{}</p>{}</section>",
            prose(&schema["description"]),
            schema_html(schema)
        );
    }
    html + "</main></html>"
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn operation_html(path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<section><h3><span class=\"method\">{}</span> <code>{}</code></h3><p>{}</p>",
        method.to_uppercase(),
        escape(path),
        prose(&operation["summary"]),
    );
    if operation["description"].is_string() {
        html += &format!("<p>{}</p>", prose(&operation["description"]));
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows: String = parameters
        .map(|parameter| {
            let place = format!("{} ({})", text(&parameter["name"]), text(&parameter["in"]));
            row(&place, &kind(&parameter["schema"]), &parameter["description"])
        })
        .collect();
    html += &table("Parameters", &rows);
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        html += &format!("<p>Body: {}</p>", kind(body));
    }
    let answers: String = entries(&operation["responses"])
        .map(|(status, answer)| {
            row(status, &kind(&answer["content"]["application/json"]["schema"]), &answer["description"])
        })
        .collect();
    html + &table("Answers", &answers) + "</section>"
}

fn schema_html(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let words: Vec<String> = values.iter().map(|value| format!("<code>{}</code>", escape(text(value)))).collect();
        return format!("<p>One of {}.</p>", words.join(", "));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let items: String = choices
            .iter()
            .map(|choice| format!("<li>{} {}{}</li>", kind(choice), prose(&choice["description"]), schema_html(choice)))
            .collect();
        return format!("<ul>{items}</ul>");
    }
    let rows: String =
        entries(&schema["properties"]).map(|(name, field)| row(name, &kind(field), &field["description"])).collect();
    table("", &rows)
}

fn table(caption: &str, rows: &str) -> String {
    match (rows, caption) {
        ("", _) => String::new(),
        (rows, "") => format!("<table>{rows}</table>"),
        (rows, caption) => format!("<table><caption>{caption}</caption>{rows}</table>"),
    }
}

fn row(name: &str, kind: &str, description: &Value) -> String {
    format!("<tr><th scope=\"row\"><code>{}</code><td>{kind}<td>{}", escape(name), prose(description))
}

/// What a schema is, in a word or two, with a link to its shape.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["allOf"].as_array()) {
        let kinds: Vec<String> = choices.iter().map(kind).filter(|kind| !kind.is_empty() && kind != "null").collect();
        return kinds.join(" or ");
    }
    if let Some(value) = schema["const"].as_str() {
        return format!("<code>{}</code>", escape(value));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).filter(|kind| *kind != "null").collect(),
        kind => vec![text(kind)],
    };
    match kinds[..] {
        ["array"] => format!("list of {}", kind(&schema["items"])),
        ref kinds => escape(&kinds.join(" or ")),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A sentence with its `code` marked.
fn prose(value: &Value) -> String {
    let escaped = escape(text(value));
    let parts = escaped.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_code_and_escapes_the_rest() {
        assert_eq!(prose(&json!("a `b<c>` & d")), "a <code>b&lt;c&gt;</code> &amp; d");
    }

    #[test]
    fn says_what_a_schema_is() {
        assert_eq!(kind(&json!({ "type": ["string", "null"] })), "string");
        assert_eq!(kind(&json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/a/B" }] })), "<a href=\"#B\">B</a>");
        assert_eq!(kind(&json!({ "type": "array", "items": { "type": "integer" } })), "list of integer");
    }
}
