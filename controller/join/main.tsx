/** Starts the page of a call: the guest first, whose round trips run while the rest is drawn. */
// first: it declares the order of the CSS layers that the stage's own styles then fill
import './join.css';
import { createRoot } from 'react-dom/client';
import broadcastEn from '#ui/words/en/broadcast.ts';
import documentsEn from '#ui/words/en/documents.ts';
import en from '#ui/words/en/join.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import pollsEn from '#ui/words/en/polls.ts';
import stageEn from '#ui/words/en/stage.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import ko from '#ui/words/ko/join.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import stageKo from '#ui/words/ko/stage.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { startWords } from '#ui/words/words.ts';
import { Guest } from './guest.ts';
import { JoinPage } from './join-page.tsx';

const guest = new Guest();
guest.start();
debugUnknownWords();
startWords({
  join: { en, ko },
  broadcast: { en: broadcastEn, ko: broadcastKo },
  documents: { en: documentsEn, ko: documentsKo },
  meeting: { en: meetingEn, ko: meetingKo },
  polls: { en: pollsEn, ko: pollsKo },
  stage: { en: stageEn, ko: stageKo },
  transcript: { en: transcriptEn, ko: transcriptKo },
});
createRoot(document.getElementById('root')!).render(<JoinPage guest={guest} />);
