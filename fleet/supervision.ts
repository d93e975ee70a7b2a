/** What the fleet server notifies its supervisor of, beside FleetReady of the contract. */
import type { FleetReady } from '#contract/process-ready.ts';

/** In the data directory: the first administrator and the one-time password, where nothing else could show them. */
export const FIRST_ADMIN_FILE = 'first-administrator.json';

/** It listens; the media node may be started. */
export type ServerServing = {
  ready: 'fleet-server';
  nodeCredentialsDir: string;
  mqttUrl: string;
  /** what the media node's signalling serves with; null: plain, on loopback */
  signalingTls: { cert: string; key: string } | null;
};
/** `ports` without the media node's, which the supervisor knows; `mediaWorkers` as the node registered; `turnConfiguration`: the file for
 * coturn, null: none is wanted. */
export type ServerReady = FleetReady & { mediaWorkers: number; turnConfiguration: string | null };
export type ServerMessage = ServerServing | ServerReady;
