// Writes a brotli and a gzip sibling beside each file of a folder that gets smaller by it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const KINDS = /\.(html|js|css|wasm|svg|json|txt|webmanifest)$/;

// What is right for fonts suits WebAssembly, too.
const MODES = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_TEXT, constants.BROTLI_MODE_FONT];

const folder = process.argv[2];
for (const name of readdirSync(folder, { recursive: true })) {
  if (!KINDS.test(name)) continue;
  const file = join(folder, name);
  const plain = readFileSync(file);
  const brotli = MODES.map((mode) =>
    brotliCompressSync(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        [constants.BROTLI_PARAM_MODE]: mode,
      },
    }),
  ).reduce((one, other) => (one.length <= other.length ? one : other));
  const gzip = gzipSync(plain, { level: 9 });
  if (brotli.length < plain.length) writeFileSync(`${file}.br`, brotli);
  if (gzip.length < plain.length) writeFileSync(`${file}.gz`, gzip);
}
