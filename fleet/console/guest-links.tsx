/** The guest links of a meeting: made (and shown once), listed, revoked. */
import Link2 from 'lucide-react/icons/link-2';
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type Invite, meetingsApi } from '#contract/http/meetings-api.ts';
import { LINK_SEATS, MAX_PEERS_IN_CALL } from '#contract/limits.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { callApi } from '#ui/http-client.ts';
import { CopyText } from '#ui/copy-text.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

const validities = { hour: 60, day: 60 * 24, week: 60 * 24 * 7 } as const;
type Validity = keyof typeof validities;

export function GuestLinks({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('console');
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
  useEffect(() => void list(), [list]);
  const revoke = async (invite: Invite) => {
    setRevoking(null);
    await run(() => callApi(meetingsApi.revokeInvite, { params: { meetingId, inviteId: invite.inviteId } }));
    await list();
  };
  return (
    <Card title={t('room.links')} aside={<MakeLink meetingId={meetingId} onMade={() => void list()} />}>
      <p className="mb-4 max-w-prose text-small text-quiet">{t('room.linksLead')}</p>
      <ProblemWords problem={problem ?? listProblem} />
      {invites.length === 0 && listProblem === null && (
        <p className="border-t border-line py-6 text-center text-quiet">{t('room.noLinks')}</p>
      )}
      <ul className="flex flex-col">
        {invites.map((invite) => (
          <LinkRow key={invite.inviteId} invite={invite} isPending={isPending} onRevoke={setRevoking} />
        ))}
      </ul>
      <ConfirmDialog
        title={t('room.revokeTitle')}
        body={t('room.revokeBody')}
        action={t('room.revoke')}
        isOpen={revoking !== null}
        onClose={() => setRevoking(null)}
        onConfirm={() => {
          if (revoking) void revoke(revoking);
        }}
      />
    </Card>
  );
}

function LinkRow({
  invite,
  isPending,
  onRevoke,
}: {
  invite: Invite;
  isPending: boolean;
  onRevoke: (invite: Invite) => void;
}) {
  const { t } = useTranslation('console');
  const name = invite.displayName ?? t('room.anyone');
  const time = dateAndTime(invite.expiresAtMs, currentLanguage());
  const over = invite.expiresAtMs < Date.now();
  const dead = invite.revokedAtMs !== null || over;
  const closed = !dead && invite.closedAtMs !== null;
  return (
    <li className="flex min-h-16 items-center gap-3 border-t border-line py-2">
      <Icon of={Link2} className={`size-5 ${dead || closed ? 'text-quiet' : 'text-accent'}`} />
      <div className="min-w-0 flex-1">
        <p className={`truncate font-medium ${dead ? 'text-quiet' : ''}`}>{name}</p>
        <p className="numerals text-small text-quiet">
          {invite.revokedAtMs !== null
            ? t('room.revoked')
            : over
              ? t('room.expired', { time })
              : t('room.until', { time })}
          {!dead && invite.displayName === null && ` · ${t('room.seatsFor', { count: invite.seats })}`}
        </p>
        {closed && <p className="text-small text-warn">{t('room.closed')}</p>}
      </div>
      {!dead && (
        <Button
          variant="danger-quiet"
          isDisabled={isPending}
          aria-label={t('room.revokeName', { name })}
          onPress={() => onRevoke(invite)}
        >
          {t('room.revoke')}
        </Button>
      )}
    </li>
  );
}

function MakeLink({ meetingId, onMade }: { meetingId: string; onMade: () => void }) {
  const { t } = useTranslation('console');
  const { t: common } = useTranslation('common');
  const [isOpen, setOpen] = useState(false);
  const [guestName, setGuestName] = useState('');
  const [validity, setValidity] = useState<Validity>('day');
  const [seats, setSeats] = useState(String(LINK_SEATS));
  const [joinUrl, setJoinUrl] = useState<string | null>(null);
  const { run, isPending, problem, dismissProblem } = useAsyncAction();
  const named = shownText(guestName) !== '';
  const seatsFit = /^\d{1,3}$/.test(seats.trim()) && Number(seats) >= 1 && Number(seats) <= MAX_PEERS_IN_CALL;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!named && !seatsFit) return;
    const displayName = named ? shownText(guestName) : null;
    const answer = await run(() =>
      callApi(meetingsApi.createInvite, {
        params: { meetingId },
        body: {
          displayName,
          expiresInMinutes: validities[validity],
          ...(displayName === null && { seats: Number(seats) }),
        },
      }),
    );
    if (answer === null) return;
    setJoinUrl(answer.joinUrl);
    onMade();
  };
  const open = () => {
    setGuestName('');
    setSeats(String(LINK_SEATS));
    setJoinUrl(null);
    dismissProblem();
    setOpen(true);
  };
  return (
    <>
      <Button variant="primary" icon={Plus} onPress={open}>
        {t('room.make')}
      </Button>
      <Dialog
        title={joinUrl === null ? t('room.make') : t('room.freshTitle')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        className="sm:max-w-lg!"
      >
        {joinUrl === null ? (
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
            <TextField
              label={t('room.guestName')}
              hint={t('room.guestNameHint')}
              value={guestName}
              onChange={setGuestName}
              maxLength={80}
              autoFocus
            />
            {!named && (
              <TextField
                label={t('room.seats')}
                hint={t('room.seatsHint', { most: MAX_PEERS_IN_CALL })}
                problem={seatsFit ? null : t('room.seatsHint', { most: MAX_PEERS_IN_CALL })}
                value={seats}
                onChange={setSeats}
                inputMode="numeric"
                maxLength={3}
              />
            )}
            <div className="flex flex-col gap-2">
              <p aria-hidden="true" className="text-base font-medium">
                {t('room.validFor')}
              </p>
              <ToggleGroup
                label={t('room.validFor')}
                chosen={validity}
                onChoose={setValidity}
                choices={[
                  { key: 'hour', words: t('room.hour') },
                  { key: 'day', words: t('room.day') },
                  { key: 'week', words: t('room.week') },
                ]}
              />
            </div>
            <ProblemWords problem={problem} />
            <Button type="submit" variant="primary" size="large" isPending={isPending}>
              {t('room.makeAction')}
            </Button>
          </form>
        ) : (
          <>
            <CopyText label={t('room.freshLead')} text={joinUrl} action={common('copy')} />
            <Button onPress={() => setOpen(false)}>{common('close')}</Button>
          </>
        )}
      </Dialog>
    </>
  );
}
