/**
 * What IT sets on the box itself: `settings.json` in its data folder, a section for each part. A section that cannot be
 * read is left at its default and said in the log: a comma too many must not keep a room from its meetings.
 */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from '#contract/schema.ts';
import { CalendarSettings } from './calendar/settings.ts';
import { LanSettings } from './lan/lan-settings.ts';
import { MediaDeviceSettings } from './peripherals/media-devices/media-device-settings.ts';
import { TvSettings } from './peripherals/tv/tv-settings.ts';

const sections = {
  calendar: CalendarSettings.nullable().default(null),
  lan: LanSettings.nullable().default(null),
  mediaDevices: MediaDeviceSettings.prefault({}),
  tv: TvSettings.prefault({}),
};
const KioskSettings = z.strictObject(sections);
export type KioskSettings = z.output<typeof KioskSettings>;

export function readSettings(path: string, logger: Logger): KioskSettings {
  const raw = readObject(path, logger);
  for (const name of Object.keys(raw)) {
    if (!(name in sections)) logger.error({ path, section: name }, 'settings: there is no such section');
  }
  const section = <N extends keyof typeof sections>(name: N): KioskSettings[N] => {
    const parsed = sections[name].safeParse(raw[name]);
    if (parsed.success) return parsed.data as KioskSettings[N];
    logger.error({ path, section: name, reason: z.prettifyError(parsed.error) }, 'settings: a section is left out');
    return sections[name].parse(undefined) as KioskSettings[N];
  };
  return {
    calendar: section('calendar'),
    lan: section('lan'),
    mediaDevices: section('mediaDevices'),
    tv: section('tv'),
  };
}

/** Nothing where there is no file: a room without settings is a good one. */
function readObject(path: string, logger: Logger): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') logger.error({ path, err: error }, 'settings: not readable');
    return {};
  }
}
