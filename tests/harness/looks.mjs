// What can be seen on a page as it is: texts that are cut, lie over each other or come from elsewhere, what doesn't mirror, what a finger
// misses. Each function gives what is wrong, in words.

/** Visible texts and names that are neither in brackets nor data. */
export const unbracketed = (page, data) =>
  page.evaluate((data) => {
    const found = new Set();
    // The emoji have their names in a file of their own, and what people write is theirs.
    const ELSEWHERE = ".emoji-grid, .emoji-groups, .emoji-name, .msg, .import-row .row-name";
    const foreign = (text) => /\p{L}{2}/u.test(text) && !/[[\]]/.test(text) && !new RegExp(data).test(text);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.parentElement;
      if (element.closest(`script, noscript, svg, kbd, [hidden], ${ELSEWHERE}`) || !element.checkVisibility()) continue;
      // A sentence may go on in another element.
      const text = node.data.trim();
      if (foreign(text) && foreign(element.closest("p, span, button")?.textContent ?? text)) found.add(text);
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const text = element.getAttribute(name) ?? "";
        if (foreign(text) && !element.closest(ELSEWHERE) && element.checkVisibility()) found.add(`${name}: ${text}`);
      }
    }
    return [...found];
  }, data);

/** Texts that are cut without a sign of it, leave their button or lie over each other; and whether the page scrolls sideways. */
export const cut = (page) =>
  page.evaluate(() => {
    const found = new Set();
    const seen = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.parentElement;
      const text = node.data.trim().slice(0, 60);
      if (!text || element.closest("script, noscript, svg, select, .sr") || !element.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 1);
      const leaves = (box) => rects.some((rect) => rect.left < box.left - 1 || rect.right > box.right + 1);
      const taller = (box) => rects.some((rect) => rect.top < box.top - 2 || rect.bottom > box.bottom + 2);
      let marked = false;
      let scrolls = { x: false, y: false };
      for (let around = element; around && around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around);
        const box = around.getBoundingClientRect();
        marked ||= style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
        // For screen readers alone.
        if (box.width <= 1) marked = true;
        scrolls.x ||= /auto|scroll/.test(style.overflowX);
        scrolls.y ||= /auto|scroll/.test(style.overflowY);
        const clips = /hidden|clip/;
        if (!marked && !scrolls.x && clips.test(style.overflowX) && leaves(box)) found.add(`cut: ${text}`);
        if (!marked && !scrolls.y && clips.test(style.overflowY) && taller(box)) found.add(`cut below: ${text}`);
        if (!marked && !scrolls.x && style.display !== "inline" && leaves(box)) found.add(`leaves its ${around.localName}.${around.className}: ${text}`);
        if (style.position === "fixed" || around.matches("dialog, [popover]")) break;
      }
      for (const rect of rects) {
        const top = document.elementFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2);
        if (top && (top.contains(element) || element.contains(top)) && !marked) seen.push({ rect, element, text });
      }
    }
    for (const [at, one] of seen.entries()) {
      for (const other of seen.slice(at + 1)) {
        if (one.element === other.element) continue;
        const wide = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
        const high = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
        if (wide > 3 && high > 4) found.add(`over each other: ${one.text} and ${other.text}`);
      }
    }
    const used = [...document.querySelectorAll("button, input, select, textarea, a[href]")].filter((element) => {
      if ([element, element.parentElement].some((one) => getComputedStyle(one).position === "absolute") || !element.checkVisibility()) return false;
      const { left, top, width, height } = element.getBoundingClientRect();
      return width > 1 && element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    });
    // What is scrolled lies under what is not, and what opens lies over the page.
    const layer = (element) => {
      let around = element.parentElement;
      while (around && !around.matches("[popover], dialog, .window") && !/auto|scroll/.test(getComputedStyle(around).overflowY)) around = around.parentElement;
      return around;
    };
    for (const [at, one] of used.entries()) {
      for (const other of used.slice(at + 1).filter((other) => layer(other) === layer(one))) {
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const [wide, high] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
        if (!one.contains(other) && wide > 3 && high > 3) found.add(`over each other: ${one.outerHTML.slice(0, 60)} and ${other.outerHTML.slice(0, 60)}`);
      }
    }
    for (const element of document.querySelectorAll("body *")) {
      // Tabs of the dock lie side by side; the text in a field of one line may be longer than it.
      if (element.matches("input, .dock") || !/auto|scroll/.test(getComputedStyle(element).overflowX)) continue;
      if (element.scrollWidth > element.clientWidth + 1) found.add(`scrolls sideways: ${element.localName}.${element.className}`);
    }
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? [...found, `scrolls sideways by ${wide} px`] : [...found];
  });

/**
 * What lies elsewhere in the page from right to left than its mirror image does from left to right. What a script places (windows of cards,
 * what opens over the page) is looked at from inside.
 */
export const unmirrored = (page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    const looked = "button, input, textarea, select, a, h1, h2, h3, p, label, kbd, .icon, .avatar, .badge, .tag, .presence, .row-text, .item, .msg, .state, .bubble, .file";
    const places = [...document.querySelectorAll(looked)].filter((element) => element.checkVisibility() && !element.closest(".sr"));
    const frames = places.map((element) => element.parentElement.closest(".window, [popover], dialog") ?? root);
    const measured = (direction) => {
      root.dir = direction;
      return places.map((element, at) => {
        const [box, frame] = [element.getBoundingClientRect(), frames[at].getBoundingClientRect()];
        return direction === "ltr" ? [box.left - frame.left, box.width] : [frame.right - box.right, box.width];
      });
    };
    const [left, right] = [measured("ltr"), measured("rtl")];
    const found = places.flatMap((element, at) => {
      const [from, to] = [left[at], right[at]];
      if (to[1] <= 1 || (Math.abs(from[0] - to[0]) <= 1.5 && Math.abs(from[1] - to[1]) <= 1.5)) return [];
      const name = `${element.localName}.${element.getAttribute("class") ?? ""} ${(element.getAttribute("aria-label") ?? element.textContent).slice(0, 40)}`;
      return [`${name} in ${element.parentElement.localName}.${element.parentElement.className}: ${from.map(Math.round)} and ${to.map(Math.round)}`];
    });
    return found;
  });

/** What a finger can use, and is less than 44 px high where it can be hit. Links within a text are as high as their line. */
export const small = (page) =>
  page.evaluate(() => {
    const found = new Set();
    const used = "button, summary, select, a[href], label:has(input:is([type=radio], [type=checkbox])), [role=option], [role^=menuitem]";
    for (const element of document.querySelectorAll(used)) {
      if (!element.checkVisibility() || element.closest("[inert], .sr") || element.matches(".msg a, p a, dd a")) continue;
      const box = () => element.getBoundingClientRect();
      const hit = (dy) => {
        const { left, top, width, height } = box();
        const there = document.elementFromPoint(left + width / 2, top + height / 2 + dy);
        return there !== null && (element.contains(there) || (dy !== 0 && there.contains(element) && there.matches("label")));
      };
      const { width, height } = box();
      if (height >= 43.5 || width <= 1) continue;
      // Part of it may have been scrolled away.
      if (!hit(0)) element.scrollIntoView({ block: "center" });
      if (!hit(0)) continue;
      if (!hit(-21.5) || !hit(21.5)) {
        const name = element.getAttribute("aria-label") ?? element.textContent.trim();
        found.add(`${Math.round(height)} px: ${element.localName}.${element.getAttribute("class") ?? ""} ${name.slice(0, 40)}`);
      }
    }
    return [...found];
  });
