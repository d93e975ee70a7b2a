/**
 * The TV's page: starts words, session and sign of life, then draws. The session lives outside React, so that a call
 * outlives an error in drawing.
 */
import './screen.css';
import { createRoot } from 'react-dom/client';
import { v7 as uuidv7 } from 'uuid';
import { CallClient } from '#call/call-client.ts';
import { isAgentThere, SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import bookingsEn from '#ui/words/en/bookings.ts';
import broadcastEn from '#ui/words/en/broadcast.ts';
import devicesEn from '#ui/words/en/devices.ts';
import documentsEn from '#ui/words/en/documents.ts';
import helpEn from '#ui/words/en/help.ts';
import noticesEn from '#ui/words/en/notices.ts';
import roomUpdateEn from '#ui/words/en/room-update.ts';
import screenEn from '#ui/words/en/screen.ts';
import pollsEn from '#ui/words/en/polls.ts';
import stageEn from '#ui/words/en/stage.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import helpKo from '#ui/words/ko/help.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import roomUpdateKo from '#ui/words/ko/room-update.ts';
import screenKo from '#ui/words/ko/screen.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import stageKo from '#ui/words/ko/stage.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { startWords } from '#ui/words/words.ts';
import { App } from './frame/app.tsx';
import { Boundary } from './frame/boundary.tsx';
import { reloadAtMostOnceAMinute } from './frame/reload.ts';
import { AgentLink } from './session/agent-link.ts';
import { browserSights, DeviceSights } from './session/device-sights.ts';
import { followQuality } from './session/follow-quality.ts';
import { startAlive } from './session/alive.ts';
import { heapBytes } from './session/heap-bytes.ts';
import { showsNothing } from './session/shows-nothing.ts';
import { browserDevices } from './session/browser-devices.ts';
import { RoomTracks } from './session/room-tracks.ts';
import { screenKey, takeKeyFromAddress } from './session/screen-key.ts';
import { ScreenSession } from './session/screen-session.ts';

debugUnknownWords();
startWords({
  help: { en: helpEn, ko: helpKo },
  'room-update': { en: roomUpdateEn, ko: roomUpdateKo },
  screen: { en: screenEn, ko: screenKo },
  polls: { en: pollsEn, ko: pollsKo },
  stage: { en: stageEn, ko: stageKo },
  transcript: { en: transcriptEn, ko: transcriptKo },
  notices: { en: noticesEn, ko: noticesKo },
  bookings: { en: bookingsEn, ko: bookingsKo },
  broadcast: { en: broadcastEn, ko: broadcastKo },
  devices: { en: devicesEn, ko: devicesKo },
  documents: { en: documentsEn, ko: documentsKo },
});

/** Loopback; a box under load has answered by then. */
const PROVEN_WITHIN_MS = 3_000;

takeKeyFromAddress();
const browser = browserDevices();
const session = new ScreenSession({
  screenId: uuidv7(),
  createCall: (dependencies) => new CallClient(dependencies),
  createDevices: (listeners) => new RoomTracks(browser, listeners),
  getUserMedia: browser.getUserMedia,
  createStream: (tracks) => new MediaStream(tracks),
  createLink: (options) =>
    new AgentLink({
      ...options,
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${SCREEN_LINK_PATH}`,
      key: screenKey,
      isAgentThere: (key) => isAgentThere(location.origin, key, PROVEN_WITHIN_MS),
      onRefused: (code) => {
        options.onRefused(code);
        // an agent of another release serves its own page
        reloadAtMostOnceAMinute();
      },
    }),
  screenHeightPx: () => window.innerHeight * window.devicePixelRatio,
});
session.start();
startAlive(() => session.reportAlive(showsNothing(document.body), heapBytes()));
new DeviceSights({
  port: browserSights,
  devices: () => session.seenDevices,
  onChange: (sights) => session.reportSights(sights),
}).start();
followQuality(session.call, (quality) => session.reportQuality(quality));

createRoot(document.getElementById('root')!).render(
  <Boundary>
    <App session={session} />
  </Boundary>,
);
