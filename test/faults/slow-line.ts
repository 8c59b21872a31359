import { createConnection, createServer, type Socket } from 'node:net';

/** A port on this machine whose every byte reaches a host, and comes back, so much later. The kernel here has no netem. */
export const slowLine = async (host: string, delayMilliseconds: number) => {
  const server = createServer((near) => {
    const far = createConnection(22, host);
    later(near, far, delayMilliseconds);
    later(far, near, delayMilliseconds);
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return { host: '127.0.0.1', port, close: () => void server.close() };
};

const later = (from: Socket, to: Socket, milliseconds: number) => {
  from.on('data', (bytes) => void setTimeout(() => void to.write(bytes), milliseconds));
  from.on('end', () => void setTimeout(() => void to.end(), milliseconds));
  from.on('error', () => void to.destroy());
};
