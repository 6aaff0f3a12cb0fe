// Writes the types of `/api/v1` from the server's description, openapi.json, into node_modules, where nothing generated is committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const from = new URL('../openapi.json', import.meta.url);
const folder = new URL('../node_modules/.schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
const text = astToString(await openapi(JSON.parse(readFileSync(from, 'utf8'))));
writeFileSync(new URL('schema.d.ts', folder), text);
