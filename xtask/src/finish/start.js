// Starts the app. The build writes the addresses of the app's script and WebAssembly into it.
//
// The page runs it as soon as it is here (`async`), and it imports nothing first: so the browser compiles the WebAssembly while that
// comes, and asks for the words at once. The app itself begins when all of that, the page's elements and its style are here.

/**
 * Static markup, as Leptos writes the parts of a view that never change: these elements with these attributes, and text. Whatever
 * is not in the list is refused, so nothing that runs, loads, embeds, navigates or submits can be in it.
 */
const STATIC = /^(?:[^<]|<\/?(?:b|br|button|dd|div|dl|dt|em|footer|h[1-6]|header|hr|i|kbd|legend|li|ol|p|section|small|span|strong|ul)(?: (?:aria-[a-z]+|class|data-focus|id|role|tabindex|type)="[^"<>]*")*>)*$/;

// Trusted Types: what the page's script gives to the browser as markup or as a script's address goes through here. There is no
// `createScript`: text never becomes a script.
globalThis.trustedTypes?.createPolicy("default", {
  createHTML(markup) {
    if (STATIC.test(markup)) return markup;
    throw new TypeError("This markup is not one of the app's static parts.");
  },
  createScriptURL(address) {
    if (address === "/service-worker.js") return address;
    throw new TypeError("The only script that the app may load is its service worker.");
  },
});

// The words of the user's language come while the WebAssembly does. The app reads them from here (`src/adapters/language.rs`).
const WORDS = {};
let chosen;
try {
  chosen = localStorage.getItem("halyard.language");
} catch {
  // The browser lets this site keep nothing.
}
const language = [chosen, ...navigator.languages.map((name) => name.split("-")[0]), "en"].find((name) => name in WORDS);
document.documentElement.lang = language;
globalThis.halyardWords = fetch(WORDS[language]).then((answer) => (answer.ok ? answer.text() : null));

// That this function is there tells the app that it was built with a service worker; its promise is kept when the browser has nothing
// else to do. The app asks when it draws its first screen (`src/adapters/system.rs`).
const whenIdle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 200));
globalThis.halyardIdle = () => new Promise((then) => whenIdle(then, { timeout: 2000 }));

const ready = new Promise((then) => {
  const look = () => {
    // A style that could not be loaded is not waited for.
    const { readyState, styleSheets } = document;
    if (readyState === "complete" || (readyState === "interactive" && styleSheets.length > 0)) then();
  };
  look();
  document.addEventListener("readystatechange", look);
  document.addEventListener("load", look, true);
});
const compiled = WebAssembly.compileStreaming(fetch("WASM"));
const [{ default: init }, module_or_path] = await Promise.all([import("SCRIPT"), compiled, ready]);
init({ module_or_path });
