/** One poll as a person in the call has it: a button for each choice while it runs, the live numbers once answered, then the result. */
import Check from 'lucide-react/icons/check';
import X from 'lucide-react/icons/x';
import { useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { pollShares, type SeenPoll } from '#contract/polls.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { PollResult } from './poll-result.tsx';

/** a second press this soon was meant as one: it withdraws nothing */
const DOUBLE_PRESS_MS = 500;

type PollCardProps = {
  poll: SeenPoll;
  /** sees the numbers before answering */
  mayKeep: boolean;
  onAnswer: (choices: number[]) => void;
  /** null: it is not this page's to end or hide */
  onEnd: (() => void) | null;
  onHide: (() => void) | null;
  isPending: boolean;
  /** null: it cannot be put away */
  onClose: (() => void) | null;
  className?: string;
};

export function PollCard({
  poll,
  mayKeep,
  onAnswer,
  onEnd,
  onHide,
  isPending,
  onClose,
  className = '',
}: PollCardProps) {
  const { t } = useTranslation('polls');
  const isRunning = poll.result === null;
  return (
    <section
      aria-label={t(poll.isQuiz ? 'quizTitle' : 'title')}
      className={`flex flex-col gap-4 overflow-y-auto rounded-card bg-raised p-5 text-ink shadow-overlay ${className}`}
    >
      <div className="flex items-start gap-3">
        <h2 className="line-clamp-4 min-w-0 flex-1 text-control font-semibold break-words">{poll.question}</h2>
        {onClose && (
          <Button variant="quiet" icon={X} aria-label={t('close')} className="-mt-2 -mr-2" onPress={onClose} />
        )}
      </div>
      <div className="min-h-40 overflow-y-auto">
        {isRunning ? <Choices poll={poll} mayKeep={mayKeep} onAnswer={onAnswer} /> : <PollResult poll={poll} />}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="numerals text-small text-quiet">
          {t('answered', { answered: poll.answeredCount, people: poll.peopleCount })}
          {' · '}
          {isRunning && t(poll.isSecret ? 'secretNote' : 'openNote')}
          {/* its end is announced, not each answer */}
          <span role="status">{!isRunning && t('ended')}</span>
        </p>
        {isRunning && onEnd && (
          <Button isPending={isPending} onPress={onEnd}>
            {t('end')}
          </Button>
        )}
        {!isRunning && poll.isShown && onHide && (
          <Button isPending={isPending} onPress={onHide}>
            {t('hide')}
          </Button>
        )}
      </div>
    </section>
  );
}

function Choices({ poll, mayKeep, onAnswer }: Pick<PollCardProps, 'poll' | 'mayKeep' | 'onAnswer'>) {
  const { t } = useTranslation('polls');
  const described = useId();
  const { ownChoices, isMultiple } = poll;
  const shares = pollShares(poll);
  const showsNumbers = mayKeep || ownChoices.length > 0;
  const pressed = useRef({ index: -1, atMs: 0 });
  const press = (index: number, isChosen: boolean): void => {
    const last = pressed.current;
    pressed.current = { index, atMs: performance.now() };
    if (last.index === index && pressed.current.atMs - last.atMs < DOUBLE_PRESS_MS) return;
    const others = isMultiple ? ownChoices.filter((other) => other !== index) : [];
    onAnswer(isChosen ? [...others, index].toSorted((a, b) => a - b) : others);
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-small text-quiet">{t(isMultiple ? 'runningSeveral' : 'running')}</p>
      {poll.choices.map((choice, index) => {
        return (
          <ToggleButton
            key={choice}
            aria-label={choice}
            aria-describedby={showsNumbers ? `${described}${index}` : undefined}
            isSelected={ownChoices.includes(index)}
            onChange={(isChosen) => press(index, isChosen)}
            className="relative flex min-h-14 cursor-pointer items-center gap-3 overflow-hidden rounded-control bg-lifted px-4 py-2 text-left text-base font-medium transition-colors select-none data-hovered:brightness-[1.06] after:absolute after:inset-0 after:rounded-control after:border-2 after:border-transparent data-selected:after:border-accent"
          >
            {showsNumbers && (
              <span
                aria-hidden="true"
                className="absolute inset-y-0 left-0 bg-accent-soft transition-[width]"
                style={{ width: `${shares[index]}%` }}
              />
            )}
            <span className="relative grid size-6 shrink-0 place-items-center rounded-full border-2 border-edge">
              {ownChoices.includes(index) && <Icon of={Check} className="size-4 text-accent" />}
            </span>
            <span className="relative min-w-0 flex-1 break-words">{choice}</span>
            {/* its room is kept before it is shown: a choice that grew would move another one under a second press */}
            <span
              id={`${described}${index}`}
              className="numerals relative flex min-w-20 flex-col text-right text-small whitespace-nowrap text-quiet"
            >
              {showsNumbers && (
                <>
                  <span>
                    {t('count', { count: poll.counts[index]! })}
                    {/* read aloud in one line */}
                    <span className="sr-only">, </span>
                  </span>
                  <span>{shares[index]}%</span>
                </>
              )}
            </span>
          </ToggleButton>
        );
      })}
    </div>
  );
}
