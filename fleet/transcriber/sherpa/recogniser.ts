/** sherpa-onnx's own recogniser, in this process. */
import type sherpaOnnx from 'sherpa-onnx-node';

type Sound = { samples: Float32Array; sampleRate: number };
export type Recogniser = {
  /**
   * One sentence after the other.
   * @param config instead of the one before; null: the same
   * @throws Error of sherpa-onnx
   */
  textOf: (sound: Sound, config: object | null) => Promise<string>;
};
type SherpaOnnx = typeof sherpaOnnx;

const loadSherpaOnnx = async (): Promise<SherpaOnnx> => (await import('sherpa-onnx-node')).default;

/**
 * @param load brings a binary for this system, or throws
 * @returns `refused`: why, for IT. Of some models that are not as it expects, sherpa-onnx ends the process
 */
export async function openRecogniser(
  config: object,
  load: () => Promise<SherpaOnnx> = loadSherpaOnnx,
): Promise<Recogniser | { refused: string }> {
  let sherpa: SherpaOnnx;
  try {
    sherpa = await load();
  } catch {
    // its own message lists folders of its makers
    return {
      refused: `sherpa-onnx-node cannot be loaded on ${process.platform} ${process.arch}: install Maru's release again`,
    };
  }
  try {
    const recogniser = await sherpa.OfflineRecognizer.createAsync(config);
    return {
      textOf: async (sound, changed) => {
        if (changed !== null) recogniser.setConfig(changed);
        const stream = recogniser.createStream();
        stream.acceptWaveform(sound);
        return (await recogniser.decodeAsync(stream)).text;
      },
    };
  } catch (error) {
    return { refused: `the model cannot be loaded: ${(error as Error).message}` };
  }
}
