/** The call's poll on the TV: question, a bar for each choice with count and percentage, and who still has to answer; to be read from 5 m. */
import CircleCheck from 'lucide-react/icons/circle-check';
import { useTranslation } from 'react-i18next';
import { type CallPoll, pollShares } from '#contract/polls.ts';
import { Icon } from '#ui/icon.tsx';

const MANY_CHOICES = 6;
/** With longer ones the board is as wide as it must be for the longest permitted choice to be whole, also of ten. */
const LONG_LETTERS = { few: 30, many: 18 } as const;

type Density = 'few' | 'many' | 'few-long' | 'many-long';
const LAYOUTS: Record<Density, Record<'board' | 'question' | 'list' | 'choice' | 'words', string>> = {
  few: {
    board: 'w-[62rem] gap-6 px-10 py-8',
    question: 'line-clamp-3 text-tv-lead',
    list: 'gap-4',
    choice: 'min-h-18 gap-6 px-6 py-3',
    words: 'line-clamp-2 text-tv-name',
  },
  many: {
    board: 'w-[62rem] gap-5 px-10 py-6',
    question: 'line-clamp-3 text-tv-lead',
    list: 'gap-2',
    choice: 'min-h-14 gap-6 px-6 py-1',
    words: 'line-clamp-2 text-tv-small',
  },
  'few-long': {
    board: 'w-[100rem] gap-5 px-10 py-6',
    question: 'line-clamp-4 text-tv-name',
    list: 'gap-3',
    choice: 'min-h-18 gap-6 px-6 py-3',
    words: 'line-clamp-3 text-tv-small',
  },
  'many-long': {
    board: 'w-[110rem] gap-2 px-8 py-4',
    question: 'line-clamp-3 text-tv-small leading-9',
    list: 'gap-1',
    choice: 'min-h-11 gap-4 px-5 py-1',
    words: 'line-clamp-2 text-tv-small leading-8',
  },
};

function densityOf({ choices }: CallPoll): Density {
  const count = choices.length >= MANY_CHOICES ? 'many' : 'few';
  return choices.some(({ length }) => length > LONG_LETTERS[count]) ? `${count}-long` : count;
}

export function PollBoard({ poll }: { poll: CallPoll }) {
  const { t } = useTranslation('polls');
  const shares = pollShares(poll);
  const layout = LAYOUTS[densityOf(poll)];
  const { result } = poll;
  return (
    <section
      aria-label={t(poll.isQuiz ? 'quizTitle' : 'title')}
      className={`flex max-h-full animate-appear flex-col rounded-card bg-sunken shadow-overlay ${layout.board}`}
    >
      <h2 className={`font-semibold break-words ${layout.question}`}>{poll.question}</h2>
      <ol aria-label={t('choices')} className={`flex min-h-0 flex-col ${layout.list}`}>
        {poll.choices.map((choice, index) => {
          const isRight = result?.rightChoice === index;
          return (
            <li
              key={choice}
              className={`relative flex shrink-0 items-center overflow-hidden rounded-control bg-lifted ${layout.choice} ${isRight ? 'after:absolute after:inset-0 after:rounded-control after:border-4 after:border-accent' : ''}`}
            >
              <span
                aria-hidden="true"
                className="absolute inset-y-0 left-0 bg-[#3b6a55] transition-[width] duration-300"
                style={{ width: `${shares[index]}%` }}
              />
              <span className={`relative min-w-0 flex-1 break-words ${layout.words}`}>{choice}</span>
              {isRight && (
                <span className="relative flex items-center gap-2 text-tv-small font-semibold">
                  <Icon of={CircleCheck} className="size-8" />
                  {t('rightMark')}
                </span>
              )}
              <span className="numerals relative text-tv-small whitespace-nowrap">
                {t('count', { count: poll.counts[index]! })}
              </span>
              <span className="numerals relative w-24 text-right text-tv-name font-semibold">
                {t('share', { percent: shares[index]! })}
              </span>
            </li>
          );
        })}
      </ol>
      <p role="status" className="numerals text-tv-small text-quiet">
        {t('answered', { answered: poll.answeredCount, people: poll.peopleCount })}
        {' · '}
        {t(result === null ? (poll.isSecret ? 'isSecret' : 'isOpen') : 'ended')}
      </p>
    </section>
  );
}
