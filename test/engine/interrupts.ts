/** The first Ctrl-C waits for what runs, the second does not. */
export const interrupts = () => {
  const first = new AbortController();
  const second = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => (first.signal.aborted ? second : first).abort());
  return { signal: first.signal, killSignal: second.signal };
};
