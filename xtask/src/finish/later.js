// The app's parts that follow the first. The build appends this to the script that wasm-bindgen writes, which has `wasm`: the
// first part's exports. The parts have no state of their own: to instantiate one twice would do no harm.
let partsImports;
const partsHere = new Set();

/** Adds to what the first part imports the function that its stubs call. */
function withParts(imports) {
  partsImports = imports;
  return { ...imports, later: { load: partAtOnce } };
}

const partNeeds = () => ({ ...partsImports, first: wasm });

/** Called by a stub: something is used before its part is there, or the part's file did not come. Waits for it. */
function partAtOnce(part) {
  if (partsHere.has(part)) return;
  const request = new XMLHttpRequest();
  request.open("GET", partFiles[part], false);
  // A request that waits gives text alone: each byte as a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${partFiles[part]}: status ${request.status}`);
  const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
  new WebAssembly.Instance(new WebAssembly.Module(bytes), partNeeds());
  partsHere.add(part);
}

async function partInPeace(part) {
  if (partsHere.has(part)) return;
  try {
    await WebAssembly.instantiateStreaming(fetch(partFiles[part]), partNeeds());
    partsHere.add(part);
  } catch {
    // The first use asks again.
  }
}

/** After so many milliseconds of rest what is rare is fetched although nobody has asked for anything. */
const RARE_AFTER = 10_000;

/** Brings the later part when the browser has drawn the first screen and has nothing else to do; the rare one when somebody
 *  begins to do something. `whole` is called when the first screen stands and the later part is there. */
export function later(whole) {
  const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  whenIdle(() => partInPeace(0).then(() => partsHere.has(0) && whole()), { timeout: 2000 });
  const rare = () => whenIdle(() => partInPeace(1));
  for (const touched of ["pointerdown", "keydown"]) addEventListener(touched, rare, { once: true, capture: true });
  setTimeout(rare, RARE_AFTER);
}
