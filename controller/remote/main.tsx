/** Starts the remote: the code out of the address before anything else, then the words, then the page. */
import { createRoot } from 'react-dom/client';
import { startWords } from '#ui/words/words.ts';
import noticesEn from '#ui/words/en/notices.ts';
import en from '#ui/words/en/remote.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import ko from '#ui/words/ko/remote.ts';
import { takeCodeFromFragment } from './pairing.ts';
import { Remote } from './remote.tsx';
import './remote.css';

const scannedCode = takeCodeFromFragment();
startWords({ remote: { en, ko }, notices: { en: noticesEn, ko: noticesKo } });
createRoot(document.getElementById('root')!).render(<Remote scannedCode={scannedCode} />);
