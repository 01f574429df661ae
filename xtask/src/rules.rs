//! The dependency rules of ARCHITECTURE.md, read from `cargo metadata`.
//!
//! `protocol, words <- client <- halyard` and `protocol <- server`; `sip` stands by itself; the client has no browser and no async
//! crate in it; nothing heavy comes into the WebAssembly.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::layers;
use crate::process::{output, say};
use crate::setup::cargo;
use crate::setup::wasm::TARGET;
use crate::tally::Tally;

/// All that the protocol may depend on.
const PROTOCOL_MAY: [&str; 4] = ["serde", "sha2", "thiserror", "utoipa"];
/// All that SIP may depend on: both ends have it, so it has nothing of either.
const SIP_MAY: [&str; 3] = ["md-5", "sha2", "thiserror"];
/// Parts of the names of crates that mean a browser, a runtime or a clock.
const CLIENT_NEVER: [&str; 12] = [
    "wasm-bindgen",
    "js-sys",
    "web-sys",
    "gloo",
    "leptos",
    "tokio",
    "futures",
    "async-",
    "reqwest",
    "rand",
    "chrono",
    "jiff",
];
/// Crates whose tables or engines cost more in the WebAssembly than the browser's own, which do the same.
const WASM_NEVER: [&str; 9] =
    ["regex", "chrono", "reqwest", "url", "jiff", "phonenumber", "rlibphonenumber", "emojis", "halyard-server"];

/// The framework names a few of them in modules that a page without a server of its own never calls: the linker drops those.
/// What it keeps is held by the size budget.
const WASM_BEHIND: &str = "leptos";

/// A rule and what breaks it.
struct Verdict {
    rule: &'static str,
    broken_by: Vec<String>,
}

/// The packages of a workspace and what each depends on in its own code (not in tests, not at build time).
struct Graph {
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Result<Self> {
        let mut graph = Self { names: BTreeMap::new(), edges: BTreeMap::new() };
        let mut on_host = BTreeSet::new();
        for package in metadata["packages"].as_array().context("no packages in the metadata")? {
            let id = text(&package["id"])?;
            if package["targets"].as_array().is_some_and(|all| all.iter().any(|one| one["kind"][0] == "proc-macro")) {
                on_host.insert(id.clone());
            }
            graph.names.insert(id, text(&package["name"])?);
        }
        for node in metadata["resolve"]["nodes"].as_array().context("no resolved nodes in the metadata")? {
            let mut targets = BTreeSet::new();
            for edge in node["deps"].as_array().into_iter().flatten() {
                let normal =
                    edge["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()));
                let to = text(&edge["pkg"])?;
                if normal && !on_host.contains(&to) {
                    targets.insert(to);
                }
            }
            graph.edges.insert(text(&node["id"])?, targets);
        }
        Ok(graph)
    }

    fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn direct(&self, package: &str) -> Vec<String> {
        let ids = self.names.iter().filter(|(_, name)| *name == package).map(|(id, _)| id);
        ids.filter_map(|id| self.edges.get(id)).flatten().map(|id| self.name(id)).collect()
    }

    /// All that a package depends on, however far, each with the way to it; but not what only `behind` leads to.
    fn reachable(&self, package: &str, behind: Option<&str>) -> BTreeMap<String, String> {
        let mut ways = BTreeMap::new();
        let mut open: Vec<(String, String)> = self
            .names
            .iter()
            .filter(|(_, name)| *name == package)
            .map(|(id, name)| (id.clone(), name.clone()))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some((id, way)) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            if behind == Some(self.name(&id).as_str()) {
                continue;
            }
            for next in self.edges.get(&id).into_iter().flatten() {
                let name = self.name(next);
                let way = format!("{way} -> {name}");
                ways.entry(name).or_insert_with(|| way.clone());
                open.push((next.clone(), way));
            }
        }
        ways
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("the metadata is not as cargo writes it")
}

fn verdicts(host: &Graph, browser: &Graph) -> Vec<Verdict> {
    let forbidden = |ways: BTreeMap<String, String>, never: &dyn Fn(&str) -> bool| -> Vec<String> {
        ways.into_iter().filter(|(name, _)| never(name)).map(|(_, way)| way).collect()
    };
    vec![
        Verdict {
            rule: "the protocol depends on serde, sha2, thiserror and (for the server) utoipa alone",
            broken_by: host
                .direct("halyard-protocol")
                .into_iter()
                .filter(|name| !PROTOCOL_MAY.contains(&name.as_str()))
                .collect(),
        },
        Verdict {
            rule: "SIP depends on md-5, sha2 and thiserror alone",
            broken_by: host
                .direct("halyard-sip")
                .into_iter()
                .filter(|name| !SIP_MAY.contains(&name.as_str()))
                .collect(),
        },
        Verdict { rule: "the words depend on nothing", broken_by: host.direct("halyard-words") },
        Verdict {
            rule: "the client knows the protocol, and neither the server nor the app",
            broken_by: forbidden(host.reachable("halyard-client", None), &|name| {
                ["halyard", "halyard-server"].contains(&name)
            }),
        },
        Verdict {
            rule: "the client has no browser, no runtime, no clock and no randomness",
            broken_by: forbidden(host.reachable("halyard-client", None), &|name| {
                CLIENT_NEVER.iter().any(|part| name.starts_with(part))
            }),
        },
        Verdict {
            rule: "the server knows neither the client nor the app",
            broken_by: forbidden(host.reachable("halyard-server", None), &|name| {
                ["halyard", "halyard-client"].contains(&name)
            }),
        },
        Verdict {
            rule: "nothing heavy comes into the WebAssembly",
            broken_by: forbidden(browser.reachable("halyard", Some(WASM_BEHIND)), &|name| WASM_NEVER.contains(&name)),
        },
    ]
}

/// Checks the rules and says which are broken, by what.
///
/// # Errors
/// When cargo cannot read the workspace.
pub(crate) fn check() -> Result<Tally> {
    say("checking the dependency rules");
    let metadata = |filter: &[&str]| -> Result<Graph> {
        let text = output(cargo()?.args(["metadata", "--format-version", "1"]).args(filter))?;
        Graph::read(&serde_json::from_str(&text)?)
    };
    let mut tally = Tally::default();
    let mut all = verdicts(&metadata(&[])?, &metadata(&["--filter-platform", TARGET])?);
    all.push(Verdict {
        rule: "modules use only those in the layers below (ARCHITECTURE.md)",
        broken_by: layers::broken()?,
    });
    for verdict in all {
        if verdict.broken_by.is_empty() {
            tally.passed += 1;
            continue;
        }
        tally.failed += 1;
        say(format!("broken: {}", verdict.rule));
        for way in verdict.broken_by {
            say(format!("  by {way}"));
        }
    }
    Ok(tally)
}

/// As [`check`], for commands that only go on if all is well.
///
/// # Errors
/// When a rule is broken.
pub(crate) fn enforce() -> Result<()> {
    match check()?.failed {
        0 => Ok(()),
        failed => bail!("{failed} dependency rules are broken, see above"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A workspace with one edge more than the good one.
    fn graph(extra: &[(&str, &str)]) -> Graph {
        let names = [
            "halyard",
            "halyard-client",
            "halyard-protocol",
            "halyard-server",
            "halyard-sip",
            "md-5",
            "serde",
            "tokio",
            "regex",
            "web-sys",
            "m",
        ];
        let mut edges = vec![
            ("halyard", "halyard-client"),
            ("halyard", "web-sys"),
            ("halyard", "m"),
            ("m", "regex"),
            ("halyard-client", "halyard-protocol"),
            ("halyard-server", "halyard-protocol"),
            ("halyard-server", "tokio"),
            ("halyard-protocol", "serde"),
            ("halyard-server", "halyard-sip"),
            ("halyard-sip", "md-5"),
        ];
        edges.extend_from_slice(extra);
        let kind = |name: &str| if name == "m" { "proc-macro" } else { "lib" };
        let packages: Vec<Value> = names
            .iter()
            .map(|name| json!({ "id": name, "name": name, "targets": [{ "kind": [kind(name)] }] }))
            .collect();
        let dep = |to: &str| json!({ "pkg": to, "dep_kinds": [{ "kind": null }] });
        let nodes: Vec<Value> = names
            .iter()
            .map(|name| {
                let deps: Vec<Value> = edges.iter().filter(|(from, _)| from == name).map(|(_, to)| dep(to)).collect();
                json!({ "id": name, "deps": deps })
            })
            .collect();
        Graph::read(&json!({ "packages": packages, "resolve": { "nodes": nodes } })).unwrap()
    }

    fn broken(extra: &[(&str, &str)]) -> usize {
        let graph = graph(extra);
        verdicts(&graph, &graph).iter().filter(|verdict| !verdict.broken_by.is_empty()).count()
    }

    #[test]
    fn the_planned_workspace_keeps_every_rule() {
        assert_eq!(broken(&[]), 0);
    }

    #[test]
    fn each_forbidden_edge_breaks_its_rule() {
        for edge in [
            ("halyard-protocol", "tokio"),
            ("halyard-sip", "tokio"),
            ("halyard-sip", "halyard-protocol"),
            ("halyard-client", "web-sys"),
            ("halyard-client", "halyard-server"),
            ("halyard-server", "halyard-client"),
            ("web-sys", "regex"),
        ] {
            assert!(broken(&[edge]) >= 1, "{edge:?} goes unnoticed");
        }
    }

    #[test]
    fn what_a_macro_uses_on_the_host_is_not_in_the_webassembly() {
        assert!(!graph(&[]).reachable("halyard", None).contains_key("regex"));
    }
}
