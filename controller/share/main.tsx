/** Starts the page of a laptop that shows its screen in a room. */
import './share.css';
import { createRoot } from 'react-dom/client';
import { CallClient } from '#call/call-client.ts';
import { warmUp } from '#call/rtc-device.ts';
import en from '#ui/words/en/share.ts';
import ko from '#ui/words/ko/share.ts';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import { startWords } from '#ui/words/words.ts';
import { Laptop } from './laptop.ts';
import { SharePage } from './share-page.tsx';

const laptop = new Laptop({ createCall: (requestGrant) => new CallClient({ requestGrant, onMuted: () => {} }) });
addEventListener('pagehide', () => laptop.leaveWithPage());
debugUnknownWords();
startWords({ share: { en, ko } });
createRoot(document.getElementById('root')!).render(<SharePage laptop={laptop} />);
warmUp();
