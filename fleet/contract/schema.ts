/**
 * The schema library as every wire uses it: zod without code generation, because the pages' CSP allows no eval.
 * Owns the shapes that several wires share. Everything else in this folder imports `z` from here.
 */
import { z } from 'zod';

z.config({ jitless: true });

export { z };

/** UUIDv7 (RFC 9562), lower case. */
export const Id = z.uuid({ version: 'v7' });
/** Milliseconds since 1970 in UTC, by the clock of whoever wrote the field. */
export const EpochMs = z.number().int().nonnegative();
/** A name that people typed: shown as it is, never markup. */
export const PersonName = z.string().trim().min(1).max(80);
export const Language = z.enum(['ko', 'en']);
export type Language = z.infer<typeof Language>;

/**
 * Parses what came over an edge, once.
 * @throws z.ZodError which the edge translates to `bad-message`.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  return schema.parse(value);
}
