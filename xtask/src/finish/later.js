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

async function laterInPeace() {
  if (laterIsHere) return;
  try {
    await WebAssembly.instantiateStreaming(fetch(laterFile), laterNeeds());
    laterIsHere = true;
  } catch {
    // The first use asks again.
  }
}

/** Brings the later part when the browser has drawn the first screen and has nothing else to do. */
export function later() {
  const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  whenIdle(laterInPeace, { timeout: 2000 });
}
