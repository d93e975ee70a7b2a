/**
 * Integration tests that judge how long something lasts: a picture that stands still, a recovery, a list that opens. They run after
 * the others, one at a time, so that no neighbour makes them late.
 */
export const timingIntegrationFiles: readonly string[] = [
  'fleet/settings/rooms-settings.integration.test.ts',
  'tests/hls-validator/hls-validator.integration.test.ts',
  'tests/integration/kiosk-settings.test.ts',
  'tests/integration/live-player.test.ts',
  'tests/integration/program.test.ts',
];
