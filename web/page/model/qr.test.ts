import { expect, test } from 'vitest';
import { qrOf } from './qr';

/** The picture again as rows of # and space, read from the path. */
function rows(text: string): string[] {
  const qr = qrOf(text);
  if (!qr) throw new Error('no picture');
  const grid = Array.from({ length: qr.side }, () => Array.from({ length: qr.side }, () => ' '));
  for (const [, x, y, width] of qr.path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) for (let i = 0; i < Number(width); i++) (grid[Number(y)] as string[])[Number(x) + i] = '#';
  return grid.map((row) => row.join(''));
}

test('the picture has its three eyes and a light rim of four', () => {
  const picture = rows('otpauth://totp/Timebook:ada?secret=JBSWY3DPEHPK3PXP&issuer=Timebook');
  const side = picture.length;
  const eye = ['#######', '#     #', '# ### #', '# ### #', '# ### #', '#     #', '#######'];
  for (const [x, y] of [[4, 4], [side - 11, 4], [4, side - 11]] as const) expect(picture.slice(y, y + 7).map((row) => row.slice(x, x + 7))).toEqual(eye);
  for (const i of [0, 1, 2, 3, side - 1, side - 4]) {
    expect(picture[i]?.trim()).toBe('');
    expect(picture.map((row) => row[i]).join('').trim()).toBe('');
  }
});

test('a longer text makes a larger picture, and one too long makes none', () => {
  expect(rows('a').length).toBe(21 + 8);
  expect(rows('x'.repeat(640)).length).toBe(97 + 8);
  expect(qrOf('x'.repeat(641))).toBeUndefined();
  expect(qrOf('ü'.repeat(321))).toBeUndefined();
});
