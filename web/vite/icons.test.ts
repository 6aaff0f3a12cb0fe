import { expect, test } from 'vitest';
import { pathOf, strokes } from './icons';

test('every shape of a drawing becomes a part of one path', () => {
  expect(pathOf('<svg viewBox="0 0 24 24"><g fill="none"><circle cx="12" cy="12" r="10"/><path d="m9 12l2 2l4-4"/></g></svg>')).toBe('M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M9 12l2 2l4-4');
  expect(pathOf('<rect width="18" height="11" x="3" y="11" rx="2" ry="2"/>')).toBe('M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z');
  expect(pathOf('<rect width="6" height="4" x="1" y="2"/>')).toBe('M1 2h6v4h-6v-4z');
  expect(pathOf('<ellipse cx="12" cy="5" rx="9" ry="3"/>')).toBe('M3 5a9 3 0 1 0 18 0a9 3 0 1 0 -18 0');
});

test('a path that begins relatively begins where it stands, and goes on relatively', () => {
  expect(pathOf('<path d="M1 1h2"/><path d="m6 9 6 6 6-6"/><path d="m15.5.5-3 3"/><path d="m21 21l-4.3-4.3"/>')).toBe('M1 1h2M6 9l6 6 6-6M15.5 .5l-3 3M21 21l-4.3-4.3');
});

test('an icon is one line that may be left out', () => {
  expect(strokes.compiler('<path d="M1 2"/>')).toContain('/* @__PURE__ */ icon("M1 2")');
});
