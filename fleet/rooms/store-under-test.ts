/** For unit tests: a real store in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthorityStore, authorityStore, type TelemetryStore, telemetryStore } from '../store/index.ts';

export type Opened<S> = { store: S; end: () => Promise<void> };

export const openTelemetry = (): Promise<Opened<TelemetryStore>> => open(telemetryStore);
export const openAuthority = (): Promise<Opened<AuthorityStore>> => open(authorityStore);

async function open<S extends TelemetryStore | AuthorityStore>(
  make: (options: { dataDir: string; onFatal: (error: Error) => void }) => S,
): Promise<Opened<S>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'maru-rooms-'));
  const store = make({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const end = async (): Promise<void> => {
    await store.stop();
    rmSync(dataDir, { recursive: true });
  };
  return { store, end };
}
