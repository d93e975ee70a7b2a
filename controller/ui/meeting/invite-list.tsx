/** The guest links of a meeting, each with its end and its use; a host revokes one. */
import Link2 from 'lucide-react/icons/link-2';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type Invite, meetingsApi } from '#contract/http/meetings-api.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { callApi } from '../http-client.ts';
import { Icon } from '../icon.tsx';
import { ProblemWords } from '../problem-words.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { dateAndTime } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';

type InviteListProps = {
  meetingId: string;
  /** another value: the list is read again */
  asOf: unknown;
};

export function InviteList({ meetingId, asOf }: InviteListProps) {
  const { t } = useTranslation('meeting');
  const [invites, setInvites] = useState<readonly Invite[]>([]);
  const [listProblem, setListProblem] = useState<MaruError | null>(null);
  const [revoking, setRevoking] = useState<Invite | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const list = useCallback(async () => {
    try {
      setInvites((await callApi(meetingsApi.listInvites, { params: { meetingId } })).invites);
      setListProblem(null);
    } catch (error) {
      setListProblem(toMaruError(error));
    }
  }, [meetingId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value is why it is read again
  useEffect(() => void list(), [list, asOf]);
  const revoke = async ({ inviteId }: Invite) => {
    setRevoking(null);
    await run(() => callApi(meetingsApi.revokeInvite, { params: { meetingId, inviteId } }));
    await list();
  };
  return (
    <>
      <ProblemWords problem={problem ?? listProblem} />
      {invites.length === 0 && listProblem === null && <p className="text-base text-quiet">{t('links.none')}</p>}
      <ul className="flex flex-col">
        {invites.map((invite) => (
          <InviteRow key={invite.inviteId} invite={invite} isPending={isPending} onRevoke={setRevoking} />
        ))}
      </ul>
      <ConfirmDialog
        title={t('links.revokeTitle')}
        body={t('links.revokeBody')}
        action={t('links.revoke')}
        isOpen={revoking !== null}
        onClose={() => setRevoking(null)}
        onConfirm={() => {
          if (revoking) void revoke(revoking);
        }}
      />
    </>
  );
}

type InviteRowProps = { invite: Invite; isPending: boolean; onRevoke: (invite: Invite) => void };

function InviteRow({ invite, isPending, onRevoke }: InviteRowProps) {
  const { t } = useTranslation('meeting');
  const { displayName, seats, expiresAtMs, revokedAtMs, closedAtMs, usedAtMs } = invite;
  const timed = (atMs: number): { time: string } => ({ time: dateAndTime(atMs, currentLanguage()) });
  const name = displayName ?? t('links.anyone');
  const isOver = expiresAtMs < Date.now();
  const isDead = revokedAtMs !== null || isOver;
  const isClosed = !isDead && closedAtMs !== null;
  const about = [
    revokedAtMs !== null ? t('links.revoked') : t(isOver ? 'links.expired' : 'links.until', timed(expiresAtMs)),
    ...(!isDead && displayName === null ? [t('links.seatsFor', { count: seats })] : []),
    usedAtMs === null ? t('links.unused') : t('links.used', timed(usedAtMs)),
  ];
  return (
    <li className="flex min-h-16 items-center gap-3 border-t border-line py-2 first:border-0">
      <Icon of={Link2} className={`size-5 ${isDead || isClosed ? 'text-quiet' : 'text-accent'}`} />
      <div className="min-w-0 flex-1">
        <p className={`truncate font-medium ${isDead ? 'text-quiet' : ''}`}>
          <bdi>{name}</bdi>
        </p>
        <p className="numerals text-small text-quiet">{about.join(' · ')}</p>
        {isClosed && <p className="text-small text-warn">{t('links.closed')}</p>}
      </div>
      {!isDead && (
        <Button
          variant="danger-quiet"
          isDisabled={isPending}
          aria-label={t('links.revokeName', { name })}
          onPress={() => onRevoke(invite)}
        >
          {t('links.revoke')}
        </Button>
      )}
    </li>
  );
}
