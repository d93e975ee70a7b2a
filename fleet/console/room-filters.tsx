/** The filters of the list of rooms: each stands in the address, and offers what there is. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { HealthState, roomsApi } from '#contract/http/rooms-api.ts';
import { ServiceState } from '#contract/room-service.ts';
import { SignalName } from '#contract/signals.ts';
import { callApi } from '#ui/http-client.ts';
import { TextField } from '#ui/text-field.tsx';
import { SelectField } from './select-field.tsx';
import { useUrlFilters } from './url-filters.ts';
import { useFetched } from './use-fetched.ts';
import { usePlaces } from './use-places.ts';
import type { RoomFilter } from './use-rooms.ts';

const NAMES = ['text', 'place', 'health', 'service', 'signal', 'version', 'model'] as const;
export type RoomFilterValues = Record<(typeof NAMES)[number], string>;
/** of `health`: nothing is known of it */
const SILENT = 'silent';

type Change = (changes: Partial<RoomFilterValues>) => void;

export function useRoomFilters(): [RoomFilterValues, Change, clear: () => void] {
  const [filters, change] = useUrlFilters(NAMES);
  const set = useCallback<Change>(
    // what is typed is no step: Back would undo each letter
    (changes) => change(changes, !('text' in changes)),
    [change],
  );
  const clear = useCallback(
    () => change(Object.fromEntries(NAMES.map((name) => [name, ''])) as RoomFilterValues, true),
    [change],
  );
  return [filters, set, clear];
}

export const isFilteredBy = (filters: RoomFilterValues): boolean => NAMES.some((name) => filters[name] !== '');

/** As the server is asked: what is in the address and is none of the choices is left out. */
export function filterOf({ text, place, health, service, signal, version, model }: RoomFilterValues): RoomFilter {
  const state = HealthState.safeParse(health).data;
  const inService = ServiceState.safeParse(service).data;
  const raised = SignalName.safeParse(signal).data;
  return {
    ...(text !== '' && { text }),
    ...(place !== '' && { placeId: place }),
    ...(state && { health: state }),
    ...(health === SILENT && { answering: 'false' }),
    ...(inService && { service: inService }),
    ...(raised && { signal: raised }),
    ...(version !== '' && { version }),
    ...(model !== '' && { model }),
  };
}

type RoomFiltersProps = { filters: RoomFilterValues; onChange: Change /** on a phone */; isOpen: boolean };

export function RoomFilters({ filters, onChange, isOpen }: RoomFiltersProps) {
  const { t } = useTranslation('fleet');
  const { t: console_ } = useTranslation('console');
  const { t: signals } = useTranslation('signals');
  const { places } = usePlaces();
  const { answer: facets } = useFetched(() => callApi(roomsApi.roomFacets));
  const counted = (words: string, count: number) => t('list.counted', { words, count });
  const ofFacet = (found: readonly { value: string; count: number }[], chosen: string) => {
    const choices = found.map(({ value, count }) => ({ key: value, words: counted(value, count) }));
    return chosen === '' || found.some(({ value }) => value === chosen)
      ? choices
      : [...choices, { key: chosen, words: chosen }];
  };
  const raised: { key: string; words: string }[] = (facets?.signals ?? []).flatMap(({ value, count }) => {
    const { data } = SignalName.safeParse(value);
    return data ? { key: data, words: counted(signals(`${data}.what`), count) } : [];
  });
  const { data: chosenSignal } = SignalName.safeParse(filters.signal);
  if (chosenSignal && raised.every(({ key }) => key !== chosenSignal))
    raised.push({ key: chosenSignal, words: signals(`${chosenSignal}.what`) });
  return (
    <fieldset className={`mb-4 gap-4 sm:grid sm:grid-cols-2 lg:grid-cols-4 ${isOpen ? 'grid' : 'hidden'}`}>
      <legend className="sr-only">{t('list.filters')}</legend>
      <TextField label={t('list.text')} type="search" value={filters.text} onChange={(text) => onChange({ text })} />
      <SelectField
        label={t('list.place')}
        choices={[
          { key: '', words: t('list.anyPlace') },
          ...(places ?? []).map(({ placeId, path }) => ({ key: placeId, words: path })),
        ]}
        chosen={filters.place}
        onChoose={(place) => onChange({ place })}
      />
      <SelectField
        label={t('list.health')}
        choices={[
          { key: '', words: t('list.anyHealth') },
          ...HealthState.options.map((key) => ({ key: key as string, words: console_(`state.${key}`) })),
          { key: SILENT, words: t('list.silent') },
        ]}
        chosen={filters.health}
        onChoose={(health) => onChange({ health })}
      />
      <SelectField
        label={t('list.service')}
        choices={[
          { key: '', words: t('list.anyService') },
          ...ServiceState.options.map((key) => ({ key: key as string, words: t(`service.state.${key}`) })),
        ]}
        chosen={filters.service}
        onChoose={(service) => onChange({ service })}
      />
      <SelectField
        label={t('list.signal')}
        choices={[{ key: '', words: t('list.anySignal') }, ...raised]}
        chosen={filters.signal}
        onChoose={(signal) => onChange({ signal })}
      />
      <SelectField
        label={t('list.version')}
        choices={[{ key: '', words: t('list.anyVersion') }, ...ofFacet(facets?.versions ?? [], filters.version)]}
        chosen={filters.version}
        onChoose={(version) => onChange({ version })}
      />
      <SelectField
        label={t('list.model')}
        choices={[{ key: '', words: t('list.anyModel') }, ...ofFacet(facets?.models ?? [], filters.model)]}
        chosen={filters.model}
        onChoose={(model) => onChange({ model })}
      />
    </fieldset>
  );
}
