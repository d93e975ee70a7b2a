/** The tree of places, and what each sets for the meetings below it. */
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDefaults, placesApi } from '#contract/http/places-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import en from '#ui/words/en/people.ts';
import ko from '#ui/words/ko/people.ts';
import { addWords } from '#ui/words/words.ts';
import { FreshSignIn, useFreshAction } from './fresh-sign-in.tsx';
import { ListStatus } from './list-parts.tsx';
import { MeetingRules } from './meeting-rules.tsx';
import { kindsIn, MovePlace, placesToMoveTo } from './move-place.tsx';
import { SelectField } from './select-field.tsx';
import { useKeptAt } from './use-kept-at.ts';
import { type PlaceInTree, usePlaces } from './use-places.ts';

addWords({ people: { en, ko } });

type Asked =
  | { about: 'add'; parent: PlaceInTree | null }
  | { about: 'rename' | 'move' | 'remove'; place: PlaceInTree }
  /** `place` null: the organisation */
  | { about: 'rules'; place: PlaceInTree | null; defaults: MeetingDefaults };

export function PlacesPage() {
  return (
    <FreshSignIn>
      <Places />
    </FreshSignIn>
  );
}

function Places() {
  const { t } = useTranslation('people');
  const { places, organisation, problem, refresh } = usePlaces();
  const kept = useKeptAt(places);
  const [asked, setAsked] = useState<Asked | null>(null);
  const removing = useFreshAction();
  const close = () => setAsked(null);
  const done = () => {
    close();
    refresh();
  };
  const remove = async (placeId: string) => {
    close();
    if ((await removing.run(() => callApi(placesApi.removePlace, { params: { placeId } }))) !== null) refresh();
  };
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{t('places.title')}</h1>
          <p className="text-small text-quiet">{t('places.lead')}</p>
        </div>
        <Button variant="primary" icon={Plus} onPress={() => setAsked({ about: 'add', parent: null })}>
          {t('places.addSite')}
        </Button>
      </div>
      <Card>
        <ProblemWords problem={removing.problem ?? problem} />
        {places === null || organisation === null ? (
          problem === null && <ListStatus words={t('loading')} isLoading />
        ) : (
          <ul className="flex flex-col">
            <li className="flex flex-wrap items-center gap-3 py-3">
              <span className="min-w-0 flex-1 font-semibold">{t('places.organisation')}</span>
              <Button
                aria-label={t('places.rulesName', { place: t('places.organisation') })}
                onPress={() => setAsked({ about: 'rules', place: null, defaults: organisation })}
              >
                {t('places.rules')}
              </Button>
            </li>
            {places.map((place) => (
              <Place
                key={place.placeId}
                place={place}
                isMovable={placesToMoveTo(place, places).length > 0}
                onAsk={setAsked}
              />
            ))}
          </ul>
        )}
        {places?.length === 0 && <ListStatus words={t('places.none')} />}
      </Card>
      <Dialog title={t('places.addTitle')} isOpen={asked?.about === 'add'} onClose={close}>
        {asked?.about === 'add' && <NewPlace parent={asked.parent} onDone={done} />}
      </Dialog>
      <Dialog title={t('places.rename')} isOpen={asked?.about === 'rename'} onClose={close}>
        {asked?.about === 'rename' && <RenamePlace place={asked.place} onDone={done} />}
      </Dialog>
      <Dialog
        title={t('places.moveName', { place: asked?.about === 'move' ? asked.place.placeName : '' })}
        isOpen={asked?.about === 'move'}
        onClose={close}
      >
        {asked?.about === 'move' && (
          <MovePlace place={asked.place} choices={placesToMoveTo(asked.place, places ?? [])} onDone={done} />
        )}
      </Dialog>
      <Dialog
        title={t('places.rulesName', {
          place: (asked?.about === 'rules' && asked.place?.placeName) || t('places.organisation'),
        })}
        isOpen={asked?.about === 'rules'}
        onClose={close}
        className="sm:max-w-xl!"
      >
        {asked?.about === 'rules' && (
          <MeetingRules
            // what is read later than the page
            key={String(kept.isKnown)}
            placeId={asked.place?.placeId ?? null}
            defaults={asked.defaults}
            kept={kept.at(asked.place)}
            onDone={() => {
              kept.refresh();
              done();
            }}
          />
        )}
      </Dialog>
      <ConfirmDialog
        title={t('places.removeTitle', { place: asked?.about === 'remove' ? asked.place.placeName : '' })}
        body={t('places.removeBody')}
        action={t('places.remove')}
        isOpen={asked?.about === 'remove'}
        onClose={close}
        onConfirm={() => asked?.about === 'remove' && void remove(asked.place.placeId)}
      />
    </>
  );
}

type PlaceProps = { place: PlaceInTree; isMovable: boolean; onAsk: (asked: Asked) => void };

function Place({ place, isMovable, onAsk }: PlaceProps) {
  const { t } = useTranslation('people');
  const { placeName, kind, depth, roomCount, accountCount, defaults } = place;
  return (
    <li
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line py-3"
      style={{ paddingInlineStart: `${(depth + 1) * 1.25}rem` }}
    >
      <span className="min-w-40 flex-1">
        <span className="block font-semibold wrap-anywhere">{placeName}</span>
        <span className="block text-small text-quiet">
          {t(`places.${kind}`)} · {t('places.counts', { rooms: roomCount, people: accountCount })}
        </span>
      </span>
      <span className="flex flex-wrap gap-2">
        {kind !== 'floor' && (
          <Button
            aria-label={t('places.add', { place: placeName })}
            onPress={() => onAsk({ about: 'add', parent: place })}
          >
            {t('places.addHere')}
          </Button>
        )}
        <Button
          aria-label={t('places.rulesName', { place: placeName })}
          onPress={() => onAsk({ about: 'rules', place, defaults })}
        >
          {t('places.rules')}
        </Button>
        <Button
          aria-label={t('places.renameName', { place: placeName })}
          onPress={() => onAsk({ about: 'rename', place })}
        >
          {t('places.rename')}
        </Button>
        {isMovable && (
          <Button
            aria-label={t('places.moveName', { place: placeName })}
            onPress={() => onAsk({ about: 'move', place })}
          >
            {t('places.moveTo')}
          </Button>
        )}
        <Button
          variant="danger-quiet"
          aria-label={t('places.removeName', { place: placeName })}
          onPress={() => onAsk({ about: 'remove', place })}
        >
          {t('places.remove')}
        </Button>
      </span>
    </li>
  );
}

function NewPlace({ parent, onDone }: { parent: PlaceInTree | null; onDone: () => void }) {
  const { t } = useTranslation('people');
  const kinds = kindsIn(parent);
  const [kind, setKind] = useState(kinds[0]!);
  return (
    <NamedPlace
      name=""
      action={t('add.action')}
      work={(placeName) =>
        callApi(placesApi.createPlace, { body: { parentId: parent?.placeId ?? null, kind, placeName } })
      }
      onDone={onDone}
    >
      {parent !== null && <p className="text-base text-quiet">{parent.path}</p>}
      {kinds.length > 1 && (
        <SelectField
          label={t('places.kind')}
          choices={kinds.map((key) => ({ key, words: t(`places.${key}`) }))}
          chosen={kind}
          onChoose={setKind}
        />
      )}
    </NamedPlace>
  );
}

function RenamePlace({ place, onDone }: { place: PlaceInTree; onDone: () => void }) {
  const { t } = useTranslation('people');
  const { placeId, parentId } = place;
  return (
    <NamedPlace
      name={place.placeName}
      action={t('save')}
      work={(placeName) => callApi(placesApi.changePlace, { params: { placeId }, body: { parentId, placeName } })}
      onDone={onDone}
    />
  );
}

type NamedPlaceProps = {
  name: string;
  action: string;
  work: (placeName: string) => Promise<unknown>;
  onDone: () => void;
  children?: ReactNode;
};

function NamedPlace({ name, action, work, onDone, children }: NamedPlaceProps) {
  const { t } = useTranslation('people');
  const [typed, setTyped] = useState(name);
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const placeName = shownText(typed);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (placeName === '' || isPending) return;
    if ((await run(() => work(placeName))) !== null) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      {children}
      <TextField
        label={t('places.name')}
        value={typed}
        onChange={setTyped}
        maxLength={80}
        autoFocus
        problem={checked && placeName === '' ? t('needed', { ns: 'common' }) : null}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {action}
      </Button>
    </form>
  );
}
