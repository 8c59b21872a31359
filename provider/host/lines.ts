import type { Readable } from 'node:stream';

// A frame is one line of less than PIPE_BUF bytes, 4096 on Linux; see loop.sh.
const longest = 8192;

/** Tells each line of a stream. Of one that is longer than a frame can be nothing is kept: a login may print anything. */
export const eachLine = (stream: Readable, onLine: (line: string) => void): void => {
  let rest = '';
  let dropping = false;
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!dropping) onLine(line.replace(/\r$/, ''));
      dropping = false;
    }
    if (rest.length > longest) {
      rest = '';
      dropping = true;
    }
  });
};
