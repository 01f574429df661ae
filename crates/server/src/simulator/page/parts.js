// Small parts that the page is made of: elements, numbers, requests.

/** An element with attributes, listeners (`onclick`) and children. Text only ever becomes text. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A number as people read it; a short code is its digits. */
export function shown(number) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (us) return `+1 ${us[1]}-${us[2]}-${us[3]}`;
  return /^\+9990(\d{3,8})$/.exec(number)?.[1] ?? number;
}

/** The number that somebody typed; null for none. */
export function typed(text) {
  const digits = text.replace(/\D/g, "");
  if (text.trim().startsWith("+")) return digits.length >= 7 && digits.length <= 15 ? `+${digits}` : null;
  // A short code.
  if (digits.length === 5 || digits.length === 6) return `+9990${digits}`;
  if (digits.length === 10) return `+1${digits}`;
  return digits.length === 11 && digits.startsWith("1") ? `+${digits}` : null;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

export function time(ms) {
  return clock.format(new Date(ms));
}

/** A name of the simulator's in words: `no_such_number`. */
export function words(name) {
  return name.replaceAll("_", " ");
}

/** Says something to who listens to the page. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** Shows what is wrong; nothing where all is well. */
export function trouble(text) {
  const line = document.getElementById("trouble");
  line.textContent = text ?? "";
  line.hidden = !text;
}

/** Asks the simulator for something. Whether it did it. */
export async function order(method, path, body) {
  try {
    const answer = await fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? null) });
    if (answer.ok) {
      trouble(null);
      return true;
    }
    trouble(`That was not done: ${(await answer.text()) || answer.status}.`);
  } catch {
    trouble("The simulator does not answer.");
  }
  return false;
}

/** A file's content in base 64. */
export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
