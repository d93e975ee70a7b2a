/**
 * A room's settings on their way: what the fleet desires, and what the kiosk reports of it. Unknown sections and fields
 * are let through here; the kiosk checks each section by its declaration and refuses that one alone.
 */
import { ProtocolVersion } from '../protocol-version.ts';
import { ErrorCode } from '../error-codes.ts';
import { openWord } from '../open-words.ts';
import { z } from '../schema.ts';

const Name = z.string().max(40);
/** counts the changes of what is in force in one room; 0: all is as by default, and always was */
const Revision = z.number().int().nonnegative();

/** Fleet to kiosk, retained. A field that is absent has its default. */
export const RoomSettingsDesired = z.object({
  protocol: ProtocolVersion,
  revision: Revision,
  values: z.record(Name, z.record(Name, z.unknown())),
  /** compact JWE to the key that the kiosk reported, of a SealedSetting */
  secrets: z.record(Name, z.record(Name, z.string().max(4096))),
});
export type RoomSettingsDesired = z.infer<typeof RoomSettingsDesired>;

/** What is encrypted: bound to its room and field, so that one secret cannot be put in the place of another. */
export const SealedSetting = z.strictObject({ roomId: z.string(), section: Name, field: Name, value: z.string() });

/** The kiosk's public key for secrets. */
export const SettingsKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().max(64),
  y: z.string().max(64),
  /** RFC 7638 */
  kid: z.string().max(64),
});
export type SettingsKey = z.infer<typeof SettingsKey>;

export const RefusedSettings = z.object({
  section: Name,
  /** null: not one field's fault */
  field: Name.nullable(),
  code: openWord(ErrorCode, 'internal'),
  /** for logs and IT, in English; never a secret */
  message: z.string().max(300),
});
export type RefusedSettings = z.infer<typeof RefusedSettings>;

/** Kiosk to fleet, retained: after each revision that it received. */
export const RoomSettingsReport = z.object({
  protocol: ProtocolVersion,
  /** of what was desired; in force but for what is refused */
  revision: Revision,
  key: SettingsKey,
  /** fields that the file on the box sets, by section: they stand above what the fleet desires */
  local: z.record(Name, z.array(Name).max(40)),
  /** fields that its release knows, by section; absent: a release that reported none, see `isKnownTo` */
  known: z.record(Name, z.array(Name).max(60)).optional(),
  /** these sections are still as they last were good */
  refused: z.array(RefusedSettings).max(20),
});
export type RoomSettingsReport = z.infer<typeof RoomSettingsReport>;
