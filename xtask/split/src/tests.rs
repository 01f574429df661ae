//! A small module whose parts must do what the whole does, whenever the later part comes.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use walrus::Module;

use super::{Part, plain, plan, read, split};

const WHOLE: &str = r#"(module
  (import "js" "note" (func $note (param i32)))
  (type $unary (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $depth (mut i32) (i32.const 0))
  (table 6 6 funcref)
  (elem (i32.const 1) $first::doubled $later::tripled $method_of_later $method_of_first $later::tripled)
  (func $rare::squared (type $unary)
    (i32.add (i32.mul (local.get 0) (local.get 0)) (i32.add (call $used_by_rare (local.get 0)) (call $odd (i32.const 900)))))
  (func $used_by_rare (type $unary) (i32.sub (call $first::doubled (local.get 0)) (call $used_by_later (i32.const 2))))
  (func (export "squared") (type $unary) (call $rare::squared (local.get 0)))
  (func $later::squares (type $unary) (i32.add (i32.const 70000) (call $rare::squared (local.get 0))))
  (func (export "squares") (type $unary) (call $later::squares (local.get 0)))
  ;; Two tables of methods: slot 3 stands where only the later part looks, slot 4 where the first does.
  (data (i32.const 2048) "\03\00\00\00")
  (data (i32.const 2052) "\04\00\00\00")

  (func $first::doubled (type $unary) (i32.mul (local.get 0) (i32.const 200)))
  (func $later::tripled (type $unary)
    (call $note (local.get 0))
    (i32.add (call $first::doubled (local.get 0)) (call $used_by_later (local.get 0))))
  (func $used_by_later (type $unary) (i32.add (local.get 0) (i32.load (i32.const 16))))
  (func $method_of_later (type $unary) LONG (i32.sub (local.get 0) (i32.const 777)))
  (func $method_of_first (type $unary) (i32.sub (local.get 0) (i32.const 999)))
  (func $later::calls_method (type $unary)
    (call_indirect (type $unary) (local.get 0) (i32.load (i32.const 2048))))
  (func $later::even (type $unary)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1000)))
    (if (result i32) (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 900)))) (else (i32.const 900))))
  (func $odd (type $unary)
    (if (result i32) (local.get 0) (then (call $later::even (i32.sub (local.get 0) (i32.const 900)))) (else (i32.const 0))))
  (func $later::pair (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
  (func $later::exported (export "exported") (result i32) (i32.const 1234))

  (func (export "remember") (param i32) (i32.store (i32.const 16) (local.get 0)))
  (func (export "tripled") (type $unary) (call $later::tripled (local.get 0)))
  (func (export "doubled") (type $unary) (call $first::doubled (local.get 0)))
  (func (export "slot") (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 1) (local.get 0)))
  (func (export "method") (type $unary) (call $later::calls_method (local.get 0)))
  (func (export "own_method") (type $unary)
    (call_indirect (type $unary) (local.get 0) (i32.load (i32.const 2052))))
  (func (export "is_odd") (type $unary) (call $odd (local.get 0)))
  (func (export "swapped") (param i32 f64) (result f64 i32) (call $later::pair (local.get 0) (local.get 1)))
  (func (export "depth") (result i32) (global.get $depth)))"#;

/// The small module as bytes; what must not count as small in it is long.
fn whole() -> Vec<u8> {
    wat::parse_str(WHOLE.replace("LONG", &"(drop (i32.const 0))".repeat(20))).unwrap()
}

fn part_of(name: &str) -> Option<Part> {
    let later = name.contains("later::").then_some(Part::Later);
    later.or(name.contains("rare::").then_some(Part::Rare))
}

#[test]
fn the_later_part_takes_what_is_named_and_what_only_that_uses() {
    let module = read(&whole()).unwrap();
    let plan = plan::choose(&module, &part_of).unwrap();
    let of = |part| -> BTreeSet<&str> {
        names(&module).filter(|(index, _)| plan.part(*index) == part).map(|(_, name)| name).collect()
    };
    assert_eq!(of(Part::Rare), BTreeSet::from(["rare::squared", "used_by_rare"]));
    let later = of(Part::Later);
    let expected = ["calls_method", "even", "pair", "squares", "tripled"].map(|name| format!("later::{name}"));
    let expected: BTreeSet<&str> =
        expected.iter().map(String::as_str).chain(["method_of_later", "used_by_later"]).collect();
    assert_eq!(later, expected);
}

fn names(module: &Module) -> impl Iterator<Item = (usize, &str)> {
    module.funcs.iter().filter_map(|function| Some((function.id().index(), function.name.as_deref()?)))
}

/// Calls everything, and says what it got, and before which call the later part came.
const CALLS: &str = r#"
import { readFileSync } from "node:fs";
const [folder, way] = process.argv.slice(2);
const got = [];
const read = (name) => new WebAssembly.Module(readFileSync(`${folder}/${name}.wasm`));
const js = { note: (number) => got.push(`note ${number}`) };
let exports;
let came = 0;
const there = new Set();
const load = (part) => {
  came += 1;
  if (!there.has(part)) new WebAssembly.Instance(read(["later", "rare"][part]), { js, first: exports });
  there.add(part);
};
exports = new WebAssembly.Instance(read(way === "whole" ? "whole" : "first"), { js, later: { load } }).exports;
if (way === "before") load(0);
if (way === "rare") load(1);
const call = (name, ...values) => got.push(`${name} ${exports[name](...values)}`);
call("remember", 7);
call("own_method", 1000);
call("doubled", 3);
call("exported");
const early = came;
call("slot", 3, 1000);
call("slot", 5, 4);
call("slot", 2, 4);
call("tripled", 4);
call("method", 1000);
call("is_odd", 2700);
call("is_odd", 1800);
if (way === "late") call("squares", 3);
call("squared", 6);
if (way !== "late") call("squares", 3);
call("swapped", 5, 2.5);
call("depth");
console.log(JSON.stringify({ got, early, came }));
"#;

#[test]
fn the_parts_do_what_the_whole_does_whenever_the_later_comes() {
    let folder = std::env::temp_dir().join(format!("halyard-split-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let whole = whole();
    let parts = split(&whole, &part_of).unwrap();
    for (name, module) in [("whole", &whole), ("first", &parts.first), ("later", &parts.later), ("rare", &parts.rare)] {
        fs::write(folder.join(format!("{name}.wasm")), module).unwrap();
    }
    fs::write(folder.join("calls.mjs"), CALLS).unwrap();
    let [whole, late, before, rare] = ["whole", "late", "before", "rare"].map(|way| {
        let said = Command::new("node").arg(folder.join("calls.mjs")).arg(&folder).arg(way).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        serde_json::from_slice::<serde_json::Value>(&said.stdout).unwrap()
    });
    let sorted = |said: &serde_json::Value| {
        let mut got: Vec<String> = serde_json::from_value(said["got"].clone()).unwrap();
        got.sort();
        got
    };
    assert_eq!(sorted(&whole).len(), 18, "{whole}");
    for way in [&late, &before, &rare] {
        assert_eq!(sorted(way), sorted(&whole));
    }
    assert_eq!([&late["early"], &late["came"]], [0, 2], "{late}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn each_part_holds_its_own_code_only() {
    let parts = split(&whole(), &part_of).unwrap();
    let [first, later, rare] = [parts.first, parts.later, parts.rare].map(|part| read(&part).unwrap());
    let local = |module: &Module| module.funcs.iter_local().map(|(_, function)| function.size()).sum::<u64>();
    for part in [&later, &rare] {
        assert_eq!((part.exports.iter().count(), part.data.iter().count()), (0, 0));
    }
    for part in [&first, &later] {
        assert!(names(part).all(|(_, name)| name != "used_by_rare"));
    }
    assert!(local(&first) > 0 && local(&later) > 0 && local(&rare) > 0);
}

#[test]
fn modules_of_another_form_are_refused() {
    for module in [
        "(module)",
        r#"(module (import "js" "memory" (memory 1)) (table 1 funcref) (func $later::one) (elem (i32.const 0) $later::one))"#,
        r#"(module (memory 1) (data "passive") (table 1 funcref) (func $later::one) (elem (i32.const 0) $later::one))"#,
        "(module (table 1 funcref) (func $one (return_call $one)))",
        r#"(module (import "js" "at" (global $at i32)) (table 1 funcref) (elem (global.get $at) $one) (func $one))"#,
    ] {
        assert!(split(&wat::parse_str(module).unwrap(), &part_of).is_err(), "{module}");
    }
}

#[test]
fn a_name_loses_its_hashes_and_nothing_else() {
    assert_eq!(plain("<halyard[0123456789abcdef]::main as [u8]>::{closure#0}"), "<halyard::main as [u8]>::{closure#0}");
    assert_eq!(plain("gloo[bd77afba6a7418b]::new"), "gloo::new");
    assert_eq!(plain("a[0123456789abcdeg][b"), "a[0123456789abcdeg][b");
}
