/** Where a room stands, in words, for lists of rooms. */
import { useMemo } from 'react';
import { usePlaces } from './use-places.ts';

/** `Seoul / Tower / 3`; null: directly below the organisation, or not known */
export function usePathOfPlace(): (placeId: string | null) => string | null {
  const { places } = usePlaces();
  return useMemo(() => {
    const paths = new Map((places ?? []).map(({ placeId, path }) => [placeId, path]));
    return (placeId) => (placeId === null ? null : (paths.get(placeId) ?? null));
  }, [places]);
}
