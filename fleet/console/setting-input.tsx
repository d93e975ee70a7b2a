/** One field of a section, as its kind is shown: with label, help, range and unit. */
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import { useTranslation } from 'react-i18next';
import { MediaDeviceKind } from '#contract/room-equipment.ts';
import { allSettings, type SectionName } from '#contract/settings/all-settings.ts';
import type { DevicePattern } from '#contract/settings/media-device-settings.ts';
import type { SettingField } from '#contract/settings/setting-field.ts';
import { type TvHours, WEEKDAYS } from '#contract/settings/tv-settings.ts';
import { Button } from '#ui/button.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { PictureList } from './picture-list.tsx';
import { patternText, timeOf, useSettingWords } from './setting-words.ts';

type SettingInputProps = {
  section: string;
  field: string;
  declared: SettingField;
  value: unknown;
  problem: string | null;
  onChange: (value: unknown) => void;
};

const OFFICE_HOURS: TvHours = {
  fromMinuteOfDay: 8 * 60,
  toMinuteOfDay: 19 * 60,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
};
/** The week as offices count it. */
const MONDAY_FIRST = [...WEEKDAYS.slice(1), ...WEEKDAYS.slice(0, 1)];

export function SettingInput({ section, field, declared, value, problem, onChange }: SettingInputProps) {
  const { t } = useTranslation('settings');
  const words = useSettingWords();
  const [label, help] = [words.label(section, field), words.help(section, field)];
  switch (declared.kind) {
    case 'boolean':
      return (
        <Group label={label} help={help} problem={problem}>
          <ToggleGroup
            label={label}
            choices={[
              { key: 'on', words: t('on') },
              { key: 'off', words: t('off') },
            ]}
            chosen={value === true ? 'on' : 'off'}
            onChoose={(key) => onChange(key === 'on')}
          />
        </Group>
      );
    case 'choice':
      return (
        <Group label={label} help={help} problem={problem}>
          <ToggleGroup
            label={label}
            choices={declared.options.map((key) => ({ key, words: words.option(section, field, key) }))}
            chosen={String(value)}
            onChoose={onChange}
          />
        </Group>
      );
    case 'number': {
      const { min, max, unit } = declared;
      const range = t('range', { min, max, unit: t(`units.${unit}`) });
      return (
        <TextField
          label={label}
          hint={`${help}. ${range}`}
          problem={problem}
          inputMode="numeric"
          value={String(value)}
          onChange={(text) => onChange(/^\d+$/.test(text) ? Number(text) : text)}
        />
      );
    }
    case 'text':
      return (
        <TextField
          label={label}
          hint={help}
          problem={problem}
          value={typeof value === 'string' ? value : ''}
          onChange={(text) => onChange(text === '' && declared.isOptional ? null : text)}
        />
      );
    case 'hours':
      return (
        <Group label={label} help={help} problem={problem}>
          <Hours label={label} hours={value as TvHours | null} usual={usualHours(section, field)} onChange={onChange} />
        </Group>
      );
    case 'moment':
      return (
        <Group label={label} help={help} problem={problem}>
          <Moment label={label} atMs={value as number | null} onChange={onChange} />
        </Group>
      );
    case 'picture-list':
      return (
        <Group label={label} help={help} problem={problem}>
          <PictureList signageKeys={value as string[]} onChange={onChange} />
        </Group>
      );
    case 'device-list':
      return (
        <Group label={label} help={help} problem={problem}>
          <DeviceList patterns={value as DevicePattern[]} onChange={onChange} />
        </Group>
      );
    case 'secret':
    case 'local':
      return null;
  }
}

type GroupProps = { label: string; help: string; problem: string | null; children: React.ReactNode };

function Group({ label, help, problem, children }: GroupProps) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-base font-medium">{label}</p>
      {children}
      <p className="text-small text-quiet">{help}</p>
      {problem !== null && <p className="text-small font-medium text-fault">{problem}</p>}
    </div>
  );
}

/** Those of the declaration; where it has none, office hours. */
function usualHours(section: string, field: string): TvHours {
  const defaults = allSettings[section as SectionName]?.schema.parse({}) as Record<string, unknown> | undefined;
  return (defaults?.[field] as TvHours | null | undefined) ?? OFFICE_HOURS;
}

type HoursProps = {
  label: string;
  hours: TvHours | null;
  /** what "on these hours" begins with */
  usual: TvHours;
  onChange: (hours: TvHours | null) => void;
};

function Hours({ label, hours, usual, onChange }: HoursProps) {
  const { t } = useTranslation('settings');
  return (
    <div className="flex flex-col gap-3">
      <ToggleGroup
        label={label}
        choices={[
          { key: 'always', words: t('always') },
          { key: 'hours', words: t('onDays') },
        ]}
        chosen={hours === null ? 'always' : 'hours'}
        onChoose={(key) => onChange(key === 'always' ? null : usual)}
      />
      {hours !== null && (
        <>
          <div className="grid grid-cols-2 gap-3">
            {(['from', 'to'] as const).map((end) => (
              <TextField
                key={end}
                type="time"
                label={t(`${end}`)}
                value={timeOf(hours[`${end}MinuteOfDay`])}
                onChange={(text) => {
                  const [hour, minute] = text.split(':').map(Number);
                  if (text !== '') onChange({ ...hours, [`${end}MinuteOfDay`]: hour! * 60 + minute! });
                }}
              />
            ))}
          </div>
          <ToggleButtonGroup
            aria-label={t('daysLabel')}
            selectionMode="multiple"
            disallowEmptySelection
            selectedKeys={hours.days}
            onSelectionChange={(keys) => onChange({ ...hours, days: WEEKDAYS.filter((day) => keys.has(day)) })}
            className="grid grid-cols-4 gap-1 rounded-control bg-sunken p-1 sm:grid-cols-7"
          >
            {MONDAY_FIRST.map((day) => (
              <ToggleButton
                key={day}
                id={day}
                className="flex min-h-12 cursor-pointer items-center justify-center rounded-small text-small font-medium text-quiet select-none data-hovered:text-ink data-selected:bg-raised data-selected:text-ink data-selected:inset-ring-2 data-selected:inset-ring-accent"
              >
                {t(`days.${day}`)}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
        </>
      )}
    </div>
  );
}

type MomentProps = { label: string; atMs: number | null; onChange: (atMs: number | null) => void };
const DAY_MS = 24 * 3_600_000;

function Moment({ label, atMs, onChange }: MomentProps) {
  const { t } = useTranslation('settings');
  return (
    <div className="flex flex-col gap-3">
      <ToggleGroup
        label={label}
        choices={[
          { key: 'none', words: t('moment.none') },
          { key: 'until', words: t('moment.until') },
        ]}
        chosen={atMs === null ? 'none' : 'until'}
        onChoose={(key) => onChange(key === 'none' ? null : Date.now() + DAY_MS)}
      />
      {atMs !== null && (
        <TextField
          type="datetime-local"
          label={t('moment.until')}
          value={localTime(atMs)}
          onChange={(text) => {
            const typedMs = new Date(text).getTime();
            if (Number.isFinite(typedMs) && typedMs > 0) onChange(typedMs);
          }}
        />
      )}
    </div>
  );
}

/** `2026-11-29T14:30`, by the browser's own zone: as its field has it. */
function localTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const USB_ID = /^([0-9a-f]{4}):([0-9a-f]{4})$/i;

type DeviceListProps = { patterns: DevicePattern[]; onChange: (patterns: DevicePattern[]) => void };

function DeviceList({ patterns, onChange }: DeviceListProps) {
  const { t } = useTranslation('settings');
  const change = (at: number, pattern: DevicePattern) =>
    onChange(patterns.map((each, index) => (index === at ? pattern : each)));
  return (
    <div className="flex flex-col gap-4">
      {patterns.map((pattern, index) => (
        // a pattern has no identity but its place
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={index} className="flex flex-col gap-2 rounded-control bg-sunken p-3">
          <ToggleGroup
            label={t('deviceKind')}
            choices={MediaDeviceKind.options.map((key) => ({ key, words: t(`deviceKinds.${key}`) }))}
            chosen={pattern.kind ?? 'camera'}
            onChoose={(kind) => change(index, { ...pattern, kind })}
          />
          <TextField
            label={t('deviceName')}
            value={patternText(pattern)}
            onChange={(text) => {
              const [, vendorId, productId] = USB_ID.exec(text) ?? [];
              const { kind = 'camera' } = pattern;
              change(index, vendorId && productId ? { kind, vendorId, productId } : { kind, label: text });
            }}
          />
          <Button
            variant="quiet"
            aria-label={t('removeDevice', { device: patternText(pattern) })}
            onPress={() => onChange(patterns.filter((_, at) => at !== index))}
          >
            {t('remove')}
          </Button>
        </div>
      ))}
      <Button onPress={() => onChange([...patterns, { kind: 'camera', label: '' }])}>{t('addDevice')}</Button>
    </div>
  );
}
