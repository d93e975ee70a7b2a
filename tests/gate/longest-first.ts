/**
 * The order within a group: files that last longest start first, so that none of them is left for the end, while the other
 * workers have nothing to do. The summary of `npm test` lists the slowest files; this list follows it.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const longestFiles: readonly string[] = [
  'fleet/failing-disk.integration.test.ts',
  'fleet/data-dir.integration.test.ts',
  'tests/integration/guide-commands.test.ts',
  'kiosk/agent/updates/updates.integration.test.ts',
  'tests/integration/screen-self-test.test.ts',
  'tests/integration/scenes-accessibility.test.ts',
  'fleet/broadcasts/packager/broadcast.integration.test.ts',
  'fleet/broadcasts/packager/delivery/delivery.integration.test.ts',
  'kiosk/shell/chromium/chromium.integration.test.ts',
  'fleet/broadcasts/packager/packager.integration.test.ts',
  'tests/documents/documents.integration.test.ts',
  'fleet/updates/updates.integration.test.ts',
  'tests/integration/guest-documents.test.ts',
  'tests/integration/browser-call.test.ts',
  'tests/integration/fleet-and-node-apart.test.ts',
  'kiosk/agent/calendar/ics.integration.test.ts',
  'kiosk/agent/calendar/caldav.integration.test.ts',
  'tests/integration/remote-page.test.ts',
  'tests/e2e/updates.e2e.test.ts',
  'tests/e2e/firefox-guest.e2e.test.ts',
  'tests/e2e/call.e2e.test.ts',
  'tests/e2e/documents.e2e.test.ts',
  'tests/e2e/call-across-networks.e2e.test.ts',
  'tests/e2e/second-room.e2e.test.ts',
  'tests/e2e/fleet-across-networks.e2e.test.ts',
  'tests/e2e/staff.e2e.test.ts',
  'tests/e2e/booking.e2e.test.ts',
  'tests/e2e/without-fleet.e2e.test.ts',
  'kiosk/agent/peripherals/tv/cec-ctl-bus.test.ts',
  'fleet/meetings/calls.test.ts',
  'fleet/console/console.test.tsx',
];

/** @returns the listed ones in the order of the list, then the others as they came */
export function longestFirst<File>(files: readonly File[], pathOf: (file: File) => string): File[] {
  const rank = (file: File): number => {
    const index = longestFiles.findIndex((path) => pathOf(file).endsWith(`/${path}`));
    return index < 0 ? longestFiles.length : index;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), ({ moduleId }) => moduleId);
  }
}
