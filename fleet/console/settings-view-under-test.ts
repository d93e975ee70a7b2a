/** For tests and pictures of the console: settings as the server answers them, from a few values and who set them. */
import type { SettingsView } from '#contract/http/settings-api.ts';
import { allSettings, isOpen, SECTION_NAMES } from '#contract/settings/all-settings.ts';
import type { SettingSource } from '#contract/settings/settings-scope.ts';

export type InheritedValue = { section: string; field: string; value: unknown; source: SettingSource; isLocked?: true };

export function settingsViewOf(
  over: Partial<SettingsView> & Pick<SettingsView, 'scope'>,
  inherited: readonly InheritedValue[] = [],
): SettingsView {
  const { scope, own = {} } = over;
  const here: SettingSource = scope.kind === 'place' ? { ...scope, placeName: 'Seoul' } : scope;
  const inForce: SettingsView['inForce'] = {};
  for (const section of SECTION_NAMES) {
    const defaults = allSettings[section].schema.parse({}) as Record<string, unknown>;
    inForce[section] = {};
    for (const field of Object.keys(defaults).filter((each) => isOpen(section, each))) {
      const above = inherited.find((each) => each.section === section && each.field === field);
      const from = {
        inherited: above?.value ?? defaults[field],
        inheritedFrom: above?.source ?? { kind: 'default' as const },
      };
      const lockedBy = above?.isLocked ? above.source : null;
      const set = own[section]?.[field];
      const isOwn = set !== undefined && lockedBy === null;
      const now = isOwn ? { value: set, source: here } : { value: from.inherited, source: from.inheritedFrom };
      inForce[section][field] = { ...now, lockedBy, ...from };
    }
  }
  return { revision: 3, inForce, own, locks: {}, secrets: {}, report: null, ...over };
}
