/** How many have read a message of one's own; a press names them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../button.tsx';
import { ProblemWords } from '../problem-words.tsx';
import { useAsyncAction } from '../use-async-action.ts';

type ReadByProps = {
  count: number;
  /** by name */
  readersOf: () => Promise<readonly string[]>;
};

export function ReadBy({ count, readersOf }: ReadByProps) {
  const { t } = useTranslation('meeting');
  const [names, setNames] = useState<readonly string[] | null>(null);
  const { run, isPending, problem } = useAsyncAction<true>();
  const press = async () => {
    if (names !== null) return setNames(null);
    const found = await run(readersOf);
    if (found !== null) setNames(found);
  };
  return (
    <div className="-mb-2 flex flex-col items-start">
      <Button
        variant="quiet"
        className="px-0! text-small! text-quiet data-hovered:bg-transparent! data-hovered:underline"
        aria-expanded={names !== null}
        isPending={isPending}
        onPress={() => void press()}
      >
        {t('chat.readBy', { count })}
      </Button>
      <ProblemWords problem={problem} />
      {names !== null && (
        <span className="block pb-2 text-small text-quiet">
          {names.map((name, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name
            <bdi key={at}>{at === 0 ? name : `, ${name}`}</bdi>
          ))}
        </span>
      )}
    </div>
  );
}
