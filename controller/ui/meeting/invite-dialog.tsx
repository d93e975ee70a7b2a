/** Inviting into a meeting: people of the organisation, a guest by mail, and a link to copy or to scan. */
import Mail from 'lucide-react/icons/mail';
import { type ComponentProps, type ComponentType, type FormEvent, lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingDraft } from '#contract/http/meetings-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '../button.tsx';
import { CopyText } from '../copy-text.tsx';
import { Dialog } from '../dialog.tsx';
import { ProblemWords } from '../problem-words.tsx';
import { Spinner } from '../progress.tsx';
import type { Qr as QrCode } from '../qr.tsx';
import { TextField } from '../text-field.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { addPerson } from './meeting-draft.ts';
import { meetingLink } from './meeting-link.ts';
import { PeopleSearch } from './people-search.tsx';

/** Code of its own. Where it cannot be fetched, the link to copy is there all the same. */
const Qr = lazy(async (): Promise<{ default: ComponentType<ComponentProps<typeof QrCode>> }> => {
  try {
    return { default: (await import('../qr.tsx')).Qr };
  } catch {
    return { default: () => null };
  }
});

type InviteDialogProps = {
  meetingId: string;
  isOpen: boolean;
  /** accounts that are invited already */
  invited?: ReadonlySet<string>;
  /** somebody was invited */
  onInvited?: () => void;
  onClose: () => void;
};

export function InviteDialog({ meetingId, isOpen, invited = NOBODY, onInvited, onClose }: InviteDialogProps) {
  const { t } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('invite.title')} isOpen={isOpen} onClose={onClose} className="sm:max-w-xl!">
      <MeetingLink meetingId={meetingId} />
      <AddPeople meetingId={meetingId} invited={invited} onInvited={onInvited} />
      <Button size="large" onPress={onClose}>
        {common('close')}
      </Button>
    </Dialog>
  );
}
const NOBODY: ReadonlySet<string> = new Set();

/** By it people ask to join, or come in, as the meeting's policy has it. */
function MeetingLink({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('meeting');
  const [url, setUrl] = useState<string | null>(null);
  const { run, problem } = useAsyncAction();
  useEffect(() => {
    let isShown = true;
    void run(() => meetingLink(meetingId)).then((link) => {
      if (isShown && link !== null) setUrl(link);
    });
    return () => {
      isShown = false;
    };
  }, [meetingId, run]);
  return (
    <section aria-label={t('invite.link')} className="flex flex-col gap-4 sm:flex-row sm:items-start">
      {url !== null && (
        <div className="size-40 shrink-0 self-center">
          <Suspense fallback={null}>
            <Qr text={url} label={t('invite.scan')} className="w-40 rounded-control" />
          </Suspense>
        </div>
      )}
      <div className="min-w-0 flex-1">
        {url === null && problem === null && <Spinner label={t('invite.making')} className="size-6" />}
        <ProblemWords problem={problem} />
        {url !== null && <CopyText label={t('invite.linkLead')} text={url} action={t('invite.copy')} />}
      </div>
    </section>
  );
}

type AddPeopleProps = Pick<InviteDialogProps, 'meetingId' | 'onInvited'> & { invited: ReadonlySet<string> };
type DraftPerson = MeetingDraft['people'][number];

function AddPeople({ meetingId, invited, onInvited }: AddPeopleProps) {
  const { t } = useTranslation('meeting');
  const [added, setAdded] = useState<readonly { name: string; accountId: string | null }[]>([]);
  const [guestName, setGuestName] = useState('');
  const [email, setEmail] = useState('');
  const [isNameMissing, setNameMissing] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const add = async (person: DraftPerson, name: string, accountId: string | null): Promise<boolean> => {
    if ((await run(() => addPerson(meetingId, person))) === null) return false;
    setAdded((before) => [...before, { name, accountId }]);
    onInvited?.();
    return true;
  };
  const inviteGuest = async (event: FormEvent) => {
    event.preventDefault();
    const displayName = shownText(guestName);
    setNameMissing(displayName === '');
    if (displayName === '' || isPending) return;
    if (!(await add({ displayName, email: email.trim() || null }, displayName, null))) return;
    setGuestName('');
    setEmail('');
  };
  const without = new Set([...invited, ...added.flatMap(({ accountId }) => accountId ?? [])]);
  return (
    <section aria-label={t('people.title')} className="flex flex-col gap-4 border-t border-line pt-5">
      <PeopleSearch
        without={without}
        isPending={isPending}
        onAdd={({ accountId, displayName }) => void add({ accountId }, displayName, accountId)}
      />
      <form onSubmit={(event) => void inviteGuest(event)} className="flex flex-col gap-4" noValidate>
        <h3 className="text-base font-semibold">{t('guest.title')}</h3>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t('guest.name')}
            value={guestName}
            maxLength={80}
            autoComplete="off"
            problem={isNameMissing ? t('guest.nameMissing') : null}
            onChange={(name) => {
              setGuestName(name);
              setNameMissing(false);
            }}
          />
          <TextField
            label={t('guest.email')}
            type="email"
            value={email}
            maxLength={254}
            autoComplete="off"
            onChange={setEmail}
          />
        </div>
        <Button type="submit" icon={Mail} isPending={isPending}>
          {t('guest.invite')}
        </Button>
      </form>
      <ProblemWords problem={problem} />
      <p role="status" className="text-small font-medium text-accent empty:hidden">
        {added.length > 0 && t('people.added', { names: added.map(({ name }) => name).join(', ') })}
      </p>
    </section>
  );
}
