/** The form of a new poll: its question, its choices, and how people answer. */
import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAX_POLL_CHOICES, MIN_POLL_CHOICES, PollChoice, PollDraft, PollQuestion } from '#contract/polls.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '../button.tsx';
import { ChoiceList } from '../choice-list.tsx';
import { OnOff } from '../on-off.tsx';
import { TextField } from '../text-field.tsx';

type Typed = Pick<PollDraft, 'question' | 'choices' | 'isMultiple' | 'isSecret'> & {
  /** null: no quiz; -1: none is marked yet */
  right: number | null;
};
const EMPTY: Typed = { question: '', choices: ['', ''], isMultiple: false, isSecret: false, right: null };

type Problem = 'questionMissing' | 'questionTooLong' | 'tooFew' | 'same' | 'choiceTooLong' | 'rightMissing';

const typedOf = ({ rightChoice, ...draft }: PollDraft): Typed => ({ ...draft, right: rightChoice });

/** What is wrong with it, in the order in which a person reads the form; blank choices are left out. */
function draftOf({ question, choices, isMultiple, isSecret, right }: Typed): PollDraft | Problem {
  const typed = choices
    .map((choice, index) => ({ choice: shownText(choice), index }))
    .filter(({ choice }) => choice !== '');
  if (shownText(question) === '') return 'questionMissing';
  if (!PollQuestion.safeParse(question).success) return 'questionTooLong';
  if (typed.length < MIN_POLL_CHOICES) return 'tooFew';
  if (typed.some(({ choice }) => !PollChoice.safeParse(choice).success)) return 'choiceTooLong';
  if (new Set(typed.map(({ choice }) => choice)).size < typed.length) return 'same';
  const rightChoice = right === null ? null : typed.findIndex(({ index }) => index === right);
  if (rightChoice === -1) return 'rightMissing';
  return PollDraft.parse({ question, choices: typed.map(({ choice }) => choice), isMultiple, isSecret, rightChoice });
}

type PollFormProps = {
  /** what it begins with */
  initial?: PollDraft | undefined;
  /** the verb of its button */
  action: string;
  isPending: boolean;
  /** what went wrong with the last one; null: nothing */
  failed: string | null;
  /** whether it holds what a person has typed, or what it began with */
  onTyped?: (isTyped: boolean) => void;
  onSubmit: (draft: PollDraft) => void;
};

export function PollForm({ initial, action, isPending, failed, onTyped, onSubmit }: PollFormProps) {
  const { t } = useTranslation('polls');
  const [begun] = useState(() => (initial === undefined ? EMPTY : typedOf(initial)));
  const [typed, setTyped] = useState(begun);
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = (part: Partial<Typed>) => {
    const next = { ...typed, ...part };
    setTyped(next);
    setProblem(null);
    onTyped?.(JSON.stringify(next) !== JSON.stringify(begun));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft = draftOf(typed);
    if (typeof draft === 'string') setProblem(draft);
    else onSubmit(draft);
  };
  const { choices, right } = typed;
  const isOfQuestion = problem === 'questionMissing' || problem === 'questionTooLong';
  const remove = (index: number) =>
    change({
      choices: choices.filter((_, other) => other !== index),
      right: right === null || right < index ? right : right === index ? -1 : right - 1,
    });
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <TextField
        label={t('question')}
        value={typed.question}
        // what is filled is read first, without a keyboard over it
        autoFocus={initial === undefined}
        problem={isOfQuestion ? t(problem) : null}
        onChange={(question) => change({ question })}
      />
      <div className="flex flex-col gap-3">
        {choices.map((choice, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are told apart by their place alone
          <div key={index} className="flex items-end gap-2">
            <TextField
              label={t('choice', { number: index + 1 })}
              value={choice}
              className="min-w-0 flex-1"
              onChange={(words) => change({ choices: choices.map((other, at) => (at === index ? words : other)) })}
            />
            {choices.length > MIN_POLL_CHOICES && (
              <Button
                variant="quiet"
                icon={X}
                aria-label={t('removeChoice', { number: index + 1 })}
                className="min-h-14!"
                onPress={() => remove(index)}
              />
            )}
          </div>
        ))}
        {choices.length < MAX_POLL_CHOICES && (
          <Button
            variant="quiet"
            icon={Plus}
            className="self-start"
            onPress={() => change({ choices: [...choices, ''] })}
          >
            {t('addChoice')}
          </Button>
        )}
      </div>
      <div>
        <OnOff
          note={t('severalNote')}
          isOn={typed.isMultiple}
          onChange={(isMultiple) => change({ isMultiple, right: isMultiple ? null : right })}
        >
          {t('several')}
        </OnOff>
        <OnOff
          note={t(typed.isSecret ? 'secretNote' : 'openNote')}
          isOn={typed.isSecret}
          onChange={(isSecret) => change({ isSecret })}
        >
          {t('secret')}
        </OnOff>
        <OnOff
          note={t('quizNote')}
          isOn={right !== null}
          onChange={(isQuiz) => change({ right: isQuiz ? -1 : null, isMultiple: isQuiz ? false : typed.isMultiple })}
        >
          {t('quiz')}
        </OnOff>
        {right !== null && (
          <ChoiceList
            label={t('right')}
            choices={choices.flatMap((choice, index) =>
              shownText(choice) === '' ? [] : [{ key: String(index), words: choice }],
            )}
            chosen={String(right)}
            pending={null}
            onChoose={(key) => change({ right: Number(key) })}
          />
        )}
      </div>
      <p role="alert" className="text-small font-medium text-fault empty:hidden">
        {problem !== null && !isOfQuestion ? t(problem) : failed}
      </p>
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {action}
      </Button>
    </form>
  );
}
