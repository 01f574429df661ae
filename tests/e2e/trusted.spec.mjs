// Trusted Types: text becomes markup only where it is one of the app's static parts, and never a script.
import { expect, serverWith, test } from "../harness/app.mjs";
import { harbor } from "../harness/people.mjs";

const here = serverWith(harbor);

/** What nobody may put into the page as text, by what it would do. */
const ACTIVE = {
  "a script": "<script>halyardBroken()</script>",
  "a script in capitals": "<SCRIPT SRC=/a.js></SCRIPT>",
  "a script after static markup": '<p class="x">a</p><script>halyardBroken()</script>',
  "a script behind a broken tag": "<p <script>halyardBroken()</script>",
  "a handler": '<img src="x" onerror="halyardBroken()">',
  "a handler on a static element": '<p class="x" onclick="halyardBroken()">a</p>',
  "a handler behind a slash": '<p/onclick="halyardBroken()">a</p>',
  "a handler without quotes": "<p onclick=halyardBroken()>a</p>",
  "a handler behind a line's end": '<p class="x"\nonclick="halyardBroken()">a</p>',
  "a handler out of an attribute": '<p class="x"onclick="halyardBroken()">a</p>',
  "a handler in single quotes": "<p class='x' onclick='halyardBroken()'>a</p>",
  "a script's address": '<a href="javascript:halyardBroken()">a</a>',
  "a page within the page": '<iframe srcdoc="&lt;script&gt;halyardBroken()&lt;/script&gt;"></iframe>',
  "another frame": '<iframe src="https://example.com/"></iframe>',
  "a foreign picture": '<img src="https://example.com/a.png">',
  "a foreign style": '<link rel="stylesheet" href="https://example.com/a.css">',
  "a style": "<style>@import 'https://example.com/a.css'</style>",
  "an inline style": '<p style="background: url(https://example.com/a.png)">a</p>',
  "another base": '<base href="https://example.com/">',
  "a form": '<form action="https://example.com/"><button>Send</button></form>',
  "a button that submits elsewhere": '<button type="submit" formaction="https://example.com/">Send</button>',
  "a form's field": '<input name="password">',
  "a refresh": '<meta http-equiv="refresh" content="0;url=https://example.com/">',
  "an object": '<object data="https://example.com/"></object>',
  "an embedded file": '<embed src="https://example.com/">',
  "foreign elements": '<svg><use href="data:image/svg+xml,x"></use></svg>',
  "foreign elements of another kind": '<math><mtext><table><mglyph><style><!--</style>',
  "a template": '<template><script>halyardBroken()</script></template>',
  "a comment": "<!--><script>halyardBroken()</script>",
  "a processing instruction": "<?xml version='1.0'?>",
  "an element of somebody's own": '<x-app class="x"></x-app>',
  "text that is no longer text": "<plaintext>",
  "a zero": "<scr\0ipt>halyardBroken()</script>",
};

test("markup that is active is refused wherever it is given to the browser, and static markup is not", async ({ page }) => {
  await page.goto(here.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const through = await page.evaluate(async (active) => {
    await new Promise((rest) => setTimeout(rest));
    let ran = false;
    globalThis.halyardBroken = () => (ran = true);
    const sinks = {
      innerHTML: (markup) => (document.createElement("div").innerHTML = markup),
      "innerHTML of a template": (markup) => (document.createElement("template").innerHTML = markup),
      outerHTML: (markup) => (document.body.appendChild(document.createElement("p")).outerHTML = markup),
      insertAdjacentHTML: (markup) => document.body.insertAdjacentHTML("beforeend", markup),
      "document.write": (markup) => document.implementation.createHTMLDocument("").write(markup),
      DOMParser: (markup) => new DOMParser().parseFromString(markup, "text/html"),
      createContextualFragment: (markup) => document.createRange().createContextualFragment(markup),
      srcdoc: (markup) => (document.createElement("iframe").srcdoc = markup),
    };
    const through = [];
    for (const [sink, give] of Object.entries(sinks)) {
      for (const [what, markup] of Object.entries(active)) {
        try {
          give(markup);
          through.push(`${what} through ${sink}`);
        } catch {
          // Refused.
        }
      }
    }
    await new Promise((rest) => setTimeout(rest));
    if (ran) through.push("something ran");
    const part = document.createElement("div");
    part.innerHTML = '<p class="hint" role="note" aria-hidden="true">Fish &amp; <b>chips</b></p>';
    if (part.textContent !== "Fish & chips") through.push("static markup is refused");
    return through;
  }, ACTIVE);
  expect(through).toEqual([]);
});

test("text never becomes a script, and the only script that may be loaded is the service worker", async ({ page }) => {
  await page.goto(here.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const through = await page.evaluate(async () => {
    const through = [];
    const script = () => document.createElement("script");
    const ways = {
      "a script's text": () => (script().text = "1"),
      "a script's address": () => (script().src = "/start.js"),
      "a foreign script's address": () => (script().src = "https://example.com/a.js"),
      "a worker": () => new Worker("/a.js"),
      eval: () => eval("1"),
      Function: () => new Function("1")(),
      "a timer's text": () => setTimeout("1"),
      "a handler's text": () => document.body.setAttribute("onclick", "1"),
      "another policy": () => trustedTypes.createPolicy("another", { createHTML: (text) => text }),
      "the same policy again": () => trustedTypes.createPolicy("default", { createHTML: (text) => text }),
    };
    // What a debugger runs may evaluate text; what runs in a task of the page may not.
    await new Promise((rest) => setTimeout(rest));
    for (const [what, way] of Object.entries(ways)) {
      try {
        way();
        through.push(what);
      } catch {
        // Refused.
      }
    }
    for (const address of ["/another-worker.js", "https://example.com/service-worker.js", "/service-worker.js?x"]) {
      await navigator.serviceWorker.register(address).then(() => through.push(address), () => {});
    }
    return through;
  });
  expect(through).toEqual([]);
});
