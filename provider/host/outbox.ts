import { encodeRequest, encodeScript } from './frame';

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
  // Scripts that the far end has, or gets next, and the names by which it knows them.
  const given = new Map<string, string>();
  let waiting: Buffer[] = [];
  let operations = 0;

  const flush = () => {
    if (operations === 0) return;
    const bytes = Buffer.concat(waiting);
    onDeparture({ operations, bytes: bytes.length });
    waiting = [];
    operations = 0;
    write(bytes);
  };

  const nameOf = (text: string): string => {
    const known = given.get(text);
    if (known !== undefined) return known;
    const name = String(given.size);
    given.set(text, name);
    waiting.push(encodeScript(nonce, name, text));
    return name;
  };

  const send = ({ id, values, scripts }: Request) => {
    waiting.push(encodeRequest({ nonce, id, values, scripts: scripts.map(nameOf) }));
    operations += 1;
    // The engine's calls come one by one, those that it makes at the same time within less than this.
    if (operations === 1) setTimeout(flush, togetherMilliseconds);
  };

  return { send, flush };
};

const togetherMilliseconds = 5;
