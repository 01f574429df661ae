// Files to send, made by the browser at hand: no picture of anybody's is in the tests.
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";

/** What a camera writes beside the picture. */
const CAMERA = "32.7157 N, 117.1611 W";

/** A photo of so many pixels, hard to pack as photos are, with what a camera writes into it. */
export async function photo(page, width, height) {
  const url = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const light = context.createLinearGradient(0, 0, width, height);
    light.addColorStop(0, "#f6b26b");
    light.addColorStop(1, "#134f5c");
    context.fillStyle = light;
    context.fillRect(0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    // Grain, the same in every run.
    for (let at = 0, seed = 1; at < pixels.data.length; at += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      if (at % 4 !== 3) pixels.data[at] += (seed >> 16) % 48;
    }
    context.putImageData(pixels, 0, 0);
    return canvas.toDataURL("image/jpeg", 0.9);
  }, [width, height]);
  const plain = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  // An EXIF segment (CIPA DC-008): its one entry says what the picture shows.
  const words = Buffer.from(`${CAMERA}\0`);
  const tiff = Buffer.alloc(26);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(0x010e, 10);
  tiff.writeUInt16BE(2, 12);
  tiff.writeUInt32BE(words.length, 14);
  tiff.writeUInt32BE(26, 18);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, words]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([plain.subarray(0, 2), head, exif, plain.subarray(2)]);
}

/** Whether somebody could read where a photo was taken. */
export const tellsPlace = (content) => Buffer.from(content).includes(CAMERA);

export const pdf = () => Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n");

export const vcard = () => Buffer.from("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Rosa Tanaka\r\nTEL:+16195550133\r\nEND:VCARD\r\n");

/** Chooses files by a card's paper clip. */
export async function attach(card, ...files) {
  const input = card.getByLabel("Files to send");
  await input.setInputFiles(files.map(({ name, buffer }) => ({ name, mimeType: "application/octet-stream", buffer })));
}

/** A film of half a second, 64 by 48, as ffmpeg writes it for a phone. */
export const film = () => readFile(new URL("../../crates/server/src/media/metadata/fixtures/phone.mp4", import.meta.url));
