//! Every route, tried by every role, by another business, and by nobody.

use axum::http::Method;
use halyard_protocol::{ErrorBody, ErrorCode, Permission, Role};
use serde_json::{Map, Value, json};

use crate::testing::bench::{Answer, Bench, Browser};

pub(crate) mod statements;

/// What it takes to do an operation; the rest is for everybody who is signed in.
const PERMISSIONS: [(&str, Permission); 33] = [
    ("get_users", Permission::SeeUsers),
    ("post_users", Permission::ManageUsers),
    // The least: with more than the status it is `ManageUsers`.
    ("patch_users_one", Permission::SetStatusOfOthers),
    ("delete_users_one", Permission::ManageUsers),
    ("put_users_one_password", Permission::ManageUsers),
    ("post_users_one_password-link", Permission::ManageUsers),
    ("get_users_one_devices", Permission::SeeUsers),
    ("delete_users_one_devices", Permission::ManageUsers),
    ("delete_users_one_devices_one", Permission::ManageUsers),
    ("get_numbers", Permission::AssignNumbers),
    ("post_numbers", Permission::ManageNumbers),
    ("patch_numbers_one", Permission::AssignNumbers),
    ("delete_numbers_one", Permission::ManageNumbers),
    ("post_numbers_one_move", Permission::ManageNumbers),
    ("put_numbers_one_users_one", Permission::AssignNumbers),
    ("delete_numbers_one_users_one", Permission::AssignNumbers),
    ("put_numbers_one_carrier", Permission::ManageCarriers),
    ("get_carriers", Permission::ManageCarriers),
    ("post_carriers", Permission::ManageCarriers),
    ("delete_carriers_one", Permission::ManageCarriers),
    ("post_carriers_one_test", Permission::ManageCarriers),
    ("get_opt-outs", Permission::ManageOptOuts),
    ("put_numbers_one_opt-outs_one", Permission::ManageOptOuts),
    ("delete_numbers_one_opt-outs_one", Permission::ManageOptOuts),
    ("get_texting", Permission::ManageOptOuts),
    ("put_texting", Permission::ManageOptOuts),
    ("get_tenants", Permission::ManageTenants),
    ("post_tenants", Permission::ManageTenants),
    ("patch_tenant", Permission::RenameTenant),
    ("delete_tenant", Permission::ManageTenants),
    ("get_audit", Permission::ReadAudit),
    ("get_audit_export", Permission::ReadAudit),
    ("get_jobs", Permission::ManageJobs),
];

/// Routes that nobody has to be signed in for.
const OPEN: [&str; 2] = ["post_session", "post_password-links_use"];

/// One operation of the OpenAPI page.
struct Operation {
    id: String,
    method: Method,
    path: String,
    body: Option<Value>,
    is_administration: bool,
}

async fn operations(bench: &Bench) -> Vec<Operation> {
    let page = bench.stranger().open("/api/openapi.json", None).await.value();
    let mut operations = Vec::new();
    for (path, methods) in page["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.strip_prefix("/api/v1").unwrap().to_owned(),
                body: (!schema.is_null()).then(|| example(&page, schema)),
                is_administration: operation["tags"][0] == "administration",
            });
        }
    }
    operations
}

/// A body that the schema allows: what has to be there, as short as it may be.
fn example(page: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/");
        return match name {
            "PhoneNumber" => json!("+16195550199"),
            name => example(page, &page["components"]["schemas"][name]),
        };
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(first) = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[*key].as_array()?.first()) {
        return example(page, first);
    }
    match schema["type"].as_str() {
        Some("object") | None => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str);
            let fields = fields.map(|name| (name.to_owned(), example(page, &schema["properties"][name])));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("string") if schema["pattern"].is_string() => json!("55"),
        Some("string") => json!("x".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap())),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        other => panic!("no example for {other:?}"),
    }
}

impl Operation {
    async fn try_by(&self, browser: &Browser<'_>, user: &str, tenant: &str) -> Answer {
        let path = self.path.replacen("{number}", "+16195550101", 1);
        let path = match self.path.starts_with("/users") || self.path.starts_with("/numbers") {
            true => path.replacen("{id}", user, 1),
            false => path,
        };
        let path = path.replace("{id}", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D").replace("{device}", "01J9ZK4T6Q8Y2M0C5R7W3X1B9D");
        let path = path.replace("{recipient}", "+16195550142");
        let path =
            if self.id.starts_with("delete_numbers_one_opt-outs") { format!("{path}?reason=Asked") } else { path };
        let path = if path.contains('?') && !tenant.is_empty() { format!("{path}&tenant={tenant}") } else { path };
        let path = if self.is_administration && !path.contains('?') && !tenant.is_empty() {
            format!("{path}?tenant={tenant}")
        } else {
            path
        };
        let body = self.body.as_ref().map(ToString::to_string);
        browser.bench.raw(browser.build(self.method.clone(), &path, body)).await
    }
}

fn is_refused_by_role(answer: &Answer) -> bool {
    answer.status == 403
        && serde_json::from_slice::<ErrorBody>(&answer.body).is_ok_and(|body| body.code == ErrorCode::Forbidden)
}

#[tokio::test]
async fn every_route_asks_for_the_role_that_the_table_says() {
    let all = operations(&Bench::new().await).await;
    for (id, _) in PERMISSIONS {
        assert!(all.iter().any(|operation| operation.id == id), "there is no operation {id}");
    }
    for operation in &all {
        let needed = PERMISSIONS.iter().find(|(id, _)| *id == operation.id).map(|(_, permission)| *permission);
        let needed = needed.or((operation.id == "post_jobs_retry").then_some(Permission::ManageJobs));
        assert_eq!(needed.is_some(), operation.is_administration, "{}", operation.id);
        // What one of them does must not change what the next one sees.
        let bench = Bench::new().await;
        assert_eq!(
            operation.try_by(&bench.stranger(), "01J9ZK4T6Q8Y2M0C5R7W3X1B9D", "").await.status == 401,
            operation.id != "post_password-links_use",
            "{} without a session",
            operation.id
        );
        for role in Role::ALL {
            let (browser, colleague) = bench.with_role(role).await;
            let answer = operation.try_by(&browser, &colleague, "").await;
            let may = needed.is_none_or(|permission| role.may(permission, false));
            let own_password = operation.id == "put_me_password";
            if !own_password {
                assert_eq!(is_refused_by_role(&answer), !may, "{} by {role:?}: {answer:?}", operation.id);
            }
            assert_ne!(answer.status, 500, "{} by {role:?}", operation.id);
            // A request that is not even read would prove nothing.
            assert!(!operation.is_administration || answer.status != 400, "{}: {answer:?}", operation.id);
        }
    }
    assert!(OPEN.iter().all(|id| all.iter().any(|operation| operation.id == *id)));
}

/// Nobody administers another business, nor learns whether there is one, but the operator's Administrators.
#[tokio::test]
async fn another_business_is_not_there() {
    let bench = Bench::new().await;
    let administration = operations(&bench).await.into_iter().filter(|operation| operation.is_administration);
    let for_one_business: Vec<Operation> = administration
        .filter(|operation| !operation.path.starts_with("/tenants") && !operation.path.starts_with("/jobs"))
        .collect();
    assert!(for_one_business.len() > 15);
    let rosa = bench.sign_in("1001@atlas").await;
    let devon = bench.sign_in("1002@harbor").await.bootstrap().await.me.user.id.to_string();
    for operation in &for_one_business {
        for tenant in ["harbor", "nowhere"] {
            let answer = operation.try_by(&rosa, &devon, tenant).await;
            assert_eq!(answer.code(), ErrorCode::NotFound, "{} at {tenant}", operation.id);
        }
        // Her own business has no such user or number.
        if operation.path.contains('{') {
            let answer = operation.try_by(&rosa, &devon, "").await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{}: {answer:?}", operation.id);
        }
    }
    bench.make_operator("atlas").await;
    for operation in for_one_business.iter().filter(|operation| operation.method == Method::GET) {
        let answer = operation.try_by(&rosa, &devon, "harbor").await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", operation.id);
        let devon_there = bench.sign_in("1002@harbor").await;
        assert_eq!(operation.try_by(&devon_there, &devon, "atlas").await.code(), ErrorCode::NotFound);
    }
}
