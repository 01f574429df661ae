//! Makes the modules of a [`Plan`].
//!
//! Each begins as the whole module and loses what is the others'. They share one memory, one function table and one stack:
//! the first part owns them, the others import them. Where a part calls a function of another one that is not the first, it
//! calls what is in the function's slot of the table. Until that part is there, that is a stub: it asks for the part and
//! calls the slot again. A part's element segments put its functions into the slots, over the stubs.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, CallIndirect, Const, Instr, InstrSeq, Value, VisitorMut, dfs_pre_order_mut};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportKind, ImportedFunction, LocalFunction, Module, TableId, TypeId, ValType,
};

use super::plan::{Part, Plan};

/// The name by which the later part imports what the first part owns.
pub(crate) const FIRST: &str = "first";
/// The module and name of the function that the first part imports and that brings another part, by its number.
pub(crate) const LATER: (&str, &str) = ("later", "load");

/// What the other parts take from the first: the export's name by what it is.
pub(crate) type Shared = BTreeMap<Item, String>;

/// Something of a module, by the place that it has in the whole module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Function(usize),
    Memory(usize),
    Table(usize),
    Global(usize),
}

/// Turns the whole module into one of the parts that follow.
///
/// # Errors
/// When the module's memories or tables are not its own, or not filled from the beginning.
pub(crate) fn following(module: &mut Module, plan: &Plan, part: Part, shared: &mut Shared) -> Result<()> {
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    for id in exports {
        module.exports.delete(id);
    }
    module.start = None;
    leave_data(module)?;
    let table = import_tables(module)?;
    grow(module, plan, table);
    import_memories(module)?;
    import_globals(module);
    redirect_calls(module, plan, part, table);
    import_functions(module, plan);
    for (start, run) in runs(plan, module, part)? {
        let offset = ConstExpr::Value(Value::I32(start));
        let segment = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(run));
        module.tables.get_mut(table).elem_segments.insert(segment);
    }
    walrus::passes::gc::run(module);
    name_imports(module, shared);
    Ok(())
}

fn leave_data(module: &mut Module) -> Result<()> {
    if module.data.iter().any(|data| matches!(data.kind, DataKind::Passive)) {
        bail!("the app copies data when it runs: the split expects what the linker makes");
    }
    let data: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in data {
        module.data.delete(id);
    }
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    let segments: Vec<_> = module.elements.iter().map(|segment| segment.id()).collect();
    for id in segments {
        module.elements.delete(id);
    }
    for table in module.tables.iter_mut() {
        table.elem_segments.clear();
    }
    Ok(())
}

fn import_memories(module: &mut Module) -> Result<()> {
    for memory in module.memories.iter_mut() {
        if memory.import.is_some() {
            bail!("the app imports its memory: the split expects it to own it");
        }
        memory.import = Some(module.imports.add(FIRST, "", memory.id()));
    }
    Ok(())
}

/// Imports every table, and gives the one of functions.
fn import_tables(module: &mut Module) -> Result<TableId> {
    let functions = module.tables.main_function_table()?.context("the app has no table of functions")?;
    for table in module.tables.iter_mut() {
        if table.import.is_some() {
            bail!("the app imports a table: the split expects it to own it");
        }
        table.import = Some(module.imports.add(FIRST, "", table.id()));
        table.init = None;
    }
    Ok(functions)
}

fn import_globals(module: &mut Module) {
    let own: Vec<_> = module
        .globals
        .iter()
        .filter(|global| matches!(global.kind, GlobalKind::Local(_)))
        .map(|global| global.id())
        .collect();
    for id in own {
        let import = module.imports.add(FIRST, "", id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
}

fn import_functions(module: &mut Module, plan: &Plan) {
    let first: Vec<FunctionId> =
        module.funcs.iter_local().map(|(id, _)| id).filter(|id| plan.part(id.index()) == Part::First).collect();
    for id in first {
        let import = module.imports.add(FIRST, "", id);
        let function = module.funcs.get_mut(id);
        function.kind = FunctionKind::Import(ImportedFunction { import, ty: function.ty() });
    }
}

/// A part's functions as runs of neighbours in the table.
fn runs(plan: &Plan, module: &Module, part: Part) -> Result<Vec<(i32, Vec<FunctionId>)>> {
    let ids: BTreeMap<usize, FunctionId> =
        module.funcs.iter().map(|function| (function.id().index(), function.id())).collect();
    let mut runs: Vec<(i32, Vec<FunctionId>)> = Vec::new();
    let mut next = None;
    for (slot, function) in plan.slots.iter().filter(|(_, function)| plan.part(**function) == part) {
        let id = *ids.get(function).context("a slot's function is not in the module")?;
        match runs.last_mut() {
            Some((_, run)) if next == Some(*slot) => run.push(id),
            _ => runs.push((*slot, vec![id])),
        }
        next = Some(slot + 1);
    }
    Ok(runs)
}

/// Gives what is imported from the first part short names, the same in each part.
fn name_imports(module: &mut Module, shared: &mut Shared) {
    for import in module.imports.iter_mut().filter(|import| import.module == FIRST) {
        let item = match import.kind {
            ImportKind::Function(id) => Item::Function(id.index()),
            ImportKind::Memory(id) => Item::Memory(id.index()),
            ImportKind::Table(id) => Item::Table(id.index()),
            ImportKind::Global(id) => Item::Global(id.index()),
            ImportKind::Tag(_) => continue,
        };
        let next = short_name(shared.len());
        import.name.clone_from(shared.entry(item).or_insert(next));
    }
}

/// `0`, `1`, ... `z`, `00`, ...: wasm-bindgen's names are longer.
fn short_name(mut number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut name = String::new();
    loop {
        name.insert(0, char::from(DIGITS[number % DIGITS.len()]));
        match (number / DIGITS.len()).checked_sub(1) {
            Some(rest) => number = rest,
            None => break name,
        }
    }
}

/// Turns the whole module into the first part.
///
/// # Errors
/// When a name that the other parts need is taken.
pub(crate) fn first(module: &mut Module, plan: &Plan, shared: &Shared) -> Result<()> {
    let table = module.tables.main_function_table()?.context("the app has no table of functions")?;
    let number = module.types.add(&[ValType::I32], &[]);
    let (load, _) = module.add_import_func(LATER.0, LATER.1, number);
    let ids: BTreeMap<usize, FunctionId> =
        module.funcs.iter().map(|function| (function.id().index(), function.id())).collect();
    redirect_calls(module, plan, Part::First, table);
    for (slot, function) in &plan.slots {
        let id = *ids.get(function).context("a slot's function is not in the module")?;
        let ty = module.funcs.get(id).ty();
        // A function in two slots has one stub: its first slot's.
        if plan.slot_of.get(function) == Some(slot) {
            let stub = stub(module, ty, (plan.part(*function), *slot), table, load);
            module.funcs.get_mut(id).kind = FunctionKind::Local(stub);
        }
    }
    append_slots(module, plan, table, &ids)?;
    export(module, shared)?;
    walrus::passes::gc::run(module);
    Ok(())
}

/// A part's calls of what is neither its own nor the first part's go through the table.
fn redirect_calls(module: &mut Module, plan: &Plan, part: Part, table: TableId) {
    let types: BTreeMap<usize, TypeId> =
        module.funcs.iter().map(|function| (function.id().index(), function.ty())).collect();
    for (id, function) in module.funcs.iter_local_mut() {
        if plan.part(id.index()) != part {
            continue;
        }
        let entry = function.entry_block();
        dfs_pre_order_mut(&mut Redirect { plan, part, types: &types, table }, function, entry);
    }
}

struct Redirect<'a> {
    plan: &'a Plan,
    part: Part,
    types: &'a BTreeMap<usize, TypeId>,
    table: TableId,
}

impl VisitorMut for Redirect<'_> {
    fn start_instr_seq_mut(&mut self, sequence: &mut InstrSeq) {
        let mut at = 0;
        while at < sequence.instrs.len() {
            if let (Instr::Call(Call { func }), place) = &sequence.instrs[at]
                && self.plan.part(func.index()) != self.part
                && let Some(slot) = self.plan.slot_of.get(&func.index())
                && let Some(ty) = self.types.get(&func.index())
            {
                let place = *place;
                sequence.instrs[at] = (CallIndirect { ty: *ty, table: self.table }.into(), place);
                sequence.instrs.insert(at, (Const { value: Value::I32(*slot) }.into(), place));
                at += 1;
            }
            at += 1;
        }
    }
}

/// A function that brings the part of a slot and hands its arguments on to what is in the slot then.
fn stub(module: &mut Module, ty: TypeId, (part, slot): (Part, i32), table: TableId, load: FunctionId) -> LocalFunction {
    let kind = module.types.get(ty);
    let (params, results): (Vec<ValType>, Vec<ValType>) = (kind.params().to_vec(), kind.results().to_vec());
    let arguments: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    body.i32_const(part.number()).call(load);
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(slot).call_indirect(ty, table);
    builder.local_func(arguments)
}

/// Makes room in the table for the other parts' functions that had no slot.
fn append_slots(module: &mut Module, plan: &Plan, table: TableId, ids: &BTreeMap<usize, FunctionId>) -> Result<()> {
    let Some(start) = plan.new_slots_from else { return Ok(()) };
    let items: Option<Vec<FunctionId>> =
        plan.slots.range(start..).map(|(_, function)| ids.get(function).copied()).collect();
    let items = items.context("a slot's function is not in the module")?;
    grow(module, plan, table);
    let offset = ConstExpr::Value(Value::I32(start));
    let segment = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(items));
    module.tables.get_mut(table).elem_segments.insert(segment);
    Ok(())
}

fn grow(module: &mut Module, plan: &Plan, table: TableId) {
    let table = module.tables.get_mut(table);
    table.initial += plan.new_slots;
    table.maximum = table.maximum.map(|maximum| maximum + plan.new_slots);
}

fn export(module: &mut Module, shared: &Shared) -> Result<()> {
    let mut items: BTreeMap<Item, ExportItem> = BTreeMap::new();
    items.extend(module.funcs.iter().map(|one| (Item::Function(one.id().index()), one.id().into())));
    items.extend(module.memories.iter().map(|one| (Item::Memory(one.id().index()), one.id().into())));
    items.extend(module.tables.iter().map(|one| (Item::Table(one.id().index()), one.id().into())));
    items.extend(module.globals.iter().map(|one| (Item::Global(one.id().index()), one.id().into())));
    for (item, name) in shared {
        if module.exports.iter().any(|export| export.name == *name) {
            bail!("the app exports `{name}`, a name that its other parts need");
        }
        let what = items.get(item).context("a part needs something that the first does not have")?;
        module.exports.add(name, *what);
    }
    Ok(())
}
