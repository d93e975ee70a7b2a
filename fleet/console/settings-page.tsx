/** Settings of the organisation and of each place: what all rooms there have unless they set it themselves. */
import { useTranslation } from 'react-i18next';
import { useHashLocation } from 'wouter/use-hash-location';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useMay, useMayAtPlaces } from './account.ts';
import { ListStatus } from './list-parts.tsx';
import { SelectField } from './select-field.tsx';
// first: it adds the words of settings
import './setting-words.ts';
import { SettingsCard } from './settings-card.tsx';
import { usePlaces } from './use-places.ts';

/** `placeId` null: the organisation, or for those who may not set it the first place that they may */
export function SettingsPage({ placeId }: { placeId: string | null }) {
  const { t } = useTranslation('settings');
  const [, navigate] = useHashLocation();
  const { places, problem } = usePlaces();
  const maySetAll = useMay('settings.manage');
  const mayAt = useMayAtPlaces('settings.manage');
  const choices = [
    ...(maySetAll ? [{ key: '', words: t('organisation') }] : []),
    ...(places ?? [])
      .filter((place) => mayAt(place, places ?? []))
      .map(({ placeId, path }) => ({ key: placeId, words: path })),
  ];
  const chosen = choices.find(({ key }) => key === (placeId ?? '')) ?? choices[0];
  const scope: SettingsScope | null =
    chosen === undefined ? null : chosen.key === '' ? { kind: 'organisation' } : { kind: 'place', placeId: chosen.key };
  return (
    <>
      <div className="flex flex-col gap-1">
        <h1 className="text-title font-bold text-balance">{t('pageTitle')}</h1>
        <p className="text-small text-quiet">{t('pageLead')}</p>
      </div>
      <ProblemWords problem={problem} />
      {places === null && problem === null ? (
        <ListStatus words={t('loading')} isLoading />
      ) : (
        scope !== null && (
          <>
            <SelectField
              label={t('scope')}
              choices={choices}
              chosen={chosen!.key}
              onChoose={(key) => navigate(key === '' ? '/settings' : `/settings/${key}`)}
              className="sm:max-w-md"
            />
            <SettingsCard key={chosen!.key} scope={scope} title={chosen!.words} />
          </>
        )
      )}
    </>
  );
}
