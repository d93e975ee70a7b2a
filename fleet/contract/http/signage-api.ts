/** Pictures for idle TVs: kept by their SHA-256, so that the same one is there once, and a room fetches it once. */
import { EpochMs, z } from '../schema.ts';
import { shownText } from '../shown-text.ts';
import { SignageKey } from '../settings/idle-settings.ts';
import { permitted, type RouteTable } from './route.ts';

export const MAX_SIGNAGE_BYTES = 10 * 1024 * 1024;
export const SignagePicture = z.object({
  signageKey: SignageKey,
  fileName: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  addedAtMs: EpochMs,
  /** scopes that show it */
  usedCount: z.number().int().nonnegative(),
});
export type SignagePicture = z.infer<typeof SignagePicture>;
const SignageParams = z.object({ signageKey: SignageKey });

export const signageApi = {
  listSignage: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/signage',
    access: permitted('settings.manage', 'each-room'),
    summary: 'Pictures for idle TVs',
    response: z.object({ pictures: z.array(SignagePicture) }),
  },
  addSignage: {
    kind: 'upload',
    method: 'POST',
    path: '/api/v1/signage',
    access: permitted('settings.manage', 'each-room'),
    summary: 'Add a picture: drawn again in the TV’s size, nothing else of the file is kept',
    query: z.strictObject({ fileName: z.string().max(200).overwrite(shownText).min(1) }),
    contentTypes: ['image/png', 'image/jpeg', 'image/webp'],
    maxBytes: MAX_SIGNAGE_BYTES,
    response: SignagePicture,
  },
  signagePicture: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/signage/:signageKey',
    access: permitted('settings.manage', 'each-room'),
    summary: 'The picture',
    params: SignageParams,
    contentTypes: ['image/webp'],
  },
  removeSignage: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/signage/:signageKey',
    access: permitted('settings.manage', 'organisation'),
    summary: 'Remove a picture that no scope shows',
    params: SignageParams,
    response: z.object({}),
  },
} as const satisfies RouteTable;
