/** Why IT is in the room at the moment, for TV and phones: as long as each lasts. */
import type { ProjectionValue } from '#contract/projections.ts';

export type ShownPresence = ProjectionValue<'help'>['it'][number];

export class ItPresences {
  readonly #onChange: () => void;
  #shown: readonly ShownPresence[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get shown(): readonly ShownPresence[] {
    return this.#shown;
  }

  /** @returns ends it */
  enter(kind: ShownPresence['kind'], by: string): () => void {
    const presence: ShownPresence = { kind, by, sinceMs: Date.now() };
    this.#shown = [...this.#shown, presence];
    this.#onChange();
    return () => {
      if (!this.#shown.includes(presence)) return;
      this.#shown = this.#shown.filter((each) => each !== presence);
      this.#onChange();
    };
  }
}
