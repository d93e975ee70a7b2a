/** One call for help: what was written, the answer, and how the room was at that moment. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { helpApi, type HelpTicketDetail } from '#contract/http/help-api.ts';
import type { SignalName } from '#contract/signals.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi, followEvents } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { ago, clockTime, dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useEventWords } from './event-words.ts';
import { HelpTicketState } from './help-page.tsx';
import { Loading } from './parts.tsx';
import { useFetched } from './use-fetched.ts';
import { useLiveRooms } from './use-rooms.ts';

/** a call that came so much later than it was made waited for the server */
const LATE_MS = 60_000;
const MAX_LETTERS = 500;

export function HelpTicketPage({ helpId }: { helpId: string }) {
  const { t } = useTranslation('helpdesk');
  const live = useLiveRooms();
  const { answer, problem, refresh } = useFetched(() => callApi(helpApi.helpTicket, { params: { helpId } }));
  useEffect(
    () =>
      followEvents(helpApi.helpChanges, {
        onEvent: (event) => {
          if (event.name === 'changed' && event.data.tickets.some((ticket) => ticket.helpId === helpId)) refresh();
        },
        onConnected: () => {},
        onRefused: live.failed,
      }),
    [helpId, refresh, live],
  );
  return (
    <>
      <a
        href="#/help"
        className="inline-flex min-h-9 items-center gap-2 self-start text-small font-semibold text-accent"
      >
        <Icon of={ArrowLeft} className="size-4" />
        {t('requests.back')}
      </a>
      {problem?.code === 'not-found' ? (
        <h1 className="text-title font-bold">{t('requests.gone')}</h1>
      ) : answer === null ? (
        problem === null ? (
          <Loading words={t('requests.loading')} />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <Ticket ticket={answer} onChanged={refresh} />
      )}
    </>
  );
}

type TicketProps = { ticket: HelpTicketDetail; onChanged: () => void };

function Ticket({ ticket, onChanged }: TicketProps) {
  const { t } = useTranslation('helpdesk');
  const { t: help } = useTranslation('help');
  const language = currentLanguage();
  const { roomId, roomName, topic, calledAtMs, receivedAtMs } = ticket;
  const nowMs = Date.now();
  return (
    <>
      <div className="-mt-3 flex flex-col gap-2">
        <h1 className="text-title font-bold wrap-anywhere">{roomName}</h1>
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
          <span className="font-semibold">{help(`topic.${topic}`)}</span>
          <HelpTicketState ticket={ticket} />
          <span className="numerals text-small text-quiet">
            {t('requests.called', { ago: ago(calledAtMs, nowMs, language) })}
          </span>
          <a href={`#/rooms/${roomId}`} className="inline-flex min-h-9 items-center font-semibold text-accent">
            {t('requests.toRoom')}
          </a>
        </p>
        {receivedAtMs - calledAtMs > LATE_MS && (
          <p className="text-small text-warn">{t('requests.late', { ago: ago(receivedAtMs, nowMs, language) })}</p>
        )}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-2 lg:items-start">
        <Conversation ticket={ticket} onChanged={onChanged} />
        <Diagnostics ticket={ticket} />
      </div>
    </>
  );
}

function Conversation({ ticket, onChanged }: TicketProps) {
  const { t } = useTranslation('helpdesk');
  const { helpId, messages, closedAtMs } = ticket;
  const [text, setText] = useState('');
  const answering = useAsyncAction();
  const solving = useAsyncAction();
  const params = { helpId };
  const answer = async () => {
    const body = { text: text.slice(0, MAX_LETTERS) };
    const sent = await answering.run(() => callApi(helpApi.answerHelp, { params, body }));
    if (sent) setText('');
    onChanged();
  };
  const solve = async () => {
    await solving.run(() => callApi(helpApi.closeHelp, { params }));
    onChanged();
  };
  return (
    <Card title={t('requests.conversation')}>
      <div className="flex flex-col gap-4">
        <div role="log" aria-label={t('requests.conversation')}>
          <ol className="flex flex-col gap-3">
            {messages.map(({ messageId, from, author, text: words, atMs }) => (
              <li key={messageId}>
                <p className="text-small text-quiet">
                  <bdi className="font-semibold">{from === 'room' ? t('requests.room') : author}</bdi> ·{' '}
                  <time>{clockTime(atMs, currentLanguage())}</time>
                </p>
                <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
                  {words}
                </p>
              </li>
            ))}
          </ol>
        </div>
        {closedAtMs !== null ? (
          <p className="text-small text-quiet">{t('requests.closed')}</p>
        ) : (
          <form
            className="flex flex-col gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim() !== '') void answer();
            }}
          >
            <TextField label={t('requests.answer')} value={text} maxLength={MAX_LETTERS} onChange={setText} />
            <div className="flex flex-wrap gap-3">
              <Button type="submit" variant="primary" isPending={answering.isPending} isDisabled={text.trim() === ''}>
                {t('requests.send')}
              </Button>
              <Button isPending={solving.isPending} onPress={() => void solve()}>
                {t('requests.solve')}
              </Button>
            </div>
            <ProblemWords problem={answering.problem ?? solving.problem} />
          </form>
        )}
      </div>
    </Card>
  );
}

/** Names that a newer kiosk sends stand as they are. */
function Diagnostics({ ticket: { diagnostics } }: { ticket: HelpTicketDetail }) {
  const { t, i18n } = useTranslation('helpdesk');
  const { t: signalWords } = useTranslation('signals');
  const eventWords = useEventWords();
  const phaseName = (phase: string) =>
    i18n.exists(`requests.phases.${phase}`, { ns: 'helpdesk' }) ? t(`requests.phases.${phase as 'idle'}`) : phase;
  const signalName = (signal: string) =>
    i18n.exists(`${signal}.what`, { ns: 'signals' }) ? signalWords(`${signal as SignalName}.what`) : signal;
  const { health, signals, phase, recentEvents } = diagnostics;
  return (
    <Card title={t('requests.diagnostics')}>
      <dl className="flex flex-col gap-3 text-small">
        <Fact name={t('requests.phase')}>{phaseName(phase)}</Fact>
        <Fact name={t('requests.signals')}>
          {signals.length === 0 ? t('requests.noSignals') : signals.map(signalName).join(' · ')}
        </Fact>
        <Fact name={t('requests.health')}>
          {health === null
            ? t('requests.noHealth')
            : [
                health.model,
                `Maru ${health.versions.maru ?? '?'}`,
                t('requests.screenIs', { state: t(`requests.screen.${health.screen.state}`) }),
                t('requests.cameraIs', { state: t(`requests.sight.${health.camera.sight}`) }),
                t('requests.microphoneIs', { state: t(`requests.sight.${health.microphone.sight}`) }),
                health.temperatureCelsius === null ? null : `${health.temperatureCelsius} °C`,
              ]
                .filter((each) => each !== null)
                .join(' · ')}
        </Fact>
        <Fact name={t('requests.events')}>
          {recentEvents.length === 0 ? (
            t('requests.noEvents')
          ) : (
            <ol className="flex flex-col gap-1">
              {recentEvents.map((event) => (
                <li key={event.eventId} className="numerals">
                  {dateAndTime(event.atMs, currentLanguage())} · {eventWords(event)}
                </li>
              ))}
            </ol>
          )}
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="font-semibold">{name}</dt>
      <dd className="wrap-anywhere text-quiet">{children}</dd>
    </div>
  );
}
