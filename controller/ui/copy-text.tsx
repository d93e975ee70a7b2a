/** A text to copy: a link, a code. */
import Check from 'lucide-react/icons/check';
import Copy from 'lucide-react/icons/copy';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

/** Where the clipboard is refused, the text is there to be marked by hand. */
export function CopyText({ label, text, action }: { label: string; text: string; action: string }) {
  const { t: common } = useTranslation('common');
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-small font-medium text-quiet">{label}</p>
      {/* a link is for the button, not for reading: its end may be out of sight, and is copied all the same */}
      <p className="rounded-control bg-sunken px-4 py-3 font-mono text-small select-all">
        <span className="line-clamp-2 break-all whitespace-pre-wrap">{text}</span>
      </p>
      <Button
        variant="primary"
        icon={copied ? Check : Copy}
        onPress={() =>
          void navigator.clipboard?.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {copied ? common('copied') : action}
      </Button>
      <span role="status" className="sr-only">
        {copied && common('copied')}
      </span>
    </div>
  );
}
