/** Ids of what is typed and sent: what failed may have arrived all the same, and has to count once when it is sent again. */
import { useCallback, useRef } from 'react';
import { v7 as newId } from 'uuid';

/**
 * @returns a function that calls `send` with an id: that of the last one where it failed and the same is sent again, else a new
 *   one. `typed` is compared as JSON. It rejects as `send` does.
 */
export function useSameId(): <T>(typed: unknown, send: (id: string) => Promise<T>) => Promise<T> {
  const failed = useRef<{ key: string; id: string } | null>(null);
  return useCallback(async (typed, send) => {
    const key = JSON.stringify(typed);
    const id = failed.current?.key === key ? failed.current.id : newId();
    // the same once more while this is under way is another
    failed.current = null;
    try {
      return await send(id);
    } catch (error) {
      failed.current = { key, id };
      throw error;
    }
  }, []);
}
