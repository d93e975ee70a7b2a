/**
 * Tests that judge how long something lasts: a picture that stands still, a recovery, a list that opens. They run after the
 * others of their group, one at a time, so that no neighbour makes them late.
 */
export const timingIntegrationFiles: readonly string[] = [
  'fleet/settings/rooms-settings.integration.test.ts',
  'tests/hls-validator/hls-validator.integration.test.ts',
  'tests/integration/kiosk-settings.test.ts',
  'tests/integration/live-player.test.ts',
  'tests/integration/program.test.ts',
];
export const timingFiles: readonly string[] = [
  'tests/e2e/bad-input-at-the-door.e2e.test.ts',
  'tests/e2e/bad-input-on-the-wires.e2e.test.ts',
  'tests/e2e/broadcast-across-networks.e2e.test.ts',
  'tests/e2e/broadcast.e2e.test.ts',
  'tests/e2e/electron-shell.e2e.test.ts',
  'tests/e2e/faults.e2e.test.ts',
  'tests/e2e/large-fleet.e2e.test.ts',
  'tests/e2e/planted-faults.e2e.test.ts',
];
