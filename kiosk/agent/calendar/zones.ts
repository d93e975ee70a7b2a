/**
 * Time zones: local time to instant and back. By IANA name from the machine's own data, by Windows' name through CLDR's
 * mapping, by the VTIMEZONE of the feed for a zone that has no known name.
 */
import ICAL from 'ical.js';
import { findIana } from 'windows-iana';

/** What a clock on the wall shows. Kept as milliseconds since 1970 as if it were UTC. */
export type WallMs = number;

export type Zone = {
  name: string;
  /** A time that occurs twice is the first of the two; one that is skipped is taken by the offset before (RFC 5545 3.3.5). */
  toInstant: (wallMs: WallMs) => number;
  toWall: (instantMs: number) => WallMs;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const utc: Zone = { name: 'UTC', toInstant: (wallMs) => wallMs, toWall: (instantMs) => instantMs };

const named = new Map<string, Zone | null>();

/** Null: the machine knows no zone of that name. */
export function ianaZone(name: string): Zone | null {
  let zone = named.get(name);
  if (zone === undefined) {
    zone = newIanaZone(name);
    named.set(name, zone);
  }
  return zone;
}

function newIanaZone(name: string): Zone | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  // the offset holds for the quarter of an hour: no zone has ever changed inside of one
  const offsets = new Map<number, number>();
  const offsetAt = (instantMs: number): number => {
    const quarter = Math.floor(instantMs / (HOUR_MS / 4));
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const atMs = quarter * (HOUR_MS / 4);
      offset = wallOf(format, atMs) - atMs;
      if (offsets.size > 20_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };
  return zoneBy(name, offsetAt);
}

function wallOf(format: Intl.DateTimeFormat, instantMs: number): WallMs {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instantMs)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

function zoneBy(name: string, offsetAt: (instantMs: number) => number): Zone {
  return {
    name,
    toWall: (instantMs) => instantMs + offsetAt(instantMs),
    toInstant: (wallMs) => {
      const before = offsetAt(wallMs - DAY_MS);
      const after = offsetAt(wallMs + DAY_MS);
      const first = wallMs - before;
      if (before === after || offsetAt(first) === before) return first;
      const second = wallMs - after;
      // in neither: skipped, so by the offset before
      return offsetAt(second) === after ? second : first;
    },
  };
}

/**
 * The VTIMEZONE of a feed, which may be anything that a program once wrote.
 * @param untilYear rules are followed until then
 */
export function feedZone(tzid: string, component: ICAL.Component, untilYear: number): Zone {
  const zone = new ICAL.Timezone({ component, tzid });
  // its own answers are for wall times, which near a change are two: what it found are the changes themselves
  zone.utcOffset(icalTime(Date.UTC(untilYear, 0, 1)));
  const changes = (zone.changes as FeedChange[]).map((change) => ({
    atMs: Date.UTC(change.year, change.month - 1, change.day, change.hour, change.minute, change.second),
    offsetMs: change.utcOffset * 1000,
    formerMs: change.prevUtcOffset * 1000,
  }));
  changes.sort((a, b) => a.atMs - b.atMs);
  if (changes.length === 0) throw new Error('a VTIMEZONE without an observance');
  return zoneBy(tzid, (instantMs) => {
    const last = changes.findLast((change) => change.atMs <= instantMs);
    return last ? last.offsetMs : changes[0]!.formerMs;
  });
}
type FeedChange = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number> & {
  utcOffset: number;
  prevUtcOffset: number;
};

/** Floating, with no zone of its own. */
export function icalTime(wallMs: WallMs, isDate = false): ICAL.Time {
  const date = new Date(wallMs);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: isDate ? 0 : date.getUTCHours(),
      minute: isDate ? 0 : date.getUTCMinutes(),
      second: isDate ? 0 : date.getUTCSeconds(),
      isDate,
    },
    ICAL.Timezone.localTimezone,
  );
}

export const wallOfIcal = (time: ICAL.Time): WallMs =>
  Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);

/** From what programs write as TZID, to a zone. `room` where nothing fits, and counted; a feed's own are made when they are needed. */
export class ZoneFinder {
  readonly #room: Zone;
  readonly #feed: ReadonlyMap<string, () => Zone>;
  readonly #found = new Map<string, Zone>();
  #unknownCount = 0;

  constructor(room: Zone, feed: ReadonlyMap<string, () => Zone>) {
    this.#room = room;
    this.#feed = feed;
  }

  /** names that were asked for and that nobody knows */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  find(tzid: string): Zone {
    let zone = this.#found.get(tzid);
    if (!zone) {
      zone = knownZone(tzid) ?? this.#feed.get(tzid)?.() ?? offsetZone(tzid) ?? undefined;
      if (!zone) {
        // most likely the office's own, and somebody has to look
        this.#unknownCount += 1;
        zone = this.#room;
      }
      this.#found.set(tzid, zone);
    }
    return zone;
  }
}

/** Exchange's name for it in bookings that programs make, and what others call it. */
const NAMES_OF_UTC = /^(?:tzone:\/\/microsoft\/utc|z|utc|gmt|zulu|coordinated universal time)$/i;
/** Published feeds of Outlook number the zones that they describe: "GMT Standard Time 1". */
const NUMBERED = /^(.*\D) \d{1,3}$/;
const OFFSET = /^(?:GMT|UTC)? ?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;

/** `GMT+09:30` and `+0930`: without changes, as it says. */
function offsetZone(tzid: string): Zone | null {
  const [, sign, hours, minutes] = OFFSET.exec(tzid) ?? [];
  if (sign === undefined || Number(hours) > 14) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return zoneBy(tzid, () => offsetMs);
}

/** By IANA's or Windows' name; also as libraries prefix it, `/example.org/20250101_1/Asia/Seoul`. */
function knownZone(written: string): Zone | null {
  if (NAMES_OF_UTC.test(written)) return utc;
  const tzid = NUMBERED.exec(written)?.[1] ?? written;
  // a number alone is an offset to Intl, and a name to nobody
  if (/^[A-Za-z]/.test(tzid)) {
    const zone = ianaZone(tzid) ?? ianaZone(findIana(tzid)[0] ?? '');
    if (zone) return zone;
  }
  const words = tzid.split('/').filter((word) => word !== '');
  for (const count of [3, 2]) {
    const tail = words.slice(-count).join('/');
    if (words.length > count && /^[A-Za-z]/.test(tail)) {
      const zone = ianaZone(tail);
      if (zone) return zone;
    }
  }
  return null;
}

/** The instants at which the local day of `instantMs`, and those after it, begin. */
export function startOfDay(zone: Zone, instantMs: number, daysLater = 0): number {
  const wall = zone.toWall(instantMs);
  return zone.toInstant(Math.floor(wall / DAY_MS) * DAY_MS + daysLater * DAY_MS);
}
