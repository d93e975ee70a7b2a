/** The guest links of a room's meeting: made (and shown once), listed, revoked. */
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import { LINK_SEATS, MAX_PEERS_IN_CALL } from '#contract/limits.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { InviteList } from '#ui/meeting/invite-list.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { callApi } from '#ui/http-client.ts';
import { CopyText } from '#ui/copy-text.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

const validities = { hour: 60, day: 60 * 24, week: 60 * 24 * 7 } as const;
type Validity = keyof typeof validities;

export function GuestLinks({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('console');
  const { t: words } = useTranslation('meeting');
  const [made, setMade] = useState(0);
  return (
    <Card
      title={words('links.title')}
      aside={<MakeLink meetingId={meetingId} onMade={() => setMade((count) => count + 1)} />}
    >
      <p className="mb-4 max-w-prose text-small text-quiet">{t('room.linksLead')}</p>
      <InviteList meetingId={meetingId} asOf={made} />
    </Card>
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
