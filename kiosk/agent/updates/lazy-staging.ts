/** The staging of releases, loaded when a release is wanted: the library of signed metadata would slow every start of the agent. */
import type { StagedRelease, StagingOptions } from './staged-release.ts';

type Staging = Pick<StagedRelease, 'fetch' | 'verify' | 'clear'>;

export function lazyStaging(options: StagingOptions): Staging {
  let loaded: Promise<StagedRelease> | null = null;
  const load = (): Promise<StagedRelease> => {
    loaded ??= import('./staged-release.ts').then((module) => new module.StagedRelease(options));
    return loaded;
  };
  return {
    fetch: async (wanted) => (await load()).fetch(wanted),
    verify: async (release, signal) => (await load()).verify(release, signal),
    clear: async () => (await load()).clear(),
  };
}
