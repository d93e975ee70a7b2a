/** One value of the room's store under its schema: what a part of the agent remembers over restarts. */
import type { z } from '#contract/schema.ts';
import type { RoomStore } from './room-store.ts';

export type KeptValue<S extends z.ZodType> = {
  /** null: never saved, or not what it should be (an older release's): the part begins afresh */
  load: () => z.output<S> | null;
  /** null forgets it; a disk that fails is the store's to mend */
  save: (value: z.input<S> | null) => void;
};
type Store = Pick<RoomStore, 'value' | 'keep'>;

export function keptValue<S extends z.ZodType>(store: Store, key: string, schema: S): KeptValue<S> {
  return {
    load: () => {
      const text = store.value(key);
      if (text === null) return null;
      try {
        return schema.safeParse(JSON.parse(text)).data ?? null;
      } catch {
        return null;
      }
    },
    save: (value) => store.keep(key, value === null ? null : JSON.stringify(value)),
  };
}
