/** The people of a meeting, each with role, attendance and state of the mail. Hosts get the link, and send the mail again. */
import Check from 'lucide-react/icons/check';
import Link2 from 'lucide-react/icons/link-2';
import Mail from 'lucide-react/icons/mail';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDetail, meetingsApi, type MeetingPerson } from '#contract/http/meetings-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

/** more are asked for: the page is not about them alone */
const FIRST = 8;

type InvitedPeopleProps = { meeting: MeetingDetail; isHost: boolean; onMailed: () => void };

export function InvitedPeople({ meeting, isHost, onMailed }: InvitedPeopleProps) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  const { run, pending, problem } = useAsyncAction<'mail' | 'link'>();
  const [link, setLink] = useState<{ name: string; url: string } | null>(null);
  const [isWhole, setWhole] = useState(false);
  const [mailed, setMailed] = useState<string | null>(null);
  const { meetingId, people } = meeting;
  const resend = async ({ personId, displayName }: MeetingPerson) => {
    const params = { meetingId, personId };
    const answer = await run(() => callApi(meetingsApi.resendInvite, { params }), { key: personId, about: 'mail' });
    if (answer === null) return;
    setMailed(displayName);
    onMailed();
  };
  const showLink = async ({ personId, displayName, inviteId }: MeetingPerson) => {
    if (inviteId === null) return;
    const params = { meetingId, inviteId };
    const answer = await run(() => callApi(meetingsApi.inviteLink, { params }), { key: personId, about: 'link' });
    if (answer !== null) setLink({ name: displayName, url: answer.joinUrl });
  };
  return (
    <Card title={words('people.title')}>
      {people.length === 0 && <p className="text-base text-quiet">{t('meeting.nobody')}</p>}
      <ul className="flex flex-col">
        {(isWhole ? people : people.slice(0, FIRST)).map((person) => (
          <li
            key={person.personId}
            className="flex min-h-14 flex-wrap items-center gap-x-3 border-t border-line py-2 first:border-0"
          >
            <PersonWords person={person} />
            {isHost && person.inviteId !== null && (
              <Button
                variant="quiet"
                icon={Link2}
                aria-label={t('meeting.linkOf', { name: person.displayName })}
                isPending={pending(person.personId) === 'link'}
                onPress={() => void showLink(person)}
              />
            )}
            {isHost && person.email !== null && person.role !== 'host' && (
              <Button
                variant="quiet"
                icon={Mail}
                aria-label={t('meeting.resendTo', { name: person.displayName })}
                isPending={pending(person.personId) === 'mail'}
                onPress={() => void resend(person)}
              />
            )}
          </li>
        ))}
      </ul>
      {!isWhole && people.length > FIRST && (
        <Button className="mt-2" onPress={() => setWhole(true)}>
          {t('meeting.allPeople', { count: people.length })}
        </Button>
      )}
      <ProblemWords problem={problem} />
      <p role="status" className="text-small font-medium text-accent empty:hidden">
        {mailed !== null && t('meeting.resent', { name: mailed })}
      </p>
      <Dialog title={t('meeting.linkTitle')} isOpen={link !== null} onClose={() => setLink(null)}>
        {link && (
          <>
            <CopyText
              label={t('meeting.linkLead', { name: link.name })}
              text={link.url}
              action={words('invite.copy')}
            />
            <Button onPress={() => setLink(null)}>{common('close')}</Button>
          </>
        )}
      </Dialog>
    </Card>
  );
}

function PersonWords({ person }: { person: MeetingPerson }) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const { displayName, email, role, mail, cameAtMs } = person;
  const hasCome = cameAtMs !== undefined;
  const about = [words(`role.${role}`), words(hasCome ? 'mark.came' : 'mark.notYet')];
  const mailWords = mail === null || mail === 'unknown' ? null : t(`mail.${mail}`);
  return (
    <div className="min-w-0 flex-1">
      <p className="flex items-center gap-2 text-base font-medium">
        <bdi className="line-clamp-2 min-w-0">{displayName}</bdi>
        {hasCome && <Icon of={Check} className="size-4 text-accent" />}
      </p>
      <p className="text-small text-quiet">
        {about.join(' · ')}
        {mailWords !== null && (
          <>
            {' · '}
            <span className={`inline-block ${mail === 'failed' ? 'font-medium text-fault' : ''}`}>{mailWords}</span>
          </>
        )}
      </p>
      {email !== null && <p className="truncate text-small text-quiet">{email}</p>}
    </div>
  );
}
