import { expect, test } from 'vitest';
import { routeOf, routes, type Route } from './routes';

test('a path is found by its parts, and what its places hold is handed on', () => {
  const table = ['/', '/projects', '/projects/:id'].map((path) => ({ path })) as Route[];
  expect(routeOf('/', table)?.route.path).toBe('/');
  expect(routeOf('/projects/', table)?.route.path).toBe('/projects');
  expect(routeOf('/projects/a%20b', table)).toEqual({ route: table[2], params: { id: 'a b' } });
  for (const none of ['/nowhere', '/projects/%E0%A4%A', '/projects/a/b', '/projects//']) expect(routeOf(none, table)?.route.path).not.toBe('/projects/:id');
});

test('no two pages share a path, a name or a key', () => {
  for (const of of [routes.map((route) => route.path), routes.map((route) => route.name), routes.flatMap((route) => route.key ?? [])]) expect(new Set(of).size).toBe(of.length);
});
