/** Every picture there is: page, scene, size and language, and the name of its file. */
import { consoleScenes } from './scenes/console.ts';
import { administrationScenes } from './scenes/console-administration.ts';
import { settingsScenes } from './scenes/console-settings.ts';
import { broadcastScenes } from './scenes/console-broadcasts.ts';
import { alertScenes } from './scenes/console-alerts.ts';
import { fleetScenes } from './scenes/console-fleet.ts';
import { updateScenes } from './scenes/console-updates.ts';
import { helpScenes } from './scenes/console-help.ts';
import { joinScenes } from './scenes/join.ts';
import { remoteScenes } from './scenes/remote.ts';
import { remoteAirScenes } from './scenes/remote-air.ts';
import { remoteDocumentScenes } from './scenes/remote-documents.ts';
import type { Scene, SizeName } from './scenes/scene.ts';
import { shareScenes } from './scenes/share.ts';
import { screenScenes } from './scenes/screen.ts';
import { staffScenes } from './scenes/staff.ts';
import { watchScenes } from './scenes/watch.ts';
import type { ColorScheme, Language } from './scene-window.ts';

/** The built page and the module of the scenes, from the root of the checkout. */
export const pages = {
  tv: { built: 'kiosk/screen/dist/index.html', module: 'screen', scenes: screenScenes },
  remote: {
    built: 'controller/dist/control.html',
    module: 'remote-air',
    scenes: [...remoteScenes, ...remoteDocumentScenes, ...remoteAirScenes],
  },
  join: { built: 'controller/dist/join.html', module: 'join', scenes: joinScenes },
  share: { built: 'controller/dist/share.html', module: 'share', scenes: shareScenes },
  staff: { built: 'controller/dist/staff.html', module: 'staff', scenes: staffScenes },
  watch: { built: 'controller/dist/watch.html', module: 'watch', scenes: watchScenes },
  console: {
    built: 'fleet/console/dist/index.html',
    module: 'console-administration',
    scenes: [
      ...consoleScenes,
      ...administrationScenes,
      ...settingsScenes,
      ...broadcastScenes,
      ...alertScenes,
      ...helpScenes,
      ...fleetScenes,
      ...updateScenes,
    ],
  },
} as const satisfies Record<string, { built: string; module: string; scenes: readonly Scene[] }>;
export type PageName = keyof typeof pages;

export type Shot = { page: PageName; scene: Scene; size: SizeName; language: Language; file: string };

export function shotsOf(scheme: ColorScheme): Shot[] {
  const suffix = scheme === 'dark' ? '-dark' : '';
  return (Object.keys(pages) as PageName[]).flatMap((page) =>
    pages[page].scenes.flatMap((scene: Scene) =>
      scene.sizes.flatMap((size) =>
        (['en', 'ko'] as const).map((language) => ({
          page,
          scene,
          size,
          language,
          file: `${page}-${scene.name}-${size}-${language}${suffix}.png`,
        })),
      ),
    ),
  );
}

/**
 * The shots whose `page/scene` has these words.
 * @throws Error that names the scenes there are, where none has
 */
export function shotsNamed(shots: readonly Shot[], words: string | undefined): Shot[] {
  if (words === undefined) return [...shots];
  const found = shots.filter(({ page, scene }) => `${page}/${scene.name}`.includes(words));
  if (found.length > 0) return found;
  const names = new Set(shots.map(({ page, scene }) => `${page}/${scene.name}`));
  throw new Error(`no scene is named like "${words}"; there is\n  ${[...names].join('\n  ')}`);
}
