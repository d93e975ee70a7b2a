/** Calling IT for help from the room: the dialog that calls, and the request with IT's answers while it is open. */
import Eye from 'lucide-react/icons/eye';
import LifeBuoy from 'lucide-react/icons/life-buoy';
import RotateCw from 'lucide-react/icons/rotate-cw';
import SendHorizontal from 'lucide-react/icons/send-horizontal';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HelpText, HelpTopic } from '#contract/help-request.ts';
import type { ProjectionValue } from '#contract/projections.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { TextField } from '#ui/text-field.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import type { RoomLink } from '../link/room-link.ts';
import { type Asking, useProjection } from './use-room.ts';

type Help = ProjectionValue<'help'>;
type Request = NonNullable<Help['request']>;

/** null: none, or it is over for the room */
function openRequest(help: Help | null): Request | null {
  const request = help?.request ?? null;
  return request !== null && request.state !== 'withdrawn' ? request : null;
}

/** The button in the header; nothing where IT offers no help, or is called already. */
export function CallForHelp({ asking }: { asking: Asking }) {
  const { t } = useTranslation('help');
  const [isOpen, setOpen] = useState(false);
  const help = useProjection('help');
  const request = openRequest(help);
  if (help?.isOffered !== true || (request !== null && request.state !== 'solved')) return null;
  return (
    <>
      <Button variant="quiet" icon={LifeBuoy} aria-label={t('call')} onPress={() => setOpen(true)} />
      <CallDialog isOpen={isOpen} asking={asking} onClose={() => setOpen(false)} />
    </>
  );
}

type CallDialogProps = { isOpen: boolean; asking: Asking; onClose: () => void };

function CallDialog({ isOpen, asking, onClose }: CallDialogProps) {
  const { t } = useTranslation('help');
  const [topic, setTopic] = useState<HelpTopic | null>(null);
  const [text, setText] = useState('');
  const call = () => {
    if (topic === null) return;
    asking.ask({ name: 'call-for-help', topic, text: HelpText.parse(text.slice(0, MAX_LETTERS)) });
    setTopic(null);
    setText('');
    onClose();
  };
  return (
    <Dialog title={t('title')} isOpen={isOpen} onClose={onClose}>
      <p className="text-base text-quiet">{t('lead')}</p>
      <ChoiceList
        label={t('topicLabel')}
        choices={HelpTopic.options.map((key) => ({ key, words: t(`topic.${key}`) }))}
        chosen={topic}
        pending={null}
        onChoose={(key) => setTopic(HelpTopic.parse(key))}
      />
      <TextField label={t('text')} value={text} maxLength={MAX_LETTERS} onChange={setText} />
      <Button variant="primary" size="large" icon={LifeBuoy} isDisabled={topic === null} onPress={call}>
        {t('send')}
      </Button>
    </Dialog>
  );
}
const MAX_LETTERS = 500;

type HelpCardProps = { link: Pick<RoomLink, 'command'>; asking: Asking };

/** What IT does here at the moment, and the request with its answers: on every screen of the room. */
export function HelpCard({ link, asking }: HelpCardProps) {
  const help = useProjection('help');
  const request = openRequest(help);
  if (help === null || (request === null && help.it.length === 0)) return null;
  return (
    <div className="mx-auto mb-4 flex w-full max-w-xl flex-col gap-4 px-5 lg:max-w-6xl lg:px-8">
      <ItHere help={help} />
      {request !== null && <RequestCard request={request} link={link} asking={asking} />}
    </div>
  );
}

function ItHere({ help }: { help: Help }) {
  const { t } = useTranslation('help');
  return (
    <div role="status">
      <ul className="flex flex-col gap-2 empty:hidden">
        {help.it.map(({ kind, by, sinceMs }) => (
          <li
            key={`${kind} ${sinceMs}`}
            className="flex items-center gap-3 rounded-control bg-warn-soft p-4 font-medium"
          >
            <Icon of={kind === 'looks-at-screen' ? Eye : RotateCw} className="size-5 text-warn" />
            {t(`presence.${kind}`, { by })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function RequestCard({ request, link, asking }: HelpCardProps & { request: Request }) {
  const { t } = useTranslation('help');
  const [isAsking, setAsking] = useState(false);
  const isOpen = request.state !== 'solved';
  return (
    <Card title={t('yours')}>
      <div className="flex flex-col gap-3">
        <p role="status" className="flex flex-col gap-1">
          <span className="font-semibold">{t(`topic.${request.topic}`)}</span>
          <span className="text-small text-quiet">{t(`state.${request.state}`)}</span>
        </p>
        <div role="log" aria-label={t('messages')}>
          <ol className="flex flex-col gap-3">
            {request.messages.map(({ messageId, from, author, text, atMs }) => (
              <li key={messageId}>
                <p className="text-small text-quiet">
                  <bdi className="font-semibold">
                    {from === 'room' ? t('room') : author === '' ? t('it') : t('itNamed', { name: author })}
                  </bdi>{' '}
                  · <time>{clockTime(atMs, currentLanguage())}</time>
                </p>
                <p dir="auto" className="text-base wrap-anywhere whitespace-pre-wrap">
                  {text}
                </p>
              </li>
            ))}
          </ol>
        </div>
        {isOpen && <Composer link={link} />}
        {isOpen && (
          <Button
            variant="danger-quiet"
            isPending={asking.pending('withdraw-help') !== null}
            onPress={() => setAsking(true)}
          >
            {t('withdraw')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        title={t('withdrawTitle')}
        body={t('withdrawBody')}
        action={t('withdrawAction')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          asking.ask({ name: 'withdraw-help' });
        }}
      />
    </Card>
  );
}

function Composer({ link }: { link: Pick<RoomLink, 'command'> }) {
  const { t } = useTranslation('help');
  const [text, setText] = useState('');
  const [isFailed, setFailed] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const written = HelpText.parse(text.slice(0, MAX_LETTERS));
    if (written === '') return;
    setText('');
    setFailed(false);
    try {
      await link.command({ name: 'write-to-it', text: written });
    } catch {
      // what was typed is not lost
      setText((since) => (since === '' ? written : since));
      setFailed(true);
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} className="flex items-end gap-2">
      <TextField
        className="min-w-0 flex-1"
        label={t('message')}
        value={text}
        maxLength={MAX_LETTERS}
        problem={isFailed ? t('failed') : null}
        onChange={setText}
      />
      <Button
        type="submit"
        variant="primary"
        icon={SendHorizontal}
        aria-label={t('sendMessage')}
        className="min-h-14!"
      />
    </form>
  );
}
