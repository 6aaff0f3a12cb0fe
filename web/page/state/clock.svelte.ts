/** The page's clock: ticks each second and follows the server's, because a PC's own may be hours wrong. */
class Clock {
  #skew = 0;
  now = $state(Date.now());

  constructor() {
    setInterval(this.#tick, 1000);
  }

  /** Takes the server's time from an answer's Date header, which has whole seconds. */
  follow = (server: number) => {
    const skew = server + 500 - Date.now();
    this.#skew = Math.abs(skew) < TOLERATED_MS ? 0 : skew;
    this.#tick();
  };

  #tick = () => {
    this.now = Date.now() + this.#skew;
  };
}

/** Below this the difference may be the header's rounding and the way through the network. */
const TOLERATED_MS = 3000;

export const clock = new Clock();
