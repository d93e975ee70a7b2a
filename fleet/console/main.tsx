/** Starts the console: words, then the page. */
import { createRoot } from 'react-dom/client';
import en from '#ui/words/en/console.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import noticesEn from '#ui/words/en/notices.ts';
import signalsEn from '#ui/words/en/signals.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import ko from '#ui/words/ko/console.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import signalsKo from '#ui/words/ko/signals.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { startWords } from '#ui/words/words.ts';
import { Console } from './console.tsx';
import './console.css';

debugUnknownWords();
startWords({
  console: { en, ko },
  meeting: { en: meetingEn, ko: meetingKo },
  notices: { en: noticesEn, ko: noticesKo },
  signals: { en: signalsEn, ko: signalsKo },
  'sign-in': { en: signInEn, ko: signInKo },
});
createRoot(document.getElementById('root')!).render(<Console />);
