/** A new poll, made on the spot and started at once. What was typed stays until it runs. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { v7 as newId } from 'uuid';
import type { PollDraft } from '#contract/polls.ts';
import type { PreparedPoll } from '#contract/http/polls-api.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog, Dialog } from '../dialog.tsx';
import { useProblemLine } from '../problem-words.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { PollForm } from './poll-form.tsx';

type PollDialogProps = {
  isOpen: boolean;
  /** what hosts prepared: chosen, it fills the form */
  prepared?: readonly PreparedPoll[];
  /** the same id again is one poll */
  onStart: (pollId: string, draft: PollDraft) => Promise<void>;
  onClose: () => void;
};

export function PollDialog({ isOpen, prepared = NONE, onStart, onClose }: PollDialogProps) {
  const { t } = useTranslation('polls');
  return (
    <Dialog title={t('new')} isOpen={isOpen} onClose={onClose} className="sm:max-w-xl!">
      <NewPoll prepared={prepared} onStart={onStart} onClose={onClose} />
    </Dialog>
  );
}

const NONE: readonly PreparedPoll[] = [];

function NewPoll({ prepared, onStart, onClose }: Required<Omit<PollDialogProps, 'isOpen'>>) {
  const { t } = useTranslation('polls');
  const lineOf = useProblemLine();
  const [pollId] = useState(() => newId());
  const [chosen, setChosen] = useState<PreparedPoll | null>(null);
  /** of the form, which begins anew with each choice */
  const [filledTimes, setFilledTimes] = useState(0);
  const [isTyped, setTyped] = useState(false);
  const [asked, setAsked] = useState<PreparedPoll | null>(null);
  const fill = (by: PreparedPoll) => {
    setChosen(by);
    setFilledTimes((times) => times + 1);
    setTyped(false);
    setAsked(null);
  };
  const { run, isPending, problem } = useAsyncAction();
  const start = async (draft: PollDraft) => {
    // under the id of what was prepared: the server lists it as prepared no more
    const done = await run(() => onStart(chosen?.preparedPollId ?? pollId, draft).then(() => true));
    if (done) onClose();
  };
  return (
    <>
      {prepared.length > 0 && (
        <section aria-label={t('prepared')} className="flex flex-col gap-2">
          <h3 className="text-base font-medium">{t('prepared')}</h3>
          {prepared.map((each) => (
            <Button
              key={each.preparedPollId}
              variant={each === chosen ? 'inverted' : 'plain'}
              className="justify-start! text-left! break-words"
              onPress={() => (isTyped ? setAsked(each) : fill(each))}
            >
              {each.draft.question}
            </Button>
          ))}
        </section>
      )}
      <PollForm
        key={filledTimes}
        initial={chosen?.draft}
        action={t('start')}
        isPending={isPending}
        failed={problem === null ? null : lineOf(problem)}
        onTyped={setTyped}
        onSubmit={(draft) => void start(draft)}
      />
      <ConfirmDialog
        title={t('replaceTitle')}
        body={t('replaceBody', { question: asked?.draft.question ?? '' })}
        action={t('replace')}
        isOpen={asked !== null}
        onConfirm={() => asked !== null && fill(asked)}
        onClose={() => setAsked(null)}
      />
    </>
  );
}
