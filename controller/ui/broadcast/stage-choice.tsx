/** Who is in the program's picture: everyone, who speaks, or one person. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProgramStage, ShowablePerson } from '#contract/broadcast.ts';
import type { Participant } from '#contract/room-state.ts';
import { ChoiceList } from '../choice-list.tsx';
import { numberedNames } from '../meeting/numbered-names.ts';
import { ToggleGroup } from '../toggle-group.tsx';

/** A page of the call knows their microphones and cameras too. */
export type AirPerson = ShowablePerson & Partial<Pick<Participant, 'microphone' | 'camera'>>;

type StageChoiceProps = {
  /** null: one that this page does not know */
  stage: ProgramStage | null;
  /** who can be shown; null: this page does not know who is in */
  people: readonly AirPerson[] | null;
  isPending: boolean;
  onChoose: (stage: ProgramStage) => void;
};

export function StageChoice({ stage, people, isPending, onChoose }: StageChoiceProps) {
  const { t } = useTranslation('broadcast');
  const [isChoosing, setChoosing] = useState(false);
  // asked for, until the program shows it
  const [asked, setAsked] = useState<string | null>(null);
  const names = numberedNames(people ?? [], ({ displayName }) => displayName);
  const showsPeople = people !== null && (isChoosing || stage?.kind === 'one');
  const kinds = (['everyone', 'speakers', 'one'] as const).filter((kind) => kind !== 'one' || people !== null);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-base font-medium">{t('stage.title')}</p>
      <ToggleGroup
        label={t('stage.title')}
        chosen={isChoosing ? 'one' : (stage?.kind ?? null)}
        isDisabled={isPending}
        choices={kinds.map((key) => ({ key, words: t(`stage.${key}`) }))}
        onChoose={(kind) => {
          setChoosing(kind === 'one');
          if (kind !== 'one') onChoose({ kind });
        }}
      />
      {showsPeople && people.length === 0 && <p className="text-small text-quiet">{t('stage.nobody')}</p>}
      {showsPeople && people.length > 0 && (
        <div className="max-h-60 overflow-y-auto rounded-control bg-sunken px-4">
          <ChoiceList
            label={t('stage.choose')}
            chosen={stage?.kind === 'one' ? stage.peerId : null}
            pending={isPending ? asked : null}
            choices={people.map(({ peerId }, index) => ({ key: peerId, words: names[index]! }))}
            onChoose={(peerId) => {
              setAsked(peerId);
              setChoosing(false);
              onChoose({ kind: 'one', peerId });
            }}
          />
        </div>
      )}
    </div>
  );
}
