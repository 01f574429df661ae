//! Chooses what goes to the later and to the rare part.
//!
//! The functions whose names are on a list go there, and everything that only they use. "Use" is followed along direct
//! calls, and for functions of the table along the constants that stand for them: a function's slot in code, or in data that
//! code points to (the tables of methods that `dyn` values have). The latter is a guess, since a number may be no slot and
//! data may be found by arithmetic. A wrong guess costs a wait and nothing else: whatever is called too early is fetched.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, Const, Load, RefFunc, ReturnCall, ReturnCallIndirect, Store, Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, Module, TableId};

/// The size of an entry in a table of methods.
const WORD: usize = 4;

/// A function of the table that has fewer instructions stays in the first part if it calls nothing of the others: its stub
/// would be as large. The compiler also merges small functions that are alike, under the name of any.
const SMALL: u64 = 32;

/// One of the three modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The one that the browser starts.
    First,
    /// The one that follows when the first screen is drawn.
    Later,
    /// The one that follows when somebody begins to do something.
    Rare,
}

impl Part {
    /// Its number in what a stub asks for.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::First | Self::Later => 0,
            Self::Rare => 1,
        }
    }
}

/// What goes where. Functions are named by their place in the module.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The functions that are not in the first part.
    pub(crate) parts: BTreeMap<usize, Part>,
    /// The slots of the table that hold such a function.
    pub(crate) slots: BTreeMap<i32, usize>,
    /// The slot by which another part calls such a function.
    pub(crate) slot_of: BTreeMap<usize, i32>,
    /// The first slot that the table does not have yet; `None` when it needs no more.
    pub(crate) new_slots_from: Option<i32>,
    /// How many slots it needs more.
    pub(crate) new_slots: u64,
}

impl Plan {
    /// Where a function goes.
    pub(crate) fn part(&self, function: usize) -> Part {
        self.parts.get(&function).copied().unwrap_or(Part::First)
    }
}

/// What a function's code points to.
#[derive(Debug, Default)]
struct Uses {
    /// Functions that it calls.
    calls: BTreeSet<usize>,
    /// Its constants that may be a slot or an address.
    constants: BTreeSet<u32>,
    /// How many instructions it has.
    size: u64,
}

/// Looks at a module and chooses.
///
/// # Errors
/// When the module is not as the compiler makes it: the table has no constant places, or calls end functions.
pub(crate) fn choose(module: &Module, part_of: &dyn Fn(&str) -> Option<Part>) -> Result<Plan> {
    let mut uses: BTreeMap<usize, Uses> = BTreeMap::new();
    let mut pinned = pinned(module)?;
    for (id, function) in module.funcs.iter_local() {
        let mut look = Look::default();
        dfs_in_order(&mut look, function, function.entry_block());
        if look.ends_by_call {
            bail!("a function ends by calling another: the split does not know such calls");
        }
        pinned.extend(look.taken);
        uses.insert(id.index(), Uses { size: function.size(), ..look.uses });
    }
    let table = module.tables.main_function_table()?.context("the app has no table of functions")?;
    let slots = slots(module, table)?;
    let (mut later, mut rare) = (BTreeSet::new(), BTreeSet::new());
    for (id, _) in module.funcs.iter_local() {
        match module.funcs.get(id).name.as_deref().and_then(part_of) {
            Some(Part::First) => pinned.insert(id.index()),
            Some(Part::Later) if !pinned.contains(&id.index()) => later.insert(id.index()),
            Some(Part::Rare) if !pinned.contains(&id.index()) => rare.insert(id.index()),
            _ => false,
        };
    }
    let data = Data::of(module, &uses);
    let named: BTreeSet<usize> = later.union(&rare).copied().collect();
    let mut first = reached(&pinned, &named, &uses, &slots, &data);
    keep_small(&mut first, &uses, &slots);
    // What is used without passing through what is rare is not.
    let roots = first.union(&later).copied().collect();
    let common = reached(&roots, &rare, &uses, &slots, &data);
    let others = uses.keys().copied().filter(|function| !first.contains(function));
    let parts = others.map(|one| (one, if common.contains(&one) { Part::Later } else { Part::Rare })).collect();
    place(parts, &uses, &slots, module.tables.get(table).initial)
}

/// What must be in the first part whatever its name: what JavaScript calls, and what is taken as a value.
fn pinned(module: &Module) -> Result<BTreeSet<usize>> {
    let mut pinned: BTreeSet<usize> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(id.index()),
            _ => None,
        })
        .chain(module.start.map(|id| id.index()))
        .collect();
    let table = module.tables.main_function_table()?;
    for segment in module.elements.iter() {
        match (&segment.items, &segment.kind) {
            (ElementItems::Functions(_), ElementKind::Active { table: of, .. }) if Some(*of) == table => {}
            (ElementItems::Functions(functions), _) => pinned.extend(functions.iter().map(|id| id.index())),
            (ElementItems::Expressions(_, items), _) => pinned.extend(items.iter().filter_map(|item| match item {
                ConstExpr::RefFunc(id) => Some(id.index()),
                _ => None,
            })),
        }
    }
    Ok(pinned)
}

/// The functions of the table by their slots.
fn slots(module: &Module, table: TableId) -> Result<BTreeMap<i32, usize>> {
    let mut slots = BTreeMap::new();
    for segment in module.elements.iter() {
        let ElementKind::Active { table: of, offset } = &segment.kind else { continue };
        if *of != table {
            continue;
        }
        let (ConstExpr::Value(Value::I32(start)), ElementItems::Functions(functions)) = (offset, &segment.items) else {
            bail!("the app's table of functions has no constant places: the split expects what the linker makes");
        };
        slots.extend((*start..).zip(functions.iter().map(|id| id.index())));
    }
    Ok(slots)
}

#[derive(Default)]
struct Look {
    uses: Uses,
    taken: BTreeSet<usize>,
    ends_by_call: bool,
}

impl Visitor<'_> for Look {
    fn visit_call(&mut self, call: &Call) {
        self.uses.calls.insert(call.func.index());
    }

    fn visit_const(&mut self, constant: &Const) {
        if let Value::I32(value) = constant.value {
            self.uses.constants.insert(value.cast_unsigned());
        }
    }

    fn visit_load(&mut self, load: &Load) {
        self.uses.constants.extend(u32::try_from(load.arg.offset));
    }

    fn visit_store(&mut self, store: &Store) {
        self.uses.constants.extend(u32::try_from(store.arg.offset));
    }

    fn visit_ref_func(&mut self, taken: &RefFunc) {
        self.taken.insert(taken.func.index());
    }

    fn visit_return_call(&mut self, _: &ReturnCall) {
        self.ends_by_call = true;
    }

    fn visit_return_call_indirect(&mut self, _: &ReturnCallIndirect) {
        self.ends_by_call = true;
    }
}

/// The module's data, cut where code or data points to.
struct Data {
    /// The words of each piece by the piece's address.
    pieces: BTreeMap<u32, Vec<u32>>,
}

impl Data {
    fn of(module: &Module, uses: &BTreeMap<usize, Uses>) -> Self {
        let mut words: BTreeMap<u32, u32> = BTreeMap::new();
        for data in module.data.iter() {
            let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = &data.kind else { continue };
            let start = start.cast_unsigned();
            let skip = (start as usize).next_multiple_of(WORD) - start as usize;
            let aligned = data.value.get(skip..).unwrap_or_default();
            for (index, word) in aligned.chunks_exact(WORD).enumerate() {
                let address = start as usize + skip + index * WORD;
                let (Ok(address), Ok(word)) = (u32::try_from(address), word.try_into()) else { continue };
                words.insert(address, u32::from_le_bytes(word));
            }
        }
        let pointed = uses.values().flat_map(|uses| uses.constants.iter()).chain(words.values());
        let starts: BTreeSet<u32> = pointed.copied().filter(|address| words.contains_key(address)).collect();
        let mut pieces: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (address, word) in words {
            if let Some(start) = starts.range(..=address).next_back() {
                pieces.entry(*start).or_default().push(word);
            }
        }
        Self { pieces }
    }
}

/// Everything that the pinned functions use without passing through one of the later part's list.
fn reached(
    pinned: &BTreeSet<usize>,
    named: &BTreeSet<usize>,
    uses: &BTreeMap<usize, Uses>,
    slots: &BTreeMap<i32, usize>,
    data: &Data,
) -> BTreeSet<usize> {
    let mut first = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut functions: Vec<usize> = pinned.iter().copied().collect();
    let mut numbers: Vec<u32> = Vec::new();
    loop {
        if let Some(function) = functions.pop() {
            if !named.contains(&function)
                && first.insert(function)
                && let Some(uses) = uses.get(&function)
            {
                functions.extend(&uses.calls);
                numbers.extend(&uses.constants);
            }
        } else if let Some(number) = numbers.pop() {
            if seen.insert(number) {
                functions.extend(slots.get(&number.cast_signed()));
                numbers.extend(data.pieces.get(&number).into_iter().flatten());
            }
        } else {
            break first;
        }
    }
}

/// Adds the small functions of the table to the first part.
fn keep_small(first: &mut BTreeSet<usize>, uses: &BTreeMap<usize, Uses>, slots: &BTreeMap<i32, usize>) {
    let mut before = None;
    while before != Some(first.len()) {
        before = Some(first.len());
        for function in slots.values() {
            let Some(uses_of) = uses.get(function) else { continue };
            // What is imported is in neither part.
            let calls_later = uses_of.calls.iter().any(|callee| uses.contains_key(callee) && !first.contains(callee));
            if uses_of.size < SMALL && !calls_later {
                first.insert(*function);
            }
        }
    }
}

/// Gives a slot to every function that is not in the first part and that another part calls.
fn place(
    parts: BTreeMap<usize, Part>,
    uses: &BTreeMap<usize, Uses>,
    slots: &BTreeMap<i32, usize>,
    size: u64,
) -> Result<Plan> {
    let mut plan = Plan { parts, ..Plan::default() };
    for (slot, function) in slots {
        if plan.parts.contains_key(function) {
            plan.slots.insert(*slot, *function);
            plan.slot_of.entry(*function).or_insert(*slot);
        }
    }
    let calls = uses.iter().flat_map(|(caller, uses)| uses.calls.iter().map(move |callee| (*caller, *callee)));
    let called: BTreeSet<usize> = calls
        .filter(|(caller, callee)| plan.part(*callee) != Part::First && plan.part(*caller) != plan.part(*callee))
        .map(|(_, callee)| callee)
        .filter(|callee| !plan.slot_of.contains_key(callee))
        .collect();
    let start = i32::try_from(size).context("the table of functions is too large")?;
    for (slot, function) in (start..).zip(called) {
        plan.new_slots_from = Some(start);
        plan.new_slots += 1;
        plan.slots.insert(slot, function);
        plan.slot_of.insert(function, slot);
    }
    Ok(plan)
}
