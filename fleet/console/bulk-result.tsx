/** What came of an act on several rooms: how many are through, which are not and why, and how those under way go on. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { helpApi } from '#contract/http/help-api.ts';
import { isOver, type ShownAction } from '#contract/room-action.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { Spinner } from '#ui/progress.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export type BulkOutcome = {
  /** done at once */
  changed: readonly string[];
  /** under way in these rooms */
  begun: readonly ShownAction[];
  refused: readonly { roomId: string; code: ErrorCode }[];
};

type BulkResultProps = {
  outcome: BulkOutcome;
  /** null: not a room that was selected */
  nameOf: (roomId: string) => string | null;
  onClose: () => void;
};

const POLL_MS = 2_000;

export function BulkResult({ outcome, nameOf, onClose }: BulkResultProps) {
  const { t } = useTranslation('fleet');
  const { actions, isUnknown } = useActions(outcome.begun);
  const underWay = actions.filter(({ state }) => !isOver(state));
  const doneCount = outcome.changed.length + actions.filter(({ state }) => state === 'done').length;
  const failed = actions.filter(({ state }) => isOver(state) && state !== 'done');
  const notDoneCount = outcome.refused.length + failed.length;
  const endsMs = Math.max(...underWay.map(({ endsBeforeMs }) => endsBeforeMs));
  return (
    <>
      <div role="status" className="flex flex-col gap-2">
        {underWay.length > 0 && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Spinner /> {t('bulk.begun', { count: underWay.length })}
            <span className="numerals text-small text-quiet">
              {t(isUnknown ? 'bulk.unknownState' : 'bulk.until', { time: clockTime(endsMs, currentLanguage()) })}
            </span>
          </p>
        )}
        {doneCount > 0 && <p className="font-semibold">{t('bulk.done', { count: doneCount })}</p>}
        {notDoneCount > 0 && <p className="font-semibold text-fault">{t('bulk.refused', { count: notDoneCount })}</p>}
      </div>
      {notDoneCount > 0 && (
        <ul className="flex flex-col">
          {outcome.refused.map(({ roomId, code }) => (
            <NotDone key={roomId} roomId={roomId} roomName={nameOf(roomId)} code={code} />
          ))}
          {failed.map((action) => (
            <NotDone
              key={action.actionId}
              roomId={action.roomId}
              roomName={nameOf(action.roomId)}
              state={action.state}
              code={action.code}
            />
          ))}
        </ul>
      )}
      <Button variant="primary" size="large" onPress={onClose}>
        {t('bulk.close')}
      </Button>
    </>
  );
}

type NotDoneProps = {
  roomId: string;
  roomName: string | null;
  state?: ShownAction['state'];
  /** null: nothing more is known */
  code: ErrorCode | null;
};

function NotDone({ roomId, roomName, state, code }: NotDoneProps) {
  const { t } = useTranslation('fleet');
  const { t: errors } = useTranslation('errors');
  const { t: helpdesk } = useTranslation('helpdesk');
  return (
    <li className="flex flex-col gap-1 border-t border-line py-3">
      <a
        href={`#/rooms/${roomId}`}
        className="inline-flex min-h-12 items-center font-semibold wrap-anywhere underline-offset-4 hover:underline"
      >
        {roomName ?? t('bulk.aRoom')}
      </a>
      {state !== undefined && <span className="text-small font-semibold">{helpdesk(`remote.state.${state}`)}</span>}
      {code !== null && (
        <span className="text-small">
          {errors(`${code}.what`)}. {errors(`${code}.todo`)}
        </span>
      )}
    </li>
  );
}

/** As they go on, until all are over. */
function useActions(begun: readonly ShownAction[]): { actions: readonly ShownAction[]; isUnknown: boolean } {
  const [actions, setActions] = useState(begun);
  const [isUnknown, setUnknown] = useState(false);
  const areOver = actions.every(({ state }) => isOver(state));
  // ids are in the order of their making
  const [first] = begun.map(({ actionId }) => actionId).sort();
  useEffect(() => {
    if (areOver || first === undefined) return;
    const ending = new AbortController();
    const look = async () => {
      try {
        const query = { actionId: first };
        const newest = await callApi(helpApi.actionsSince, { query, signal: ending.signal });
        if (ending.signal.aborted) return;
        const byId = new Map(newest.actions.map((action) => [action.actionId, action]));
        setActions((before) => before.map((action) => byId.get(action.actionId) ?? action));
        setUnknown(false);
      } catch {
        if (!ending.signal.aborted) setUnknown(true);
      }
    };
    const timer = setInterval(() => void look(), POLL_MS);
    return () => {
      ending.abort();
      clearInterval(timer);
    };
  }, [areOver, first]);
  return { actions, isUnknown };
}
