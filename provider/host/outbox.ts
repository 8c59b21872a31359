import { encodeRequest, encodeScript } from './frame';
import { scriptName } from './script';

/** One operation, as it is sent to the far end. */
export interface Request {
  id: string;
  values: Record<string, string>;
  /** Texts of shell scripts, which run as one. */
  scripts: string[];
}

/** What was sent at once. */
export interface Departure {
  operations: number;
  bytes: number;
}

/** Sends what comes at about the same time as one, so that it is one round trip; and each script only once. */
export const newOutbox = (
  nonce: string,
  write: (bytes: Buffer) => void,
  onDeparture: (departure: Departure) => void,
): { send: (request: Request) => void; flush: () => void } => {
  const given = new Set<string>();
  let waiting: Buffer[][] = [];

  const flush = () => {
    if (waiting.length === 0) return;
    const bytes = Buffer.concat(waiting.flat());
    onDeparture({ operations: waiting.length, bytes: bytes.length });
    waiting = [];
    write(bytes);
  };

  const send = ({ id, values, scripts }: Request) => {
    const names = scripts.map(scriptName);
    const request = encodeRequest({ nonce, id, values, scripts: names });
    const news = scripts.flatMap((text, index) => {
      const name = names[index] as string;
      if (given.has(name)) return [];
      given.add(name);
      return [encodeScript(nonce, name, text)];
    });
    waiting.push([...news, request]);
    // The engine's calls come one by one, those that it makes at the same time within less than this.
    if (waiting.length === 1) setTimeout(flush, togetherMilliseconds);
  };

  return { send, flush };
};

const togetherMilliseconds = 5;
