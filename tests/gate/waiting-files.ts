/**
 * Integration tests that wait for real seconds (files that are looked at every ten, a link that is cut, a disk that hangs,
 * a program that sends) and use next to no CPU. They run beside the others instead of in turn with them.
 */
export const waitingFiles: readonly string[] = [
  'fleet/broadcasts/packager/broadcast.integration.test.ts',
  'fleet/broadcasts/packager/delivery/delivery.integration.test.ts',
  'fleet/broadcasts/packager/full-disk.integration.test.ts',
  'fleet/broadcasts/packager/packager.integration.test.ts',
  'fleet/broadcasts/packager/through-mediasoup.integration.test.ts',
  'fleet/broker/stalled-reader.integration.test.ts',
  'fleet/clock-jump.integration.test.ts',
  'fleet/failing-disk.integration.test.ts',
  'fleet/health/alerts.integration.test.ts',
  'fleet/health/untrue-state.integration.test.ts',
  'fleet/help/help.integration.test.ts',
  'fleet/media/renewed-certificate.integration.test.ts',
  'fleet/renewed-certificate.integration.test.ts',
  'tests/hls-validator/packager.integration.test.ts',
  'tests/integration/fleet-and-node-apart.test.ts',
];
