/** Where in the page we are: the path and the query, by the history API. Links of this page are followed without loading it anew. */
class Router {
  path = $state(location.pathname);
  /** The part after `?`, as it is in the address. */
  search = $state(location.search);
  query = $derived(new URLSearchParams(this.search));
  /** Counts arrivals: a page asked for again scrolls up and takes the focus again. */
  turn = $state(0);

  constructor() {
    addEventListener('popstate', this.#arrive);
    addEventListener('click', this.#follow);
  }

  /** Goes to a path of this page, with or without a query; `replace` leaves no way back, for steps that cannot be repeated. */
  go = (to: string, replace = false) => {
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    this.#arrive();
    scrollTo(0, 0);
  };

  /** Changes what the query says and nothing else: a view's own choices (week, filter), so that a reload and a bookmark keep them. */
  ask = (choices: Record<string, string | undefined>) => {
    const query = new URLSearchParams(this.search);
    for (const [name, value] of Object.entries(choices)) {
      if (value === undefined) query.delete(name);
      else query.set(name, value);
    }
    history.replaceState(null, '', query.size > 0 ? `${this.path}?${query}` : this.path);
    this.search = location.search;
  };

  #arrive = () => {
    if (this.path !== location.pathname) this.turn++;
    this.path = location.pathname;
    this.search = location.search;
  };

  #follow = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute('download') || link.origin !== location.origin || link.hash || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  };
}

export const router = new Router();
