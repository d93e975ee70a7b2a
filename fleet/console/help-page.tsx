/** Calls for help of all rooms, the newest first, as they come and change. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { HelpState } from '#contract/help-request.ts';
import { helpApi, type HelpTicket } from '#contract/http/help-api.ts';
import { Card } from '#ui/card.tsx';
import { followEvents } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import en from '#ui/words/en/helpdesk.ts';
import helpEn from '#ui/words/en/help.ts';
import { ago } from '#ui/words/format.ts';
import ko from '#ui/words/ko/helpdesk.ts';
import helpKo from '#ui/words/ko/help.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { PagedRows } from './list-parts.tsx';
import { useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { useLiveRooms } from './use-rooms.ts';

addWords({ helpdesk: { en, ko }, help: { en: helpEn, ko: helpKo } });

const FILTERS = ['state'] as const;
/** `waiting` is of the room alone */
const STATES = ['sent', 'seen', 'solved'] as const;

export function HelpPage() {
  const { t } = useTranslation('helpdesk');
  const live = useLiveRooms();
  const [filters, change] = useUrlFilters(FILTERS);
  const state = HelpState.safeParse(filters.state).data;
  const paged = usePageList(helpApi.listHelp, state ? { state } : {});
  const { list, problem, refresh } = paged;
  useEffect(
    () =>
      followEvents(helpApi.helpChanges, {
        onEvent: refresh,
        onConnected: () => {},
        onRefused: live.failed,
      }),
    [refresh, live],
  );
  return (
    <>
      <div className="flex flex-col gap-1">
        <h1 className="text-title font-bold text-balance">{t('requests.title')}</h1>
        <p className="text-small text-quiet">{t('requests.lead')}</p>
      </div>
      <ProblemWords problem={problem} />
      <Card>
        <div className="mb-4 flex flex-wrap items-center gap-x-6 gap-y-3">
          <ToggleGroup
            label={t('requests.filter')}
            choices={[
              { key: 'all' as const, words: t('requests.all') },
              ...STATES.map((key) => ({ key, words: t(`requests.state.${key}`) })),
            ]}
            chosen={state === 'sent' || state === 'seen' || state === 'solved' ? state : 'all'}
            onChoose={(key) => change({ state: key === 'all' ? '' : key })}
          />
          {list !== null && (
            <p className="numerals text-small text-quiet">
              {t('requests.open', { count: list.counts.open })} · {t('requests.unseen', { count: list.counts.unseen })}
            </p>
          )}
        </div>
        <PagedRows
          of={paged}
          words={{
            loading: t('requests.loading'),
            none: t('requests.none'),
            more: t('requests.more'),
            shown: (counts) => t('requests.shown', counts),
          }}
        >
          {(rows) => (
            <ul className="flex flex-col">
              {rows.map((ticket) => (
                <TicketRow key={ticket.helpId} ticket={ticket} />
              ))}
            </ul>
          )}
        </PagedRows>
      </Card>
    </>
  );
}

function TicketRow({ ticket }: { ticket: HelpTicket }) {
  const { t } = useTranslation('helpdesk');
  const { t: help } = useTranslation('help');
  const newest = ticket.messages.at(-1);
  return (
    <li className="border-t border-line">
      <a href={`#/help/${ticket.helpId}`} className="flex flex-col gap-1 py-3 hover:bg-lifted">
        <span className="flex flex-wrap items-baseline gap-x-4">
          <span className="font-semibold wrap-anywhere">{ticket.roomName}</span>
          <span>{help(`topic.${ticket.topic}`)}</span>
          <HelpTicketState ticket={ticket} />
          <span className="numerals text-small text-quiet">
            {t('requests.called', { ago: ago(ticket.calledAtMs, Date.now(), currentLanguage()) })}
          </span>
        </span>
        {newest && (
          <span dir="auto" className="line-clamp-2 text-small wrap-anywhere text-quiet">
            {newest.text}
          </span>
        )}
      </a>
    </li>
  );
}

export function HelpTicketState({ ticket: { state, seenBy } }: { ticket: HelpTicket }) {
  const { t } = useTranslation('helpdesk');
  return (
    <span className={`text-small font-semibold ${state === 'sent' ? 'text-fault' : 'text-quiet'}`}>
      {state === 'seen' && seenBy !== null ? t('requests.seenBy', { name: seenBy }) : t(`requests.state.${state}`)}
    </span>
  );
}
