import { expect, test } from 'vitest';
import type { PlaceUsage, RoomUsage } from '#contract/http/fleet-api.ts';
import { usageByPlace } from './history-reader.ts';
import { placeUsageFile, roomUsageFile } from './usage-file.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const room = (n: number, roomName: string, over: Partial<RoomUsage> = {}): RoomUsage => ({
  roomId: id(n),
  roomName,
  placeId: null,
  callCount: 0,
  callMs: 0,
  bookedMs: 0,
  noShowCount: 0,
  faultMs: 0,
  ...over,
});
/** Of a tree: floor 2 in tower 1. */
const places = {
  pathOf: (placeId: string | null) => (placeId === id(2) ? [id(2), id(1)] : placeId === id(1) ? [id(1)] : []),
  nameOf: (placeId: string) => (placeId === id(1) ? 'Tower, north' : '=3rd'),
};
const lines = (file: string): string[] => file.slice(1).split('\r\n');

test('a line for each room with its place: RFC 4180, and nothing that a spreadsheet would work out', () => {
  const rooms = [
    room(10, 'Maple "A", 3F', { placeId: id(2), callCount: 2, callMs: 5_400_000, noShowCount: 1 }),
    room(11, '=HYPERLINK("http://x")'),
    room(12, '+82'),
    room(13, '-1'),
    room(14, '@SUM(A1)'),
    room(15, ' =1+1'),
    room(16, '한라\n회의실'),
    room(17, '＝1+1'),
  ];
  const file = roomUsageFile(rooms, usageByPlace(rooms, places));
  expect(file.startsWith('\uFEFF')).toBe(true);
  expect(file.endsWith('\r\n')).toBe(true);
  expect(lines(file)).toEqual([
    'room,place,calls,call minutes,booked minutes,no-shows,fault minutes',
    '"Maple ""A"", 3F","Tower, north / =3rd",2,90,0,1,0',
    '"\'=HYPERLINK(""http://x"")",,0,0,0,0,0',
    "'+82,,0,0,0,0,0",
    "'-1,,0,0,0,0,0",
    "'@SUM(A1),,0,0,0,0,0",
    "' =1+1,,0,0,0,0,0",
    '"한라\n회의실",,0,0,0,0,0',
    "'＝1+1,,0,0,0,0,0",
    '',
  ]);
});

test('a line for each place, with all rooms below it', () => {
  const rooms = [
    room(10, 'Maple', { placeId: id(2), callCount: 2, callMs: 60_000 }),
    room(11, 'Oak', { placeId: id(1), callCount: 1, faultMs: 120_000 }),
    room(12, 'Ash', { callCount: 9 }),
  ];
  const found: PlaceUsage[] = usageByPlace(rooms, places);
  expect(found.map(({ path, roomCount, callCount, faultMs }) => [path, roomCount, callCount, faultMs])).toEqual([
    ['Tower, north', 2, 3, 120_000],
    ['Tower, north / =3rd', 1, 2, 0],
  ]);
  expect(lines(placeUsageFile(found))[1]).toBe('"Tower, north",2,3,1,0,0,2');
});
