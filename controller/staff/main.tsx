/** Starts the staff page. */
import './staff.css';
import { createRoot } from 'react-dom/client';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import broadcastEn from '#ui/words/en/broadcast.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import recordEn from '#ui/words/en/record.ts';
import pollsEn from '#ui/words/en/polls.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import en from '#ui/words/en/staff.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import recordKo from '#ui/words/ko/record.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import ko from '#ui/words/ko/staff.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import { startWords } from '#ui/words/words.ts';
import { Staff } from './staff.tsx';

debugUnknownWords();
startWords({
  staff: { en, ko },
  broadcast: { en: broadcastEn, ko: broadcastKo },
  meeting: { en: meetingEn, ko: meetingKo },
  record: { en: recordEn, ko: recordKo },
  polls: { en: pollsEn, ko: pollsKo },
  'sign-in': { en: signInEn, ko: signInKo },
  transcript: { en: transcriptEn, ko: transcriptKo },
});
createRoot(document.getElementById('root')!).render(<Staff arrival={takeArrival()} />);
