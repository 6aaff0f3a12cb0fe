/** Questions that lie over the page: is this really to be done, and whose of two versions counts. One at a time. */

export interface Question {
  title: string;
  body: string;
  /** What will happen, point by point. */
  points?: string[];
  /** The button's word: the verb of the title, never “OK”. */
  action: string;
  danger?: boolean;
  /** What has to be typed before the button works: for what cannot be taken back. */
  typed?: string;
  /** Runs while the dialog is open; a failure is shown in it. */
  run: () => Promise<unknown>;
}

export interface Clash {
  title: string;
  /** What both say, side by side. */
  rows: { label: string; mine: string; theirs: string }[];
}

class Questions {
  confirm = $state.raw<Question>();
  clash = $state.raw<Clash & { answer: (whose: 'mine' | 'theirs') => void }>();

  /** Asks before something is done. */
  ask = (question: Question) => {
    this.confirm = question;
  };

  /** After a 412: whose version is to stay? Closing the dialog means theirs. */
  settle = (clash: Clash) =>
    new Promise<'mine' | 'theirs'>((resolve) => {
      this.clash = {
        ...clash,
        answer: (whose) => {
          this.clash = undefined;
          resolve(whose);
        },
      };
    });
}

export const questions = new Questions();
