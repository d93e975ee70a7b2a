import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JoinTokenClaims } from './grants.ts';
import { meetingsApi } from './http/meetings-api.ts';
import { roomsApi } from './http/rooms-api.ts';
import { RoomCommand } from './room-command.ts';
import { MEETING_TITLE_ROOM, MeetingTitle, PersonName, PresetName, RoomName, ShownTitle } from './schema.ts';
import { bytesOf, cutText, graphemesOf, lettersLeft, shownText } from './shown-text.ts';
import { signalingMethods } from './signaling.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const CODER = '👩‍💻';

describe('a text that is shown', () => {
  it.each([
    ['a plain name', 'Mina Park', 'Mina Park'],
    ['spaces around and within', ' \u00a0Mina \u3000 Park\t', 'Mina Park'],
    ['a line break', 'Mina\r\n12:00 error forged', 'Mina 12:00 error forged'],
    ['an escape sequence', '\u001b[31mMina\u0000', '[31mMina'],
    ['a line and a paragraph separator', 'a\u2028b\u2029c', 'a b c'],
    ['an override of the direction', 'invoice\u202Egpj.exe', 'invoice gpj.exe'],
    ['isolates and marks of direction', '\u2066Mina\u2069 \u200fPark\u061c', 'Mina Park'],
    ['what has no width', 'Mi\u200bna\u2060 \ufeffPa\u00adrk', 'Mina Park'],
    ['fillers', '\u3164Mina\u115f\u1160\uffa0', 'Mina'],
    ['blank symbols', '\u2800Mina\u{1d159}', 'Mina'],
    ['half of a character', 'Mi\ud83dna\udc00', 'Mina'],
    ['Hangul in parts', '김민아'.normalize('NFD'), '김민아'],
    ['letters in parts, parted by nothing', 'Jose\u200b\u0301', 'José'],
    ['more marks than any language has', `Z${'\u0334'.repeat(40)}algo`, `Z${'\u0334'.repeat(6)}algo`],
    ['marks on nothing', '\u0301\u0301Mina \u0308Park', 'Mina Park'],
    ['emoji of several parts', `${FAMILY} ${CODER} ❤️‍🔥 👍🏽`, `${FAMILY} ${CODER} ❤️‍🔥 👍🏽`],
    ['flags', '🇰🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇰🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['a key', '3️⃣', '3️⃣'],
    ['tags that belong to no flag', 'Mina\u{e0041}\u{e0042}', 'Mina'],
    ['joiners that Latin letters do not need', 'Mi\u200dna\u200c Pa\ufe0frk\u200d', 'Mina Park'],
    ['a joiner at the end of an emoji', '👩\u200d', '👩'],
    ['a non-joiner that Persian needs', 'علی‌رضا', 'علی‌رضا'],
    ['a joiner that Sinhala needs', 'ශ්‍රී', 'ශ්‍රී'],
    ['the form of an ideograph', '葛\u{e0100}城', '葛\u{e0100}城'],
  ])('%s', (_, typed, shown) => expect(shownText(typed)).toBe(shown));

  it.each([
    '',
    ' ',
    '\u0000',
    '\n\t',
    '\u202e',
    '\u200b',
    '\u200d\u200c',
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u00ad',
    '\ufeff',
    '\u034f',
    '\u180e',
    '\ufe0f',
    '\u{e0001}',
    '\u{e0100}',
    '\ud800',
    '\udc00',
    '\u0301',
    '\u2066\u2069',
  ])('is empty where there is nothing to see: %j', (typed) => expect(shownText(typed)).toBe(''));

  it('is the same after a second time, whatever it was, and has nothing hidden in it', () => {
    const odd = fc.constantFrom(
      ...['\u200d', '\u200c', '\ufe0f', '\u202e', '\u3164', '\ud83d', '\udc69', '\u0301', '\u0334', '\u{e0067}', '🏴'],
      ...['👩', '💻', '가', '\u1100', '\u1161', 'ك', '葛', '\u{e0100}', ' ', '\n', 'a', '1', '\u200b', '\u0308'],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 }), (parts) => {
        const shown = shownText(parts.join(''));
        expect(shownText(shown)).toBe(shown);
        expect(shown).toBe(shown.normalize('NFC').trim());
        expect(shown).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]/u,
        );
      }),
      { numRuns: 3_000, seed: 20261128 },
    );
  }, 60_000);
});

describe('a name', () => {
  it.each([
    [PersonName, 80],
    [RoomName, 80],
    [PresetName, 40],
  ])('is counted in letters as people see them', (schema, letters) => {
    for (const letter of ['a', '가', '가'.normalize('NFD'), 'e\u0301']) {
      expect(schema.safeParse(letter.repeat(letters)).success).toBe(true);
      expect(schema.safeParse(letter.repeat(letters + 1)).success).toBe(false);
    }
  });

  it('of a person may be of emoji: a person at a computer is one letter', () => {
    expect(PersonName.parse(CODER.repeat(80))).toBe(CODER.repeat(80));
    expect(PersonName.safeParse(CODER.repeat(81)).success).toBe(false);
    expect(PersonName.parse(FAMILY.repeat(20))).toBe(FAMILY.repeat(20));
  });

  it('is bounded in bytes too, for the messages in which hundreds are listed', () => {
    expect(PersonName.safeParse(FAMILY.repeat(80)).success).toBe(false);
    expect(RoomName.safeParse('가'.repeat(80)).success).toBe(true);
    expect(RoomName.safeParse('😀'.repeat(61)).success).toBe(false);
    // and refused before anything is counted
    expect(PersonName.safeParse(`a${'\u200b'.repeat(5_000)}`).success).toBe(false);
  });

  it.each(['\u3164', '\u200b', '\u202e', '\u0000', '\ud800', '\u2800', ' '])('is refused everywhere: %j', (name) => {
    const bodies = [
      roomsApi.createRoom.body.safeParse({ roomName: name }),
      roomsApi.createTabletCode.body.safeParse({ tabletName: name }),
      meetingsApi.createInvite.body.safeParse({ displayName: name, expiresInMinutes: 60 }),
      RoomCommand.safeParse({ name: 'save-preset', presetId: 1, presetName: name }),
      signalingMethods['join-call'].request.shape.displayName.safeParse(name),
      JoinTokenClaims.shape.displayName.safeParse(name),
    ];
    expect(bodies.map(({ success }) => success)).toEqual(bodies.map(() => false));
  });

  it('is what is left of it: the same on every wire', () => {
    expect(signalingMethods['join-call'].request.shape.displayName.parse(' Mi\u200bna\n')).toBe('Mina');
    expect(roomsApi.createRoom.body.parse({ roomName: '\u202eHall\u0000' })).toMatchObject({ roomName: 'Hall' });
  });

  it('of a meeting may be empty, and is cleaned as well', () => {
    expect(ShownTitle.parse('\u3164')).toBe('');
    expect(ShownTitle.parse('Weekly\u202e\n3F')).toBe('Weekly 3F');
  });
});

describe('a text that is too long', () => {
  it('is cut between letters', () => {
    expect(cutText('회의', { units: 120, bytes: 240 })).toBe('회의');
    expect(cutText('회의실', { units: 120, bytes: 8 })).toBe('회…');
    expect(cutText(FAMILY + FAMILY, { units: 14, bytes: 240 })).toBe(`${FAMILY}…`);
  });

  it('is within its bounds, and its letters are whole', () => {
    const bounds = fc.record({ units: fc.integer({ min: 1, max: 40 }), bytes: fc.integer({ min: 3, max: 60 }) });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), bounds, (text, { units, bytes }) => {
        const cut = cutText(text, { units, bytes });
        expect(cut.length).toBeLessThanOrEqual(units);
        expect(bytesOf(cut)).toBeLessThanOrEqual(bytes);
        if (cut !== text) expect(graphemesOf(text).join('').startsWith(cut.slice(0, -1))).toBe(true);
      }),
      { numRuns: 1_000, seed: 20261128 },
    );
  });
});

describe('how many letters are left of a title', () => {
  it.each([
    ['', 80],
    ['x'.repeat(30), 70],
    ['x'.repeat(99), 1],
    ['x'.repeat(100), 0],
    ['x'.repeat(103), -3],
    ['가'.repeat(79), 1],
    ['가'.repeat(80), 0],
    ['가'.repeat(82), -2],
    [`${'x'.repeat(90)}${FAMILY.repeat(7)}`, -1],
  ])('%s', (title, left) => {
    expect(lettersLeft(title, MEETING_TITLE_ROOM)).toBe(left);
    expect(MeetingTitle.safeParse(title || 'x').success).toBe(left >= 0);
  });
});
