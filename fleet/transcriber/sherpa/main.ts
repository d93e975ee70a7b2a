/**
 * The recogniser as a process of its own, a child of the transcriber: sherpa-onnx ends its process where a model is not as it expects,
 * and nobody can break off one sentence of it. It writes nothing but what sherpa-onnx writes to stderr.
 */
import { type FromRecogniser, ToRecogniser } from './recogniser-link.ts';
import { openRecogniser, type Recogniser } from './recogniser.ts';

/** The transcriber is gone, or gave up on us. */
const end = (): never => process.exit(0);
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', end);

const send = (message: FromRecogniser, onSent?: () => void): void => void process.send?.(message, () => onSent?.());
let recogniser: Recogniser | null = null;

process.on('message', (raw) => void handle(ToRecogniser.parse(raw)));

async function handle(message: ToRecogniser): Promise<void> {
  if (message.name === 'open') {
    const opened = await openRecogniser(message.config);
    if ('refused' in opened) return send({ name: 'refused', reason: opened.refused }, end);
    recogniser = opened;
    return send({ name: 'opened' });
  }
  const { sentenceId, samples, sampleRate, config } = message;
  try {
    if (!recogniser) throw new Error('not opened');
    send({ name: 'text', sentenceId, text: await recogniser.textOf({ samples, sampleRate }, config) });
  } catch {
    send({ name: 'fault', sentenceId });
  }
}
