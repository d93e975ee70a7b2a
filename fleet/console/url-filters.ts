/** The page and the filters of its list, both in the address's fragment: `#/audit?kind=signed-in`. A link shows the same list. */
import { useCallback, useMemo } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';

/** For the router: the page's path without filters. */
export function usePagePath(): ReturnType<typeof useHashLocation> {
  const [location, navigate] = useHashLocation();
  return [location.split('?')[0]!, navigate];
}

/**
 * What is not in the address is ''. A change replaces the address: Back leaves the page, and does not undo each letter. With
 * `isStep` it is a step of its own that Back undoes: for a choice, not for typing.
 */
export function useUrlFilters<K extends string>(
  names: readonly K[],
): [Record<K, string>, (changes: Partial<Record<K, string>>, isStep?: boolean) => void] {
  const [address] = useHashLocation();
  const [path, search = ''] = address.split('?') as [string, string?];
  const filters = useMemo(() => {
    const given = new URLSearchParams(search);
    return Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])) as Record<K, string>;
  }, [names, search]);
  const change = useCallback(
    (changes: Partial<Record<K, string>>, isStep = false) => {
      const next = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== '') as [string, string][];
      const query = new URLSearchParams(next).toString();
      const changed = `#${path}${query === '' ? '' : `?${query}`}`;
      if (isStep) history.pushState(null, '', changed);
      else history.replaceState(history.state, '', changed);
      dispatchEvent(new Event('hashchange'));
    },
    [filters, path],
  );
  return [filters, change];
}

/** As the server is asked: days (`2027-03-01`) are those of this browser's calendar, the last one included; what is no day is left out. */
export const periodOf = (from: string, to: string): { from?: number; to?: number } => ({
  ...momentOf('from', from, 0),
  ...momentOf('to', to, 1),
});

function momentOf(name: 'from' | 'to', day: string, daysLater: number) {
  const [year, month, date] = day.split('-').map(Number);
  const atMs = new Date(year ?? Number.NaN, (month ?? 0) - 1, (date ?? 0) + daysLater).getTime();
  return Number.isFinite(atMs) && atMs >= 0 ? { [name]: atMs } : {};
}
