// The app's later part. The build appends this to the script that wasm-bindgen writes, which has `wasm`: the first part's exports.
// The later part has no state of its own: to instantiate it twice would do no harm.
let laterImports;
let laterIsHere = false;

/** Adds to what the first part imports the function that its stubs call. */
function withLater(imports) {
  laterImports = imports;
  return { ...imports, later: { load: laterAtOnce } };
}

const laterNeeds = () => ({ ...laterImports, first: wasm });

/** Called by a stub: something is used before the later part is there, or its file did not come. Waits for it. */
function laterAtOnce() {
  if (laterIsHere) return;
  const request = new XMLHttpRequest();
  request.open("GET", laterFile, false);
  // A request that waits gives text alone: each byte as a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${laterFile}: status ${request.status}`);
  const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
  new WebAssembly.Instance(new WebAssembly.Module(bytes), laterNeeds());
  laterIsHere = true;
}

async function laterInPeace(whole) {
  try {
    if (!laterIsHere) await WebAssembly.instantiateStreaming(fetch(laterFile), laterNeeds());
    laterIsHere = true;
    whole();
  } catch {
    // The first use asks again.
  }
}

/** Brings the later part when the browser has drawn the first screen and has nothing else to do; `whole` is called then. */
export function later(whole) {
  const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  whenIdle(() => laterInPeace(whole), { timeout: 2000 });
}
