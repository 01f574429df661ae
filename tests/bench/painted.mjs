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
    painted(shows, patience = 20_000) {
      return new Promise((resolve, reject) => {
        const observer = new MutationObserver(look);
        const timer = setTimeout(() => (observer.disconnect(), reject(new Error("it was never painted"))), patience);
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
    /** The frame after the last change below an element, once it has been still for a while. */
    settled(element, still = 120) {
      return new Promise((resolve) => {
        let at = absolute(performance.now());
        let timer;
        const observer = new MutationObserver(changed);
        const wait = () => {
          clearTimeout(timer);
          timer = setTimeout(() => (observer.disconnect(), resolve(at)), still);
        };
        function changed() {
          afterFrame((time) => (at = time));
          wait();
        }
        observer.observe(element, { subtree: true, childList: true, characterData: true });
        afterFrame((time) => (at = time));
        wait();
      });
    },
  };
}

/** Presses Enter in the focused box and gives the time to the frame that shows `text` in the log of this card. */
export async function enterToPainted(page, log, text) {
  await page.keyboard.insertText(text);
  const painted = log.evaluate((element, wanted) => {
    const bench = globalThis.halyardBench;
    return bench.painted(() => element.textContent.includes(wanted)).then((at) => ({ at, key: bench.lastKey() }));
  }, text);
  await page.keyboard.press("Enter");
  return painted;
}

/** Resolves with the absolute time at which `text` is painted in this log. */
export const paintedIn = (log, text) =>
  log.evaluate((element, wanted) => globalThis.halyardBench.painted(() => element.textContent.includes(wanted)), text);
