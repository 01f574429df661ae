// Writes a brotli and a gzip sibling beside each file of a folder that gets smaller by it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const KINDS = /\.(html|js|css|wasm|svg|json|txt|webmanifest)$/;

// Which of them is best for a file shows only when all are tried. What is right for fonts, short distances in codes of their own, and
// small blocks suit WebAssembly.
const MODES = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_TEXT, constants.BROTLI_MODE_FONT];
const VARIANTS = [
  ...MODES.map((mode) => ({ [constants.BROTLI_PARAM_MODE]: mode })),
  ...[12, 15].flatMap((distances) =>
    [16, 17].map((block) => ({
      [constants.BROTLI_PARAM_NDIRECT]: distances,
      [constants.BROTLI_PARAM_LGBLOCK]: block,
    })),
  ),
];

const folder = process.argv[2];
for (const name of readdirSync(folder, { recursive: true })) {
  if (!KINDS.test(name)) continue;
  const file = join(folder, name);
  const plain = readFileSync(file);
  const brotli = VARIANTS.map((variant) =>
    brotliCompressSync(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        ...variant,
      },
    }),
  ).reduce((one, other) => (one.length <= other.length ? one : other));
  const gzip = gzipSync(plain, { level: 9 });
  if (brotli.length < plain.length) writeFileSync(`${file}.br`, brotli);
  if (gzip.length < plain.length) writeFileSync(`${file}.gz`, gzip);
}
