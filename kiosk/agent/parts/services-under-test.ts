/** What main.ts gives to the parts, without a room behind it: a test replaces what it looks at. */
import { pino } from 'pino';
import type { HostServices } from './part.ts';

export const servicesUnderTest = (over: Partial<HostServices> = {}): HostServices => ({
  logger: pino({ level: 'silent' }),
  clock: {} as HostServices['clock'],
  settings: {} as HostServices['settings'],
  store: {} as HostServices['store'],
  codes: { redeem: () => false } as unknown as HostServices['codes'],
  projections: {} as HostServices['projections'],
  publish: () => {},
  publishFields: () => {},
  isFleetOnline: () => false,
  fleetOrigin: () => null,
  fleetCa: () => '',
  certificate: () => '',
  fleetLine: () => ({ mqttUrl: 'mqtts://127.0.0.1:8883', clockOffMs: null, roundTripMs: null }),
  requestTestGrant: async () => null,
  requestDocumentAccess: async () => null,
  requestViewing: async () => null,
  ask: () => {},
  onLanCommand: () => {},
  perform: () => false,
  record: () => {},
  ...over,
});
