import { expect, test } from 'vitest';
import { after, before, draftFrom, faultsOf, firstFaulty } from './setup';

const good = { office: 'Lindt', name: 'mara', password: 'three green bottles', repeat: 'three green bottles' };

test('a step says what it needs, at its fields', () => {
  expect(faultsOf('office', { ...good, office: '  ' })).toEqual({ office: 'empty' });
  expect(faultsOf('admin', { office: '', name: '', password: '', repeat: '' })).toEqual({ name: 'empty', password: 'empty' });
  expect(faultsOf('admin', { ...good, name: 'Mara Lindt', password: 'short', repeat: '' })).toEqual({ name: 'characters', password: 'short', repeat: 'empty' });
  expect(faultsOf('admin', { ...good, repeat: 'three green bottle' })).toEqual({ repeat: 'differs' });
  expect(faultsOf('certificate', { office: '', name: '', password: '', repeat: '' })).toEqual({});
  expect(faultsOf('admin', good)).toEqual({});
});

test('whoever comes back without a password is led to where one is asked for', () => {
  expect(firstFaulty(good)).toBeUndefined();
  expect(firstFaulty({ ...good, password: '', repeat: '' })).toBe('admin');
  expect(firstFaulty({ ...good, office: '', password: '' })).toBe('office');
});

test('the steps follow each other', () => {
  expect([before('language'), after('language'), before('zone'), after('zone')]).toEqual([undefined, 'office', 'certificate', undefined]);
});

test('what an earlier visit left is taken up, and what does not read is not', () => {
  const fresh = { step: 'language', office: '', name: '', zone: 'Europe/Berlin' };
  expect(draftFrom(null, 'Europe/Berlin')).toEqual(fresh);
  for (const bad of ['', '{', 'null', '7', '[]', '{"step":"gone","office":7}']) expect(draftFrom(bad, 'Europe/Berlin')).toEqual(fresh);
  const kept = { step: 'zone', office: 'Lindt & Söhne', name: 'mara', zone: 'Asia/Tokyo' };
  expect(draftFrom(JSON.stringify({ ...kept, password: 'never' }), 'Europe/Berlin')).toEqual(kept);
});
