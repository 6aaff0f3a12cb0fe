/** A report as a table: the same address, asked for as CSV, and handed to the browser as a file. */
import { t } from '../text';
import { addressOf } from './client';
import { problemFrom, Refused, Unreachable } from './problem';

/** Throws `Refused` or `Unreachable`. With a byte order mark, because most open such a file in Excel. */
export async function download(path: string, query: Record<string, string>): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${addressOf(path, { query: { ...query, bom: 'true' } })}`, { headers: { accept: 'text/csv' }, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  } catch (cause) {
    throw new Unreachable({ cause });
  }
  if (!response.ok) throw new Refused(problemFrom(response.status, response.headers.get('content-type'), await response.text(), t.server.odd));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'hours.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Long enough for a browser that asks where to put it. */
const KEPT_MS = 60_000;
