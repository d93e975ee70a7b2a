/** The words of a setting by its section and field. Those that the fleet does not know, of a newer kiosk, show their name. */
import { useTranslation } from 'react-i18next';
import type { SectionName } from '#contract/settings/all-settings.ts';

export function useSettingWords() {
  const { t, i18n } = useTranslation('console');
  const word = (key: string, otherwise: string): string => {
    const full = `roomSettings.sections.${key}`;
    // the fields come from the declaration, so their keys are not literals
    return i18n.exists(full, { ns: 'console' }) ? String((t as (key: string) => unknown)(full)) : otherwise;
  };
  return {
    sectionTitle: (section: SectionName) => word(`${section}.title`, section),
    label: (section: string, field: string) => word(`${section}.${field}.label`, field),
    help: (section: string, field: string) => word(`${section}.${field}.help`, ''),
    option: (section: string, field: string, option: string) => word(`${section}.${field}.options.${option}`, option),
  };
}
