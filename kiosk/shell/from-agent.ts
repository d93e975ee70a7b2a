/**
 * What the agent left for the shell in the folder that the two share (kiosk/agent/shell-folder.ts): the key of the screen's
 * page, the CA of the fleet, and which picture of the window is wanted. Read anew each time; null where it is not there yet.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Id } from '#contract/schema.ts';
import { ScreenKey } from '#contract/screen-link.ts';

export function screenKeyIn(folder: string): string | null {
  const key = ScreenKey.safeParse(read(folder, 'screen-key'));
  return key.success ? key.data : null;
}

/** @returns PEM */
export const fleetCaIn = (folder: string): string | null => read(folder, 'fleet-ca.pem');

/** null: none is wanted */
export function wantedPictureIn(folder: string): string | null {
  const pictureId = Id.safeParse(read(folder, 'picture-wanted'));
  return pictureId.success ? pictureId.data : null;
}

function read(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
}
