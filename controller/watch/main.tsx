/** Starts the watch page. */
import './watch.css';
import { createRoot } from 'react-dom/client';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import en from '#ui/words/en/watch.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import ko from '#ui/words/ko/watch.ts';
import { startWords } from '#ui/words/words.ts';
import { returnFromOpenId } from './return-here.ts';
import { Watch } from './watch.tsx';

debugUnknownWords();
startWords({
  watch: { en, ko },
  'sign-in': { en: signInEn, ko: signInKo },
  transcript: { en: transcriptEn, ko: transcriptKo },
});
const arrival = takeArrival();
returnFromOpenId();
createRoot(document.getElementById('root')!).render(<Watch arrival={arrival} />);
