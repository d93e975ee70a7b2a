/** What the room asks of the fleet: grants, access to documents and to broadcasts, each with one reply by its id. */
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant, DocumentAccess } from '#contract/grants.ts';
import type { Viewing } from '#contract/live-delivery.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomRequest, RequestReply } from '#contract/topics.ts';
import { OpenRequests } from '#edge/open-requests.ts';

export type GrantResponse = Extract<RequestReply, { name: 'grant' | 'refused' }>;
type Response = GrantResponse | Extract<RequestReply, { name: 'document-access' | 'viewing' }>;
type GrantRequest = Pick<Extract<RoomRequest, { name: 'request-grant' }>, 'endedCallId' | 'booking'>;

export type FleetRequestsOptions = {
  publish: (request: RoomRequest) => void;
  isFleetOnline: () => boolean;
  logger: Logger;
};

export class FleetRequests {
  readonly #options: FleetRequestsOptions;
  readonly #open = new OpenRequests<Response | null>();

  constructor(options: FleetRequestsOptions) {
    this.#options = options;
  }

  /** Waits without a limit. @returns its id, for `forget` */
  requestGrant(request: GrantRequest, onRequestReply: (response: GrantResponse) => void): string {
    const id = v7();
    this.#open.add(id, (response) => {
      if (response?.name === 'grant' || response?.name === 'refused') onRequestReply(response);
    });
    this.#options.publish({ name: 'request-grant', id, ...request });
    return id;
  }

  /** For a look at the media ports, beside the room's own grants, which it never becomes. null: none is to be had. */
  async requestTestGrant(): Promise<CallGrant | null> {
    const response = await this.#ask((id) => ({ name: 'request-grant', id, endedCallId: null, booking: null }));
    return response?.name === 'grant' ? response.grant : null;
  }

  /** @param callId of the call that the room is in; null: of its own meeting. null: no documents there, or no answer */
  async requestDocumentAccess(callId: string | null): Promise<DocumentAccess | null> {
    const response = await this.#ask((id) => ({ name: 'request-document-access', id, callId }));
    return response?.name === 'document-access' ? response.access : null;
  }

  /** Of a broadcast that the room was offered. An error code: the fleet's refusal; null: no answer. */
  async requestViewing(broadcastId: string): Promise<Viewing | ErrorCode | null> {
    const response = await this.#ask((id) => ({ name: 'request-viewing', id, broadcastId }));
    if (response?.name === 'viewing') return response.viewing;
    return response?.name === 'refused' ? response.error.code : null;
  }

  /** null: the fleet is away, or has not answered in time */
  async #ask(requestOf: (id: string) => RoomRequest): Promise<Response | null> {
    const { publish, isFleetOnline } = this.#options;
    if (!isFleetOnline()) return null;
    const id = v7();
    const { promise, resolve } = Promise.withResolvers<Response | null>();
    this.#open.add(id, resolve, { afterMs: COMMAND_TIMEOUT_MS, reply: null });
    publish(requestOf(id));
    return promise;
  }

  forget(id: string): void {
    this.#open.forget(id);
  }

  onRequestReply(response: Response): void {
    if (response.name === 'refused') {
      const { code, message } = response.error;
      this.#options.logger.warn({ code, detail: message }, 'the fleet refused');
    }
    if (response.id !== null) this.#open.settle(response.id, response);
  }
}
