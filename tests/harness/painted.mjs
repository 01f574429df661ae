// Timing inside the page: from a key to the frame that shows what it did.

/**
 * Put into every page before its own scripts. `halyardBench.painted(shows)` resolves with the absolute time at which a frame
 * was painted in which `shows()` held; the task after an animation frame runs when that frame has been handed to the screen.
 */
export function instrument() {
  const absolute = (time) => performance.timeOrigin + time;
  let lastKey = 0;
  addEventListener("keydown", (event) => (lastKey = event.timeStamp), { capture: true });
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ startTime, duration }) => ({ at: absolute(startTime), duration }))))
    .observe({ type: "longtask", buffered: true });

  const afterFrame = (then) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => then(absolute(performance.now()));
      channel.port2.postMessage(undefined);
    });

  globalThis.halyardBench = {
    lastKey: () => absolute(lastKey),
    longTasks,
    painted(shows, timeout = 20_000) {
      return new Promise((resolve, reject) => {
        const observer = new MutationObserver(look);
        const timer = setTimeout(() => (observer.disconnect(), reject(new Error("it was never painted"))), timeout);
        function look() {
          if (!shows()) return;
          observer.disconnect();
          clearTimeout(timer);
          afterFrame(resolve);
        }
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      });
    },
    /** The frame after the last change below an element, once it has been still for a while; nothing if nothing changes. */
    settled(element, still = 120, timeout = 400) {
      return new Promise((resolve) => {
        let at;
        const observer = new MutationObserver(changed);
        const stop = () => (observer.disconnect(), resolve(at));
        let timer = setTimeout(stop, timeout);
        function changed() {
          afterFrame((time) => (at = time));
          clearTimeout(timer);
          timer = setTimeout(stop, still);
        }
        observer.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
      });
    },
  };
}

/**
 * Presses Enter in the focused box and gives the time to the frame that shows `text` in the log of this card. The page watches
 * before the key goes down: what it takes to tell it so is no part of the figure. `pages` are at rest before.
 */
export async function enterToPainted(page, log, text, pages = [page]) {
  await page.keyboard.insertText(text);
  for (const one of pages) await rested(one);
  const painted = await paintedIn(log, text);
  await page.keyboard.press("Enter");
  const at = await painted();
  return { at, key: await page.evaluate(() => globalThis.halyardBench.lastKey()) };
}

/** Nobody presses Enter in the same instant as the last letter: what that letter began, here and there, is drawn first. */
export const rested = (page) => page.evaluate(() => new Promise((rest) => requestAnimationFrame(() => requestIdleCallback(rest, { timeout: 1000 }))));

/** Begins to watch for `text` in this log; the function that it resolves with waits for the absolute time at which it is painted. */
export async function paintedIn(log, text) {
  const watch = await log.evaluateHandle((element, wanted) => {
    const painted = globalThis.halyardBench.painted(() => element.textContent.includes(wanted));
    return { painted };
  }, text);
  return () => watch.evaluate(({ painted }) => painted).finally(() => watch.dispose());
}
