/** A text as a QR picture: the path of an SVG, so that no canvas and no data: address is needed, which the content policy forbids. Pure. */
import { correction, generate } from 'lean-qr/nano';

export interface Qr {
  /** Width and height in modules, the quiet rim included. */
  side: number;
  /** The dark modules, as one path of rows. */
  path: string;
}

/** The picture of a text; undefined for one that is too long to be scanned from a screen. */
export function qrOf(text: string): Qr | undefined {
  if (new TextEncoder().encode(text).length > TEXT_MAX_BYTES) return undefined;
  const dots = generate(text, { minCorrectionLevel: correction.M });
  let path = '';
  for (let y = 0; y < dots.size; y++)
    for (let x = 0; x < dots.size; x++) {
      if (!dots.get(x, y)) continue;
      const from = x;
      while (dots.get(x + 1, y)) x++;
      path += `M${from + RIM} ${y + RIM}h${x + 1 - from}v1h${from - x - 1}z`;
    }
  return { side: dots.size + 2 * RIM, path };
}

/** Light modules around the picture: scanners look for them. */
const RIM = 4;
/** Version 20 with medium correction, 97 modules a side; a phone still reads that from a screen. */
const TEXT_MAX_BYTES = 640;
