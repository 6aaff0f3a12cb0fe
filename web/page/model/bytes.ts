/** Sizes as people read them. Pure. */

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The number and the word for it apart, so that a page can print one of them large: `184`, `MB`. */
export function sizeParts(locale: string, bytes: number): { count: string; unit: string } {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const value = bytes / 1000 ** step;
  const parts = new Intl.NumberFormat(locale, { style: 'unit', unit: UNITS[step] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: value < 10 && step > 1 ? 1 : 0 }).formatToParts(value);
  return {
    count: parts.filter((part) => part.type !== 'unit' && part.type !== 'literal').map((part) => part.value).join(''),
    unit: parts.find((part) => part.type === 'unit')?.value ?? '',
  };
}

export function size(locale: string, bytes: number): string {
  const { count, unit } = sizeParts(locale, bytes);
  return `${count} ${unit}`;
}
