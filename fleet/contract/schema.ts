/**
 * The schema library as every wire uses it: zod without code generation, because the pages' CSP allows no eval.
 * Owns the shapes that several wires share. Everything else in this folder imports `z` from here.
 */
import { z } from 'zod';
import { bytesOf, graphemesOf, shownText, type TextRoom } from './shown-text.ts';

z.config({ jitless: true });

export { z };

/** UUIDv7 (RFC 9562), lower case. */
export const Id = z.uuid({ version: 'v7' });
/** ECMAScript's last date: a later one is thrown at by everything that writes dates. */
const LAST_MOMENT_MS = 8.64e15;
/** Milliseconds since 1970 in UTC, by the clock of whoever wrote the field. */
export const EpochMs = z.number().int().nonnegative().max(LAST_MOMENT_MS);

/** What is longer is refused before anything is counted. */
const MAX_TYPED_UNITS = 2_000;
/**
 * A name that people typed: cleaned, then shown as it is, never markup. Refused where nothing is left that could be seen.
 * @param letters at most, as people count them
 * @param bytes at most, in UTF-8: an emoji of several parts is one letter, and 25 bytes
 */
export const typedName = (letters: number, bytes: number) =>
  z
    .string()
    .max(MAX_TYPED_UNITS)
    .overwrite(shownText)
    .min(1)
    .refine((name) => bytesOf(name) <= bytes && graphemesOf(name).length <= letters, `longer than ${letters} letters`);
export const PersonName = typedName(80, 900);
/** Of a room, or of what stands in it. */
export const RoomName = typedName(80, 240);
export const PresetName = typedName(40, 240);
/** 80 letters of Hangul */
export const MEETING_TITLE_ROOM: TextRoom = { letters: 100, bytes: 240 };
/** Of a meeting, as its host types it. */
export const MeetingTitle = typedName(MEETING_TITLE_ROOM.letters, MEETING_TITLE_ROOM.bytes);
/** As wide as any name of a room: a room's own meeting has it for its title. */
const MAX_TITLE_UNITS = 240;
/** What another program wrote, cleaned again; may be empty. */
export const ShownTitle = z.string().max(MAX_TITLE_UNITS).overwrite(shownText);
export const Language = z.enum(['ko', 'en']);
export type Language = z.infer<typeof Language>;

/**
 * Parses what came over an edge, once.
 * @throws z.ZodError which the edge translates to `bad-message`.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  return schema.parse(value);
}
