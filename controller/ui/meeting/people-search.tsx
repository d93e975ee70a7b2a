/** People with an account, found by a part of their name, each with a button to add them. */
import UserPlus from 'lucide-react/icons/user-plus';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { Button } from '../button.tsx';
import { callApi } from '../http-client.ts';
import { TextField } from '../text-field.tsx';

export type FoundPerson = RouteAnswer<typeof meetingsApi.findPeople>['people'][number];

const TYPED_FOR_MS = 200;

type PeopleSearchProps = {
  /** not offered: they are in it already */
  without: ReadonlySet<string>;
  isPending?: boolean;
  onAdd: (person: FoundPerson) => void;
};

export function PeopleSearch({ without, isPending = false, onAdd }: PeopleSearchProps) {
  const { t } = useTranslation('meeting');
  const [text, setText] = useState('');
  const { people, hasFailed } = useFoundPeople(text.trim());
  const offered = people?.filter(({ accountId }) => !without.has(accountId)) ?? [];
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={t('people.find')}
        placeholder={t('people.findHint')}
        value={text}
        maxLength={80}
        autoComplete="off"
        problem={hasFailed ? t('people.failed') : null}
        onChange={setText}
      />
      <p role="status" className="text-small text-quiet empty:hidden">
        {people !== null && offered.length === 0 && t('people.none')}
      </p>
      <ul className="flex flex-col empty:hidden">
        {offered.map((person) => (
          <li
            key={person.accountId}
            className="flex min-h-14 items-center gap-3 border-t border-line py-1 first:border-0"
          >
            <span className="min-w-0 flex-1">
              <bdi className="block truncate text-base">{person.displayName}</bdi>
              {person.placeName !== null && (
                <span className="block truncate text-small text-quiet">{person.placeName}</span>
              )}
            </span>
            <Button
              icon={UserPlus}
              isPending={isPending}
              aria-label={t('people.addName', { name: person.displayName })}
              onPress={() => {
                onAdd(person);
                setText('');
              }}
            >
              {t('people.add')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `people` null: nothing is asked for, or no answer yet. */
function useFoundPeople(text: string): { people: FoundPerson[] | null; hasFailed: boolean } {
  const [found, setFound] = useState<{ people: FoundPerson[] | null; hasFailed: boolean }>({
    people: null,
    hasFailed: false,
  });
  useEffect(() => {
    if (text === '') {
      setFound({ people: null, hasFailed: false });
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => {
      callApi(meetingsApi.findPeople, { query: { text }, signal: asking.signal }).then(
        ({ people }) => setFound({ people, hasFailed: false }),
        () => {
          if (!asking.signal.aborted) setFound({ people: null, hasFailed: true });
        },
      );
    }, TYPED_FOR_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text]);
  return found;
}
