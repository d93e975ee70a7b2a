/** Who may set a setting, from the organisation down to the room. */
import { openUnion } from '../open-words.ts';
import { Id, z } from '../schema.ts';

export const SettingsScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organisation') }),
  z.object({ kind: z.literal('place'), placeId: Id }),
  z.object({ kind: z.literal('room'), roomId: Id }),
]);
export type SettingsScope = z.infer<typeof SettingsScope>;

/** Why a field has its value. */
export const SettingSource = openUnion('kind', [
  z.object({ kind: z.literal('default') }),
  z.object({ kind: z.literal('organisation') }),
  z.object({ kind: z.literal('place'), placeId: Id, placeName: z.string() }),
  z.object({ kind: z.literal('room'), roomId: Id }),
  /** the file on the kiosk stands above all */
  z.object({ kind: z.literal('kiosk-file') }),
]);
export type SettingSource = z.infer<typeof SettingSource>;
