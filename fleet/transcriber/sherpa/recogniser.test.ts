import { expect, test } from 'vitest';
import { openRecogniser } from './recogniser.ts';

test('where the package or its binary is missing, the reason is in words for IT', async () => {
  const missing = async (): Promise<never> => {
    throw new Error('Could not find sherpa-onnx-node. Tried\n\n  ../build/Release/sherpa-onnx.node');
  };
  expect(await openRecogniser({}, missing)).toEqual({
    refused: `sherpa-onnx-node cannot be loaded on ${process.platform} ${process.arch}: install Maru's release again`,
  });
});

test('what sherpa-onnx refuses is refused', async () => {
  const refusing = { OfflineRecognizer: { createAsync: () => Promise.reject(new Error('Protobuf parsing failed.')) } };
  expect(await openRecogniser({}, async () => refusing)).toEqual({
    refused: 'the model cannot be loaded: Protobuf parsing failed.',
  });
});
