/** What the room asks of the fleet: grants and access to documents, each with one reply by its id. */
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import type { CallGrant, DocumentAccess } from '#contract/grants.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomRequest, RequestReply } from '#contract/topics.ts';
import { OpenRequests } from '#edge/open-requests.ts';

export type GrantResponse = Exclude<RequestReply, { name: 'pairing-code-used' | 'unknown' }>;
type GrantRequest = Omit<Extract<RoomRequest, { name: 'request-grant' }>, 'name' | 'id'>;

export type FleetRequestsOptions = {
  publish: (request: RoomRequest) => void;
  isFleetOnline: () => boolean;
  logger: Logger;
};

export class FleetRequests {
  readonly #options: FleetRequestsOptions;
  readonly #open = new OpenRequests<GrantResponse | null>();

  constructor(options: FleetRequestsOptions) {
    this.#options = options;
  }

  /** Waits without a limit. @returns its id, for `forget` */
  requestGrant(request: GrantRequest, onRequestReply: (response: GrantResponse) => void): string {
    const id = v7();
    this.#open.add(id, (response) => response && onRequestReply(response));
    this.#options.publish({ name: 'request-grant', id, ...request });
    return id;
  }

  /** For a look at the media ports, beside the room's own grants, which it never becomes. null: none is to be had. */
  async requestTestGrant(): Promise<CallGrant | null> {
    const { publish, isFleetOnline } = this.#options;
    if (!isFleetOnline()) return null;
    const id = v7();
    const { promise, resolve } = Promise.withResolvers<GrantResponse | null>();
    this.#open.add(id, resolve, { afterMs: COMMAND_TIMEOUT_MS, reply: null });
    publish({ name: 'request-grant', id, endedCallId: null, booking: null });
    const response = await promise;
    return response?.name === 'grant' ? response.grant : null;
  }

  /** For the documents of the room's own meeting, on its idle TV. null: none is to be had. */
  async requestDocumentAccess(): Promise<DocumentAccess | null> {
    const { publish, isFleetOnline } = this.#options;
    if (!isFleetOnline()) return null;
    const id = v7();
    const { promise, resolve } = Promise.withResolvers<GrantResponse | null>();
    this.#open.add(id, resolve, { afterMs: COMMAND_TIMEOUT_MS, reply: null });
    publish({ name: 'request-document-access', id });
    const response = await promise;
    return response?.name === 'document-access' ? response.access : null;
  }

  forget(id: string): void {
    this.#open.forget(id);
  }

  onRequestReply(response: GrantResponse): void {
    if (response.name === 'refused') {
      const { code, message } = response.error;
      this.#options.logger.warn({ code, detail: message }, 'the fleet refused');
    }
    if (response.id !== null) this.#open.settle(response.id, response);
  }
}
