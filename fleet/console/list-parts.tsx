/** What the console's lists have in common: that nothing is there yet, their rows, and the next part. */
import type { ReactNode } from 'react';
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

type PagedRowsProps<Row> = {
  /** as `usePageList` answers */
  of: {
    list: { readonly rows: readonly Row[]; readonly total: number } | null;
    problem: object | null;
    more: (() => void) | null;
    isFetchingMore: boolean;
  };
  words: { loading: string; none: string; more: string; shown: (counts: { shown: number; total: number }) => string };
  /** of at least one */
  children: (rows: readonly Row[]) => ReactNode;
};

/** Of a list that comes page by page. Why it cannot be fetched is shown by its page. */
export function PagedRows<Row>({ of: { list, problem, more, isFetchingMore }, words, children }: PagedRowsProps<Row>) {
  if (list === null) return problem === null && <ListStatus words={words.loading} isLoading />;
  return (
    <>
      {list.rows.length === 0 ? <ListStatus words={words.none} /> : children(list.rows)}
      {more !== null && (
        <ListMore
          action={words.more}
          words={words.shown({ shown: list.rows.length, total: list.total })}
          isPending={isFetchingMore}
          onMore={more}
        />
      )}
    </>
  );
}
