/**
 * How long what a meeting leaves behind is kept, in days. Set by the organisation, by places and by a meeting's hosts: the shortest
 * period holds, so that nobody keeps what somebody above wants gone. Each period counts from when a thing was written, at the
 * earliest from the end of a meeting that has a time.
 */
import { z } from './schema.ts';

export const MAX_KEPT_DAYS = 3_650;
export const KeptDays = z.number().int().min(1).max(MAX_KEPT_DAYS);
/** null: no period of one's own. Of the organisation: for ever */
const OwnDays = KeptDays.nullable().default(null);

/** In the order in which pages list them. Another kind is another line here, and one in `fleet/record/kinds/kinds.ts`. */
const kinds = {
  chat: OwnDays,
  notes: OwnDays,
  polls: OwnDays,
  transcript: OwnDays,
  /** also which pages of documents were shown */
  attendance: OwnDays,
  minutes: OwnDays,
};
/** As it is kept and answered: what another release has besides is ignored. */
export const RecordPolicy = z.object(kinds);
export type RecordPolicy = z.output<typeof RecordPolicy>;
/** As it is sent. */
export const NewRecordPolicy = z.strictObject(kinds);

export type RecordKindName = keyof RecordPolicy;
export const RECORD_KINDS = Object.keys(kinds) as RecordKindName[];
export const RecordKindWord = z.enum(RECORD_KINDS as [RecordKindName, ...RecordKindName[]]);

/** null: for ever */
export const shortestDays = (days: readonly (number | null)[]): number | null =>
  days.reduce((shortest, each) => (each === null ? shortest : Math.min(shortest ?? each, each)), null);

/** By kind the shortest period of all. */
export const shortestPolicy = (policies: readonly RecordPolicy[]): RecordPolicy =>
  Object.fromEntries(
    RECORD_KINDS.map((kind) => [kind, shortestDays(policies.map((each) => each[kind]))]),
  ) as RecordPolicy;
