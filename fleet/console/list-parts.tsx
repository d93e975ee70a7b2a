/** What the console's lists have in common: that nothing is there yet, and the next part. */
import { Button } from '#ui/button.tsx';
import { Spinner } from '#ui/progress.tsx';

export function ListStatus({ words, isLoading = false }: { words: string; isLoading?: boolean }) {
  return (
    <p role="status" className="flex items-center justify-center gap-3 border-t border-line py-6 text-quiet">
      {isLoading && <Spinner />} {words}
    </p>
  );
}

type ListMoreProps = { action: string; words: string; isPending: boolean; onMore: () => void };

export function ListMore({ action, words, isPending, onMore }: ListMoreProps) {
  return (
    <div className="flex flex-wrap items-center gap-4 border-t border-line pt-4">
      <Button isPending={isPending} onPress={onMore}>
        {action}
      </Button>
      <span className="numerals text-small text-quiet">{words}</span>
    </div>
  );
}
