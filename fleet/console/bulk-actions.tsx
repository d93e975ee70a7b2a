/** What can be done to the selected rooms at once: a bar below the list, a question for each act, and what came of it. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { roomServiceApi } from '#contract/http/fleet-api.ts';
import { helpApi } from '#contract/http/help-api.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import type { RoomAction } from '#contract/room-action.ts';
import { Button } from '#ui/button.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import helpdeskEn from '#ui/words/en/helpdesk.ts';
import peopleEn from '#ui/words/en/people.ts';
import helpdeskKo from '#ui/words/ko/helpdesk.ts';
import peopleKo from '#ui/words/ko/people.ts';
import { addWords } from '#ui/words/words.ts';
import { placeChoices } from './account-form.tsx';
import { useMayAnywhere } from './account.ts';
import { type BulkOutcome, BulkResult } from './bulk-result.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { SelectField } from './select-field.tsx';
import { ServiceForm } from './service-form.tsx';
import { usePlaces } from './use-places.ts';
import { useLiveRooms } from './use-rooms.ts';
import { MOST_SELECTED, type SelectedRooms } from './use-selected-rooms.ts';

addWords({ people: { en: peopleEn, ko: peopleKo }, helpdesk: { en: helpdeskEn, ko: helpdeskKo } });

type Act = 'service' | 'restart' | 'move';

type BulkActionsProps = {
  selection: SelectedRooms;
  foundCount: number /** left out: too many, or all are selected */;
  onSelectAll?: () => void;
};

export function BulkActions({ selection, foundCount, onSelectAll }: BulkActionsProps) {
  const { t } = useTranslation('fleet');
  const { refresh } = useLiveRooms();
  const mayManage = useMayAnywhere('rooms.manage');
  const mayHelp = useMayAnywhere('rooms.help');
  const [act, setAct] = useState<Act | null>(null);
  const [outcome, setOutcome] = useState<BulkOutcome | null>(null);
  const { run, isPending, problem, dismissProblem } = useFreshAction();
  const { count, roomIds } = selection;
  const attempt = async (work: () => Promise<Partial<BulkOutcome>>) => {
    const answer = await run(work);
    if (answer === null) return;
    setAct(null);
    setOutcome({ changed: [], begun: [], refused: [], ...answer });
    refresh();
  };
  const ask = (asked: Act) => {
    dismissProblem();
    setAct(asked);
  };
  const ids = [...roomIds];
  const forms: Record<Act, ReactNode> = {
    service: (
      <ServiceForm
        chosen="in-service"
        isPending={isPending}
        onSubmit={(change) =>
          void attempt(() => callApi(roomServiceApi.setServiceOfRooms, { body: { roomIds: ids, ...change } }))
        }
      >
        <ProblemWords problem={problem} />
      </ServiceForm>
    ),
    restart: (
      <RestartForm
        isPending={isPending}
        onSubmit={(action) => void attempt(() => callApi(helpApi.askActionOfRooms, { body: { roomIds: ids, action } }))}
      >
        <ProblemWords problem={problem} />
      </RestartForm>
    ),
    move: (
      <MoveForm
        isPending={isPending}
        onSubmit={(placeId) =>
          void attempt(() => callApi(roomsApi.setPlaceOfRooms, { body: { roomIds: ids, placeId } }))
        }
      >
        <ProblemWords problem={problem} />
      </MoveForm>
    ),
  };
  const isTooMany = count > MOST_SELECTED;
  return (
    <>
      {count > 0 && (
        <section
          aria-label={t('bulk.label')}
          className="sticky bottom-3 z-20 flex flex-wrap items-center gap-2 rounded-card border border-line bg-raised p-4 shadow-overlay"
        >
          <p role="status" className="numerals mr-auto font-semibold">
            {t('bulk.selected', { count })}
            {isTooMany && (
              <span className="block text-small text-fault">{t('bulk.tooMany', { most: MOST_SELECTED })}</span>
            )}
          </p>
          {onSelectAll && (
            <Button variant="quiet" onPress={onSelectAll}>
              {t('list.selectAll', { count: foundCount })}
            </Button>
          )}
          <Button variant="quiet" onPress={selection.clear}>
            {t('bulk.clear')}
          </Button>
          {mayManage && (
            <Button isDisabled={isTooMany} onPress={() => ask('service')}>
              {t('bulk.service')}
            </Button>
          )}
          {mayHelp && (
            <Button isDisabled={isTooMany} onPress={() => ask('restart')}>
              {t('bulk.restart')}
            </Button>
          )}
          {mayManage && (
            <Button isDisabled={isTooMany} onPress={() => ask('move')}>
              {t('bulk.move')}
            </Button>
          )}
        </section>
      )}
      <Dialog
        title={act === null ? '' : t(`bulk.${act}Title`, { count })}
        isOpen={act !== null}
        onClose={() => setAct(null)}
      >
        {act !== null && forms[act]}
      </Dialog>
      <Dialog
        title={t('bulk.resultTitle')}
        isOpen={outcome !== null}
        onClose={() => setOutcome(null)}
        className="sm:max-w-xl!"
      >
        {outcome !== null && (
          <BulkResult outcome={outcome} nameOf={selection.nameOf} onClose={() => setOutcome(null)} />
        )}
      </Dialog>
    </>
  );
}

type FormProps<T> = { isPending: boolean; onSubmit: (chosen: T) => void; children: ReactNode };
const RESTARTS = ['restart-screen', 'restart-agent', 'restart-kiosk'] as const;

function RestartForm({ isPending, onSubmit, children }: FormProps<RoomAction>) {
  const { t } = useTranslation('fleet');
  const { t: helpdesk } = useTranslation('helpdesk');
  const [name, setName] = useState<(typeof RESTARTS)[number]>('restart-screen');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) onSubmit(name === 'restart-kiosk' ? { name, evenInCall: false } : { name });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <ChoiceList
        label={t('bulk.restartLabel')}
        choices={RESTARTS.map((key) => ({
          key,
          words: helpdesk(`remote.name.${key}`),
          note: t(`bulk.restartHint.${key}`),
        }))}
        chosen={name}
        pending={null}
        onChoose={(key) => setName(key as typeof name)}
      />
      {children}
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('bulk.restartAction')}
      </Button>
    </form>
  );
}

function MoveForm({ isPending, onSubmit, children }: FormProps<string | null>) {
  const { t } = useTranslation('fleet');
  const { t: people } = useTranslation('people');
  const { places, problem } = usePlaces();
  const [placeId, setPlaceId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) onSubmit(placeId === '' ? null : placeId);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <p className="text-base text-quiet">{t('bulk.moveLead')}</p>
      <SelectField
        label={t('list.place')}
        choices={placeChoices(places ?? [], people('fields.organisation'))}
        chosen={placeId}
        onChoose={setPlaceId}
      />
      <ProblemWords problem={problem} />
      {children}
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('bulk.moveAction')}
      </Button>
    </form>
  );
}
