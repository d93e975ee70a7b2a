/** The words of a setting by its section and field, and of its value. Those that the fleet does not know, of a newer kiosk, show their name. */
import { useTranslation } from 'react-i18next';
import { allSettings, type SectionName } from '#contract/settings/all-settings.ts';
import type { DevicePattern } from '#contract/settings/media-device-settings.ts';
import type { SettingField } from '#contract/settings/setting-field.ts';
import type { SettingSource, SettingsScope } from '#contract/settings/settings-scope.ts';
import { type TvHours, WEEKDAYS } from '#contract/settings/tv-settings.ts';
import { dateAndTime, listOf } from '#ui/words/format.ts';
import en from '#ui/words/en/settings.ts';
import ko from '#ui/words/ko/settings.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';

addWords({ settings: { en, ko } });

export function useSettingWords() {
  const { t, i18n } = useTranslation('settings');
  const word = (key: string, otherwise: string): string => {
    const full = `sections.${key}`;
    // the fields come from the declaration, so their keys are not literals
    return i18n.exists(full, { ns: 'settings' }) ? String((t as (key: string) => unknown)(full)) : otherwise;
  };
  const option = (section: string, field: string, key: string) => word(`${section}.${field}.options.${key}`, key);
  const value = (section: string, field: string, of: unknown): string => {
    const declared = (allSettings[section as SectionName]?.fields as Record<string, SettingField> | undefined)?.[field];
    if (of === null || of === undefined || of === '') return t('nothingSet');
    switch (declared?.kind) {
      case 'boolean':
        return t(of === true ? 'on' : 'off');
      case 'choice':
        return option(section, field, String(of));
      case 'number':
        return `${String(of)} ${t(`units.${declared.unit}`)}`;
      case 'hours': {
        const { fromMinuteOfDay, toMinuteOfDay, days } = of as TvHours;
        const inWeek = WEEKDAYS.filter((day) => days.includes(day)).map((day) => t(`days.${day}`));
        return `${timeOf(fromMinuteOfDay)}–${timeOf(toMinuteOfDay)}, ${inWeek.join(' ')}`;
      }
      case 'moment':
        return dateAndTime(Number(of), currentLanguage());
      case 'picture-list':
        return t('pictures.count', { count: (of as string[]).length });
      case 'device-list': {
        const names = (of as DevicePattern[]).map(patternText);
        return names.length === 0 ? t('nothingSet') : listOf(names, currentLanguage());
      }
      default:
        return typeof of === 'string' ? of : JSON.stringify(of);
    }
  };
  return {
    sectionTitle: (section: string) => word(`${section}.title`, section),
    label: (section: string, field: string) => word(`${section}.${field}.label`, field),
    help: (section: string, field: string) => word(`${section}.${field}.help`, ''),
    option,
    value,
    /** where a value comes from, seen from `scope` */
    source: (source: SettingSource, scope: SettingsScope): string => {
      if (source.kind === 'place') {
        const isHere = scope.kind === 'place' && scope.placeId === source.placeId;
        return isHere ? t('source.here') : t('source.place', { place: source.placeName });
      }
      return source.kind === scope.kind && source.kind === 'organisation'
        ? t('source.here')
        : t(`source.${source.kind}`);
    },
  };
}

/** 24:00, the end of a day, is its last minute for a browser's field. */
export function timeOf(minuteOfDay: number): string {
  const shown = Math.min(minuteOfDay, 24 * 60 - 1);
  return `${String(Math.floor(shown / 60)).padStart(2, '0')}:${String(shown % 60).padStart(2, '0')}`;
}

/** As a person types it: a part of the name, or `046d:085e`. */
export const patternText = ({ vendorId, productId, label = '' }: DevicePattern): string =>
  vendorId === undefined ? label : `${vendorId}:${productId ?? ''}`;
