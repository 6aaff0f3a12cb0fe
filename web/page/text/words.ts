/** The words of every page but Today, in the language of the page. */
import { pick } from './pick';

export const words = await pick(() => import('./en/words'), () => import('./de/words'));
