/** Icons as one line each: every shape of a Lucide drawing becomes part of one path, and one component draws them all. */

/** What `unplugin-icons` puts in the place of an imported icon. */
export const strokes = {
  compiler: (svg: string): string => `import { icon } from '/page/ui/icon.ts';\nexport default /* @__PURE__ */ icon(${JSON.stringify(pathOf(svg))});`,
  extension: '.js',
};

/** All shapes of a drawing as the data of one path. */
export function pathOf(svg: string): string {
  return [...svg.matchAll(/<(path|circle|ellipse|rect)\b([^>]*)>/g)].map(([, tag, text]) => shape(tag ?? '', Object.fromEntries([...(text ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])))).join('');
}

function shape(tag: string, at: Record<string, string>): string {
  const n = (name: string, otherwise = 0) => Number(at[name] ?? otherwise);
  if (tag === 'path') return absolute(at.d ?? '');
  if (tag === 'rect') {
    const r = Math.min(n('rx', n('ry')), n('width') / 2, n('height') / 2);
    const corner = (x: number, y: number) => (r === 0 ? '' : `a${r} ${r} 0 0 1 ${x} ${y}`);
    return `M${n('x') + r} ${n('y')}h${n('width') - 2 * r}${corner(r, r)}v${n('height') - 2 * r}${corner(-r, r)}h${2 * r - n('width')}${corner(-r, -r)}v${2 * r - n('height')}${corner(r, -r)}z`;
  }
  const [rx, ry] = tag === 'circle' ? [n('r'), n('r')] : [n('rx'), n('ry')];
  return `M${n('cx') - rx} ${n('cy')}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
}

/** A path begins where it says, also when another stands before it; what follows stays relative to that. */
function absolute(d: string): string {
  return d.replace(/^m\s*(-?(?:\d+\.?\d*|\.\d+))[\s,]*(-?(?:\d+\.?\d*|\.\d+))\s*(?=(.?))/, (_, x: string, y: string, next: string) => `M${x} ${y}${/[-.\d]/.test(next) ? 'l' : ''}`);
}
