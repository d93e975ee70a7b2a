/** A change of settings as a whole or not at all: outside of its schema, in conflict with itself or with a lock. */
import { expect, test } from 'vitest';
import { toMaruError } from '#contract/error-codes.ts';
import { settingsDraftOf, draftOfReturn, type RequestedChange } from './settings-draft.ts';
import { type Fields, NOTHING_SET, type OwnSettings } from './settings-in-force.ts';

const NOTHING: RequestedChange = { set: {}, clear: {}, lock: {}, secrets: {} };
const organisation = { kind: 'organisation' } as const;
const lockedAbove: Fields = new Map([['tv.audio', { value: 'tv', source: organisation, lockedBy: organisation }]]);
const draft = (
  change: Partial<RequestedChange>,
  { before = NOTHING_SET, isRoom = false, above = new Map() as Fields } = {},
) => settingsDraftOf(before, { ...NOTHING, ...change }, { isRoom, above });
function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return toMaruError(error).code;
  }
}

test.each<[string, Partial<RequestedChange>, boolean?]>([
  ['a section that is not', { set: { lights: { on: true } } }],
  ['a field that is not', { set: { tv: { brightness: 3 } } }],
  ['a value out of range', { set: { tv: { offAfterIdleMinutes: 0 } } }],
  ['a value of another kind', { set: { tv: { audio: { $gt: '' } } } }],
  ['one good and one bad value', { set: { tv: { audio: 'tv', offAfterIdleMinutes: -1 } } }],
  ['a field of the box alone', { set: { calendar: { passwordFile: '/etc/shadow' } } }],
  ['a secret in the open', { set: { calendar: { password: 'x' } } }],
  ['a time zone that is not', { set: { calendar: { timeZone: "Asia/Seoul'; drop table room; --" } } }],
  ['an address that is none', { set: { calendar: { url: 'javascript:alert(1)' } } }],
  ['set and cleared at once', { set: { tv: { audio: 'tv' } }, clear: { tv: ['audio'] } }],
  ['a section to clear that is not', { clear: { ['__proto__']: ['toString'] } }],
  ['a section to set that is not', { set: JSON.parse('{"__proto__":{"kind":"x"}}') }],
  ['a lock of a secret', { lock: { calendar: { password: true } } }],
  ['a lock of a room', { lock: { tv: { audio: true } } }, true],
  ['a secret of a place', { secrets: { calendar: { password: 'x' } } }],
  ['a secret that is none', { secrets: { tv: { audio: 'x' } } }, true],
])('%s is refused', (_, change, isRoom = false) => {
  expect(codeOf(() => draft(change, { isRoom }))).toBe('setting-invalid');
});

test('what is locked from above is not set, and may be cleared', () => {
  expect(codeOf(() => draft({ set: { tv: { audio: 'tv' } } }, { above: lockedAbove }))).toBe('setting-locked');
  const before = { own: { tv: { audio: 'tv' } }, locks: {} };
  expect(draft({ clear: { tv: ['audio'] } }, { before, above: lockedAbove }).own).toEqual({});
});

test('a change names each field with what was and what is; a value that was set before stays', () => {
  const before: OwnSettings = { own: { tv: { hours: null, audio: 'tv' } }, locks: { tv: ['audio'] } };
  const { own, locks, changes } = draft(
    {
      set: { tv: { offAfterIdleMinutes: 15 } },
      clear: { tv: ['audio'] },
      lock: { tv: { audio: false, offAfterIdleMinutes: true } },
    },
    { before },
  );
  expect({ own, locks }).toEqual({
    own: { tv: { hours: null, offAfterIdleMinutes: 15 } },
    locks: { tv: ['offAfterIdleMinutes'] },
  });
  expect(changes).toEqual([
    { section: 'tv', field: 'audio', what: 'lock', before: true, after: undefined },
    { section: 'tv', field: 'offAfterIdleMinutes', what: 'lock', before: undefined, after: true },
    { section: 'tv', field: 'audio', what: 'value', before: 'tv', after: undefined },
    { section: 'tv', field: 'offAfterIdleMinutes', what: 'value', before: undefined, after: 15 },
  ]);
  expect(draft({ set: { tv: { audio: 'tv' } } }, { before }).changes).toEqual([]);
});

test('text is kept as text: what reads as SQL or script changes nothing but its field, in one visible line', () => {
  const noticeText = `'); drop table room; --\n<script>alert(1)</script>\u202e`;
  const { own } = draft({ set: { idle: { noticeText } } });
  expect(own).toEqual({ idle: { noticeText: `'); drop table room; -- <script>alert(1)</script>` } });
  expect(codeOf(() => draft({ set: { idle: { noticeText: '\u202e' } } }))).toBe('setting-invalid');
});

test('a way back is refused over a lock, and for a value that this release does not take', () => {
  const version = { own: { tv: { audio: 'tv' } }, locks: {} };
  expect(draftOfReturn(NOTHING_SET, version, new Map()).own).toEqual(version.own);
  expect(codeOf(() => draftOfReturn(NOTHING_SET, version, lockedAbove))).toBe('setting-locked');
  expect(draftOfReturn(version, NOTHING_SET, lockedAbove).own).toEqual({});
  const former = { own: { tv: { audio: 'smoke' } }, locks: {} };
  expect(codeOf(() => draftOfReturn(NOTHING_SET, former, new Map()))).toBe('setting-invalid');
});
