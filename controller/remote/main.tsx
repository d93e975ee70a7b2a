/** Starts the remote: code or token out of the address before anything else, then the words, then the page. */
import { createRoot } from 'react-dom/client';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { startWords } from '#ui/words/words.ts';
import broadcastEn from '#ui/words/en/broadcast.ts';
import bookingsEn from '#ui/words/en/bookings.ts';
import devicesEn from '#ui/words/en/devices.ts';
import documentsEn from '#ui/words/en/documents.ts';
import helpEn from '#ui/words/en/help.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import pollsEn from '#ui/words/en/polls.ts';
import noticesEn from '#ui/words/en/notices.ts';
import en from '#ui/words/en/remote.ts';
import roomUpdateEn from '#ui/words/en/room-update.ts';
import stageEn from '#ui/words/en/stage.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import helpKo from '#ui/words/ko/help.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import ko from '#ui/words/ko/remote.ts';
import roomUpdateKo from '#ui/words/ko/room-update.ts';
import stageKo from '#ui/words/ko/stage.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import { keepPairing, keptPairing } from './stored-pairing.ts';
import { pairingOfToken, takeFromFragment } from './pairing.ts';
import { Remote } from './remote.tsx';
import './remote.css';

const { code, mayJoin, tabletToken } = takeFromFragment();
const brought = pairingOfToken(tabletToken);
if (brought !== null) keepPairing(brought);
debugUnknownWords();
startWords({
  help: { en: helpEn, ko: helpKo },
  remote: { en, ko },
  'room-update': { en: roomUpdateEn, ko: roomUpdateKo },
  meeting: { en: meetingEn, ko: meetingKo },
  polls: { en: pollsEn, ko: pollsKo },
  notices: { en: noticesEn, ko: noticesKo },
  broadcast: { en: broadcastEn, ko: broadcastKo },
  bookings: { en: bookingsEn, ko: bookingsKo },
  devices: { en: devicesEn, ko: devicesKo },
  documents: { en: documentsEn, ko: documentsKo },
  stage: { en: stageEn, ko: stageKo },
  transcript: { en: transcriptEn, ko: transcriptKo },
});
createRoot(document.getElementById('root')!).render(
  <Remote scannedCode={code} mayJoin={mayJoin} kept={brought ?? keptPairing()} />,
);
