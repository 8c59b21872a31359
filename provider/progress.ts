/** Says on standard output what long work is doing, which the engine shows with the stack. */
export interface Progress {
  step: (text: string) => void;
  end: () => void;
}

/** From its third second on, work tells each step; what takes less needs no telling. */
export const startProgress = (subject: string, quietSeconds = 3): Progress => {
  let waiting: string | undefined;
  let quiet = true;
  const say = (text: string) => process.stdout.write(`${subject}: ${text}\n`);
  const timer = setTimeout(() => {
    quiet = false;
    if (waiting !== undefined) say(waiting);
  }, quietSeconds * 1000);
  return {
    step: (text) => {
      waiting = text;
      if (!quiet) say(text);
    },
    end: () => clearTimeout(timer),
  };
};
