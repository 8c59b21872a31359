import fc from 'fast-check';

type Answer = Record<string, string>;

/**
 * What a host may answer in the place of this: texts that are cut short, gone, or anything else, made of the words of the
 * real answer and of the names that objects inherit.
 */
export const answersLike = (real: Answer): fc.Arbitrary<Answer> => {
  const words = [...new Set(Object.values(real).flatMap((text) => text.split(/([ \t\n=.:/])/)))];
  const piece = fc.oneof(
    fc.constantFrom(...words, '\n', '\t', ' ', '='),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'NaN',
      '-1',
      'infinity',
      '[not set]',
      '\0',
      '[x]',
      '99999999999999999999',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const parts = Object.entries(real).map(([name, value]) => {
    const cut = fc.nat(value.length).map((length) => value.slice(0, length));
    const tokens = value.split(/([ \t\n=])/);
    const changed = fc
      .tuple(fc.nat(tokens.length - 1), piece)
      .map(([place, other]) => tokens.with(place, other).join(''));
    return fc
      .oneof(
        { weight: 4, arbitrary: fc.constant<string | undefined>(value) },
        cut,
        changed,
        text,
        fc.constant(undefined),
      )
      .map((given): [string, string][] => (given === undefined ? [] : [[name, given]]));
  });
  const others = fc.array(fc.tuple(fc.oneof(piece, fc.constantFrom(...Object.keys(real))), text), {
    maxLength: 2,
  });
  return fc
    .tuple(...parts, others)
    .map((entries) => Object.fromEntries(entries.flat() as [string, string][]));
};
