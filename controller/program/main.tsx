/**
 * The program's page: no person opens it. The program process gives it a call by the DevTools pipe; it draws the stage, captures
 * its own tab, mixes the voices and publishes both. The session lives outside React, so that it outlives an error in drawing.
 */
import './program.css';
import { createRoot } from 'react-dom/client';
import { CallClient } from '#call/call-client.ts';
import { warmUp } from '#call/rtc-device.ts';
import { type FromProgramPage, PROGRAM_BINDING, type ToProgramPage } from '#contract/program-page.ts';
import { debugUnknownWords } from '#ui/debug-unknown-words.ts';
import programEn from '#ui/words/en/program.ts';
import stageEn from '#ui/words/en/stage.ts';
import programKo from '#ui/words/ko/program.ts';
import stageKo from '#ui/words/ko/stage.ts';
import { startWords } from '#ui/words/words.ts';
import { captureTab } from './capture-tab.ts';
import { ProgramPage } from './program-page.tsx';
import { ProgramSession } from './program-session.ts';
import { Voices } from './voices.ts';

declare global {
  var maruProgram: (message: ToProgramPage) => void;
  var maruProgramStart: () => void;
}

debugUnknownWords();
startWords({ program: { en: programEn, ko: programKo }, stage: { en: stageEn, ko: stageKo } });

const send = (message: FromProgramPage): void => {
  const binding = (globalThis as Record<string, unknown>)[PROGRAM_BINDING] as ((text: string) => void) | undefined;
  binding?.(JSON.stringify(message));
};
const session = new ProgramSession({
  send,
  createCall: (dependencies) => new CallClient(dependencies),
  captureTab,
  voices: new Voices(),
});
globalThis.maruProgram = (message) => session.handle(message);
globalThis.maruProgramStart = () => send({ name: 'ready' });

createRoot(document.getElementById('root')!, {
  // a page that draws nothing is not looked at for long: another takes its place
  onUncaughtError: (error) => send({ name: 'failed', why: `drawing failed: ${String(error)}`.slice(0, 500) }),
}).render(<ProgramPage session={session} />);
warmUp();
globalThis.maruProgramStart();
