import { expect, test } from 'vitest';
import { sitesOffline } from './site-causes.ts';

const room = (offlineSinceMs: number | null, ...placeIds: string[]) => ({ placeIds, offlineSinceMs });
const none: ReadonlySet<string> = new Set();

test.each<[string, Parameters<typeof sitesOffline>, Record<string, object>]>([
  ['all are there', [[room(null, 'a'), room(null, 'a'), room(null, 'a')], none], {}],
  ['all went within a minute', [[room(1, 'a'), room(2, 'a'), room(60_001, 'a')], none], { a: { roomCount: 3 } }],
  ['they went one by one', [[room(1, 'a'), room(2, 'a'), room(60_002, 'a')], none], {}],
  ['two are no site', [[room(1, 'a'), room(2, 'a')], none], {}],
  ['one is there', [[room(1, 'a'), room(2, 'a'), room(3, 'a'), room(null, 'a')], none], {}],
  ['a raised one lasts', [[room(1, 'a'), room(2, 'a'), room(9e9, 'a')], new Set(['a'])], { a: { roomCount: 3 } }],
  ['a raised one ends with the first room', [[room(1, 'a'), room(null, 'a'), room(2, 'a')], new Set(['a'])], {}],
  [
    'the outermost alone',
    [[room(1, 'f', 'b', 's'), room(1, 'f', 'b', 's'), room(1, 'f', 'b', 's')], none],
    { s: { roomCount: 3 } },
  ],
  [
    'one floor of a site',
    [[room(1, 'f', 's'), room(1, 'f', 's'), room(1, 'f', 's'), room(null, 'g', 's')], none],
    { f: { roomCount: 3 } },
  ],
  ['rooms of no place', [[room(1), room(1), room(1)], none], {}],
])('%s', (_, args, expected) => expect(Object.fromEntries(sitesOffline(...args))).toEqual(expected));
