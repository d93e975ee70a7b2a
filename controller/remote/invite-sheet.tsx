/** Inviting from the room's phone: a link by which people ask to join, and an invite for one person by name. */
import UserPlus from 'lucide-react/icons/user-plus';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { Qr } from '#ui/qr.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { RoomLink } from '../link/room-link.ts';

type InviteSheetProps = { link: Pick<RoomLink, 'makeInvite'>; isOpen: boolean; onClose: () => void };

export function InviteSheet({ link, isOpen, onClose }: InviteSheetProps) {
  const { t } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('invite.title')} isOpen={isOpen} onClose={onClose}>
      <LinkForAnybody link={link} />
      <InviteByName link={link} />
      <Button size="large" onPress={onClose}>
        {common('close')}
      </Button>
    </Dialog>
  );
}

function LinkForAnybody({ link }: Pick<InviteSheetProps, 'link'>) {
  const { t } = useTranslation('meeting');
  const [url, setUrl] = useState<string | null>(null);
  const { run, problem } = useAsyncAction();
  useEffect(() => {
    let isShown = true;
    void run(() => link.makeInvite(null)).then((invite) => {
      if (isShown && invite !== null) setUrl(invite.joinUrl);
    });
    return () => {
      isShown = false;
    };
  }, [link, run]);
  return (
    <section aria-label={t('invite.link')} className="flex flex-col gap-4">
      {url === null && problem === null && <Spinner label={t('invite.making')} className="size-6 self-center" />}
      <ProblemWords problem={problem} />
      {url !== null && (
        <>
          <Qr text={url} label={t('invite.scan')} className="w-56 self-center rounded-control" />
          <CopyText label={t('invite.linkLead')} text={url} action={t('invite.copy')} />
        </>
      )}
    </section>
  );
}

function InviteByName({ link }: Pick<InviteSheetProps, 'link'>) {
  const { t } = useTranslation('meeting');
  const { t: remote } = useTranslation('remote');
  const [typed, setTyped] = useState('');
  const [isNameMissing, setNameMissing] = useState(false);
  const [made, setMade] = useState<{ name: string; url: string } | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const name = shownText(typed);
    setNameMissing(name === '');
    if (name === '' || isPending) return;
    const invite = await run(() => link.makeInvite(name));
    if (invite === null) return;
    setMade({ name, url: invite.joinUrl });
    setTyped('');
  };
  return (
    <section aria-label={remote('invite.byName')} className="flex flex-col gap-4 border-t border-line pt-5">
      <form onSubmit={(event) => void make(event)} className="flex flex-col gap-4" noValidate>
        <TextField
          label={t('guest.name')}
          hint={remote('invite.byNameHint')}
          value={typed}
          maxLength={80}
          autoComplete="off"
          problem={isNameMissing ? t('guest.nameMissing') : null}
          onChange={(name) => {
            setTyped(name);
            setNameMissing(false);
          }}
        />
        <Button type="submit" icon={UserPlus} isPending={isPending}>
          {t('guest.invite')}
        </Button>
      </form>
      <ProblemWords problem={problem} />
      {made !== null && (
        <CopyText
          key={made.url}
          label={remote('invite.linkOf', { name: made.name })}
          text={made.url}
          action={remote('invite.copyOf', { name: made.name })}
        />
      )}
    </section>
  );
}
