/** Where in the page we are: the path, by the history API. */
class Place {
  path = $state(location.pathname);

  constructor() {
    addEventListener('popstate', () => (this.path = location.pathname));
  }

  /** Goes to a path of this page; `replace` leaves no way back, for steps that cannot be repeated. */
  go = (path: string, replace = false) => {
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    this.path = path;
    scrollTo(0, 0);
  };
}

export const place = new Place();
