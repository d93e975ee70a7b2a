/**
 * What IT sets on the box itself: `settings.json` in its data folder, a section for each part. Read once at the start.
 * A section that cannot be read is left out and named: a comma too many must not keep a room from its meetings.
 */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from '#contract/schema.ts';
import { allSettings, SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import { LanSettings } from '../lan/lan-settings.ts';

export type SettingsFile = {
  /** ports and files of this box: the fleet sets none of it */
  lan: LanSettings | null;
  /** only the fields that stand there: the fleet may set the others */
  sections: Partial<Record<SectionName, Record<string, unknown>>>;
  /** sections that were left out */
  unreadable: { section: string; reason: string }[];
};

const Lan = LanSettings.nullable().default(null);

export function readSettingsFile(path: string, logger: Logger): SettingsFile {
  const raw = readObject(path, logger);
  const unreadable: SettingsFile['unreadable'] = [];
  const leaveOut = (section: string, reason: string): void => {
    logger.error({ path, section, reason }, 'settings: a section is left out');
    unreadable.push({ section, reason });
  };
  for (const name of Object.keys(raw))
    if (name !== 'lan' && !(name in allSettings)) leaveOut(name, 'there is no such section');
  const sections: SettingsFile['sections'] = {};
  for (const name of SECTION_NAMES) {
    if (raw[name] === undefined || raw[name] === null) continue;
    const parsed = allSettings[name].schema.safeParse(raw[name]);
    if (parsed.success) sections[name] = raw[name] as Record<string, unknown>;
    else leaveOut(name, z.prettifyError(parsed.error));
  }
  const lan = Lan.safeParse(raw.lan);
  if (!lan.success) leaveOut('lan', z.prettifyError(lan.error));
  return { lan: lan.data ?? null, sections, unreadable };
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
