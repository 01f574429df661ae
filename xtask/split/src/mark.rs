//! Makes an app that notes which of its functions run, to choose what the later part holds.

use anyhow::Result;
use serde_json::json;
use walrus::ir::{Call, Const, Value};
use walrus::{FunctionKind, ValType};

use super::{Part, plain, plan, read};

/// The module with a note at the beginning of each function, and its functions as JSON: number, name, instructions, and
/// whether it would go to another than the first part.
///
/// # Errors
/// When the module is not as the compiler and wasm-bindgen make it.
pub(crate) fn mark(wasm: &[u8], part_of: &dyn Fn(&str) -> Option<Part>) -> Result<(Vec<u8>, String)> {
    let mut module = read(wasm)?;
    let plan = plan::choose(&module, &|name| part_of(&plain(name)))?;
    let number = module.types.add(&[ValType::I32], &[]);
    let (ran, _) = module.add_import_func("mark", "ran", number);
    let mut functions = Vec::new();
    for function in module.funcs.iter_mut() {
        let index = function.id().index();
        let FunctionKind::Local(local) = &mut function.kind else { continue };
        let name = plain(function.name.as_deref().unwrap_or_default());
        functions.push(
            json!({ "index": index, "name": name, "size": local.size(), "later": plan.part(index) != Part::First }),
        );
        let value = Value::I32(i32::try_from(index)?);
        local.builder_mut().func_body().instr_at(0, Call { func: ran }).instr_at(0, Const { value });
    }
    Ok((module.emit_wasm(), serde_json::to_string(&functions)?))
}
