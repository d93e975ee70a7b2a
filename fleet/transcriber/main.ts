/**
 * The transcriber as a process of its own, a child of the media node: what microphones carry becomes text by the engine that IT
 * has set up. It knows no meeting and no person, and keeps nothing.
 */
import { statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type FromTranscriber, ToTranscriber } from '#contract/transcriber-link.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { StartRefused } from '#edge/start-refused.ts';
import { endOnException } from '#edge/uncaught.ts';
import { createLogger } from '../log.ts';
import { EngineFault } from './engine-fault.ts';
import { SherpaEngine } from './sherpa/sherpa-engine.ts';
import { SpeechEngine } from './speech-engine.ts';
import { readSpeechSettings } from './speech-settings.ts';
import { NodeTranscriber, type NodeTranscriberOptions } from './transcriber.ts';
import { VoiceModel } from './voice-activity.ts';

const usage = `fleet/transcriber/main.ts --speech-config FILE [options], started by the media node

  --speech-config FILE      names the speech engine; see fleet/GUIDE.md
  --json-logs               one line of JSON for each log entry`;

/** Calls come first. */
const NICE = 5;
const LOOKED_AGAIN_MS = 30_000;

const { speechConfig, jsonLogs } = readCommandLine(usage, (args) => {
  const options = { 'speech-config': { type: 'string' }, 'json-logs': { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args, options });
  if (!values['speech-config']) throw new Error('--speech-config is needed');
  return { speechConfig: values['speech-config'], jsonLogs: values['json-logs'] };
});
const logger = createLogger({ process: 'transcriber', json: jsonLogs });
endOnException((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));
// the decoder writes a line for each packet that is no Opus: anybody in a call could fill the log
console.error = () => {};
setPriority(NICE);

const warn = (what: string, details: object): void => logger.warn(details, what);

/** It keeps nothing that would have to be saved. */
function end(): never {
  process.exit(0);
}
process.on('SIGTERM', () => end());
process.on('SIGINT', () => end());
// the node is gone
process.on('disconnect', () => end());

/** undefined: the file is not there */
const changedMs = (): number | undefined => statSync(speechConfig, { throwIfNoEntry: false })?.mtimeMs;

type OpenEngine = Pick<NodeTranscriberOptions, 'engine' | 'atOnce'> & { about: object; readMs: number | undefined };

/** @throws StartRefused, EngineFault in words for IT */
async function openEngine(): Promise<OpenEngine> {
  // before it is read: a model may need long to load, and the file change meanwhile
  const readMs = changedMs();
  const settings = readSpeechSettings(speechConfig);
  if (settings.kind === 'openai') {
    const about = { engine: new URL(settings.url).host, model: settings.model };
    return { engine: new SpeechEngine(settings), atOnce: settings.atOnce, about, readMs };
  }
  const engine = await SherpaEngine.open(settings, warn);
  const about = { engine: 'sherpa-onnx', model: settings.modelDir, family: engine.family };
  return { engine, atOnce: 1, about, readMs };
}

/** What IT repairs is found, without a new start of the node. */
async function engineOnceGood(): Promise<OpenEngine> {
  for (let shown = ''; ; await delay(LOOKED_AGAIN_MS)) {
    try {
      return await openEngine();
    } catch (error) {
      if (!(error instanceof StartRefused || error instanceof EngineFault)) throw error;
      if (error.message !== shown) logger.error({ reason: error.message }, 'nothing that is spoken can be written');
      shown = error.message;
    }
  }
}

const { engine, atOnce, about, readMs } = await engineOnceGood();
const send = (message: FromTranscriber): void => void process.send?.(message);
const transcriber = new NodeTranscriber({
  model: await VoiceModel.open(),
  engine,
  atOnce,
  send,
  log: warn,
});

process.on('message', (raw) => {
  const message = ToTranscriber.safeParse(raw);
  if (message.success) transcriber.handle(message.data);
  else logger.error({ err: message.error }, 'the media node sent what is no message');
});
logger.info(about, 'the transcriber is ready');
send({ name: 'ready' });
// with other settings it starts again; the node starts its tracks anew
setInterval(() => {
  const nowMs = changedMs();
  if (nowMs !== undefined && nowMs !== readMs) {
    logger.info('the settings of the speech engine have changed');
    end();
  }
}, LOOKED_AGAIN_MS).unref();
