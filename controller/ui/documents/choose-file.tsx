/** The way from a person to a file: a button that opens the browser's own chooser. */
import { useRef } from 'react';
import { Button, type ButtonProps } from '../button.tsx';

/** By name and by type: phones know files by their type, laptops by their name. */
export const DOCUMENT_KINDS =
  '.pdf,.pptx,.ppt,.odp,.docx,.doc,.odt,.xlsx,.xls,.ods,.hwp,.hwpx,.png,.jpg,.jpeg,.webp,.heic,.heif,' +
  'application/pdf,image/png,image/jpeg,image/webp,image/heic,' +
  'application/x-hwp,application/haansofthwp,application/vnd.hancom.hwp,application/vnd.hancom.hwpx';

type ChooseFileProps = Omit<ButtonProps, 'onPress'> & {
  onFile: (file: File) => void;
  /** a photograph is taken there and then, where the device has a camera */
  camera?: boolean;
};

export function ChooseFile({ onFile, camera = false, ...button }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onPress={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        accept={camera ? 'image/jpeg,image/png' : DOCUMENT_KINDS}
        capture={camera ? 'environment' : undefined}
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) onFile(file);
          // the same file can be chosen once more
          target.value = '';
        }}
      />
    </>
  );
}
