/** Grants for the self-test's look at the media ports: asked of the fleet beside the room's own, which they never become. */
import { v7 } from 'uuid';
import type { CallGrant } from '#contract/grants.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomRequest, RoomResponse } from '#contract/topics.ts';

export type SelfTestGrantsOptions = { publish: (request: RoomRequest) => void; isFleetOnline: () => boolean };

export class SelfTestGrants {
  readonly #options: SelfTestGrantsOptions;
  readonly #waiting = new Map<string, (grant: CallGrant | null) => void>();

  constructor(options: SelfTestGrantsOptions) {
    this.#options = options;
  }

  /** null: none is to be had. */
  async request(): Promise<CallGrant | null> {
    const { publish, isFleetOnline } = this.#options;
    if (!isFleetOnline()) return null;
    const id = v7();
    const answer = new Promise<CallGrant | null>((resolve) => this.#waiting.set(id, resolve));
    const late = setTimeout(() => this.#waiting.get(id)?.(null), COMMAND_TIMEOUT_MS);
    publish({ name: 'request-grant', id, endedCallId: null, booking: null });
    try {
      return await answer;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  /** False: another's answer. */
  onResponse(response: Exclude<RoomResponse, { name: 'pairing-code-used' }>): boolean {
    const resolve = response.name === 'unknown' || response.id === null ? undefined : this.#waiting.get(response.id);
    resolve?.(response.name === 'grant' ? response.grant : null);
    return resolve !== undefined;
  }
}
