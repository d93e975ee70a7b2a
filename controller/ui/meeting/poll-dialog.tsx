/** A new poll, made on the spot and started at once. What was typed stays until it runs. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { v7 as newId } from 'uuid';
import type { PollDraft } from '#contract/polls.ts';
import { Dialog } from '../dialog.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { PollForm } from './poll-form.tsx';

type PollDialogProps = {
  isOpen: boolean;
  /** the same id again is one poll */
  onStart: (pollId: string, draft: PollDraft) => Promise<void>;
  onClose: () => void;
};

export function PollDialog({ isOpen, onStart, onClose }: PollDialogProps) {
  const { t } = useTranslation('polls');
  return (
    <Dialog title={t('new')} isOpen={isOpen} onClose={onClose} className="sm:max-w-xl!">
      <NewPoll onStart={onStart} onClose={onClose} />
    </Dialog>
  );
}

function NewPoll({ onStart, onClose }: Omit<PollDialogProps, 'isOpen'>) {
  const { t } = useTranslation('polls');
  const { t: errors } = useTranslation('errors');
  const [pollId] = useState(() => newId());
  const { run, isPending, problem } = useAsyncAction();
  const start = async (draft: PollDraft) => {
    const done = await run(() => onStart(pollId, draft).then(() => true));
    if (done) onClose();
  };
  return (
    <PollForm
      action={t('start')}
      isPending={isPending}
      failed={problem === null ? null : errors(`${problem.code}.what`)}
      onSubmit={(draft) => void start(draft)}
    />
  );
}
