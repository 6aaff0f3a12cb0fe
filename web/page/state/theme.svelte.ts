/** Light, dark or as the system says. `public/theme.js` applies the choice before the first paint. */
export type ThemeName = 'system' | 'light' | 'dark';

class Theme {
  name = $state<ThemeName>((document.documentElement.dataset.theme as ThemeName | undefined) ?? 'system');
  next = $derived(NEXT[this.name]);

  toggle = () => this.choose(this.next);

  choose = (name: ThemeName) => {
    this.name = name;
    const root = document.documentElement;
    if (this.name === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.name;
    try {
      if (this.name === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', this.name);
    } catch {
      // Storage may be switched off: the choice then lasts until the page is reloaded.
    }
  };
}

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;

export const theme = new Theme();
